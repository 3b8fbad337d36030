package dev.almanac.format;

import org.jspecify.annotations.Nullable;

/**
 * Keys and codes in buckets of one cache line. A bijection mixes the key; the high part of the
 * result chooses the bucket, and the bucket stores the rest of it, so that a match is exact.
 *
 * <pre>
 * key      := id - firstKey, as an unsigned number below 2^keyBits  (see low below)
 * x        := {@link Mix} of key, keyBits bits
 * buckets  := pageCount * 2^pageBits                    bucketLog := floor(log2(buckets))
 * bucket * 2^64 + remainder := x * 2^(64 - keyBits) * buckets, where 0 &lt;= remainder &lt; 2^64
 *             the bucket is the home of the key
 * rest     := the restBits high bits of the remainder, of 64
 *             restBits := max(8, keyBits - bucketLog)
 * tag      := the highest 8 of the restBits bits
 *
 * bucket b := 64 bytes at dataOffset + 64 * (b + b / 2^pageBits)
 *   n = 64 / (slotBytes + 1) slots: the tag of slot i is byte i,
 *   the slot itself slotBytes bytes from 64 - (i + 1) * slotBytes
 * slot     := from the highest bit: reach 1, distance 3, zeros, rest without its tag, low, code
 *   distance: how many buckets the key lies after its home; 7 means that the slot is empty
 *   slotBytes: as few as that needs, at least 3, or 9 where keys have low bits
 *   reach:    of slot 0: whether keys of this home lie in other buckets
 *             of slot 1 and 2, if so: how far, 00 one bucket, 10 two, 01 up to four, 11 up to six
 * </pre>
 *
 * <p>A key lies in its home bucket, or, where that is full, in one of the next {@link
 * #MAX_DISTANCE}; after the last bucket of a page comes its first. Slots are used from slot 0 on.
 * An empty slot is 7 in its distance and 0 elsewhere, also its tag.
 *
 * <p>Why nothing is lost: two values of {@code x} with the same bucket differ by at least {@code
 * 2^(64 - keyBits) * buckets} in the remainder, which is at least 2^(64 - keyBits + bucketLog), so
 * they differ in its keyBits - bucketLog high bits.
 *
 * <p>A key of more than 64 bits comes as two numbers, of keyBits and of lowKeyBits. The high one is
 * mixed after {@code key ^= (Mix.finish(low ^ seed) mod 2^keyBits)}; the low one is stored as it
 * is.
 */
public final class HashedPages {
  /** Size of a bucket: a cache line. */
  public static final int BUCKET_BYTES = 64;

  /** How many buckets after its home a key may lie. */
  public static final int MAX_DISTANCE = 6;

  /** The distance of an empty slot. */
  public static final int EMPTY = 7;

  /** Bits of a tag. */
  public static final int TAG_BITS = 8;

  /** Bits of a slot that are neither rest nor code: reach and distance. */
  public static final int MARK_BITS = 4;

  /** The widest slot: four fit a bucket with their tags, and two words hold one. */
  public static final int MAX_SLOT_BYTES = 15;

  /** Narrower slots would make more than 16 of them, and more than two words of tags. */
  public static final int MIN_SLOT_BYTES = 3;

  /** Slots with low numbers take two words, so that they are read in one way. */
  public static final int MIN_WIDE_SLOT_BYTES = 9;

  /** Of the most buckets, rounded down to a power of two. */
  public static final int MAX_BUCKET_LOG = 31;

  private final Mix mix;
  private final long seed;
  private final long keyMask;
  private final int unusedBits;
  private final int lowKeyBits;
  private final long bucketCount;
  private final int pageBits;
  private final int bucketMask;

  /** 2^64 = bucketKeys * bucketCount + leftKeys. */
  private final long bucketKeys;

  private final long leftKeys;

  /** How far the products of one mixed key and the next are apart, unsigned. */
  private final long step;

  /** (2^64 - 1) / step, rounded down. Not negative, as there are at least two buckets. */
  private final long inverseStep;

