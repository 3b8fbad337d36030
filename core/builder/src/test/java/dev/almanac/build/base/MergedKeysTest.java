package dev.almanac.build.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.PageOracle;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.SplitRows;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.format.HashedPages;
import dev.almanac.generated.MemoryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A base and its changes, merged by partition, beside one naive map. */
class MergedKeysTest {
  private static final int DATES = 20;

  /** What a code of the base becomes: dates come before the first. */
  private static final int LATER = 3;

  private static final long HIGHEST = (1L << 40) - 1;

  /** IDs whose hashed pages have two partitions: with one less there is one. */
  private static final int TWO_PARTITIONS = idsOfTwoPartitions();

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private final SplittableRandom random = new SplittableRandom(40);
  private final TreeMap<Long, Integer> base = new TreeMap<>();
  private final TreeMap<Long, Integer> changes = new TreeMap<>();

  private Path file() {
    return folder.resolve("base");
  }

  private void build(Layout layout) throws IOException {
    AlmanacBuilder.create()
        .threads(1)
        .layout(layout)
        .build(
            new SplitRows(
                base.entrySet().stream()
                    .map(entry -> entry.getKey() + "|" + SampleRows.date(entry.getValue()))
                    .toList(),
                10_000),
            file());
  }

  /** As many IDs of a range, its ends among them, with all dates. */
  private void fill(int idCount, long first, long last) {
    base.put(first, 0);
    base.put(last, 1);
    while (base.size() < idCount) {
      base.putIfAbsent(random.nextLong(first, last), base.size() % DATES);
    }
  }

  /** The changes and what the merged keys must be. */
  private TreeMap<Long, Integer> expected() {
    TreeMap<Long, Integer> expected = new TreeMap<>();
    base.forEach((id, code) -> expected.put(id, code + LATER));
    changes.forEach(
        (id, code) -> {
          if (code == MergedKeys.REMOVED) {
            expected.remove(id);
          } else {
            expected.put(id, code);
          }
        });
    return expected;
  }

  /** The plan of the IDs after the changes. */
  private PagePlan plan(Layout layout) {
    TreeMap<Long, Integer> ids = expected();
    return Objects.requireNonNull(
        PagePlan.of(layout, ids.size(), ids.firstKey(), ids.lastKey(), DATES + LATER));
  }

  private @Nullable MergedKeys merged(Almanac almanac, PagePlan plan) {
    int[] newCodes = new int[DATES];
    for (int code = 0; code < DATES; code++) {
      newCodes[code] = code + LATER;
    }
    // Beyond the count there is something else.
    long[] ids = new long[changes.size() + 5];
    int[] codes = new int[changes.size() + 5];
    int count = 0;
    for (Map.Entry<Long, Integer> change : changes.entrySet()) {
      ids[count] = change.getKey();
      codes[count++] = change.getValue();
    }
    return MergedKeys.of(almanac, plan, newCodes, ids, codes, count);
  }

  private void assertMerged(PagePlan plan) throws IOException {
    TreeMap<Long, Integer> expected = expected();
    Fingerprint fingerprint = new Fingerprint();
    expected.forEach(fingerprint::add);
    try (Almanac almanac = Almanac.open(file())) {
      MergedKeys merged = Objects.requireNonNull(merged(almanac, plan));
      // One partition was read before the fingerprint of all is asked for.
      merged.read(plan.partitionCount() - 1, (id, low, code) -> {});
      assertTrue(merged.fingerprint().sameAs(fingerprint));
      TreeMap<Long, Integer> found = new TreeMap<>();
      assertEquals(plan.partitionCount(), merged.partitionCount());
      PagePlan.Partitioner partitioner = plan.partitioner();
      for (int i = 0; i < plan.partitionCount(); i++) {
        int partition = i;
        merged.read(
            partition,
            (id, low, code) -> {
              assertEquals(partition, partitioner.partition(id, 0));
              assertEquals(0, low);
              assertNull(found.put(id, code), "an ID twice");
            });
      }
      assertEquals(expected, found);
      assertTrue(merged.fingerprint().sameAs(fingerprint));
    }
  }

  /** IDs that come, change and go, but for the ends. */
  private void change(long from, long to) {
    for (int i = 0; i < 60; i++) {
      changes.put(random.nextLong(from, to), random.nextInt(DATES + LATER));
    }
    base.keySet().stream()
        .skip(1)
        .limit(base.size() - 2)
        .filter(id -> random.nextInt(9) == 0)
        .toList()
        .forEach(id -> changes.put(id, random.nextInt(-1, DATES)));
  }

