package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** A question about text IDs in random order, asked one ID at a time and in batches. */
public abstract class TextQuestion extends LookupBenchmark {
  @Param({"TEXT", "CUSTOMERS", "UUIDS", "ADDRESSES", "EMAILS"})
  public Ids ids;

  TextQuestion(Hits hits) {
    super(Order.RANDOM, hits);
  }

  @Override
  final Ids kind() {
    return ids;
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
