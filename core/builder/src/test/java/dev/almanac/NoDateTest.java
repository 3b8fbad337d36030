package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildException;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DateFormat;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows without a date, days rather than texts, and results that are not published. */
class NoDateTest {
  @TempDir Path folder;

  private Path rows(String text) throws IOException {
    return Files.writeString(folder.resolve("rows.txt"), text);
  }

  private Path target() {
    return folder.resolve("dates.almanac");
  }

  private BuildReport build(AlmanacBuilder builder, String rows) throws IOException {
    return builder.build(DelimitedRows.of(rows(rows)), target());
  }

  private LocalDate date(String id) throws IOException {
    try (Almanac almanac = Almanac.open(target())) {
      return almanac.date(id);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NULL", "\\N", "0000-00-00", "N/A"})
  void aRowWithoutADateIsRefusedWithAWordOnHowToTakeIt(String date) throws IOException {
    String message =
        assertThrows(
                RefusedRowException.class,
                () -> build(AlmanacBuilder.create(), "1|2024-01-31\n2|" + date + "\n"))
            .getMessage();
    assertTrue(
        message.contains(
            "date=" + date + " format=iso; if that means no date, say so with --null TEXT"),
        message);
    assertFalse(Files.exists(target()));
  }

  @Test
  void anIdWithoutADateIsLeftOutAndCounted() throws IOException {
    BuildReport report =
        build(
            AlmanacBuilder.create().nullDates("", "NULL", "\\N", "9999-12-31"),
            "1|2024-01-31\n2|\na|NULL\n3|\\N\n4|9999-12-31 00:00:00\n4|9999-12-31\n");
    assertEquals(6, report.rowCount());
    assertEquals(1, report.idCount());
    assertEquals(5, report.noDateCount());
    assertEquals(4, report.leftOutCount());
    assertEquals(1, report.duplicateCount());
    assertEquals(0, report.rejectCount());
    assertEquals(1, report.dateCount());
    assertNull(date("2"));
    assertNull(date("4"));
    assertEquals(LocalDate.of(2024, 1, 31), date("1"));
  }

  @Test
  void theRowThatWinsMayHaveNoDate() throws IOException {
    String rows = "1|2024-01-31\n2|\n1|\n2|2024-02-01\nx|2024-02-02\nx|\n";
    AlmanacBuilder last = AlmanacBuilder.create().nullDates("");
    assertEquals(2, build(last, rows).leftOutCount());
    assertNull(date("1"));
    assertNull(date("x"));
    assertEquals(LocalDate.of(2024, 2, 1), date("2"));

    AlmanacBuilder first = AlmanacBuilder.create().nullDates("").onDuplicate(DuplicatePolicy.FIRST);
    assertEquals(1, build(first, rows).leftOutCount());
    assertEquals(LocalDate.of(2024, 1, 31), date("1"));
    assertEquals(LocalDate.of(2024, 2, 2), date("x"));
    assertNull(date("2"));

    AlmanacBuilder fail = AlmanacBuilder.create().nullDates("").onDuplicate(DuplicatePolicy.FAIL);
    String message = assertThrows(RefusedRowException.class, () -> build(fail, rows)).getMessage();
    assertTrue(message.contains("id=1 date=none earlier date=2024-01-31"), message);
  }

  @Test
  void theNullsOfASourceMeanNoDateOnlyWhereTheBuildSaysSo() throws IOException {
    List<RowSource.Row> rows =
        List.of(
            new RowSource.Row("1", null),
            new RowSource.Row("a", null),
            new RowSource.Row("2", "2024-01-31"));
    String message =
        assertThrows(
                RefusedRowException.class,
                () -> AlmanacBuilder.create().build(RowSource.of(rows.iterator()), target()))
            .getMessage();
    assertTrue(message.contains("date=null; if that means no date"), message);
    BuildReport report =
        AlmanacBuilder.create().nullDates().build(RowSource.of(rows.iterator()), target());
    assertEquals(2, report.noDateCount());
    assertEquals(1, report.idCount());
    assertEquals(LocalDate.of(2024, 1, 31), date("2"));
  }

  @Test
  void theDictionaryHasOneEntryForADayHoweverItIsWritten() throws IOException {
    AlmanacBuilder builder =
        AlmanacBuilder.create()
            .onDuplicate(DuplicatePolicy.FAIL)
            .dateFormat(
                DateFormat.iso(), DateFormat.basic(), DateFormat.pattern("d.M.uuuu[ HH:mm]"));
    String rows =
        "1|2024-01-31T23:30:00-05:00\n2|20240131\n3|31.1.2024 10:11\n4|2024-01-31\n"
            + "4|2024-01-31 00:00:00\n5|1.2.2024\n";
    BuildReport report = build(builder, rows);
    assertEquals(2, report.dateCount());
    assertEquals(1, report.duplicateCount());
    try (Almanac almanac = Almanac.open(target())) {
      assertEquals("2024-01-31", almanac.dictionary().text(0));
      assertEquals(LocalDate.of(2024, 1, 31), almanac.date(1));
      assertEquals(almanac.code(1), almanac.code(3));
    }
    BuildReport texts = build(builder.keepDateText().onDuplicate(DuplicatePolicy.LAST), rows);
    assertEquals(5, texts.dateCount(), "dates in use");
    try (Almanac almanac = Almanac.open(target())) {
      assertEquals("31.1.2024 10:11", almanac.dictionary().text(almanac.code(3)));
    }
  }

  @Test
  void aTextOfOneFormatIsNotReadInAnother() throws IOException {
    // The dictionary's own texts are ISO: they must not make ISO a format of the rows.
    String message =
        assertThrows(
                RefusedRowException.class,
                () ->
                    build(
                        AlmanacBuilder.create().dateFormat(DateFormat.pattern("dd.MM.uuuu")),
                        "1|31.01.2024\n2|2024-01-31\n"))
            .getMessage();
    assertTrue(message.contains("date=2024-01-31 format=dd.MM.uuuu"), message);
    build(
        AlmanacBuilder.create().dateFormat(DateFormat.pattern("uuuu-dd-MM"), DateFormat.iso()),
        "1|2024-02-01\n2|2024-01-02\n3|2024-01-31\n");
    assertEquals(LocalDate.of(2024, 1, 2), date("1"));
    assertEquals(LocalDate.of(2024, 2, 1), date("2"));
    assertEquals(LocalDate.of(2024, 1, 31), date("3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1|\n2|\n"})
  void anEmptyResultReplacesNothingUnlessItIsAllowed(String rows) throws IOException {
    build(AlmanacBuilder.create(), "1|2024-01-31\n");
    byte[] good = Files.readAllBytes(target());
    String message =
        assertThrows(BuildException.class, () -> build(AlmanacBuilder.create().nullDates(""), rows))
            .getMessage();
    assertTrue(message.contains(" an empty file is published only with --allow-empty"), message);
    assertEquals(
        new String(good, java.nio.charset.StandardCharsets.ISO_8859_1),
        Files.readString(target(), java.nio.charset.StandardCharsets.ISO_8859_1));
    assertEquals(0, build(AlmanacBuilder.create().nullDates("").allowEmpty(), rows).idCount());
  }

  @Test
  void fewerIdsThanDemandedAreNotPublished() throws IOException {
    String message =
        assertThrows(
                BuildException.class,
                () -> build(AlmanacBuilder.create().minIds(3), "1|2024-01-31\n2|2024-01-31\n"))
            .getMessage();
    assertTrue(message.startsWith("too few IDs to publish: ids=2 minIds=3 rows=2"), message);
    assertFalse(Files.exists(target()));
    build(AlmanacBuilder.create().minIds(2), "1|2024-01-31\n2|2024-01-31\n");
    assertThrows(IllegalArgumentException.class, () -> AlmanacBuilder.create().minIds(0));
  }
}
