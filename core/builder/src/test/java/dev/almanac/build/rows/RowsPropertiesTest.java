package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import dev.almanac.build.JdbcRows;
import dev.almanac.build.RowSource;
import dev.almanac.build.RowSource.Row;
import dev.almanac.build.rows.Dialect.Column;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * Any rows that a writer wrote come back, and any bytes are taken for what the simplest reading
 * takes them for.
 */
class RowsPropertiesTest {
  private static final int LARGE_BYTES = 1 << 16;

  // Plain text

  @Property
  void plainRowsComeBack(
      @ForAll("rows") List<Row> rows,
      @ForAll("layouts") Layout layout,
      @ForAll @IntRange(min = 1, max = 80) int splitBytes)
      throws IOException {
    List<Row> plain =
        rows.stream()
            .map(row -> new Row(bare(row.id(), layout), bare(row.date(), layout)))
            .toList();
    byte[] text = plainText(plain, layout).getBytes(UTF_8);
    for (byte[] stored :
        List.of(
            text,
            CompressedRowsTest.gzip(new String(text, UTF_8)),
            cutGzip(text, splitBytes),
            Zstd.compress(text))) {
      RecordedRows recorded =
          read(
              new ByteArrayInputStream(stored),
              layout.dialect(false),
              splitBytes,
              LARGE_BYTES,
              layout.threadCount());
      assertEquals(expected("in", layout.firstLine(), plain), recorded.rows);
      assertEquals(List.of(), recorded.bad);
    }
  }

  @Property
  void plainBytesAreTakenForWhatTheSimplestReadingTakesThemFor(
      @ForAll("messes") String text,
      @ForAll @IntRange(min = 1, max = 3) int idColumn,
      @ForAll @IntRange(min = 1, max = 3) int dateColumn,
      @ForAll @IntRange(min = 1, max = 20) int maxRowBytes,
      @ForAll @IntRange(min = 1, max = 40) int splitBytes,
      @ForAll @IntRange(min = 1, max = 2) int threadCount)
      throws IOException {
    Dialect dialect =
        RecordedRows.dialect('|', false, false, Column.of(idColumn), Column.of(dateColumn));
    List<String> rows = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    // Without an LF, lines end in CR.
    String lineText = text.contains("\n") ? text : text.replace('\r', '\n');
    String[] lines = lineText.split("\n", -1);
    int lineCount = text.isEmpty() || lineText.endsWith("\n") ? lines.length - 1 : lines.length;
    for (int i = 0; i < lineCount; i++) {
      String line =
          lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
      String[] fields = line.split("\\|", -1);
      int columnCount = line.isEmpty() ? 0 : fields.length;
      int byteCount = line.getBytes(UTF_8).length;
      if (line.isEmpty() && i == lineCount - 1) {
        continue;
      }
      String at = "in:" + (i + 1) + " ";
      if (byteCount > maxRowBytes) {
        bad.add(at + "ROW_TOO_LONG bytes=" + byteCount + " expectedAtMost=" + maxRowBytes);
      } else if (columnCount < Math.max(idColumn, dateColumn)) {
        bad.add(
            at
                + "TOO_FEW_COLUMNS columns="
                + columnCount
                + " expected="
                + Math.max(idColumn, dateColumn)
                + (dateColumn >= idColumn
                    ? " (--date-column, dateColumn)"
                    : " (--id-column, idColumn)"));
      } else {
        rows.add(at + fields[idColumn - 1] + "=" + fields[dateColumn - 1]);
      }
    }
    RecordedRows recorded =
        read(
            new ByteArrayInputStream(text.getBytes(UTF_8)),
            dialect,
            splitBytes,
            maxRowBytes,
            threadCount);
    assertEquals(rows, recorded.rows);
    assertEquals(
        bad, recorded.bad.stream().map(each -> each.substring(0, each.lastIndexOf(" ["))).toList());
    assertEquals(lineCount == 0 ? List.of() : List.of("in=" + lineCount), recorded.lineCounts);
    RecordedRows numbered =
        read(
            new ByteArrayInputStream(text.getBytes(UTF_8)),
            dialect.withId(Column.ROW_NUMBER),
            splitBytes,
            maxRowBytes,
            threadCount);
    assertEquals(
        numbered.rows.stream()
            .map(row -> Long.parseLong(row.substring(3, row.indexOf(' '))) - 1)
            .toList(),
        numbered.numericIds);
  }

