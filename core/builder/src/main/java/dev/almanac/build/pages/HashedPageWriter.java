package dev.almanac.build.pages;

import dev.almanac.build.workspace.RadixSort;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@link HashedPages}. Bucket after bucket, each takes the keys whose home it is, and then,
 * as far as it has room, those that wait because an earlier bucket was full, first come first
 * served. Before all others come as many of those that wait as keep the rest within {@link
 * HashedPages#MAX_DISTANCE} buckets of their homes: so few keys are away from home, and none is far
 * away.
 *
 * <p>After the last bucket of a page comes its first, so the walk begins after a bucket from which
 * nothing waits: how many wait does not depend on who goes first, so that bucket is known from
 * counts alone.
 */
public final class HashedPageWriter extends PageWriter {
  private final RadixSort sort = new RadixSort();
  private final HashedPages pages;
  private final PageLayout layout;
  private final int bucketCount;
  private final int[] homeCounts;
  private final int[] firstOfHome;
  private final int[] farthest;
  private final int[] slotsUsed;

  // Of wide keys: where each came from, and what is put in order.
  private int[] order = {};
  private long[] sortedLows = {};
  private int[] sortedCodes = {};

  // Keys that wait for a bucket, and how many buckets they have passed: a queue.
  private int[] waiting = new int[64];
  private int[] waitingHomes = new int[64];
  private int waitingFrom;
  private int waitingTo;
  private int next;
  private int longestProbe = 1;

  HashedPageWriter(
      @Nullable KeySource source, PagePlan plan, Place place, @Nullable FileChannel file) {
    super(source, plan, place, file);
    this.layout = plan.pages();
    this.pages = new HashedPages(layout, plan.pageCount());
    this.bucketCount = 1 << layout.pageBits();
    this.homeCounts = new int[bucketCount];
    this.firstOfHome = new int[bucketCount];
    this.farthest = new int[bucketCount];
    this.slotsUsed = new int[bucketCount];
  }

  /** A writer that is given mixed keys by {@link #insert}, for {@link #fillRun}. */
  public HashedPageWriter(PagePlan plan, StoreGeometry g) {
    this(null, plan, Place.ofStore(g), null);
  }

  @Override
  long keyLimit() {
    return (long) plan.pageCount() / plan.partitionCount() * bucketCount * pages.slotCount;
  }

  /** By the mixed key, which is by bucket, then by rest; then by the low number. */
  @Override
  boolean prepare(int partition) {
    next = 0;
    if (plan.isWide()) {
      return prepareWide();
    }
    for (int i = 0; i < count; i++) {
      keys[i] = pages.mix(keys[i] - layout.firstKey());
    }
    sort.sort(keys, codes, count);
    keys = sort.keys;
    codes = sort.payload;
    return true;
  }

  private boolean prepareWide() {
    if (order.length < keys.length) {
      order = new int[keys.length];
    }
    for (int i = 0; i < count; i++) {
      keys[i] = pages.mix(keys[i], lows[i]);
      order[i] = i;
    }
    sort.sort(keys, order, count);
    // As long as any array of keys, which is what they are grown with.
    int capacity = Math.max(keys.length, sort.keys.length);
    keys = sort.keys;
    order = sort.payload;
    if (sortedLows.length < capacity) {
      sortedLows = new long[capacity];
      sortedCodes = new int[capacity];
    }
    for (int i = 0; i < count; i++) {
      sortedLows[i] = lows[order[i]];
      sortedCodes[i] = codes[order[i]];
    }
    long[] unsortedLows = lows;
    lows = sortedLows;
    sortedLows = unsortedLows;
    int[] unsortedCodes = codes;
    codes = sortedCodes;
    sortedCodes = unsortedCodes;
    return sortTies();
  }

  /** Keys that are mixed to one number: few by chance, and if not, they have one home. */
  private boolean sortTies() {
    int mostOfHome = (HashedPages.MAX_DISTANCE + 1) * pages.slotCount;
    for (int from = 0; from < count; ) {
      int to = from + 1;
      for (; to < count && keys[to] == keys[from]; to++) {
        if (to - from == mostOfHome) {
          return false;
        }
        for (int i = to; i > from && Long.compareUnsigned(lows[i - 1], lows[i]) > 0; i--) {
          swap(i - 1, i);
        }
      }
      from = to;
    }
    return true;
  }

  private void swap(int i, int j) {
    long low = lows[i];
    lows[i] = lows[j];
    lows[j] = low;
    int code = codes[i];
    codes[i] = codes[j];
    codes[j] = code;
  }

  @Override
  boolean fill(int page, ByteBuffer out, int dataAt) {
    countHomes(page, 0, bucketCount);
    int start = bucketThatNothingPasses();
    return start >= 0 && fill(start, bucketCount, out, dataAt);
  }

  /** Puts a mixed key, with its code, in its place among those that were inserted before. */
  public void insert(long mixed, int code) {
    add(mixed, 0, code);
    if (count > keyLimit()) {
      return;
    }
    int i = count - 1;
    for (; i > 0 && Long.compareUnsigned(keys[i - 1], mixed) > 0; i--) {
      keys[i] = keys[i - 1];
      codes[i] = codes[i - 1];
    }
    keys[i] = mixed;
    codes[i] = code;
  }

  /**
   * Fills some buckets of a page, of which all bytes are 0, with the keys that were inserted, whose
   * homes they are, where nothing passes the first of them. False if a key does not fit or passes
   * the last.
   */
  public boolean fillRun(int page, int start, int length, ByteBuffer out, int dataAt) {
    next = 0;
    if (count > keyLimit()) {
      return false;
    }
    countHomes(page, start, length);
    return fill(start, length, out, dataAt);
  }

  /** Fills a page, of which all bytes are 0, with the keys that were inserted. */
  public boolean fillPage(int page, ByteBuffer out, int dataAt) {
    next = 0;
    return count <= keyLimit() && fill(page, out, dataAt);
  }

  /** Counts the keys of each home, from the next key on. */
  private void countHomes(int page, int start, int length) {
    Arrays.fill(homeCounts, start, start + length, 0);
    Arrays.fill(farthest, start, start + length, 0);
    Arrays.fill(slotsUsed, start, start + length, 0);
    long firstBucket = (long) page << layout.pageBits();
    while (next < count) {
      long bucket = pages.bucket(keys[next]) - firstBucket;
      if (bucket >= bucketCount) {
        break;
      }
      if (homeCounts[(int) bucket]++ == 0) {
        firstOfHome[(int) bucket] = next;
      }
      next++;
    }
  }

  private boolean fill(int start, int length, ByteBuffer out, int dataAt) {
    waitingFrom = 0;
    waitingTo = 0;
    for (int i = 0; i < length; i++) {
      if (!fillBucket(start + i & bucketCount - 1, out, dataAt)) {
        return false;
      }
    }
    for (int i = 0; i < length; i++) {
      end(start + i & bucketCount - 1, out, dataAt);
    }
    return waitingFrom == waitingTo;
  }

  /** A bucket that no key from an earlier one reaches, or -1. */
  private int bucketThatNothingPasses() {
    int passing = 0;
    int found = -1;
    for (int i = 0; i < 2 * bucketCount; i++) {
      int bucket = i & bucketCount - 1;
      passing = Math.max(0, passing + homeCounts[bucket] - pages.slotCount);
      // Only in the second round: the first does not know what comes from the last bucket.
      if (passing == 0 && i >= bucketCount) {
        found = bucket + 1 & bucketCount - 1;
      }
    }
    return found;
  }

  private boolean fillBucket(int bucket, ByteBuffer out, int dataAt) {
    int urgent = urgentCount(bucket);
    if (urgent > pages.slotCount) {
      return false;
    }
    for (; urgent > 0; urgent--) {
      putWaiting(bucket, out, dataAt);
    }
    int i = firstOfHome[bucket];
    int end = i + homeCounts[bucket];
    for (; i < end && !isFull(bucket); i++) {
      put(bucket, bucket, i, out, dataAt);
    }
    for (; i < end; i++) {
      wait(i, bucket);
    }
    while (waitingFrom < waitingTo && !isFull(bucket)) {
      putWaiting(bucket, out, dataAt);
    }
    return true;
  }

  /**
   * How many of those that wait must go into this bucket, so that each of the others finds room
   * before it has waited too long, even if all buckets to come are full of them.
   */
  private int urgentCount(int bucket) {
    int urgent = 0;
    for (int i = waitingFrom; i < waitingTo; i++) {
      int bucketsLeft = HashedPages.MAX_DISTANCE - distance(i, bucket);
      urgent = Math.max(urgent, i - waitingFrom + 1 - bucketsLeft * pages.slotCount);
    }
    return urgent;
  }

  private boolean isFull(int bucket) {
    return slotsUsed[bucket] == pages.slotCount;
  }

  private int distance(int inQueue, int bucket) {
    return bucket - waitingHomes[inQueue] & bucketCount - 1;
  }

  private void wait(int key, int home) {
    if (waitingTo == waiting.length) {
      waiting = Arrays.copyOf(waiting, 2 * waitingTo);
      waitingHomes = Arrays.copyOf(waitingHomes, 2 * waitingTo);
    }
    waiting[waitingTo] = key;
    waitingHomes[waitingTo] = home;
    waitingTo++;
  }

  private void putWaiting(int bucket, ByteBuffer out, int dataAt) {
    put(bucket, waitingHomes[waitingFrom], waiting[waitingFrom], out, dataAt);
    waitingFrom++;
  }

  private void put(int bucket, int home, int key, ByteBuffer out, int dataAt) {
    int distance = bucket - home & bucketCount - 1;
    farthest[home] = Math.max(farthest[home], distance);
    longestProbe = Math.max(longestProbe, distance + 1);
    long rest = pages.rest(keys[key]);
    int index = slotsUsed[bucket]++;
    int at = dataAt + bucket * HashedPages.BUCKET_BYTES;
    out.put(at + index, (byte) pages.tag(rest));
    if (plan.isWide()) {
      putWideSlot(out, at, index, distance, pages.restBelowTag(rest), key);
      return;
    }
    long slot =
        (long) distance << 8 * pages.slotBytes - HashedPages.MARK_BITS
            | pages.restBelowTag(rest) << layout.codeBits()
            | codes[key];
    putSlot(out, at, index, slot);
  }

  /** A slot of more than 64 bits: the word that it begins with, and the one that it ends with. */
  private void putWideSlot(
      ByteBuffer out, int bucketAt, int index, int distance, long restBelowTag, int key) {
    int codeBits = layout.codeBits();
    int restAt = codeBits + layout.lowKeyBits();
    int wordBits = Long.SIZE;
    long first = codes[key] | lows[key] << codeBits;
    long beyond = lows[key] >>> wordBits - codeBits;
    if (restAt < wordBits) {
      first |= restBelowTag << restAt;
      beyond |= restBelowTag >>> wordBits - restAt;
    } else {
      beyond |= restBelowTag << restAt - wordBits;
    }
    int beyondBits = 8 * pages.slotBytes - wordBits;
    beyond |= (long) distance << beyondBits - HashedPages.MARK_BITS;
    int end = bucketAt + HashedPages.BUCKET_BYTES - index * pages.slotBytes;
    out.putLong(end - pages.slotBytes, first);
    out.putLong(end - Long.BYTES, first >>> beyondBits | beyond << wordBits - beyondBits);
  }

  private void putSlot(ByteBuffer out, int bucketAt, int index, long slot) {
    // The word that ends with the slot; what it has below belongs to others.
    int at = bucketAt + HashedPages.BUCKET_BYTES - Long.BYTES - index * pages.slotBytes;
    int shift = Long.SIZE - 8 * pages.slotBytes;
    out.putLong(at, out.getLong(at) & (1L << shift) - 1 | slot << shift);
  }

  /** Marks the empty slots, and how far the keys of this home went. */
  private void end(int bucket, ByteBuffer out, int dataAt) {
    int at = dataAt + bucket * HashedPages.BUCKET_BYTES;
    for (int index = slotsUsed[bucket]; index < pages.slotCount; index++) {
      // All bytes of a free slot are 0, and its highest has the mark.
      out.put(highestByte(at, index), (byte) (HashedPages.EMPTY << 8 - HashedPages.MARK_BITS));
    }
    int marks = HashedPages.reachMarks(farthest[bucket]);
    for (int i = 0; i < 3; i++) {
      int highest = highestByte(at, i);
      out.put(highest, (byte) (out.get(highest) | (marks >> i & 1) << 7));
    }
  }

  private int highestByte(int bucketAt, int index) {
    return bucketAt + HashedPages.BUCKET_BYTES - index * pages.slotBytes - 1;
  }

  @Override
  public int longestProbe() {
    return longestProbe;
  }
}
