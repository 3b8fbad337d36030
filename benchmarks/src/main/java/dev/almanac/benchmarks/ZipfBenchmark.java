package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What does a lookup cost when few IDs are asked for often and most seldom?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh ZipfBenchmark
 * }</pre>
 */
public class ZipfBenchmark extends LookupBenchmark {
  @Param({"DENSE", "SPARSE"})
  public Ids ids;

  @Setup
  public void open() throws Exception {
    open(ids, Order.ZIPF, Hits.ALL);
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
