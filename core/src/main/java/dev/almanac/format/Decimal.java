package dev.almanac.format;

/**
 * Canonical decimals of signed 64-bit integers: {@code 0}, or an optional {@code -} and digits of
 * which the first is not 0. Each number has one, so an ID is a number exactly when its text is
 * canonical, and nothing is lost either way.
 */
public final class Decimal {
  /**
   * What the parsers return for a text that is no canonical decimal, and also for the number
   * itself: see {@link #isMinValue}.
   */
  public static final long NONE = Long.MIN_VALUE;

  private static final String MIN_VALUE = "-9223372036854775808";

  private Decimal() {}

  /** The number, or {@link #NONE}. */
  public static long parse(byte[] text, int from, int to) {
    int at = from;
    boolean negative = at < to && text[at] == '-';
    if (negative) {
      at++;
    }
    int digits = to - at;
    if (digits < 1 || digits > 19) {
      return NONE;
    }
    int first = text[at] - '0';
    if (first < 0 || first > 9 || first == 0 && (digits > 1 || negative)) {
      return NONE;
    }
    long value = first;
    for (int i = at + 1; i < to; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      value = value * 10 + digit;
    }
    // 19 digits stay below 2^64, so an overflow shows as a negative number.
    if (value < 0) {
      return NONE;
    }
    return negative ? -value : value;
  }

  /** As above, for characters. */
  public static long parse(CharSequence text) {
    int length = text.length();
    boolean negative = length > 0 && text.charAt(0) == '-';
    int at = negative ? 1 : 0;
    int digits = length - at;
    if (digits < 1 || digits > 19) {
      return NONE;
    }
    int first = text.charAt(at) - '0';
    if (first < 0 || first > 9 || first == 0 && (digits > 1 || negative)) {
      return NONE;
    }
    long value = first;
    for (int i = at + 1; i < length; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      value = value * 10 + digit;
    }
    if (value < 0) {
      return NONE;
    }
    return negative ? -value : value;
  }

  /** Tells {@code Long.MIN_VALUE}, a number like any other, from {@link #NONE}. */
  public static boolean isMinValue(byte[] text, int from, int to) {
    if (to - from != MIN_VALUE.length()) {
      return false;
    }
    for (int i = 0; i < MIN_VALUE.length(); i++) {
      if (text[from + i] != MIN_VALUE.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** As above, for characters. */
  public static boolean isMinValue(CharSequence text) {
    return MIN_VALUE.contentEquals(text);
  }
}
