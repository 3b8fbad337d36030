package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * How many lookups must be under way together? A call of {@code length} IDs is a group of that
 * size, up to the library's own, so this is the measurement behind the size of its groups.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar lookups --questions group-size --entries 30000000
 * }</pre>
 */
public class BatchLengthBenchmark extends LookupBenchmark {
  @Param({"1", "2", "4", "8", "16", "32", "64", "128", "1024"})
  public int length;

  public BatchLengthBenchmark() {
    super(Order.RANDOM, Hits.ALL);
  }

  @Override
  Ids kind() {
    return Ids.SPARSE;
  }

  @Benchmark
  @OperationsPerInvocation(GROUP)
  public long slices(Cursor cursor) {
    return cursor.in(this).slices(length);
  }
}
