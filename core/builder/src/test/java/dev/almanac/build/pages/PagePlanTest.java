package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.format.Directory;
import dev.almanac.format.HashedPages;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagePlanTest {
  private static final int IDS = 1_000_000;
  private static final int DATES = 4_000;
  private static final long HIGHEST = 10_000_000_000_000L;

  private static PagePlan plain() {
    return Objects.requireNonNull(PagePlan.of(Layout.AUTO, IDS, 0, HIGHEST, DATES));
  }

  private static PagePlan blocks(long blockCount) {
    return Objects.requireNonNull(PagePlan.blocks(IDS, 0, HIGHEST, DATES, 5, blockCount));
  }

  /** The most blocks of 32 that are chosen. */
  private static long mostBlocks() {
    long least = 1;
    long most = IDS;
    while (least < most) {
      long middle = (least + most + 1) / 2;
      if (4 * blocks(middle).bytes() <= 3 * plain().bytes()) {
        least = middle;
      } else {
        most = middle - 1;
      }
    }
    return least;
  }

  @Test
  void blocksAreChosenUpToThreeQuartersOfTheBytes() {
    PagePlan plain = plain();
    PagePlan cheap = blocks(mostBlocks());
    PagePlan dear = blocks(mostBlocks() + 1);
    assertSame(cheap, PagePlan.choose(Layout.AUTO, plain, cheap));
    assertSame(plain, PagePlan.choose(Layout.AUTO, plain, dear));
    assertSame(dear, PagePlan.choose(Layout.BLOCKS, plain, dear));
    assertSame(dear, PagePlan.choose(Layout.AUTO, null, dear));
    assertSame(plain, PagePlan.choose(Layout.BLOCKS, plain, null));
    assertNull(PagePlan.choose(Layout.BLOCKS, null, null));
  }

  @Test
  void theBlocksOfFewestBytesAreTaken() {
    long[] counts = new long[Directory.MAX_BLOCK_BITS + 1];
    for (int bits = Directory.MIN_BLOCK_BITS; bits < counts.length; bits++) {
      // Runs of 256 numbers. No two runs share a block.
      counts[bits] = IDS / 256 * (bits <= 8 ? 256 >> bits : 1);
    }
    assertEquals(
        8, Objects.requireNonNull(PagePlan.blocks(IDS, 0, HIGHEST, DATES, counts)).blockBits());
  }

  @Test
  void sparseNumbersOfAnyKindKeepTheirPages() {
    long[] counts = new long[Directory.MAX_BLOCK_BITS + 1];
    for (int bits = Directory.MIN_BLOCK_BITS; bits < counts.length; bits++) {
      counts[bits] = IDS;
    }
    PagePlan plain = plain();
    assertSame(
        plain,
        PagePlan.choose(Layout.AUTO, plain, PagePlan.blocks(IDS, 0, HIGHEST, DATES, counts)));
  }

  /**
   * What {@code mayYieldToBlocks} rules out is never chosen, however well the blocks are filled.
   */
  @ParameterizedTest
  @ValueSource(ints = {50, 70, 74, 76, 80, 90, 100})
  void densePagesYieldOnlyWhereBlocksCouldBeChosen(int percent) {
    long highest = 100L * IDS / percent - 1;
    PagePlan direct = Objects.requireNonNull(PagePlan.of(Layout.AUTO, IDS, 0, highest, DATES));
    assertEquals(Layout.DIRECT, direct.pages().layout());
    PagePlan best = Objects.requireNonNull(PagePlan.blocks(IDS, 0, highest, DATES, 5, IDS / 32));
    if (best.equals(PagePlan.choose(Layout.AUTO, direct, best))) {
      assertTrue(direct.mayYieldToBlocks(IDS));
    }
    assertEquals(percent <= 74, direct.mayYieldToBlocks(IDS));
  }

  @Test
  void blocksBeginAtMultiplesOfTheirSize() {
    PagePlan plan = Objects.requireNonNull(PagePlan.blocks(100, -5, HIGHEST, DATES, 4, 50));
    assertEquals(-65_536, plan.pages().firstKey());
    PagePlan lowest =
        Objects.requireNonNull(PagePlan.blocks(100, Long.MIN_VALUE, Long.MAX_VALUE, DATES, 16, 50));
    assertEquals(Long.MIN_VALUE, lowest.pages().firstKey());
    assertEquals(64, lowest.pages().keyBits());
  }

  @Test
  void whereThereAreTooFewOrTooManyBlocksThereIsNoPlan() {
    assertNull(PagePlan.blocks(100, 0, HIGHEST, DATES, 4, 0));
    assertNull(PagePlan.blocks(100, 0, 15, DATES, 4, 1));
    assertNull(PagePlan.blocks(1L << 30, 0, HIGHEST, DATES, 4, 1L << 28));
    assertNotNull(PagePlan.blocks(100, 0, 63, DATES, 4, 2));
  }

  /** As many IDs and dates as there may be, in ranges that hold them, from the narrowest on. */
  @Test
  void everyKeyHasAPageAndAPartition() {
    SplittableRandom random = new SplittableRandom(1615);
    int directCount = 0;
    int hashedCount = 0;
    for (int i = 0; i < 4_000; i++) {
      long idCount = Math.max(1, random.nextLong(1L << random.nextInt(1, 31)));
      long span =
          random.nextInt(8) == 0
              ? idCount - 1
              : Math.max(idCount - 1, random.nextLong() >>> random.nextInt(1, 64));
      long lowest = random.nextLong(Long.MIN_VALUE, Long.MAX_VALUE - span);
      int dates = (int) Math.min(idCount, random.nextInt(1 << random.nextInt(1, 29)) + 1);
      PagePlan direct = PagePlan.of(Layout.DIRECT, idCount, lowest, lowest + span, dates);
      PagePlan hashed = PagePlan.of(Layout.HASHED, idCount, lowest, lowest + span, dates);
      PagePlan cheapest = PagePlan.of(Layout.AUTO, idCount, lowest, lowest + span, dates);
      PagePlan expected =
          direct == null || hashed != null && hashed.bytes() < direct.bytes() ? hashed : direct;
      assertEquals(expected, cheapest);
      if (direct != null) {
        directCount++;
        assertDirect(direct, lowest, span, dates);
      }
      if (hashed != null) {
        hashedCount++;
        assertHashed(hashed, idCount, lowest, span, dates, random);
      }
    }
    assertTrue(directCount > 500 && hashedCount > 500, directCount + " " + hashedCount);
  }

  private static void assertCodes(PagePlan plan, int dates) {
    // All ones is no date.
    assertTrue((1L << plan.pages().codeBits()) - 1 >= dates);
    assertTrue(plan.partitionCount() >= 1 && plan.partitionCount() <= 256);
  }

  private static void assertDirect(PagePlan plan, long lowest, long span, int dates) {
    assertCodes(plan, dates);
    assertEquals(lowest, plan.pages().firstKey());
    assertEquals(plan.pageCount() - 1, span >> plan.pages().pageBits());
    assertTrue(span < 1L << plan.pages().keyBits() || plan.pages().keyBits() == 64);
    PagePlan.Partitioner partitioner = plan.partitioner();
    assertEquals(0, partitioner.partition(lowest, 0));
    assertEquals(plan.partitionCount() - 1, partitioner.partition(lowest + span, 0));
    // A partition has whole pages.
    assertTrue(plan.partitionCount() == 1 || plan.partitionShift() >= plan.pages().pageBits());
    assertTrue(plan.partitionCount() <= plan.pageCount());
  }

  private static void assertHashed(
      PagePlan plan, long idCount, long lowest, long span, int dates, SplittableRandom random) {
    assertCodes(plan, dates);
    assertEquals(lowest, plan.pages().firstKey());
    assertEquals(0, plan.pageCount() % plan.partitionCount());
    HashedPages pages = new HashedPages(plan.pages(), plan.pageCount());
    long slots = (long) plan.pageCount() * pages.slotCount << plan.pages().pageBits();
    assertTrue(idCount <= 0.8 * slots, () -> idCount + " of " + slots);
    PagePlan.Partitioner partitioner = plan.partitioner();
    for (int n = 0; n < 20; n++) {
      long id = n == 0 ? lowest : n == 1 ? lowest + span : lowest + random.nextLong(span + 1);
      long page = pages.bucket(pages.mix(id - lowest)) >>> plan.pages().pageBits();
      assertTrue(page >= 0 && page < plan.pageCount());
      assertEquals(page / (plan.pageCount() / plan.partitionCount()), partitioner.partition(id, 0));
    }
  }

  /** What stock Chronicle Map is asked for has the pages, each with its number. */
  @Test
  void theStoreHasAnEntryForEachPage() {
    PagePlan plan = plain();
    StorePlan store = plan.storePlan();
    assertEquals(1, store.segmentCount());
    assertEquals(plan.pageCount(), store.entryCount());
    assertEquals(plan.pages().entryBytes(), store.chunkBytes());
    assertTrue(plan.isPartitionedAs(plain()));
    assertFalse(plan.withSeed(1).isPartitionedAs(plan));
    assertEquals(1, plan.withSeed(1).pages().seed());
    assertEquals(plan.bytes(), plan.withSeed(1).bytes());
    PagePlan blocks = blocks(10_000);
    assertEquals(7, Objects.requireNonNull(blocks.withSeed(7).directory()).pages().seed());
    assertFalse(blocks.withSeed(7).isPartitionedAs(blocks));
    assertEquals(
        5, Objects.requireNonNull(blocks.withLongestProbe(5).pages().directory()).longestProbe());
    assertTrue(blocks.withLongestProbe(5).isPartitionedAs(blocks));
    assertEquals(5, blocks.blockBits());
    assertEquals(0, plan.blockBits());
  }
}
