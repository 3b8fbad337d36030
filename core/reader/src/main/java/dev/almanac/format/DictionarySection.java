package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
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
  /** The most dates of a file, so that in every width of a code all-ones can mean absent. */
  public static final int MAX_DATE_COUNT = 1 << 28;

  /** The longest text of a date, in bytes. */
  public static final int MAX_TEXT_BYTES = 256;

  /** Numbers that are checked at a time. */
  private static final int PIECE = 1024;

  private static final long FIRST_DAY = LocalDate.MIN.toEpochDay();
  private static final long LAST_DAY = LocalDate.MAX.toEpochDay();

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
   * Checks all that the section says. Reads it in pieces and as words: every opening does this, and
   * most of them in a JVM that still interprets.
   *
   * @param section the whole section, little-endian, from its index 0 to its capacity
   * @throws CorruptAlmanacException if it breaks a rule
   */
  public static void check(ByteBuffer section, int dateCount, Path path)
      throws CorruptAlmanacException {
    int textOffsetsOffset = Math.toIntExact(textOffsetsOffset(dateCount));
    int textsOffset = Math.toIntExact(textsOffset(dateCount));
    if (section.getInt(textOffsetsOffset) != 0) {
      throw new CorruptAlmanacException(
          "the first text must begin at 0: textOffset=" + section.getInt(textOffsetsOffset), path);
    }
    checkDays(part(section, 0, textOffsetsOffset).asLongBuffer(), path);
    int textsBytes = section.capacity() - textsOffset;
    IntBuffer ends =
        part(
                section,
                textOffsetsOffset + Integer.BYTES,
                textsOffset - Integer.BYTES - textOffsetsOffset)
            .asIntBuffer();
    int end = checkEnds(ends.duplicate(), textsBytes, path);
    if (end != textsBytes) {
      throw new CorruptAlmanacException(
          "the texts must fill the section: end=" + end + " textsBytes=" + textsBytes, path);
    }
    ByteBuffer texts = part(section, textsOffset, textsBytes);
    if (!isAscii(texts)) {
      checkUtf8(texts, ends, path);
    }
  }

  private static ByteBuffer part(ByteBuffer section, int from, int bytes) {
    return section.slice(from, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void checkDays(LongBuffer days, Path path) throws CorruptAlmanacException {
    long[] piece = new long[Math.min(PIECE, days.remaining())];
    long least = FIRST_DAY;
    while (days.hasRemaining()) {
      int first = days.position();
      int count = Math.min(piece.length, days.remaining());
      days.get(piece, 0, count);
      for (int i = 0; i < count; i++) {
        long day = piece[i];
        if (day < least || day > LAST_DAY) {
          throw new CorruptAlmanacException(
              "dates must ascend and be dates: code=" + (first + i) + " epochDay=" + day, path);
        }
        least = day;
      }
    }
  }

  /** Returns the end of the last text. */
  private static int checkEnds(IntBuffer ends, int textsBytes, Path path)
      throws CorruptAlmanacException {
    int[] piece = new int[Math.min(PIECE, ends.remaining())];
    int offset = 0;
    while (ends.hasRemaining()) {
      int first = ends.position();
      int count = Math.min(piece.length, ends.remaining());
      ends.get(piece, 0, count);
      for (int i = 0; i < count; i++) {
        int end = piece[i];
        if (end < offset || end > textsBytes || end - offset > MAX_TEXT_BYTES) {
          throw Rule.broken(
              "texts must follow each other: code=%s textOffset=%s end=%s",
              path, first + i, offset, end);
        }
        offset = end;
      }
    }
    return offset;
  }

  /** Whether no byte has its highest bit, as in dates that are written in digits. */
  private static boolean isAscii(ByteBuffer bytes) {
    LongBuffer words = bytes.asLongBuffer();
    long[] piece = new long[Math.min(PIECE, words.remaining())];
    long all = 0;
    while (words.hasRemaining()) {
      int count = Math.min(piece.length, words.remaining());
      words.get(piece, 0, count);
      for (int i = 0; i < count; i++) {
        all |= piece[i];
      }
    }
    for (int at = bytes.limit() & -Long.BYTES; at < bytes.limit(); at++) {
      all |= bytes.get(at);
    }
    return (all & 0x8080808080808080L) == 0;
  }

  private static void checkUtf8(ByteBuffer texts, IntBuffer ends, Path path)
      throws CorruptAlmanacException {
    byte[] text = new byte[MAX_TEXT_BYTES];
    int offset = 0;
    for (int code = 0; code < ends.limit(); code++) {
      int length = ends.get(code) - offset;
      texts.get(offset, text, 0, length);
      if (!Utf8.isValid(text, 0, length)) {
        throw new CorruptAlmanacException("a date's text must be valid UTF-8: code=" + code, path);
      }
      offset += length;
    }
  }
}
