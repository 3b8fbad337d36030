package dev.almanac.format;

import java.nio.charset.StandardCharsets;

/** Writes texts of one length as a reader of regular expressions does. */
final class ShapePattern {
  private final TextsOfLength texts;
  private final int length;

  private ShapePattern(TextsOfLength texts) {
    this.texts = texts;
    this.length = texts.length;
  }

  /** One length of a shape. */
  static String of(TextsOfLength texts) {
    return new ShapePattern(texts).pattern();
  }

  private String pattern() {
    if (isUuid("0123456789abcdef")) {
      return "UUID, lower case";
    }
    if (isUuid("0123456789ABCDEF")) {
      return "UUID, upper case";
    }
    StringBuilder pattern = new StringBuilder();
    for (int from = 0; from < length; ) {
      int to = from + 1;
      while (to < length
          && (texts.size(from) == 1 ? texts.size(to) == 1 : texts.sameSet(from, to))) {
        to++;
      }
      if (texts.size(from) == 1) {
        appendLiteral(from, to, pattern);
      } else {
        appendSet(from, pattern);
        pattern.append(to - from > 1 ? "{" + (to - from) + "}" : "");
      }
      from = to;
    }
    return pattern.toString();
  }

  private boolean isUuid(String hexadecimalDigits) {
    boolean is = length == Utf8.UUID_BYTES;
    for (int p = 0; is && p < length; p++) {
      String allowed = Utf8.isUuidHyphen(p) ? "-" : hexadecimalDigits;
      for (int digit = 0; digit < texts.size(p); digit++) {
        is &= allowed.indexOf(texts.byteOf(p, digit)) >= 0;
      }
    }
    return is;
  }

  private void appendLiteral(int from, int to, StringBuilder pattern) {
    byte[] literal = new byte[to - from];
    for (int p = from; p < to; p++) {
      literal[p - from] = (byte) texts.byteOf(p, 0);
    }
    if (Utf8.isValid(literal, 0, literal.length)) {
      pattern.append(
          new String(literal, StandardCharsets.UTF_8).replaceAll("[\\[\\]{}|\\\\]", "\\\\$0"));
    } else {
      for (byte value : literal) {
        append(value & 0xFF, pattern);
      }
    }
  }

  private void appendSet(int p, StringBuilder pattern) {
    pattern.append('[');
    for (int from = 0; from < texts.size(p); ) {
      int first = texts.byteOf(p, from);
      int to = from + 1;
      while (to < texts.size(p) && texts.byteOf(p, to) == first + to - from) {
        to++;
      }
      append(first, pattern);
      if (to - from > 1) {
        pattern.append(to - from > 2 ? "-" : "");
        append(first + to - from - 1, pattern);
      }
      from = to;
    }
    pattern.append(']');
  }

  private static void append(int value, StringBuilder pattern) {
    if (value > ' ' && value < 0x7F) {
      pattern.append("[]{}|\\-".indexOf(value) < 0 ? "" : "\\").append((char) value);
    } else {
      pattern.append(String.format("\\x%02x", value));
    }
  }
}
