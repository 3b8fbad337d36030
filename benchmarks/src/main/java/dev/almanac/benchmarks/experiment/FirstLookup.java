package dev.almanac.benchmarks.experiment;

import dev.almanac.Almanac;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a file, looks one ID up, and ends. Arguments: file, ID. */
final class FirstLookup {
  private FirstLookup() {}

  public static void main(String[] arguments) throws IOException {
    try (Almanac dates = Almanac.open(Path.of(arguments[0]))) {
      if (dates.date(Long.parseLong(arguments[1])) == null) {
        System.exit(1);
      }
    }
  }
}
