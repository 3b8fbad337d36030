package dev.almanac.format;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * As {@link PositionSums}, of a UUID that is given as such. Neighbouring positions whose sets are
 * all 16 digits write the number that the bits of the UUID are, so a few stretches of bits are
 * enough.
 *
 * <p>Immutable, and for any number of threads.
 */
final class UuidSums {
  private static final String DIGITS = "0123456789abcdef";
  private static final int DIGIT_BITS = 4;
  private static final int DIGITS_OF_HALF = Long.SIZE / DIGIT_BITS;

  private final Stretch[] stretches;

  private UuidSums(Stretch[] stretches) {
    this.stretches = stretches;
  }

  /** Of some positions, or null if the digits of a set do not follow each other. */
  static @Nullable UuidSums of(TextsOfLength texts, int from, int to) {
    if (texts.length != Utf8.UUID_BYTES) {
      return null;
    }
    List<Stretch> stretches = new ArrayList<>();
    Stretch open = null;
    long weight = 1;
    int digit = 2 * DIGITS_OF_HALF - 1;
    for (int p = texts.length - 1; p >= from; p--) {
      boolean isHyphen = Utf8.isUuidHyphen(p);
      if (p < to) {
        int first = isHyphen ? '-' : firstOfRun(texts, p);
        if (first < 0 || isHyphen && (texts.size(p) > 1 || !texts.has(p, first))) {
          return null;
        }
        if (!isHyphen) {
          int size = texts.size(p);
          open = (open == null ? Stretch.after(digit, weight) : open).with(first, size);
          weight *= size;
          if (size <= 0xF || digit % DIGITS_OF_HALF == 0) {
            stretches.add(open);
            open = null;
          }
        }
      }
      digit -= isHyphen ? 0 : 1;
    }
    if (open != null) {
      stretches.add(open);
    }
    return new UuidSums(stretches.toArray(new Stretch[0]));
  }

  /** The value of the first digit of a set, or -1 if it has gaps, or others than digits. */
  private static int firstOfRun(TextsOfLength texts, int position) {
    int first = 0;
    while (first < DIGITS.length() && !texts.has(position, DIGITS.charAt(first))) {
      first++;
    }
    int end = first;
    while (end < DIGITS.length() && texts.has(position, DIGITS.charAt(end))) {
      end++;
    }
    return end - first == texts.size(position) ? first : -1;
  }

  /** {@code first} and the number of a UUID, or {@link PositionSums#NONE}, which may be one too. */
  long number(UUID uuid, long first) {
    long sum = first;
    for (Stretch stretch : stretches) {
      long half =
          stretch.isInLowHalf ? uuid.getLeastSignificantBits() : uuid.getMostSignificantBits();
      long value = (half >>> stretch.shift & stretch.mask) - stretch.least;
      if (Long.compareUnsigned(value, stretch.highest) > 0) {
        return PositionSums.NONE;
      }
      sum += value * stretch.weight;
    }
    return sum;
  }

  /**
   * Bits that write one number.
   *
   * @param mask of the bits, once they are shifted
   * @param least the first value that a text can have
   * @param highest the last value less the first, unsigned
   * @param weight what one more adds to the whole number
   */
  private record Stretch(
      boolean isInLowHalf, int shift, long mask, long least, long highest, long weight) {
    /** Without a digit yet, the last of which will be this one, counted from the left. */
    static Stretch after(int digit, long weight) {
      int shift = DIGIT_BITS * (DIGITS_OF_HALF - 1 - digit % DIGITS_OF_HALF);
      return new Stretch(digit >= DIGITS_OF_HALF, shift, 0, 0, 0, weight);
    }

    /** With one more digit in front, all others being any digit. */
    Stretch with(int firstValue, int size) {
      int bits = Long.bitCount(mask);
      return new Stretch(
          isInLowHalf,
          shift,
          mask << DIGIT_BITS | 0xF,
          (long) firstValue << bits,
          ((long) size << bits) - 1,
          weight);
    }
  }
}
