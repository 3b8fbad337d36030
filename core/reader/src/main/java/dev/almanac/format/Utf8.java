package dev.almanac.format;

import java.util.UUID;

/** The bytes of an ID: UTF-8 (RFC 3629), canonical decimals, UUIDs. Without allocation. */
public final class Utf8 {
  private static final int NOT_ENCODABLE = -1;

  /** The most bytes of the canonical decimal of 64 bits. */
  public static final int MAX_DECIMAL_BYTES = 20;

  /** Bytes of a UUID as text. */
  public static final int UUID_BYTES = 36;

  private Utf8() {}

  /**
   * Writes {@code text} as UTF-8.
   *
   * @return the number of bytes, or -1 if they are more than {@code limit} or the text has a lone
   *     surrogate
   */
  public static int encode(CharSequence text, byte[] into, int offset, int limit) {
    int length = text.length();
    if (length > limit) {
      return NOT_ENCODABLE;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return encodeWide(text, i, into, offset, limit);
      }
      into[offset + i] = (byte) c;
    }
    return length;
  }

  private static int encodeWide(CharSequence text, int from, byte[] into, int offset, int limit) {
    int at = offset + from;
    int end = offset + limit;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      int size = c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 4 : 3;
      if (at > end - size) {
        return NOT_ENCODABLE;
      }
      switch (size) {
        case 1:
          into[at] = (byte) c;
          break;
        case 2:
          into[at] = (byte) (0xC0 | c >> 6);
          into[at + 1] = (byte) (0x80 | c & 0x3F);
          break;
        case 3:
          into[at] = (byte) (0xE0 | c >> 12);
          into[at + 1] = (byte) (0x80 | c >> 6 & 0x3F);
          into[at + 2] = (byte) (0x80 | c & 0x3F);
          break;
        default:
          if (!Character.isHighSurrogate(c)
              || i + 1 == text.length()
              || !Character.isLowSurrogate(text.charAt(i + 1))) {
            return NOT_ENCODABLE;
          }
          i++;
          int point = Character.toCodePoint(c, text.charAt(i));
          into[at] = (byte) (0xF0 | point >> 18);
          into[at + 1] = (byte) (0x80 | point >> 12 & 0x3F);
          into[at + 2] = (byte) (0x80 | point >> 6 & 0x3F);
          into[at + 3] = (byte) (0x80 | point & 0x3F);
          break;
      }
      at += size;
    }
    return at - offset;
  }

  /** Writes the canonical decimal of a number to the start of {@code into}; returns its length. */
  public static int encodeDecimal(long number, byte[] into) {
    // Negative throughout, since Long.MIN_VALUE has no positive counterpart.
    long rest = number < 0 ? number : -number;
    int length = number < 0 ? 2 : 1;
    for (long r = rest; r <= -10; r /= 10) {
      length++;
    }
    int at = length;
    do {
      into[--at] = (byte) ('0' - rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (number < 0) {
      into[0] = '-';
    }
    return length;
  }

  /** Whether the text of a UUID has a hyphen at a position. */
  static boolean isUuidHyphen(int position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
  }

  /** Writes a UUID as {@link UUID#toString} has it to the start of {@code into}. */
  public static void encodeUuid(UUID uuid, byte[] into) {
    long half = uuid.getMostSignificantBits();
    for (int at = 0; at < UUID_BYTES; at++) {
      if (isUuidHyphen(at)) {
        into[at] = '-';
        if (at == 18) {
          half = uuid.getLeastSignificantBits();
        }
      } else {
        int digit = (int) (half >>> 60);
        into[at] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
        half <<= 4;
      }
    }
  }

  /** Whether this is valid UTF-8: nothing overlong, cut short or above U+10FFFF, no surrogate. */
  public static boolean isValid(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      int b = bytes[i];
      if (b >= 0) {
        i++;
        continue;
      }
      int size = (b & 0xE0) == 0xC0 ? 2 : (b & 0xF0) == 0xE0 ? 3 : (b & 0xF8) == 0xF0 ? 4 : 0;
      if (size == 0 || i > to - size) {
        return false;
      }
      int point = b & 0x7F >> size;
      for (int k = 1; k < size; k++) {
        if ((bytes[i + k] & 0xC0) != 0x80) {
          return false;
        }
        point = point << 6 | bytes[i + k] & 0x3F;
      }
      int least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
      if (point < least || point > 0x10FFFF || point >= 0xD800 && point <= 0xDFFF) {
        return false;
      }
      i += size;
    }
    return true;
  }
}
