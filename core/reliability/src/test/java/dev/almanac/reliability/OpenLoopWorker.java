package dev.almanac.reliability;

import dev.almanac.Almanac;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * Opens, looks up and closes in a loop, one file or another one each time, and says {@code opened=N
 * wrong=N mostMappings=N collections=N}.
 */
final class OpenLoopWorker {
  private OpenLoopWorker() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    int opens = Integer.parseInt(arguments[1]);
    boolean replaces = arguments[2].equals("files");
    Path copy = file.resolveSibling("copy");
    long wrong = 0;
    long mostMappings = 0;
    for (int i = 0; i < opens; i++) {
      if (replaces) {
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      try (Almanac almanac = Almanac.open(file)) {
        wrong += almanac.code(7) == 0 ? 0 : 1;
      }
      if (i % 500 == 0) {
        mostMappings = Math.max(mostMappings, mappings());
      }
    }
    long collections =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionCount)
            .sum();
    System.out.println(
        "opened=%d wrong=%d mostMappings=%d collections=%d"
            .formatted(opens, wrong, mostMappings, collections));
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }
}
