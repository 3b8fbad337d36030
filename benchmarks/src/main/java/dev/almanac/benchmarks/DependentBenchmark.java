package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * What does a lookup cost when its ID depends on the answer before, so that no two overlap?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh DependentBenchmark
 * }</pre>
 */
public class DependentBenchmark extends LookupBenchmark {
  @Param({"DENSE", "SPARSE"})
  public Ids ids;

  public DependentBenchmark() {
    super(Order.RANDOM, Hits.ALL);
  }

  @Override
  Ids kind() {
    return ids;
  }

  @Benchmark
  @OperationsPerInvocation(GROUP)
  public long single(Cursor cursor) {
    return cursor.in(this).dependents();
  }
}
