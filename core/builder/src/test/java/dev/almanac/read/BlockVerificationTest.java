package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.Directory;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each damage of blocks and their directory alone, and that the report names it. */
class BlockVerificationTest extends TableTest {
  private static final int BLOCKS = 20;
  private static final Set<Long> NUMBERS =
      LongStream.range(0, BLOCKS).mapToObj(i -> i * 1_000_003).collect(Collectors.toSet());

  /** Twenty blocks of 16 numbers, which leave the last third of one page empty. */
  private HandmadeFile blocks() throws IOException {
    HandmadeFile file =
        HandmadeFile.ofBlocks(
            folder.resolve("blocks.almanac"),
            BlocksTest.layout(0, 40, 4, BLOCKS, 9, 5),
            5,
            NUMBERS);
    for (long block : NUMBERS) {
      for (int place = 3; place < 9; place++) {
        file.putInBlock(block * 16 + place, place % 5);
      }
    }
    return file;
  }

  private static void assertDamages(HandmadeFile file, String... damages) throws IOException {
    file.seal();
    assertEquals(List.of(damages), Verification.of(file.path).damages());
  }

  private static List<String> damages(HandmadeFile file) throws IOException {
    file.seal();
    return Verification.of(file.path).damages();
  }

  /** Blocks in the order of their indexes. */
  private static List<Long> inOrder(HandmadeFile file) {
    HashedPages pages = new HashedPages(file.directory.pages(), file.directory.pageCount());
    return NUMBERS.stream()
        .sorted(Comparator.comparing(pages::mix, Long::compareUnsigned))
        .toList();
  }

  private static String page(HandmadeFile file, long block) {
    return "directory page " + (file.home(block) >> file.directory.pages().pageBits());
  }

  @Test
  void aWholeFileIsCounted() throws IOException {
    try (HandmadeFile file = blocks()) {
      assertDamages(file);
      assertEquals(6 * BLOCKS, Verification.of(file.path).idCount());
    }
  }

  @Test
  void whatTheFooterSaysIsCounted() throws IOException {
    try (HandmadeFile file = blocks()) {
      file.idCount++;
      file.lowestId++;
      file.highestId++;
      Directory d = file.directory;
      file.directory = new Directory(4, BLOCKS, d.pages(), 2, d.longestProbe() + 1);
      assertDamages(
          file,
          "footer: the longest probe of the directory must be what it says: found="
              + d.longestProbe()
              + " expected="
              + (d.longestProbe() + 1),
          "footer: IDs must be as many as it says: found=120 expected=121",
          "footer: the lowest ID must be what it says: found=3 expected=4",
          "footer: the highest ID must be what it says: found="
              + (19L * 1_000_003 * 16 + 8)
              + " expected="
              + (19L * 1_000_003 * 16 + 9));
    }
  }

  /** The index of a block, in its slot at the low end. */
  private static void putIndex(HandmadeFile file, long block, int index) throws IOException {
    int bucket = file.home(block);
    HashedPages pages = new HashedPages(file.directory.pages(), file.directory.pageCount());
    int tag = pages.tag(pages.rest(pages.mix(block)));
    int slot = 0;
    while (file.read(file.bucketOffset(bucket) + slot, 1).get(0) != (byte) tag) {
      slot++;
    }
    long at = file.slotEnd(bucket, slot) - file.directory.pages().slotBytes() + 1;
    int mask = (1 << file.directory.pages().codeBits()) - 1;
    file.putByte(at, file.read(at, 1).get(0) & ~mask | index);
  }

