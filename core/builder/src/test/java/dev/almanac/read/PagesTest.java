package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lookups in pages that are full, crossed by windows, cut, forged. */
class PagesTest extends TableTest {
  private HandmadeFile direct(long firstKey, int dateCount, int pageBits, int pageCount)
      throws IOException {
    PageLayout layout =
        new PageLayout(
            Layout.DIRECT,
            firstKey,
            PageLayout.bits(((long) pageCount << pageBits) - 1),
            0,
            PageLayout.codeBits(dateCount),
            pageBits,
            0,
            0);
    return HandmadeFile.ofPages(folder.resolve("direct.almanac"), layout, dateCount, pageCount);
  }

  private HandmadeFile hashed(int keyBits, int dateCount, int pageBits, int pageCount)
      throws IOException {
    int codeBits = PageLayout.codeBits(dateCount);
    PageLayout layout =
        new PageLayout(
            Layout.HASHED,
            keyBits == 64 ? Long.MIN_VALUE : -77,
            keyBits,
            0,
            codeBits,
            pageBits,
            HashedPages.slotBytes(keyBits, 0, codeBits, (long) pageCount << pageBits),
            keyBits);
    return HandmadeFile.ofPages(folder.resolve("hashed.almanac"), layout, dateCount, pageCount);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        1, 2, 3, 4, 7, 8, 15, 31, 63, 127, 255, 256, 500, 1023, 2047, 4000, 65_535, 70_000, 600_000
      })
  void directCodesOfEveryWidthComeBack(int dateCount) throws IOException {
    try (HandmadeFile file = direct(-3_000, dateCount, 9, 12)) {
      SplittableRandom random = new SplittableRandom(dateCount);
      Map<Long, Integer> codeById = new HashMap<>();
      for (long id = -3_000; id < -3_000 + 12 * 512; id++) {
        if (random.nextInt(8) > 0) {
          // Often the highest code, which is next to all-ones.
          codeById.put(id, random.nextInt(3) == 0 ? dateCount - 1 : random.nextInt(dateCount));
          file.putDirect(id, codeById.get(id));
        }
      }
      assertAnswers(file, codeById, MOSTLY_ABSENT);
      assertEquals(List.of(), Verification.of(file.path).damages());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE - 1023, -512, 0})
  void directPagesMayLieAtEitherEndOfTheNumbers(long firstKey) throws IOException {
    try (HandmadeFile file = direct(firstKey, 3, 9, 2)) {
      Map<Long, Integer> codeById = new HashMap<>();
      for (long index : new long[] {0, 1, 511, 512, 1023}) {
        codeById.put(firstKey + index, (int) index % 3);
        file.putDirect(firstKey + index, (int) index % 3);
      }
      LongTable table = LongTable.of(file.open());
      codeById.forEach((id, code) -> assertEquals(code, table.code(id)));
      for (long id : MOSTLY_ABSENT) {
        assertEquals(codeById.getOrDefault(id, -1), table.code(id), "id=" + id);
      }
      assertEquals(List.of(), Verification.of(file.path).damages());
    }
  }

  /**
   * From a few buckets to some, with slots of every width, so full that many keys are displaced.
   */
  @ParameterizedTest
  @ValueSource(ints = {10, 14, 18, 22, 26, 30, 34, 38, 42, 46, 50, 54, 58, 62})
  void everyKeyIsFoundHoweverFullTheBucketsAre(int keyBits) throws IOException {
    for (int pageBits = 1; pageBits < 5; pageBits++) {
      try (HandmadeFile file = hashed(keyBits, 200, pageBits, 3)) {
        SplittableRandom random = new SplittableRandom(keyBits);
        Map<Long, Integer> codeById = new HashMap<>();
        int slots = 3 << pageBits;
        slots *= 64 / (file.pages.slotBytes() + 1);
        for (int i = 0; i < 3 * slots && codeById.size() < slots * 9 / 10; i++) {
          long id = file.pages.firstKey() + (random.nextLong() & -1L >>> -keyBits);
          int code = random.nextInt(200);
          if (!codeById.containsKey(id) && hasRoom(file, id, code)) {
            codeById.put(id, code);
          }
        }
        assertTrue(codeById.size() > slots * 3 / 5, "full: " + codeById.size() + " of " + slots);
        assertAnswers(file, codeById, MOSTLY_ABSENT);
        assertEquals(List.of(), Verification.of(file.path).damages());
      }
    }
  }

  private static boolean hasRoom(HandmadeFile file, long id, int code) throws IOException {
    try {
      file.putHashed(id, code);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** One home bucket for all: the last are as far away as keys may be. */
  @Test
  void keysOfOneHomeAreFoundUpToTheLongestDistance() throws IOException {
    try (HandmadeFile file = hashed(40, 3, 4, 2)) {
      int home = file.home(5);
      Map<Long, Integer> codeById = new HashMap<>();
      long id = 5;
      while (hasRoomOrIsElsewhere(file, id, home, codeById)) {
        id++;
      }
      assertEquals(HashedPages.MAX_DISTANCE + 1, file.longestProbe);
      assertAnswers(file, codeById, MOSTLY_ABSENT);
      assertEquals(List.of(), Verification.of(file.path).damages());
      assertTheFooterBoundsTheWay(file, codeById);
    }
  }

  /** Whatever a bucket says of its reach. The IDs fill one bucket after the other, in order. */
  private static void assertTheFooterBoundsTheWay(HandmadeFile file, Map<Long, Integer> codeById)
      throws IOException {
    int slots = 64 / (file.pages.slotBytes() + 1);
    long[] ids = codeById.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    for (int probes = 1; probes <= HashedPages.MAX_DISTANCE + 1; probes++) {
      file.longestProbe = probes;
      LongTable table = LongTable.of(file.open());
      for (int i = 0; i < ids.length; i++) {
        int expected = i < probes * slots ? codeById.get(ids[i]) : -1;
        assertEquals(expected, table.code(ids[i]), "id=" + ids[i]);
        assertEquals(expected, inBatch(table, ids[i]), "id=" + ids[i]);
      }
    }
  }

  /** Whatever else lies in a bucket, whatever the width of its slots. */
  @ParameterizedTest
  @ValueSource(ints = {10, 18, 26, 34, 42, 50, 58})
  void threeBitsSayHowFarKeysLie(int keyBits) throws IOException {
    try (HandmadeFile file = hashed(keyBits, 200, 5, 1)) {
      SplittableRandom random = new SplittableRandom(keyBits);
      int[] reaches = new int[32];
      for (int bucket = 0; bucket < reaches.length; bucket++) {
        for (long at = file.bucketOffset(bucket); at <= file.slotEnd(bucket, 0); at++) {
          file.putByte(at, random.nextInt(256));
        }
        int marks = 0;
        for (int slot = 0; slot < 3; slot++) {
          marks |= (file.read(file.slotEnd(bucket, slot), 1).get() >> 7 & 1) << slot;
        }
        reaches[bucket] = HashedPages.reach(marks);
      }
      SealedFile sealed = file.open();
      for (int bucket = 0; bucket < reaches.length; bucket++) {
        int at = (int) (file.bucketOffset(bucket) - file.dataOffset(0));
        assertEquals(
            reaches[bucket], Buckets.reach(sealed.regions()[0], at, file.pages.slotBytes()));
      }
    }
  }

  private static boolean hasRoomOrIsElsewhere(
      HandmadeFile file, long id, int home, Map<Long, Integer> codeById) throws IOException {
    if (file.home(id) != home) {
      return true;
    }
    if (!hasRoom(file, id, (int) (id % 3))) {
      return false;
    }
    codeById.put(id, (int) (id % 3));
    return true;
  }

  /** All bits of rest and code set, and none: neither is an empty slot. */
  @Test
  void noKeyIsTakenForAnEmptySlot() throws IOException {
    for (int keyBits : new int[] {12, 20, 34, 52}) {
      try (HandmadeFile file = hashed(keyBits, 3, 2, 1)) {
        HashedPages pages = new HashedPages(file.pages, file.entryCount);
        Map<Long, Integer> codeById = new HashMap<>();
        for (long bucket = 0; bucket < 4; bucket++) {
          for (long rest : new long[] {0, (1L << pages.restBits) - 1}) {
            long mixed = pages.mixed(bucket, rest);
            if (pages.bucket(mixed) == bucket
                && pages.rest(mixed) == rest
                && PageLayout.bits(mixed) <= keyBits) {
              long id = file.pages.firstKey() + pages.unmix(mixed, 0);
              codeById.put(id, rest == 0 ? 0 : 2);
              file.putHashed(id, rest == 0 ? 0 : 2);
            }
          }
        }
        assertTrue(codeById.size() >= 4);
        assertAnswers(file, codeById, MOSTLY_ABSENT);
      }
    }
  }

  /** Codes and buckets on both sides of the offsets at which a window ends, and across them. */
  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED"})
  void pagesMayFillSeveralWindows(Layout layout) throws IOException {
    boolean isDirect = layout == Layout.DIRECT;
    int pageBits = isDirect ? 20 : 14;
    int pageCount = isDirect ? 1_400 : 2_100;
    PageLayout pages =
        new PageLayout(
            layout,
            1_000,
            isDirect ? PageLayout.bits(((long) pageCount << pageBits) - 1) : 48,
            0,
            12,
            pageBits,
            isDirect ? 0 : HashedPages.slotBytes(48, 0, 12, (long) pageCount << pageBits),
            0);
    try (HandmadeFile file =
        HandmadeFile.ofUnfilledPages(folder.resolve("large.almanac"), pages, 4_000, pageCount)) {
      Map<Long, Integer> codeById = new HashMap<>();
      SplittableRandom random = new SplittableRandom(7);
      for (int window = 1; window <= 2; window++) {
        long boundary = (long) window << Windows.SHIFT;
        int page = (int) (boundary / pages.entryBytes());
        if (!isDirect) {
          clearBucketsAround(file, boundary);
        }
        for (int i = -40; i < 40; i++) {
          if (isDirect) {
            long place = (boundary - page * pages.entryBytes()) * 8 / 12 + i;
            long id = 1_000 + ((long) page << pageBits) + place;
            codeById.put(id, 1 + random.nextInt(3_999));
            file.putDirect(id, codeById.get(id));
          } else {
            HashedPages hashed = new HashedPages(pages, pageCount);
            long bucket = bucketAt(file, boundary) + i;
            // More than two buckets of keys for the last one before the boundary.
            for (int k = i == -1 ? 20 : 1; k > 0; k--) {
              long mixed = hashed.mixed(bucket, 12_345 + 4_001L * k + i * 7L);
              long id = 1_000 + hashed.unmix(mixed, 0);
              if (hashed.bucket(mixed) == bucket && PageLayout.bits(mixed) <= 48) {
                codeById.put(id, 1 + random.nextInt(3_999));
                file.putHashed(id, codeById.get(id));
              }
            }
          }
        }
      }
      assertTrue(codeById.size() > 100);
      SealedFile sealed = file.open();
      assertEquals(3, sealed.regions().length);
      LongTable table = LongTable.of(sealed);
      long[] ids = codeById.keySet().stream().mapToLong(Long::longValue).toArray();
      int[] codes = batch(ids.length, found -> table.codes(ids, 0, found, 1, ids.length));
      for (int i = 0; i < ids.length; i++) {
        assertEquals(codeById.get(ids[i]), table.code(ids[i]), "id=" + ids[i]);
        assertEquals(codeById.get(ids[i]), codes[i]);
      }
      Map<Long, Integer> walked = new HashMap<>();
      for (int window = 1; window <= 2; window++) {
        int page = (int) (((long) window << Windows.SHIFT) / pages.entryBytes());
        for (LongCursor cursor = table.cursor(page, page + 1); cursor.next(); ) {
          // What is a hole has the code 0.
          if (cursor.code() != 0) {
            walked.put(cursor.id(), cursor.code());
          }
        }
      }
      assertEquals(codeById, walked);
    }
  }

  /** Empties 48 buckets on each side of the place where a window ends. */
  static void clearBucketsAround(HandmadeFile file, long boundary) throws IOException {
    int middle = bucketAt(file, boundary);
    for (int bucket = middle - 48; bucket < middle + 48; bucket++) {
      file.clearBucket(bucket);
    }
  }

  /** The bucket in which the byte with this offset from the data of page 0 lies. */
  static int bucketAt(HandmadeFile file, long offset) {
    long page = offset / file.pages.entryBytes();
    long place = (offset - page * file.pages.entryBytes()) / HashedPages.BUCKET_BYTES;
    return (int) ((page << file.pages.pageBits()) + place);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 200, 4_000, 70_000})
  void aCodeThatIsNoneIsDamage(int dateCount) throws IOException {
    try (HandmadeFile file = direct(0, dateCount, 9, 1)) {
      int wrong = dateCount;
      boolean hole = Integer.bitCount(dateCount + 1) == 1;
      file.putDirect(5, dateCount - 1);
      file.putDirect(6, wrong);
      LongTable table = LongTable.of(file.open());
      assertEquals(dateCount - 1, table.code(5));
      if (hole) {
        assertEquals(-1, table.code(6));
      } else {
        assertNoCode(wrong, file, () -> table.code(6), () -> inBatch(table, 6));
        assertNoCode(wrong, file, table.cursor()::next);
      }
    }
    try (HandmadeFile file = hashed(30, dateCount, 2, 1)) {
      file.putHashed(5, dateCount - 1);
      file.putHashed(6, dateCount);
      LongTable table = LongTable.of(file.open());
      assertEquals(dateCount - 1, table.code(5));
      assertNoCode(dateCount, file, () -> table.code(6), () -> inBatch(table, 6));
      assertNoCode(dateCount, file, table.cursor()::next);
    }
  }

  private HandmadeFile one(Layout layout) throws IOException {
    HandmadeFile file = layout == Layout.DIRECT ? direct(0, 3, 9, 1) : hashed(30, 3, 2, 1);
    for (long id : new long[] {5, 300}) {
      if (layout == Layout.DIRECT) {
        file.putDirect(id, 1);
      } else {
        file.putHashed(id, 1);
      }
    }
    return file;
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED"})
  void noAnswerCountsOnceTheSealIsGone(Layout layout) throws IOException {
    try (HandmadeFile file = one(layout)) {
      LongTable table = LongTable.of(file.open());
      assertNoAnswerCountsOnceTheSealIsGone(
          file,
          () -> table.cursor()::next,
          () -> table.code(200),
          () -> table.code(5),
          () -> table.code(987_654_321_000L),
          () -> inBatch(table, 5),
          () -> inBatch(table, 200));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED"})
  void aClosedFileSaysSo(Layout layout) throws IOException {
    try (HandmadeFile file = one(layout)) {
      SealedFile sealed = file.open();
      LongTable table = LongTable.of(sealed);
      LongCursor cursor = table.cursor();
      sealed.close();
      assertClosed(
          file,
          () -> table.code(5),
          () -> table.code(987_654_321_000L),
          () -> inBatch(table, 5),
          () -> inBatch(table, 987_654_321_000L),
          cursor::next);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED"})
  void somePagesMayBeWalkedAlone(Layout layout) throws IOException {
    boolean isDirect = layout == Layout.DIRECT;
    try (HandmadeFile file = isDirect ? direct(0, 3, 9, 4) : hashed(30, 3, 3, 4)) {
      int there = 0;
      for (long id = 0; id < 130; id++) {
        long spread = id * 15;
        long page = isDirect ? spread >> 9 : file.home(spread) >> 3;
        there += page == 1 || page == 2 ? 1 : 0;
        if (isDirect) {
          file.putDirect(spread, 1);
        } else {
          file.putHashed(spread, 1);
        }
      }
      LongTable table = LongTable.of(file.open());
      assertEquals(4, table.partCount());
      int walked = 0;
      for (LongCursor cursor = table.cursor(1, 3); cursor.next(); ) {
        walked++;
      }
      assertEquals(there, walked);
      assertTrue(there > 20 && there < 110);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED"})
  void lookupsAllocateNothingAndBatchesNext(Layout layout) throws Exception {
    try (HandmadeFile file = one(layout)) {
      LongTable table = LongTable.of(file.open());
      long[] ids = {5, 300, 6, 987_654_321_000L};
      int[] codes = new int[ids.length];
      assertAllocatesLessThan(8, () -> table.code(ids[0]));
      assertAllocatesLessThan(8, () -> table.code(ids[2]));
      // Below JDK 25 an empty array each.
      assertAllocatesLessThan(64, () -> table.codes(ids, 0, codes, 0, ids.length));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED"})
  void aWalkLooksAtTheSealOnItsWay(Layout layout) throws IOException {
    boolean isDirect = layout == Layout.DIRECT;
    try (HandmadeFile file = isDirect ? direct(0, 3, 10, 1) : hashed(30, 3, 7, 1)) {
      for (long id = 0; id < 600; id++) {
        if (isDirect) {
          file.putDirect(id, 1);
        } else {
          file.putHashed(id, 1);
        }
      }
      assertEachStretchLooksAtTheSeal(file, 256, LongTable.of(file.open()).cursor()::next);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED"})
  void aWalkLooksAtTheSealWhereItFindsNothing(Layout layout) throws IOException {
    try (HandmadeFile file = layout == Layout.DIRECT ? direct(0, 4, 10, 1) : hashed(30, 4, 8, 1)) {
      if (layout == Layout.DIRECT) {
        file.putDirect(1_000, 5);
      } else {
        long id = 0;
        while (file.home(id) < 200) {
          id++;
        }
        file.putHashed(id, 5);
      }
      LongTable table = LongTable.of(file.open());
      assertALongWayLooksAtTheSeal(file, () -> table.cursor()::next);
    }
  }
}
