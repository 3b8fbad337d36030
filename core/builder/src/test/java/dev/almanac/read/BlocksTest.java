package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.format.Directory;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lookups in blocks of every size, crossed by windows, cut, forged. */
class BlocksTest extends TableTest {
  /** Blocks of {@code 2^blockBits} numbers, in a directory of two pages. */
  static PageLayout layout(
      long firstKey, int keyBits, int blockBits, int blockCount, int pageBits, int dateCount) {
    int directoryPageBits = 0;
    while (4L << directoryPageBits < blockCount
        && directoryPageBits + 1 < Math.min(8, keyBits - blockBits - 1)) {
      directoryPageBits++;
    }
    return new PageLayout(
        Layout.BLOCKS,
        firstKey,
        keyBits,
        0,
        PageLayout.codeBits(dateCount),
        pageBits,
        0,
        0,
        directory(keyBits, blockBits, blockCount, directoryPageBits));
  }

  private static Directory directory(int keyBits, int blockBits, int blockCount, int pageBits) {
    int slotBytes =
        HashedPages.slotBytes(
            keyBits - blockBits, 0, PageLayout.codeBits(blockCount), 2L << pageBits);
    PageLayout buckets =
        Directory.pages(keyBits, blockBits, blockCount, pageBits, slotBytes, keyBits);
    return new Directory(blockBits, blockCount, buckets, 2, 1);
  }

  private HandmadeFile file(PageLayout layout, int dateCount, Set<Long> blocks) throws IOException {
    return HandmadeFile.ofBlocks(folder.resolve("blocks.almanac"), layout, dateCount, blocks);
  }

  private static Set<Long> blocks(SplittableRandom random, int blockNumberBits, int count) {
    Set<Long> blocks = new HashSet<>();
    while (blocks.size() < count) {
      blocks.add(random.nextLong() & -1L >>> -blockNumberBits);
    }
    return blocks;
  }

  /** Puts codes into some places of each block, the first and the last place sometimes alone. */
  private static Map<Long, Integer> fill(
      HandmadeFile file, Set<Long> blocks, SplittableRandom random, int most) throws IOException {
    Map<Long, Integer> codeById = new HashMap<>();
    int blockBits = file.pages.directory().blockBits();
    for (long block : blocks) {
      int count = random.nextInt(1, most);
      for (int i = 0; i < count; i++) {
        long place =
            switch (random.nextInt(6)) {
              case 0 -> 0;
              case 1 -> (1 << blockBits) - 1;
              default -> random.nextInt(1 << blockBits);
            };
        long id = file.pages.firstKey() + (block << blockBits) + place;
        // Often the highest code, which is next to all-ones.
        int code = random.nextInt(3) == 0 ? file.dateCount - 1 : random.nextInt(file.dateCount);
        if (codeById.putIfAbsent(id, code) == null) {
          file.putInBlock(id, code);
        }
      }
    }
    return codeById;
  }

  @ParameterizedTest
  @CsvSource({
    "4, 6, 3, 9, 3",
    "4, 20, 60, 9, 1",
    "4, 44, 300, 10, 4000",
    "5, 64, 100, 9, 2",
    "7, 44, 80, 9, 255",
    "7, 64, 80, 12, 600000",
    "10, 12, 4, 9, 200",
    "10, 33, 50, 12, 70000",
    "16, 18, 2, 9, 3",
    "16, 50, 3, 17, 4000",
    "16, 64, 3, 10, 31"
  })
  void everyCodeComesBack(int blockBits, int keyBits, int blockCount, int pageBits, int dateCount)
      throws IOException {
    for (long firstKey : new long[] {0, -65_536L * 12_345, Long.MIN_VALUE}) {
      if (firstKey != Long.MIN_VALUE && keyBits == 64) {
        continue;
      }
      SplittableRandom random = new SplittableRandom(keyBits + firstKey);
      PageLayout layout = layout(firstKey, keyBits, blockBits, blockCount, pageBits, dateCount);
      Set<Long> blocks = blocks(random, keyBits - blockBits, blockCount);
      try (HandmadeFile file = file(layout, dateCount, blocks)) {
        Map<Long, Integer> codeById = fill(file, blocks, random, 12);
        List<Long> absent = new ArrayList<>();
        for (long id : codeById.keySet()) {
          absent.add(id + (1L << blockBits));
          absent.add(id ^ 1L << random.nextInt(64));
        }
        for (long id : MOSTLY_ABSENT) {
          absent.add(id);
        }
        assertAnswers(file, codeById, absent.stream().mapToLong(Long::longValue).toArray());
        assertEquals(List.of(), Verification.of(file.path).damages());
        assertEquals(codeById.size(), Verification.of(file.path).idCount());
      }
    }
  }

