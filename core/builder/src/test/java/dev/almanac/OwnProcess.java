package dev.almanac;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel says of the process that asks. */
public final class OwnProcess {
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  private OwnProcess() {}

  /** How often a file is mapped. */
  public static long mappings(Path file) {
    try (Stream<String> mappings = Files.lines(MAPPINGS)) {
      return mappings.filter(line -> line.endsWith(file.toString())).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Collects until the file is mapped so often, for half a minute at most. */
  public static boolean mappingsSettleAt(Path file, long expected) throws InterruptedException {
    for (int attempt = 0; attempt < 600; attempt++) {
      System.gc();
      if (mappings(file) == expected) {
        return true;
      }
      Thread.sleep(50);
    }
    return false;
  }

  /** How many files of a folder are mapped; one that was replaced counts beside the new one. */
  public static long mappedFilesOf(Path folder) throws IOException {
    String path = folder.toRealPath() + "/";
    try (Stream<String> mappings = Files.lines(MAPPINGS)) {
      return mappings
          .filter(line -> line.contains(path))
          .map(line -> line.split("\\s+")[4])
          .distinct()
          .count();
    }
  }

  /** How often a file is open. */
  public static long descriptors(Path file) throws IOException {
    long count = 0;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        try {
          count += Files.readSymbolicLink(descriptor).equals(file) ? 1 : 0;
        } catch (IOException e) {
          // The listing's own, gone by now.
        }
      }
    }
    return count;
  }

  /** A size by its name in {@code /proc/self/status}. */
  public static long statusBytes(String name) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return 1024
          * lines
              .filter(line -> line.startsWith(name + ":"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum();
    }
  }
}
