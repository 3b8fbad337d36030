package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.rows.Dialect.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One row, taken apart wherever the buffer that it stands in ends. */
class RowParserTest {
  private static final String ALPHABET = "a\",\n\r\\ ";
  private static final int LONGEST_TEXT = 5;

  private static Dialect.Fields fields(boolean escaped, boolean trimmed, int maxQuotedLines) {
    return RecordedRows.dialect(',', false, true, Column.of(1), Column.of(2))
        .withMaxQuotedLines(maxQuotedLines)
        .withTrimmed(trimmed)
        .withEscaped(escaped)
        .fields();
  }

  /** What a parser says of the row: each field, or the fault. */
  private static String parsed(
      Dialect.Fields fields, int maxRowBytes, byte[] bytes, int from, int to, boolean ended) {
    List<String> all = new ArrayList<>();
    RowParser row = new RowParser(fields, maxRowBytes, 0, 1, all);
    int end = row.parse(bytes, from, to, ended);
    if (end < 0) {
      return "";
    }
    assertEquals(end, row.end);
    String text =
        "end=" + (end - from) + " text=" + (row.textEnd - from) + " lines=" + row.lineCount + " ";
    if (row.fault != null) {
      return text + row.fault + " " + row.found;
    }
    if (row.columnCount > 1) {
      row.takeFields();
      text += field(row, row.idFrom(), row.idTo()) + "=" + field(row, row.dateFrom(), row.dateTo());
    }
    return text + row.columnCount + all;
  }

  private static String field(RowParser row, int from, int to) {
    return new String(row.fields, from, to - from, UTF_8);
  }

  /**
   * Each text of a few characters, among others all that open and close quotes, at every cut. From
   * some cut on, the row is known, and is the same from there on.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aRowIsTheSameWhereverTheBufferEnds(int options) {
    for (int maxRowBytes : new int[] {3, 60}) {
      for (int maxQuotedLines : new int[] {1, 2}) {
        Dialect.Fields fields = fields((options & 1) == 1, (options & 2) == 2, maxQuotedLines);
        int[] digits = new int[LONGEST_TEXT];
        do {
          byte[] bytes = new byte[1 + LONGEST_TEXT + 2];
          bytes[0] = '"'; // Of the row before.
          for (int i = 0; i < LONGEST_TEXT; i++) {
            bytes[1 + i] = (byte) ALPHABET.charAt(digits[i]);
          }
          // What lies after the end is of another row.
          bytes[1 + LONGEST_TEXT] = '"';
          bytes[2 + LONGEST_TEXT] = '\n';
          assertSameAtEveryCut(fields, maxRowBytes, bytes);
        } while (next(digits));
      }
    }
  }

  private static void assertSameAtEveryCut(Dialect.Fields fields, int maxRowBytes, byte[] bytes) {
    String whole = parsed(fields, maxRowBytes, bytes, 1, 1 + LONGEST_TEXT, true);
    // Where the array ends too, a byte after the end would be noticed.
    assertEquals(
        whole,
        parsed(
            fields,
            maxRowBytes,
            Arrays.copyOf(bytes, 1 + LONGEST_TEXT),
            1,
            1 + LONGEST_TEXT,
            true));
    assertTrue(!whole.isEmpty());
    boolean known = false;
    for (int to = 1; to <= 1 + LONGEST_TEXT; to++) {
      String cut = parsed(fields, maxRowBytes, Arrays.copyOf(bytes, to), 1, to, false);
      if (known || !cut.isEmpty()) {
        int end = to;
        assertEquals(whole, cut, () -> Arrays.toString(bytes) + " to=" + end);
        known = true;
      }
    }
  }

  private static boolean next(int[] digits) {
    for (int i = digits.length - 1; i >= 0; i--) {
      if (++digits[i] < ALPHABET.length()) {
        return true;
      }
      digits[i] = 0;
    }
    return false;
  }

  private static String whole(Dialect.Fields fields, int maxRowBytes, String text) {
    byte[] bytes = (text + "\n").getBytes(UTF_8);
    return parsed(fields, maxRowBytes, bytes, 0, bytes.length - 1, true);
  }

  @Test
  void theLastRowMayEndAfterItsQuotes() {
    Dialect.Fields fields = fields(false, false, 20);
    assertEquals("end=7 text=7 lines=1 a=b2[a, b]", whole(fields, 60, "\"a\",\"b\""));
    assertEquals("end=8 text=7 lines=1 a=b2[a, b]", whole(fields, 60, "\"a\",\"b\"\r"));
    assertEquals(
        "end=4 text=4 lines=1 BAD_QUOTES found='b' after a closing quotation mark",
        whole(fields, 60, "\"a\"b"));
    assertEquals(
        "end=4 text=4 lines=1 BAD_QUOTES found=0x7f after a closing quotation mark",
        whole(fields, 60, "\"a\"\u007f"));
  }

  @Test
  void fieldsOfAnyLengthAreTakenOutOfTheirQuotes() {
    Dialect.Fields fields = fields(false, false, 20);
    for (int idLength = 0; idLength < 140; idLength += 7) {
      for (int dateLength : new int[] {0, 1, 30, 63, 64, 65, 128, 129}) {
        String id = "\"" + "i".repeat(idLength);
        String date = "d".repeat(dateLength) + "\"";
        String row = "\"\"" + id + "\",\"" + date + "\"\"";
        assertTrue(whole(fields, 1000, row).contains(" " + id + "=" + date + "2["), row);
      }
    }
  }

  /** A row is known as soon as its line feed is there. */
  @Test
  void aRowIsKnownWithItsLineBreak() {
    Dialect.Fields fields = fields(true, false, 20);
    for (String row :
        List.of("a,b\n", "a,b\r\n", "\"a\",\"b\"\n", "\"a\"\"\",b\r\n", "\"a\",\"b\"\r\n", "\n")) {
      byte[] bytes = row.getBytes(UTF_8);
      assertEquals("", parsed(fields, 60, bytes, 0, bytes.length - 1, false));
      assertTrue(
          parsed(fields, 60, bytes, 0, bytes.length, false).startsWith("end=" + bytes.length + " "),
          row);
    }
  }

