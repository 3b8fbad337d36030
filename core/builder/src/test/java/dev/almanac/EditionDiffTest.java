package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.EditionDiff.Change;
import dev.almanac.EditionDiff.MonthCounts;
import dev.almanac.EditionDiff.Summary;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EditionDiffTest {
  private static final LocalDate FIRST = LocalDate.of(2023, 11, 20);

  @TempDir Path folder;
  private int fileCount;

  /** How the IDs look. */
  enum Ids {
    DENSE(i -> Long.toString(i)),
    SPARSE(i -> Long.toString(i * 0x9E3779B97F4A7C15L)),
    TEXTS(i -> "é-" + i);

    final LongFunction<String> id;

    Ids(LongFunction<String> id) {
      this.id = id;
    }
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void aDiffAppliedToOneEditionGivesTheOther(Ids ids) throws IOException {
    Random random = new Random(22);
    for (int size : new int[] {0, 1, 4_096, 10_000}) {
      Map<String, LocalDate> older = new TreeMap<>();
      Map<String, LocalDate> newer = new TreeMap<>();
      for (long i = 0; i < size; i++) {
        LocalDate date = FIRST.plusDays(random.nextInt(60));
        int fate = random.nextInt(10);
        if (fate != 0) {
          older.put(ids.id.apply(i), date);
        }
        if (fate != 1) {
          newer.put(ids.id.apply(i), fate == 2 ? FIRST.plusDays(random.nextInt(60)) : date);
        }
      }
      check(older, newer);
      check(newer, older);
    }
  }

  @Test
  void oneTextMakesAFileOfTextsWhichComparesWithNumbers() throws IOException {
    Map<String, LocalDate> numbers = new TreeMap<>();
    for (long i = -3_000; i < 3_000; i++) {
      numbers.put(Long.toString(i), FIRST.plusDays(Math.floorMod(i, 40)));
    }
    Map<String, LocalDate> texts = new TreeMap<>(numbers);
    texts.put("007", FIRST);
    texts.remove("7");
    texts.put("8", FIRST.plusDays(100));
    check(numbers, texts);
    check(texts, numbers);
  }

  /** Texts of a batch together take more memory than a walk begins with. */
  @Test
  void longTextsAreComparedWhole() throws IOException {
    Map<String, LocalDate> older = new TreeMap<>();
    for (int i = 0; i < 4_500; i++) {
      older.put("x".repeat(i % 90) + i, FIRST.plusDays(i % 40));
    }
    Map<String, LocalDate> newer = new TreeMap<>(older);
    newer.remove("x".repeat(89) + 4_499);
    newer.put("x".repeat(1_000), FIRST);
    newer.put("0", FIRST.plusDays(50));
    check(older, newer);
    check(newer, older);
  }

  @Test
  void oneDifferenceOfAnyKindIsOne() throws IOException {
    Map<String, LocalDate> one = Map.of("1", FIRST);
    Map<String, LocalDate> two = Map.of("1", FIRST, "2", FIRST);
    check(one, two);
    check(two, one);
    check(one, Map.of("1", FIRST.plusDays(1)));
  }

  @Test
  void editionsThatAreEqualHaveNoDifference() throws IOException {
    Map<String, LocalDate> dates = Map.of("1", FIRST, "2", FIRST);
    check(dates, dates);
    check(Map.of(), Map.of());
  }

  @Test
  void theSummaryCountsByMonth() throws IOException {
    Summary summary =
        EditionDiff.of(
                build(
                    Map.of(
                        "1", LocalDate.of(2024, 1, 1),
                        "2", LocalDate.of(2024, 1, 2),
                        "3", LocalDate.of(2024, 1, 3))),
                build(
                    Map.of(
                        "2", LocalDate.of(2024, 2, 2),
                        "3", LocalDate.of(2024, 1, 3),
                        "4", LocalDate.of(2024, 2, 29),
                        "5", LocalDate.of(2024, 3, 1))))
            .summary();
    assertEquals(2, summary.addedCount());
    assertEquals(1, summary.removedCount());
    assertEquals(1, summary.changedCount());
    assertEquals(1, summary.unchangedCount());
    assertEquals(
        List.of(
            Map.entry(YearMonth.of(2024, 1), new MonthCounts(0, 1, 0)),
            Map.entry(YearMonth.of(2024, 2), new MonthCounts(1, 0, 1)),
            Map.entry(YearMonth.of(2024, 3), new MonthCounts(1, 0, 0))),
        List.copyOf(summary.months().entrySet()));
  }

  @Test
  void openAlmanacsStayOpen() throws IOException {
    try (Almanac older = Almanac.open(build(Map.of("1", FIRST)));
        Almanac newer = Almanac.open(build(Map.of("2", FIRST)))) {
      List<Change> changes = new ArrayList<>();
      EditionDiff.of(older, newer).forEach(changes::add);
      assertEquals(List.of(new Change("1", FIRST, null), new Change("2", null, FIRST)), changes);
      assertTrue(changes.get(0).isRemoved() && changes.get(1).isAdded());
      assertEquals(FIRST, older.date(1));
      assertEquals(FIRST, newer.date(2));
    }
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    Path missing = folder.resolve("missing.almanac");
    EditionDiff diff = EditionDiff.of(build(Map.of("1", FIRST)), missing);
    assertEquals(
        missing.toString(), assertThrows(NoSuchFileException.class, diff::summary).getFile());
  }

  /** Compares with a difference made from the maps, and goes from one map to the other with it. */
  private void check(Map<String, LocalDate> older, Map<String, LocalDate> newer)
      throws IOException {
    Map<String, LocalDate> forwards = new TreeMap<>(older);
    Map<String, LocalDate> backwards = new TreeMap<>(newer);
    Map<String, Change> changes = new TreeMap<>();
    Summary summary =
        EditionDiff.of(build(older), build(newer))
            .forEach(
                change -> {
                  assertEquals(null, changes.put(change.id(), change));
                  apply(forwards, change.id(), change.after());
                  apply(backwards, change.id(), change.before());
                });
    assertEquals(newer, forwards);
    assertEquals(older, backwards);
    changes.forEach(
        (id, change) -> {
          assertEquals(older.get(id), change.before());
          assertEquals(newer.get(id), change.after());
        });
    long unchanged =
        older.entrySet().stream().filter(e -> e.getValue().equals(newer.get(e.getKey()))).count();
    assertEquals(unchanged, summary.unchangedCount());
    assertEquals(older.size(), unchanged + summary.removedCount() + summary.changedCount());
    assertEquals(newer.size(), unchanged + summary.addedCount() + summary.changedCount());
    assertEquals(changes.isEmpty(), summary.isEmpty());
    assertEquals(
        changes.size(),
        summary.months().values().stream()
            .mapToLong(m -> m.addedCount() + m.removedCount() + m.changedCount())
            .sum());
  }

  private static void apply(Map<String, LocalDate> dates, String id, LocalDate date) {
    if (date == null) {
      dates.remove(id);
    } else {
      dates.put(id, date);
    }
  }

  private Path build(Map<String, LocalDate> dates) throws IOException {
    StringBuilder rows = new StringBuilder();
    dates.forEach((id, date) -> rows.append(id).append('|').append(date).append('\n'));
    int number = fileCount++;
    Path input = Files.writeString(folder.resolve(number + ".txt"), rows);
    Path file = folder.resolve(number + ".almanac");
    AlmanacBuilder.create().allowEmpty().build(DelimitedRows.of(input), file);
    return file;
  }
}
