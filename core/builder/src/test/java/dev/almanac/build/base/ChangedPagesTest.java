package dev.almanac.build.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.PageOracle;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.SplitRows;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.read.SealedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pages that are changed where they lie are, byte for byte, those that a build of all rows writes,
 * also where buckets overflow, over the seam of a page, and where a page has no room.
 */
class ChangedPagesTest {
  private static final int DATES = 300;
  private static final long HIGHEST = (1L << 40) - 1;

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(22);

  /** What the newest edition holds. */
  private final TreeMap<Long, String> map = new TreeMap<>();

  private final List<String> rows = new ArrayList<>();
  private Path base = Path.of("");

  @BeforeEach
  void path() {
    base = folder.resolve("base");
  }

  private void build(int idCount, long highest) throws IOException {
    for (int i = 0; i < DATES; i++) {
      // Every date stays in use, whatever changes.
      map.put((long) i, SampleRows.date(i));
    }
    map.put(highest, SampleRows.date(0));
    while (map.size() < idCount) {
      map.put(random.nextLong(highest), date());
    }
    builder().build(all(), base);
  }

  private AlmanacBuilder builder() {
    return AlmanacBuilder.create().nullDates("").threads(2);
  }

  private SplitRows all() {
    return new SplitRows(
        map.entrySet().stream().map(entry -> entry.getKey() + "|" + entry.getValue()).toList(),
        1_000);
  }

  private String date() {
    return SampleRows.date(random.nextInt(DATES));
  }

  private void put(long id) {
    String date = date();
    rows.add(id + "|" + date);
    map.put(id, date);
  }

  private void remove(long id) {
    rows.add(id + "|");
    map.remove(id);
  }

  /** Removes random IDs down to a given number. Keeps the first and the last ID. */
  private void shrinkTo(int idCount) {
    List<Long> ids = new ArrayList<>(map.keySet());
    while (map.size() > idCount) {
      int i = random.nextInt(DATES, ids.size() - 1);
      remove(ids.get(i));
      ids.remove(i);
    }
  }

  /** Builds the next edition from the base and the rows, which must be that of the map. */
  private BuildReport change() throws IOException {
    Path full = folder.resolve("full");
    builder().build(all(), full);
    BuildReport report = builder().base(base).build(new SplitRows(rows, 100), base);
    assertArrayEquals(Files.readAllBytes(full), Files.readAllBytes(base));
    assertEquals(List.of(), Almanac.verify(base).damages());
    rows.clear();
    return report;
  }

  private static void assertChangedInPlace(BuildReport report) {
    assertFalse(report.phases().containsKey("write"), () -> report.phases().toString());
  }

  private Footer footer() throws IOException {
    SealedFile file = SealedFile.open(base);
    try {
      return file.footer();
    } finally {
      file.close();
    }
  }

