package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** A question about text IDs in random order, asked one ID at a time and in batches. */
public abstract class TextQuestion extends LookupBenchmark {
  TextQuestion(Hits hits) {
    super(Order.RANDOM, hits);
  }

  @Override
  final Ids kind() {
    return Ids.TEXT;
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
