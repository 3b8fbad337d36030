package dev.almanac.format;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The texts of one length of an {@link IdShape}. What takes more memory than the sets is made when
 * it is first needed: a section of the file must not make an opening expensive.
 *
 * <p>For any number of threads: what is made twice is the same.
 */
final class TextsOfLength {
  static final int SET_LONGS = 256 / Long.SIZE;

  /** Four words for each position. */
  final long[] sets;

  final int length;

  /** How many positions write the key; the others write the low number. */
  final int split;

  /** The number of the first text. */
  final long offset;

  /** How many bytes each position can have. */
  private final int[] sizes;

  // Made when needed.
  private @Nullable PositionSums keySums;
  private @Nullable PositionSums lowSums;
  private byte @Nullable [] bytes;

  TextsOfLength(long[] sets, int split, long offset) {
    this.sets = sets;
    this.length = sets.length / SET_LONGS;
    this.split = split;
    this.offset = offset;
    this.sizes = new int[length];
    for (int p = 0; p < length; p++) {
      sizes[p] = size(sets, p);
    }
  }

  /** How many bytes a position can have. */
  static int size(long[] sets, int position) {
    int size = 0;
    for (int i = 0; i < SET_LONGS; i++) {
      size += Long.bitCount(sets[SET_LONGS * position + i]);
    }
    return size;
  }

  int size(int position) {
    return sizes[position];
  }

  /** Whether a text may have a byte at a position. */
  boolean has(int position, int value) {
    return (sets[SET_LONGS * position + (value >> 6)] >>> value & 1) != 0;
  }

  /** Whether two positions can have the same bytes. */
  boolean sameSet(int a, int b) {
    return Arrays.equals(
        sets, SET_LONGS * a, SET_LONGS * (a + 1), sets, SET_LONGS * b, SET_LONGS * (b + 1));
  }

  /** The byte of a digit. */
  int byteOf(int position, int digit) {
    return bytes()[position << Byte.SIZE | digit] & 0xFF;
  }

  /** Whether no text has a byte of 0x80 or more. */
  boolean isAscii() {
    boolean is = true;
    for (int p = 0; p < length; p++) {
      is &= (sets[SET_LONGS * p + 2] | sets[SET_LONGS * p + 3]) == 0;
    }
    return is;
  }

  /** What writes the key. */
  PositionSums keySums() {
    PositionSums made = keySums;
    if (made == null) {
      made = new PositionSums(this, 0, split);
      keySums = made;
    }
    return made;
  }

  /** What writes the low number. */
  PositionSums lowSums() {
    PositionSums made = lowSums;
    if (made == null) {
      made = new PositionSums(this, split, length);
      lowSums = made;
    }
    return made;
  }

  /** Whether all bytes of a text of this length are in the sets of their positions. */
  boolean has(byte[] text, int at) {
    boolean has = true;
    for (int p = 0; p < length; p++) {
      has &= has(p, text[at + p] & 0xFF);
    }
    return has;
  }

  /** Likewise of a text whose characters are taken as bytes. */
  boolean has(CharSequence text) {
    boolean has = true;
    for (int p = 0; p < length; p++) {
      char c = text.charAt(p);
      has &= c < 1 << Byte.SIZE && has(p, c);
    }
    return has;
  }

  /** By position and digit. */
  private byte[] bytes() {
    byte[] made = bytes;
    if (made == null) {
      made = new byte[length << Byte.SIZE];
      for (int p = 0; p < length; p++) {
        int digit = 0;
        for (int value = 0; value < 1 << Byte.SIZE; value++) {
          if (has(p, value)) {
            made[p << Byte.SIZE | digit++] = (byte) value;
          }
        }
      }
      bytes = made;
    }
    return made;
  }

  /** Puts the bytes of some positions; returns what is left of the number. */
  long decode(int from, int to, long number, byte[] out, int at) {
    byte[] bytes = bytes();
    long rest = number;
    for (int p = to - 1; p >= from; p--) {
      int size = sizes[p];
      int digit = 0;
      if (size > 1) {
        long quotient = rest >= 0 ? rest / size : Long.divideUnsigned(rest, size);
        digit = (int) (rest - quotient * size);
        rest = quotient;
      }
      out[at + p] = bytes[p << Byte.SIZE | digit];
    }
    return rest;
  }
}
