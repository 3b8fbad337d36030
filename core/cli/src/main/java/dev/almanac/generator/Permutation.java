package dev.almanac.generator;

/**
 * A pseudo-random permutation of the numbers from 0 to {@code size - 1}, computed, not stored: any
 * size takes no memory. Immutable and safe for any number of threads.
 */
public final class Permutation {
  private static final int ROUNDS = 3;

  private final long size;
  private final long mask;
  private final int shift;
  private final long[] multipliers = new long[ROUNDS];
  private final long[] addends = new long[ROUNDS];

  /**
   * The permutation that {@code seed} chooses.
   *
   * @throws IllegalArgumentException if {@code size} is negative
   */
  public Permutation(long size, long seed) {
    if (size < 0) {
      throw new IllegalArgumentException("the size must not be negative: size=" + size);
    }
    this.size = size;
    int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(size - 1));
    mask = -1L >>> (Long.SIZE - bits);
    shift = bits / 2 + 1;
    long state = seed;
    for (int round = 0; round < ROUNDS; round++) {
      state = Mix.mix(state + round);
      multipliers[round] = state | 1;
      addends[round] = Mix.mix(~state);
    }
  }

  /**
   * Where {@code position} goes. About two steps, whatever the size.
   *
   * @throws IndexOutOfBoundsException if {@code position} is not from 0 to {@code size - 1}
   */
  public long at(long position) {
    // Each round is a bijection of the numbers below the next power of two (an odd multiplier, then
    // a xor with the high bits). Walking on until the number is below the size makes it one of
    // those below the size.
    if (position < 0 || position >= size) {
      throw new IndexOutOfBoundsException(
          "the position must be below the size: position=" + position + " size=" + size);
    }
    long x = position;
    do {
      for (int round = 0; round < ROUNDS; round++) {
        x = (x * multipliers[round] + addends[round]) & mask;
        x ^= x >>> shift;
      }
    } while (x >= size);
    return x;
  }
}
