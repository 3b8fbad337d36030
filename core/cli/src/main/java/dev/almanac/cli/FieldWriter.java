package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/**
 * Writes fields so that the same dialect reads them back: plainly, in quotes where that is allowed
 * and needed, or not at all.
 */
final class FieldWriter {
  private final ByteOutput output;
  private final byte delimiter;
  private final boolean quoted;

  FieldWriter(ByteOutput output, char delimiter, boolean quoted) {
    this.output = output;
    this.delimiter = (byte) delimiter;
    this.quoted = quoted;
  }

  /**
   * Writes the field [from, to), which is valid UTF-8.
   *
   * @param name what a message calls it
   * @throws IOException if it would be read back as something else
   */
  void put(byte[] bytes, int from, int to, String name) throws IOException {
    if (isPlain(bytes, from, to)) {
      output.put(bytes, from, to);
      return;
    }
    requireQuoted(bytes, from, to, name);
    output.put((byte) '"');
    for (int i = from; i < to; i++) {
      if (bytes[i] == '"') {
        output.put((byte) '"');
      }
      output.put(bytes[i]);
    }
    output.put((byte) '"');
  }

  /**
   * Checks a field that may be written later.
   *
   * @throws IOException as {@link #put}
   */
  void check(byte[] field, String name) throws IOException {
    if (!isPlain(field, 0, field.length)) {
      requireQuoted(field, 0, field.length, name);
    }
  }

  private void requireQuoted(byte[] bytes, int from, int to, String name) throws IOException {
    if (!quoted) {
      throw new IOException(
          "a field holds the delimiter, a line break or a byte order mark and would be read back as"
              + " something else, --quoted puts it in quotes: "
              + name
              + "="
              + FailureText.visible(new String(bytes, from, to - from, UTF_8))
              + " delimiter="
              + FailureText.visible(String.valueOf((char) delimiter)));
    }
  }

  private boolean isPlain(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte value = bytes[i];
      if (value == delimiter || value == '\n' || value == '\r' || (quoted && value == '"')) {
        return false;
      }
    }
    // A byte order mark in front of the first field would be taken for the file's.
    return to - from < 3
        || bytes[from] != (byte) 0xef
        || bytes[from + 1] != (byte) 0xbb
        || bytes[from + 2] != (byte) 0xbf;
  }
}
