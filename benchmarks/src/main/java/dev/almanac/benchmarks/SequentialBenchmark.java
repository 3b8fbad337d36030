package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;

/**
 * What does a lookup cost when dense IDs come in their order?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh SequentialBenchmark
 * }</pre>
 */
public class SequentialBenchmark extends OneAndBatchQuestion {
  public SequentialBenchmark() {
    super(Order.SEQUENTIAL, Hits.ALL);
  }

  @Override
  Ids kind() {
    return Ids.DENSE;
  }
}
