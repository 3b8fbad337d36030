package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class QuotedRowsTest {
  private static final int MAX_ROW_BYTES = 60;
  private static final Dialect DIALECT =
      new Dialect(',', false, true, Dialect.Column.of(1), Dialect.Column.of(3));

  @Test
  void quotesAreTakenOffAndDoubledOnesHalved() throws IOException {
    assertRecorded(
        DIALECT,
        "\"7\",a,\"2024-02-29\"\n\"a\"\"b\",\"x,y\",\"\",\n\"\"\"\",\"\"\"\"\"\",2\n",
        List.of("in:1 7=2024-02-29", "in:2 a\"b=", "in:3 \"=2"),
        List.of());
  }

  @Test
  void aQuotationMarkWithinABareFieldIsACharacter() throws IOException {
    assertRecorded(
        DIALECT,
        "5\" disk,a\"b\",\"2\"\n7,\"\",\"2\"\n",
        List.of("in:1 5\" disk=2", "in:2 7=2"),
        List.of());
  }

  @Test
  void linesAreCountedThroughQuotedLineBreaks() throws IOException {
    assertRecorded(
        DIALECT,
        "7,\"a\nb\r\n\n\",1\r\n\"8\n9\",\"\",\"2\"\n\n10,,3\n",
        List.of("in:1 7=1", "in:5 8\n9=2", "in:8 10=3"),
        List.of("in:7 TOO_FEW_COLUMNS columns=0 expected=3 []"));
  }

  @Test
  void aCarriageReturnWithinARowIsACharacter() throws IOException {
    // A field that holds a lone CR and ends its line with LF is what FastCSV 4.1.1 gets wrong by
    // itself.
    assertRecorded(
        DIALECT,
        "7,a,\"1\r2\"\n\"8\r\",,3\n9\rx,,4\r\n",
        List.of("in:1 7=1\r2", "in:2 8\r=3", "in:3 9\rx=4"),
        List.of());
    assertRecorded(
        new Dialect(',', false, true, Dialect.Column.of(1), Dialect.Column.of(1)),
        "\"b\rc\"\n\"d\"\n",
        List.of("in:1 b\rc=b\rc", "in:2 d=d"),
        List.of());
  }

  @Test
  void theLastRowMayEndWithoutALineBreak() throws IOException {
    for (String end : List.of("", "\r", "\n", "\r\n", "\n\n", "\r\n\r\n", "\n\r")) {
      assertRecorded(DIALECT, "7,a,\"1\"" + end, List.of("in:1 7=1"), List.of());
      assertRecorded(DIALECT, "7,a,1" + end, List.of("in:1 7=1"), List.of());
    }
  }

  @Test
  void textBehindAClosingQuoteMakesTheRowBadUpToItsLinesEnd() throws IOException {
    assertRecorded(
        DIALECT,
        "7,\"a\"b,\"1\n8,a,2\n9,\"a\" ,3\n10,\"\n\"\r,4\n11,,5\n",
        List.of("in:2 8=2", "in:6 11=5"),
        List.of(
            "in:1 BAD_QUOTES found='b' behind a closing quotation mark [7,\"a\"b,\"1]",
            "in:3 BAD_QUOTES found=0x20 behind a closing quotation mark [9,\"a\" ,3]",
            "in:4 BAD_QUOTES found=0x0d behind a closing quotation mark [10,\"\n\"\r,4]"));
  }

  @Test
  void aQuotedFieldThatIsNotClosedIsBad() throws IOException {
    for (String end : List.of("", "\"\"")) {
      assertRecorded(
          DIALECT,
          "7,a,1\n8,\"b,2\n9,c,3" + end,
          List.of("in:1 7=1"),
          List.of(
              "in:2 BAD_QUOTES found=end of input expected=closing quotation mark [8,\"b,2\n9,c,3"
                  + end
                  + "]"));
    }
    assertRecorded(
        DIALECT,
        "7,a,\"",
        List.of(),
        List.of("in:1 BAD_QUOTES found=end of input expected=closing quotation mark [7,a,\"]"));
  }

  @Test
  void aRowThatEndsTooEarlyIsBad() throws IOException {
    assertRecorded(
        DIALECT,
        "7,\"a,b,c\"\n8,a,1\n\"\"\n",
        List.of("in:2 8=1"),
        List.of(
            "in:1 TOO_FEW_COLUMNS columns=2 expected=3 [7,\"a,b,c\"]",
            "in:3 TOO_FEW_COLUMNS columns=1 expected=3 [\"\"]"));
  }

  @Test
  void aRowThatIsTooLongIsBadAndItsNeighboursAreNot() throws IOException {
    String fits = "8,\"" + "x\n".repeat((MAX_ROW_BYTES - 6) / 2) + "\",2";
    String tooLong = "9,\"" + "x\n".repeat((MAX_ROW_BYTES - 4) / 2) + "\",2";
    String farTooLong = "10,\"" + "x,\"\"\n".repeat(MAX_ROW_BYTES * 10) + "\"";
    assertEquals(MAX_ROW_BYTES, fits.length());
    String text = String.join("\n", "7,,1", fits, tooLong, farTooLong, "11,,3");
    int tooLongLine = 1 + 1 + (int) fits.lines().count();
    int farTooLongLine = tooLongLine + (int) tooLong.lines().count();
    int lastLine = farTooLongLine + (int) farTooLong.lines().count();
    for (int splitBytes : new int[] {1, 5, 59, 60, 61, 62, 63, 500, 5000, 50000}) {
      RecordedRows recorded = read(DIALECT, text, splitBytes, 2);
      assertEquals(3, recorded.rows.size());
      assertEquals("in:1 7=1", recorded.rows.get(0));
      assertEquals("in:2 8=2", recorded.rows.get(1));
      assertEquals("in:" + lastLine + " 11=3", recorded.rows.get(2));
      assertEquals(2, recorded.bad.size());
      assertTrue(
          recorded
              .bad
              .get(0)
              .startsWith(
                  "in:"
                      + tooLongLine
                      + " ROW_TOO_LONG bytes="
                      + tooLong.length()
                      + " expectedAtMost=60 ["),
          recorded.bad.get(0));
      assertTrue(
          recorded
              .bad
              .get(1)
              .startsWith(
                  "in:"
                      + farTooLongLine
                      + " ROW_TOO_LONG bytes="
                      + farTooLong.length()
                      + " expectedAtMost=60 ["));
      assertEquals(List.of("in=" + lastLine), recorded.lineCounts);
    }
  }

  @Test
  void aQuoteThatOpensAndIsNeverClosedTakesNoMoreMemoryThanALongRow() throws IOException {
    String text = "7,,1\n8,\"" + "9,b,2\n".repeat(5000);
    for (int splitBytes : new int[] {1, 64, 500}) {
      RecordedRows recorded = read(DIALECT, text, splitBytes, 1);
      assertEquals(List.of("in:1 7=1"), recorded.rows);
      assertEquals(1, recorded.bad.size());
      assertTrue(
          recorded
              .bad
              .get(0)
              .startsWith(
                  "in:2 ROW_TOO_LONG bytes="
                      + (text.length() - 5)
                      + " expectedAtMost=60 [8,\"9,b,2\n"),
          recorded.bad.get(0));
      assertEquals(List.of("in=5001"), recorded.lineCounts);
    }
  }

  @Test
  void theHeaderMayBeQuotedAndSpanLines() throws IOException {
    Dialect dialect =
        DIALECT.withId(Dialect.Column.of("the\nid")).withDate(Dialect.Column.of("due, \"\u00e9\""));
    assertRecorded(
        dialect,
        "x,\"due, \"\"\u00e9\"\"\",\"the\nid\"\r\na,1,7\r\nb,2,8,\n",
        List.of("in:3 7=1", "in:4 8=2"),
        List.of());
    assertRecorded(DIALECT.withHeader(true), "\"a\",b,\"c\"", List.of(), List.of());
  }

  @Test
  void aHeaderWithBrokenQuotesIsRefused() {
    for (String header : List.of("\"a\"b,c,d\n1,2,3\n", "a,b,\"c\n")) {
      RefusedRowException refused =
          assertThrows(
              RefusedRowException.class, () -> read(DIALECT.withHeader(true), header, 100, 1));
      assertTrue(
          refused.getMessage().startsWith(BadRowReason.BAD_QUOTES.rule() + ": found="),
          refused.getMessage());
    }
  }

  @Test
  void rowNumbersCountRowsAndNotLines() throws IOException {
    Dialect dialect =
        DIALECT.withId(Dialect.Column.ROW_NUMBER).withDate(Dialect.Column.of(2)).withHeader(true);
    assertRecorded(
        dialect,
        "\"a\n\",b\n\"x\n\",1\nbad\n\n\"y\"z,\nw,\"2\"\n",
        List.of("in:3 #0=1", "in:8 #4=2"),
        null);
  }

  @Test
  void bytesAreTakenAsTheyAreEvenIfTheyAreNotUtf8() throws IOException {
    byte[] all = new byte[256];
    List<Byte> seen = new ArrayList<>();
    int count = 0;
    for (int value = 0; value < 256; value++) {
      if (value != '"') {
        all[count++] = (byte) value;
      }
    }
    String text = "\"" + new String(all, 0, count, ISO_8859_1) + "\",2\n";
    Dialect dialect = DIALECT.withDate(Dialect.Column.of(2));
    Input input = Input.of(new ByteArrayInputStream(text.getBytes(ISO_8859_1)), "in");
    try (DelimitedSplits splits = new DelimitedSplits(List.of(input), dialect, 32, 1000)) {
      assertTrue(
          splits.next(
              new RowSink() {
                @Override
                public void begin(
                    long split, String source, long firstLine, Supplier<String> row) {}

                @Override
                public void row(
                    int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
                  for (int i = idFrom; i < idTo; i++) {
                    seen.add(bytes[i]);
                  }
                }

                @Override
                public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) {}

                @Override
                public void bad(int line, BadRowReason reason, String found, String row) {}

                @Override
                public void end(long lineCount) {}
              }));
    }
    assertEquals(count, seen.size());
    for (int i = 0; i < count; i++) {
      assertEquals(all[i], seen.get(i));
    }
  }

  private static void assertRecorded(
      Dialect dialect, String text, List<String> rows, List<String> bad) throws IOException {
    for (int splitBytes : new int[] {1, 2, 5, 13, 4096}) {
      for (int threadCount = 1; threadCount <= 2; threadCount++) {
        RecordedRows recorded = read(dialect, text, splitBytes, threadCount);
        assertEquals(rows, recorded.rows);
        if (bad != null) {
          assertEquals(bad, recorded.bad);
        }
      }
    }
  }

  private static RecordedRows read(Dialect dialect, String text, int splitBytes, int threadCount)
      throws IOException {
    Input input = Input.of(new ByteArrayInputStream(text.getBytes(UTF_8)), "in");
    try (DelimitedSplits splits =
        new DelimitedSplits(List.of(input), dialect, splitBytes, MAX_ROW_BYTES)) {
      return RecordedRows.of(splits, threadCount);
    }
  }
}
