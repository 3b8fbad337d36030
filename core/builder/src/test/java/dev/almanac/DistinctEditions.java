package dev.almanac;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * DistinctEditions of a test that can be told apart by any answer: the dictionaries are alike, and
 * in edition {@code n} every ID from 0 on has code {@code n}. So a batch with two different codes
 * has mixed two editions.
 */
public final class DistinctEditions {
  /** IDs above all those that have the edition's code. */
  private static final long OTHER_IDS = 1L << 40;

  private final Path folder;
  private final int idCount;
  private final List<Path> files = new ArrayList<>();
  private final List<String> digests = new ArrayList<>();

  /** Builds {@code count} editions of {@code idCount} IDs each, in a folder of their own. */
  public DistinctEditions(Path folder, int count, int idCount) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.idCount = idCount;
    for (int number = 0; number < count; number++) {
      Path file = folder.resolve("edition-" + number);
      files.add(file);
      digests.add(build(number, count, idCount, file));
    }
  }

  /** Builds an edition into a file, the slow way: a whole build, published by it. */
  public static String build(int number, int count, int idCount, Path target) throws IOException {
    List<RowSource.Row> rows = new ArrayList<>();
    for (int id = 0; id < idCount; id++) {
      rows.add(new RowSource.Row(Integer.toString(id), SampleRows.date(number)));
    }
    for (int date = 0; date < count; date++) {
      rows.add(new RowSource.Row(Long.toString(OTHER_IDS + date), SampleRows.date(date)));
    }
    return AlmanacBuilder.create().build(RowSource.of(rows.iterator()), target).edition();
  }

  public int count() {
    return files.size();
  }

  public int idCount() {
    return idCount;
  }

  public Path file(int number) {
    return files.get(number);
  }

  public String digest(int number) {
    return digests.get(number);
  }

  /** Publishes a copy of an edition, as a build would: a new inode, renamed onto the name. */
  public void publish(int number, Path target) throws IOException {
    Path copy = folder.resolve("copy");
    Files.copy(files.get(number), copy, StandardCopyOption.REPLACE_EXISTING);
    Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
