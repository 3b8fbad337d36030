package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;

/**
 * What does a lookup cost when few IDs are asked for often and most seldom?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh ZipfBenchmark
 * }</pre>
 */
public class ZipfBenchmark extends NumberQuestion {
  public ZipfBenchmark() {
    super(Order.ZIPF, Hits.ALL);
  }
}