  /** Bits of the rest, with the tag. */
  public final int restBits;

  /** Slots of a bucket. */
  public final int slotCount;

  /** Bytes of a slot. */
  public final int slotBytes;

  /** The arithmetic of a layout that {@link #fault} finds no fault with. */
  public HashedPages(PageLayout layout, long pageCount) {
    this.mix = new Mix(layout.keyBits(), layout.seed());
    this.seed = layout.seed();
    this.keyMask = -1L >>> -layout.keyBits();
    this.unusedBits = Long.SIZE - layout.keyBits();
    this.lowKeyBits = layout.lowKeyBits();
    this.pageBits = layout.pageBits();
    this.bucketMask = (1 << pageBits) - 1;
    this.bucketCount = pageCount << pageBits;
    this.bucketKeys = Long.divideUnsigned(-1, bucketCount);
    this.leftKeys = -bucketKeys * bucketCount;
    this.step = bucketCount << unusedBits;
    this.inverseStep = Long.divideUnsigned(-1, step);
    this.restBits = restBits(layout.keyBits(), bucketCount);
    this.slotBytes = layout.slotBytes();
    this.slotCount = slotCount(slotBytes);
  }

  /** The logarithm of the number of buckets, rounded down. */
  public static int bucketLog(long bucketCount) {
    return 63 - Long.numberOfLeadingZeros(bucketCount);
  }

  private static int restBits(int keyBits, long bucketCount) {
    return Math.max(TAG_BITS, keyBits - bucketLog(bucketCount));
  }

  /** The number of slots of this size that a bucket has. */
  public static int slotCount(int slotBytes) {
    return BUCKET_BYTES / (slotBytes + 1);
  }

  /** Bytes of a slot, or more than {@link #MAX_SLOT_BYTES} where nothing fits. */
  public static int slotBytes(int keyBits, int lowKeyBits, int codeBits, long bucketCount) {
    int bits = MARK_BITS + restBits(keyBits, bucketCount) - TAG_BITS + lowKeyBits + codeBits;
    return Math.max(lowKeyBits > 0 ? MIN_WIDE_SLOT_BYTES : MIN_SLOT_BYTES, (bits + 7) / 8);
  }

  static @Nullable String fault(PageLayout layout, long pageCount) {
    long bucketCount = pageCount << layout.pageBits();
    if (pageCount < 1
        || bucketCount % 2 != 0
        || bucketLog(bucketCount) > MAX_BUCKET_LOG
        || bucketLog(bucketCount) >= layout.keyBits()) {
      return Rule.text(
          "there must be fewer buckets than keys, and an even number: bucketCount=%s keyBits=%s",
          bucketCount, layout.keyBits());
    }
    int least = slotBytes(layout.keyBits(), layout.lowKeyBits(), layout.codeBits(), bucketCount);
    int most = layout.lowKeyBits() > 0 ? MAX_SLOT_BYTES : Long.BYTES;
    if (layout.slotBytes() != least || least > most) {
      return Rule.text(
          "a slot must be as wide as rest and code need: slotBytes=%s expected=%s most=%s",
          layout.slotBytes(), least, most);
    }
    return null;
  }

  /** Buckets of all pages. */
  public long bucketCount() {
    return bucketCount;
  }

  /** The mixed key of a number, less the first key, that needs no low bits. */
  public long mix(long key) {
    return mix.mix(key);
  }

  /** The mixed key of a high and a low number. */
  public long mix(long key, long low) {
    return mix.mix(key ^ Mix.finish(low ^ seed) & keyMask);
  }

  /** The number of a mixed key, with its low one. */
  public long unmix(long mixed, long low) {
    long key = mix.unmix(mixed);
    return lowKeyBits == 0 ? key : key ^ Mix.finish(low ^ seed) & keyMask;
  }

  /** As {@link #mix(long)}, in the high bits of a signed number, see {@link Mix#mixHigh}. */
  public long mixHigh(long key) {
    return mix.mixHigh(key);
  }

