package dev.almanac.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A file that is built from another one and rows is, byte for byte, what a build of the entries and
 * the rows gives.
 */
class BaseTest {
  @TempDir Path folder;

  /** What a file of a test holds. */
  enum Ids {
    DENSE,
    SPARSE,
    TEXTS,
    NUMBERS_AND_TEXTS;

    String id(int n) {
      return switch (this) {
        case DENSE -> Long.toString(1_000_000 + n);
        case SPARSE -> Long.toString(new SplittableRandom(n).nextLong());
        case TEXTS -> "ORD-" + "x".repeat(n % 30) + n;
        case NUMBERS_AND_TEXTS -> n % 3 == 0 ? "N" + n : Integer.toString(n);
      };
    }
  }

  private static List<String> lines(Ids ids, int from, int to, int firstDate, int dates) {
    List<String> lines = new ArrayList<>();
    for (int n = from; n < to; n++) {
      lines.add(ids.id(n) + "|" + SampleRows.date(firstDate + (int) (n * 7919L % dates)));
    }
    return lines;
  }

  private static Map<String, String> map(List<String> lines, DuplicatePolicy policy) {
    Map<String, String> map = new HashMap<>();
    for (String line : lines) {
      int bar = line.indexOf('|');
      map.merge(
          line.substring(0, bar),
          line.substring(bar + 1),
          (one, other) -> policy == DuplicatePolicy.LAST ? other : one);
    }
    return map;
  }

  private static BaseChanges changes(List<String> base, List<String> rows, DuplicatePolicy policy) {
    Map<String, String> old = map(base, policy);
    int added = 0;
    int changed = 0;
    for (Map.Entry<String, String> row : map(rows, policy).entrySet()) {
      String before = old.get(row.getKey());
      added += before == null ? 1 : 0;
      changed +=
          before != null && policy == DuplicatePolicy.LAST && !before.equals(row.getValue())
              ? 1
              : 0;
    }
    return new BaseChanges(added, 0, changed);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static AlmanacBuilder builder(int threads) {
    return AlmanacBuilder.create().threads(threads);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "DENSE,LAST,1",
    "DENSE,LAST,4",
    "DENSE,FIRST,3",
    "SPARSE,LAST,4",
    "SPARSE,FIRST,2",
    "TEXTS,LAST,4",
    "TEXTS,FIRST,1",
    "NUMBERS_AND_TEXTS,LAST,4",
    "NUMBERS_AND_TEXTS,FIRST,3",
  })
  void aBaseAndRowsGiveTheFileOfAllRows(Ids ids, DuplicatePolicy policy, int threads)
      throws IOException {
    List<String> first = lines(ids, 0, 20_000, 0, 300);
    // Changes, repeats and additions, and two dates for some IDs.
    List<String> second = lines(ids, 15_000, 25_000, 200, 300);
    second.addAll(lines(ids, 24_000, 25_500, 700, 11));
    builder(threads).build(new SplitRows(first, 777), file("base"));
    BuildReport report =
        builder(threads)
            .base(file("base"))
            .onDuplicate(policy)
            .build(new SplitRows(second, 100), file("delta"));
    assertEquals(second.size(), report.rowCount());
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    BuildReport full = builder(2).onDuplicate(policy).build(new SplitRows(all, 500), file("full"));
    assertEquals(full.edition(), report.edition());
    assertArrayEquals(Files.readAllBytes(file("full")), Files.readAllBytes(file("delta")));
    assertEquals(changes(first, second, policy), report.changes());
    BuildReport alone = builder(2).build(new SplitRows(second, 500), file("alone"));
    assertEquals(alone.duplicateCount(), report.duplicateCount());
    assertEquals(alone.conflictCount(), report.conflictCount());
    assertNull(alone.changes());
  }

