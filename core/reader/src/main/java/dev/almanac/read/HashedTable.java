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

  private static final int NOT_HERE = -1;
  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;

  private final Scratch<Group> scratch = new Scratch<>(Group::new);
  private final SealedFile file;
  private final HashedPages pages;
  private final long firstKey;
  private final long highestKey;
  private final int pageBits;
  private final int pageCount;
  private final int dateCount;
  private final int codeBits;
  private final int codeMask;
  private final int slotBytes;
  private final int slotCount;
  private final int slotShift;
  private final int distanceShift;

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
    this.highestKey = footer.highestId() - firstKey;
    this.pageBits = footer.pages().pageBits();
    this.pageCount = (int) footer.entryCount();
    this.dateCount = footer.dateCount();
    this.codeBits = footer.pages().codeBits();
    this.codeMask = (1 << codeBits) - 1;
    this.slotBytes = pages.slotBytes;
    this.slotCount = pages.slotCount;
    this.slotShift = Long.SIZE - 8 * slotBytes;
    this.distanceShift = 8 * slotBytes - HashedPages.MARK_BITS;
    this.compared = (1L << 8 * slotBytes - 1) - 1 & -(1L << codeBits);
    this.tops1 = TOPS >>> 8 * (8 - Math.min(8, slotCount));
    this.tops2 = slotCount <= 8 ? 0 : TOPS >>> 8 * (16 - slotCount);
    this.longestDistance = footer.longestProbe() - 1;
  }

  @Override
  public int code(long id) {
    try {
      try {
        int code = find(file.regions(), id);
        if (code >= 0) {
          file.checkSealAfter(code);
        } else {
          file.checkSealAfterwards();
        }
        return code;
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private int find(MappedByteBuffer[] windows, long id) {
    long key = id - firstKey;
    // As unsigned numbers, so that an ID before the first is a large one.
    if (Long.compareUnsigned(key, highestKey) > 0) {
      // So that a closed file is noticed.
      return windows[0].capacity() | -1;
    }
    long mixed = pages.mix(key);
    return find(windows, pages.bucket(mixed), pages.rest(mixed));
  }

  private int find(MappedByteBuffer[] windows, long home, long rest) {
    long offset = pages.offset(home);
    MappedByteBuffer window = Windows.of(windows, offset);
    int bucket = Windows.offsetInWindow(offset);
    long tags = pages.tag(rest) * ONES;
    long wanted = pages.restBelowTag(rest) << codeBits;
    int code = search(window, bucket, tags, wanted);
    if (code != NOT_HERE) {
      return code;
    }
    int reach = reach(window, bucket);
    return reach == 0 ? -1 : findDisplaced(windows, home, tags, wanted, reach);
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
      if (code != NOT_HERE) {
        return code;
      }
    }
    return -1;
  }

  /** The code of the slot with this tag, distance and rest, or {@link #NOT_HERE}. */
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
    return tops2 == 0 ? NOT_HERE : searchSecond(window, bucket, tags, wanted);
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
    return NOT_HERE;
  }

  /**
   * The highest bit of each byte that is 0. Exactly those, without a borrow from byte to byte: the
   * slot does not repeat its tag, so nothing else would tell two tags apart.
   */
  private static long matches(long differences, long tops) {
    return ~((differences & ~TOPS) + ~TOPS | differences) & tops;
  }

  private int reach(MappedByteBuffer window, int bucket) {
    // The highest bit of each slot is that of the word which ends with the slot.
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    return (int)
        (window.getLong(lastSlot) >>> 63
            | window.getLong(lastSlot - slotBytes) >>> 63 << 1
            | window.getLong(lastSlot - 2 * slotBytes) >>> 63 << 2);
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
    long[] homes = group.homes;
    long[] rests = group.rests;
    for (int i = 0; i < n; i++) {
      long mixed = pages.mix(ids[from + i] - firstKey);
      homes[i] = pages.bucket(mixed);
      rests[i] = pages.rest(mixed);
    }
    int touched = 0;
    for (int i = 0; i < n; i++) {
      long offset = pages.offset(homes[i]);
      touched += Windows.of(windows, offset).get(Windows.offsetInWindow(offset));
    }
    group.touched += touched;
    for (int i = 0; i < n; i++) {
      codes[to + i] =
          Long.compareUnsigned(ids[from + i] - firstKey, highestKey) > 0
              ? -1
              : find(windows, homes[i], rests[i]);
    }
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
          foundId = firstKey + pages.unmix(pages.mixed(pages.before(bucket, distance), rest), 0);
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
    final long[] homes = new long[GROUP];
    final long[] rests = new long[GROUP];

    /** Written so that the reads that it sums up are not optimised away. */
    @SuppressWarnings("UnusedVariable")
    int touched;
  }
}
