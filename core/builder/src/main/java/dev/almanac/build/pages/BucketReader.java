package dev.almanac.build.pages;

import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.nio.ByteBuffer;

/** Takes the slots of hashed pages apart. For any number of threads. */
public final class BucketReader {
  public final HashedPages pages;
  private final PageLayout layout;
  private final int markShift;

  public BucketReader(PageLayout layout, long pageCount) {
    this.pages = new HashedPages(layout, pageCount);
    this.layout = layout;
    this.markShift = 8 * pages.slotBytes - HashedPages.MARK_BITS;
  }

  /** Where the highest byte of a slot lies. */
  int highestByte(int bucketAt, int slot) {
    return bucketAt + HashedPages.BUCKET_BYTES - 1 - slot * pages.slotBytes;
  }

  /** The distance of a slot; {@link HashedPages#EMPTY} for it and those after it if it is empty. */
  public int distance(ByteBuffer page, int bucketAt, int slot) {
    return page.get(highestByte(bucketAt, slot)) >>> 4 & HashedPages.EMPTY;
  }

  /** The slots of a bucket that are in use. */
  public int count(ByteBuffer page, int bucketAt) {
    int count = 0;
    while (count < pages.slotCount && distance(page, bucketAt, count) != HashedPages.EMPTY) {
      count++;
    }
    return count;
  }

  /** How far keys of a home may lie. */
  public int reach(ByteBuffer page, int bucketAt) {
    int marks = 0;
    for (int i = 0; i < 3; i++) {
      marks |= (page.get(highestByte(bucketAt, i)) >>> 7 & 1) << i;
    }
    return HashedPages.reach(marks);
  }

  /** Whether a key lies in this bucket that is so far from its home. */
  public boolean hasDistance(ByteBuffer page, int bucketAt, int distance) {
    int slots = count(page, bucketAt);
    for (int slot = 0; slot < slots; slot++) {
      if (distance(page, bucketAt, slot) == distance) {
        return true;
      }
    }
    return false;
  }

  private long slot(ByteBuffer page, int bucketAt, int slot) {
    return page.getLong(highestByte(bucketAt, slot) + 1 - Long.BYTES)
        >>> Long.SIZE - 8 * pages.slotBytes;
  }

  /** The code of a slot in use. */
  public int code(ByteBuffer page, int bucketAt, int slot) {
    return (int) slot(page, bucketAt, slot) & (1 << layout.codeBits()) - 1;
  }

  /** The mixed key of a slot in use of this bucket. */
  public long mixed(ByteBuffer page, int bucketAt, int slot, long bucket) {
    long tag = page.get(bucketAt + slot) & 0xFF;
    long rest =
        tag << pages.restBits - HashedPages.TAG_BITS
            | (slot(page, bucketAt, slot) & (1L << markShift) - 1) >>> layout.codeBits();
    return pages.mixed(pages.before(bucket, distance(page, bucketAt, slot)), rest);
  }
}
