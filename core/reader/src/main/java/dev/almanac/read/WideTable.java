package dev.almanac.read;

import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import java.nio.MappedByteBuffer;

/**
 * Lookups in {@link HashedPages} of keys of more than 64 bits, which are two numbers. As {@link
 * HashedTable}, with slots that take two words: an upper one of all bits from 64 on, and a lower
 * one.
 */
final class WideTable {
  private static final int ABSENT = Buckets.ABSENT;
  private static final int UNKNOWN = Buckets.UNKNOWN;
  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;
  private static final int MARKS_SHIFT = Long.SIZE - HashedPages.MARK_BITS;

  /** After so many buckets a walk looks at the seal. */
  private static final int SEAL_CHECK_MASK = 63;

  private final Scratch<Group> scratch =
      new Scratch<>() {
        @Override
        Group make() {
          return new Group();
        }
      };
  private final SealedFile file;
  private final HashedPages pages;
  private final int pageBits;
  private final int pageCount;
  private final int dateCount;
  private final int codeBits;
  private final int codeMask;
  private final int lowKeyBits;

  /** The bit of a slot at which the rest begins. */
  private final int restShift;

  private final int unusedRestBits;

  private final int slotBytes;
  private final int slotCount;

  /** From the word that ends with a slot to its lower word, with which it begins. */
  private final int lowerOffset;

  private final int upperShift;

  /** All bits of the upper word but the reach. */
  private final long upperMask;

  /** The highest bits of the tags. */
  private final long tops;

  private final int longestDistance;

  WideTable(SealedFile file) {
    Footer footer = file.footer();
    this.file = file;
    this.pages = new HashedPages(footer.pages(), footer.entryCount());
    this.pageBits = footer.pages().pageBits();
    this.pageCount = (int) footer.entryCount();
    this.dateCount = footer.dateCount();
    this.codeBits = footer.pages().codeBits();
    this.codeMask = (1 << codeBits) - 1;
    this.lowKeyBits = footer.pages().lowKeyBits();
    this.restShift = codeBits + lowKeyBits;
    this.unusedRestBits = Long.SIZE - pages.restBits;
    this.slotBytes = pages.slotBytes;
    this.slotCount = pages.slotCount;
    this.lowerOffset = Long.BYTES - slotBytes;
    this.upperShift = 2 * Long.SIZE - 8 * slotBytes;
    this.upperMask = -1L >>> upperShift + 1;
    this.tops = TOPS >>> 8 * (Long.BYTES - slotCount);
    this.longestDistance = footer.longestProbe() - 1;
  }

