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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class QuotedRowsTest {
  private static final int MAX_ROW_BYTES = 60;
  private static final Dialect DIALECT =
      RecordedRows.dialect(',', false, true, Dialect.Column.of(1), Dialect.Column.of(3));

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
        List.of("in:7 TOO_FEW_COLUMNS columns=0 expected=3 (--date-column, dateColumn) []"));
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
        RecordedRows.dialect(',', false, true, Dialect.Column.of(1), Dialect.Column.of(1)),
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
            "in:1 BAD_QUOTES found='b' after a closing quotation mark [7,\"a\"b,\"1]",
            "in:3 BAD_QUOTES found=0x20 after a closing quotation mark [9,\"a\" ,3]",
            "in:4 BAD_QUOTES found=0x0d after a closing quotation mark [10,\"\n\"\r,4]"));
  }

  private static final String UNCLOSED =
      " BAD_QUOTES found=no closing quotation mark within lines=20 (--max-quoted-lines,"
          + " maxQuotedLines) bytes="
          + MAX_ROW_BYTES;

  @Test
  void aQuotedFieldThatIsNotClosedEndsWithItsLineAndWhatFollowsIsRead() throws IOException {
    assertRecorded(
        DIALECT,
        "7,a,1\n8,\"b,2\n9,c,3",
        List.of("in:1 7=1", "in:3 9=3"),
        List.of("in:2" + UNCLOSED + " [8,\"b,2]"));
    assertRecorded(
        DIALECT,
        "7,a,1\n8,\"b,2\r\n9,c,3\"\"\n10,,4\n",
        List.of("in:1 7=1", "in:3 9=3\"\"", "in:4 10=4"),
        List.of("in:2" + UNCLOSED + " [8,\"b,2]"));
    assertRecorded(DIALECT, "7,a,\"", List.of(), List.of("in:1" + UNCLOSED + " [7,a,\"]"));
  }

  @Test
  void aRowWithSoundLineBreaksThatThenOpensAQuoteLosesTheLinesUpToIt() throws IOException {
    assertRecorded(
        DIALECT,
        "7,\"a\nb\",\"1\n8,a,2\n",
        List.of("in:3 8=2"),
        List.of("in:1" + UNCLOSED + " [7,\"a\nb\",\"1]"));
  }

  @Test
  void aQuoteThatClosesBeyondTheLinesOfAFieldIsBadAndTheRowsBetweenAreRead() throws IOException {
    String inches = "1,\"5 inch,1\n2,a,2\n3,a,3\n4,\"6 inch,4\n5,a,5\n";
    // The quotation mark of line 4 would close the field of line 1, and is not followed by a comma.
    Dialect three = DIALECT.withMaxQuotedLines(3);
    String bad = UNCLOSED.replace("lines=20", "lines=3");
    assertRecorded(
        three,
        inches,
        List.of("in:2 2=2", "in:3 3=3", "in:5 5=5"),
        List.of("in:1" + bad + " [1,\"5 inch,1]", "in:4" + bad + " [4,\"6 inch,4]"));
    assertRecorded(three, "1,\"a\nb\nc\",1\n2,,2\n", List.of("in:1 1=1", "in:4 2=2"), List.of());
    assertRecorded(
        DIALECT.withMaxQuotedLines(1),
        "1,\"a\nb\",1\n2,,2\n",
        List.of("in:3 2=2"),
        List.of(
            "in:1" + UNCLOSED.replace("lines=20", "lines=1") + " [1,\"a]",
            "in:2 TOO_FEW_COLUMNS columns=2 expected=3 (--date-column, dateColumn) [b\",1]"));
  }

  @Test
  void aBackslashTakesOrGivesMeaning() throws IOException {
    Dialect escaped = DIALECT.withEscaped(true);
    assertRecorded(
        escaped,
        "\"say \\\"hi\\\", ok\",x,\"\\\\\"\n\\,\\\"7,\\\nb,1\\t2\n\\N,\"a\",\\N\n8,\"\\\"\n\",2\n",
        List.of("in:1 say \"hi\", ok=\\", "in:2 ,\"7=1\t2", "in:4 \\N=\\N", "in:5 8=2"),
        List.of());
    assertRecorded(
        escaped.withQuoted(false).withDelimiter('\t'),
        "\"7\"\ta\t1\\0\\b\\r\\Z\n8\\\tx\t\t2\\\\\n9\t\\\n\t3\\",
        List.of("in:1 \"7\"=1\0\b\r\u001a", "in:2 8\tx=2\\", "in:3 9=3\\"),
        List.of());
  }

  @Test
  void theNullOfMySqlKeepsItsBackslashBetweenBlanksToo() throws IOException {
    Dialect both = DIALECT.withEscaped(true).withTrimmed(true);
    assertRecorded(
        both,
        "7,x, \\N\u00a0\n8,x,\" \\N\"\n9,x,\\N\\N\n",
        List.of("in:1 7=\\N", "in:2 8=\\N", "in:3 9=NN"),
        List.of());
  }

  @Test
  void blanksAreTrimmedWhereThatIsAskedFor() throws IOException {
    Dialect trimmed = DIALECT.withTrimmed(true);
    String text = " 7 ,x,\u00a0 1\u3000\n\ufeff8\t, \"a\" , \" 2 \" \r\n 9 9 ,,3\n , ,\n";
    assertRecorded(
        trimmed, text, List.of("in:1 7=1", "in:2 8=2", "in:3 9 9=3", "in:4 ="), List.of());
    assertRecorded(
        trimmed.withQuoted(false),
        text,
        List.of("in:1 7=1", "in:2 8=\" 2 \"", "in:3 9 9=3", "in:4 ="),
        List.of());
    assertRecorded(
        trimmed.withDelimiter(' '),
        "7 \"a\" 1\n8  2\n",
        List.of("in:1 7=1", "in:2 8=2"),
        List.of());
    assertRecorded(trimmed.withDelimiter('\t'), "\t7\t\"1\"\n", List.of("in:1 =1"), List.of());
  }

  @Test
  void aRowThatEndsTooEarlyIsBad() throws IOException {
    assertRecorded(
        DIALECT,
        "7,\"a,b,c\"\n8,a,1\n\"\"\n",
        List.of("in:2 8=1"),
        List.of(
            "in:1 TOO_FEW_COLUMNS columns=2 expected=3 (--date-column, dateColumn) [7,\"a,b,c\"]",
            "in:3 TOO_FEW_COLUMNS columns=1 expected=3 (--date-column, dateColumn) [\"\"]"));
  }

  @Test
  void aRowThatIsTooLongIsBadAndItsNeighboursAreNot() throws IOException {
    String fits = "8,\"" + "x\n".repeat(5) + "y".repeat(MAX_ROW_BYTES - 16) + "\",2";
    assertEquals(MAX_ROW_BYTES, fits.length());
    String longLine = "9,\"" + "y".repeat(MAX_ROW_BYTES) + "\",2";
    String longRow = "10,\"x\nx\"," + "y".repeat(2 * MAX_ROW_BYTES) + ",2";
    String farTooLong = "11,\"" + "x,\"\"".repeat(MAX_ROW_BYTES * 10) + "\"";
    String text = String.join("\n", "7,,1", fits, longLine, longRow, farTooLong, "12,,3");
    for (int splitBytes : new int[] {1, 5, 59, 60, 61, 62, 63, 500, 5000, 50000}) {
      RecordedRows recorded = read(DIALECT, text, splitBytes, 2);
      assertEquals(List.of("in:1 7=1", "in:2 8=2", "in:12 12=3"), recorded.rows);
      assertEquals(3, recorded.bad.size());
      for (int i = 0; i < 3; i++) {
        String row = List.of(longLine, longRow, farTooLong).get(i);
        String bad = recorded.bad.get(i);
        int line = List.of(8, 9, 11).get(i);
        assertTrue(
            bad.startsWith(
                "in:" + line + " ROW_TOO_LONG bytes=" + row.length() + " expectedAtMost=60 ["),
            bad);
      }
      assertEquals(List.of("in=12"), recorded.lineCounts);
    }
  }

  @Test
  void aRowThatIsTooLongMayEndInAnEscapedLineFeed() throws IOException {
    String text = "y".repeat(MAX_ROW_BYTES) + "\\\n";
    for (int splitBytes : new int[] {1, 500}) {
      RecordedRows recorded = read(DIALECT.withEscaped(true), text, splitBytes, 1);
      assertEquals(
          List.of("in:1 ROW_TOO_LONG bytes=62 expectedAtMost=60 [" + text + "]"), recorded.bad);
      assertEquals(List.of("in=1"), recorded.lineCounts);
    }
  }

  @Test
  @Tag("slow")
  void aQuoteThatOpensAndIsNeverClosedLosesOneLineOfManyAndTakesNoMoreMemory() throws IOException {
    String text = "7,,1\n8,\"\n" + "9,b,2\n".repeat(5000);
    for (int splitBytes : new int[] {1, 64, 500}) {
      RecordedRows recorded = read(DIALECT, text, splitBytes, 1);
      assertEquals(5001, recorded.rows.size());
      assertEquals(List.of("in:2" + UNCLOSED + " [8,\"]"), recorded.bad);
      assertEquals(List.of("in=5002"), recorded.lineCounts);
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
