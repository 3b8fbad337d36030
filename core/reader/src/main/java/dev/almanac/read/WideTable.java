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
  /** How many lookups of a batch are under way together. */
  static final int GROUP = 64;

  private static final int NOT_HERE = -1;
  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;
  private static final int MARKS_SHIFT = Long.SIZE - HashedPages.MARK_BITS;

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
        long mixed = pages.mix(key, low);
        int code = find(file.regions(), pages.bucket(mixed), pages.rest(mixed), low);
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

  private int find(MappedByteBuffer[] windows, long home, long rest, long low) {
    long offset = pages.offset(home);
    MappedByteBuffer window = Windows.of(windows, offset);
    int bucket = Windows.offsetInWindow(offset);
    long tags = pages.tag(rest) * ONES;
    long lower = lower(rest, low);
    long upper = upper(rest, low);
    int code = search(window, bucket, tags, lower, upper);
    if (code != NOT_HERE) {
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
      if (code != NOT_HERE) {
        return code;
      }
    }
    return -1;
  }

  /** The lower word of a slot in the home bucket, without its code. */
  private long lower(long rest, long low) {
    long below = pages.restBelowTag(rest);
    return low << codeBits | (restShift < Long.SIZE ? below << restShift : 0);
  }

  /** The upper word. */
  private long upper(long rest, long low) {
    long below = pages.restBelowTag(rest);
    return low >>> Long.SIZE - codeBits
        | (restShift < Long.SIZE
            ? below >>> Long.SIZE - restShift
            : below << restShift - Long.SIZE);
  }

  /** The code of the slot with this tag and these words, or {@link #NOT_HERE}. */
  private int search(MappedByteBuffer window, int bucket, long tags, long lower, long upper) {
    int lastSlot = bucket + HashedPages.BUCKET_BYTES - Long.BYTES;
    for (long matches = Buckets.matches(window.getLong(bucket) ^ tags, tops);
        matches != 0;
        matches &= matches - 1) {
      int end = lastSlot - (Long.numberOfTrailingZeros(matches) >>> 3) * slotBytes;
      long foundLower = window.getLong(end + lowerOffset);
      long foundUpper = window.getLong(end) >>> upperShift;
      if (((foundLower ^ lower) >>> codeBits | (foundUpper ^ upper) & upperMask) == 0) {
        return checked((int) foundLower & codeMask);
      }
    }
    return NOT_HERE;
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
        for (int done = 0; done < length; done += GROUP) {
          int n = Math.min(GROUP, length - done);
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
    long[] homes = group.homes;
    long[] rests = group.rests;
    for (int i = 0; i < n; i++) {
      long mixed = pages.mix(keys[from + i], lows[from + i]);
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
      codes[to + i] = find(windows, homes[i], rests[i], lows[from + i]);
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

  /** Slot after slot; a key is put together from its slot and its home. */
  private final class Cursor extends LongCursor {
    private final long unmarkedMask = -1L >>> upperShift + HashedPages.MARK_BITS;
    private final long lowMask = -1L >>> -lowKeyBits;
    private long bucket;
    private final long endBucket;
    private int index;

    Cursor(int fromPage, int toPage) {
      super(file, true);
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
        if (index < slotCount) {
          int end = at + HashedPages.BUCKET_BYTES - Long.BYTES - index * slotBytes;
          long word = window.getLong(end);
          int distance = (int) (word >>> MARKS_SHIFT) & HashedPages.EMPTY;
          if (distance != HashedPages.EMPTY) {
            int tag = window.get(at + index) & 0xFF;
            index++;
            take(tag, distance, window.getLong(end + lowerOffset), word);
            return true;
          }
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

    private void take(int tag, int distance, long lower, long word) {
      long upper = word >>> upperShift & unmarkedMask;
      long below =
          restShift < Long.SIZE
              ? lower >>> restShift | upper << Long.SIZE - restShift
              : upper >>> restShift - Long.SIZE;
      long rest = (long) tag << pages.restBits - HashedPages.TAG_BITS | pages.restBelowTag(below);
      foundLow = (lower >>> codeBits | upper << Long.SIZE - codeBits) & lowMask;
      foundId = pages.unmix(pages.mixed(pages.before(bucket, distance), rest), foundLow);
      foundCode = checked((int) lower & codeMask);
    }
  }

  /** What a batch keeps of the lookups that are under way together, one for each thread. */
  private static final class Group {
    /** The keys of the whole batch. */
    long[] keys = {};

    long[] lows = {};
    final long[] homes = new long[GROUP];
    final long[] rests = new long[GROUP];

    /** Written so that the reads that it sums up are not optimised away. */
    @SuppressWarnings("UnusedVariable")
    int touched;
  }
}
