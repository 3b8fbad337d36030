package dev.almanac.build.base;

import dev.almanac.build.pages.BucketReader;
import dev.almanac.build.pages.HashedPageWriter;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Changes keys of hashed pages. A key that comes or goes moves others, but none beyond a bucket
 * that nothing passes: so the buckets between two such places are filled anew, and the rest of the
 * page stays. For one thread.
 */
final class ChangedBuckets {
  private final BucketReader reader;
  private final HashedPageWriter writer;
  private final int pageBits;
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
    this.reader = new BucketReader(base.pages(), base.entryCount());
    this.pageBits = base.pages().pageBits();
    this.writer = writer;
    this.bucketCount = 1 << pageBits;
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
    return (int) reader.pages.bucket(mixed) & bucketCount - 1;
  }

  /** Whether a key of an earlier bucket lies in this one or after it. */
  private boolean isPassed(int bucket) {
    for (int ahead = 0; ahead < longestDistance; ahead++) {
      int at = dataAt + (bucket + ahead & bucketCount - 1) * HashedPages.BUCKET_BYTES;
      int slots = reader.count(old, at);
      for (int slot = 0; slot < slots; slot++) {
        if (reader.distance(old, at, slot) > ahead) {
          return true;
        }
      }
    }
    return false;
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
    long number = ((long) page << pageBits) + bucket;
    int slots = reader.count(old, at);
    for (int slot = 0; slot < slots; slot++) {
      long mixed = reader.mixed(old, at, slot, number);
      if (!isChanged(mixed, first, last)) {
        writer.insert(mixed, reader.code(old, at, slot));
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
      int distance = reader.reach(page, at + bucket * HashedPages.BUCKET_BYTES);
      // What a bucket says of its reach may be more than the distance of its farthest key.
      for (; distance + 1 > longest; distance--) {
        int there = bucket + distance & bucketCount - 1;
        if (reader.hasDistance(page, at + there * HashedPages.BUCKET_BYTES, distance)) {
          longest = distance + 1;
        }
      }
    }
    return longest;
  }
}
