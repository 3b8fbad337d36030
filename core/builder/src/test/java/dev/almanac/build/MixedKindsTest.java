package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Numeric rows first, then a text: the kind is known only at the end, and every ID must still have
 * the date that its rows' order in the input gives it, whichever thread took them.
 */
class MixedKindsTest {
  private static final int ROWS = 120_000;
  private static final int IDS = 2_000;

  @TempDir Path folder;

  private static List<String> numbersThenAText(boolean conflicts) {
    SplittableRandom random = new SplittableRandom(31);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      int id = random.nextInt(IDS);
      // Without conflicts, the date follows the ID, but for one ID late in the input.
      int date = conflicts ? random.nextInt(1_000) : id % 300;
      lines.add(id + "|" + SampleRows.date(date));
    }
    lines.add("a text|" + SampleRows.date(5));
    return lines;
  }

  @ParameterizedTest
  @CsvSource({
    "LAST,1,7",
    "LAST,2,64",
    "LAST,4,1",
    "LAST,4,400",
    "LAST,8,13",
    "FIRST,1,7",
    "FIRST,3,64",
    "FIRST,4,1",
    "FIRST,8,400"
  })
  void everyIdHasTheDateThatThePolicyChooses(DuplicatePolicy policy, int threads, int splitRows)
      throws IOException {
    List<String> lines = numbersThenAText(true);
    Map<String, String> expected = new HashMap<>();
    for (String line : lines) {
      String id = line.substring(0, line.indexOf('|'));
      String date = line.substring(line.indexOf('|') + 1);
      if (policy == DuplicatePolicy.LAST) {
        expected.put(id, date);
      } else {
        expected.putIfAbsent(id, date);
      }
    }
    Path target = folder.resolve("mixed.almanac");
    BuildReport report =
        AlmanacBuilder.create()
            .onDuplicate(policy)
            .threads(threads)
            .build(new SplitRows(lines, splitRows), target);
    assertEquals(IdKind.TEXT, report.idKind());
    assertEquals(lines.size(), report.rowCount());
    int wrong = 0;
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(expected.size(), almanac.size());
      for (Map.Entry<String, String> entry : expected.entrySet()) {
        if (!entry.getValue().equals(String.valueOf(almanac.date(entry.getKey())))) {
          wrong++;
        }
      }
    }
    assertEquals(0, wrong, "IDs with a wrong date");
  }

  @ParameterizedTest
  @CsvSource({"1,7", "2,64", "4,1", "4,400", "8,13"})
  void theFirstConflictIsNamedWithBothLines(int threads, int splitRows) {
    List<String> lines = numbersThenAText(false);
    int line = 100_001;
    String id = lines.get(line - 1).substring(0, lines.get(line - 1).indexOf('|'));
    String earlier = SampleRows.date(Integer.parseInt(id) % 300);
    int earlierLine = 1;
    while (!lines.get(earlierLine - 1).startsWith(id + "|")) {
      earlierLine++;
    }
    lines.set(line - 1, id + "|" + SampleRows.date(999));
    for (int later = line + 10; later < line + 5_000; later += 10) {
      String other = lines.get(later).substring(0, lines.get(later).indexOf('|'));
      lines.set(later, other + "|" + SampleRows.date(998));
    }
    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () ->
                AlmanacBuilder.create()
                    .onDuplicate(DuplicatePolicy.FAIL)
                    .threads(threads)
                    .build(new SplitRows(lines, splitRows), folder.resolve("mixed.almanac")));
    assertEquals(
        "an ID must not have two dates: id=%s date=%s earlier date=%s earlier file=rows earlier line=%d, file=rows line=%d"
            .formatted(id, SampleRows.date(999), earlier, earlierLine, line),
        refused.getMessage());
  }
}