  /** A block of which all places are IDs, and one ID for each block. */
  @Test
  void aBlockMayBeFullOrHaveOneId() throws IOException {
    for (int most : new int[] {200, 2}) {
      SplittableRandom random = new SplittableRandom(most);
      Set<Long> blocks = blocks(random, 20, 50);
      try (HandmadeFile file = file(layout(64, 24, 4, 50, 9, 7), 7, blocks)) {
        Map<Long, Integer> codeById = fill(file, blocks, random, most);
        assertAnswers(file, codeById, MOSTLY_ABSENT);
        assertEquals(List.of(), Verification.of(file.path).damages());
      }
    }
  }

  @Test
  void displacedBlocksAreFound() throws IOException {
    Set<Long> blocks = blocks(new SplittableRandom(5), 40, 60);
    // Two pages of four buckets, of which each has eight slots or a few more.
    Directory directory = directory(44, 4, 60, 2);
    PageLayout layout =
        new PageLayout(Layout.BLOCKS, 0, 44, 0, PageLayout.codeBits(3), 9, 0, 0, directory);
    try (HandmadeFile file = file(layout, 3, blocks)) {
      Map<Long, Integer> codeById = fill(file, blocks, new SplittableRandom(6), 9);
      assertTrue(file.directory.longestProbe() > 1);
      assertAnswers(file, codeById, MOSTLY_ABSENT);
      assertEquals(List.of(), Verification.of(file.path).damages());
      // What the footer says bounds the way, whatever a bucket says of its reach.
      int longest = file.directory.longestProbe();
      file.directory = new Directory(4, 60, directory.pages(), 2, longest - 1);
      LongTable table = LongTable.of(file.open());
      long missing = codeById.keySet().stream().filter(id -> table.code(id) < 0).count();
      assertTrue(missing > 0 && missing < codeById.size(), "missing=" + missing);
      assertEquals(
          List.of(
              "footer: the longest probe of the directory must be what it says: found="
                  + longest
                  + " expected="
                  + (longest - 1)),
          Verification.of(file.path).damages());
    }
  }

