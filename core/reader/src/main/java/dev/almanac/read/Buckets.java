package dev.almanac.read;

import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.nio.MappedByteBuffer;

/**
 * From a mixed key to the code in its bucket: what lookups in {@link HashedPages} share. The
 * geometry is in fields of this object, so that a lookup loads the cache lines of one object.
 */
abstract class Buckets {
  static final int ABSENT = -1;

  /** Not in this bucket, or not to be told in few instructions. */
  static final int UNKNOWN = -2;

  /** A walk checks the seal after this many buckets. */
  private static final int SEAL_CHECK_MASK = 63;

  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;

  final SealedFile file;
  final HashedPages pages;
  final long firstKey;

  /** The highest key with its highest bit inverted: so unsigned numbers compare as signed ones. */
  private final long highestKeyInverted;

  private final int pageBits;
  final int pageCount;
  private final boolean hasBlocks;

  /** Codes are below this: dates or blocks. */
  private final int codeCount;

  private final int codeBits;
  private final int codeMask;
  private final int slotBytes;
  private final int slotCount;
  private final int slotShift;
  private final int distanceShift;

  /** What brings the rest from the high bits of a remainder to where a slot has it. */
  private final int restRotation;

  /** The bits of a slot that are rest. */
  private final long restBits;

  /** All bits of a slot but its code and its bit of the reach. */
  private final long compared;

  /** The highest bits of the tags in the first word of a bucket, and in the second. */
  private final long tops1;

  private final long tops2;
  private final int longestDistance;

  /** Which window the buckets begin in, and where in it. */
  private final int firstWindow;

  final int firstOffset;

  /** The buckets of a file's pages, or of its directory of blocks. */
  Buckets(SealedFile file) {
    Footer footer = file.footer();
    Directory directory = footer.pages().directory();
    this.file = file;
    PageLayout layout = directory == null ? footer.pages() : directory.pages();
    long pageCount = directory == null ? footer.entryCount() : directory.pageCount();
    this.pages = new HashedPages(layout, pageCount);
    this.firstKey = footer.pages().firstKey();
    this.highestKeyInverted = footer.highestId() - firstKey + Long.MIN_VALUE;
    this.pageBits = layout.pageBits();
    this.pageCount = (int) pageCount;
    this.hasBlocks = directory != null;
    this.codeCount = directory == null ? footer.dateCount() : directory.blockCount();
    this.codeBits = layout.codeBits();
    this.codeMask = (1 << codeBits) - 1;
    this.slotBytes = pages.slotBytes;
    this.slotCount = pages.slotCount;
    this.slotShift = Long.SIZE - 8 * slotBytes;
    this.distanceShift = 8 * slotBytes - HashedPages.MARK_BITS;
    this.restRotation = Long.SIZE - pages.restBits - codeBits;
    this.restBits = (1L << pages.restBits - HashedPages.TAG_BITS) - 1 << codeBits;
    this.compared = (1L << 8 * slotBytes - 1) - 1 & -(1L << codeBits);
    this.tops1 = TOPS >>> 8 * (8 - Math.min(8, slotCount));
    this.tops2 = slotCount <= 8 ? 0 : TOPS >>> 8 * (16 - slotCount);
    int longestProbe = directory == null ? footer.longestProbe() : directory.longestProbe();
    this.longestDistance = longestProbe - 1;
    MappedByteBuffer[] windows = file.regions();
    this.firstWindow = directory == null ? 0 : windows.length - 1;
    this.firstOffset = directory == null ? 0 : Windows.directoryOffset(footer, windows);
  }

  /** As unsigned numbers, so that an ID before the first is a large one. */
  final boolean isOutside(long key) {
    return key + Long.MIN_VALUE > highestKeyInverted;
  }

  static int absentOutside(MappedByteBuffer[] windows) {
    // So that a closed file is noticed.
    return windows[0].capacity() | ABSENT;
  }

  private MappedByteBuffer window(MappedByteBuffer[] windows, long offset) {
    return Windows.of(windows, offset + ((long) firstWindow << Windows.SHIFT));
  }

  private int offsetInWindow(long offset) {
    return firstOffset + Windows.offsetInWindow(offset);
  }

