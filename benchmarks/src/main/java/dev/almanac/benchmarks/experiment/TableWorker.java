package dev.almanac.benchmarks.experiment;

import dev.almanac.benchmarks.stores.Accesses;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.Stores;
import dev.almanac.benchmarks.stores.Table;
import dev.almanac.workers.WorkerProtocol;
import java.nio.file.Path;

/**
 * A worker that opens a store and looks IDs up. Arguments: {@code none} or a store, a method, kind
 * of IDs, number of rows, directory of the store, milliseconds. The methods {@code single} and
 * {@code batch} look random IDs up for that time; {@code walk} looks every ID up once and keeps no
 * list of them, so that the memory of the process is that of the store.
 */
final class TableWorker {
  private static final int BATCH = 1_024;

  private TableWorker() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("none")) {
      WorkerProtocol.serve(() -> new WorkerProtocol.Outcome(0, 0, 0));
      return;
    }
    Rows rows = new Rows(Ids.valueOf(arguments[2]), Integer.parseInt(arguments[3]));
    if (arguments[1].equals("walk")) {
      try (Table table = Stores.named(arguments[0]).open(rows, Path.of(arguments[4]))) {
        WorkerProtocol.serve(() -> walk(table, rows));
      }
      return;
    }
    boolean batch = arguments[1].equals("batch");
    long millis = Long.parseLong(arguments[5]);
    long[] ids = Accesses.ids(rows, Accesses.Order.RANDOM, Accesses.Hits.ALL);
    try (Table table = Stores.named(arguments[0]).open(rows, Path.of(arguments[4]))) {
      // Compiled, and the mapping's pages in this process's page table, before the clock starts.
      read(table, ids, batch, millis);
      WorkerProtocol.serve(() -> read(table, ids, batch, millis));
    }
  }

  private static WorkerProtocol.Outcome walk(Table table, Rows rows) {
    long[] ids = new long[BATCH];
    int[] codes = new int[BATCH];
    long found = 0;
    for (int done = 0; done < rows.count(); ) {
      int length = Math.min(BATCH, rows.count() - done);
      for (int i = 0; i < length; i++) {
        ids[i] = rows.id(done + i);
      }
      table.codes(ids, 0, codes, length);
      for (int i = 0; i < length; i++) {
        found += codes[i] == Table.ABSENT ? 0 : 1;
      }
      done += length;
    }
    return new WorkerProtocol.Outcome(rows.count(), found, 0);
  }

  private static WorkerProtocol.Outcome read(Table table, long[] ids, boolean batch, long millis) {
    int[] codes = new int[BATCH];
    long end = System.nanoTime() + millis * 1_000_000;
    long lookups = 0;
    long found = 0;
    for (int from = 0; System.nanoTime() < end; from = (from + BATCH) % ids.length) {
      if (batch) {
        table.codes(ids, from, codes, BATCH);
      } else {
        for (int i = 0; i < BATCH; i++) {
          codes[i] = table.code(ids[from + i]);
        }
      }
      for (int code : codes) {
        found += code == Table.ABSENT ? 0 : 1;
      }
      lookups += BATCH;
    }
    return new WorkerProtocol.Outcome(lookups, found, 0);
  }
}
