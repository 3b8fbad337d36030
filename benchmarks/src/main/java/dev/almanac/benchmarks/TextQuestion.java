package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** A question about text IDs in random order, asked one ID at a time and in batches. */
public abstract class TextQuestion extends LookupBenchmark {
  private final Hits hits;

  TextQuestion(Hits hits) {
    this.hits = hits;
  }

  @Setup
  public void open() throws Exception {
    open(Ids.TEXT, Order.RANDOM, hits);
  }

  @Benchmark
  @OperationsPerInvocation(GROUP)
  public long single(Cursor cursor) {
    return cursor.in(this).textSingles();
  }

  @Benchmark
  @OperationsPerInvocation(GROUP)
  public long batch(Cursor cursor) {
    return cursor.in(this).textBatch();
  }
}