  /** The date code of a key, or -1. */
  int code(long key, long low) {
    try {
      try {
        MappedByteBuffer window = file.onlyWindow();
        long mixed = pages.mixHigh(key, low);
        if (window != null) {
          int bucket = (int) pages.offset(pages.bucketOfHigh(mixed));
          int code = likelyCode(window, bucket, pages.remainder(mixed), low);
          if (code >= 0) {
            file.checkSealAfter(code, window);
            return code;
          }
          if (code == ABSENT) {
            file.checkSealAfterwards();
            return ABSENT;
          }
        }
        int code = findExactly(file.regions(), mixed, low);
        file.checkSealAfterwards();
        return code;
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  /** The likely cases in few instructions, see {@link Buckets#likelyCode}. */
  private int likelyCode(MappedByteBuffer window, int bucket, long remainder, long low) {
    long differences = window.getLong(bucket) ^ (remainder >>> 64 - HashedPages.TAG_BITS) * ONES;
    // The lowest match is exact; those after it may be wrong by a borrow.
    long matches = differences - ONES & ~differences & tops;
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    if (matches == 0) {
      return window.getLong(lastSlot) >= 0 ? ABSENT : UNKNOWN;
    }
    int end = lastSlot - (Long.numberOfTrailingZeros(matches) >>> 3) * slotBytes;
    long below = restBelowTag(remainder);
    long foundLower = window.getLong(end + lowerOffset);
    long foundUpper = window.getLong(end) >>> upperShift;
    int code = (int) foundLower & codeMask;
    return isSame(foundLower, foundUpper, lower(below, low), upper(below, low)) && code < dateCount
        ? code
        : UNKNOWN;
  }

  /** All cases, in as many steps as it takes. */
  private int findExactly(MappedByteBuffer[] windows, long mixed, long low) {
    long home = pages.bucketOfHigh(mixed);
    long remainder = pages.remainder(mixed);
    long offset = pages.offset(home);
    MappedByteBuffer window = Windows.of(windows, offset);
    int bucket = Windows.offsetInWindow(offset);
    long tags = (remainder >>> 64 - HashedPages.TAG_BITS) * ONES;
    long lower = lower(restBelowTag(remainder), low);
    long upper = upper(restBelowTag(remainder), low);
    int code = search(window, bucket, tags, lower, upper);
    if (code != UNKNOWN) {
      return code;
    }
    int reach = Math.min(Buckets.reach(window, bucket, slotBytes), longestDistance);
    for (int distance = 1; distance <= reach; distance++) {
      long next = pages.offset(pages.after(home, distance));
      code =
          search(
              Windows.of(windows, next),
              Windows.offsetInWindow(next),
              tags,
              lower,
              upper | (long) distance << MARKS_SHIFT >>> upperShift);
      if (code != UNKNOWN) {
        return code;
      }
    }
    return ABSENT;
  }

  /** The rest of a remainder without its tag. */
  private long restBelowTag(long remainder) {
    return (remainder & -1L >>> HashedPages.TAG_BITS) >>> unusedRestBits;
  }

  /** The lower word of a slot in the home bucket, without its code. */
  private long lower(long below, long low) {
    return low << codeBits | (restShift < Long.SIZE ? below << restShift : 0);
  }

  /** The upper word. */
  private long upper(long below, long low) {
    return low >>> Long.SIZE - codeBits
        | (restShift < Long.SIZE
            ? below >>> Long.SIZE - restShift
            : below << restShift - Long.SIZE);
  }

  private boolean isSame(long foundLower, long foundUpper, long lower, long upper) {
    return ((foundLower ^ lower) >>> codeBits | (foundUpper ^ upper) & upperMask) == 0;
  }

  /** The code of the slot with this tag and these words, or {@link #UNKNOWN}. */
  private int search(MappedByteBuffer window, int bucket, long tags, long lower, long upper) {
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    for (long matches = Buckets.matches(window.getLong(bucket) ^ tags, tops);
        matches != 0;
        matches &= matches - 1) {
      int end = lastSlot - (Long.numberOfTrailingZeros(matches) >>> 3) * slotBytes;
      long foundLower = window.getLong(end + lowerOffset);
      if (isSame(foundLower, window.getLong(end) >>> upperShift, lower, upper)) {
        return checked((int) foundLower & codeMask);
      }
    }
    return UNKNOWN;
  }

  private int checked(int code) {
    if (code >= dateCount) {
      throw file.corrupt(
          "a date code must be in the dictionary: code=" + code + " dateCount=" + dateCount);
    }
    return code;
  }

  /** The codes of {@code length} keys, in groups as {@link HashedTable#codes}. */
  void codes(long[] keys, long[] lows, int[] codes, int codesOffset, int length) {
    try {
      try {
        Group group = scratch.take();
        group.keys = keys;
        group.lows = lows;
        MappedByteBuffer[] windows = file.regions();
        for (int done = 0; done < length; done += Buckets.Group.SIZE) {
          int n = Math.min(Buckets.Group.SIZE, length - done);
          codesOfGroup(windows, group, done, codes, codesOffset + done, n);
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
      MappedByteBuffer[] windows, Group group, int from, int[] codes, int to, int n) {
    long[] keys = group.keys;
    long[] lows = group.lows;
    for (int i = 0; i < n; i++) {
      long mixed = pages.mixHigh(keys[from + i], lows[from + i]);
      group.mixed[i] = mixed;
      group.offsets[i] = pages.offset(pages.bucketOfHigh(mixed));
      group.remainders[i] = pages.remainder(mixed);
    }
    MappedByteBuffer window = windows.length == 1 ? windows[0] : null;
    if (window != null) {
      group.touch(window, n);
    } else {
      group.touch(windows, n);
    }
    for (int i = 0; i < n; i++) {
      long low = lows[from + i];
      int code =
          window == null
              ? UNKNOWN
              : likelyCode(window, (int) group.offsets[i], group.remainders[i], low);
      codes[to + i] = code != UNKNOWN ? code : findExactly(windows, group.mixed[i], low);
    }
  }

  /** How many parts the file has: pages. */
  int partCount() {
    return pageCount;
  }

  /** The entries of some pages. */
  LongCursor cursor(int fromPage, int toPage) {
    return new Cursor(fromPage, toPage);
  }

  /** Bucket after bucket; a key is put together from its slot and its home. */
  private final class Cursor extends LongCursor {
    private final long lowMask = -1L >>> -lowKeyBits;
    private long bucket;
    private final long endBucket;

    Cursor(int fromPage, int toPage) {
      super(file, true);
      this.bucket = (long) fromPage << pageBits;
      this.endBucket = (long) toPage << pageBits;
    }

    @Override
    int fill() {
      MappedByteBuffer[] windows = file.regions();
      int count = 0;
      while (bucket < endBucket && count <= AHEAD - slotCount) {
        long offset = pages.offset(bucket);
        count = readBucket(Windows.of(windows, offset), Windows.offsetInWindow(offset), count);
        bucket++;
        if ((bucket & SEAL_CHECK_MASK) == 0) {
          file.checkSealAfterwards();
        }
      }
      if (windows.length == 0) {
        throw file.closed();
      }
      for (int i = 0; i < count; i++) {
        ids[i] = pages.unmix(ids[i], lows[i]);
      }
      return count;
    }

    /** Puts the mixed keys, low numbers and codes of a bucket; returns how many there are now. */
    private int readBucket(MappedByteBuffer window, int at, int from) {
      long firstMixed = pages.firstMixed(bucket);
      int count = from;
      for (int index = 0; index < slotCount; index++) {
        int end = at + HashedPages.BUCKET_BYTES - Long.BYTES - index * slotBytes;
        long word = window.getLong(end);
        int distance = (int) (word >>> MARKS_SHIFT) & HashedPages.EMPTY;
        if (distance == HashedPages.EMPTY) {
          break;
        }
        long lower = window.getLong(end + lowerOffset);
        // The marks lie above what is taken of it.
        long upper = word >>> upperShift;
        long below =
            restShift < Long.SIZE
                ? lower >>> restShift | upper << Long.SIZE - restShift
                : upper >>> restShift - Long.SIZE;
        long tag = window.get(at + index) & 0xFF;
        long rest = tag << pages.restBits - HashedPages.TAG_BITS | pages.restBelowTag(below);
        ids[count] =
            distance == 0
                ? pages.mixedFrom(firstMixed, rest)
                : pages.mixed(pages.before(bucket, distance), rest);
        lows[count] = (lower >>> codeBits | upper << Long.SIZE - codeBits) & lowMask;
        codes[count++] = checked((int) lower & codeMask);
      }
      return count;
    }
  }

  /** What a batch keeps of the lookups that are under way together, one for each thread. */
  private static final class Group extends Buckets.Group {
    /** The keys of the whole batch. */
    long[] keys = {};

    long[] lows = {};
    final long[] mixed = new long[SIZE];
  }
}
