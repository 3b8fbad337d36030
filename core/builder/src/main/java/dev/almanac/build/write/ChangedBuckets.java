package dev.almanac.build.write;

import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Changes keys of hashed pages. A key that comes or goes moves others, but none beyond a bucket
 * that nothing passes: so the buckets between two such places are filled anew, and the rest of the
 * page stays. For one thread.
 */
final class ChangedBuckets {
  private final PageLayout layout;
  private final HashedPages pages;
  private final HashedPageWriter writer;
  private final int bucketCount;
  private final int longestDistance;

  // What changes, in the order of the pages.
  private final long[] keys;
  private final int[] codes;

  // The page that is changed: as it was, and as it will be.
  private int page;
  private ByteBuffer old = ByteBuffer.allocate(0);
  private ByteBuffer entry = ByteBuffer.allocate(0);
  private int dataAt;

  /**
   * Changes pages of a base.
   *
   * @param keys the mixed keys that change, in their order
   * @param codes their codes, or {@link MergedKeys#REMOVED}
   */
  ChangedBuckets(Footer base, HashedPageWriter writer, long[] keys, int[] codes) {
    this.layout = base.pages();
    this.pages = new HashedPages(layout, base.entryCount());
    this.writer = writer;
    this.bucketCount = 1 << layout.pageBits();
    this.longestDistance = base.longestProbe() - 1;
    this.keys = keys;
    this.codes = codes;
  }

  /**
   * Changes the keys from {@code from} to before {@code to}, which are those of one page. False if
   * the page has no room for them.
   *
   * @param old the page of the base
   * @param entry a copy of it, which is changed; on the heap
   * @param dataAt where in both its buckets begin
   */
  boolean change(int page, int from, int to, ByteBuffer old, ByteBuffer entry, int dataAt) {
    this.page = page;
    this.old = old;
    this.entry = entry;
    this.dataAt = dataAt;
    for (int first = from; first < to; ) {
      int last = changeRun(first, to);
      if (last < 0) {
        return fillPage(from, to);
      }
      first = last;
    }
    return true;
  }

  /**
   * Fills the buckets anew that a change and those after it reach; gives the first change that does
   * not reach them, or -1 where they reach over the seam of the page, after whose last bucket comes
   * its first.
   */
  private int changeRun(int first, int to) {
    int start = home(keys[first]);
    while (start > 0 && isPassed(start)) {
      start--;
    }
    int last = first;
    for (int end = home(keys[first]) + 1; ; end++) {
      while (end < bucketCount && isPassed(end)) {
        end++;
      }
      if ((start == 0 || end == bucketCount) && isPassed(0)) {
        return -1;
      }
      while (last < to && home(keys[last]) < end) {
        last++;
      }
      takeKeys(start, end, first, last);
      if (writer.fillRun(page, start, end - start, entry, dataAt)) {
        return last;
      }
      if (end == bucketCount) {
        return -1;
      }
    }
  }

  private boolean fillPage(int from, int to) {
    takeKeys(0, bucketCount, from, to);
    return writer.fillPage(page, entry, dataAt);
  }

  /** The bucket of a mixed key, in its page. */
  private int home(long mixed) {
    return (int) pages.bucket(mixed) & bucketCount - 1;
  }

  /** Whether a key of an earlier bucket lies in this one or after it. */
  private boolean isPassed(int bucket) {
    for (int ahead = 0; ahead < longestDistance; ahead++) {
      int at = dataAt + (bucket + ahead & bucketCount - 1) * HashedPages.BUCKET_BYTES;
      for (int slot = 0; slot < pages.slotCount; slot++) {
        int distance = distance(at, slot);
        if (distance == HashedPages.EMPTY) {
          break;
        }
        if (distance > ahead) {
          return true;
        }
      }
    }
    return false;
  }

  private int distance(int bucketAt, int slot) {
    return old.get(highestByte(bucketAt, slot)) >>> 4 & HashedPages.EMPTY;
  }

  private int highestByte(int bucketAt, int slot) {
    return bucketAt + HashedPages.BUCKET_BYTES - 1 - slot * pages.slotBytes;
  }

  /** Empties buckets, and gives the writer their keys with the changes that are theirs. */
  private void takeKeys(int start, int end, int first, int last) {
    writer.count = 0;
    for (int bucket = start; bucket < end; bucket++) {
      takeKeys(bucket, first, last);
    }
    for (int i = first; i < last; i++) {
      if (codes[i] != MergedKeys.REMOVED) {
        writer.insert(keys[i], codes[i]);
      }
    }
    int from = dataAt + start * HashedPages.BUCKET_BYTES;
    int to = dataAt + end * HashedPages.BUCKET_BYTES;
    Arrays.fill(entry.array(), from, to, (byte) 0);
  }

  private void takeKeys(int bucket, int first, int last) {
    int at = dataAt + bucket * HashedPages.BUCKET_BYTES;
    int markShift = 8 * pages.slotBytes - HashedPages.MARK_BITS;
    for (int index = 0; index < pages.slotCount; index++) {
      int distance = distance(at, index);
      if (distance == HashedPages.EMPTY) {
        return;
      }
      long slot =
          old.getLong(highestByte(at, index) + 1 - Long.BYTES) >>> Long.SIZE - 8 * pages.slotBytes;
      long tag = old.get(at + index) & 0xFF;
      long rest =
          tag << pages.restBits - HashedPages.TAG_BITS
              | (slot & (1L << markShift) - 1) >>> layout.codeBits();
      long place = ((long) page << layout.pageBits()) + bucket;
      long mixed = pages.mixed(pages.before(place, distance), rest);
      if (!isChanged(mixed, first, last)) {
        writer.insert(mixed, (int) slot & (1 << layout.codeBits()) - 1);
      }
    }
  }

  private boolean isChanged(long mixed, int first, int last) {
    for (int i = first; i < last; i++) {
      if (keys[i] == mixed) {
        return true;
      }
    }
    return false;
  }

  /** The longest probe of a page. */
  int longestProbe(ByteBuffer page, int at) {
    int longest = 1;
    for (int bucket = 0; bucket < bucketCount; bucket++) {
      int reach = 0;
      for (int i = 0; i < 3; i++) {
        int highest = highestByte(at + bucket * HashedPages.BUCKET_BYTES, i);
        reach |= (page.get(highest) >>> 7 & 1) << i;
      }
      longest = Math.max(longest, reach + 1);
    }
    return longest;
  }
}
