package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;

/**
 * What does it cost to learn that a text ID is not there?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar jmh TextMissBenchmark
 * }</pre>
 */
public class TextMissBenchmark extends TextQuestion {
  public TextMissBenchmark() {
    super(Hits.NONE);
  }
}
