package dev.almanac.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Canonical decimals of signed 64-bit integers: {@code 0}, or an optional {@code -} and digits of
 * which the first is not 0. Each number has exactly one.
 */
public final class Decimal {
  /** Stands for no canonical decimal, and also for the number itself: {@link #isMinValue}. */
  public static final long NONE = Long.MIN_VALUE;

  private static final String MIN_VALUE = "-9223372036854775808";

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ZEROS = 0x3030303030303030L;
  private static final long HIGH_HALVES = 0xF0F0F0F0F0F0F0F0L;
  private static final int[] POWERS_OF_TEN = {
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000
  };

  private Decimal() {}

  /** The number, or {@link #NONE}. Eight digits at a time: rows are full of them. */
  public static long parse(byte[] text, int from, int to) {
    int at = from < to && text[from] == '-' ? from + 1 : from;
    boolean negative = at > from;
    int digits = to - at;
    if (digits < 1 || digits > 19 || text[at] == '0' && (digits > 1 || negative)) {
      return NONE;
    }
    long value = 0;
    for (; to - at >= Long.BYTES; at += Long.BYTES) {
      long word = (long) WORDS.get(text, at);
      if (!areDigits(word)) {
        return NONE;
      }
      value = value * 100_000_000 + number(word);
    }
    if (at < to) {
      int left = to - at;
      long word = leftDigits(text, to, left);
      if (!areDigits(word)) {
        return NONE;
      }
      value = value * POWERS_OF_TEN[left] + number(word);
    }
    // 19 digits stay below 2^64, so an overflow shows as a negative number.
    if (value < 0) {
      return NONE;
    }
    return negative ? -value : value;
  }

  /** The {@code count} bytes before {@code to}, fewer than eight, after zeros up to eight. */
  private static long leftDigits(byte[] text, int to, int count) {
    int shift = Long.SIZE - Byte.SIZE * count;
    if (to >= Long.BYTES) {
      long word = (long) WORDS.get(text, to - Long.BYTES);
      return word >>> shift << shift | ZEROS >>> Byte.SIZE * count;
    }
    long word = ZEROS;
    for (int i = to - count; i < to; i++) {
      word = word >>> Byte.SIZE | (long) text[i] << Long.SIZE - Byte.SIZE;
    }
    return word;
  }

  /** Whether each of eight bytes is a digit: its high half is 3, and still is with 6 more. */
  private static boolean areDigits(long word) {
    return (word & HIGH_HALVES) == ZEROS && (word + 0x0606060606060606L & HIGH_HALVES) == ZEROS;
  }

  /**
   * The number of eight digits, the first in the lowest byte: neighbours are joined to numbers of
   * two, four, eight digits, each step by one multiplication (D. Lemire, "Quickly parsing eight
   * digits", 2018).
   */
  private static long number(long word) {
    long twos = (word & 0x0F0F0F0F0F0F0F0FL) * (10 << 8 | 1) >>> 8;
    long fours = (twos & 0x00FF00FF00FF00FFL) * (100 << 16 | 1) >>> 16;
    return (fours & 0x0000FFFF0000FFFFL) * (10_000L << 32 | 1) >>> 32;
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
