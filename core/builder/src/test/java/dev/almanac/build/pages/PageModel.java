package dev.almanac.build.pages;

import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The data of pages as docs/format.md says, bit after bit and in numbers of any size. Where a
 * hashed key lies, of the places that the format allows, is the rule of {@link HashedPageWriter}.
 */
final class PageModel {
  private static final int FARTHEST = 6;

  /** Of a distance from 0 to 6: the marks of the slots 2, 1 and 0. */
  private static final int[] MARKS = {0b000, 0b001, 0b011, 0b101, 0b101, 0b111, 0b111};

  /** A key of pages; {@code low} is 0 unless the keys have more than 64 bits. */
  record Key(long key, long low, int code) {}

  /** A key by its home. */
  private record Placed(int bucketOfPage, BigInteger mixed, Key key) {}

  /** The data of each page; nothing where keys do not fit. */
  final List<byte[]> pages = new ArrayList<>();

  /** Of each page, how many keys wait after each bucket. */
  final List<int[]> waiting = new ArrayList<>();

  int longestProbe = 1;
  boolean fits = true;
  private final PageLayout layout;
  private final int pageCount;

  private PageModel(PageLayout layout, int pageCount) {
    this.layout = layout;
    this.pageCount = pageCount;
  }

  /** A code for each key, which is an index from {@code firstKey} on. */
  static PageModel direct(PageLayout layout, int pageCount, long firstKey, List<Key> keys) {
    PageModel model = new PageModel(layout, pageCount);
    int codesOfPage = 1 << layout.pageBits();
    for (int page = 0; page < pageCount; page++) {
      byte[] data = new byte[codesOfPage / 8 * layout.codeBits()];
      Arrays.fill(data, (byte) 0xFF);
      model.pages.add(data);
    }
    for (Key key : keys) {
      long index = key.key() - firstKey;
      byte[] data = model.pages.get(Math.toIntExact(index / codesOfPage));
      put(
          data,
          index % codesOfPage * layout.codeBits(),
          layout.codeBits(),
          BigInteger.valueOf(key.code()));
    }
    return model;
  }

  static PageModel hashed(PageLayout layout, int pageCount, List<Key> keys) {
    PageModel model = new PageModel(layout, pageCount);
    List<List<Placed>> keysOfPages = new ArrayList<>();
    for (int page = 0; page < pageCount; page++) {
      keysOfPages.add(new ArrayList<>());
    }
    HashedPages arithmetic = new HashedPages(layout, pageCount);
    for (Key key : keys) {
      long index = key.key() - layout.firstKey();
      long mixed =
          layout.lowKeyBits() > 0 ? arithmetic.mix(index, key.low()) : arithmetic.mix(index);
      BigInteger x = unsigned(mixed);
      int home = x.multiply(model.buckets()).shiftRight(layout.keyBits()).intValueExact();
      int page = home >> layout.pageBits();
      keysOfPages.get(page).add(new Placed(home - (page << layout.pageBits()), x, key));
    }
    for (List<Placed> ofPage : keysOfPages) {
      ofPage.sort(
          Comparator.comparing(Placed::mixed).thenComparing(placed -> unsigned(placed.key.low())));
      model.addPage(ofPage);
    }
    return model;
  }

  private BigInteger buckets() {
    return BigInteger.valueOf(pageCount).shiftLeft(layout.pageBits());
  }