  // Quoted text

  @Property
  void quotedRowsComeBack(
      @ForAll("rows") List<Row> rows,
      @ForAll("layouts") Layout layout,
      @ForAll boolean alwaysQuoted,
      @ForAll @IntRange(min = 1, max = 80) int splitBytes)
      throws IOException {
    StringWriter text = new StringWriter();
    CsvWriter.CsvWriterBuilder builder =
        CsvWriter.builder()
            .fieldSeparator(layout.delimiter())
            .lineDelimiter(layout.crlf() ? LineDelimiter.CRLF : LineDelimiter.LF);
    List<String> expected = new ArrayList<>();
    if (alwaysQuoted) {
      builder = builder.quoteStrategy(QuoteStrategies.ALWAYS);
    }
    text.write(layout.byteOrderMark() ? "\ufeff" : "");
    try (CsvWriter writer = builder.build(text)) {
      if (layout.header()) {
        writer.writeRecord(layout.fields("the id", "the\ndate"));
      }
      int line = layout.header() ? 3 : 1;
      for (Row row : rows) {
        writer.writeRecord(layout.fields(row.id(), row.date()));
        expected.add("in:" + line + " " + row.id() + "=" + row.date());
        line += 1 + lineFeedCount(row.id()) + lineFeedCount(row.date());
      }
    }
    Dialect dialect = layout.dialect(true);
    if (layout.header()) {
      dialect = dialect.withId(Column.of("the id")).withDate(Column.of("the\ndate"));
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    RecordedRows recorded =
        read(
            new ByteArrayInputStream(bytes),
            dialect,
            splitBytes,
            LARGE_BYTES,
            layout.threadCount());
    assertEquals(expected, recorded.rows);
    assertEquals(List.of(), recorded.bad);
  }

  @Property
  void quotedBytesAreTakenForTheSameWhereverTheyAreCut(
      @ForAll("quotedMesses") String text,
      @ForAll @IntRange(min = 1, max = 25) int maxRowBytes,
      @ForAll @IntRange(min = 1, max = 30) int splitBytes,
      @ForAll @IntRange(min = 1, max = 4) int maxQuotedLines,
      @ForAll @IntRange(min = 0, max = 7) int options)
      throws IOException {
    int threadCount = 1 + (options & 1);
    Dialect dialect =
        RecordedRows.dialect(',', false, true, Column.of(2), Column.of(1))
            .withMaxQuotedLines(maxQuotedLines)
            .withEscaped((options & 2) != 0)
            .withTrimmed((options & 4) != 0);
    byte[] bytes = text.getBytes(UTF_8);
    RecordedRows whole =
        read(new ByteArrayInputStream(bytes), dialect, LARGE_BYTES, maxRowBytes, 1);
    RecordedRows cut =
        read(new ByteArrayInputStream(bytes), dialect, splitBytes, maxRowBytes, threadCount);
    assertEquals(whole.rows, cut.rows);
    assertEquals(whole.lineCounts, cut.lineCounts);
    assertEquals(reasons(whole), reasons(cut));
  }

  @Property
  void soundQuotedBytesAreTakenForWhatFastCsvTakesThemFor(@ForAll("quotedMesses") String messyText)
      throws IOException {
    String text = messyText.replace("\r", "");
    RecordedRows recorded =
        read(
            new ByteArrayInputStream(text.getBytes(UTF_8)),
            RecordedRows.dialect(',', false, true, Column.of(1), Column.of(1))
                .withMaxQuotedLines(LARGE_BYTES),
            16,
            LARGE_BYTES,
            1);
    if (recorded.bad.stream().anyMatch(bad -> bad.contains("BAD_QUOTES"))) {
      return;
    }
    List<String> expected = new ArrayList<>();
    try (CsvReader<CsvRecord> records =
        CsvReader.builder().allowExtraFields(true).allowMissingFields(true).ofCsvRecord(text)) {
      for (CsvRecord row : records) {
        expected.add(
            "in:" + row.getStartingLineNumber() + " " + row.getField(0) + "=" + row.getField(0));
      }
    }
    assertEquals(expected, recorded.rows);
  }

  // Objects and databases

  @Property
  void iteratedRowsComeBack(
      @ForAll List<String> ids,
      @ForAll String date,
      @ForAll @IntRange(min = 1, max = 2) int threadCount)
      throws IOException {
    RecordedRows recorded =
        RecordedRows.of(
            RowSource.of(ids.stream().map(id -> new Row(id, date)).iterator()), threadCount);
    List<String> expected = new ArrayList<>();
    int badCount = 0;
    for (int i = 0; i < ids.size(); i++) {
      if (UTF_8.newEncoder().canEncode(ids.get(i)) && UTF_8.newEncoder().canEncode(date)) {
        expected.add("rows:" + (i + 1) + " " + ids.get(i) + "=" + date);
      } else {
        badCount++;
      }
    }
    assertEquals(expected, recorded.rows);
    assertEquals(badCount, recorded.bad.size());
    assertTrue(
        recorded.bad.stream().allMatch(bad -> bad.contains(" INVALID_UTF8 ")),
        recorded.bad.toString());
  }

  @Property(tries = 50)
  void databaseRowsComeBack(@ForAll("rows") List<Row> rows, @ForAll List<Long> numbers)
      throws IOException, SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(n INT, id VARCHAR, d VARCHAR)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?)")) {
        for (int i = 0; i < rows.size(); i++) {
          insert.setInt(1, i);
          insert.setString(2, rows.get(i).id());
          insert.setString(3, rows.get(i).date());
          insert.execute();
        }
      }
      try (ResultSet results = statement.executeQuery("SELECT id, d FROM t ORDER BY n")) {
        assertEquals(
            expected("result set", 1, rows), RecordedRows.of(JdbcRows.of(results), 2).rows);
      }
      statement.execute("CREATE TABLE u(n INT, id BIGINT)");
      try (PreparedStatement insert = connection.prepareStatement("INSERT INTO u VALUES (?, ?)")) {
        for (int i = 0; i < numbers.size(); i++) {
          insert.setInt(1, i);
          insert.setLong(2, numbers.get(i));
          insert.execute();
        }
      }
      try (ResultSet results = statement.executeQuery("SELECT n, id, id FROM u ORDER BY n")) {
        RecordedRows recorded = RecordedRows.of(JdbcRows.of(results).idColumn(2).dateColumn(3), 1);
        assertEquals(numbers, recorded.numericIds);
        List<String> expected =
            IntStream.range(0, numbers.size())
                .mapToObj(
                    i -> "result set:" + (i + 1) + " #" + numbers.get(i) + "=" + numbers.get(i))
                .toList();
        assertEquals(expected, recorded.rows);
      }
    }
  }

  // What is read

  /**
   * How rows are written: the two fields within {@code columnCount}, the ID before the date or
   * behind it.
   */
  record Layout(
      char delimiter,
      boolean crlf,
      boolean lastBreak,
      boolean header,
      boolean byteOrderMark,
      boolean idFirst,
      int columnCount,
      int threadCount) {

    Dialect dialect(boolean quoted) {
      Column first = Column.of(1);
      Column last = Column.of(columnCount);
      return RecordedRows.dialect(
          delimiter, header, quoted, idFirst ? first : last, idFirst ? last : first);
    }

    int firstLine() {
      return header ? 2 : 1;
    }

    List<String> fields(String id, String date) {
      List<String> fields = new ArrayList<>();
      fields.add(idFirst ? id : date);
      for (int i = 2; i < columnCount; i++) {
        fields.add("c" + i);
      }
      fields.add(idFirst ? date : id);
      return fields;
    }
  }

  @Provide
  Arbitrary<Layout> layouts() {
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    return Combinators.combine(
            Arbitraries.of('|', ',', ';', '\t', '\1', ' '),
            flag,
            flag,
            flag,
            flag,
            flag,
            Arbitraries.integers().between(2, 5),
            Arbitraries.integers().between(1, 2))
        .as(Layout::new)
        .withoutEdgeCases();
  }

  /**
   * Rows of any characters that UTF-8 has, often of those that matter, but none that begins like a
   * byte order mark.
   */
  @Provide
  Arbitrary<List<Row>> rows() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withChars("7|,\"\n\r ;x\u00e9\u4e2d")
            .all()
            .ofMaxLength(12)
            .filter(each -> UTF_8.newEncoder().canEncode(each) && !each.startsWith("\ufeff"));
    // A row of nothing but line breaks is a row only in quotes; a first character keeps it one.
    return Combinators.combine(text.map(each -> "i" + each), text)
        .as(Row::new)
        .list()
        .ofMaxSize(20)
        .withoutEdgeCases();
  }

  @Provide
  Arbitrary<String> messes() {
    return Arbitraries.strings().withChars("7||\n\n\r\u00e9").ofMaxLength(60);
  }

  @Provide
  Arbitrary<String> quotedMesses() {
    return Arbitraries.strings().withChars("7,,\"\"\"\n\n\rx\\ ").ofMaxLength(60);
  }

  private static String bare(String text, Layout layout) {
    return text.replaceAll("[\\r\\n]", "").replace(String.valueOf(layout.delimiter()), "");
  }

  private static String plainText(List<Row> rows, Layout layout) {
    String end = layout.crlf() ? "\r\n" : "\n";
    List<String> lines = new ArrayList<>();
    if (layout.header()) {
      lines.add(String.join(String.valueOf(layout.delimiter()), layout.fields("a", "b")));
    }
    for (Row row : rows) {
      lines.add(
          String.join(String.valueOf(layout.delimiter()), layout.fields(row.id(), row.date())));
    }
    return (layout.byteOrderMark() ? "\ufeff" : "")
        + String.join(end, lines)
        + (layout.lastBreak() ? end : "");
  }

  private static byte[] cutGzip(byte[] text, int from) throws IOException {
    int middle = Math.min(from, text.length);
    while (middle < text.length && (text[middle] & 0xc0) == 0x80) {
      middle++;
    }
    return CompressedRowsTest.join(
        CompressedRowsTest.gzip(new String(text, 0, middle, UTF_8)),
        CompressedRowsTest.gzip(new String(text, middle, text.length - middle, UTF_8)));
  }

  private static int lineFeedCount(String text) {
    return (int) text.chars().filter(each -> each == '\n').count();
  }

  private static List<String> expected(String source, int firstLine, List<Row> rows) {
    List<String> expected = new ArrayList<>();
    for (Row row : rows) {
      expected.add(
          source + ":" + (firstLine + expected.size()) + " " + row.id() + "=" + row.date());
    }
    return expected;
  }

  /**
   * Of the bad rows the line and the reason: how long a row was, and its text, depend on how much
   * of it was kept.
   */
  private static List<String> reasons(RecordedRows recorded) {
    return recorded.bad.stream()
        .map(each -> each.substring(0, each.indexOf(' ', each.indexOf(' ') + 1)))
        .toList();
  }

  private static RecordedRows read(
      InputStream stream, Dialect dialect, int splitBytes, int maxRowBytes, int threadCount)
      throws IOException {
    try (DelimitedSplits splits =
        new DelimitedSplits(List.of(Input.of(stream, "in")), dialect, splitBytes, maxRowBytes)) {
      return RecordedRows.of(splits, threadCount);
    }
  }
}
