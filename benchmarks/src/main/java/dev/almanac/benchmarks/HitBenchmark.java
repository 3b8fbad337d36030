package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What does a lookup cost when the ID is there and no one knows where? With {@code -t 2}, when two
 * threads look up at a time.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh HitBenchmark
 * java -jar benchmarks/target/benchmarks.jar jmh HitBenchmark -t 2
 * }</pre>
 */
public class HitBenchmark extends LookupBenchmark {
  @Param({"DENSE", "SPARSE"})
  public Ids ids;

  @Setup
  public void open() throws Exception {
    open(ids, Order.RANDOM, Hits.ALL);
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
