package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * What does a lookup cost when dense IDs come in their order?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh SequentialBenchmark
 * }</pre>
 */
public class SequentialBenchmark extends LookupBenchmark {
  @Setup
  public void open() throws Exception {
    open(Ids.DENSE, Order.SEQUENTIAL, Hits.ALL);
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
