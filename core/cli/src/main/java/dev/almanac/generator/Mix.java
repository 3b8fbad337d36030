package dev.almanac.generator;

/**
 * The finalizer of SplitMix64 (Steele, Lea and Flood 2014): bijections of the 64-bit numbers that
 * scatter neighbours and leave no pattern.
 */
public final class Mix {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private Mix() {}

  static long mix(long x) {
    return finish(x + GAMMA);
  }

  /** Where {@code number} goes; zero stays zero. */
  public static long scatter(long number) {
    return finish(number * GAMMA);
  }

  private static long finish(long x) {
    long z = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