  /** As {@link #mix(long, long)}, in the high bits of a signed number. */
  public long mixHigh(long key, long low) {
    return mix.mixHigh(key ^ Mix.finish(low ^ seed) & keyMask);
  }

  /** The home bucket of a mixed key. */
  public long bucket(long mixed) {
    return bucketOfHigh(mixed << unusedBits ^ Long.MIN_VALUE);
  }

  /** What a bucket stores of a mixed key. */
  public long rest(long mixed) {
    return remainder(mixed << unusedBits ^ Long.MIN_VALUE) >>> Long.SIZE - restBits;
  }

  /**
   * The home bucket of a mixed key that is in the high bits. As signed numbers all products are
   * less by half of the buckets, which are even.
   */
  public long bucketOfHigh(long mixedHigh) {
    return Math.multiplyHigh(mixedHigh, bucketCount) + (bucketCount >>> 1);
  }

  /** The remainder, of which the highest {@link #restBits} bits are the rest. */
  public long remainder(long mixedHigh) {
    return mixedHigh * bucketCount;
  }

  /** The lowest mixed key of a bucket. */
  public long firstMixed(long bucket) {
    // The product of the lowest key is bucket * 2^64 at least: that, divided by the buckets. What
    // bucketKeys leaves is below 2^64, as there are less than 2^32 buckets. If the quotient is
    // whole then, as there are fewer buckets than keys, it is one of a whole key.
    long left = bucket * leftKeys;
    long more = Long.divideUnsigned(left, bucketCount);
    long quotient = bucket * bucketKeys + more;
    return (quotient >>> unusedBits) + (left == more * bucketCount ? 0 : 1);
  }

  /** The mixed key of which bucket and rest are these, if there is one. */
  public long mixed(long bucket, long rest) {
    return mixedFrom(firstMixed(bucket), rest);
  }

  /** The mixed key of which {@link #firstMixed} and rest are these, if there is one. */
  public long mixedFrom(long firstMixed, long rest) {
    long least = rest << Long.SIZE - restBits;
    long first = firstMixed * step;
    if (Long.compareUnsigned(least, first) <= 0) {
      return firstMixed;
    }
    // The remainders of a bucket's keys are step after step from the first one's, which is less.
    long above = least - first - 1;
    // The high half of an unsigned product: the quotient by the step, or one less.
    long steps = Math.multiplyHigh(above, inverseStep) + (above >> 63 & inverseStep);
    long left = above - steps * step;
    return firstMixed + steps + (Long.compareUnsigned(left, step) < 0 ? 1 : 2);
  }

  /** The marks of the slots 0 to 2 of a bucket, as three bits, for the distance of a key of it. */
  public static int reachMarks(int farthest) {
    return farthest == 0
        ? 0
        : farthest == 1 ? 0b001 : farthest == 2 ? 0b011 : farthest <= 4 ? 0b101 : 0b111;
  }

  /** How far keys of a bucket with these marks may lie. */
  public static int reach(int marks) {
    return (marks & 1) == 0
        ? 0
        : marks == 0b001 ? 1 : marks == 0b011 ? 2 : marks == 0b101 ? 4 : MAX_DISTANCE;
  }

  /** Where a bucket begins, from the data of page 0. */
  public long offset(long bucket) {
    return bucket + (bucket >>> pageBits) << 6;
  }

  /** The bucket that comes {@code distance} after another in its page. */
  public long after(long bucket, int distance) {
    return bucket & ~bucketMask | bucket + distance & bucketMask;
  }

  /** Likewise the one before. */
  public long before(long bucket, int distance) {
    return bucket & ~bucketMask | bucket - distance & bucketMask;
  }

  /** The tag of a rest. */
  public int tag(long rest) {
    return (int) (rest >>> restBits - TAG_BITS) & 0xFF;
  }

  /** The rest without its tag. */
  public long restBelowTag(long rest) {
    return rest & (1L << restBits - TAG_BITS) - 1;
  }
}
