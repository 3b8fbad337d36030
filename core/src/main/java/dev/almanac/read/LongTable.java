package dev.almanac.read;

import dev.almanac.format.Xxh64;
import java.nio.MappedByteBuffer;

/**
 * Lookups by number: the ID's page is the key, its place in the page chooses the code. A page of
 * one is the case of {@code pageBits} 0 and has no code of its own.
 */
public final class LongTable extends Tiers {
  /**
   * How many lookups of a batch are under way together. Measured: docs/benchmarks.md, "Group size".
   */
  static final int GROUP = 64;

  private static final ThreadLocal<Group> OF_THREAD =
      ThreadLocal.withInitial(() -> new Group(GROUP));

  private final int pageBits;
  private final int pageMask;

  /** The table of a numeric file. */
  public LongTable(SealedFile file) {
    super(file);
    this.pageBits = file.footer().pageBits();
    this.pageMask = (1 << pageBits) - 1;
  }

  /** The date code of an ID, or -1. */
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
      } catch (IndexOutOfBoundsException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private int find(MappedByteBuffer[] regions, long id) {
    long page = id >> pageBits;
    long hash = Xxh64.hash(page);
    int segment = segment(hash);
    MappedByteBuffer region = region(regions, segment);
    int tier = tierOffset(segment);
    int key = slotKey(hash);
    // Pages are few, so their slots are in the cache and the same ones again and again: the plain
    // search is the shortest. Of single entries the likely one first: that takes no branch that
    // depends on a slot, so a loop of lookups overlaps its cache misses.
    int entry = pageBits > 0 ? -1 : likelyEntry(region, tier, key);
    if (entry < 0 || region.getLong(entry) != page) {
      if (pageBits == 0 && entry < 0 && isPlainlyAbsent(region, tier, key)) {
        return -1;
      }
      entry = findEntry(region, tier, key, page);
      if (entry < 0) {
        return -1;
      }
    }
    return code(region, entry, id);
  }

  /** Offset of the page's entry in the region, or -1. */
  private int findEntry(MappedByteBuffer region, int tier, int key, long page) {
    int position = key & slotMask;
    // Linear probing; also in a table without an empty slot, which no build writes, it ends.
    for (int probe = 0; probe < longestProbe; probe++) {
      int slot = region.getInt(tier + (position << 2));
      if (slot == 0) {
        return -1;
      }
      if ((slot & keyMask) == key) {
        int entry = tier + entrySpaceOffset + (slot >>> keyBits) * chunkBytes;
        if (region.getLong(entry) == page) {
          return entry;
        }
      }
      position = position + 1 & slotMask;
      if ((probe & SEAL_CHECK_MASK) == SEAL_CHECK_MASK) {
        file.checkSeal();
      }
    }
    return -1;
  }

  private int code(MappedByteBuffer region, int entry, long id) {
    int code = codeAt(region, entry + Long.BYTES + ((int) id & pageMask) * codeBytes);
    return Integer.compareUnsigned(code, dateCount) < 0 ? code : noCode(code);
  }

  /**
   * The codes of {@code length} IDs. Takes them in groups and each group in steps: touch the slots
   * of all, choose the entries of all, touch those, then compare. A step that touches memory does
   * next to nothing else, because a processor looks only some hundred instructions ahead for the
   * next miss to start.
   */
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        Group group = OF_THREAD.get();
        MappedByteBuffer[] regions = file.regions();
        for (int done = 0; done < length; done += GROUP) {
          int n = Math.min(GROUP, length - done);
          if (!codesOfOnePage(regions, ids, idsOffset + done, codes, codesOffset + done, n)) {
            codes(regions, group, ids, idsOffset + done, codes, codesOffset + done, n);
          }
          file.checkSealAfterwards();
        }
      } catch (IndexOutOfBoundsException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  /**
   * The case of IDs that run along a page, as they do in a sorted batch over dense IDs: one lookup
   * for the group.
   */
  private boolean codesOfOnePage(
      MappedByteBuffer[] regions, long[] ids, int from, int[] codes, int to, int n) {
    if (pageBits == 0) {
      return false;
    }
    long page = ids[from] >> pageBits;
    long difference = 0;
    for (int i = 1; i < n; i++) {
      difference |= ids[from + i] >> pageBits ^ page;
    }
    if (difference != 0) {
      return false;
    }
    long hash = Xxh64.hash(page);
    int segment = segment(hash);
    MappedByteBuffer region = region(regions, segment);
    int entry = findEntry(region, tierOffset(segment), slotKey(hash), page);
    for (int i = 0; i < n; i++) {
      codes[to + i] = entry < 0 ? -1 : code(region, entry, ids[from + i]);
    }
    return true;
  }

  private void codes(
      MappedByteBuffer[] regions, Group group, long[] ids, int from, int[] codes, int to, int n) {
    for (int i = 0; i < n; i++) {
      aim(group, i, Xxh64.hash(ids[from + i] >> pageBits));
    }
    approach(regions, group, n);
    for (int i = 0; i < n; i++) {
      long id = ids[from + i];
      MappedByteBuffer region = regions[group.regionIndexes[i]];
      int entry = group.places[i];
      if (entry >= 0 && region.getLong(entry) == id >> pageBits) {
        codes[to + i] = code(region, entry, id);
      } else if (entry < 0 && isPlainlyAbsent(region, group.tiers[i], group.keys[i])) {
        codes[to + i] = -1;
      } else {
        codes[to + i] = find(regions, id);
      }
    }
  }

  /** The entries of the file, in its order. */
  public LongCursor cursor() {
    return new LongCursor(this);
  }

  /** The entries of some segments. */
  public LongCursor cursor(int fromSegment, int toSegment) {
    return new LongCursor(this, fromSegment, toSegment);
  }

  int pageBits() {
    return pageBits;
  }
}
