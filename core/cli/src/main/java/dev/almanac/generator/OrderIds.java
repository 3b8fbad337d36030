package dev.almanac.generator;

/**
 * Order numbers as text IDs, {@code ORD-0000001f-IB}: a number in hexadecimal, and two letters that
 * follow from it without a pattern. ASCII; numbers that differ give IDs that differ.
 */
public final class OrderIds {
  /** What an ID takes whose number is below 2^32. */
  public static final int BYTES = 15;

  /** The most that an ID takes. */
  public static final int MAX_BYTES = 23;

  private static final int LEAST_DIGITS = 8;
  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private OrderIds() {}

  /**
   * Writes the ID of {@code number}, taken as unsigned, at {@code offset}.
   *
   * @return the offset after the last byte
   * @throws IndexOutOfBoundsException if there is no room, {@link #MAX_BYTES} being always enough
   */
  public static int put(byte[] target, int offset, long number) {
    int at = offset;
    target[at++] = 'O';
    target[at++] = 'R';
    target[at++] = 'D';
    target[at++] = '-';
    int digits = Math.max(LEAST_DIGITS, (67 - Long.numberOfLeadingZeros(number)) / 4);
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      target[at++] = DIGITS[(int) (number >>> shift) & 15];
    }
    long letters = Mix.scatter(number) >>> 40;
    target[at++] = '-';
    target[at++] = (byte) ('A' + letters % 26);
    target[at++] = (byte) ('A' + letters / 26 % 26);
    return at;
  }
}
