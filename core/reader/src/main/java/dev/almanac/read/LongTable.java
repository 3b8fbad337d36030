package dev.almanac.read;

import dev.almanac.format.PageIndex;
import dev.almanac.format.Xxh64;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Lookups by number: the ID's page is the key, its place in the page chooses the code. A page of
 * one is the case of {@code pageBits} 0 and has no code of its own. Where the file has a {@link
 * PageIndex}, that says where a page lies, else the hash of its number.
 */
public final class LongTable extends Tiers {
  /**
   * How many lookups of a batch are under way together. Measured: docs/benchmarks.md, "Group size".
   */
  static final int GROUP = 64;

  /** Stands for an offset in a batch. */
  private static final int NO_CODE = Integer.MIN_VALUE;

  private final Scratch<Group> scratch = new Scratch<>(() -> new Group(GROUP));
  private final int pageBits;
  private final int pageMask;

  /** Null where pages are found by their hash. */
  private final @Nullable ByteBuffer pageIndex;

  private final long firstPage;

  /** The table of a numeric file. */
  public LongTable(SealedFile file) {
    super(file);
    this.pageBits = file.footer().pageBits();
    this.pageMask = (1 << pageBits) - 1;
    this.pageIndex = file.pageIndex();
    this.firstPage = file.footer().lowestId() >> pageBits;
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
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private int find(MappedByteBuffer[] regions, long id) {
    return pageIndex != null
        ? codeByPlace(regions, place(pageIndex, id >> pageBits), id)
        : findByHash(regions, id);
  }

  /** Where the index says that a page lies. */
  private long place(ByteBuffer pageIndex, long page) {
    return PageIndex.placeOf(pageIndex, page - firstPage);
  }

  private int codeByPlace(MappedByteBuffer[] regions, long place, long id) {
    int segment = PageIndex.segment(place);
    // Also for a page that is not there, so that a closed file is noticed.
    MappedByteBuffer region = region(regions, segment);
    return place == PageIndex.NO_PAGE
        ? -1
        : code(region, tierOffset(segment) + PageIndex.offsetInTier(place), id);
  }

  private int findByHash(MappedByteBuffer[] regions, long id) {
    long page = id >> pageBits;
    long hash = Xxh64.hash(page);
    int segment = segment(hash);
    MappedByteBuffer region = region(regions, segment);
    int tier = tierOffset(segment);
    int key = slotKey(hash);
    // The likely entry first: that takes no branch that depends on a slot, so a loop of lookups
    // overlaps its cache misses.
    int entry = likelyEntry(region, tier, key);
    if (entry < 0 || region.getLong(entry) != page) {
      if (entry < 0 && isPlainlyAbsent(region, tier, key)) {
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
    return codeAt(region, codeOffset(entry, id));
  }

  /** Where the code of an ID lies in the entry of its page. */
  private int codeOffset(int entry, long id) {
    return entry + Long.BYTES + ((int) id & pageMask) * codeBytes;
  }

  /**
   * The codes of {@code length} IDs. By hash it takes them in groups and each group in steps: touch
   * the slots of all, choose the entries of all, touch those, then compare. A step that touches
   * memory does next to nothing else, because a processor looks only some hundred instructions
   * ahead for the next miss to start.
   */
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        Group group = scratch.take();
        MappedByteBuffer[] regions = file.regions();
        for (int done = 0; done < length; done += GROUP) {
          int n = Math.min(GROUP, length - done);
          int from = idsOffset + done;
          int to = codesOffset + done;
          if (pageBits > 0 && areOfOnePage(ids, from, n)) {
            codesOfOnePage(regions, ids, from, codes, to, n);
          } else if (pageIndex != null) {
            codesByIndex(regions, pageIndex, group, ids, from, codes, to, n);
          } else {
            codesByHash(regions, group, ids, from, codes, to, n);
          }
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

  private boolean areOfOnePage(long[] ids, int from, int n) {
    long page = ids[from] >> pageBits;
    long difference = 0;
    for (int i = 1; i < n; i++) {
      difference |= ids[from + i] >> pageBits ^ page;
    }
    return difference == 0;
  }

  /**
   * The case of IDs that run along a page, as they do in a sorted batch over dense IDs: the page is
   * looked for once.
   */
  private void codesOfOnePage(
      MappedByteBuffer[] regions, long[] ids, int from, int[] codes, int to, int n) {
    long page = ids[from] >> pageBits;
    long place = pageIndex != null ? place(pageIndex, page) : placeByHash(regions, page);
    int segment = PageIndex.segment(place);
    MappedByteBuffer region = region(regions, segment);
    int entry = tierOffset(segment) + PageIndex.offsetInTier(place);
    for (int i = 0; i < n; i++) {
      codes[to + i] = place == PageIndex.NO_PAGE ? -1 : code(region, entry, ids[from + i]);
    }
  }

  private long placeByHash(MappedByteBuffer[] regions, long page) {
    long hash = Xxh64.hash(page);
    int segment = segment(hash);
    int tier = tierOffset(segment);
    int entry = findEntry(region(regions, segment), tier, slotKey(hash), page);
    return entry < 0 ? PageIndex.NO_PAGE : PageIndex.place(segment, entry - tier);
  }

  /** Two steps, since places are in the cache: find where the codes lie and touch those. */
  private void codesByIndex(
      MappedByteBuffer[] regions,
      ByteBuffer pageIndex,
      Group group,
      long[] ids,
      int from,
      int[] codes,
      int to,
      int n) {
    int[] regionIndexes = group.regionIndexes;
    int[] offsets = group.places;
    for (int i = 0; i < n; i++) {
      long id = ids[from + i];
      long place = place(pageIndex, id >> pageBits);
      int segment = PageIndex.segment(place);
      regionIndexes[i] = regionIndex(segment);
      offsets[i] =
          place == PageIndex.NO_PAGE
              ? NO_CODE
              : codeOffset(tierOffset(segment) + PageIndex.offsetInTier(place), id);
    }
    touch(regions, group, n);
    for (int i = 0; i < n; i++) {
      codes[to + i] = offsets[i] == NO_CODE ? -1 : codeAt(regions[regionIndexes[i]], offsets[i]);
    }
  }

  private void codesByHash(
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
        codes[to + i] = findByHash(regions, id);
      }
    }
  }

  /** The entries of the file, in its order. */
  public LongCursor cursor() {
    return new LongCursor(this);
  }

  /** How many parts the file can be walked in: its segments. */
  public int partCount() {
    return file.footer().geometry().segmentCount();
  }

  /** The entries of some segments. */
  public LongCursor cursor(int fromSegment, int toSegment) {
    return new LongCursor(this, fromSegment, toSegment);
  }

  int pageBits() {
    return pageBits;
  }
}
