package dev.almanac.build.pages;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.build.choice.TextShape;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.format.Directory;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.Mix;
import dev.almanac.format.PageLayout;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of plans in plain numbers, by trying: a plan decides every byte of a file. */
class PagePlanRulesTest {
  private static final int MOST_PAGES = 10_922;

  private final SplittableRandom random = new SplittableRandom(88);

  /** A plan without what follows from the rest. */
  private record Pages(
      long firstKey,
      int keyBits,
      int codeBits,
      int pageBits,
      int slotBytes,
      long pageCount,
      int partitionCount,
      int partitionShift) {
    /** A page has its number, zeros of 64 bytes in all, and 8 bytes in the index. */
    long bytes() {
      return pageCount * (dataBytes() + 64 + 8);
    }

    private long dataBytes() {
      return slotBytes > 0 ? 64L << pageBits : ((long) codeBits << pageBits) / 8;
    }
  }

  private static @Nullable Pages pages(@Nullable PagePlan plan) {
    return plan == null
        ? null
        : new Pages(
            plan.pages().firstKey(),
            plan.pages().keyBits(),
            plan.pages().codeBits(),
            plan.pages().pageBits(),
            plan.pages().slotBytes(),
            plan.pageCount(),
            plan.partitionCount(),
            plan.partitionShift());
  }

  /** Bits that hold a number, without a sign; one at least. */
  private static int bits(long number) {
    int bits = 1;
    while (bits < 64 && number >>> bits != 0) {
      bits++;
    }
    return bits;
  }

  private static long ceil(long count, long of) {
    return count / of + (count % of == 0 ? 0 : 1);
  }

  private static @Nullable Pages cheaper(@Nullable Pages best, @Nullable Pages other) {
    return best == null || other != null && other.bytes() < best.bytes() ? other : best;
  }

  /** Of codes from 2^9 to 2^26 a page the cheapest, where all fit. */
  private static @Nullable Pages direct(long lowest, long highest, int dates) {
    long span = highest - lowest;
    Pages best = null;
    for (int pageBits = 9; pageBits <= 26 && span >= 0; pageBits++) {
      long pageCount = (span >> pageBits) + 1;
      int shift = 0;
      while (pageCount >> shift >= 256) {
        shift++;
      }
      long pageBytes = ((long) bits(dates) << pageBits) / 8 + 64;
      if (pageCount <= MOST_PAGES && pageBytes <= Integer.MAX_VALUE) {
        int partitions = (int) ceil(pageCount, 1L << shift);
        best =
            cheaper(
                best,
                new Pages(
                    lowest,
                    bits(span),
                    bits(dates),
                    pageBits,
                    0,
                    pageCount,
                    partitions,
                    pageBits + shift));
      }
    }
    return best;
  }

  /** What a slot takes: marks, the rest of the key without its tag, the low number, the code. */
  private static int slotBits(int keyBits, int lowBits, int dates, int bucketLog) {
    return 4 + keyBits - bucketLog - 8 + lowBits + bits(dates);
  }

  private static @Nullable Pages hashed(
      long count, long firstKey, int keyBits, int lowBits, int dates) {
    Pages best = null;
    for (int slotBytes = 3; slotBytes <= (lowBits > 0 ? 15 : 8); slotBytes++) {
      int bucketLog = 0;
      while (slotBits(keyBits, lowBits, dates, bucketLog) > 8 * slotBytes) {
        bucketLog++;
      }
      if (bucketLog < keyBits && bucketLog <= 31) {
        int slots = 64 / (slotBytes + 1);
        long buckets =
            Math.max((long) Math.ceil(count / (slots * load(slots, count))), 1L << bucketLog);
        best = cheaper(best, hashed(count, firstKey, keyBits, lowBits, dates, buckets));
      }
    }
    return best;
  }

  /** Three quarters; of buckets of five slots or fewer 0.7, and less for each doubling. */
  private static double load(int slots, long count) {
    double load = 0.7;
    for (long doubled = 1L << 25; doubled <= count; doubled *= 2) {
      load -= 0.01;
    }
    return slots > 5 ? 0.75 : load;
  }

