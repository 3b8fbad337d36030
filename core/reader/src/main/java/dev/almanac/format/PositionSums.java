package dev.almanac.format;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The number that some positions of a text write, see {@link IdShape}: the sum of what the byte at
 * each position adds. A table has these addends, so that no step waits for another and no branch
 * depends on a byte.
 *
 * <p>Immutable, and for any number of threads.
 */
final class PositionSums {
  /**
   * What a text has that writes no number. Also a number, if the positions have that many texts:
   * then {@link TextsOfLength#has(byte[], int)} tells.
   */
  static final long NONE = Long.MAX_VALUE;

  private static final int VALUES = 1 << Byte.SIZE;

  /** In the table, for a byte that is not in the set of its position. Addends are not negative. */
  private static final long NOT_IN_SET = Long.MIN_VALUE;

  private final int from;
  private final int to;

  /** By position less {@link #from}, and byte; its length is a power of two. */
  private final long[] addends;

  /**
   * The one position whose addends may be 2^63 or more; the others together are less than the size
   * of its digit, and that is at most 2^63.
   */
  private final int highest;

  /** By byte: 2^63 where that much is missing in the addends of {@link #highest}. */
  private final long @Nullable [] missing;

  /** Of the positions from one on to before another. */
  PositionSums(TextsOfLength texts, int from, int to) {
    this.from = from;
    this.to = to;
    this.addends = new long[Integer.highestOneBit(Math.max(1, (to - from) * VALUES * 2 - 1))];
    Arrays.fill(addends, NOT_IN_SET);
    long[] tooMuch = new long[VALUES];
    boolean isTooMuch = false;
    int highestPosition = from;
    long weight = 1;
    for (int p = to - 1; p >= from; p--) {
      int digit = 0;
      for (int value = 0; value < VALUES; value++) {
        if (texts.has(p, value)) {
          long addend = digit++ * weight;
          if (addend < 0) {
            isTooMuch = true;
            highestPosition = p;
            tooMuch[value] = Long.MIN_VALUE;
          }
          addends[p - from << Byte.SIZE | value] = addend & Long.MAX_VALUE;
        }
      }
      weight *= digit;
    }
    this.highest = highestPosition;
    this.missing = isTooMuch ? tooMuch : null;
  }

  /** {@code first} and the number of a text of the right length, or {@link #NONE}. */
  long number(CharSequence text, long first) {
    long[] addends = this.addends;
    // So that the compiler sees that the index is within the table.
    int mask = addends.length - 1;
    long sum = first;
    long all = 0;
    for (int p = from; p < to; p++) {
      int value = text.charAt(p);
      if (value >= VALUES) {
        return NONE;
      }
      long addend = addends[(p - from << Byte.SIZE | value) & mask];
      sum += addend;
      all |= addend;
    }
    return all < 0 ? NONE : missing == null ? sum : sum + missing[text.charAt(highest) & 0xFF];
  }

  /** Likewise of a text that begins at {@code at}. */
  long number(byte[] text, int at, long first) {
    long[] addends = this.addends;
    int mask = addends.length - 1;
    long sum = first;
    long all = 0;
    for (int p = from; p < to; p++) {
      long addend = addends[(p - from << Byte.SIZE | text[at + p] & 0xFF) & mask];
      sum += addend;
      all |= addend;
    }
    return all < 0 ? NONE : missing == null ? sum : sum + missing[text[at + highest] & 0xFF];
  }
}
