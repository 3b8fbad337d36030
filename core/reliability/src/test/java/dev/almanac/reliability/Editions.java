package dev.almanac.reliability;

import dev.almanac.Almanac;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Two editions of one small file: what is under a name, and what a build will put there. Since the
 * same rows give the same bytes, a file can be compared whole.
 */
record Editions(Path oldRows, Path newRows, boolean delta, byte[] oldBytes, byte[] newBytes) {
  private static final String NAME = "sample.almanac";
  private static final int IDS = 3_000;
  private static final Map<Integer, Editions> MADE = new HashMap<>();

  /** What lies under a name. */
  enum Found {
    OLD,
    NEW,
    NOTHING,
    BROKEN
  }

  /** The rows of both, as files in {@code folder}. */
  static Editions in(Path folder) throws IOException {
    return in(folder, IDS);
  }

  /** The same, of as many IDs each. */
  static synchronized Editions in(Path folder, int idCount) throws IOException {
    Path oldRows = SampleRows.dense(0, idCount, 20).write(folder.resolve("old.txt"));
    Path newRows = SampleRows.sparse(idCount, idCount / 10).write(folder.resolve("new.txt"));
    Editions made = MADE.get(idCount);
    if (made == null) {
      Path work = Files.createTempDirectory("almanac-editions");
      Path built = work.resolve(NAME);
      build(oldRows, built);
      byte[] oldBytes = Files.readAllBytes(built);
      build(newRows, built);
      made = new Editions(oldRows, newRows, false, oldBytes, Files.readAllBytes(built));
      MADE.put(idCount, made);
      Files.delete(built);
      Files.delete(work);
    }
    return new Editions(oldRows, newRows, false, made.oldBytes, made.newBytes);
  }

  /**
   * Two editions of which the second is the first, changed by a few rows: the target is the base of
   * its own build.
   */
  static Editions deltaIn(Path folder) throws IOException {
    Path oldRows = SampleRows.sparse(IDS, 20).write(folder.resolve("base.txt"));
    Path newRows = SampleRows.sparse(IDS / 10, 40).write(folder.resolve("changes.txt"));
    Path work = Files.createTempDirectory("almanac-editions");
    Path built = work.resolve(NAME);
    build(oldRows, built);
    byte[] oldBytes = Files.readAllBytes(built);
    buildDelta(newRows, built);
    Editions made = new Editions(oldRows, newRows, true, oldBytes, Files.readAllBytes(built));
    Files.delete(built);
    Files.delete(work);
    return made;
  }

  /** What a builder is asked for, to put the new edition under a name. */
  String command() {
    return delta ? "delta" : "build";
  }

  /** Puts the new edition under a name, whichever was there. */
  void buildNew(Path target) throws IOException {
    if (delta) {
      buildDelta(newRows, target);
    } else {
      build(newRows, target);
    }
  }

  static String buildDelta(Path rows, Path target) throws IOException {
    return AlmanacBuilder.create()
        .threads(1)
        .base(target)
        .build(DelimitedRows.of(rows), target)
        .edition();
  }

  static String build(Path rows, Path target) throws IOException {
    return AlmanacBuilder.create().threads(1).build(DelimitedRows.of(rows), target).edition();
  }

  /** An empty folder in {@code parent} with the old edition in it; gives the target. */
  Path oldIn(Path parent, String name) throws IOException {
    Path target = Files.createDirectory(parent.resolve(name)).resolve(NAME);
    putOld(target);
    return target;
  }

  void putOld(Path target) throws IOException {
    Files.deleteIfExists(target);
    Files.write(target, oldBytes);
  }

  /** Compares every byte, and where they are as they should be asks {@code verify} too. */
  Found found(Path target) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return Found.NOTHING;
    }
    byte[] bytes = Files.readAllBytes(target);
    Found found =
        Arrays.equals(bytes, newBytes)
            ? Found.NEW
            : Arrays.equals(bytes, oldBytes) ? Found.OLD : Found.BROKEN;
    return found != Found.BROKEN && Almanac.verify(target).ok() ? found : Found.BROKEN;
  }

  /** All that is in the target's folder but the target. */
  static List<String> leftovers(Path target) throws IOException {
    return SampleRows.names(target.getParent()).stream()
        .filter(name -> !name.equals(target.getFileName().toString()))
        .toList();
  }

  /** Copies a folder of files and folders as it is; what vanishes meanwhile is not there. */
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(file.getFileName());
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          copy(file, copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          delete(file);
        } else {
          Files.delete(file);
        }
      }
    }
    Files.delete(folder);
  }
}