  private static @Nullable Pages hashed(
      long count, long firstKey, int keyBits, int lowBits, int dates, long least) {
    int pageBits = least >= 4_096 ? 8 : least > 64 ? 6 : bits(least - 1);
    while (ceil(least, 1L << pageBits) > MOST_PAGES * 9 / 10) {
      pageBits++;
    }
    long pageCount = ceil(least, 1L << pageBits);
    // Of 32 pages and 65,536 keys or more each.
    int partitions = 1;
    while (partitions < 256
        && pageCount / 32 >= 2 * partitions
        && (partitions == 1 || count >> 17 >= partitions)) {
      partitions *= 2;
    }
    pageCount = ceil(pageCount, partitions) * partitions;
    int bucketLog = 0;
    while (pageCount << pageBits >> bucketLog > 1) {
      bucketLog++;
    }
    int rest = Math.max(8, keyBits - bucketLog);
    int slotBytes = (4 + rest - 8 + lowBits + bits(dates) + 7) / 8;
    slotBytes = Math.max(lowBits > 0 ? 9 : 3, slotBytes);
    double mostKeys = 0.8 * (64 / (slotBytes + 1)) * (pageCount << pageBits);
    return bucketLog >= keyBits
            || bucketLog > 31
            || slotBytes > (lowBits > 0 ? 15 : 8)
            || count > mostKeys
        ? null
        : new Pages(
            firstKey,
            keyBits,
            bits(dates),
            pageBits,
            slotBytes,
            pageCount,
            partitions,
            keyBits - (bits(partitions) - 1));
  }

  private static void assertPlans(long count, long lowest, long highest, int dates) {
    String of = count + " from " + lowest + " to " + highest + " dates=" + dates;
    Pages direct = direct(lowest, highest, dates);
    Pages hashed = hashed(count, lowest, bits(highest - lowest), 0, dates);
    assertEquals(direct, pages(PagePlan.of(Layout.DIRECT, count, lowest, highest, dates)), of);
    PagePlan found = PagePlan.of(Layout.HASHED, count, lowest, highest, dates);
    assertEquals(hashed, pages(found), of);
    if (found != null && hashed != null) {
      assertEquals(hashed.bytes(), found.bytes());
      assertEquals(found.pages().entryBytes() - 8, found.storePlan().valueBytes());
    }
    assertEquals(
        direct == null || hashed != null && hashed.bytes() < direct.bytes() ? hashed : direct,
        pages(PagePlan.of(Layout.AUTO, count, lowest, highest, dates)),
        of);
  }

  /** All small numbers of IDs, of which some fill the buckets exactly; and some large ones. */
  @Test
  void numbersHaveTheCheapestPages() {
    for (int count = 1; count < 6_000; count += count < 1_500 ? 1 : 7) {
      long span = count - 1 + (random.nextLong() >>> random.nextInt(1, 62));
      assertPlans(count, -1_000, span - 1_000 < 0 ? Long.MAX_VALUE : span - 1_000, count / 3 + 1);
    }
    for (int i = 0; i < 3_000; i++) {
      long count = 1 + (random.nextLong() >>> random.nextInt(28, 60));
      long span = Math.max(count - 1, random.nextLong() >>> random.nextInt(0, 63));
      long lowest =
          span < 0 ? Long.MIN_VALUE : random.nextLong(Long.MIN_VALUE, Long.MAX_VALUE - span);
      int dates = (int) Math.min(count, 1 + (random.nextInt() >>> random.nextInt(4, 31)));
      assertPlans(count, lowest, lowest + span, dates);
    }
  }

  /** At the limits of what direct pages hold: pages of 2^26 codes, and as many as there may be. */
  @Test
  void directPagesHoldUpToTheirLimits() {
    long most = (long) MOST_PAGES << 26;
    for (long span : new long[] {most - 2, most - 1, most, most + 1, Long.MAX_VALUE - 1, -1}) {
      assertPlans(1_000_000, -1_000, span - 1_000, 7);
      assertPlans(1_000_000, Long.MIN_VALUE, Long.MIN_VALUE + span, 1 << 27);
    }
    for (int pages : new int[] {1, 2, 255, 256, 257, 511, 512, MOST_PAGES, MOST_PAGES + 1}) {
      assertPlans(500, 5, 5 + ((long) pages << 9) - 1, 3);
      assertPlans(500, 5, 5 + ((long) pages << 9), 3);
    }
    // 2^26 codes of 29 bits are 232 MiB.
    assertEquals(26, Objects.requireNonNull(direct(0, most - 1, 1 << 28)).pageBits);
    assertNull(direct(0, most, 3));
    PagePlan nothing =
        Objects.requireNonNull(PagePlan.of(Layout.AUTO, 0, Long.MAX_VALUE, Long.MIN_VALUE, 0));
    assertEquals(new Pages(0, 1, 1, 9, 0, 0, 1, 9), pages(nothing));
    assertEquals(0, nothing.bytes());
    assertEquals(new StorePlan(1, 1, 1, 128, 120, false, 0), nothing.storePlan());
  }

  private IdShape shape(int letters) {
    TextShape texts = new TextShape();
    for (int i = 0; i < 500; i++) {
      byte[] text = new byte[letters];
      for (int at = 0; at < letters; at++) {
        text[at] = (byte) Character.forDigit(random.nextInt(36), 36);
      }
      assertEquals(letters, new String(text, US_ASCII).length());
      texts.add(text, 0, letters);
    }
    return Objects.requireNonNull(texts.shape());
  }

