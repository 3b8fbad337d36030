package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A question about numeric IDs of both kinds, asked one ID at a time and in batches. */
public abstract class NumberQuestion extends LookupBenchmark {
  private final Order order;
  private final Hits hits;

  @Param({"DENSE", "SPARSE"})
  public Ids ids;

  NumberQuestion(Order order, Hits hits) {
    this.order = order;
    this.hits = hits;
  }

  @Setup
  public void open() throws Exception {
    open(ids, order, hits);
  }

  @Benchmark
  @OperationsPerInvocation(GROUP)
  public long single(Cursor cursor) {
    return cursor.in(this).singles();
  }

  @Benchmark
  @OperationsPerInvocation(GROUP)
  public long batch(Cursor cursor) {
    return cursor.in(this).batch();
  }
}
