package dev.almanac;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows as exports have them: what is read, what is left out, and what the report says of it. */
class RealRowsTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path target() {
    return folder.resolve("dates.almanac");
  }

  private LocalDate date(String id) throws IOException {
    try (Almanac almanac = Almanac.open(target())) {
      return almanac.date(id);
    }
  }

  private static DelimitedRows csv(Path... files) {
    return DelimitedRows.of(List.of(files)).delimiter(',').quoted(true);
  }

  private BuildReport build(DelimitedRows rows) throws IOException {
    return AlmanacBuilder.create().build(rows, target());
  }

  private String refusal(AlmanacBuilder builder, DelimitedRows rows) {
    return assertThrows(RefusedRowException.class, () -> builder.build(rows, target()))
        .getMessage();
  }

  /** The remarks by kind, without the places in them. */
  private static Map<BuildRemark.Kind, Long> counts(BuildReport report) {
    return report.remarks().stream()
        .collect(java.util.stream.Collectors.toMap(BuildRemark::kind, BuildRemark::count));
  }

  @Test
  void anExportInTwoPartsIsReadAsItIs() throws IOException {
    Path one = folder.resolve("part-1.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(one))) {
      out.write(
          ("\ufefforder,customer,due\r\n"
                  + "1,\"Smith, John\",2024-01-31T23:30:00-05:00\r\n"
                  + "2,\"O\"\"Hara\",\r\n"
                  + "3,\"two\r\nlines\",2024-02-01 00:00:00+00\r\n"
                  + "4,x,NULL\r\n")
              .getBytes(UTF_8));
    }
    Path two =
        file("part-2.csv", "order,customer,due\r\n5,\"\",\"2024-02-01T10:11:12Z\"\r\n2,,\r\n");
    BuildReport report =
        AlmanacBuilder.create()
            .nullDates("", "NULL")
            .build(csv(one, two).idColumn("order").dateColumn("due"), target());
    assertEquals(6, report.rowCount());
    assertEquals(3, report.idCount());
    assertEquals(2, report.dateCount());
    assertEquals(3, report.noDateCount());
    assertEquals(2, report.leftOutCount());
    assertEquals(0, report.rejectCount());
    assertEquals(IdKind.LONG, report.idKind());
    assertEquals(
        List.of("1 row has several lines, the longest lines=2 file=" + one + " line=4"),
        report.remarks().stream().map(BuildRemark::text).toList());
    assertEquals(LocalDate.of(2024, 1, 31), date("1"));
    assertEquals(LocalDate.of(2024, 2, 1), date("3"));
    assertEquals(LocalDate.of(2024, 2, 1), date("5"));
    assertNull(date("2"));
    assertNull(date("4"));
  }

  @Test
  void aStrayQuoteLosesOneLineAndNotTheRestOfTheFile() throws IOException {
    StringBuilder text = new StringBuilder("id,note,date\n");
    for (int id = 1; id <= 20_000; id++) {
      text.append(id).append(id == 101 ? ",\"open,2024-01-31\n" : ",x,2024-02-01\n");
    }
    DelimitedRows rows = csv(file("f.csv", text.toString())).idColumn("id").dateColumn("date");
    String message = refusal(AlmanacBuilder.create(), rows);
    assertTrue(message.startsWith("a quoted field must be closed: "), message);
    assertTrue(message.endsWith("f.csv line=102"), message);
    BuildReport report =
        AlmanacBuilder.create().onBadRow(BadRowPolicy.skip()).build(rows, target());
    assertEquals(20_000, report.rowCount());
    assertEquals(19_999, report.idCount());
    assertEquals(Map.of(BadRowReason.BAD_QUOTES, 1L), report.rejects());
    assertEquals(1, report.rejectedLineCount());
  }

  @Test
  void rowsBetweenTwoStrayQuotesAreNotSwallowed() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int id = 1; id <= 52; id++) {
      text.append(id).append(",2024-02-01,");
      text.append(id == 1 ? "\"5 inch" : id == 51 ? "6 inch\"" : "x").append('\n');
    }
    DelimitedRows rows = csv(file("f.csv", text.toString()));
    assertTrue(refusal(AlmanacBuilder.create(), rows).endsWith("f.csv line=1"));
    BuildReport report =
        AlmanacBuilder.create().onBadRow(BadRowPolicy.skip()).build(rows, target());
    assertEquals(52, report.rowCount());
    assertEquals(51, report.idCount());
    // Whoever has fields as long says so, and hears of it.
    BuildReport wide = build(rows.maxQuotedLines(60));
    assertEquals(2, wide.idCount());
    assertTrue(
        wide.remarks().get(0).text().startsWith("1 row has several lines, the longest lines=51"),
        wide.remarks()::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2024-01-01,\"5 inch\n2,2024-01-02,6 inch\"\n",
        "1,2024-01-01,\"5 inch\r\n2,2024-01-02,6 inch\"\r\n",
        "1,2024-01-01,\"5 inch\n2,2024-01-02,x\n\n3,no date\"\n",
        "1,2024-01-01,x\r2,2024-01-02,y\r3,2024-01-03,z\n",
        "1,2024-01-01,x\r2,2024-01-02\r\n"
      })
  void aRowThatHoldsAnotherRowIsRefusedAndItsLinesAreCounted(String swallowing) throws IOException {
    DelimitedRows rows = csv(file("rows", swallowing + "4,2024-01-04,x\n"));
    List<DelimitedRows> readings = new java.util.ArrayList<>(List.of(rows));
    if (swallowing.indexOf('"') < 0) {
      readings.add(rows.quoted(false));
    }
    for (DelimitedRows reading : readings) {
      String message = refusal(AlmanacBuilder.create(), reading);
      assertTrue(message.startsWith("a row must not hold another row: found="), message);
      assertTrue(message.contains("2024-01-02"), message);
      assertTrue(message.endsWith("line=1"), message);
      BuildReport report =
          AlmanacBuilder.create().onBadRow(BadRowPolicy.skip()).build(reading, target());
      assertEquals(Map.of(BadRowReason.ROW_WITHIN_ROW, 1L), report.rejects());
      assertEquals(1, report.idCount());
      assertEquals(1, report.dateCount());
      assertEquals(swallowing.split("\n").length, report.rejectedLineCount());
    }
    if (swallowing.indexOf('"') >= 0) {
      assertEquals(2, build(rows.maxQuotedLines(20)).idCount());
    }
  }

  @Test
  void theRowWithinARowIsTrimmedAsOthersAre() throws IOException {
    // No-break and zero-width blanks, which String.strip() leaves.
    Path file = file("rows", "1,2024-01-01,\"5 inch\n\u200b2\u00a0,\ufeff2024-01-02,6 inch\"\n");
    String message = refusal(AlmanacBuilder.create(), csv(file).trim(true));
    assertTrue(message.startsWith("a row must not hold another row: found="), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"Smith\nJohn\",1,2024-01-01\n",
        "\"Smith\n2,John\",1,2024-01-01\n",
        "x,1,2024-01-01,\"called\non 2,2024-01-02\"\n",
        "x,1,2024-01-01,\"a\nb,2,2024-02-30\nc\"\n",
        "x,1,2024-01-01,note\rof two lines\n",
        "x,1,2024-01-01,note\r\r\n"
      })
  void aFieldOfSeveralLinesThatAreNoRowsIsTaken(String row) throws IOException {
    BuildReport report = build(csv(file("rows", row)).idColumn(2).dateColumn(3));
    assertEquals(LocalDate.of(2024, 1, 1), date("1"));
    assertEquals(1, report.rowCount());
  }

  @Test
  void aLaterHeaderNamesTheColumnsAsTheFirst() throws IOException {
    Path one = file("p1", "id|due|note\n1|2024-01-31|x\n");
    Path moved = file("p2", "id|made|due\n2|2024-02-01|2024-02-02\n");
    Path badRow = file("p3", "3|no date|x\n4|2024-02-01|x\n");
    for (Path later : List.of(moved, badRow)) {
      String message =
          refusal(AlmanacBuilder.create(), DelimitedRows.of(List.of(one, later)).header(true));
      assertTrue(
          message.startsWith("the first line of a later input must repeat the first header"),
          message);
      assertTrue(message.endsWith("file=" + later + " line=1"), message);
    }
    // By name the columns may lie elsewhere, and others may have other names.
    Path other = file("p4", "note|id|due|x\n|5|2024-02-03|\n");
    build(DelimitedRows.of(List.of(one, moved, other)).idColumn("id").dateColumn("due"));
    assertEquals(LocalDate.of(2024, 2, 2), date("2"));
    assertEquals(LocalDate.of(2024, 2, 3), date("5"));
    Path renamed = file("p5", "id|due|remark\n6|2024-02-04|x\n");
    assertEquals(2, build(DelimitedRows.of(List.of(one, renamed)).header(true)).idCount());
  }

  @Test
  void aBadRowIsReportedBeforeARefusedHeaderThatComesAfterIt() {
    AtomicInteger next = new AtomicInteger();
    CountDownLatch headerRefused = new CountDownLatch(1);
    RowSource.Splits splits =
        new RowSource.Splits() {
          @Override
          public boolean next(RowSink sink) throws IOException {
            if (next.getAndIncrement() > 0) {
              headerRefused.countDown();
              throw new RefusedRowException("a header must name the wanted column", "p2", 1);
            }
            sink.begin(0, "p1", 1, () -> "");
            // The other thread meets the header first.
            assertDoesNotThrow(() -> headerRefused.await(5, TimeUnit.MINUTES));
            sink.bad(0, BadRowReason.EMPTY_ID, "id=", "|2024-01-01");
            sink.end(1);
            return true;
          }

          @Override
          public void close() {}
        };
    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () -> AlmanacBuilder.create().threads(2).build(() -> splits, target()));
    assertEquals("p1", refused.source());
    RefusedRowException header =
        assertThrows(
            RefusedRowException.class,
            () ->
                AlmanacBuilder.create()
                    .threads(2)
                    .onBadRow(BadRowPolicy.skip())
                    .build(() -> splits, target()));
    assertEquals("p2", header.source());
  }

  @Test
  void linesThatAreLostAreCountedWhereABadRowSpansSeveral() throws IOException {
    Path rows = file("f.csv", "1,\"a\nb\nc\",2024-02-30\n2,x,2024-01-31\n3,\"y\nz\"w,2024-01-31\n");
    BuildReport report =
        AlmanacBuilder.create()
            .onBadRow(BadRowPolicy.skip())
            .build(csv(rows).dateColumn(3), target());
    assertEquals(2, report.rejectCount());
    assertEquals(5, report.rejectedLineCount());
    assertEquals(1, report.idCount());
  }

  @Test
  void skippingHasALimitUnlessItIsRaised() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      text.append(i).append(i % 100 < 2 ? "|31.01.2024\n" : "|2024-01-31\n");
    }
    DelimitedRows rows = DelimitedRows.of(file("rows.txt", text.toString()));
    build(DelimitedRows.of(file("good.txt", "1|2024-01-31\n")));
    byte[] good = Files.readAllBytes(target());
    Path rejects = folder.resolve("rejects");
    String message = refusal(AlmanacBuilder.create().onBadRow(BadRowPolicy.skip(rejects)), rows);
    assertTrue(
        message.startsWith(
            "bad rows must be at most 20, and there are 40 of 2000 (--max-bad-rows, atMost,"
                + " atMostPercent); the first: a date must be written in the format:"
                + " date=31.01.2024"),
        message);
    assertTrue(message.endsWith("rows.txt line=1"), message);
    assertEquals(40, Files.readAllLines(rejects).size());
    assertArrayEquals(good, Files.readAllBytes(target()));
    assertEquals(
        message, refusal(AlmanacBuilder.create().onBadRow(BadRowPolicy.skip()).threads(1), rows));
    for (BadRowPolicy enough :
        List.of(
            BadRowPolicy.skip().atMost(40),
            BadRowPolicy.skip().atMostPercent(2),
            BadRowPolicy.skip().atMost(Long.MAX_VALUE))) {
      BuildReport report = AlmanacBuilder.create().onBadRow(enough).build(rows, target());
      assertEquals(1960, report.idCount());
      assertEquals(40, report.rejectCount());
    }
    for (BadRowPolicy tooFew :
        List.of(BadRowPolicy.skip().atMost(39), BadRowPolicy.skip().atMostPercent(1.9))) {
      assertTrue(
          refusal(AlmanacBuilder.create().onBadRow(tooFew), rows).startsWith("bad rows must be"));
    }
  }

  @Test
  void aFewBadRowsOfAFewAreSkippedByDefault() throws IOException {
    DelimitedRows ten = DelimitedRows.of(file("rows.txt", "x\n".repeat(10) + "1|2024-01-31\n"));
    AlmanacBuilder skip = AlmanacBuilder.create().onBadRow(BadRowPolicy.skip());
    assertEquals(10, skip.build(ten, target()).rejectCount());
    DelimitedRows eleven = DelimitedRows.of(file("rows.txt", "x\n".repeat(11) + "1|2024-01-31\n"));
    assertTrue(refusal(skip, eleven).contains("at most 10, and there are 11 of 12"));
  }

  @Test
  void aRowOfWrongDatesThroughoutPublishesNothingEvenWithoutALimit() throws IOException {
    build(DelimitedRows.of(file("good.txt", "1|2024-01-31\n")));
    String message =
        assertThrows(
                dev.almanac.build.BuildException.class,
                () ->
                    AlmanacBuilder.create()
                        .onBadRow(BadRowPolicy.skip().atMost(Long.MAX_VALUE))
                        .build(
                            DelimitedRows.of(file("rows.txt", "1|31.01.2024\n2|01.02.2024\n")),
                            target()))
            .getMessage();
    assertTrue(
        message.startsWith("no row gives an ID, and an empty file is published only"), message);
    assertEquals(LocalDate.of(2024, 1, 31), date("1"));
  }

  @Test
  void aLinkIsReplacedAndTheFileThatItNamedStays() throws IOException {
    Path real = folder.resolve("real.almanac");
    AlmanacBuilder.create().build(DelimitedRows.of(file("one", "1|2024-01-31\n")), real);
    byte[] before = Files.readAllBytes(real);
    Files.createSymbolicLink(target(), real);
    build(DelimitedRows.of(file("two", "1|2024-02-01\n")));
    assertFalse(Files.isSymbolicLink(target()));
    assertEquals(LocalDate.of(2024, 2, 1), date("1"));
    assertArrayEquals(before, Files.readAllBytes(real));
  }

  @Test
  void aFileOfHalfTheIdsIsPublishedWithAWarning() throws IOException {
    build(DelimitedRows.of(file("rows.txt", "1|2024-01-31\n2|2024-01-31\n3|2024-01-31\n")));
    BuildReport half = build(DelimitedRows.of(file("rows.txt", "1|2024-01-31\n2|2024-01-31\n")));
    assertEquals(List.of(), half.remarks());
    build(DelimitedRows.of(file("rows.txt", "1|2024-01-31\n2|2024-01-31\n3|2024-01-31\n")));
    BuildRemark fewer =
        build(DelimitedRows.of(file("rows.txt", "1|2024-01-31\n"))).remarks().get(0);
    assertEquals(
        "the file has less than half of the IDs of the one that it replaces: ids=1 before=3",
        fewer.text());
    assertTrue(fewer.isWarning());
  }

  @Test
  void aRepeatedHeaderIsAHeaderAndAPartWithoutOneBeginsWithARow() throws IOException {
    Path one = file("p1", "id|date\n1|2024-01-31\n");
    Path two = file("p2", "2|2024-02-01\n3|2024-02-02\n");
    Path three = file("p3", "id|date\n4|2024-02-03");
    for (DelimitedRows rows :
        List.of(
            DelimitedRows.of(List.of(one, two, three)).header(true),
            DelimitedRows.of(List.of(one, two, three)).idColumn("id").dateColumn("date"))) {
      BuildReport report = build(rows);
      assertEquals(4, report.idCount());
      assertEquals(
          List.of(two + " has no header; its first line is a row"),
          report.remarks().stream().map(BuildRemark::text).toList());
      assertEquals(LocalDate.of(2024, 2, 1), date("2"));
      assertEquals(LocalDate.of(2024, 2, 3), date("4"));
    }
    String message = refusal(AlmanacBuilder.create(), DelimitedRows.of(two).header(true));
    assertTrue(message.startsWith("the first line holds an ID and a date, so it is not"), message);
    assertTrue(message.endsWith("found=[2, 2024-02-01], file=" + two + " line=1"), message);
    String other =
        refusal(
            AlmanacBuilder.create(),
            DelimitedRows.of(List.of(one, file("p4", "a|b\n5|2024-01-31\n")))
                .idColumn("id")
                .dateColumn("date"));
    assertTrue(other.startsWith("a header must name the wanted column: column=id"), other);
  }

  @Test
  void streamsAndFilesAreReadInTheOrderInWhichTheyAreGiven() throws IOException {
    Path one = file("p1", "1|2024-01-31\n");
    BuildReport report =
        build(
            DelimitedRows.of(one)
                .and(new ByteArrayInputStream("1|2024-02-01\n2|2024-02-01\n".getBytes(UTF_8)), "in")
                .and(file("p2", "2|2024-02-02\n")));
    assertEquals(2, report.idCount());
    assertEquals(LocalDate.of(2024, 2, 1), date("1"));
    assertEquals(LocalDate.of(2024, 2, 2), date("2"));
  }

  @Test
  void theIdAndTheDateAreInDifferentColumns() throws IOException {
    Path rows = file("rows", "id|date\n1|2024-01-31\n");
    assertThrows(IllegalStateException.class, () -> build(DelimitedRows.of(rows).dateColumn(1)));
    assertThrows(
        IllegalStateException.class,
        () -> build(DelimitedRows.of(rows).idColumn("id").dateColumn("id")));
    String message =
        refusal(AlmanacBuilder.create(), DelimitedRows.of(rows).idColumn("date").dateColumn(2));
    assertTrue(
        message.startsWith(
            "the ID and the date must be in different columns: idColumn=date dateColumn=2"),
        message);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileOfCrLinesIsRead(boolean quoted) throws IOException {
    Path rows = file("rows", "id|date\r1|2024-01-31\r2|2024-02-30\r3|2024-02-01\r");
    String message =
        refusal(AlmanacBuilder.create(), DelimitedRows.of(rows).header(true).quoted(quoted));
    assertTrue(message.endsWith("line=3"), message);
    BuildReport report =
        AlmanacBuilder.create()
            .onBadRow(BadRowPolicy.skip())
            .build(DelimitedRows.of(rows).header(true).quoted(quoted), target());
    assertEquals(2, report.idCount());
  }

  @Test
  void linesInFrontAreSkippedAndCounted() throws IOException {
    Path one = file("p1", "sep=;\r\n\"Report\r\nid;date\r\n1;2024-01-31\r\n");
    Path two = file("p2", "sep=;\r\nof today\r\nid;date\r\n2;x\r\n");
    DelimitedRows rows =
        DelimitedRows.of(List.of(one, two))
            .delimiter(';')
            .quoted(true)
            .skipLines(2)
            .idColumn("id")
            .dateColumn("date");
    assertTrue(refusal(AlmanacBuilder.create(), rows).endsWith("p2 line=4"));
    assertEquals(
        1, AlmanacBuilder.create().onBadRow(BadRowPolicy.skip()).build(rows, target()).idCount());
    assertEquals(LocalDate.of(2024, 1, 31), date("1"));
    String missing = refusal(AlmanacBuilder.create(), rows.skipLines(0));
    assertTrue(missing.endsWith("p1 line=1"), missing);
    assertThrows(IllegalArgumentException.class, () -> rows.skipLines(-1));
  }

  @Test
  void mysqlsEscapesAreUndone() throws IOException {
    Path rows = file("rows", "a\\\tb\t2024-01-31\n2\t\\N\nc\\\\\t2024-02-01\n");
    BuildReport report =
        AlmanacBuilder.create()
            .nullDates("\\N")
            .onBadRow(BadRowPolicy.skip())
            .build(DelimitedRows.of(rows).delimiter('\t').escaped(true), target());
    assertEquals(1, report.leftOutCount());
    assertEquals(LocalDate.of(2024, 2, 1), date("c\\"));
    // The tab in the first ID is a control character.
    assertEquals(Map.of(BadRowReason.CONTROL_CHARACTER, 1L), report.rejects());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1\0\0", "1\u0001", "a\u007fb", "a\u0085b", "\u0000"})
  void anIdWithAControlCharacterIsRefused(String id) throws IOException {
    String message =
        refusal(
            AlmanacBuilder.create(),
            DelimitedRows.of(file("rows", "x|2024-01-31\n" + id + "|2024-01-31\n")));
    assertTrue(message.startsWith("an ID must not have control characters: id="), message);
    assertTrue(message.endsWith("line=2"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "~1 ~; ID_WITH_BLANKS",
        "~ 2~; ID_WITH_BLANKS",
        "~\u00a01~; ID_WITH_WIDE_BLANKS",
        "~1\u00a0~; ID_WITH_WIDE_BLANKS",
        "~1\u200b~; ID_WITH_WIDE_BLANKS",
        "~\"1\"~; ID_IN_QUOTES",
        "~'1'~; ID_IN_QUOTES",
        "~=\"001\"~; ID_AS_FORMULA",
        "1.0; ID_LIKE_A_NUMBER",
        "1E+5; ID_LIKE_A_NUMBER",
        "1e5; ID_LIKE_A_NUMBER",
        "~1,000~; ID_LIKE_A_NUMBER",
        "+5; ID_LIKE_A_NUMBER",
        "-0; ID_LIKE_A_NUMBER",
        "-1.5; ID_LIKE_A_NUMBER",
        "007; ",
        "1.2.3.4; ",
        "2024-01-31; ",
        "1e; ",
        "e1; ",
        "-; ",
        "~a b~; ",
        "~\u00e9\u00e8~; ",
        "9223372036854775808; ",
        "~\"~; "
      })
  void anIdThatIsNotWhatItSeemsIsCountedWithItsFirstLine(String id, BuildRemark.Kind kind)
      throws IOException {
    Path rows = file("rows", "1|2024-01-31\n" + id + "|2024-01-31\n" + id + "|2024-01-31\n");
    BuildReport report = build(DelimitedRows.of(rows));
    assertEquals(IdKind.TEXT, report.idKind());
    assertEquals(2L, counts(report).get(BuildRemark.Kind.TEXT_AMONG_NUMBERS));
    boolean blank = !id.equals(id.strip()) || id.indexOf('\u00a0') >= 0;
    String shown = blank ? "'" + id + "'" : id;
    assertEquals(
        "2 of 3 rows have an ID that is not a number, so all IDs are texts, the first id="
            + shown
            + " file="
            + rows
            + " line=2",
        report.remarks().get(0).text());
    assertTrue(report.remarks().get(0).isWarning());
    assertEquals(kind == null ? 1 : 2, report.remarks().size());
    if (kind != null) {
      BuildRemark remark = report.remarks().get(1);
      assertEquals(kind, remark.kind());
      assertEquals(2, remark.count());
      assertTrue(
          remark.text().endsWith(", the first id=" + shown + " file=" + rows + " line=2"),
          remark.text());
      assertFalse(remark.isWarning());
    }
  }

  @Test
  void trimmingMakesNumbersOfThem() throws IOException {
    Path rows = file("rows", "1 |2024-01-31 \n 2|2024-01-31\n\u00a03\u200b|\t2024-01-31\n");
    BuildReport report = build(DelimitedRows.of(rows).trim(true));
    assertEquals(IdKind.LONG, report.idKind());
    assertEquals(List.of(), report.remarks());
    assertEquals(3, report.idCount());
  }

  @Test
  void idsThatAreTextsAsAWholeAreNoSurprise() throws IOException {
    Path rows = file("rows", "a|2024-01-31\nb|2024-01-31\n");
    assertEquals(List.of(), build(DelimitedRows.of(rows)).remarks());
    Path mixed = file("mixed", "a|2024-01-31\n1|2024-01-31\n");
    assertEquals(
        List.of(),
        AlmanacBuilder.create()
            .ids(IdKind.TEXT)
            .build(DelimitedRows.of(mixed), target())
            .remarks());
  }

  @Test
  void theFirstOfEachKindIsTheFirstOfTheInputWhateverTheThreads() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 300_000; i++) {
      text.append(i).append(i % 50_000 == 49_999 ? " " : "").append("|2024-01-31\n");
    }
    Path rows = file("rows", text.toString());
    for (int threads = 1; threads <= 3; threads++) {
      BuildReport report =
          AlmanacBuilder.create().threads(threads).build(DelimitedRows.of(rows), target());
      assertEquals(6L, counts(report).get(BuildRemark.Kind.ID_WITH_BLANKS));
      for (BuildRemark remark : report.remarks()) {
        assertTrue(
            remark.text().replace("'", "").endsWith("id=49999  file=" + rows + " line=50000"),
            remark.text());
      }
    }
  }
}