  /** Keys of up to 63 bits may lie in direct pages; of more, they have a low number. */
  @Test
  void textsHaveTheCheapestPagesOfTheirShape() {
    for (int letters : new int[] {1, 2, 4, 7, 12, 13, 16, 20, 24}) {
      IdShape shape = shape(letters);
      assertEquals(letters > 12, shape.isWide());
      for (int i = 0; i < 100; i++) {
        long count = 1 + (random.nextLong() >>> random.nextInt(36, 63));
        long lowest = Long.MIN_VALUE + random.nextInt(5);
        long highest = lowest + count + random.nextInt(100);
        int dates = (int) Math.min(count, 1 + (random.nextInt() >>> random.nextInt(8, 31)));
        Pages direct = shape.isWide() ? null : direct(lowest, highest, dates);
        long firstKey = shape.isWide() ? 0 : Long.MIN_VALUE;
        Pages hashed = hashed(count, firstKey, shape.keyBits(), shape.lowKeyBits(), dates);
        assertTexts(Layout.DIRECT, shape, count, lowest, highest, dates, direct);
        assertTexts(Layout.HASHED, shape, count, lowest, highest, dates, hashed);
        Pages best =
            direct == null || hashed != null && hashed.bytes() < direct.bytes() ? hashed : direct;
        assertTexts(Layout.AUTO, shape, count, lowest, highest, dates, best);
      }
      assertNull(PagePlan.ofTexts(Layout.HASHED, shape, 0, 0, 0, 1));
    }
  }

  private void assertTexts(
      Layout layout,
      IdShape shape,
      long count,
      long lowest,
      long highest,
      int dates,
      @Nullable Pages expected) {
    PagePlan found = PagePlan.ofTexts(layout, shape, count, lowest, highest, dates);
    assertEquals(expected, pages(found), shape + " count=" + count);
    if (found != null) {
      assertEquals(shape.isWide(), found.isWide());
      assertEquals(expected == null ? 0 : expected.bytes(), found.bytes());
    }
    if (found != null && found.isWide()) {
      HashedPages arithmetic = new HashedPages(found.pages(), found.pageCount());
      int pagesOfPartition = found.pageCount() / found.partitionCount();
      for (int i = 0; i < 5; i++) {
        long key = random.nextLong() >>> -shape.keyBits();
        long low = random.nextLong() >>> -shape.lowKeyBits();
        long page = arithmetic.bucket(arithmetic.mix(key, low)) >> found.pages().pageBits();
        assertEquals(page / pagesOfPartition, found.partitioner().partition(key, low));
      }
    }
  }

  /** Codes of the blocks, and a directory of their numbers, at multiples of 2^16. */
  private static void assertBlocks(
      long count, long lowest, long highest, int dates, int blockBits, long blockCount) {
    PagePlan found = PagePlan.blocks(count, lowest, highest, dates, blockBits, blockCount);
    long firstKey = Math.floorDiv(lowest, 1L << 16) << 16;
    int keyBits = bits(highest - firstKey);
    int numberBits = keyBits - blockBits;
    Pages codes = direct(0, (blockCount << blockBits) - 1, dates);
    Pages directory =
        blockCount < 1 || blockCount >= 1 << 28 || numberBits < 2
            ? null
            : hashed(blockCount, 0, numberBits, 0, (int) blockCount);
    if (codes == null || directory == null || directoryBytes(directory) > 1L << 30) {
      assertNull(found);
      return;
    }
    Objects.requireNonNull(found);
    assertEquals(directory, pages(found.directory()));
    int partitions = 1;
    while (partitions < 256
        && bits(partitions) - 1 < numberBits
        && (partitions == 1 || count >> 17 >= partitions)) {
      partitions *= 2;
    }
    assertEquals(
        new Pages(
            firstKey,
            keyBits,
            bits(dates),
            codes.pageBits,
            0,
            codes.pageCount,
            partitions,
            numberBits - (bits(partitions) - 1)),
        pages(found));
    assertEquals(codes.bytes() + ceil(directoryBytes(directory), 4_096) * 4_096, found.bytes());
    Directory ofLayout = Objects.requireNonNull(found.pages().directory());
    assertEquals(
        new Directory(
            blockBits,
            (int) blockCount,
            Objects.requireNonNull(found.directory()).pages(),
            (int) directory.pageCount,
            1),
        ofLayout);
  }

  private static long directoryBytes(Pages directory) {
    return directory.pageCount * (directory.dataBytes() + 64);
  }

