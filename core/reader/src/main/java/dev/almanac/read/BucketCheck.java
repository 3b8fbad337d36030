package dev.almanac.read;

import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Asks of every slot of a page of buckets whether a lookup finds that key there, and no other. */
abstract class BucketCheck {
  private final PageLayout layout;
  private final HashedPages pages;

  /** The highest key, unsigned. */
  private final long highestKey;

  private final ByteBuffer data;
  private final int dataAt;
  private final Damages damages;
  private final int bucketCount;
  private final int slotBits;
  private final int marksAt;
  private final int restAt;
  private final int restBits;
  private final boolean isWide;
  private final int[] farthest;
  private final long[] mixedKeys;
  private final Set<WideKey> wideKeys = new HashSet<>();
  private int keyCount;

  // What is checked.
  int page;
  private int bucket;
  private int slot;
  private int longestProbe = 1;

  /** Checks pages one after the other, when the data of each lies at {@code dataAt}. */
  BucketCheck(
      PageLayout layout,
      long pageCount,
      long highestKey,
      ByteBuffer data,
      int dataAt,
      Damages damages) {
    this.damages = damages;
    this.layout = layout;
    this.pages = new HashedPages(layout, pageCount);
    this.highestKey = highestKey;
    this.data = data;
    this.dataAt = dataAt;
    this.bucketCount = 1 << layout.pageBits();
    this.slotBits = 8 * pages.slotBytes;
    this.marksAt = slotBits - HashedPages.MARK_BITS;
    this.restAt = layout.codeBits() + layout.lowKeyBits();
    this.restBits = pages.restBits - HashedPages.TAG_BITS;
    this.isWide = layout.lowKeyBits() > 0;
    this.farthest = new int[bucketCount];
    this.mixedKeys = new long[isWide ? 0 : bucketCount * pages.slotCount];
  }

  /** Takes a key that lies where a lookup looks for it, and its code. */
  abstract void found(long key, long low, int code);

  /** Takes a key that the page has again. */
  abstract void twice(long key, long low);

  /** What the page that is checked is called. */
  abstract String pageName();

  /** Which slot is checked. */
  final String where() {
    return bucketName() + " slot " + slot;
  }

  private String bucketName() {
    return pageName() + " bucket " + bucket;
  }

  /** How many buckets a lookup inspects, of the keys found so far. */
  final int longestProbe() {
    return longestProbe;
  }

  /** The mixed key of a key without low bits. */
  final long mix(long key) {
    return pages.mix(key);
  }

  /** The key of a mixed key without low bits. */
  final long unmix(long mixed) {
    return pages.unmix(mixed, 0);
  }

  /** Some bits of a page's data, the lowest first, without what a lookup does to be quick. */
  static long bits(ByteBuffer data, int dataAt, long from, int count) {
    long bits = 0;
    for (int done = 0; done < count; ) {
      long at = from + done;
      int shift = (int) at & 7;
      int taken = Math.min(8 - shift, count - done);
      bits |= (long) (data.get(dataAt + (int) (at >> 3)) >> shift & (1 << taken) - 1) << done;
      done += taken;
    }
    return bits;
  }

  final void check(int checkedPage) {
    page = checkedPage;
    Arrays.fill(farthest, 0);
    keyCount = 0;
    wideKeys.clear();
    for (bucket = 0; bucket < bucketCount; bucket++) {
      checkBucket();
    }
    for (bucket = 0; bucket < bucketCount; bucket++) {
      int reach = 0;
      for (int i = 0; i < pages.slotCount; i++) {
        reach |= (int) slotBits(i, slotBits - 1, 1) << Math.min(i, 3);
      }
      int expected = HashedPages.reachMarks(farthest[bucket]);
      if (reach != expected) {
        damages.add(
            "%s: its reach must be that of its farthest key: marks=%s expected=%s",
            bucketName(), reach, expected);
      }
    }
    Arrays.sort(mixedKeys, 0, keyCount);
    for (int i = 1; i < keyCount; i++) {
      if (mixedKeys[i] == mixedKeys[i - 1]) {
        twice(pages.unmix(mixedKeys[i], 0), 0);
      }
    }
  }

  /** Some bits of a slot. */
  private long slotBits(int index, int from, int count) {
    int slotAt = (bucket + 1) * HashedPages.BUCKET_BYTES - (index + 1) * pages.slotBytes;
    return bits(data, dataAt, 8L * slotAt + from, count);
  }

  private void checkBucket() {
    boolean ended = false;
    for (slot = 0; slot < pages.slotCount; slot++) {
      int tag = data.get(dataAt + bucket * HashedPages.BUCKET_BYTES + slot) & 0xFF;
      int distance = (int) slotBits(slot, marksAt, 3);
      if (distance == HashedPages.EMPTY) {
        ended = true;
        long lowest = slotBits(slot, 0, Math.min(marksAt, Long.SIZE));
        long others = slotBits(slot, Long.SIZE, Math.max(0, marksAt - Long.SIZE));
        if ((lowest | others) != 0 || tag != 0) {
          damages.add("%s: an empty slot must be empty: slot=%s", bucketName(), slot);
        }
        continue;
      }
      int usedBits = restAt + restBits;
      if (ended || slotBits(slot, usedBits, marksAt - usedBits) != 0) {
        damages.add(
            "%s: slots must be filled from the first, with zeros before the rest: slot=%s",
            bucketName(), slot);
        continue;
      }
      long below = slotBits(slot, restAt, restBits);
      checkKey(distance, (long) tag << restBits | below);
    }
    checkUnused();
  }

  private void checkKey(int distance, long rest) {
    long home = pages.before(((long) page << layout.pageBits()) + bucket, distance);
    long mixed = pages.mixed(home, rest);
    long low = slotBits(slot, layout.codeBits(), layout.lowKeyBits());
    long key = pages.unmix(mixed, low);
    if (PageLayout.bits(mixed) > layout.keyBits()
        || pages.bucket(mixed) != home
        || pages.rest(mixed) != rest
        || Long.compareUnsigned(key, highestKey) > 0) {
      damages.add(
          "%s: a key must lie where a lookup looks for it: slot=%s distance=%s rest=%x",
          bucketName(), slot, distance, rest);
      return;
    }
    int code = (int) slotBits(slot, 0, layout.codeBits());
    found(key, low, code);
    if (!isWide) {
      mixedKeys[keyCount++] = mixed;
    } else if (!wideKeys.add(new WideKey(key, low))) {
      twice(key, low);
    }
    int homeInPage = (int) home & bucketCount - 1;
    farthest[homeInPage] = Math.max(farthest[homeInPage], distance);
    longestProbe = Math.max(longestProbe, distance + 1);
  }

  /** What no slot and no tag takes. */
  private void checkUnused() {
    int from = bucket * HashedPages.BUCKET_BYTES + pages.slotCount;
    int to = (bucket + 1) * HashedPages.BUCKET_BYTES - pages.slotCount * pages.slotBytes;
    for (int at = from; at < to; at++) {
      if (data.get(dataAt + at) != 0) {
        damages.add("%s: its unused bytes must be 0: offset=%s", bucketName(), at);
      }
    }
  }

  /** A key of more than 64 bits. */
  private record WideKey(long key, long low) {}
}
