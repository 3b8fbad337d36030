package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A bad row as messages and the rejects file show it. */
final class RowText {
  /** Bytes of a row that a message shows. */
  static final int SHOWN_BYTES = 1_000;

  private RowText() {}

  /** The text; of a long one the beginning and {@code ...}. */
  static String of(String text) {
    if (text.length() <= SHOWN_BYTES) {
      return text;
    }
    boolean within = Character.isHighSurrogate(text.charAt(SHOWN_BYTES - 1));
    return text.substring(0, within ? SHOWN_BYTES - 1 : SHOWN_BYTES) + "...";
  }

  /** The bytes as text, what is not UTF-8 replaced; of a long row the beginning and {@code ...}. */
  static String of(byte[] bytes, int from, int to) {
    if (to - from <= SHOWN_BYTES) {
      return new String(bytes, from, to - from, UTF_8);
    }
    int end = from + SHOWN_BYTES;
    for (int i = 0; i < 3 && (bytes[end] & 0xc0) == 0x80; i++) {
      end--; // Not within a character.
    }
    return new String(bytes, from, end - from, UTF_8) + "...";
  }
}
