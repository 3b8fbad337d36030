package dev.almanac;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadRowsTest {
  private static final byte[] OLD = {1, 2, 3};

  @TempDir Path folder;

  private Path rowsFile;
  private Path target;

  @BeforeEach
  void names() throws IOException {
    rowsFile = folder.resolve("rows.txt");
    target = folder.resolve("sample.almanac");
    Files.write(target, OLD);
  }

  private AlmanacBuilder skipping(Path rejects) {
    return AlmanacBuilder.create().onBadRow(BadRowPolicy.skip(rejects));
  }

  private DelimitedRows rows(String text) throws IOException {
    return DelimitedRows.of(Files.write(rowsFile, text.getBytes(ISO_8859_1)));
  }

  /** That the build fails, says so, and leaves the folder as it was. */
  private <E extends Exception> E assertFails(Class<E> type, AlmanacBuilder builder, RowSource rows)
      throws IOException {
    List<String> before = SampleRows.names(folder);
    E failure = assertThrows(type, () -> builder.build(rows, target));
    assertEquals(before, SampleRows.names(folder), "nothing may be left behind");
    assertArrayEquals(OLD, Files.readAllBytes(target), "the old file must stay");
    return failure;
  }

  private void assertRefused(
      AlmanacBuilder builder, DelimitedRows rows, int line, String ruleAndFindings)
      throws IOException {
    RefusedRowException refused = assertFails(RefusedRowException.class, builder, rows);
    assertEquals(ruleAndFindings + ", file=" + rowsFile + " line=" + line, refused.getMessage());
    assertEquals(line, refused.line());
    assertEquals(rowsFile.toString(), refused.source());
  }

  @Test
  void aRowWithTooFewColumnsIsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("1|x|2024-01-01\n2|x\n").dateColumn(3),
        2,
        "a row has too few columns: columns=2 expected=3 (--date-column, dateColumn)");
  }

  @Test
  void anEmptyLineIsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("1|2024-01-01\n\n2|2024-01-01\n"),
        2,
        "a row has too few columns: columns=0 expected=2 (--date-column, dateColumn)");
  }

  @Test
  void anEmptyIdIsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("1|2024-01-01\n|2024-01-01\n"),
        2,
        "an ID must not be empty: id=");
  }

  @Test
  void anIdOfMoreThan1024BytesIsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows(
            "x|2024-01-01\n"
                + "y".repeat(1024)
                + "|2024-01-01\n"
                + "y".repeat(1025)
                + "|2024-01-01\n"),
        3,
        "an ID must take at most 1,024 bytes: idBytes=1025");
  }

  @Test
  void anIdThatIsNoUtf8IsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("caf\u00e9|2024-01-01\n"),
        1,
        "a field must be valid UTF-8: id=caf\ufffd");
  }

  @Test
  void aDateThatIsNoUtf8IsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("1|2024-01-01\n1|2024\u00e9\n"),
        2,
        "a field must be valid UTF-8: date=2024\ufffd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "007", "+1", "-0", "1 ", "9223372036854775808"})
  void anIdThatIsNoNumberIsRefusedWhereNumbersAreDemanded(String id) throws IOException {
    assertRefused(
        AlmanacBuilder.create().ids(IdKind.LONG),
        rows("1|2024-01-01\n" + id + "|2024-01-01\n"),
        2,
        "an ID must be a canonical signed 64-bit decimal: id="
            + (id.endsWith(" ") ? "'" + id + "'" : id));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-02-29",
        "2024-13-01",
        "2024-1-1",
        "20240101",
        "2024-01-01 ",
        " 2024-01-01",
        "2024-01-01T00",
        "2024-01-01T24:00"
      })
  void aDateThatIsNoneIsRefused(String date) throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("1|2024-01-01\n2|" + date + "\n"),
        2,
        "a date must be written in the format: date=" + date + " format=iso");
  }

  @Test
  void aDateOfMoreThan256BytesIsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("2|" + "2".repeat(257) + "\n"),
        1,
        "a date must be written in the format: dateBytes=257 format=iso");
  }

  @Test
  void aRowThatIsTooLongIsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("1|2024-01-01\n2|2024-01-01|" + "x".repeat(DelimitedRows.MAX_ROW_BYTES) + "\n"),
        2,
        "a row must take at most 1048576 bytes: bytes=1048589 expectedAtMost=1048576");
  }

  @Test
  void aQuotedFieldThatIsNotClosedIsRefused() throws IOException {
    assertRefused(
        AlmanacBuilder.create(),
        rows("\"1\"|2024-01-01\n\"2|2024-01-01\n").quoted(true),
        2,
        "a quoted field must be closed: found=no closing quotation mark within lines=20"
            + " (--max-quoted-lines, maxQuotedLines) bytes=1048576");
  }

  @Test
  void theLineOfALaterFileIsItsOwn() throws IOException {
    Path first = Files.writeString(folder.resolve("first.txt"), "1|2024-01-01\n2|2024-01-01\n");
    Files.writeString(rowsFile, "3|2024-01-01\n4|x\n");
    RefusedRowException refused =
        assertFails(
            RefusedRowException.class,
            AlmanacBuilder.create(),
            DelimitedRows.of(List.of(first, rowsFile)));
    assertEquals(
        "a date must be written in the format: date=x format=iso, file=" + rowsFile + " line=2",
        refused.getMessage());
  }

  @Test
  void skippedRowsAreCountedByReasonAndListed() throws IOException {
    Path rejects = folder.resolve("rejects.txt");
    DelimitedRows rows =
        rows("1|a|2024-01-01\n2|b\n|c|2024-01-01\n3|d|2024-02-30\n"
                + "4|e|2024-01-02\n\u00e9|f|2024-01-01\n"
                + "y".repeat(1025)
                + "|g|2024-01-01\n5|h|2023-02-29\n")
            .dateColumn(3);
    BuildReport report = skipping(rejects).build(rows, target);
    assertEquals(8, report.rowCount());
    assertEquals(2, report.idCount());
    assertEquals(
        Map.of(
            BadRowReason.TOO_FEW_COLUMNS,
            1L,
            BadRowReason.EMPTY_ID,
            1L,
            BadRowReason.BAD_DATE,
            2L,
            BadRowReason.INVALID_UTF8,
            1L,
            BadRowReason.ID_TOO_LONG,
            1L),
        report.rejects());
    assertEquals(6, report.rejectCount());
    List<String> lines = Files.readAllLines(rejects);
    assertEquals(
        List.of(
            "2\tTOO_FEW_COLUMNS\t2|b",
            "3\tEMPTY_ID\t|c|2024-01-01",
            "4\tBAD_DATE\t3|d|2024-02-30",
            "6\tINVALID_UTF8\t\ufffd|f|2024-01-01"),
        lines.subList(0, 4).stream().map(line -> line.replace(rowsFile + "\t", "")).toList());
    assertTrue(lines.get(4).startsWith(rowsFile + "\t7\tID_TOO_LONG\tyyyy"), lines.get(4));
    assertEquals(rowsFile + "\t8\tBAD_DATE\t5|h|2023-02-29", lines.get(5));
    assertEquals(6, lines.size());
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(2, almanac.size());
      assertTrue(almanac.code(1) >= 0 && almanac.code(4) >= 0 && almanac.code(3) == Almanac.ABSENT);
    }
  }

  @Test
  void aRejectedRowIsListedWhole() throws IOException {
    Path rejects = folder.resolve("rejects.txt");
    skipping(rejects)
        .build(rows("a|1|b|2024-13-01|c\na|1|b|2024-12-01|c\n").idColumn(2).dateColumn(4), target);
    assertEquals(
        List.of(rowsFile + "\t1\tBAD_DATE\ta|1|b|2024-13-01|c"), Files.readAllLines(rejects));
  }

  @Test
  void theRejectsFileIsReplacedAndEmptyWhenEveryRowWasGood() throws IOException {
    Path rejects = Files.writeString(folder.resolve("rejects.txt"), "old");
    BuildReport report = skipping(rejects).build(rows("1|2024-01-01\n"), target);
    assertEquals(Map.of(), report.rejects());
    assertEquals(0, Files.size(rejects));
  }

  @Test
  void aNullRowAndItsNullFieldsAreBadRowsLikeOthers() throws IOException {
    Path rejects = folder.resolve("rejects.txt");
    List<RowSource.Row> rows =
        Arrays.asList(
            new RowSource.Row("1", "2024-01-01"),
            null,
            new RowSource.Row(null, "2024-01-01"),
            new RowSource.Row("2", null),
            new RowSource.Row("3", "2024-01-02"));
    BuildReport report = skipping(rejects).build(RowSource.of(rows.iterator()), target);
    assertEquals(
        Map.of(
            BadRowReason.TOO_FEW_COLUMNS, 1L, BadRowReason.EMPTY_ID, 1L, BadRowReason.BAD_DATE, 1L),
        report.rejects());
    assertEquals(2, report.idCount());
    assertEquals(
        List.of(
            "rows\t2\tTOO_FEW_COLUMNS\tnull",
            "rows\t3\tEMPTY_ID\tnull|2024-01-01",
            "rows\t4\tBAD_DATE\t2|null"),
        Files.readAllLines(rejects));
    assertEquals(5, report.rowCount(), "rows read, the bad ones included");
  }

  @Test
  void aRowWithHalfAPairIsListedLikeOthers() throws IOException {
    Path rejects = folder.resolve("rejects.txt");
    List<RowSource.Row> rows =
        List.of(new RowSource.Row("\ud800", "2024-01-01"), new RowSource.Row("3", "2024-01-02"));
    BuildReport report = skipping(rejects).build(RowSource.of(rows.iterator()), target);
    assertEquals(Map.of(BadRowReason.INVALID_UTF8, 1L), report.rejects());
    assertEquals(1, Files.readAllLines(rejects).size());
    assertEquals(2, report.rowCount(), "rows read, the bad ones included");
  }

  /** Some MB, so several splits; every 997th row is bad. */
  private List<String> manyLines() {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= 150_000; i++) {
      lines.add(i % 997 == 0 ? i + "|2024-02-3x" : i + "|" + SampleRows.date(i % 300));
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void rejectsAreListedInTheOrderOfTheInputWhateverTheThreads(int threads) throws IOException {
    Path rejects = folder.resolve("rejects.txt");
    Files.write(rowsFile, manyLines());
    BuildReport report =
        skipping(rejects).threads(threads).build(DelimitedRows.of(rowsFile), target);
    List<String> expected = new ArrayList<>();
    for (int line = 997; line <= 150_000; line += 997) {
      expected.add(rowsFile + "\t" + line + "\tBAD_DATE\t" + line + "|2024-02-3x");
    }
    assertEquals(expected, Files.readAllLines(rejects));
    assertEquals(expected.size(), report.rejectCount());
    assertEquals(150_000, report.rowCount());
    assertEquals(150_000 - expected.size(), report.idCount());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theFirstBadRowOfTheInputIsNamedWhateverTheThreads(int threads) throws IOException {
    List<String> lines = manyLines();
    for (int line = 997; line < 60_000; line += 997) {
      lines.set(line - 1, line + "|2024-01-01");
    }
    Files.write(rowsFile, lines);
    assertRefused(
        AlmanacBuilder.create().threads(threads),
        DelimitedRows.of(rowsFile),
        60_817,
        "a date must be written in the format: date=2024-02-3x format=iso");
  }

  @ParameterizedTest
  @CsvSource({"1,0", "2,0", "1,100", "2,100", "3,149"})
  void oneBadRowMoreThanTheLimitIsRefused(int threads, int limit) throws IOException {
    Files.write(rowsFile, manyLines());
    AlmanacBuilder builder =
        AlmanacBuilder.create().threads(threads).onBadRow(BadRowPolicy.skip().atMost(limit));
    String rule = "a date must be written in the format: date=2024-02-3x format=iso";
    assertRefused(
        builder,
        DelimitedRows.of(rowsFile),
        997 * (limit + 1),
        limit == 0
            ? rule
            : "bad rows must be at most " + limit + ", and here is one more: " + rule);
  }

  @Test
  void asManyBadRowsAsTheLimitAreLeftOut() throws IOException {
    Files.write(rowsFile, manyLines());
    BuildReport report =
        AlmanacBuilder.create()
            .onBadRow(BadRowPolicy.skip().atMost(150))
            .build(DelimitedRows.of(rowsFile), target);
    assertEquals(150, report.rejectCount());
  }

  @Test
  void aLimitMustMakeSense() {
    assertEquals(
        "the limit of bad rows must not be negative: limitCount=-1",
        assertThrows(IllegalArgumentException.class, () -> BadRowPolicy.skip().atMost(-1))
            .getMessage());
    assertEquals(
        "only skip() takes a limit of bad rows; fail() stops at the first",
        assertThrows(IllegalStateException.class, () -> BadRowPolicy.fail().atMost(1))
            .getMessage());
  }

  @Test
  void aSourceThatIsNotThereLeavesNothing() throws IOException {
    assertFails(
        NoSuchFileException.class,
        AlmanacBuilder.create(),
        DelimitedRows.of(folder.resolve("missing.txt")));
    assertFails(FileSystemException.class, AlmanacBuilder.create(), DelimitedRows.of(folder));
  }

  @Test
  void aHeaderWithoutTheColumnLeavesNothing() throws IOException {
    assertFails(
        RefusedRowException.class,
        AlmanacBuilder.create(),
        rows("id|day\n1|2024-01-01\n").idColumn("id").dateColumn("date"));
  }

  @Test
  void aStreamThatFailsLeavesNothing() throws IOException {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the disk is gone");
          }
        };
    InputStream stream =
        new SequenceInputStream(
            new ByteArrayInputStream("1|2024-01-01\n".repeat(200_000).getBytes(ISO_8859_1)),
            failing);
    IOException failure =
        assertFails(IOException.class, AlmanacBuilder.create(), DelimitedRows.of(stream, "stream"));
    assertTrue(failure.getMessage().contains("the disk is gone"), failure.getMessage());
  }

  /** Rows without end, before each of which something happens. */
  private static RowSource rowsOf(LongConsumer before) {
    return RowSource.of(
        LongStream.iterate(1, n -> n + 1)
            .peek(before)
            .mapToObj(n -> new RowSource.Row(Long.toString(n), "2024-01-01"))
            .iterator());
  }

  @Test
  void anIteratorThatFailsLeavesNothing() throws IOException {
    IllegalArgumentException thrown = new IllegalArgumentException("no more");
    RowSource rows =
        rowsOf(
            n -> {
              if (n == 50_000) {
                throw thrown;
              }
            });
    assertSame(thrown, assertFails(IllegalArgumentException.class, AlmanacBuilder.create(), rows));
  }

  @Test
  void aListenerThatFailsLeavesNothing() throws IOException {
    IllegalArgumentException thrown = new IllegalArgumentException("enough");
    RowSource rows =
        rowsOf(
            n -> {
              if (n % 4096 == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(110));
              }
            });
    AlmanacBuilder builder =
        AlmanacBuilder.create()
            .onProgress(
                (phase, done, total) -> {
                  throw thrown;
                });
    assertSame(thrown, assertFails(IllegalArgumentException.class, builder, rows));
  }

  @Test
  void theTemporaryFolderIsLeftEmptyToo() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    assertFails(
        RefusedRowException.class,
        AlmanacBuilder.create().temporaryDirectory(temporary),
        rows("1|x\n"));
    assertEquals(List.of(), SampleRows.names(temporary));
    AlmanacBuilder.create().temporaryDirectory(temporary).build(rows("1|2024-01-01\n"), target);
    assertEquals(List.of(), SampleRows.names(temporary));
  }

  @Test
  void aTemporaryFolderThatIsNotThereLeavesNothing() throws IOException {
    assertFails(
        NoSuchFileException.class,
        AlmanacBuilder.create().temporaryDirectory(folder.resolve("missing")),
        rows("1|2024-01-01\n"));
  }
}
