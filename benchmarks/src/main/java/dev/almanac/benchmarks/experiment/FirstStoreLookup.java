package dev.almanac.benchmarks.experiment;

import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.Stores;
import dev.almanac.benchmarks.stores.Table;
import java.nio.file.Path;

/**
 * Opens any store, looks one ID up, and ends. Arguments: store, kind of IDs, number of rows,
 * directory, ID.
 */
final class FirstStoreLookup {
  private FirstStoreLookup() {}

  public static void main(String[] arguments) throws Exception {
    Rows rows = new Rows(Ids.valueOf(arguments[1]), Integer.parseInt(arguments[2]));
    try (Table table = Stores.named(arguments[0]).open(rows, Path.of(arguments[3]))) {
      if (table.code(Long.parseLong(arguments[4])) == Table.ABSENT) {
        System.exit(1);
      }
    }
  }
}
