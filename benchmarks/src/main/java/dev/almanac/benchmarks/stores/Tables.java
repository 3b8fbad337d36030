package dev.almanac.benchmarks.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The built stores, kept in a directory so that no fork builds one twice. A store is built under a
 * temporary name and renamed when it is whole.
 */
public final class Tables {
  /** System property that names the directory. */
  public static final String DIRECTORY_PROPERTY = "almanac.directory";

  private Tables() {}

  /** Where the built stores are. */
  public static Path directory() {
    String directory = System.getProperty(DIRECTORY_PROPERTY);
    return directory == null
        ? Path.of(System.getProperty("java.io.tmpdir"), "almanac-benchmarks")
        : Path.of(directory).toAbsolutePath();
  }

  /** Sets where the built stores are, for this JVM; null leaves it as it is. */
  public static void setDirectory(String directory) {
    if (directory != null) {
      System.setProperty(DIRECTORY_PROPERTY, directory);
    }
  }

  /** The directory of a store over some rows, built if it is not there. */
  public static Path built(String name, Rows rows) throws Exception {
    Path built =
        directory().resolve(name + "-" + rows.ids().name().toLowerCase() + "-" + rows.count());
    if (!Files.isDirectory(built)) {
      Path temporary =
          built.resolveSibling(built.getFileName() + ".building-" + ProcessHandle.current().pid());
      delete(temporary);
      Files.createDirectories(temporary);
      Store store = Stores.named(name);
      store.prepare(rows);
      store.build(rows, temporary);
      Files.move(temporary, built, StandardCopyOption.ATOMIC_MOVE);
    }
    return built;
  }

  /**
   * Opens a store, built if it is not there, and looks a few IDs up, since a wrong answer has no
   * speed.
   */
  public static Table open(String name, Rows rows) throws Exception {
    Store store = Stores.named(name);
    Table table = store.open(rows, built(name, rows));
    if (store.answers()) {
      check(name, rows, table);
    }
    return table;
  }

  private static void check(String name, Rows rows, Table table) {
    int step = Math.max(1, rows.count() / 1_000);
    for (long index = 0; index < 2L * rows.count(); index += step) {
      boolean text = rows.ids().isText();
      int found = text ? table.code(rows.text(index)) : table.code(rows.id(index));
      int expected =
          index >= rows.count() ? Table.ABSENT : Rows.code(text ? index : rows.id(index));
      if (found != expected) {
        throw new IllegalStateException(
            "A store answers with the code of the row; store=%s, index=%d, found=%d, expected=%d"
                .formatted(name, index, found, expected));
      }
    }
  }

  /** Bytes of all files in a directory. */
  public static long fileBytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  /** Deletes a directory with all that is in it; one that is not there is fine. */
  public static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
