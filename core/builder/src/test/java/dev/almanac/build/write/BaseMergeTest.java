package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.OwnProcess;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.SplitRows;
import dev.almanac.format.Directory;
import dev.almanac.format.Xxh64;
import dev.almanac.generated.MemoryFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A few rows change a base of numbers: its pages are merged with what they change. */
class BaseMergeTest {
  private static final String NONE = "";

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private SplittableRandom random = new SplittableRandom(0);
  private final TreeMap<Long, String> base = new TreeMap<>();
  private final List<String> rows = new ArrayList<>();

  private static AlmanacBuilder builder() {
    return AlmanacBuilder.create().allowEmpty().nullDates(NONE).threads(1);
  }

  private static SplitRows lines(Map<Long, String> map) {
    return new SplitRows(
        map.entrySet().stream().map(entry -> entry.getKey() + "|" + entry.getValue()).toList(),
        1_000);
  }

  private BuildReport build(AlmanacBuilder builder, Map<Long, String> map, String name)
      throws IOException {
    return builder.build(lines(map), folder.resolve(name));
  }

  private BuildReport merge(AlmanacBuilder builder) throws IOException {
    return builder
        .base(folder.resolve("base"))
        .build(new SplitRows(rows, 7), folder.resolve("changed"));
  }

  private static boolean isMerged(BuildReport report) {
    return !report.phases().containsKey("sort");
  }

