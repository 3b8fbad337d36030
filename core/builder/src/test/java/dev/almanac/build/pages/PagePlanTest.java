package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.format.Directory;
import java.util.Objects;
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
}
