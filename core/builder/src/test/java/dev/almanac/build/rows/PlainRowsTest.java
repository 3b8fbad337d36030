package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.RefusedRowException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRowsTest {
  private static final int MAX_ROW_BYTES = 40;
  private static final Dialect DIALECT = Dialect.DEFAULT.withDate(Dialect.Column.of(3));

  @Test
  void aRowGivesItsIdAndItsDate() throws IOException {
    assertRows(
        DIALECT, "7|ann|2024-02-29|1.50\n-8||2024-03-01|\n", "7=2024-02-29", "-8=2024-03-01");
  }

  @Test
  void theLastRowMayEndWithoutALineBreak() throws IOException {
    assertRows(DIALECT, "7|ann|2024-02-29", "7=2024-02-29");
    assertRows(DIALECT, "7|ann|2024-02-29|x\n8|bo|2024-03-01|y", "7=2024-02-29", "8=2024-03-01");
  }

  @Test
  void aCarriageReturnBeforeTheLineFeedIsNoPartOfTheDate() throws IOException {
    assertRows(DIALECT, "7|ann|2024-02-29\r\n8|bo|2024-03-01\r\n", "7=2024-02-29", "8=2024-03-01");
    assertRows(DIALECT, "7|ann|2024-02-29\r", "7=2024-02-29");
  }

  @Test
  void aCarriageReturnElsewhereIsPartOfItsField() throws IOException {
    assertRows(DIALECT, "7\r|a\rb|2024\r-02|x\r\r\n", "7\r=2024\r-02");
    assertRows(DIALECT, "7|a|2024\r\r\n", "7=2024\r");
  }

  @Test
  void theDateMayStandBeforeTheId() throws IOException {
    assertRows(
        RecordedRows.dialect(',', false, false, Dialect.Column.of(3), Dialect.Column.of(1)),
        "2024-02-29,x,7\n2024-03-01,y,8,z\r\n2024-03-02,,9\r\n",
        "7=2024-02-29",
        "8=2024-03-01",
        "9=2024-03-02");
  }

  @Test
  void theDateMayBeTheIdToo() throws IOException {
    assertRows(
        RecordedRows.dialect(',', false, false, Dialect.Column.of(2), Dialect.Column.of(2)),
        "x,20240229\r\ny,20240301,z\n",
        "20240229=20240229",
        "20240301=20240301");
  }

  @Test
  void emptyFieldsAreForTheSinkToJudge() throws IOException {
    assertRows(DIALECT, "|ann|2024-02-29\n7||\n||\n", "=2024-02-29", "7=", "=");
  }

  @Test
  void bytesAreTakenAsTheyAre() throws IOException {
    assertRows(
        DIALECT,
        "\u00fc\u4e2d\ud83d\ude00|\u8a9e|2024-02-29|\u00e9\n \t7 |x| 2024 \n",
        "\u00fc\u4e2d\ud83d\ude00=2024-02-29",
        " \t7 = 2024 ");
  }

  @Test
  void anyAsciiCharacterButALineBreakSeparates() throws IOException {
    for (char delimiter = 0; delimiter < 0x80; delimiter++) {
      if (delimiter != '\n' && delimiter != '\r' && delimiter != '7' && delimiter != '2') {
        assertRows(
            DIALECT.withDelimiter(delimiter), "7|\u00e9|2|x\n".replace('|', delimiter), "7=2");
      }
    }
  }

  @Test
  void aDelimiterThatIsNoneIsRefusedByName() {
    for (char delimiter : new char[] {'\n', '\r', 0x80, '\u00e9', '\uffff'}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> DIALECT.withDelimiter(delimiter))
              .getMessage();
      assertTrue(message.startsWith("a delimiter must be an ASCII character"), message);
      assertTrue(message.contains(String.format("delimiter=U+%04X", (int) delimiter)), message);
    }
    Dialect quoted = DIALECT.withQuoted(true);
    assertThrows(IllegalArgumentException.class, () -> quoted.withDelimiter('"'));
    Dialect byQuotes = DIALECT.withDelimiter('"');
    assertThrows(IllegalArgumentException.class, () -> byQuotes.withQuoted(true));
  }

  @Test
  void aRowThatEndsTooEarlyIsBad() throws IOException {
    assertBad(
        DIALECT,
        "7|a|2024-02-29\n8|a\n9\r\n1|a|2024-03-01\n",
        "in:2 TOO_FEW_COLUMNS columns=2 expected=3 (--date-column, dateColumn) [8|a]",
        "in:3 TOO_FEW_COLUMNS columns=1 expected=3 (--date-column, dateColumn) [9]");
    assertBad(
        RecordedRows.dialect('|', false, false, Dialect.Column.of(3), Dialect.Column.of(1)),
        "2024-02-29|a",
        "in:1 TOO_FEW_COLUMNS columns=2 expected=3 (--id-column, idColumn) [2024-02-29|a]");
    assertBad(
        RecordedRows.dialect('|', false, false, Dialect.Column.of(2), Dialect.Column.of(2)),
        "2024-02-29",
        "in:1 TOO_FEW_COLUMNS columns=1 expected=2 (--date-column, dateColumn) [2024-02-29]");
  }

  @Test
  void anEmptyLineIsBadUnlessItIsTheLast() throws IOException {
    assertBad(
        DIALECT,
        "7|a|2024-02-29\n\n\r\n8|a|2024-03-01\n\n",
        "in:2 TOO_FEW_COLUMNS columns=0 expected=3 (--date-column, dateColumn) []",
        "in:3 TOO_FEW_COLUMNS columns=0 expected=3 (--date-column, dateColumn) []");
    assertBad(
        DIALECT,
        "7|a|2024-02-29\n\r\n\n",
        "in:2 TOO_FEW_COLUMNS columns=0 expected=3 (--date-column, dateColumn) []");
    for (String end : List.of("\n", "\r\n", "\r", "")) {
      assertBad(DIALECT, "7|a|2024-02-29\n" + end);
      assertBad(DIALECT, end);
    }
  }

  @Test
  void anEmptyLineIsBadEvenWhereOneColumnIsEnough() throws IOException {
    Dialect dialect = DIALECT.withId(Dialect.Column.ROW_NUMBER).withDate(Dialect.Column.of(1));
    assertBad(
        dialect,
        "2024-02-29\n\n\r\n2024-03-01\n",
        "in:2 TOO_FEW_COLUMNS columns=0 expected=1 (--date-column, dateColumn) []",
        "in:3 TOO_FEW_COLUMNS columns=0 expected=1 (--date-column, dateColumn) []");
    assertRows(
        dialect,
        "2024-02-29\n\n|x\n2024-03-01\n|\n\n",
        "#0=2024-02-29",
        "#2=",
        "#3=2024-03-01",
        "#4=");
  }

  @Test
  void linesAreCountedWithHeaderAndEmptyOnes() throws IOException {
    for (int splitBytes : new int[] {1, 7, 20, 1000}) {
      RecordedRows recorded =
          read(
              DIALECT.withHeader(true),
              splitBytes,
              1,
              "id|c|date\r\n7|a|2024-02-29\n8|a\n\n",
              "id|b|date\n1|2|3|4\n\n",
              "id||date");
      assertEquals(List.of("in:2 7=2024-02-29", "in2:2 1=3"), recorded.rows);
      assertEquals(
          List.of("in:3 TOO_FEW_COLUMNS columns=2 expected=3 (--date-column, dateColumn) [8|a]"),
          recorded.bad);
      assertEquals(List.of("in=4", "in2=3", "in3=1"), recorded.lineCounts);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 41, 42, 43, 64, 1000})
  void aRowThatIsTooLongIsBadAndItsNeighboursAreNot(int splitBytes) throws IOException {
    String fits = "8|" + "x".repeat(MAX_ROW_BYTES - 4) + "|2";
    String tooLong = "9|" + "x".repeat(MAX_ROW_BYTES - 3) + "|2";
    String farTooLong = "10|" + "\u00e9|".repeat(MAX_ROW_BYTES * 20);
    for (String end : List.of("\n", "\r\n")) {
      String text = String.join(end, "7|a|1", fits, tooLong, farTooLong, "11|b|3", tooLong);
      for (String last : List.of("", end, end + end)) {
        for (int threadCount = 1; threadCount <= 2; threadCount++) {
          RecordedRows recorded = read(DIALECT, splitBytes, threadCount, text + last);
          assertEquals(List.of("in:1 7=1", "in:2 8=2", "in:5 11=3"), recorded.rows);
          assertEquals(List.of(3, 4, 6), recorded.bad.stream().map(PlainRowsTest::line).toList());
          for (String bad : recorded.bad) {
            String longBytes =
                line(bad) == 4 ? String.valueOf(farTooLong.getBytes(UTF_8).length) : "41";
            assertTrue(
                bad.contains(
                    " ROW_TOO_LONG bytes=" + longBytes + " expectedAtMost=" + MAX_ROW_BYTES + " ["),
                bad);
          }
          assertEquals(
              List.of("in=" + (last.length() > end.length() ? 7 : 6)), recorded.lineCounts);
        }
      }
    }
  }

  @Test
  void rowNumbersCountEveryRowButNoHeader() throws IOException {
    Dialect dialect = DIALECT.withId(Dialect.Column.ROW_NUMBER).withDate(Dialect.Column.of(2));
    String tooLong = "x".repeat(MAX_ROW_BYTES * 3);
    for (int splitBytes : new int[] {1, 9, 50, 1000}) {
      for (int threadCount = 1; threadCount <= 2; threadCount++) {
        RecordedRows recorded =
            read(
                dialect.withHeader(true),
                splitBytes,
                threadCount,
                "a|b\nx|1\nbad\nx|2\n" + tooLong + "\nx|3\n\n",
                "a|b\n",
                "a|b\r\nx|4\r\n\r\nx|5");
        assertEquals(List.of(0L, 2L, 4L, 5L, 7L), recorded.numericIds);
        assertEquals(
            List.of("in:2 #0=1", "in:4 #2=2", "in:6 #4=3", "in3:2 #5=4", "in3:4 #7=5"),
            recorded.rows);
        assertEquals(3, recorded.bad.size());
      }
    }
  }

  @Test
  void columnsAreFoundByNameInEachHeader() throws IOException {
    Dialect dialect =
        Dialect.DEFAULT.withId(Dialect.Column.of("id")).withDate(Dialect.Column.of("due date"));
    for (int splitBytes : new int[] {1, 9, 1000}) {
      RecordedRows recorded =
          read(dialect, splitBytes, 2, "\ufeffid|x|due date\n7|a|1\n", "due date|id\r\n2|8\r\n");
      assertEquals(List.of("in:2 7=1", "in2:2 8=2"), recorded.rows);
    }
  }

  @Test
  void aHeaderWithoutTheWantedColumnIsRefusedByName() {
    Dialect dialect =
        Dialect.DEFAULT.withId(Dialect.Column.of("id")).withDate(Dialect.Column.of("due"));
    assertRefused(
        dialect,
        "id|Due|x\n7|1|2\n",
        "a header must name the wanted column: column=due columns=3 found=[id, Due, x], file=in"
            + " line=1");
    assertRefused(
        dialect,
        "id|due|id\n7|1|2\n",
        "a header must name a wanted column only once: column=id columns=3 found=[id, due, id],"
            + " file=in line=1");
    assertRefused(
        dialect,
        "",
        "a header must name the wanted column: column=id columns=0 found=[], file=in line=1");
    assertRefused(
        DIALECT.withHeader(true),
        "id|due",
        "a header must have the wanted column: column=3 columns=2 found=[id, due], file=in line=1");
    assertRefused(
        DIALECT.withHeader(true),
        "a|b|c|" + "x".repeat(MAX_ROW_BYTES),
        "a row must take at most 1048576 bytes: found=header, file=in line=1");
  }

  @Test
  void aColumnByNameNeedsAHeader() {
    Dialect dialect = Dialect.DEFAULT.withId(Dialect.Column.of("id"));
    assertTrue(dialect.header());
    assertThrows(IllegalStateException.class, () -> dialect.withHeader(false));
  }

  @Test
  void anEmptyLineMayBeTheHeader() throws IOException {
    assertRows(
        DIALECT.withHeader(true).withId(Dialect.Column.ROW_NUMBER).withDate(Dialect.Column.of(1)),
        "\n2024-02-29\n2024-03-01\n",
        "#0=2024-02-29",
        "#1=2024-03-01");
  }

  @Test
  void rowNumbersGoOnInTheNextInputWhereTheLastRowHasNoLineBreak() throws IOException {
    Dialect dialect = DIALECT.withId(Dialect.Column.ROW_NUMBER).withDate(Dialect.Column.of(1));
    for (int splitBytes : new int[] {1, 1000}) {
      RecordedRows recorded = read(dialect, splitBytes, 1, "x\ny", "z", "", "a\nb\n", "c\n");
      assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), recorded.numericIds);
    }
  }

  @Test
  void anInputWithoutARowHasNone() throws IOException {
    assertRows(DIALECT, "");
    assertRows(DIALECT, "\ufeff");
    assertRows(DIALECT.withHeader(true), "a|b|c");
    assertRows(DIALECT.withHeader(true), "a|b|c\n\n");
  }

  @Test
  void aByteOrderMarkIsSkippedOnlyInFront() throws IOException {
    assertRows(DIALECT, "\ufeff7|a|1\n\ufeff8|a|2\n", "7=1", "\ufeff8=2");
    assertRows(DIALECT, "\ufeff\ufeff7|a|1\n", "\ufeff7=1");
  }

  private static void assertRows(Dialect dialect, String text, String... rows) throws IOException {
    for (int splitBytes : new int[] {1, 2, 5, 13, 4096}) {
      RecordedRows recorded = read(dialect, splitBytes, 1, text);
      assertEquals(
          List.of(rows),
          recorded.rows.stream().map(row -> row.substring(row.indexOf(' ') + 1)).toList());
    }
  }

  private static void assertBad(Dialect dialect, String text, String... bad) throws IOException {
    for (int splitBytes : new int[] {1, 2, 5, 13, 4096}) {
      assertEquals(List.of(bad), read(dialect, splitBytes, 1, text).bad);
    }
  }

  private static void assertRefused(Dialect dialect, String text, String message) {
    for (int splitBytes : new int[] {1, 5, 4096}) {
      RefusedRowException refused =
          assertThrows(RefusedRowException.class, () -> read(dialect, splitBytes, 1, text));
      assertEquals(message, refused.getMessage());
      assertEquals(1, refused.line());
    }
  }

  private static int line(String recorded) {
    return Integer.parseInt(recorded.substring(recorded.indexOf(':') + 1, recorded.indexOf(' ')));
  }

  /** The texts as inputs {@code in}, {@code in2}, {@code in3}. */
  private static RecordedRows read(
      Dialect dialect, int splitBytes, int threadCount, String... texts) throws IOException {
    List<Input> inputs = new ArrayList<>();
    for (String text : texts) {
      String name = inputs.isEmpty() ? "in" : "in" + (inputs.size() + 1);
      inputs.add(Input.of(new ByteArrayInputStream(text.getBytes(UTF_8)), name));
    }
    return read(inputs, dialect, splitBytes, threadCount);
  }

  private static RecordedRows read(
      List<Input> inputs, Dialect dialect, int splitBytes, int threadCount) throws IOException {
    try (DelimitedSplits splits = new DelimitedSplits(inputs, dialect, splitBytes, MAX_ROW_BYTES)) {
      return RecordedRows.of(splits, threadCount);
    }
  }
}