  @Test
  void anUnchangedBaseGivesItsOwnBytes() throws IOException {
    for (Ids ids : Ids.values()) {
      builder(2).build(new SplitRows(lines(ids, 0, 5_000, 0, 40), 100), file("base"));
      byte[] base = Files.readAllBytes(file("base"));
      builder(3).base(file("base")).build(new SplitRows(List.of(), 1), file("delta"));
      assertArrayEquals(base, Files.readAllBytes(file("delta")), ids::name);
    }
  }

  @Test
  void theBaseMayBeTheTarget() throws IOException {
    Path file = file("dates.almanac");
    builder(2).build(new SplitRows(lines(Ids.SPARSE, 0, 3_000, 0, 40), 100), file);
    try (Almanac before = Almanac.open(file)) {
      String id = Ids.SPARSE.id(7);
      LocalDate old = before.date(id);
      builder(2).base(file).build(new SplitRows(List.of(id + "|2031-05-07"), 1), file);
      assertEquals(old, before.date(id), "who has the old file open keeps it");
    }
    try (Almanac after = Almanac.open(file)) {
      assertEquals(3_000, after.size());
      assertEquals(LocalDate.of(2031, 5, 7), after.date(Ids.SPARSE.id(7)));
    }
    assertEquals(List.of("dates.almanac"), SampleRows.names(folder));
  }

  @Test
  void aTextAmongTheRowsMakesTextsOfANumericBase() throws IOException {
    List<String> first = lines(Ids.DENSE, 0, 2_000, 0, 40);
    builder(2).build(new SplitRows(first, 100), file("base"));
    BuildReport report =
        builder(2)
            .base(file("base"))
            .build(new SplitRows(List.of("A-1|2024-02-29"), 1), file("delta"));
    assertEquals(IdKind.TEXT, report.idKind());
    assertTrue(
        report
            .remarks()
            .get(0)
            .text()
            .startsWith("1 of 2001 rows has an ID that is not a number, so all IDs are texts"),
        report.remarks()::toString);
    List<String> all = new ArrayList<>(first);
    all.add("A-1|2024-02-29");
    builder(2).build(new SplitRows(all, 100), file("full"));
    assertArrayEquals(Files.readAllBytes(file("full")), Files.readAllBytes(file("delta")));
  }

  @Test
  void aBaseOfTextsIsRefusedWhereNumbersAreWanted() throws IOException {
    builder(2).build(new SplitRows(lines(Ids.TEXTS, 0, 10, 0, 4), 100), file("base"));
    BuildException refused =
        assertThrows(
            BuildException.class,
            () ->
                builder(2)
                    .ids(IdKind.LONG)
                    .onBadRow(BadRowPolicy.skip())
                    .base(file("base"))
                    .build(new SplitRows(List.of("7|2024-02-29"), 1), file("delta")));
    assertEquals(
        "a base of text IDs cannot become a file of numbers: ids=LONG base=TEXT, path="
            + file("base"),
        refused.getMessage());
  }

