package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/**
 * The distinct dates of a file, sorted by date, then by text (in bytes, unsigned).
 *
 * <pre>
 * +----------------------+ 0
 * | epoch days           |   dateCount x i64, ascending
 * +----------------------+ dateCount * 8
 * | text offsets         |   (dateCount + 1) x u32, from the start of the texts, ascending, the first 0
 * +----------------------+ dateCount * 12 + 4
 * | texts                |   UTF-8, one after the other
 * +----------------------+ dictionaryBytes
 * </pre>
 *
 * <p>An epoch day takes 64 bits because a {@link java.time.LocalDate}'s does: years go to
 * 999,999,999.
 */
public final class DictionarySection {
  /**
   * The most dates that a file can have: a code is an {@code int}, and all-ones means absent in
   * every width.
   */
  public static final int MAX_DATE_COUNT = 1 << 28;

  /** The longest text of a date, in bytes. */
  public static final int MAX_TEXT_BYTES = 256;

  private DictionarySection() {}

  /** Offset of the text offsets. */
  public static long textOffsetsOffset(int dateCount) {
    return (long) dateCount * Long.BYTES;
  }

  /** Offset of the texts. */
  public static long textsOffset(int dateCount) {
    return textOffsetsOffset(dateCount) + (dateCount + 1L) * Integer.BYTES;
  }

  /** Bytes of a code, 1, 2 or 4, so that all-ones is no code. */
  public static int codeBytes(int dateCount) {
    return dateCount <= 0xFF ? 1 : dateCount <= 0xFFFF ? 2 : 4;
  }

  /** The section for dates that are in order already. */
  public static ByteBuffer encode(long[] epochDays, List<String> texts) {
    int textBytes = 0;
    for (String text : texts) {
      textBytes = Math.addExact(textBytes, text.getBytes(StandardCharsets.UTF_8).length);
    }
    ByteBuffer section =
        ByteBuffer.allocate(Math.toIntExact(textsOffset(epochDays.length) + textBytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long epochDay : epochDays) {
      section.putLong(epochDay);
    }
    int offset = 0;
    int textsOffset = (int) textsOffset(epochDays.length);
    section.putInt(offset);
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      section.put(textsOffset + offset, bytes);
      offset += bytes.length;
      section.putInt(offset);
    }
    return section.clear();
  }

  /**
   * Checks all that the section says: it is small, and decides every answer.
   *
   * @param section the whole section, little-endian, from its index 0 to its capacity
   * @throws CorruptAlmanacException if it breaks a rule
   */
  public static void check(ByteBuffer section, int dateCount, Path path)
      throws CorruptAlmanacException {
    int textOffsetsOffset = Math.toIntExact(textOffsetsOffset(dateCount));
    int textsOffset = Math.toIntExact(textsOffset(dateCount));
    int textsBytes = section.capacity() - textsOffset;
    byte[] text = new byte[MAX_TEXT_BYTES];
    long dayBefore = Long.MIN_VALUE;
    int offset = section.getInt(textOffsetsOffset);
    if (offset != 0) {
      throw new CorruptAlmanacException(
          "the first text must begin at 0: textOffset=" + offset, path);
    }
    for (int code = 0; code < dateCount; code++) {
      long day = section.getLong(code * Long.BYTES);
      if (day < dayBefore || day < LocalDate.MIN.toEpochDay() || day > LocalDate.MAX.toEpochDay()) {
        throw new CorruptAlmanacException(
            "dates must ascend and be dates: code=" + code + " epochDay=" + day, path);
      }
      dayBefore = day;
      int end = section.getInt(textOffsetsOffset + (code + 1) * Integer.BYTES);
      if (end < offset || end > textsBytes || end - offset > MAX_TEXT_BYTES) {
        throw new CorruptAlmanacException(
            "texts must follow each other: code=" + code + " textOffset=" + offset + " end=" + end,
            path);
      }
      section.get(textsOffset + offset, text, 0, end - offset);
      if (!Utf8.isValid(text, 0, end - offset)) {
        throw new CorruptAlmanacException("a date's text must be valid UTF-8: code=" + code, path);
      }
      offset = end;
    }
    if (offset != textsBytes) {
      throw new CorruptAlmanacException(
          "the texts must fill the section: end=" + offset + " textsBytes=" + textsBytes, path);
    }
  }
}
