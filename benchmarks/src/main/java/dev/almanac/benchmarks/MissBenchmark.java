package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What does it cost to learn that an ID is not there?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh MissBenchmark
 * }</pre>
 */
public class MissBenchmark extends LookupBenchmark {
  @Param({"DENSE", "SPARSE"})
  public Ids ids;

  @Setup
  public void open() throws Exception {
    open(ids, Order.RANDOM, Hits.NONE);
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