  /**
   * The likely cases in few instructions, so that a processor has several lookups under way: the
   * first slot with the tag is the one, or no slot has the tag and all keys are at home. Else
   * {@link #UNKNOWN}.
   */
  final int likelyCode(MappedByteBuffer window, int bucket, long remainder) {
    long differences = window.getLong(bucket) ^ (remainder >>> 64 - HashedPages.TAG_BITS) * ONES;
    // The lowest match is exact; those after it may be wrong by a borrow.
    long matches = differences - ONES & ~differences & tops1;
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    if (matches != 0) {
      int index = Long.numberOfTrailingZeros(matches) >>> 3;
      return likelyCode(window.getLong(lastSlot - index * slotBytes), remainder);
    }
    if (tops2 == 0) {
      return window.getLong(lastSlot) >= 0 ? ABSENT : UNKNOWN;
    }
    return likelySecond(window, bucket, remainder);
  }

  private int likelySecond(MappedByteBuffer window, int bucket, long remainder) {
    long differences =
        window.getLong(bucket + Long.BYTES) ^ (remainder >>> 64 - HashedPages.TAG_BITS) * ONES;
    long matches = differences - ONES & ~differences & tops2;
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    if (matches != 0) {
      int index = 8 + (Long.numberOfTrailingZeros(matches) >>> 3);
      return likelyCode(window.getLong(lastSlot - index * slotBytes), remainder);
    }
    return window.getLong(lastSlot) >= 0 ? ABSENT : UNKNOWN;
  }

  private int likelyCode(long word, long remainder) {
    long slot = word >>> slotShift;
    int code = (int) slot & codeMask;
    return ((slot ^ wanted(remainder)) & compared) == 0 && code < codeCount ? code : UNKNOWN;
  }

  /** The rest of a remainder where a slot has it. */
  private long wanted(long remainder) {
    return Long.rotateRight(remainder, restRotation) & restBits;
  }

  /**
   * All cases, in as many steps as it takes: the code of a mixed key in the high bits of a signed
   * number, or {@link #ABSENT}.
   */
  final int findExactly(MappedByteBuffer[] windows, long mixed) {
    long home = pages.bucketOfHigh(mixed);
    long offset = pages.offset(home);
    MappedByteBuffer window = window(windows, offset);
    int bucket = offsetInWindow(offset);
    long tags = (pages.remainder(mixed) >>> 64 - HashedPages.TAG_BITS) * ONES;
    long wanted = wanted(pages.remainder(mixed));
    int code = search(window, bucket, tags, wanted);
    if (code != UNKNOWN) {
      return code;
    }
    int reach = reach(window, bucket, slotBytes);
    return reach == 0 ? ABSENT : findDisplaced(windows, home, tags, wanted, reach);
  }

  private int findDisplaced(
      MappedByteBuffer[] windows, long home, long tags, long wanted, int reach) {
    for (int distance = 1; distance <= Math.min(reach, longestDistance); distance++) {
      long offset = pages.offset(pages.after(home, distance));
      int code =
          search(
              window(windows, offset),
              offsetInWindow(offset),
              tags,
              wanted | (long) distance << distanceShift);
      if (code != UNKNOWN) {
        return code;
      }
    }
    return ABSENT;
  }

  /** The code of the slot with this tag, distance and rest, or {@link #UNKNOWN}. */
  private int search(MappedByteBuffer window, int bucket, long tags, long wanted) {
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    for (long matches = matches(window.getLong(bucket) ^ tags, tops1);
        matches != 0;
        matches &= matches - 1) {
      int index = Long.numberOfTrailingZeros(matches) >>> 3;
      long slot = window.getLong(lastSlot - index * slotBytes) >>> slotShift;
      if (((slot ^ wanted) & compared) == 0) {
        return checked((int) slot & codeMask);
      }
    }
    return tops2 == 0 ? UNKNOWN : searchSecond(window, bucket, tags, wanted);
  }

  private int searchSecond(MappedByteBuffer window, int bucket, long tags, long wanted) {
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    for (long matches = matches(window.getLong(bucket + Long.BYTES) ^ tags, tops2);
        matches != 0;
        matches &= matches - 1) {
      int index = 8 + (Long.numberOfTrailingZeros(matches) >>> 3);
      long slot = window.getLong(lastSlot - index * slotBytes) >>> slotShift;
      if (((slot ^ wanted) & compared) == 0) {
        return checked((int) slot & codeMask);
      }
    }
    return UNKNOWN;
  }