  @Test
  void failAllowsNewIdsAndNamesTheBaseForOthers() throws IOException {
    Path base = file("base");
    builder(2).build(new SplitRows(List.of("7|2024-02-29"), 1), base);
    builder(2)
        .onDuplicate(DuplicatePolicy.FAIL)
        .base(base)
        .build(new SplitRows(List.of("8|2024-03-01", "7|2024-02-29"), 1), file("delta"));
    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () ->
                builder(2)
                    .onDuplicate(DuplicatePolicy.FAIL)
                    .base(base)
                    .build(
                        new SplitRows(List.of("8|2024-03-01", "7|2024-03-02"), 1), file("delta")));
    assertEquals(
        "an ID must not have two dates: id=7 date=2024-03-02 earlier date=2024-02-29 earlier file="
            + base
            + ", file=rows line=2",
        refused.getMessage());
    try (Almanac delta = Almanac.open(file("delta"))) {
      assertEquals(2, delta.size(), "the old file stays");
    }
  }

  @Test
  void aDamagedBaseIsRefusedByName() throws IOException {
    Path base = file("base");
    builder(2).build(new SplitRows(lines(Ids.SPARSE, 0, 3_000, 0, 40), 100), base);
    byte[] whole = Files.readAllBytes(base);
    for (int at : new int[] {100, whole.length / 2, whole.length - 300, whole.length - 1}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.delete(base);
      Files.write(base, damaged);
      CorruptAlmanacException refused =
          assertThrows(
              CorruptAlmanacException.class,
              () ->
                  builder(2)
                      .base(base)
                      .build(new SplitRows(List.of("7|2024-02-29"), 1), file("delta")));
      assertTrue(refused.getMessage().contains(base.toString()), refused::getMessage);
    }
    assertEquals(List.of("base"), SampleRows.names(folder));
  }

  @Test
  void aBaseThatIsNotThereIsNamed() {
    NoSuchFileException refused =
        assertThrows(
            NoSuchFileException.class,
            () ->
                builder(2)
                    .base(file("base"))
                    .build(new SplitRows(List.of("7|2024-02-29"), 1), file("delta")));
    assertTrue(refused.getMessage().contains(file("base").toString()), refused::getMessage);
  }

  @Test
  void anOpenAlmanacIsASource() throws IOException {
    List<String> first = lines(Ids.TEXTS, 0, 4_000, 0, 40);
    List<String> second = lines(Ids.SPARSE, 0, 4_000, 10, 40);
    builder(2).build(new SplitRows(first, 100), file("first"));
    builder(2).build(new SplitRows(second, 100), file("second"));
    Path lines =
        Files.write(file("lines"), List.of("a|2031-05-07", Ids.TEXTS.id(3) + "|2031-05-08"));
    try (Almanac one = Almanac.open(file("first"));
        Almanac two = Almanac.open(file("second"))) {
      RowSource rows =
          RowSource.concat(
              RowSource.of(one),
              DelimitedRows.of(lines),
              RowSource.of(two),
              RowSource.of(List.of(new RowSource.Row("a", "2031-05-09")).iterator()));
      BuildReport report = builder(4).build(rows, file("both"));
      assertEquals(8_003, report.rowCount());
      assertEquals(8_001, report.idCount());
    }
    try (Almanac both = Almanac.open(file("both"))) {
      assertEquals(LocalDate.of(2031, 5, 9), both.date("a"));
      assertEquals(LocalDate.of(2031, 5, 8), both.date(Ids.TEXTS.id(3)));
      for (String line : first.subList(4, first.size())) {
        int bar = line.indexOf('|');
        assertEquals(line.substring(bar + 1), String.valueOf(both.date(line.substring(0, bar))));
      }
      for (String line : second) {
        int bar = line.indexOf('|');
        assertEquals(line.substring(bar + 1), String.valueOf(both.date(line.substring(0, bar))));
      }
    }
  }

  @Test
  void anEmptyIdOfARowIsNamedWithTheLineOfItsOwnSource() throws IOException {
    builder(2).build(new SplitRows(lines(Ids.SPARSE, 0, 3_000, 0, 40), 100), file("base"));
    Path rows = Files.writeString(file("rows.txt"), "7|2024-02-29\n|2024-02-29\n", UTF_8);
    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () -> builder(4).base(file("base")).build(DelimitedRows.of(rows), file("delta")));
    assertTrue(refused.getMessage().endsWith("file=" + rows + " line=2"), refused::getMessage);
  }

  @Test
  void aRowWithoutADateRemovesItsIdOfTheBase() throws IOException {
    for (Ids ids : Ids.values()) {
      List<String> first = lines(ids, 0, 1_000, 0, 40);
      builder(2).build(new SplitRows(first, 100), file("base"));
      List<String> second = new ArrayList<>();
      for (int n = 0; n < 1_100; n += 3) {
        second.add(ids.id(n) + "|");
      }
      // Removed and given another date after that.
      second.add(ids.id(0) + "|2031-05-07");
      BuildReport report =
          builder(2)
              .nullDates("")
              .base(file("base"))
              .build(new SplitRows(second, 10), file("delta"));
      assertEquals(333 + 33, report.leftOutCount(), ids::name);
      assertEquals(new BaseChanges(0, 333, 1), report.changes(), ids::name);
      assertEquals(1_000 - 333, report.idCount());
      List<String> left = new ArrayList<>(List.of(second.get(second.size() - 1)));
      for (int n = 1; n < 1_000; n++) {
        if (n % 3 != 0) {
          left.add(first.get(n));
        }
      }
      builder(2).build(new SplitRows(left, 100), file("full"));
      assertArrayEquals(
          Files.readAllBytes(file("full")), Files.readAllBytes(file("delta")), ids::name);
    }
  }

  @Test
  void aRowWithoutADateRemovesNothingUnderFirstAndIsRefusedUnderFail() throws IOException {
    Path base = file("base");
    builder(2).build(new SplitRows(List.of("7|2024-02-29"), 1), base);
    RowSource rows = new SplitRows(List.of("7|", "8|", "9|2024-03-01"), 1);
    AlmanacBuilder builder = builder(2).nullDates("").base(base);
    builder.onDuplicate(DuplicatePolicy.FIRST).build(rows, file("delta"));
    try (Almanac delta = Almanac.open(file("delta"))) {
      assertEquals(2, delta.size());
      assertEquals(LocalDate.of(2024, 2, 29), delta.date(7));
    }
    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () -> builder.onDuplicate(DuplicatePolicy.FAIL).build(rows, file("delta")));
    assertEquals(
        "an ID must not have two dates: id=7 date=none earlier date=2024-02-29 earlier file="
            + base
            + ", file=rows line=1",
        refused.getMessage());
  }

  @Test
  void theDatesOfTheBaseDoNotDependOnTheFormatOfTheRows() throws IOException {
    builder(2).build(new SplitRows(List.of("7|2024-02-01", "8|2024-02-03"), 1), file("base"));
    // Read with this format, the base's 2024-02-01 would be the second of January.
    builder(2)
        .dateFormat(DateFormat.pattern("uuuu-dd-MM"))
        .base(file("base"))
        .build(new SplitRows(List.of("8|2024-02-01", "9|2024-03-02"), 1), file("delta"));
    try (Almanac delta = Almanac.open(file("delta"))) {
      assertEquals(LocalDate.of(2024, 2, 1), delta.date(7));
      assertEquals(LocalDate.of(2024, 1, 2), delta.date(8));
      assertEquals(LocalDate.of(2024, 2, 3), delta.date(9));
    }
  }

  @Test
  void keptTextsThatTheFormatReadsOtherwiseAreRefused() throws IOException {
    builder(2).build(new SplitRows(List.of("7|2024-02-01"), 1), file("base"));
    BuildException refused =
        assertThrows(
            BuildException.class,
            () ->
                builder(2)
                    .dateFormat(DateFormat.pattern("uuuu-dd-MM"))
                    .keepDateText()
                    .base(file("base"))
                    .build(new SplitRows(List.of("8|2024-02-01"), 1), file("delta")));
    assertEquals(
        "an almanac's dates must be written in the format of the rows where their text is kept:"
            + " date=2024-02-01 day=2024-02-01 formats=[uuuu-dd-MM]",
        refused.getMessage());
  }

  @Test
  void keptTextsComeOverFromTheBase() throws IOException {
    AlmanacBuilder builder =
        builder(2).dateFormat(DateFormat.iso(), DateFormat.pattern("d.M.uuuu")).keepDateText();
    builder.build(new SplitRows(List.of("7|1.2.2024", "8|01.2.2024"), 1), file("base"));
    builder.base(file("base")).build(new SplitRows(List.of("9|2024-02-01"), 1), file("delta"));
    try (Almanac delta = Almanac.open(file("delta"))) {
      assertEquals("1.2.2024", delta.dictionary().text(delta.code(7)));
      assertEquals("01.2.2024", delta.dictionary().text(delta.code(8)));
      assertEquals("2024-02-01", delta.dictionary().text(delta.code(9)));
    }
  }

  /** A file of days is built from a base that has one or two texts of each, in place or not. */
  @ParameterizedTest
  @CsvSource({"DENSE,1", "DENSE,2", "SPARSE,1", "SPARSE,2"})
  void textsOfTheBaseThatAreNotKeptBecomeDays(Ids ids, int textsOfADay) throws IOException {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    List<String> days = new ArrayList<>();
    for (int n = 0; n < 200; n++) {
      int day = 1 + n % 6;
      // All IDs with the other text of a day.
      boolean goes = n >= 10 && n < 20;
      first.add(ids.id(n) + (textsOfADay == 2 && goes ? "|0" : "|") + day + ".2.2024");
      if (goes) {
        second.add(ids.id(n) + "|2031-05-07");
      }
      days.add(ids.id(n) + "|2024-02-0" + day);
    }
    builder(2)
        .dateFormat(DateFormat.pattern("d.M.uuuu"))
        .keepDateText()
        .build(new SplitRows(first, 100), file("base"));
    days.addAll(second);
    builder(2).base(file("base")).build(new SplitRows(second, 3), file("delta"));
    builder(2).build(new SplitRows(days, 100), file("full"));
    assertArrayEquals(Files.readAllBytes(file("full")), Files.readAllBytes(file("delta")));
  }

  @Test
  void moreChangesThanTheLimitAreNotPublished() throws IOException {
    builder(2).build(new SplitRows(lines(Ids.SPARSE, 0, 1_000, 0, 40), 100), file("base"));
    // 994 to 999 are changed, ten are added, five removed.
    List<String> rows = lines(Ids.SPARSE, 994, 1_010, 500, 1);
    for (int n = 0; n < 5; n++) {
      rows.add(Ids.SPARSE.id(n) + "|");
    }
    AlmanacBuilder builder = builder(2).nullDates("").base(file("base"));
    RowSource source = new SplitRows(rows, 7);
    builder.maxChanges(21).build(source, file("delta"));
    builder.maxChangesPercent(2.1).build(source, file("delta"));
    Files.delete(file("delta"));
    for (int i = 0; i < 2; i++) {
      AlmanacBuilder strict = i == 0 ? builder.maxChanges(20) : builder.maxChangesPercent(2.09);
      BuildException refused =
          assertThrows(BuildException.class, () -> strict.build(source, file("delta")));
      assertEquals(
          "too many IDs change to publish (maxChanges, --max-changes): changes=21"
              + " expectedAtMost=20 added=10 removed=5 changed=6 oldIds=1000, path="
              + file("base"),
          refused.getMessage());
    }
    assertEquals(List.of("base"), SampleRows.names(folder));
  }

  @Test
  void withoutABaseTheFileThatIsReplacedCounts() throws IOException {
    AlmanacBuilder builder = builder(2).maxChanges(3);
    Path target = file("dates");
    builder.build(new SplitRows(lines(Ids.TEXTS, 0, 1_000, 0, 40), 100), target);
    List<String> rows = lines(Ids.TEXTS, 1, 1_002, 0, 40);
    builder.build(new SplitRows(rows, 100), target);
    rows.set(500, Ids.TEXTS.id(501) + "|2031-05-07");
    rows.remove(0);
    rows.remove(0);
    rows.add("new|2031-05-07");
    byte[] second = Files.readAllBytes(target);
    BuildException refused =
        assertThrows(BuildException.class, () -> builder.build(new SplitRows(rows, 100), target));
    assertEquals(
        "too many IDs change to publish (maxChanges, --max-changes): changes=4 expectedAtMost=3"
            + " added=1 removed=2 changed=1 oldIds=1001, path="
            + target,
        refused.getMessage());
    assertArrayEquals(second, Files.readAllBytes(target), "the old file stays");
  }
}
