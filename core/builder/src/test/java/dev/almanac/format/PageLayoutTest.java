package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.almanac.Layout;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageLayoutTest {
  private static final int DATE_COUNT = 3_000;

  /** Chunks of one segment whose entries begin at 448 of the file. */
  private static StoreGeometry geometry(int segmentCount, int chunkBytes, int chunkCount) {
    long tierBytes = (192 + (long) chunkBytes * chunkCount + 63) & -64L;
    return new StoreGeometry(
        segmentCount, 192, 64, 256, tierBytes, 8, 3, 64, 192, chunkBytes, chunkCount);
  }

  private static PageLayout layout(
      Layout layout, int keyBits, int lowKeyBits, int codeBits, int pageBits, int slotBytes) {
    return new PageLayout(layout, 0, keyBits, lowKeyBits, codeBits, pageBits, slotBytes, 0);
  }

  private static String fault(PageLayout layout, long pageCount) {
    return layout.fault(
        geometry(1, (int) layout.entryBytes(), (int) Math.max(1, pageCount)),
        DATE_COUNT,
        pageCount);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "1, 1",
    "2, 2",
    "3, 2",
    "4, 3",
    "127, 7",
    "128, 8",
    "255, 8",
    "256, 9",
    "65535, 16",
    "65536, 17",
    "268435456, 29"
  })
  void aCodeHasBitsForAllDatesAndOneMore(int dateCount, int codeBits) {
    assertEquals(codeBits, PageLayout.codeBits(dateCount));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 2", "3, 2", "4, 3", "4294967296, 33", "-1, 64"})
  void aNumberHasTheBitsOfTheHighest(long highest, int bits) {
    assertEquals(bits, PageLayout.bits(highest));
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "255, 8", "256, 16", "65535, 16", "65536, 32", "268435456, 32"})
  void aCodeOfAnEntryTakesWholeBytes(int dateCount, int codeBits) {
    PageLayout entries = PageLayout.entries(dateCount);
    assertEquals(new PageLayout(Layout.ENTRIES, 0, 0, 0, codeBits, 0, 0, 0), entries);
    assertNull(entries.fault(geometry(2, 9, 4), dateCount, 1));
    assertEquals(
        "a file of entries must not have pages: " + entries,
        entries.fault(geometry(2, 9, 4), codeBits == 32 ? 0 : 65_536, 1));
  }

  @Test
  void aPageTakesItsDataAndOneCacheLineMore() {
    PageLayout direct = layout(Layout.DIRECT, 40, 0, 12, 10, 0);
    assertEquals(1_536, direct.dataBytes());
    assertEquals(1_600, direct.entryBytes());
    PageLayout hashed = layout(Layout.HASHED, 40, 0, 12, 10, 4);
    assertEquals(65_536, hashed.dataBytes());
    assertEquals(65_600, hashed.entryBytes());
    assertEquals(29L << 23, layout(Layout.DIRECT, 40, 0, 29, 26, 0).dataBytes());
    assertEquals(64L << 26, layout(Layout.HASHED, 40, 0, 29, 26, 4).dataBytes());
  }

  /** The tier begins at 256, its entries 192 later, and a key takes 8 bytes. */
  @Test
  void theDataBeginsAtTheFirstCacheLineAfterTheKey() {
    assertEquals(512, PageLayout.dataOffset(geometry(1, 1_600, 1)));
    StoreGeometry exact = new StoreGeometry(1, 192, 64, 256, 1_856, 8, 3, 64, 184, 1_600, 1);
    assertEquals(448, PageLayout.dataOffset(exact));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // layout; keyBits; lowKeyBits; codeBits; pageBits; slotBytes; pageCount
        "DIRECT; 1; 0; 12; 9; 0; 1;",
        "DIRECT; 64; 0; 12; 26; 0; 1;",
        "DIRECT; 64; 0; 12; 9; 0; 0;",
        "DIRECT; 64; 0; 12; 9; 0; 10922;",
        // Two buckets: 39 bits of the rest, of which 8 are the tag; 4 marks; 12 bits of the code.
        "HASHED; 40; 0; 12; 1; 6; 1;",
        "HASHED; 40; 0; 12; 0; 6; 2;",
        "HASHED; 64; 64; 12; 16; 15; 1;",
        "HASHED; 64; 1; 12; 10; 9; 1;",
        // The same with 66 bits, 64 bits, 121 bits.
        "HASHED; 64; 0; 12; 6; 9; 1; a slot must be as wide as rest and code need: slotBytes=9"
            + " expected=9 most=8",
        "HASHED; 62; 0; 12; 6; 8; 1;",
        "HASHED; 62; 0; 12; 6; 7; 1; a slot must be as wide as rest and code need: slotBytes=7"
            + " expected=8 most=8",
        "HASHED; 64; 64; 12; 15; 16; 1; a slot must be as wide as rest and code need: slotBytes=16"
            + " expected=16 most=15",
        "HASHED; 4; 0; 12; 3; 3; 1;",
        "HASHED; 64; 0; 12; 24; 6; 128;",
        "HASHED; 64; 0; 12; 24; 6; 256; there must be fewer buckets than keys, and an even number:"
            + " bucketCount=4294967296 keyBits=64",
        "HASHED; 3; 0; 12; 3; 3; 1; there must be fewer buckets than keys, and an even number:"
            + " bucketCount=8 keyBits=3",
        "HASHED; 40; 0; 12; 0; 6; 1; there must be fewer buckets than keys, and an even number:"
            + " bucketCount=1 keyBits=40",
        "HASHED; 40; 0; 12; 1; 6; 0; there must be fewer buckets than keys, and an even number:"
            + " bucketCount=0 keyBits=40",
        "DIRECT; 0; 0; 12; 9; 0; 1; a key must have 1 to 64 bits, and 0 to 64 more: keyBits=0"
            + " lowKeyBits=0",
        "DIRECT; 65; 0; 12; 9; 0; 1; a key must have 1 to 64 bits, and 0 to 64 more: keyBits=65"
            + " lowKeyBits=0",
        "HASHED; 64; -1; 12; 9; 9; 1; a key must have 1 to 64 bits, and 0 to 64 more: keyBits=64"
            + " lowKeyBits=-1",
        "HASHED; 64; 65; 12; 9; 9; 1; a key must have 1 to 64 bits, and 0 to 64 more: keyBits=64"
            + " lowKeyBits=65",
        "DIRECT; 64; 0; 11; 9; 0; 1; the bits of a code must fit the dictionary: codeBits=11"
            + " expected=12",
        "DIRECT; 64; 0; 13; 9; 0; 1; the bits of a code must fit the dictionary: codeBits=13"
            + " expected=12",
        "DIRECT; 64; 0; 12; 8; 0; 1; a page must hold 2^pageBits codes or buckets: pageBits=8",
        "DIRECT; 64; 0; 12; 27; 0; 1; a page must hold 2^pageBits codes or buckets: pageBits=27",
        "HASHED; 64; 0; 12; -1; 8; 1; a page must hold 2^pageBits codes or buckets: pageBits=-1",
        "HASHED; 64; 0; 12; 25; 8; 1; a page must hold 2^pageBits codes or buckets: pageBits=25",
        "DIRECT; 64; 0; 12; 9; 0; -1; the pages must lie in the data store: entryCount=-1",
        "DIRECT; 64; 0; 12; 9; 0; 10923; the pages must lie in the data store: entryCount=10923",
        "DIRECT; 64; 1; 12; 9; 0; 1; direct pages must not have what hashed ones have: ",
        "DIRECT; 64; 0; 12; 9; 3; 1; direct pages must not have what hashed ones have: "
      })
  void aLayoutBreaksNoRuleOrIsToldWhich(
      Layout layout,
      int keyBits,
      int lowKeyBits,
      int codeBits,
      int pageBits,
      int slotBytes,
      long pageCount,
      String fault) {
    PageLayout pages = layout(layout, keyBits, lowKeyBits, codeBits, pageBits, slotBytes);
    assertEquals(
        fault != null && fault.endsWith(":") ? fault + " " + pages : fault,
        fault(pages, pageCount));
  }

  @Test
  void theMostDatesHaveTheWidestCodes() {
    int most = DictionarySection.MAX_DATE_COUNT;
    PageLayout widest = layout(Layout.DIRECT, 64, 0, 29, 9, 0);
    StoreGeometry store = geometry(1, (int) widest.entryBytes(), 1);
    assertNull(widest.fault(store, most, 1));
    assertEquals(
        "the bits of a code must fit the dictionary: codeBits=30 expected=30",
        layout(Layout.DIRECT, 64, 0, 30, 9, 0).fault(store, 2 * most, 1));
  }

  @Test
  void directPagesHaveNoSeedAndNoMoreCodesThanThereAreNumbers() {
    PageLayout seeded = new PageLayout(Layout.DIRECT, 0, 64, 0, 12, 9, 0, 1);
    assertEquals("direct pages must not have what hashed ones have: " + seeded, fault(seeded, 1));
    PageLayout pages = layout(Layout.DIRECT, 64, 0, 12, 26, 0);
    assertNull(DirectPages.fault(pages, (1L << 38) - 1));
    assertEquals(
        "direct pages must not hold more codes than there are numbers: " + pages,
        DirectPages.fault(pages, 1L << 38));
  }

  @Test
  void pagesLieInOneSegmentInChunksOfTheirSizeAtAMultipleOfEight() {
    PageLayout pages = layout(Layout.DIRECT, 64, 0, 12, 9, 0);
    StoreGeometry sound = geometry(1, 832, 4);
    assertNull(pages.fault(sound, DATE_COUNT, 4));
    assertEquals(
        "the pages must lie in the data store: entryCount=5", pages.fault(sound, DATE_COUNT, 5));
    String rule = "pages must lie in one segment, each in a chunk at a multiple of 8: ";
    assertEquals(
        rule + "segmentCount=2 chunkBytes=832 expected=832 entrySpaceOffset=192",
        pages.fault(geometry(2, 832, 4), DATE_COUNT, 4));
    assertEquals(
        rule + "segmentCount=1 chunkBytes=840 expected=832 entrySpaceOffset=192",
        pages.fault(geometry(1, 840, 4), DATE_COUNT, 4));
    assertEquals(
        rule + "segmentCount=1 chunkBytes=832 expected=832 entrySpaceOffset=196",
        pages.fault(
            new StoreGeometry(1, 192, 64, 256, 3_584, 8, 3, 64, 196, 832, 4), DATE_COUNT, 4));
  }

  @ParameterizedTest
  @CsvSource({
    // blockBits, blockCount, longestProbe, codePages: 512 codes a page
    "4, 1, 1, 1",
    "4, 32, 1, 1",
    "4, 32, 7, 1",
    "4, 33, 7, 2",
    "16, 1, 1, 128",
    "16, 2, 2, 256"
  })
  void blocksAtTheirLimitsAreTaken(int blockBits, int blockCount, int longestProbe, int codePages) {
    PageLayout blocks = Directory.pages(20, blockBits, blockCount, 1, 3, 0);
    Directory directory = new Directory(blockBits, blockCount, blocks, 1, longestProbe);
    PageLayout layout = new PageLayout(Layout.BLOCKS, 0, 20, 0, 12, 9, 0, 0, directory);
    assertEquals(codePages, directory.codePageCount(9));
    assertEquals(2 * 64 + 64, directory.bytes());
    assertNull(fault(layout, codePages));
    assertEquals(
        "the pages must hold the codes of all blocks: blockCount=%d blockBits=%d pageBits=9"
                .formatted(blockCount, blockBits)
            + " entryCount="
            + (codePages + 1),
        fault(layout, codePages + 1));
  }

  /** A bit of a code: as if the data of all pages were one row of bits, with gaps between pages. */
  @ParameterizedTest
  @CsvSource({"1, 9", "2, 9", "12, 9", "12, 17", "29, 9", "29, 26"})
  void aDirectCodeHasItsPlaceInItsPage(int codeBits, int pageBits) {
    PageLayout layout = layout(Layout.DIRECT, 64, 0, codeBits, pageBits, 0);
    DirectPages pages = new DirectPages(layout);
    assertEquals((1 << codeBits) - 1, pages.absent);
    for (long index :
        new long[] {0, 1, 2, 7, 511, 512, 513, 1_000_003, (1L << pageBits) * 10_922 - 1}) {
      long place = index % (1L << pageBits);
      BigInteger bit =
          BigInteger.valueOf(index >> pageBits)
              .multiply(BigInteger.valueOf(8 * layout.entryBytes()))
              .add(BigInteger.valueOf(place * codeBits));
      assertEquals(
          bit,
          BigInteger.valueOf(8 * pages.offset(index)).add(BigInteger.valueOf(pages.shift(index))));
      assertEquals(bit.mod(BigInteger.valueOf(8)).intValue(), pages.shift(index));
    }
  }
}
