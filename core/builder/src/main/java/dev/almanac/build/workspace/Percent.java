package dev.almanac.build.workspace;

import java.math.BigDecimal;

/** Parts of a whole, exact to the digits of the percentage: 29 percent of 100 are 29. */
public final class Percent {
  private Percent() {}

  /** The largest whole number within {@code percent} of {@code count}; neither is negative. */
  public static long of(long count, double percent) {
    return BigDecimal.valueOf(percent)
        .multiply(BigDecimal.valueOf(count))
        .movePointLeft(2)
        .toBigInteger()
        .longValueExact();
  }
}