  /**
   * Codes on both sides of the offsets at which a window ends; the directory in the last window.
   */
  @Test
  void blocksMayFillSeveralWindows() throws IOException {
    int blockBits = 10;
    int pageBits = 20;
    int blockCount = 1_400 << pageBits - blockBits;
    int dateCount = 4_000;
    PageLayout layout = layout(0, 50, blockBits, blockCount, pageBits, dateCount);
    try (HandmadeFile file =
        HandmadeFile.ofUnfilledPages(folder.resolve("large.almanac"), layout, dateCount, 1_400)) {
      file.fillDirectory(Set.of());
      Map<Long, Integer> codeById = new HashMap<>();
      SplittableRandom random = new SplittableRandom(7);
      Map<Integer, Long> blockByIndex = new HashMap<>();
      // The code of index 0, too.
      blockByIndex.put(0, 1L << 39);
      file.putBlock(blockByIndex.get(0), 0);
      codeById.put(blockByIndex.get(0) << blockBits, 7);
      file.putInBlock(blockByIndex.get(0) << blockBits, 7);
      for (int window = 1; window <= 2; window++) {
        long boundary = (long) window << Windows.SHIFT;
        long page = boundary / layout.entryBytes();
        long place = (boundary - page * layout.entryBytes()) * 8 / 12;
        for (long index = (page << pageBits) + place - 40;
            index < (page << pageBits) + place + 40;
            index++) {
          int block = (int) (index >> blockBits);
          if (!blockByIndex.containsKey(block)) {
            blockByIndex.put(block, random.nextLong(1L << 40));
            file.putBlock(blockByIndex.get(block), block);
          }
          long id = (blockByIndex.get(block) << blockBits) + (index & (1 << blockBits) - 1);
          codeById.put(id, 1 + random.nextInt(dateCount - 1));
          file.putInBlock(id, codeById.get(id));
        }
      }
      // As many as blocks at least, or an opening refuses the file.
      file.idCount = blockCount;
      SealedFile sealed = file.open();
      assertEquals(4, sealed.regions().length);
      LongTable table = LongTable.of(sealed);
      long[] ids = codeById.keySet().stream().mapToLong(Long::longValue).toArray();
      int[] codes = batch(ids.length, found -> table.codes(ids, 0, found, 1, ids.length));
      for (int i = 0; i < ids.length; i++) {
        assertEquals(codeById.get(ids[i]), table.code(ids[i]), "id=" + ids[i]);
        assertEquals(codeById.get(ids[i]), codes[i]);
        assertEquals(-1, table.code(ids[i] ^ 1L << 45));
      }
      Map<Long, Integer> walked = new HashMap<>();
      for (LongCursor cursor = table.cursor(); cursor.next(); ) {
        if (cursor.code() != 0) {
          walked.put(cursor.id(), cursor.code());
        }
      }
      assertEquals(codeById, walked);
      long[] loaded = {0};
      sealed.load(bytes -> loaded[0] = bytes);
      assertEquals(sealed.footer().fileBytes(), loaded[0]);
      assertTrue(sealed.residentBytes() > layout.directory().bytes());
    }
  }

  private HandmadeFile one() throws IOException {
    HandmadeFile file = file(layout(0, 40, 4, 2, 9, 3), 3, Set.of(0L, 18L));
    file.putInBlock(5, 1);
    file.putInBlock(18 * 16 + 7, 2);
    file.highestId = 1L << 39;
    return file;
  }

  @Test
  void noAnswerCountsOnceTheSealIsGone() throws IOException {
    try (HandmadeFile file = one()) {
      LongTable table = LongTable.of(file.open());
      assertNoAnswerCountsOnceTheSealIsGone(
          file,
          () -> table.cursor()::next,
          () -> table.code(4),
          () -> table.code(5),
          () -> table.code(1L << 38),
          () -> table.code(1L << 62),
          () -> inBatch(table, 5),
          () -> inBatch(table, 4),
          () -> inBatch(table, 1L << 38));
    }
  }

  @Test
  void aClosedFileSaysSo() throws IOException {
    try (HandmadeFile file = one()) {
      SealedFile sealed = file.open();
      LongTable table = LongTable.of(sealed);
      LongCursor cursor = table.cursor();
      LongCursor begun = table.cursor();
      assertTrue(begun.next());
      sealed.close();
      assertClosed(
          file,
          () -> table.code(5),
          () -> table.code(4),
          () -> table.code(1L << 62),
          () -> inBatch(table, 5),
          () -> inBatch(table, 1L << 62),
          cursor::next);
    }
  }

  @Test
  void aWalkOfMoreBlocksThanTheFooterSaysEnds() throws IOException {
    try (HandmadeFile file = one()) {
      assertEquals(2, file.directory.blockCount());
      file.putBlock(20, 1);
      LongCursor cursor = LongTable.of(file.open()).cursor();
      assertDamaged(
          "a directory must have as many blocks as the footer says: blockCount=2",
          file,
          () -> {
            while (cursor.next()) {
              continue;
            }
          });
    }
  }

