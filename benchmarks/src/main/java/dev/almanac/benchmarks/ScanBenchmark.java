package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * How long does it take to walk through all entries? The result is for the whole walk, not for an
 * entry.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh ScanBenchmark -p store=almanac,chronicle-map,fastutil,limit
 * }</pre>
 */
public class ScanBenchmark extends LookupBenchmark {
  @Param({"DENSE", "SPARSE"})
  public Ids ids;

  public ScanBenchmark() {
    super(Order.RANDOM, Hits.ALL);
  }

  @Override
  Ids kind() {
    return ids;
  }

  @Benchmark
  public long scan(Cursor cursor) {
    return cursor.in(this).sumOfAll();
  }
}
