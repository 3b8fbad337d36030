package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * What does a lookup of a text ID cost?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh TextBenchmark
 * }</pre>
 */
public class TextBenchmark extends LookupBenchmark {
  @Setup
  public void open() throws Exception {
    open(Ids.TEXT, Order.RANDOM, Hits.ALL);
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