  @Test
  void somePagesOfTheDirectoryMayBeWalkedAlone() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    Set<Long> blocks = blocks(random, 30, 40);
    try (HandmadeFile file = file(layout(0, 34, 4, 40, 9, 3), 3, blocks)) {
      Map<Long, Integer> codeById = fill(file, blocks, random, 9);
      LongTable table = LongTable.of(file.open());
      assertEquals(2, table.partCount());
      Map<Long, Integer> walked = new HashMap<>();
      int[] counts = new int[2];
      for (int part = 0; part < 2; part++) {
        for (LongCursor cursor = table.cursor(part, part + 1); cursor.next(); ) {
          walked.put(cursor.id(), cursor.code());
          counts[part]++;
        }
      }
      assertEquals(codeById, walked);
      assertTrue(counts[0] > 0 && counts[1] > 0);
      assertEquals(codeById.size(), counts[0] + counts[1]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 200, 4_000, 70_000})
  void aCodeThatIsNoneIsDamage(int dateCount) throws IOException {
    try (HandmadeFile file = file(layout(0, 40, 4, 1, 9, dateCount), dateCount, Set.of(0L))) {
      file.putInBlock(5, dateCount - 1);
      file.putInBlock(6, dateCount);
      LongTable table = LongTable.of(file.open());
      assertEquals(dateCount - 1, table.code(5));
      assertNoCode(dateCount, file, () -> table.code(6), () -> inBatch(table, 6));
      assertNoCode(dateCount, file, table.cursor()::next);
    }
  }

  @Test
  void textsOfANarrowShapeMayLieInBlocks() throws IOException {
    IdShape shape = PackedFileTest.digits(8);
    PageLayout layout = layout(Long.MIN_VALUE, 27, 4, 2, 9, 3);
    try (HandmadeFile file =
        HandmadeFile.ofBlocks(
            folder.resolve("texts.almanac"), shape, layout, 3, Set.of(0L, 1_000L))) {
      file.putPacked("00000007", 1);
      file.putPacked("00016005", 2);
      file.longestIdBytes = 8;
      TextTable table = TextTable.of(file.open());
      String[] ids = {"00000007", "00016005", "00000008", "00016006", "0016005", "99999999", "x"};
      int[] codes = new int[ids.length];
      table.codes(ids, 0, codes, 0, ids.length);
      int[] expected = {1, 2, -1, -1, -1, -1, -1};
      assertArrayEquals(expected, codes);
      for (int i = 0; i < ids.length; i++) {
        assertEquals(expected[i], table.code(ids[i]), ids[i]);
      }
      Set<String> walked = new HashSet<>();
      for (TextCursor cursor = table.cursor(); cursor.next(); ) {
        walked.add(cursor.id() + "=" + cursor.code());
      }
      assertEquals(Set.of("00000007=1", "00016005=2"), walked);
      assertEquals(List.of(), Verification.of(file.path).damages());
    }
  }

  @Test
  void lookupsAllocateNothingAndBatchesNext() throws Exception {
    try (HandmadeFile file = one()) {
      LongTable table = LongTable.of(file.open());
      long[] ids = {5, 18 * 16 + 7, 6, 1L << 38, 1L << 62};
      int[] codes = new int[ids.length];
      assertAllocatesLessThan(8, () -> table.code(ids[0]));
      assertAllocatesLessThan(8, () -> table.code(ids[3]));
      // Below JDK 25 an empty array each.
      assertAllocatesLessThan(64, () -> table.codes(ids, 0, codes, 0, ids.length));
    }
  }

  @Test
  void aWalkLooksAtTheSealOnItsWay() throws IOException {
    try (HandmadeFile file = file(layout(0, 40, 9, 2, 9, 3), 3, Set.of(0L, 18L))) {
      for (long id = 0; id < 500; id++) {
        file.putInBlock(id, 1);
        file.putInBlock(18 * 512 + id, 2);
      }
      file.highestId = 1L << 39;
      assertEachStretchLooksAtTheSeal(file, 256, LongTable.of(file.open()).cursor()::next);
    }
  }

  @Test
  void aWalkLooksAtTheSealWhereItFindsNothing() throws IOException {
    try (HandmadeFile file = file(layout(0, 40, 10, 1, 10, 4), 4, Set.of(0L))) {
      file.putInBlock(1_000, 5);
      LongTable table = LongTable.of(file.open());
      assertALongWayLooksAtTheSeal(file, () -> table.cursor()::next);
    }
  }
}
