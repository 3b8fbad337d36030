package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;

/**
 * What does a lookup of a text ID cost?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh TextBenchmark
 * }</pre>
 */
public class TextBenchmark extends TextQuestion {
  public TextBenchmark() {
    super(Hits.ALL);
  }
}