  @Test
  void anIndexIsBelowTheCountOfBlocks() throws IOException {
    try (HandmadeFile file = blocks()) {
      long last = inOrder(file).get(BLOCKS - 1);
      putIndex(file, last, BLOCKS);
      String rule =
          "a block must have an index below their count: blockIndex=20 blockCount=" + BLOCKS;
      LongTable table = LongTable.of(file.open());
      assertDamaged(rule, file, () -> table.code(last * 16 + 3), () -> inBatch(table, last * 16));
      assertDamaged(
          rule,
          file,
          () -> {
            for (LongCursor cursor = table.cursor(); cursor.next(); ) {
              assertTrue(cursor.id() >= 0);
            }
          });
      List<String> damages = damages(file);
      assertTrue(damages.get(0).startsWith(page(file, last) + " bucket "), damages::toString);
      assertTrue(damages.get(0).endsWith(": " + rule), damages::toString);
      assertEquals(
          List.of(
              page(file, last)
                  + ": the index of a block must be its rank by mixed block: block="
                  + last
                  + " index=20 expected=19",
              "footer: blocks must be as many as it says: found=19 expected=20"),
          damages.subList(1, 3));
    }
  }

  /** Two blocks that share codes: each ID of one would be an ID of the other. */
  @Test
  void anIndexIsThatOfOneBlock() throws IOException {
    try (HandmadeFile file = blocks()) {
      long block = inOrder(file).get(7);
      putIndex(file, block, 6);
      assertEquals(
          page(file, block)
              + ": the index of a block must be its rank by mixed block: block="
              + block
              + " index=6 expected=7",
          damages(file).get(0));
    }
  }

  @Test
  void indexesAscendWithTheMixedBlocks() throws IOException {
    try (HandmadeFile file = blocks()) {
      List<Long> inOrder = inOrder(file);
      putIndex(file, inOrder.get(3), 4);
      putIndex(file, inOrder.get(4), 3);
      List<String> damages = damages(file);
      assertEquals(
          page(file, inOrder.get(3))
              + ": the index of a block must be its rank by mixed block: block="
              + inOrder.get(3)
              + " index=4 expected=3",
          damages.get(0));
      assertEquals(
          page(file, inOrder.get(4))
              + ": the index of a block must be its rank by mixed block: block="
              + inOrder.get(4)
              + " index=3 expected=5",
          damages.get(1));
    }
  }

  @Test
  void aBlockIsThereOnce() throws IOException {
    try (HandmadeFile file = blocks()) {
      long block = inOrder(file).get(BLOCKS - 1);
      file.putBlock(block, BLOCKS - 1);
      List<String> damages = damages(file);
      assertTrue(
          damages.contains(page(file, block) + ": a block must be there once: block=" + block),
          damages::toString);
    }
  }

  /** Without a slot for a block its IDs are absent, and the codes are those of no block. */
  @Test
  void everyBlockHasItsSlot() throws IOException {
    try (HandmadeFile file = blocks()) {
      List<Long> inOrder = inOrder(file);
      Set<Long> others = new TreeSet<>(NUMBERS);
      others.remove(inOrder.get(BLOCKS - 1));
      file.fillDirectory(others);
      List<String> damages = damages(file);
      assertEquals(
          "footer: blocks must be as many as it says: found=19 expected=20", damages.get(0));
      assertEquals(
          "page 0 place "
              + (19 * 16 + 3)
              + ": a place after the last block must have no code: code=3",
          damages.get(1));
    }
  }

  @Test
  void aBlockHasAnId() throws IOException {
    try (HandmadeFile file = blocks()) {
      long block = inOrder(file).get(6);
      for (int place = 3; place < 9; place++) {
        file.putAt(6 * 16 + place, 7);
        file.idCount--;
      }
      assertDamages(
          file, page(file, block) + ": a block must have an ID: block=" + block + " index=6");
    }
  }

  @Test
  void aCodeIsInTheDictionary() throws IOException {
    try (HandmadeFile file = blocks()) {
      file.putAt(5 * 16 + 4, 6);
      file.idCount--;
      assertDamages(file, "page 0 place 84: a code must be in the dictionary: code=6 dateCount=5");
    }
  }

  @Test
  void afterTheLastBlockThereIsNoCode() throws IOException {
    try (HandmadeFile file = blocks()) {
      file.putAt(511, 2);
      assertDamages(
          file, "page 0 place 511: a place after the last block must have no code: code=2");
    }
  }

