package dev.almanac.build.write;

import dev.almanac.Layout;
import dev.almanac.format.HashedPages;
import dev.almanac.format.Mix;
import dev.almanac.format.PageLayout;
import org.jspecify.annotations.Nullable;

/**
 * Which pages a file has, and how their keys are partitioned on the way to them. Depends on nothing
 * but the number of the IDs, their range and the number of dates.
 *
 * @param pages the layout
 * @param pageCount how many pages
 * @param partitionCount partitions of the keys, each of whole pages; ascending partitions hold
 *     ascending pages
 * @param partitionShift which bits of a key's index (DIRECT) or of the mixed key (HASHED) are the
 *     number of its partition
 */
record PagePlan(PageLayout pages, int pageCount, int partitionCount, int partitionShift) {
  /**
   * How full buckets are. Measured: docs/benchmarks.md, "Layout". Fuller ones take fewer bytes, and
   * more lookups go on to the next bucket.
   */
  private static final double LOAD = 0.75;

  /** Fuller than this, pages of some hundred keys would overflow by chance. */
  private static final double LOAD_LIMIT = 0.8;

  /** What a page takes in Chronicle Map's hash lookup and free list. */
  private static final int SLOT_BYTES_PER_PAGE = 8;

  private static final int KEYS_PER_PARTITION = 1 << 17;
  private static final int MAX_PARTITION_LOG = 8;

  /** Buckets of a page where there are enough: pages so large that chance fills them evenly. */
  private static final int HASHED_PAGE_BITS = 8;

  private static final int SMALL_HASHED_PAGE_BITS = 6;

  /** The widest slot that is one word. */
  private static final int MAX_NUMBER_SLOT_BYTES = 8;

  /**
   * The cheapest pages, or null where no pages can hold the IDs.
   *
   * @param layout {@link Layout#AUTO}, or the one layout to consider
   */
  static @Nullable PagePlan of(
      Layout layout, long idCount, long lowestId, long highestId, int dateCount) {
    PagePlan direct =
        layout == Layout.HASHED ? null : direct(idCount, lowestId, highestId, dateCount);
    PagePlan hashed =
        layout == Layout.DIRECT || idCount == 0
            ? null
            : hashed(idCount, lowestId, highestId, dateCount);
    if (direct == null || hashed == null) {
      return direct == null ? hashed : direct;
    }
    return direct.bytes() <= hashed.bytes() ? direct : hashed;
  }

  /** What the pages take in the file. */
  long bytes() {
    return pageCount * (pages.entryBytes() + SLOT_BYTES_PER_PAGE);
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
      long idCount, long lowestId, long highestId, int dateCount) {
    int keyBits = PageLayout.bits(highestId - lowestId);
    int codeBits = PageLayout.codeBits(dateCount);
    PagePlan best = null;
    for (int slotBytes = HashedPages.MIN_SLOT_BYTES;
        slotBytes <= MAX_NUMBER_SLOT_BYTES;
        slotBytes++) {
      long byLoad = (long) Math.ceil(idCount / (HashedPages.slotCount(slotBytes) * LOAD));
      // So many buckets that the rest of a key fits the slot.
      int bucketLog =
          keyBits + codeBits + HashedPages.MARK_BITS - HashedPages.TAG_BITS - 8 * slotBytes;
      if (bucketLog >= keyBits || bucketLog > HashedPages.MAX_BUCKET_LOG) {
        continue;
      }
      PagePlan plan =
          hashed(
              idCount, lowestId, keyBits, codeBits, Math.max(byLoad, 1L << Math.max(0, bucketLog)));
      if (plan != null && (best == null || plan.bytes() < best.bytes())) {
        best = plan;
      }
    }
    return best;
  }

  private static @Nullable PagePlan hashed(
      long idCount, long firstKey, int keyBits, int codeBits, long leastBuckets) {
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
    int slotBytes = HashedPages.slotBytes(keyBits, 0, codeBits, bucketCount);
    if (HashedPages.bucketLog(bucketCount) >= keyBits
        || HashedPages.bucketLog(bucketCount) > HashedPages.MAX_BUCKET_LOG
        || slotBytes > MAX_NUMBER_SLOT_BYTES
        || (double) idCount > LOAD_LIMIT * HashedPages.slotCount(slotBytes) * bucketCount) {
      return null;
    }
    return new PagePlan(
        new PageLayout(Layout.HASHED, firstKey, keyBits, 0, codeBits, pageBits, slotBytes, 0),
        (int) pageCount,
        1 << partitionLog,
        keyBits - partitionLog);
  }

  private static long pages(long count, int bits) {
    return count + (1L << bits) - 1 >> bits;
  }

  /** The same plan with another seed. */
  PagePlan withSeed(long seed) {
    return new PagePlan(
        new PageLayout(
            pages.layout(),
            pages.firstKey(),
            pages.keyBits(),
            pages.lowKeyBits(),
            pages.codeBits(),
            pages.pageBits(),
            pages.slotBytes(),
            seed),
        pageCount,
        partitionCount,
        partitionShift);
  }

  /** Whether keys that were partitioned for {@code other} are so for this plan too. */
  boolean isPartitionedAs(PagePlan other) {
    return pages.layout() == other.pages.layout()
        && pages.firstKey() == other.pages.firstKey()
        && pages.seed() == other.pages.seed()
        && partitionCount == other.partitionCount
        && partitionShift == other.partitionShift
        && (pages.layout() == Layout.DIRECT || pages.keyBits() == other.pages.keyBits());
  }

  /** Finds the partition of a number; for one thread. */
  Partitioner partitioner() {
    long firstKey = pages.firstKey();
    if (partitionCount == 1) {
      return id -> 0;
    }
    if (pages.layout() == Layout.DIRECT) {
      return id -> (int) (id - firstKey >>> partitionShift);
    }
    Mix mix = new Mix(pages.keyBits(), pages.seed());
    return id -> (int) (mix.mix(id - firstKey) >>> partitionShift);
  }

  /** See {@link #partitioner}. */
  interface Partitioner {
    int partition(long id);
  }

  /** What stock Chronicle Map is asked for. */
  StorePlan storePlan() {
    int entryBytes = Math.toIntExact(pages.entryBytes());
    int count = Math.max(1, pageCount);
    return new StorePlan(1, count, count, entryBytes, entryBytes - Long.BYTES, false, pageCount);
  }
}