  private void assertIsBuildOf(Map<Long, String> map, Layout layout) throws IOException {
    build(builder().layout(layout), map, "full");
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("full")), Files.readAllBytes(folder.resolve("changed")));
  }

  /** Few IDs have one of the later dates, so that such a date comes into use and goes out of it. */
  private String date() {
    return SampleRows.date(random.nextInt(1 + random.nextInt(1 + random.nextInt(9))));
  }

  private void draw(boolean dense) {
    int count = random.nextInt(24, 240);
    long first =
        switch (random.nextInt(3)) {
          case 0 -> Long.MIN_VALUE;
          case 1 -> Long.MAX_VALUE - 2 * count - 100;
          default -> -count;
        };
    while (base.size() < count) {
      long id = dense ? first + 50 + random.nextInt(2 * count) : random.nextLong() >> 1;
      base.put(id, date());
    }
    // A quarter is few enough.
    int rowCount = count / 4 + (random.nextInt(8) == 0 ? 1 : -random.nextInt(4));
    while (rows.size() < rowCount) {
      String id =
          switch (random.nextInt(40)) {
            case 0 -> "text";
            case 1 -> Long.toString(random.nextInt(9) == 0 ? base.firstKey() : base.lastKey());
            case 2 -> Long.toString(base.lastKey() + 1 + random.nextInt(49));
            case 3, 4, 5, 6 ->
                rows.isEmpty() ? "text" : idOf(rows.get(random.nextInt(rows.size())));
            case 7, 8, 9, 10, 11, 12, 13, 14 ->
                Long.toString(
                    dense ? first + random.nextInt(2 * count + 100) : random.nextLong() >> 2);
            default -> Long.toString(some(base.keySet()));
          };
      boolean none = id.equals("text") || random.nextInt(4) == 0;
      rows.add(id + "|" + (none ? NONE : date()));
    }
  }

  private long some(Set<Long> ids) {
    return ids.stream().skip(random.nextInt(ids.size())).findFirst().orElseThrow();
  }

  private static String idOf(String row) {
    return row.substring(0, row.indexOf('|'));
  }

  private static String dateOf(String row) {
    return row.substring(row.indexOf('|') + 1);
  }

  /** What the rows come to, one after the other. */
  private final class Naive {
    final TreeMap<Long, String> map = new TreeMap<>(base);
    int duplicates;
    int conflicts;
    int leftOut;
    boolean refused;
    BaseChanges changes;

    Naive(DuplicatePolicy policy) {
      Map<String, String> chosen = new HashMap<>();
      Map<String, Set<String>> dates = new HashMap<>();
      for (String row : rows) {
        Set<String> ofId = dates.computeIfAbsent(idOf(row), id -> new HashSet<>());
        boolean isNew = ofId.add(dateOf(row));
        duplicates += isNew ? 0 : 1;
        conflicts += isNew && ofId.size() > 1 ? 1 : 0;
        if (policy == DuplicatePolicy.LAST || ofId.size() == 1 && isNew) {
          chosen.put(idOf(row), dateOf(row));
        }
      }
      refused = policy == DuplicatePolicy.FAIL && conflicts > 0;
      int added = 0;
      int removed = 0;
      int changed = 0;
      for (Map.Entry<String, String> row : chosen.entrySet()) {
        String date = row.getValue();
        boolean none = date.equals(NONE);
        Long id = row.getKey().equals("text") ? null : Long.valueOf(row.getKey());
        String old = id == null ? null : base.get(id);
        refused |= policy == DuplicatePolicy.FAIL && old != null && !old.equals(date);
        if (old != null && policy != DuplicatePolicy.LAST) {
          continue;
        }
        leftOut += none ? 1 : 0;
        added += old == null && !none ? 1 : 0;
        removed += old != null && none ? 1 : 0;
        changed += old != null && !none && !old.equals(date) ? 1 : 0;
        if (id != null && none) {
          map.remove(id);
        } else if (id != null) {
          map.put(id, date);
        }
      }
      changes = new BaseChanges(added, removed, changed);
    }
  }

  /** Merges generated rows; says whether they were merged with the base's pages. */
  private boolean mergesAsTheNaiveMap(DuplicatePolicy policy, Layout layout) throws IOException {
    build(builder().layout(layout), base, "base");
    Naive naive = new Naive(policy);
    AlmanacBuilder builder = builder().layout(layout).onDuplicate(policy);
    if (naive.refused) {
      assertThrows(RefusedRowException.class, () -> merge(builder));
      return false;
    }
    BuildReport report = merge(builder);
    assertEquals(naive.changes, report.changes());
    assertEquals(naive.duplicates, report.duplicateCount());
    assertEquals(naive.conflicts, report.conflictCount());
    assertEquals(naive.leftOut, report.leftOutCount());
    assertEquals(naive.map.size(), report.idCount());
    assertIsBuildOf(naive.map, layout);
    boolean keepsEnds =
        naive.map.containsKey(base.firstKey()) && naive.map.containsKey(base.lastKey());
    if (rows.size() > base.size() / 4) {
      assertEquals(false, isMerged(report), "too many rows");
    } else if (layout == Layout.DIRECT && keepsEnds) {
      assertEquals(true, isMerged(report));
    }
    return isMerged(report);
  }

  @ParameterizedTest
  @CsvSource({"LAST,true,12", "LAST,false,6", "FIRST,true,4", "FAIL,true,8", "FAIL,false,3"})
  void aFewRowsChangeABaseAsTheNaiveMap(DuplicatePolicy policy, boolean dense, int cases)
      throws IOException {
    int merged = 0;
    for (int seed = 0; seed < cases; seed++) {
      base.clear();
      rows.clear();
      random = new SplittableRandom(seed);
      draw(dense);
      if (policy == DuplicatePolicy.FAIL) {
        keepOne(seed);
      }
      merged += mergesAsTheNaiveMap(policy, dense ? Layout.DIRECT : Layout.AUTO) ? 1 : 0;
    }
    assertTrue(merged > 0, "none was merged");
  }

  /** Of each ID one row, which the base agrees with; but for one row of some builds. */
  private void keepOne(int seed) {
    Set<String> seen = new TreeSet<>();
    rows.removeIf(row -> !seen.add(idOf(row)));
    rows.replaceAll(
        row -> {
          String old = idOf(row).equals("text") ? null : base.get(Long.valueOf(idOf(row)));
          return old == null ? row : idOf(row) + "|" + old;
        });
    if (seed % 4 == 1) {
      rows.set(0, base.lowerKey(base.lastKey()) + "|" + SampleRows.date(99));
    } else if (seed % 4 == 2) {
      rows.set(0, "9000|" + SampleRows.date(1));
      rows.set(1, "9000|" + SampleRows.date(2));
    } else if (seed % 4 == 3) {
      rows.set(0, base.lowerKey(base.lastKey()) + "|");
    }
  }

  /** More rows than the arrays begin with, and a base that is read in parts. */
  @Test
  void someThousandRowsChangeABaseOfManyParts() throws IOException {
    for (long id = 0; id < 40_000; id++) {
      base.put(id, SampleRows.date((int) (id % 50)));
    }
    Map<Long, String> map = new TreeMap<>(base);
    for (long id = 1; id < 39_000; id += 13) {
      String date = id % 2 == 0 ? NONE : SampleRows.date((int) (10 + id % 51));
      rows.add(id + "|" + date);
      map.put(id, date);
    }
    // A date of which one ID is left, at the end, and a date that goes.
    for (long id = 7; id < 40_000; id += 50) {
      rows.add(id + "|" + (id + 50 < 40_000 ? NONE : SampleRows.date(7)));
      rows.add(id + 1 + "|" + NONE);
      map.put(id, id + 50 < 40_000 ? NONE : SampleRows.date(7));
      map.put(id + 1, NONE);
    }
    map.values().removeIf(NONE::equals);
    build(builder(), base, "base");
    assertEquals(true, isMerged(merge(builder())));
    assertEquals(0, OwnProcess.descriptors(folder.resolve("base").toRealPath()));
    assertIsBuildOf(map, Layout.AUTO);
  }

  /** IDs in runs, in hashed pages: a build that may choose takes blocks. */
  @ParameterizedTest
  @ValueSource(ints = {12, 400})
  void hashedPagesYieldToBlocks(int runCount) throws IOException {
    SplittableRandom runs = new SplittableRandom(4);
    for (int run = 0; run < runCount; run++) {
      long first = runs.nextLong() >> 3 & -1L << 6;
      for (int i = 0; i < 64; i++) {
        base.put(first + i, SampleRows.date(i % 9));
      }
    }
    build(builder().layout(Layout.HASHED), base, "base");
    long id = base.higherKey(base.firstKey());
    rows.add(id + "|" + SampleRows.date(8));
    TreeMap<Long, String> map = new TreeMap<>(base);
    map.put(id, SampleRows.date(8));
    assertEquals(true, isMerged(merge(builder().layout(Layout.HASHED))));
    assertIsBuildOf(map, Layout.HASHED);
    BuildReport report = merge(builder());
    assertEquals(Layout.BLOCKS, report.layout());
    assertEquals(false, isMerged(report));
    assertIsBuildOf(map, Layout.AUTO);
  }

  /** Direct pages that take less than hashed ones, and more than blocks. */
  @Test
  void directPagesYieldToBlocks() throws IOException {
    for (long run = 0; run < 60; run++) {
      for (int i = 0; i < 64; i++) {
        base.put(run * 448 + i, SampleRows.date(i % 9));
      }
    }
    build(builder().layout(Layout.DIRECT), base, "base");
    rows.add("5|" + SampleRows.date(8));
    BuildReport report = merge(builder());
    assertEquals(Layout.BLOCKS, report.layout());
    base.put(5L, SampleRows.date(8));
    assertIsBuildOf(base, Layout.AUTO);
  }

  /** Texts are spooled by their hashes, which may be numbers of the base. */
  @Test
  void aTextWithoutADateRemovesNoNumber() throws IOException {
    // So many that one is in the first partition of the texts.
    int textCount = 1_500;
    for (int i = 0; i < textCount; i++) {
      byte[] text = ("text" + i).getBytes(StandardCharsets.US_ASCII);
      base.put(Xxh64.hash(text, 0, text.length), SampleRows.date(i % 50));
      rows.add("text" + i + "|" + NONE);
    }
    while (base.size() < 4 * rows.size()) {
      base.put(random.nextLong(), SampleRows.date(1));
    }
    build(builder(), base, "base");
    BuildReport report = merge(builder());
    assertEquals(true, isMerged(report));
    assertEquals(textCount, report.leftOutCount());
    assertEquals(new BaseChanges(0, 0, 0), report.changes());
    assertIsBuildOf(base, Layout.AUTO);
  }

  /** A base in another layout than is asked for, or of which the build has another one. */
  @ParameterizedTest
  @CsvSource({
    "DIRECT,HASHED",
    "HASHED,DIRECT",
    "ENTRIES,AUTO",
    "BLOCKS,AUTO",
    "DIRECT,ENTRIES",
    "DIRECT,BLOCKS"
  })
  void aBaseOfAnotherLayoutIsSpooled(Layout before, Layout after) throws IOException {
    for (long id = 0; id < 300; id++) {
      base.put(id * 16, SampleRows.date((int) (id % 50)));
    }
    build(builder().layout(before), base, "base");
    rows.add("16|" + SampleRows.date(3));
    BuildReport report = merge(builder().layout(after));
    assertEquals(false, isMerged(report));
    base.put(16L, SampleRows.date(3));
    assertIsBuildOf(base, after);
  }

  @Test
  void anEmptyBaseIsSpooled() throws IOException {
    build(builder(), base, "base");
    assertEquals(false, isMerged(merge(builder())));
    assertIsBuildOf(base, Layout.AUTO);
  }

  /** Each ID alone in its block of 16, or a block full of them, or in between. */
  @ParameterizedTest
  @CsvSource({"1,0", "16,0", "4,0", "4,12", "3,8"})
  void theSmallestBlocksOfHashedPagesAreEstimated(int idsOfABlock, int offset) throws IOException {
    SplittableRandom blocks = new SplittableRandom(9);
    int blockCount = 4_800 / idsOfABlock;
    for (int block = 0; block < blockCount; block++) {
      long first = blocks.nextLong() & -1L << Directory.MIN_BLOCK_BITS;
      for (int i = 0; i < idsOfABlock; i++) {
        base.put(first + offset + i, SampleRows.date(i));
      }
    }
    build(builder().layout(Layout.HASHED), base, "base");
    try (Almanac almanac = Almanac.open(folder.resolve("base"))) {
      assertTrue(almanac.info().entryCount() >= 8, almanac.info()::toString);
      // Each key stands for the same part of a block, so that no chance is in the estimate.
      assertEquals(blockCount, BaseMerge.smallestBlocks(almanac), 1);
    }
  }

  @Test
  void theSmallestBlocksOfFewPagesAreNotEstimated() throws IOException {
    for (long id = 0; id < 1_000; id++) {
      base.put(id << 30, SampleRows.date(0));
    }
    build(builder().layout(Layout.HASHED), base, "base");
    try (Almanac almanac = Almanac.open(folder.resolve("base"))) {
      assertEquals(0, BaseMerge.smallestBlocks(almanac));
    }
  }
}