  @ParameterizedTest
  @CsvSource({
    "1500, 0, 1999, 0, 1999",
    "1500, -1000, 999, -1000, 1100",
    "1500, 0, 1999, -1, 1999",
    "1500, 0, 1999, -511, 1999",
    "1500, 0, 1999, -512, 2600",
    "1500, 0, 1999, -60000, 1999",
    "1500, 0, 1999, 0, 60000",
    "1500, 0, 1999, -1300, 150000",
    "40, 9223372036854775700, 9223372036854775807, 9223372036854774000, 9223372036854775807",
    "40, -9223372036854775808, -9223372036854775700, -9223372036854775808, -9223372036854774000"
  })
  void directPagesMayBeginAndEndElsewhere(
      int idCount, long first, long last, long newFirst, long newLast) throws IOException {
    fill(idCount, first, last);
    change(newFirst, newLast);
    changes.put(newFirst, 5);
    changes.put(newLast, 6);
    build(Layout.DIRECT);
    assertMerged(plan(Layout.DIRECT));
  }

  @Test
  void hashedPagesOfOnePartitionAreMerged() throws IOException {
    fill(900, 0, HIGHEST);
    change(0, HIGHEST);
    build(Layout.HASHED);
    PagePlan plan = plan(Layout.HASHED);
    assertEquals(1, plan.partitionCount());
    assertMerged(plan);
  }

  private static int idsOfTwoPartitions() {
    int idCount = 1 << 14;
    while (hashed(idCount, 0, HIGHEST).partitionCount() < 2) {
      idCount++;
    }
    return idCount;
  }

  private static PagePlan hashed(int idCount, long first, long last) {
    return Objects.requireNonNull(PagePlan.of(Layout.HASHED, idCount, first, last, DATES + LATER));
  }

  @Test
  void hashedPagesOfTwoPartitionsAreMergedWhereTheirOrderIsTheSame() throws IOException {
    int idCount = TWO_PARTITIONS;
    fill(idCount, 0, HIGHEST);
    build(Layout.HASHED);
    change(0, HIGHEST);
    PagePlan same = hashed(idCount, 0, HIGHEST);
    assertEquals(2, same.partitionCount());
    assertMerged(same);
    try (Almanac almanac = Almanac.open(file())) {
      assertEquals(same.pageCount(), almanac.info().entryCount());
      assertNotNull(merged(almanac, hashed(idCount, 0, HIGHEST - 1)));
      changes.clear();
      assertNull(merged(almanac, hashed(idCount, -1, HIGHEST - 1)), "another first key");
      assertNull(merged(almanac, hashed(idCount, 0, 2 * HIGHEST)), "a longer key");
      PagePlan direct = PagePlan.of(Layout.DIRECT, idCount, 0, idCount, DATES + LATER);
      assertNull(merged(almanac, Objects.requireNonNull(direct)), "another layout");
    }
  }

  /** A page that is no whole part of a partition. */
  @Test
  void anOddNumberOfPagesIsNotMergedIntoTwoPartitions() throws IOException {
    int idCount = TWO_PARTITIONS - 1;
    while (hashed(idCount, 0, HIGHEST).pageCount() % 2 == 0) {
      idCount--;
    }
    fill(idCount, 0, HIGHEST);
    build(Layout.HASHED);
    try (Almanac almanac = Almanac.open(file())) {
      assertEquals(1, almanac.info().entryCount() % 2);
      assertNotNull(merged(almanac, hashed(idCount, 0, HIGHEST)));
      assertNull(merged(almanac, hashed(TWO_PARTITIONS, 0, HIGHEST)));
    }
  }

  /** So many IDs of one bucket that the base was built with another seed. */
  @Test
  void pagesOfAnotherSeedAreNotInTheOrderOfTheFirst() throws IOException {
    int idCount = TWO_PARTITIONS;
    PagePlan plan = hashed(idCount, 0, HIGHEST);
    HashedPages pages = new HashedPages(plan.pages(), plan.pageCount());
    for (long rest = 0; base.size() < (HashedPages.MAX_DISTANCE + 2) * pages.slotCount; rest++) {
      long mixed = pages.mixed(77, rest);
      if (pages.bucket(mixed) == 77) {
        base.put(pages.unmix(mixed, 0), base.size() % DATES);
      }
    }
    fill(idCount, 0, HIGHEST);
    build(Layout.HASHED);
    assertNotEquals(0, PageOracle.footer(file()).pages().seed());
    try (Almanac almanac = Almanac.open(file())) {
      assertNull(merged(almanac, plan));
    }
  }

  @Test
  void textsAreNotMerged() throws IOException {
    AlmanacBuilder.create().build(new SplitRows(List.of("C-100|2024-02-29"), 1), file());
    try (Almanac almanac = Almanac.open(file())) {
      PagePlan plan = PagePlan.of(almanac.info().layout(), 1, 0, 100, 1);
      assertNull(merged(almanac, Objects.requireNonNull(plan)));
    }
  }

  @Test
  void whatTheConsumerThrowsComesOut() throws IOException {
    fill(50, 0, 99);
    build(Layout.DIRECT);
    IOException full = new IOException("full");
    try (Almanac almanac = Almanac.open(file())) {
      MergedKeys merged = Objects.requireNonNull(merged(almanac, plan(Layout.DIRECT)));
      assertEquals(
          full,
          assertThrows(
              IOException.class,
              () ->
                  merged.read(
                      0,
                      (id, low, code) -> {
                        throw full;
                      })));
    }
  }
}