  /**
   * The highest bit of each byte that is 0. Exactly those, without a borrow from byte to byte: the
   * slot does not repeat its tag, so nothing else would tell two tags apart.
   */
  static long matches(long differences, long tops) {
    return ~((differences & ~TOPS) + ~TOPS | differences) & tops;
  }

  /** How far from their home keys of a bucket lie. */
  static int reach(MappedByteBuffer window, int bucket, int slotBytes) {
    // The highest bit of each slot is that of the word which ends with the slot.
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    return HashedPages.reach(
        (int)
            (window.getLong(lastSlot) >>> 63
                | window.getLong(lastSlot - slotBytes) >>> 63 << 1
                | window.getLong(lastSlot - 2 * slotBytes) >>> 63 << 2));
  }

  private int checked(int code) {
    if (code >= codeCount) {
      throw file.corrupt(
          hasBlocks
              ? "a block must have an index below their count: blockIndex="
                  + code
                  + " blockCount="
                  + codeCount
              : "a date code must be in the dictionary: code=" + code + " dateCount=" + codeCount);
    }
    return code;
  }

  /** Goes from bucket to bucket of some pages, in their order. */
  final class Walk {
    private long bucket;
    private final long endBucket;

    Walk(int fromPage, int toPage) {
      this.bucket = (long) fromPage << pageBits;
      this.endBucket = (long) toPage << pageBits;
    }

    /**
     * Puts the keys and codes of the next buckets into arrays that have room for those of one, and
     * returns how many; 0 after the last.
     */
    int read(long[] keys, int[] codes) {
      MappedByteBuffer[] windows = file.regions();
      int count = 0;
      while (bucket < endBucket && count <= keys.length - slotCount) {
        long offset = pages.offset(bucket);
        count =
            readBucket(window(windows, offset), offsetInWindow(offset), bucket, keys, codes, count);
        bucket++;
        if ((bucket & SEAL_CHECK_MASK) == 0) {
          file.checkSealAfterwards();
        }
      }
      if (windows.length == 0) {
        throw file.closed();
      }
      for (int i = 0; i < count; i++) {
        keys[i] = pages.unmix(keys[i], 0);
      }
      return count;
    }
  }

  /** Puts the mixed keys and codes of a bucket; returns how many there are now. */
  private int readBucket(
      MappedByteBuffer window, int at, long bucket, long[] mixedKeys, int[] codes, int from) {
    long firstMixed = pages.firstMixed(bucket);
    int lastSlot = at + HashedPages.BUCKET_BYTES - Long.BYTES;
    int count = from;
    for (int index = 0; index < slotCount; index++) {
      long slot = window.getLong(lastSlot - index * slotBytes) >>> slotShift;
      int distance = (int) (slot >>> distanceShift) & HashedPages.EMPTY;
      if (distance == HashedPages.EMPTY) {
        break;
      }
      long tag = window.get(at + index) & 0xFF;
      long rest =
          tag << pages.restBits - HashedPages.TAG_BITS
              | (slot & (1L << distanceShift) - 1) >>> codeBits;
      mixedKeys[count] =
          distance == 0
              ? pages.mixedFrom(firstMixed, rest)
              : pages.mixed(pages.before(bucket, distance), rest);
      codes[count++] = checked((int) slot & codeMask);
    }
    return count;
  }

  /** What a batch keeps of the lookups that are under way together, one for each thread. */
  static class Group {
    /**
     * How many lookups of a batch are under way together. Measured: docs/benchmarks.md, "Group
     * size".
     */
    static final int SIZE = 64;

    final long[] offsets = new long[SIZE];
    final long[] remainders = new long[SIZE];

    /** Written so that the reads that it sums up are not optimised away. */
    @SuppressWarnings("UnusedVariable")
    private int touched;

    /** Reads a byte at each offset. */
    final void touch(MappedByteBuffer window, int n) {
      int sum = 0;
      for (int i = 0; i < n; i++) {
        sum += window.get((int) offsets[i]);
      }
      touched += sum;
    }

    final void touch(MappedByteBuffer[] windows, int n) {
      int sum = 0;
      for (int i = 0; i < n; i++) {
        long offset = offsets[i];
        sum += Windows.of(windows, offset).get(Windows.offsetInWindow(offset));
      }
      touched += sum;
    }
  }
}