  @Test
  void linesAreCountedThroughEscapedLineBreaks() {
    Dialect.Fields escaped = fields(true, false, 20);
    assertEquals("end=7 text=6 lines=2 a\nb=c2[a\nb, c]", whole(escaped, 60, "a\\\nb,c\n"));
    assertEquals("end=5 text=5 lines=2 a\n=b2[a\n, b]", whole(escaped, 60, "a\\\n,b"));
    assertEquals("end=8 text=8 lines=2 a\nb=c2[a\nb, c]", whole(escaped, 60, "\"a\\\nb\",c"));
    assertEquals("end=5 text=5 lines=1 a\n=b2[a\n, b]", whole(escaped, 60, "a\\n,b"));
  }

  @Test
  void aRowIsTooLongByTheBytesOfItsText() {
    // An escaped line feed is of the text, also where it is the last that a row may have.
    assertEquals(
        "end=5 text=5 lines=1 ROW_TOO_LONG bytes=5 expectedAtMost=3",
        whole(fields(true, false, 20), 3, "aaa\\\n"));
    for (boolean quoted : new boolean[] {false, true}) {
      Dialect.Fields fields = fields(false, false, 20);
      String text = quoted ? "\"aaa\",\"b\"" : "aaaaaaa,b";
      for (String end : List.of("", "\n", "\r\n", "\r")) {
        assertTrue(!whole(fields, 9, text + end).contains("ROW_TOO_LONG"), text + end);
        assertTrue(
            whole(fields, 8, text + end).endsWith("ROW_TOO_LONG bytes=9 expectedAtMost=8"),
            text + end);
      }
    }
  }
}
