package dev.almanac.format;

/**
 * A bijection of the numbers of a given number of bits, chosen by a seed. Numbers that differ
 * anywhere come out different in the high bits.
 *
 * <pre>
 *   m1 = finish(seed) &gt;&gt;&gt; (64 - bits) | 1        m2 = finish(~seed) &gt;&gt;&gt; (64 - bits) | 1
 *   x ^= x &gt;&gt;&gt; half;  x = x * m1 mod 2^bits        half = (bits + 1) / 2
 *   x ^= x &gt;&gt;&gt; half;  x = x * m2 mod 2^bits;  x ^= 2^(bits - 1)
 *   finish(z):  z += 0x9E3779B97F4A7C15
 *               z = (z ^ z &gt;&gt;&gt; 30) * 0xBF58476D1CE4E5B9
 *               z = (z ^ z &gt;&gt;&gt; 27) * 0x94D049BB133111EB
 *               z ^ z &gt;&gt;&gt; 31
 * </pre>
 *
 * <p>Each step can be undone: a shift by half of the bits or more is its own inverse, and an odd
 * number has an inverse modulo a power of two. The finisher is that of SplitMix64.
 */
public final class Mix {
  private final int half;
  private final long mask;
  private final int unusedBits;
  private final long highestBit;
  private final long multiplier1;
  private final long multiplier2;
  private final long multiplier2High;
  private final long inverse1;
  private final long inverse2;

  /** The bijection of the numbers of {@code bits} bits, 1 to 64. */
  public Mix(int bits, long seed) {
    this.half = (bits + 1) / 2;
    this.mask = -1L >>> -bits;
    this.unusedBits = Long.SIZE - bits;
    this.highestBit = 1L << bits - 1;
    this.multiplier1 = finish(seed) >>> -bits | 1;
    this.multiplier2 = finish(~seed) >>> -bits | 1;
    this.multiplier2High = multiplier2 << unusedBits;
    this.inverse1 = inverse(multiplier1);
    this.inverse2 = inverse(multiplier2);
  }

  /** The place of a number of this many bits. */
  public long mix(long number) {
    long x = number;
    x = (x ^ x >>> half) * multiplier1 & mask;
    return (x ^ x >>> half) * multiplier2 & mask ^ highestBit;
  }

  /** {@code (mix(number) << 64 - bits) ^ Long.MIN_VALUE}, in fewer instructions. */
  public long mixHigh(long number) {
    long x = (number ^ number >>> half) * multiplier1 & mask;
    return (x ^ x >>> half) * multiplier2High;
  }

  /** The number with this place. */
  public long unmix(long place) {
    long x = (place ^ highestBit) * inverse2 & mask;
    x = (x ^ x >>> half) * inverse1 & mask;
    return x ^ x >>> half;
  }

  /** A number that looks like chance, another for each {@code z}. */
  public static long finish(long z) {
    long x = z + 0x9E3779B97F4A7C15L;
    x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
    x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
    return x ^ x >>> 31;
  }

  /** The inverse modulo 2^64, by Newton's rule: each step doubles the bits that are right. */
  private static long inverse(long odd) {
    long x = odd;
    for (int rightBits = 3; rightBits < Long.SIZE; rightBits *= 2) {
      x *= 2 - odd * x;
    }
    return x;
  }
}
