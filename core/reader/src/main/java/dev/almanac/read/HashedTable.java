package dev.almanac.read;

import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import java.nio.MappedByteBuffer;

/**
 * Lookups in {@link HashedPages}. The bucket is computed, so a lookup waits for one cache line; its
 * tags say which slot to compare, and whether there is one.
 */
final class HashedTable implements LongTable {
  /**
   * How many lookups of a batch are under way together. Measured: docs/benchmarks.md, "Group size".
   */
  static final int GROUP = 64;

  private static final int ABSENT = -1;

  /** Not in this bucket, or not to be told in few instructions. */
  private static final int UNKNOWN = -2;

  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;

  private final Scratch<Group> scratch =
      new Scratch<>() {
        @Override
        Group make() {
          return new Group();
        }
      };
  private final SealedFile file;
  private final HashedPages pages;
  private final long firstKey;

  /** The highest key with its highest bit inverted: so unsigned numbers compare as signed ones. */
  private final long highestKeyInverted;

  private final int pageBits;
  private final int pageCount;
  private final int dateCount;
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

  HashedTable(SealedFile file) {
    Footer footer = file.footer();
    this.file = file;
    this.pages = new HashedPages(footer.pages(), footer.entryCount());
    this.firstKey = footer.pages().firstKey();
    this.highestKeyInverted = footer.highestId() - firstKey + Long.MIN_VALUE;
    this.pageBits = footer.pages().pageBits();
    this.pageCount = (int) footer.entryCount();
    this.dateCount = footer.dateCount();
    this.codeBits = footer.pages().codeBits();
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
    this.longestDistance = footer.longestProbe() - 1;
  }