  private static BigInteger unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }

  private static void put(byte[] data, long fromBit, int bits, BigInteger number) {
    for (int i = 0; i < bits; i++) {
      int at = (int) ((fromBit + i) / 8);
      int bit = 1 << (fromBit + i) % 8;
      data[at] = (byte) (number.testBit(i) ? data[at] | bit : data[at] & ~bit);
    }
  }

  private int slotCount() {
    return 64 / (layout.slotBytes() + 1);
  }

  /** Begins at a bucket of which nothing waits after the one before it. */
  private void addPage(List<Placed> keys) {
    int bucketCount = 1 << layout.pageBits();
    List<List<Placed>> keysOfBuckets = new ArrayList<>();
    for (int bucket = 0; bucket < bucketCount; bucket++) {
      keysOfBuckets.add(new ArrayList<>());
    }
    keys.forEach(key -> keysOfBuckets.get(key.bucketOfPage).add(key));
    for (int start = 0; start < bucketCount; start++) {
      byte[] data = new byte[64 * bucketCount];
      int[] waitingAfter = new int[bucketCount];
      int[] reach = new int[bucketCount];
      if (isPassedByNothing(keysOfBuckets, start)
          && fill(keysOfBuckets, start, data, waitingAfter, reach)) {
        pages.add(data);
        waiting.add(waitingAfter);
        longestProbe = Math.max(longestProbe, 1 + Arrays.stream(reach).max().orElse(0));
        return;
      }
    }
    pages.add(new byte[0]);
    waiting.add(new int[0]);
    fits = false;
  }

  /** Whether nothing waits after the bucket before, if nothing does before this one. */
  private boolean isPassedByNothing(List<List<Placed>> keysOfBuckets, int start) {
    int waitingCount = 0;
    for (int i = 0; i < keysOfBuckets.size(); i++) {
      int ownCount = keysOfBuckets.get((start + i) % keysOfBuckets.size()).size();
      waitingCount = Math.max(0, waitingCount + ownCount - slotCount());
    }
    return waitingCount == 0;
  }

  private boolean fill(
      List<List<Placed>> keysOfBuckets, int start, byte[] data, int[] waitingAfter, int[] reach) {
    int bucketCount = reach.length;
    int[] used = new int[bucketCount];
    Deque<Placed> queue = new ArrayDeque<>();
    for (int i = 0; i < bucketCount; i++) {
      int bucket = (start + i) % bucketCount;
      int urgent = urgent(queue, bucket, bucketCount);
      if (urgent > slotCount()) {
        return false;
      }
      for (int n = 0; n < urgent; n++) {
        put(queue.remove(), bucket, data, used, reach);
      }
      for (Placed own : keysOfBuckets.get(bucket)) {
        if (used[bucket] < slotCount()) {
          put(own, bucket, data, used, reach);
        } else {
          queue.add(own);
        }
      }
      while (!queue.isEmpty() && used[bucket] < slotCount()) {
        put(queue.remove(), bucket, data, used, reach);
      }
      waitingAfter[bucket] = queue.size();
    }
    for (int bucket = 0; bucket < bucketCount; bucket++) {
      markEnd(data, bucket, used[bucket], reach[bucket]);
    }
    return queue.isEmpty();
  }

  /** The fewest that must leave the queue here, so that all others can leave it in time. */
  private int urgent(Deque<Placed> queue, int bucket, int bucketCount) {
    for (int fewest = 0; ; fewest++) {
      boolean inTime = true;
      int position = 0;
      for (Iterator<Placed> i = queue.iterator(); i.hasNext(); position++) {
        int distance = Math.floorMod(bucket - i.next().bucketOfPage, bucketCount);
        int room = (FARTHEST - distance) * slotCount();
        inTime &= position < fewest || position - fewest < room;
      }
      if (inTime) {
        return fewest;
      }
    }
  }

  private void put(Placed placed, int bucket, byte[] data, int[] used, int[] reach) {
    int keyBits = layout.keyBits();
    int restBits = Math.max(8, keyBits - (buckets().bitLength() - 1));
    int distance = Math.floorMod(bucket - placed.bucketOfPage, reach.length);
    reach[placed.bucketOfPage] = Math.max(reach[placed.bucketOfPage], distance);
    // The highest bits of what the bucket leaves of the product.
    BigInteger left = low(placed.mixed.multiply(buckets()), keyBits);
    BigInteger rest = left.shiftLeft(restBits).shiftRight(keyBits);
    int index = used[bucket]++;
    put(data, 8L * (64 * bucket + index), 8, rest.shiftRight(restBits - 8));
    int lowBits = layout.lowKeyBits();
    BigInteger slot =
        BigInteger.valueOf(placed.key.code())
            .or(low(unsigned(placed.key.low()), lowBits).shiftLeft(layout.codeBits()))
            .or(low(rest, restBits - 8).shiftLeft(layout.codeBits() + lowBits))
            .or(BigInteger.valueOf(distance).shiftLeft(8 * layout.slotBytes() - 4));
    put(data, firstBit(bucket, index), 8 * layout.slotBytes(), slot);
  }

  private long firstBit(int bucket, int index) {
    return 8L * (64 * (bucket + 1) - (index + 1) * layout.slotBytes());
  }

  private static BigInteger low(BigInteger number, int bits) {
    return number.mod(BigInteger.ONE.shiftLeft(bits));
  }

  private void markEnd(byte[] data, int bucket, int used, int reach) {
    int slotBits = 8 * layout.slotBytes();
    for (int index = used; index < slotCount(); index++) {
      put(data, firstBit(bucket, index) + slotBits - 4, 3, BigInteger.valueOf(7));
    }
    for (int index = 0; index < 3; index++) {
      BigInteger mark = BigInteger.valueOf(MARKS[reach] >> index & 1);
      put(data, firstBit(bucket, index) + slotBits - 1, 1, mark);
    }
  }
}