  @Test
  void aBlockLiesWhereALookupLooks() throws IOException {
    try (HandmadeFile file = blocks()) {
      long block = inOrder(file).get(0);
      int bucket = file.home(block);
      long end = file.slotEnd(bucket, 0);
      // A distance that no lookup goes from another home, most likely the key of another range.
      file.putByte(end, file.read(end, 1).get(0) ^ 0x20);
      assertTrue(
          damages(file).stream().anyMatch(damage -> damage.startsWith("directory page ")),
          () -> "no damage");
      LongTable table = LongTable.of(file.open());
      assertTrue(NUMBERS.stream().anyMatch(number -> table.code(number * 16 + 3) < 0), "not found");
    }
  }

  @Test
  void theReachOfABucketIsThatOfItsFarthestBlock() throws IOException {
    try (HandmadeFile file = blocks()) {
      int bucket = file.home(inOrder(file).get(0));
      long end = file.slotEnd(bucket, 0);
      int before = file.read(end, 1).get(0);
      file.putByte(end, before ^ 0x80);
      int bits = file.directory.pages().pageBits();
      List<String> damages = damages(file);
      assertTrue(
          damages
              .get(0)
              .startsWith(
                  "directory page "
                      + (bucket >> bits)
                      + " bucket "
                      + (bucket & (1 << bits) - 1)
                      + ": its reach must be that of its farthest key: marks="),
          damages::toString);
    }
  }

  @Test
  void betweenThePagesOfTheDirectoryAndAroundItThereAreZeros() throws IOException {
    try (HandmadeFile file = blocks()) {
      long pageBytes = file.directory.pages().entryBytes();
      file.putByte(file.directoryOffset + pageBytes - 7, 9);
      assertDamages(
          file,
          "directory page 0: the bytes after its buckets must be 0: offset=" + (pageBytes - 7));
      file.putByte(file.directoryOffset + pageBytes - 7, 0);
      for (long offset : new long[] {file.directoryOffset - 1, file.dictionaryOffset - 1}) {
        file.putByte(offset, 9);
        assertDamages(
            file,
            "padding: the bytes between two sections must be 0: offset=" + offset + " found=9");
        file.putByte(offset, 0);
      }
    }
  }

  @Test
  void aFlippedBitOfTheDirectoryIsFoundByItsBlock() throws IOException {
    try (HandmadeFile file = blocks()) {
      file.seal();
      file.putByte(file.directoryOffset + 100, file.read(file.directoryOffset + 100, 1).get(0) ^ 1);
      assertTrue(Verification.of(file.path).damages().get(0).contains("its checksum must match"));
    }
  }

  /** The first file with a directory in which a block of the file ends. */
  @Test
  void aDamagedBlockOfTheFileIsNamedAfterTheDirectory() throws IOException {
    for (int count = 20; count < 100; count++) {
      Set<Long> blocks =
          LongStream.range(0, count).mapToObj(i -> i * 1_000_003).collect(Collectors.toSet());
      try (HandmadeFile file =
          HandmadeFile.ofBlocks(
              folder.resolve("blocks-" + count),
              BlocksTest.layout(0, 44, 12, count, 12, 5),
              5,
              blocks)) {
        long block = file.directoryOffset / BlockChecksums.BLOCK_BYTES;
        long last = (block + 1) * BlockChecksums.BLOCK_BYTES - 1;
        if (last < file.dictionaryOffset) {
          for (long each : blocks) {
            file.putInBlock(each << 12, 1);
          }
          file.seal();
          file.putByte(last, file.read(last, 1).get(0) ^ 1);
          String found = Verification.of(file.path).damages().get(0);
          assertTrue(found.startsWith("block " + block + " of "), found);
          assertTrue(found.contains(" to directory): its checksum must match: "), found);
          return;
        }
      }
    }
    fail("no directory lies as it is wanted");
  }