  @Test
  void blocksHaveCodesAndADirectory() {
    for (int i = 0; i < 2_000; i++) {
      int blockBits = random.nextInt(4, 17);
      long count = 1 + (random.nextLong() >>> random.nextInt(32, 62));
      long span = Math.max(count - 1, random.nextLong() >>> random.nextInt(0, 60));
      long lowest =
          span < 0 ? Long.MIN_VALUE : random.nextLong(Long.MIN_VALUE, Long.MAX_VALUE - span);
      int dates = (int) Math.min(count, 1 + (random.nextInt() >>> random.nextInt(4, 31)));
      long blockCount = Math.max(1, random.nextLong(1 + Math.min(count, (span >>> blockBits) + 1)));
      assertBlocks(count, lowest, lowest + span, dates, blockBits, blockCount);
    }
    for (long blockCount : new long[] {-1, 0, 1, 2, (1 << 28) - 1, 1 << 28}) {
      assertBlocks(1L << 30, 0, 1L << 50, 3, 4, blockCount);
    }
    for (int highest = 15; highest < 300; highest += 16) {
      assertBlocks(10, 0, highest, 3, 4, 1 + highest / 16);
    }
  }

  /** Of equally cheap ones the largest; none where no size can be. */
  @Test
  void theLargestOfTheCheapestBlocksAreTaken() {
    for (int i = 0; i < 60; i++) {
      long[] counts = new long[17];
      for (int bits = 4; bits <= 16; bits++) {
        counts[bits] = i == 0 ? 0 : random.nextLong(1, 50_000) >> random.nextInt(10);
      }
      PagePlan best = null;
      for (int bits = 16; bits >= 4; bits--) {
        PagePlan plan = PagePlan.blocks(40_000, 0, 1L << 40, 100, bits, counts[bits]);
        best = plan != null && (best == null || plan.bytes() < best.bytes()) ? plan : best;
      }
      assertEquals(best, PagePlan.blocks(40_000, 0, 1L << 40, 100, counts));
    }
  }

  /** Blocks of each size may be the cheapest: here all others are many. */
  @Test
  void theSmallestAndTheLargestBlocksAreTakenToo() {
    for (int cheapest = 4; cheapest <= 16; cheapest++) {
      long[] counts = new long[17];
      for (int bits = 4; bits <= 16; bits++) {
        counts[bits] = bits == cheapest ? 2 : 1_000_000 >> bits - 4;
      }
      PagePlan found = Objects.requireNonNull(PagePlan.blocks(40_000, 0, 1L << 40, 100, counts));
      assertEquals(cheapest, found.blockBits());
    }
  }

  /** The number of a block decides, and not its place in it. */
  @Test
  void allKeysOfABlockAreInAPartition() {
    PagePlan plan =
        Objects.requireNonNull(PagePlan.blocks(10_000_000, -70_000, 1L << 40, 100, 6, 200_000));
    assertTrue(plan.partitionCount() > 1);
    Mix mix = new Mix(plan.pages().keyBits() - 6, 0);
    for (int i = 0; i < 200; i++) {
      long key = random.nextLong(-70_000, 1L << 40);
      long block = Math.floorDiv(key - plan.pages().firstKey(), 64);
      assertEquals(mix.mix(block) >>> plan.partitionShift(), plan.partitioner().partition(key, 0));
    }
  }

  private static PagePlan plan(Layout layout, int keyBits, int lowBits, int partitions, long seed) {
    boolean hashed = layout == Layout.HASHED;
    return new PagePlan(
        new PageLayout(layout, 0, keyBits, lowBits, 8, 9, hashed ? 6 : 0, seed),
        8,
        partitions,
        keyBits - 3,
        null);
  }

  @Test
  void partitionsAreTheSameWhereAllThatDecidesThemIs() {
    PagePlan hashed = plan(Layout.HASHED, 40, 0, 8, 1);
    assertTrue(hashed.isPartitionedAs(plan(Layout.HASHED, 40, 0, 8, 1)));
    assertFalse(hashed.isPartitionedAs(plan(Layout.HASHED, 40, 0, 4, 1)));
    assertFalse(hashed.isPartitionedAs(plan(Layout.HASHED, 40, 0, 8, 2)));
    assertFalse(hashed.isPartitionedAs(plan(Layout.HASHED, 40, 9, 8, 1)));
    assertFalse(hashed.isPartitionedAs(plan(Layout.HASHED, 41, 0, 8, 1)));
    PagePlan direct = plan(Layout.DIRECT, 40, 0, 8, 0);
    assertFalse(hashed.isPartitionedAs(direct));
    PagePlan wider =
        new PagePlan(new PageLayout(Layout.DIRECT, 0, 41, 0, 8, 9, 0, 0), 9, 8, 37, null);
    assertTrue(direct.isPartitionedAs(wider), "an index does not depend on the bits of a key");
    PagePlan ofHashed =
        new PagePlan(new PageLayout(Layout.HASHED, 0, 41, 0, 8, 9, 6, 1), 8, 8, 37, null);
    assertFalse(hashed.isPartitionedAs(ofHashed), "what is mixed depends on them");
  }
}
