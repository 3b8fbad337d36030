package dev.almanac.generator;

/**
 * Writes numbers as ASCII decimals into a byte array: millions of rows a second, nothing allocated.
 */
public final class Decimals {
  /** The most bytes that a {@code long} takes. */
  public static final int MAX_BYTES = 20;

  private static final byte[] PAIRS = new byte[200];

  static {
    for (int i = 0; i < 100; i++) {
      PAIRS[2 * i] = (byte) ('0' + i / 10);
      PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
    }
  }

  private Decimals() {}

  /**
   * Writes {@code value} at {@code offset}.
   *
   * @return the offset after the last byte
   * @throws IndexOutOfBoundsException if there is no room, {@link #MAX_BYTES} being always enough
   */
  public static int put(byte[] target, int offset, long value) {
    // Works on the negative half, which has one number more than the positive one.
    long rest = value;
    int from = offset;
    if (value < 0) {
      target[from++] = '-';
    } else {
      rest = -value;
    }
    int end = from + digits(rest);
    int at = end;
    while (rest <= -100) {
      int pair = 2 * (int) (rest / 100 * 100 - rest);
      rest /= 100;
      target[--at] = PAIRS[pair + 1];
      target[--at] = PAIRS[pair];
    }
    if (rest <= -10) {
      target[--at] = PAIRS[2 * (int) -rest + 1];
      target[--at] = PAIRS[2 * (int) -rest];
    } else {
      target[--at] = (byte) ('0' - rest);
    }
    return end;
  }

  /** Writes {@code value}, from 0 up, with leading zeros in {@code digits} places. */
  static int putPadded(byte[] target, int offset, int value, int digits) {
    int rest = value;
    for (int at = offset + digits - 1; at >= offset; at--) {
      target[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return offset + digits;
  }

  private static int digits(long negative) {
    long bound = -10;
    for (int digits = 1; digits < 19; digits++) {
      if (negative > bound) {
        return digits;
      }
      bound *= 10;
    }
    return 19;
  }
}
