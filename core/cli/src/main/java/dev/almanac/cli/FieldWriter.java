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
   * Writes a field of valid UTF-8.
   *
   * @param name what a message calls it
   * @throws IOException if it would be read back as something else
   */
  void put(byte[] field, String name) throws IOException {
    if (isPlain(field)) {
      output.put(field);
      return;
    }
    requireQuoted(field, name);
    output.put((byte) '"');
    for (byte value : field) {
      if (value == '"') {
        output.put((byte) '"');
      }
      output.put(value);
    }
    output.put((byte) '"');
  }

  /**
   * Checks a field that may be written later.
   *
   * @throws IOException as {@link #put}
   */
  void check(byte[] field, String name) throws IOException {
    if (!isPlain(field)) {
      requireQuoted(field, name);
    }
  }

  private void requireQuoted(byte[] field, String name) throws IOException {
    if (!quoted) {
      throw new IOException(
          "a field holds the delimiter, a line break or a byte order mark and would be read back as"
              + " something else, --quoted puts it in quotes: "
              + name
              + "="
              + FailureText.visible(new String(field, UTF_8))
              + " delimiter="
              + FailureText.visible(String.valueOf((char) delimiter)));
    }
  }

  private boolean isPlain(byte[] field) {
    for (byte value : field) {
      if (value == delimiter || value == '\n' || value == '\r' || (quoted && value == '"')) {
        return false;
      }
    }
    // A byte order mark in front of the first field would be taken for the file's.
    return field.length < 3
        || field[0] != (byte) 0xef
        || field[1] != (byte) 0xbb
        || field[2] != (byte) 0xbf;
  }
}