  /** A walk of a directory with more slots than blocks would read codes again and again. */
  @Test
  void aWalkIsNoLongerThanTheFile() throws IOException {
    try (HandmadeFile file = blocks()) {
      file.putBlock(12_345, 4);
      LongTable table = LongTable.of(file.open());
      assertDamaged(
          "a directory must have as many blocks as the footer says: blockCount=" + BLOCKS,
          file,
          () -> {
            for (LongCursor cursor = table.cursor(); cursor.next(); ) {
              assertTrue(cursor.id() >= 0);
            }
          });
    }
  }

  private static final int SLOT_BYTES =
      HashedPages.slotBytes(36, 0, PageLayout.codeBits(BLOCKS), 16);

  /** Each number of the directory that an opening must not believe. */
  @ParameterizedTest
  @CsvSource({
    "3, 20, 2, 3, 0, 1, a block must have 2^4 to 2^16 numbers",
    "17, 20, 2, 3, 0, 1, a block must have 2^4 to 2^16 numbers",
    "-1, 20, 2, 3, 0, 1, a block must have 2^4 to 2^16 numbers",
    "2147483647, 20, 2, 3, 0, 1, a block must have 2^4 to 2^16 numbers",
    "4, 0, 2, 3, 0, 1, the pages must hold the codes of all blocks",
    "4, -1, 2, 3, 0, 1, the pages must hold the codes of all blocks",
    "4, 33, 2, 3, 0, 1, the pages must hold the codes of all blocks",
    "4, 2147483647, 2, 3, 0, 1, the pages must hold the codes of all blocks",
    "5, 20, 2, 3, 0, 1, the pages must hold the codes of all blocks",
    "4, 20, 0, 3, 0, 1, the dictionary must follow",
    "4, 20, -1, 3, 0, 1, the dictionary must follow",
    "4, 20, 2147483647, 3, 0, 1, the dictionary must follow",
    "4, 20, 2, -1, 0, 1, a directory must take at most 2^30 bytes",
    "4, 20, 2, 27, 0, 1, the dictionary must follow",
    "4, 20, 2, 2147483647, 0, 1, a directory must take at most 2^30 bytes",
    "4, 20, 2, 3, 0, 0, a lookup must inspect at most 7 buckets of the directory",
    "4, 20, 2, 3, 0, 8, a lookup must inspect at most 7 buckets of the directory",
    "4, 20, 2, 3, 0, -1, a lookup must inspect at most 7 buckets of the directory",
    "4, 20, 2, 3, 1, 1, a slot must be as wide as rest and code need",
    "4, 20, 2, 3, -9, 1, a slot must be as wide as rest and code need",
    "4, 20, 8, 3, 0, 1, the dictionary must follow",
    "4, 20, 1000, 3, 0, 1, the dictionary must follow"
  })
  void aForgedDirectoryIsRefusedAtOpening(
      int blockBits,
      int blockCount,
      int pageCount,
      int pageBits,
      int slotBytesMore,
      int longestProbe,
      String rule)
      throws IOException {
    try (HandmadeFile file = blocks()) {
      assertEquals(3, file.directory.pages().pageBits());
      assertEquals(SLOT_BYTES, file.directory.pages().slotBytes());
      PageLayout buckets =
          Directory.pages(40, blockBits, blockCount, pageBits, SLOT_BYTES + slotBytesMore, 40);
      file.directory = new Directory(blockBits, blockCount, buckets, pageCount, longestProbe);
      String refused = assertThrows(CorruptAlmanacException.class, file::open).getMessage();
      assertTrue(refused.contains(rule), refused);
      List<String> damages = Verification.of(file.path).damages();
      assertEquals(1, damages.size(), damages::toString);
      assertTrue(damages.get(0).contains(rule), damages::toString);
    }
  }

  @Test
  void theDirectoryEndsBeforeTheDictionary() throws IOException {
    try (HandmadeFile file = blocks()) {
      // The dictionary where the directory is.
      ByteBuffer dictionary = file.read(file.dictionaryOffset, file.dictionaryBytes);
      file.write(dictionary, file.directoryOffset);
      file.seal();
      List<String> damages = Verification.of(file.path).damages();
      assertTrue(damages.get(0).startsWith("directory page 0 bucket 0"), damages::toString);
    }
  }
}
