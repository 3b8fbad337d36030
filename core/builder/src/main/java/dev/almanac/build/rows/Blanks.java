package dev.almanac.build.rows;

import java.nio.charset.StandardCharsets;

/**
 * Characters that look like nothing, in UTF-8: space, tab, the no-break and the other wide or
 * narrow spaces, the zero-width space and the byte order mark.
 */
public final class Blanks {
  private Blanks() {}

  /** Where [from, to) begins without the blanks in front; {@code to} if there is nothing else. */
  static int trimmedFrom(byte[] bytes, int from, int to) {
    int at = from;
    for (int length = lengthAt(bytes, at, to); length > 0; length = lengthAt(bytes, at, to)) {
      at += length;
    }
    return at;
  }

  /** Where [from, to) ends without the blanks at its end; {@code from} if there is nothing else. */
  static int trimmedTo(byte[] bytes, int from, int to) {
    int end = to;
    while (end > from) {
      int length = 1;
      while (length < 3 && end - length > from && (bytes[end - length] & 0xc0) == 0x80) {
        length++;
      }
      if (lengthAt(bytes, end - length, end) != length) {
        break;
      }
      end -= length;
    }
    return end;
  }

  /** A text without the blanks at both ends. */
  static String trimmed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int from = trimmedFrom(bytes, 0, bytes.length);
    return new String(
        bytes, from, trimmedTo(bytes, from, bytes.length) - from, StandardCharsets.UTF_8);
  }

  /** The bytes of the blank that begins at {@code at}; 0 if none does. */
  static int lengthAt(byte[] bytes, int at, int to) {
    if (at >= to) {
      return 0;
    }
    int first = bytes[at];
    if (first == ' ' || first == '\t') {
      return 1;
    }
    return first >= 0 ? 0 : wideLengthAt(bytes, at, to);
  }

  /** The bytes of the blank beyond ASCII that begins at {@code at}; 0 if none does. */
  public static int wideLengthAt(byte[] bytes, int at, int to) {
    if (to - at >= 2 && bytes[at] == (byte) 0xc2 && bytes[at + 1] == (byte) 0xa0) {
      return 2; // U+00A0, no-break space.
    }
    if (to - at < 3) {
      return 0;
    }
    int point = (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | bytes[at + 2] & 0xff;
    // U+2000 to U+200B, U+202F, U+3000, U+FEFF.
    return point >= 0xe28080 && point <= 0xe2808b
            || point == 0xe280af
            || point == 0xe38080
            || point == 0xefbbbf
        ? 3
        : 0;
  }
}
