package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;

/**
 * What does it cost to learn that an ID is not there?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh MissBenchmark
 * }</pre>
 */
public class MissBenchmark extends NumberQuestion {
  public MissBenchmark() {
    super(Order.RANDOM, Hits.NONE);
  }
}
