package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.Stores;
import dev.almanac.benchmarks.stores.Table;
import dev.almanac.benchmarks.stores.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the questions have in common. An invocation looks {@link #GROUP} IDs up and returns the sum
 * of the codes, so the harness costs nothing per lookup and no lookup can be left out. A fork has
 * one store, so no call is megamorphic.
 *
 * <p>Lookups in a loop whose IDs are all known may overlap in the processor, for every store alike;
 * {@link DependentBenchmark} takes that away.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsPrepend = {
      // Enough for 30 million text IDs in a HashMap. Only what lives on the heap needs it.
      "-Xmx8g",
      "-XX:+UseParallelGC"
    })
@State(Scope.Benchmark)
public abstract class LookupBenchmark {
  /** Lookups of one invocation, and IDs of one batch. */
  public static final int GROUP = 1_024;

  /**
   * Codes are below this, so the bit of this value tells nothing; only the processor has to wait
   * for it.
   */
  private static final int BIT_ABOVE_CODES = 13;

  static {
    if (Rows.DATE_COUNT > 1 << BIT_ABOVE_CODES) {
      throw new AssertionError(
          "A dependent lookup adds a bit that is never set; dates=" + Rows.DATE_COUNT);
    }
  }

  @Param({
    "almanac",
    "chronicle-map",
    "sparkey",
    "paldb",
    "lmdb",
    "rocksdb",
    "mapdb",
    "mvstore",
    "fastutil",
    "hashmap"
  })
  public String store;

  @Param({"1000000", "30000000"})
  public int entries;

  private final Accesses.Order order;
  private final Accesses.Hits hits;
  private final List<Table> tables = new ArrayList<>();
  private long[] ids;
  private String[][] texts;
  private int cursorCount;

  /** A question about IDs that come in some order, and of which some are there. */
  LookupBenchmark(Accesses.Order order, Accesses.Hits hits) {
    this.order = order;
    this.hits = hits;
  }

  /** What the IDs look like. */
  abstract Ids kind();

  /** Opens the store and draws the IDs. */
  @Setup
  public void open() throws Exception {
    Ids kind = kind();
    if (!Stores.named(store).takes(kind)) {
      throw new IllegalArgumentException(
          "A store takes the IDs it is asked for; store=" + store + ", ids=" + kind);
    }
    Rows rows = new Rows(kind, entries);
    tables.add(Tables.open(store, rows));
    if (kind.isText()) {
      texts = Accesses.texts(rows, order, hits, GROUP);
    } else {
      ids = Accesses.ids(rows, order, hits);
    }
  }

  /** Closes the store. */
  @TearDown
  public void close() {
    for (int i = tables.size() - 1; i >= 0; i--) {
      tables.get(i).close();
    }
  }

  /** Gives a thread that has none its table and its place in the list. */
  private synchronized void place(Cursor cursor) {
    if (cursorCount == 0) {
      cursor.table = tables.get(0);
    } else {
      cursor.table = tables.get(0).forThread();
      if (cursor.table != tables.get(0)) {
        tables.add(cursor.table);
      }
    }
    cursor.ids = ids;
    cursor.texts = texts;
    // Threads stay half a list apart.
    int groupCount = ids == null ? texts.length : ids.length / GROUP;
    cursor.next = cursorCount++ * (groupCount / 2) % groupCount;
  }

  /** Where a thread is in the list of IDs. */
  @State(Scope.Thread)
  public static class Cursor {
    private final int[] codes = new int[GROUP];
    private Table table;
    private long[] ids;
    private String[][] texts;
    private int next;

    /** This cursor, placed. */
    final Cursor in(LookupBenchmark benchmark) {
      if (table == null) {
        benchmark.place(this);
      }
      return this;
    }

    private int nextGroup(int groupCount) {
      int group = next;
      next = group + 1 == groupCount ? 0 : group + 1;
      return group;
    }

    /** One ID after the other. */
    final long singles() {
      long[] ids = this.ids;
      Table table = this.table;
      int from = nextGroup(ids.length / GROUP) * GROUP;
      long sum = 0;
      for (int i = from; i < from + GROUP; i++) {
        sum += table.code(ids[i]);
      }
      return sum;
    }

    /** One ID after the other, each known only when the answer for the one before is there. */
    final long dependents() {
      long[] ids = this.ids;
      Table table = this.table;
      int from = nextGroup(ids.length / GROUP) * GROUP;
      long sum = 0;
      int last = 0;
      for (int i = from; i < from + GROUP; i++) {
        last = table.code(ids[i] + (last >>> BIT_ABOVE_CODES & 1));
        sum += last;
      }
      return sum;
    }

    /** All IDs in one call. */
    final long batch() {
      int[] codes = this.codes;
      table.codes(ids, nextGroup(ids.length / GROUP) * GROUP, codes, GROUP);
      return sum(codes);
    }

    /** The IDs in calls of {@code length}, a power of two, each. */
    final long slices(int length) {
      int[] codes = this.codes;
      int from = nextGroup(ids.length / GROUP) * GROUP;
      long sum = 0;
      for (int i = from; i < from + GROUP; i += length) {
        table.codes(ids, i, codes, length);
        sum += codes[0];
      }
      return sum;
    }

    /** One text ID after the other. */
    final long textSingles() {
      Table table = this.table;
      long sum = 0;
      for (String id : texts[nextGroup(texts.length)]) {
        sum += table.code(id);
      }
      return sum;
    }

    /** All text IDs in one call. */
    final long textBatch() {
      int[] codes = this.codes;
      table.codes(texts[nextGroup(texts.length)], codes);
      return sum(codes);
    }

    /** Every entry. */
    final long sumOfAll() {
      return table.sumOfAll();
    }

    private static long sum(int[] codes) {
      long sum = 0;
      for (int code : codes) {
        sum += code;
      }
      return sum;
    }
  }
}
