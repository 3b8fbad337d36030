package dev.almanac.build.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks for bytes eight at a time: a word is compared with eight copies of the wanted byte by XOR,
 * which makes the matches zero, and arithmetic finds the zeros. Every method may read up to 7 bytes
 * after its range.
 */
final class Words {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long NEWLINES = '\n' * ONES;

  private Words() {}

  /** Eight copies of {@code value}. */
  static long copies(byte value) {
    return (value & 0xffL) * ONES;
  }

  /** The first offset from {@code from} on with a delimiter or a line feed. There must be one. */
  static int fieldEnd(byte[] bytes, int from, long delimiters) {
    for (int at = from; ; at += Long.BYTES) {
      long word = (long) WORDS.get(bytes, at);
      long ends = zeros(word ^ delimiters) | zeros(word ^ NEWLINES);
      if (ends != 0) {
        return at + (Long.numberOfTrailingZeros(ends) >>> 3);
      }
    }
  }

  /** The first offset from {@code from} on with a line feed. There must be one. */
  static int lineEnd(byte[] bytes, int from) {
    for (int at = from; ; at += Long.BYTES) {
      long ends = zeros((long) WORDS.get(bytes, at) ^ NEWLINES);
      if (ends != 0) {
        return at + (Long.numberOfTrailingZeros(ends) >>> 3);
      }
    }
  }

  /** The first offset in [from, to) with a line feed, or -1. */
  static int lineFeed(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      if (bytes[at] == '\n') {
        return at;
      }
    }
    return -1;
  }

  /** The line feeds in [from, to). */
  static int lineFeedCount(byte[] bytes, int from, int to) {
    int count = 0;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long word = (long) WORDS.get(bytes, at) ^ NEWLINES;
      // Unlike zeros(), right in every byte: no carry leaves one.
      count += Long.bitCount(~(((word & ~HIGHS) + ~HIGHS) | word | ~HIGHS));
    }
    for (; at < to; at++) {
      if (bytes[at] == '\n') {
        count++;
      }
    }
    return count;
  }

  /** The high bit of the lowest zero byte, and of no byte below it; bytes above it may be wrong. */
  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }
}
