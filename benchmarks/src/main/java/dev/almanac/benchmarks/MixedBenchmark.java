package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;

/**
 * What does a lookup cost when each other ID, in no order, is not there?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh MixedBenchmark
 * }</pre>
 */
public class MixedBenchmark extends NumberQuestion {
  public MixedBenchmark() {
    super(Order.RANDOM, Hits.HALF);
  }
}
