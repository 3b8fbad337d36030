package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;

/**
 * What does a lookup cost when the ID is there and no one knows where? With {@code -t 2}, when two
 * threads look up at a time.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh HitBenchmark
 * java -jar benchmarks/target/benchmarks.jar jmh HitBenchmark -t 2
 * }</pre>
 */
public class HitBenchmark extends NumberQuestion {
  public HitBenchmark() {
    super(Order.RANDOM, Hits.ALL);
  }
}
