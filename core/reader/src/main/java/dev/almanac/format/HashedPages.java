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
 * top      := the topBits high bits of x                topBits   := min(keyBits, 62 - bucketLog)
 * bucket   := top * buckets / 2^topBits                 the home of the key
 * rest     := (top * buckets mod 2^topBits) / 2^bucketLog, then the other keyBits - topBits bits of x
 *             restBits := max(8, keyBits - bucketLog)
 * tag      := the highest 8 of the restBits bits
 *
 * bucket b := 64 bytes at dataOffset + 64 * (b + b / 2^pageBits)
 *   n = 64 / (slotBytes + 1) slots: the tag of slot i is byte i,
 *   the slot itself slotBytes bytes from 64 - (i + 1) * slotBytes
 * slot     := from the highest bit: reach 1, distance 3, zeros, rest without its tag, low, code
 *   distance: how many buckets the key lies after its home; 7 means that the slot is empty
 *   slotBytes: as few as that needs, at least 3, or 9 where keys have low bits
 *   reach:    bit i of the farthest distance of a key of this home is that of slot i, for i = 0, 1, 2
 * </pre>
 *
 * <p>A key lies in its home bucket, or, where that is full, in one of the next {@link
 * #MAX_DISTANCE}; after the last bucket of a page comes its first. Slots are used from slot 0 on.
 * An empty slot is 7 in its distance and 0 elsewhere, also its tag.
 *
 * <p>Why nothing is lost: two values of {@code top} with the same bucket differ by at least {@code
 * buckets}, which is at least 2^bucketLog, in {@code top * buckets}, so they differ in the rest.
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
  private final int lowKeyBits;
  private final long bucketCount;
  private final int bucketLog;
  private final int topBits;
  private final long topMask;
  private final int belowTopBits;
  private final long belowTopMask;
  private final int pageBits;
  private final int bucketMask;

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
    this.lowKeyBits = layout.lowKeyBits();
    this.pageBits = layout.pageBits();
    this.bucketMask = (1 << pageBits) - 1;
    this.bucketCount = pageCount << pageBits;
    this.bucketLog = bucketLog(bucketCount);
    this.topBits = Math.min(layout.keyBits(), 62 - bucketLog);
    this.topMask = (1L << topBits) - 1;
    this.belowTopBits = layout.keyBits() - topBits;
    this.belowTopMask = (1L << belowTopBits) - 1;
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

  /** Slots of a bucket for slots of so many bytes. */
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
        || bucketLog(bucketCount) > MAX_BUCKET_LOG
        || bucketLog(bucketCount) >= layout.keyBits()) {
      return "there must be fewer buckets than keys, and at least one: bucketCount="
          + bucketCount
          + " keyBits="
          + layout.keyBits();
    }
    int least = slotBytes(layout.keyBits(), layout.lowKeyBits(), layout.codeBits(), bucketCount);
    int most = layout.lowKeyBits() > 0 ? MAX_SLOT_BYTES : Long.BYTES;
    if (layout.slotBytes() != least || least > most) {
      return "a slot must be as wide as rest and code need: slotBytes="
          + layout.slotBytes()
          + " expected="
          + least
          + " most="
          + most;
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

  /** The home bucket of a mixed key. */
  public long bucket(long mixed) {
    return (mixed >>> belowTopBits) * bucketCount >>> topBits;
  }

  /** What a bucket stores of a mixed key. */
  public long rest(long mixed) {
    return ((mixed >>> belowTopBits) * bucketCount & topMask) >>> bucketLog << belowTopBits
        | mixed & belowTopMask;
  }

  /** The mixed key of which bucket and rest are these, if there is one. */
  public long mixed(long bucket, long rest) {
    long least = (bucket << topBits) + (rest >>> belowTopBits << bucketLog);
    return Long.divideUnsigned(least + bucketCount - 1, bucketCount) << belowTopBits
        | rest & belowTopMask;
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
