package dev.almanac.build.pages;

import dev.almanac.Layout;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.Mix;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which pages a file has, and how their keys are partitioned on the way to them. Depends on nothing
 * but the number of the IDs, their range or shape, the number of dates, and how many blocks of
 * numbers have an ID.
 *
 * @param pages the layout
 * @param pageCount how many pages
 * @param partitionCount partitions of the keys, each of whole pages, or of whole blocks; ascending
 *     partitions hold ascending pages
 * @param partitionShift which bits of a key's index (DIRECT), of the mixed key (HASHED) or of the
 *     mixed number of its block (BLOCKS) are the number of its partition
 * @param directory the pages of the directory of blocks, of which the keys are numbers of blocks;
 *     null unless the layout is BLOCKS
 */
public record PagePlan(
    PageLayout pages,
    int pageCount,
    int partitionCount,
    int partitionShift,
    @Nullable PagePlan directory) {
  /**
   * How full buckets are. Measured: docs/benchmarks.md, "Layout". Fuller ones take fewer bytes, and
   * more lookups go on to the next bucket.
   */
  private static final double LOAD = 0.75;

  /**
   * Of a few wide slots, chance fills more than {@link HashedPages#MAX_DISTANCE} buckets in a row.
   * Extrapolated from 100,000 simulated pages: one file of 2^24 keys in fifteen needs a second
   * seed, and with the step below larger ones hardly more.
   */
  private static final double LOAD_OF_FEW_SLOTS = 0.7;

  private static final int FEW_SLOTS = 5;

  /** Less load for each doubling of the keys beyond 2^24. */
  private static final double LOAD_STEP = 0.01;

  private static final int KEYS_OF_FULL_LOAD_LOG = 24;

  /** Fuller than this, pages of some hundred keys would overflow by chance. */
  private static final double LOAD_LIMIT = 0.8;

  /** What a page takes in Chronicle Map's hash lookup and free list. */
  private static final int SLOT_BYTES_PER_PAGE = 8;

  private static final int KEYS_PER_PARTITION = 1 << 17;
  private static final int MAX_PARTITION_LOG = 8;

  /** Buckets of a page where there are enough: pages so large that chance fills them evenly. */
  private static final int HASHED_PAGE_BITS = 8;

  private static final int SMALL_HASHED_PAGE_BITS = 6;

  /** Two cache lines take longer to read than one: blocks must save a quarter of the file. */
  private static final int MOST_QUARTERS = 3;

  /** The widest slot that is one word. */
  private static final int MAX_NUMBER_SLOT_BYTES = 8;

  private PagePlan(PageLayout pages, int pageCount, int partitionCount, int partitionShift) {
    this(pages, pageCount, partitionCount, partitionShift, null);
  }

  /**
   * The cheapest pages without blocks, or null where no such pages can hold the IDs.
   *
   * @param layout {@link Layout#DIRECT} or {@link Layout#HASHED} to consider that alone
   */
  public static @Nullable PagePlan of(
      Layout layout, long idCount, long lowestId, long highestId, int dateCount) {
    PagePlan direct =
        layout == Layout.HASHED ? null : direct(idCount, lowestId, highestId, dateCount);
    PagePlan hashed =
        layout == Layout.DIRECT || idCount == 0
            ? null
            : hashed(idCount, lowestId, PageLayout.bits(highestId - lowestId), 0, dateCount);
    return cheaper(direct, hashed);
  }

  /** Likewise for texts of such a shape, and the range of their keys if it is not wide. */
  public static @Nullable PagePlan ofTexts(
      Layout layout, IdShape shape, long idCount, long lowestKey, long highestKey, int dateCount) {
    PagePlan direct =
        layout == Layout.HASHED || shape.isWide()
            ? null
            : direct(idCount, lowestKey, highestKey, dateCount);
    // All numbers of the shape and not the range of those in use: so the partitions of the keys are
    // known before the range is.
    PagePlan hashed =
        layout == Layout.DIRECT || idCount == 0
            ? null
            : hashed(
                idCount,
                shape.isWide() ? 0 : Long.MIN_VALUE,
                shape.keyBits(),
                shape.lowKeyBits(),
                dateCount);
    return cheaper(direct, hashed);
  }

  private static @Nullable PagePlan cheaper(@Nullable PagePlan direct, @Nullable PagePlan hashed) {
    if (direct == null || hashed == null) {
      return direct == null ? hashed : direct;
    }
    return direct.bytes() <= hashed.bytes() ? direct : hashed;
  }

  /**
   * Blocks instead of other pages, if they take at most three quarters of the bytes or are asked
   * for.
   */
  public static @Nullable PagePlan choose(
      Layout layout, @Nullable PagePlan plain, @Nullable PagePlan blocks) {
    boolean takesBlocks =
        blocks != null
            && (layout == Layout.BLOCKS
                || plain == null
                || 4 * blocks.bytes() <= MOST_QUARTERS * plain.bytes());
    return takesBlocks ? blocks : plain;
  }

  /** Whether blocks with that many codes, absent ones among them, could be chosen instead. */
  public boolean mayYieldToBlocks(long codeCount) {
    return codeCount * pages.codeBits() / 2 <= MOST_QUARTERS * bytes();
  }

  /**
   * The cheapest blocks, the largest of them, or null where there can be no blocks.
   *
   * @param blockCounts how many blocks of each number of bits there are, by {@link BlockSample}
   */
  public static @Nullable PagePlan blocks(
      long idCount, long lowestId, long highestId, int dateCount, long[] blockCounts) {
    PagePlan best = null;
    for (int bits = Directory.MIN_BLOCK_BITS; bits <= Directory.MAX_BLOCK_BITS; bits++) {
      PagePlan plan = blocks(idCount, lowestId, highestId, dateCount, bits, blockCounts[bits]);
      if (plan != null && (best == null || plan.bytes() <= best.bytes())) {
        best = plan;
      }
    }
    return best;
  }

  /** Blocks of that many bits, or null where there can be no such blocks. */
  public static @Nullable PagePlan blocks(
      long idCount, long lowestId, long highestId, int dateCount, int blockBits, long blockCount) {
    // So blocks lie at multiples of their size, wherever the lowest ID lies.
    long firstKey = lowestId & -1L << Directory.MAX_BLOCK_BITS;
    int keyBits = PageLayout.bits(highestId - firstKey);
    int blockKeyBits = keyBits - blockBits;
    if (blockCount < 1 || blockCount >= 1 << PageLayout.MAX_CODE_BITS - 1 || blockKeyBits < 2) {
      return null;
    }
    PagePlan codes = direct(idCount, 0, (blockCount << blockBits) - 1, dateCount);
    PagePlan directory = hashed(blockCount, 0, blockKeyBits, 0, (int) blockCount);
    if (codes == null
        || directory == null
        || directory.pageCount * directory.pages.entryBytes() > Directory.MAX_BYTES) {
      return null;
    }
    int partitionLog =
        Math.min(
            Math.min(MAX_PARTITION_LOG, blockKeyBits),
            PageLayout.bits(idCount / KEYS_PER_PARTITION));
    PageLayout pages =
        new PageLayout(
            Layout.BLOCKS,
            firstKey,
            keyBits,
            0,
            codes.pages.codeBits(),
            codes.pages.pageBits(),
            0,
            0,
            new Directory(blockBits, (int) blockCount, directory.pages, directory.pageCount, 1));
    return new PagePlan(
        pages, codes.pageCount, 1 << partitionLog, blockKeyBits - partitionLog, directory);
  }

  /** Whether keys have a low number too. */
  public boolean isWide() {
    return pages.lowKeyBits() > 0;
  }

  /** What the pages take in the file. */
  public long bytes() {
    long ofDirectory =
        directory == null
            ? 0
            : StoreGeometry.align(
                directory.pageCount * directory.pages.entryBytes(), Footer.PAGE_BYTES);
    return pageCount * (pages.entryBytes() + SLOT_BYTES_PER_PAGE) + ofDirectory;
  }

  private static @Nullable PagePlan direct(
      long idCount, long lowestId, long highestId, int dateCount) {
    long last = highestId - lowestId;
    PagePlan best = null;
    // A range of 2^63 numbers or more is negative here; few of those below fit either.
    if (idCount > 0
        && (last < 0 || last >> PageLayout.MAX_PAGE_BITS >= PageLayout.MAX_PAGE_COUNT)) {
      return null;
    }
    for (int bits = PageLayout.MIN_DIRECT_PAGE_BITS; bits <= PageLayout.MAX_PAGE_BITS; bits++) {
      long pageCount = idCount == 0 ? 0 : (last >> bits) + 1;
      if (pageCount <= PageLayout.MAX_PAGE_COUNT) {
        PageLayout pages =
            new PageLayout(
                Layout.DIRECT,
                idCount == 0 ? 0 : lowestId,
                PageLayout.bits(idCount == 0 ? 0 : last),
                0,
                PageLayout.codeBits(dateCount),
                bits,
                0,
                0);
        int shift = Math.max(0, PageLayout.bits(pageCount) - MAX_PARTITION_LOG);
        int partitionCount = (int) (pageCount + (1L << shift) - 1 >> shift);
        PagePlan plan =
            new PagePlan(pages, (int) pageCount, Math.max(1, partitionCount), bits + shift);
        if (pages.entryBytes() <= Integer.MAX_VALUE
            && (best == null || plan.bytes() < best.bytes())) {
          best = plan;
        }
      }
    }
    return best;
  }

  private static @Nullable PagePlan hashed(
      long idCount, long firstKey, int keyBits, int lowKeyBits, int dateCount) {
    int codeBits = PageLayout.codeBits(dateCount);
    PagePlan best = null;
    for (int slotBytes = HashedPages.MIN_SLOT_BYTES;
        slotBytes <= mostSlotBytes(lowKeyBits);
        slotBytes++) {
      int slotCount = HashedPages.slotCount(slotBytes);
      long byLoad = (long) Math.ceil(idCount / (slotCount * load(slotCount, idCount)));
      // Enough buckets, so that the rest of a key fits the slot.
      int bucketLog =
          keyBits
              + lowKeyBits
              + codeBits
              + HashedPages.MARK_BITS
              - HashedPages.TAG_BITS
              - 8 * slotBytes;
      if (bucketLog >= keyBits || bucketLog > HashedPages.MAX_BUCKET_LOG) {
        continue;
      }
      PagePlan plan =
          hashed(
              idCount,
              new PageLayout(Layout.HASHED, firstKey, keyBits, lowKeyBits, codeBits, 0, 0, 0),
              Math.max(byLoad, 1L << Math.max(0, bucketLog)));
      if (plan != null && (best == null || plan.bytes() < best.bytes())) {
        best = plan;
      }
    }
    return best;
  }

  private static int mostSlotBytes(int lowKeyBits) {
    return lowKeyBits > 0 ? HashedPages.MAX_SLOT_BYTES : MAX_NUMBER_SLOT_BYTES;
  }

  private static double load(int slotCount, long idCount) {
    if (slotCount > FEW_SLOTS) {
      return LOAD;
    }
    int doublings = PageLayout.bits(idCount >>> KEYS_OF_FULL_LOAD_LOG) - 1;
    return LOAD_OF_FEW_SLOTS - LOAD_STEP * doublings;
  }

  /**
   * @param keys what is known of the layout without its pages
   */
  private static @Nullable PagePlan hashed(long idCount, PageLayout keys, long leastBuckets) {
    int keyBits = keys.keyBits();
    int pageBits =
        leastBuckets >= 16L << HASHED_PAGE_BITS
            ? HASHED_PAGE_BITS
            : leastBuckets > 1L << SMALL_HASHED_PAGE_BITS
                ? SMALL_HASHED_PAGE_BITS
                : PageLayout.bits(leastBuckets - 1);
    while (pages(leastBuckets, pageBits) > PageLayout.MAX_PAGE_COUNT * 9L / 10) {
      pageBits++;
    }
    long pageCount = pages(leastBuckets, pageBits);
    int partitionLog =
        Math.min(
            MAX_PARTITION_LOG,
            Math.min(
                PageLayout.bits(pageCount / 32) - 1,
                PageLayout.bits(idCount / KEYS_PER_PARTITION)));
    partitionLog = Math.max(0, partitionLog);
    // A multiple, so that a partition has whole pages.
    pageCount = pages(pageCount, partitionLog) << partitionLog;
    long bucketCount = pageCount << pageBits;
    int slotBytes = HashedPages.slotBytes(keyBits, keys.lowKeyBits(), keys.codeBits(), bucketCount);
    if (HashedPages.bucketLog(bucketCount) >= keyBits
        || HashedPages.bucketLog(bucketCount) > HashedPages.MAX_BUCKET_LOG
        || slotBytes > mostSlotBytes(keys.lowKeyBits())
        || (double) idCount > LOAD_LIMIT * HashedPages.slotCount(slotBytes) * bucketCount) {
      return null;
    }
    return new PagePlan(
        with(keys, pageBits, slotBytes, 0),
        (int) pageCount,
        1 << partitionLog,
        keyBits - partitionLog);
  }

  private static long pages(long count, int bits) {
    return count + (1L << bits) - 1 >> bits;
  }

  private static PageLayout with(PageLayout keys, int pageBits, int slotBytes, long seed) {
    return new PageLayout(
        keys.layout(),
        keys.firstKey(),
        keys.keyBits(),
        keys.lowKeyBits(),
        keys.codeBits(),
        pageBits,
        slotBytes,
        seed);
  }

  /** The same plan with another seed: of its directory, if it has one. */
  public PagePlan withSeed(long seed) {
    return directory == null
        ? new PagePlan(
            with(pages, pages.pageBits(), pages.slotBytes(), seed),
            pageCount,
            partitionCount,
            partitionShift)
        : withDirectory(directory.withSeed(seed), 1);
  }

  /** The same blocks with the longest probe of their directory. */
  public PagePlan withLongestProbe(int longestProbe) {
    return withDirectory(Objects.requireNonNull(directory), longestProbe);
  }

  private PagePlan withDirectory(PagePlan other, int longestProbe) {
    Directory old = Objects.requireNonNull(pages.directory());
    PageLayout layout =
        new PageLayout(
            pages.layout(),
            pages.firstKey(),
            pages.keyBits(),
            0,
            pages.codeBits(),
            pages.pageBits(),
            0,
            0,
            new Directory(
                old.blockBits(), old.blockCount(), other.pages, other.pageCount, longestProbe));
    return new PagePlan(layout, pageCount, partitionCount, partitionShift, other);
  }

  /** The seed of what is mixed: keys or, where there are blocks, their numbers. */
  private long seed() {
    return directory == null ? pages.seed() : directory.pages.seed();
  }

  /** Bits of a key that are not mixed. */
  public int blockBits() {
    Directory blocks = pages.directory();
    return blocks == null ? 0 : blocks.blockBits();
  }

  /** Whether keys that were partitioned for {@code other} are so for this plan too. */
  public boolean isPartitionedAs(PagePlan other) {
    return pages.layout() == other.pages.layout()
        && pages.firstKey() == other.pages.firstKey()
        && seed() == other.seed()
        && blockBits() == other.blockBits()
        && partitionCount == other.partitionCount
        && partitionShift == other.partitionShift
        && isWide() == other.isWide()
        && (pages.layout() == Layout.DIRECT || pages.keyBits() == other.pages.keyBits());
  }

  /** Finds the partition of a key; for one thread. */
  public Partitioner partitioner() {
    long firstKey = pages.firstKey();
    if (partitionCount == 1) {
      return (key, low) -> 0;
    }
    if (pages.layout() == Layout.DIRECT) {
      return (key, low) -> (int) (key - firstKey >>> partitionShift);
    }
    if (isWide()) {
      HashedPages hashed = new HashedPages(pages, pageCount);
      return (key, low) -> (int) (hashed.mix(key, low) >>> partitionShift);
    }
    Mix mix = mix();
    int blockBits = blockBits();
    return (key, low) -> (int) (mix.mix(key - firstKey >>> blockBits) >>> partitionShift);
  }

  /** What mixes keys or, where there are blocks, their numbers. */
  Mix mix() {
    return new Mix(pages.keyBits() - blockBits(), seed());
  }

  /** See {@link #partitioner}. */
  public interface Partitioner {
    int partition(long key, long low);
  }

  /** What stock Chronicle Map is asked for. */
  public StorePlan storePlan() {
    int entryBytes = Math.toIntExact(pages.entryBytes());
    int count = Math.max(1, pageCount);
    return new StorePlan(1, count, count, entryBytes, entryBytes - Long.BYTES, false, pageCount);
  }
}