  @Override
  public int code(long id) {
    try {
      try {
        MappedByteBuffer window = file.onlyWindow();
        long key = id - firstKey;
        if (window != null && !isOutside(key)) {
          long mixed = pages.mixHigh(key);
          int bucket = (int) pages.offset(pages.bucketOfHigh(mixed));
          int code = likelyCode(window, bucket, pages.remainder(mixed));
          if (code >= 0) {
            file.checkSealAfter(code, window);
            return code;
          }
          if (code == ABSENT) {
            file.checkSealAfterwards();
            return ABSENT;
          }
        }
        return exactCode(file.regions(), key);
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  /** As unsigned numbers, so that an ID before the first is a large one. */
  private boolean isOutside(long key) {
    return key + Long.MIN_VALUE > highestKeyInverted;
  }

  /**
   * The likely cases in few instructions, so that a processor has several lookups under way: the
   * first slot with the tag is the one, or no slot has the tag and all keys are at home. Else
   * {@link #UNKNOWN}.
   */
  private int likelyCode(MappedByteBuffer window, int bucket, long remainder) {
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
    return ((slot ^ wanted(remainder)) & compared) == 0 && code < dateCount ? code : UNKNOWN;
  }

  /** The rest of a remainder where a slot has it. */
  private long wanted(long remainder) {
    return Long.rotateRight(remainder, restRotation) & restBits;
  }

  /** All cases, in as many steps as it takes. */
  private int exactCode(MappedByteBuffer[] windows, long key) {
    int code = isOutside(key) ? absentOutside(windows) : findExactly(windows, key);
    file.checkSealAfterwards();
    return code;
  }

  private static int absentOutside(MappedByteBuffer[] windows) {
    // So that a closed file is noticed.
    return windows[0].capacity() | ABSENT;
  }

  private int findExactly(MappedByteBuffer[] windows, long key) {
    long mixed = pages.mixHigh(key);
    long home = pages.bucketOfHigh(mixed);
    long offset = pages.offset(home);
    MappedByteBuffer window = Windows.of(windows, offset);
    int bucket = Windows.offsetInWindow(offset);
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
              Windows.of(windows, offset),
              Windows.offsetInWindow(offset),
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
    if (code >= dateCount) {
      throw file.corrupt(
          "a date code must be in the dictionary: code=" + code + " dateCount=" + dateCount);
    }
    return code;
  }

  /**
   * In groups and each group in steps: compute where the buckets are, touch those, then compare. A
   * step that touches memory does next to nothing else, because a processor looks only some hundred
   * instructions ahead for the next miss to start.
   */
  @Override
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        Group group = scratch.take();
        MappedByteBuffer[] windows = file.regions();
        for (int done = 0; done < length; done += GROUP) {
          int n = Math.min(GROUP, length - done);
          codesOfGroup(windows, group, ids, idsOffset + done, codes, codesOffset + done, n);
          file.checkSealAfterwards();
        }
        scratch.giveBack(group);
        file.endBatch();
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private void codesOfGroup(
      MappedByteBuffer[] windows, Group group, long[] ids, int from, int[] codes, int to, int n) {
    long[] offsets = group.offsets;
    long[] remainders = group.remainders;
    for (int i = 0; i < n; i++) {
      long mixed = pages.mixHigh(ids[from + i] - firstKey);
      offsets[i] = pages.offset(pages.bucketOfHigh(mixed));
      remainders[i] = pages.remainder(mixed);
    }
    MappedByteBuffer window = windows.length == 1 ? windows[0] : null;
    if (window != null) {
      touch(window, group, n);
    } else {
      touch(windows, group, n);
    }
    for (int i = 0; i < n; i++) {
      long key = ids[from + i] - firstKey;
      int code = window == null ? UNKNOWN : likelyCode(window, (int) offsets[i], remainders[i]);
      codes[to + i] = isOutside(key) ? ABSENT : code != UNKNOWN ? code : findExactly(windows, key);
    }
  }

  private static void touch(MappedByteBuffer window, Group group, int n) {
    int touched = 0;
    for (int i = 0; i < n; i++) {
      touched += window.get((int) group.offsets[i]);
    }
    group.touched += touched;
  }

  private static void touch(MappedByteBuffer[] windows, Group group, int n) {
    int touched = 0;
    for (int i = 0; i < n; i++) {
      long offset = group.offsets[i];
      touched += Windows.of(windows, offset).get(Windows.offsetInWindow(offset));
    }
    group.touched += touched;
  }

  @Override
  public int partCount() {
    return pageCount;
  }

  @Override
  public LongCursor cursor(int fromPart, int toPart) {
    return new Cursor(fromPart, toPart);
  }

  /** Slot after slot; an ID is put together from its slot and its home. */
  private final class Cursor extends LongCursor {
    private long bucket;
    private long firstMixed;
    private final long endBucket;
    private int index;

    Cursor(int fromPage, int toPage) {
      super(file);
      this.bucket = (long) fromPage << pageBits;
      this.endBucket = (long) toPage << pageBits;
    }

    @Override
    boolean advance() {
      MappedByteBuffer[] windows = file.regions();
      while (bucket < endBucket) {
        long offset = pages.offset(bucket);
        MappedByteBuffer window = Windows.of(windows, offset);
        int at = Windows.offsetInWindow(offset);
        firstMixed = index == 0 ? pages.firstMixed(bucket) : firstMixed;
        while (index < slotCount) {
          int lastSlot = at + HashedPages.BUCKET_BYTES - Long.BYTES;
          long slot = window.getLong(lastSlot - index * slotBytes) >>> slotShift;
          int distance = (int) (slot >>> distanceShift) & HashedPages.EMPTY;
          if (distance == HashedPages.EMPTY) {
            break;
          }
          long tag = window.get(at + index) & 0xFF;
          index++;
          long rest =
              tag << pages.restBits - HashedPages.TAG_BITS
                  | (slot & (1L << distanceShift) - 1) >>> codeBits;
          long mixed =
              distance == 0
                  ? pages.mixedFrom(firstMixed, rest)
                  : pages.mixed(pages.before(bucket, distance), rest);
          foundId = firstKey + pages.unmix(mixed, 0);
          foundCode = checked((int) slot & codeMask);
          return true;
        }
        index = 0;
        bucket++;
        if ((bucket & GROUP - 1) == 0) {
          file.checkSealAfterwards();
        }
      }
      if (windows.length == 0) {
        throw file.closed();
      }
      return false;
    }
  }

  /** What a batch keeps of the lookups that are under way together, one for each thread. */
  private static final class Group {
    final long[] offsets = new long[GROUP];
    final long[] remainders = new long[GROUP];

    /** Written so that the reads that it sums up are not optimised away. */
    @SuppressWarnings("UnusedVariable")
    int touched;
  }
}