  /** IDs of one home bucket that the map does not hold. */
  private Set<Long> idsOf(long bucket, int count) throws IOException {
    Footer footer = footer();
    HashedPages pages = new HashedPages(footer.pages(), footer.entryCount());
    Set<Long> ids = new TreeSet<>();
    for (long rest = random.nextInt(1 << 20); ids.size() < count; rest++) {
      long mixed = pages.mixed(bucket, rest);
      long id = footer.pages().firstKey() + pages.unmix(mixed, 0);
      if (pages.bucket(mixed) == bucket && id > DATES && id < HIGHEST && !map.containsKey(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 7_000})
  void hashedPagesAreChangedInPlace(int idCount) throws IOException {
    build(idCount, HIGHEST);
    for (int round = 0; round < 12; round++) {
      for (int i = random.nextInt(60); i > 0; i--) {
        put(random.nextLong(HIGHEST));
      }
      List<Long> ids = new ArrayList<>(map.keySet());
      for (int i = random.nextInt(60); i > 0; i--) {
        put(ids.get(random.nextInt(DATES, ids.size() - 1)));
      }
      shrinkTo(idCount);
      assertChangedInPlace(change());
    }
    assertEquals(Layout.HASHED, footer().pages().layout());
  }

  @Test
  void keysOfOneBucketFlowOverTheSeamOfItsPage() throws IOException {
    build(7_000, HIGHEST);
    Footer footer = footer();
    int bucketCount = 1 << footer.pages().pageBits();
    List<Long> added = new ArrayList<>();
    for (int bucket : new int[] {0, 1, bucketCount - 1, bucketCount - 2, bucketCount / 2}) {
      for (long page = 0; page < footer.entryCount(); page++) {
        int count = random.nextInt(1, 2 * HashedPages.slotCount(footer.pages().slotBytes()));
        for (long id : idsOf(page * bucketCount + bucket, count)) {
          put(id);
          added.add(id);
        }
        shrinkTo(7_000);
      }
      assertChangedInPlace(change());
    }
    // And back.
    added.removeIf(id -> !map.containsKey(id));
    added.forEach(this::remove);
    while (map.size() < 7_000) {
      put(random.nextLong(HIGHEST));
    }
    assertChangedInPlace(change());
  }

  /** One key changes at a time where keys of the last bucket lie in the first. */
  @Test
  void oneChangeBesideTheSeamOfAPageKeepsTheKeysBeyondIt() throws IOException {
    build(7_000, HIGHEST);
    Footer footer = footer();
    HashedPages pages = new HashedPages(footer.pages(), footer.entryCount());
    int last = (1 << footer.pages().pageBits()) - 1;
    idsOf(last, 2 * pages.slotCount).forEach(this::put);
    shrinkTo(7_000);
    assertChangedInPlace(change());
    for (int bucket : new int[] {0, 1, last - 1, last}) {
      long id =
          map.keySet().stream()
              .filter(key -> key > DATES && key < HIGHEST)
              .filter(key -> pages.bucket(pages.mix(key - footer.pages().firstKey())) == bucket)
              .findFirst()
              .orElseThrow();
      String other = SampleRows.date(map.get(id).equals(SampleRows.date(0)) ? 1 : 0);
      rows.add(id + "|" + other);
      map.put(id, other);
      assertChangedInPlace(change());
    }
  }

  @Test
  void aPageWithoutRoomTakesTheSeedOfAFullBuild() throws IOException {
    build(7_000, HIGHEST);
    Footer before = footer();
    int slots = HashedPages.slotCount(before.pages().slotBytes());
    idsOf(77, (HashedPages.MAX_DISTANCE + 2) * slots).forEach(this::put);
    shrinkTo(7_000);
    BuildReport report = change();
    assertTrue(report.phases().containsKey("write"), () -> report.phases().toString());
    assertTrue(footer().pages().seed() != before.pages().seed(), "another seed");
  }

  @Test
  void directPagesAreChangedInPlace() throws IOException {
    long highest = 20_000;
    build(15_000, highest);
    for (int round = 0; round < 6; round++) {
      for (int i = random.nextInt(200); i > 0; i--) {
        put(random.nextLong(DATES, highest));
      }
      shrinkTo(15_000);
      assertChangedInPlace(change());
    }
    assertEquals(Layout.DIRECT, footer().pages().layout());
  }

  /** What a seal reads, in pieces of any size, are the bytes of a full build. */
  @ParameterizedTest
  @CsvSource({"3000, 1099511627775, HASHED", "15000, 20000, DIRECT"})
  void piecesOfAnySizeGiveTheBytesOfAFullBuild(int idCount, long highest, Layout layout)
      throws IOException {
    build(idCount, highest);
    TreeMap<Long, Integer> changes = drawChanges(idCount, highest);
    Path full = folder.resolve("full");
    builder().build(all(), full);
    byte[] expected = Files.readAllBytes(full);
    Footer footer = PageOracle.footer(full);
    assertEquals(layout, footer.pages().layout());
    // What stands after the count is not looked at.
    long[] ids = Arrays.copyOf(longs(changes.keySet()), changes.size() + 3);
    int[] codes =
        Arrays.copyOf(
            changes.values().stream().mapToInt(Integer::intValue).toArray(), changes.size() + 3);
    for (int most : new int[] {200, 3_000, 1 << 20}) {
      try (Base old = Base.open(base, IdKind.LONG)) {
        assertNull(ChangedPages.of(old, plan(8 * DATES), ids, codes, changes.size()));
        ChangedPages changed = ChangedPages.of(old, plan(DATES), ids, codes, changes.size());
        assertNotNull(changed);
        int storeBytes = (int) footer.geometry().storeBytes();
        for (int at = 0; at < storeBytes; ) {
          byte[] piece = new byte[Math.min(storeBytes - at, 1 + random.nextInt(most))];
          ByteBuffer into = ByteBuffer.wrap(piece);
          changed.read(into, at);
          assertEquals(0, into.remaining());
          assertArrayEquals(Arrays.copyOfRange(expected, at, at + piece.length), piece);
          at += piece.length;
        }
        assertEquals(footer.longestProbe(), changed.longestProbe());
        try (Parallel threads = new Parallel(1)) {
          changed.check(threads, full);
          assertThrows(IllegalStateException.class, () -> changed.check(threads, base));
        }
      }
    }
  }

  private static long[] longs(Set<Long> ids) {
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  /** Changes the map: as many IDs come as go. */
  private TreeMap<Long, Integer> drawChanges(int idCount, long highest) {
    TreeMap<Long, Integer> changes = new TreeMap<>();
    for (int i = 0; i < 50; i++) {
      long id = random.nextLong(DATES, highest);
      int code = random.nextInt(DATES);
      changes.put(id, code);
      map.put(id, SampleRows.date(code));
    }
    List<Long> ids = new ArrayList<>(map.keySet());
    while (map.size() > idCount) {
      long id = ids.get(random.nextInt(DATES, ids.size() - 1));
      if (map.remove(id) != null) {
        changes.put(id, MergedKeys.REMOVED);
      }
    }
    return changes;
  }

  private PagePlan plan(int dateCount) {
    PagePlan plan = PagePlan.of(Layout.AUTO, map.size(), 0, map.lastKey(), dateCount);
    assertNotNull(plan);
    return plan;
  }
}
