package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicatesTest {
  @TempDir Path folder;

  private Path rowsFile;
  private Path target;

  @BeforeEach
  void names() {
    rowsFile = folder.resolve("rows.txt");
    target = folder.resolve("sample.almanac");
  }

  private BuildReport build(DuplicatePolicy policy, int threads, List<String> lines)
      throws IOException {
    Files.write(rowsFile, lines);
    return AlmanacBuilder.create()
        .onDuplicate(policy)
        .threads(threads)
        .build(DelimitedRows.of(rowsFile), target);
  }

  private String dateOf(String id) throws IOException {
    try (Almanac almanac = Almanac.open(target)) {
      return almanac.dictionary().text(almanac.code(id));
    }
  }

  private static String conflict(
      String id,
      String date,
      String earlierDate,
      Path earlierFile,
      int earlierLine,
      Path file,
      int line) {
    return "an ID must not have two dates: id=%s date=%s earlier date=%s earlier file=%s earlier line=%d, file=%s line=%d"
        .formatted(id, date, earlierDate, earlierFile, earlierLine, file, line);
  }

  private RefusedRowException refusal(List<String> lines) {
    return assertThrows(RefusedRowException.class, () -> build(DuplicatePolicy.FAIL, 1, lines));
  }

  private RefusedRowException refusal(RowSource rows) {
    return assertThrows(
        RefusedRowException.class,
        () -> AlmanacBuilder.create().onDuplicate(DuplicatePolicy.FAIL).build(rows, target));
  }

  @Test
  void theLastRowWinsAsInADictionary() throws IOException {
    build(DuplicatePolicy.LAST, 1, List.of("1|2024-01-01", "1|2024-01-03", "1|2024-01-02"));
    assertEquals("2024-01-02", dateOf("1"));
    build(DuplicatePolicy.LAST, 1, List.of("1|2024-01-01", "1|2024-01-02", "1|2024-01-01"));
    assertEquals("2024-01-01", dateOf("1"));
  }

  @Test
  void theFirstRowWinsIfAsked() throws IOException {
    build(
        DuplicatePolicy.FIRST,
        1,
        List.of("1|2024-01-02", "1|2024-01-03", "1|2024-01-01", "1|2024-01-02"));
    assertEquals("2024-01-02", dateOf("1"));
  }

  @Test
  void aRowThatRepeatsIsCountedApartFromOneThatConflicts() throws IOException {
    // Five rows of three dates: two repeat, two conflict.
    BuildReport report =
        build(
            DuplicatePolicy.LAST,
            1,
            List.of(
                "1|2024-01-01",
                "1|2024-01-02",
                "1|2024-01-01",
                "1|2024-01-03",
                "1|2024-01-01",
                "2|2024-01-01"));
    assertEquals(6, report.rowCount());
    assertEquals(2, report.idCount());
    assertEquals(2, report.duplicateCount());
    assertEquals(2, report.conflictCount());
    assertEquals(1, report.dateCount(), "dates in use");
  }

  @Test
  void theSameRowTwiceIsNoConflict() throws IOException {
    BuildReport report =
        build(DuplicatePolicy.FAIL, 1, List.of("1|2024-01-01", "2|2024-01-02", "1|2024-01-01"));
    assertEquals(1, report.duplicateCount());
    assertEquals(0, report.conflictCount());
    assertEquals("2024-01-01", dateOf("1"));
  }

  @Test
  void aConflictIsRefusedWithBothLines() throws IOException {
    RefusedRowException refused =
        refusal(
            List.of(
                "1|2024-01-01", "2|2024-01-02", "1|2024-01-01", "1|2024-01-03", "2|2024-01-09"));
    assertEquals(
        conflict("1", "2024-01-03", "2024-01-01", rowsFile, 1, rowsFile, 4), refused.getMessage());
    assertEquals(4, refused.line());
    assertEquals(rowsFile.toString(), refused.source());
    assertEquals(List.of("rows.txt"), SampleRows.names(folder));
  }

  @Test
  void aConflictOfTextsIsRefusedWithBothLines() {
    RefusedRowException refused =
        refusal(
            List.of(
                "caf\u00e9|2024-01-01", "7|2024-01-02", "caf\u00e9|2024-01-03", "7|2024-01-09"));
    assertEquals(
        conflict("caf\u00e9", "2024-01-03", "2024-01-01", rowsFile, 1, rowsFile, 3),
        refused.getMessage());
  }

  @Test
  void aConflictBetweenTwoFilesNamesBoth() throws IOException {
    Path first = Files.writeString(folder.resolve("first.txt"), "1|2024-01-01\n2|2024-01-01\n");
    Path second = Files.writeString(folder.resolve("second.txt"), "3|2024-01-01\n2|2024-01-02\n");
    RefusedRowException refused = refusal(DelimitedRows.of(List.of(first, second)));
    assertEquals(
        conflict("2", "2024-01-02", "2024-01-01", first, 2, second, 2), refused.getMessage());
  }

  @Test
  void theLinesOfAConflictCountAHeader() throws IOException {
    Files.writeString(rowsFile, "id|date\n1|2024-01-01\n1|2024-01-02\n");
    RefusedRowException refused =
        refusal(DelimitedRows.of(rowsFile).idColumn("id").dateColumn("date"));
    assertEquals(3, refused.line());
    assertTrue(refused.getMessage().contains(" earlier line=2,"), refused.getMessage());
  }

  /**
   * Several splits of rows of few IDs, so that partitions are reduced more than once on the way.
   */
  @ParameterizedTest
  @CsvSource({"LAST,1,false", "LAST,2,false", "LAST,3,true", "FIRST,1,true", "FIRST,3,false"})
  void manyDuplicatesAreSettledAsADictionaryWould(DuplicatePolicy policy, int threads, boolean text)
      throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    List<String> lines = new ArrayList<>();
    Map<String, String> expected = new HashMap<>();
    Map<String, Set<String>> dates = new HashMap<>();
    for (int i = 0; i < 250_000; i++) {
      // A tenth of the rows is of ten IDs, which share few partitions.
      int number = random.nextInt(10) == 0 ? random.nextInt(10) : random.nextInt(20_000);
      String id = text ? "id-" + number : Integer.toString(number);
      String date = SampleRows.date(random.nextInt(random.nextInt(3) == 0 ? 400 : 2));
      lines.add(id + "|" + date);
      dates.computeIfAbsent(id, key -> new HashSet<>()).add(date);
      if (policy == DuplicatePolicy.LAST) {
        expected.put(id, date);
      } else {
        expected.putIfAbsent(id, date);
      }
    }
    long conflicts = dates.values().stream().mapToLong(some -> some.size() - 1).sum();
    BuildReport report = build(policy, threads, lines);
    assertEquals(lines.size(), report.rowCount());
    assertEquals(expected.size(), report.idCount());
    assertEquals(conflicts, report.conflictCount());
    assertEquals(lines.size() - expected.size() - conflicts, report.duplicateCount());
    try (Almanac almanac = Almanac.open(target)) {
      expected.forEach(
          (id, date) ->
              assertEquals(date, almanac.dictionary().text(almanac.code(id)), () -> "id=" + id));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "3,false", "2,true"})
  void theFirstConflictOfTheInputIsNamedWhateverTheThreads(int threads, boolean text) {
    SplittableRandom random = new SplittableRandom(12);
    List<String> lines = new ArrayList<>();
    Map<String, Integer> firstLines = new HashMap<>();
    Map<String, String> firstDates = new HashMap<>();
    String expected = null;
    for (int line = 1; line <= 200_000; line++) {
      String id = (text ? "id-" : "") + random.nextInt(60_000);
      String date = firstDates.getOrDefault(id, SampleRows.date(random.nextInt(300)));
      // Beyond the middle, so that the first conflict is in a late split, and many follow it.
      if (line > 110_000 && random.nextInt(50) == 0) {
        date = SampleRows.date(300 + random.nextInt(10));
      }
      lines.add(id + "|" + date);
      firstLines.putIfAbsent(id, line);
      firstDates.putIfAbsent(id, date);
      if (expected == null && !firstDates.get(id).equals(date)) {
        expected =
            conflict(id, date, firstDates.get(id), rowsFile, firstLines.get(id), rowsFile, line);
      }
    }
    assertEquals(
        expected,
        assertThrows(RefusedRowException.class, () -> build(DuplicatePolicy.FAIL, threads, lines))
            .getMessage());
  }
}
