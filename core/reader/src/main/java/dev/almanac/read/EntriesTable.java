package dev.almanac.read;

import dev.almanac.format.Xxh64;
import java.nio.MappedByteBuffer;

/** Lookups by number where each ID has an entry of the Chronicle Map: its key, then its code. */
final class EntriesTable extends Tiers implements LongTable {
  /**
   * How many lookups of a batch are under way together. Measured: docs/benchmarks.md, "Group size".
   */
  static final int GROUP = 64;

  private final Scratch<Group> scratch =
      new Scratch<>() {
        @Override
        Group make() {
          return new Group(GROUP);
        }
      };

  EntriesTable(SealedFile file) {
    super(file);
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

  private int find(MappedByteBuffer[] regions, long id) {
    long hash = Xxh64.hash(id);
    int segment = segment(hash);
    MappedByteBuffer region = region(regions, segment);
    int tier = tierOffset(segment);
    int key = slotKey(hash);
    // The likely entry first: that takes no branch that depends on a slot, so a loop of lookups
    // overlaps its cache misses.
    int entry = likelyEntry(region, tier, key);
    if (entry < 0 || region.getLong(entry) != id) {
      if (entry < 0 && isPlainlyAbsent(region, tier, key)) {
        return -1;
      }
      entry = findEntry(region, tier, key, id);
      if (entry < 0) {
        return -1;
      }
    }
    return codeAt(region, entry + Long.BYTES);
  }

  /** Offset of the ID's entry in the region, or -1. */
  private int findEntry(MappedByteBuffer region, int tier, int key, long id) {
    int position = key & slotMask;
    // Linear probing; also in a table without an empty slot, which no build writes, it ends.
    for (int probe = 0; probe < longestProbe; probe++) {
      int slot = region.getInt(tier + (position << 2));
      if (slot == 0) {
        return -1;
      }
      if ((slot & keyMask) == key) {
        int entry = tier + entrySpaceOffset + (slot >>> keyBits) * chunkBytes;
        if (region.getLong(entry) == id) {
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

  /**
   * In groups and each group in steps: touch the slots of all, choose the entries of all, touch
   * those, then compare. A step that touches memory does next to nothing else, because a processor
   * looks only some hundred instructions ahead for the next miss to start.
   */
  @Override
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        Group group = scratch.take();
        MappedByteBuffer[] regions = file.regions();
        for (int done = 0; done < length; done += GROUP) {
          int n = Math.min(GROUP, length - done);
          codesOfGroup(regions, group, ids, idsOffset + done, codes, codesOffset + done, n);
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
      MappedByteBuffer[] regions, Group group, long[] ids, int from, int[] codes, int to, int n) {
    for (int i = 0; i < n; i++) {
      aim(group, i, Xxh64.hash(ids[from + i]));
    }
    approach(regions, group, n);
    for (int i = 0; i < n; i++) {
      long id = ids[from + i];
      MappedByteBuffer region = regions[group.regionIndexes[i]];
      int entry = group.places[i];
      if (entry >= 0 && region.getLong(entry) == id) {
        codes[to + i] = codeAt(region, entry + Long.BYTES);
      } else if (entry < 0 && isPlainlyAbsent(region, group.tiers[i], group.keys[i])) {
        codes[to + i] = -1;
      } else {
        codes[to + i] = find(regions, id);
      }
    }
  }

  @Override
  public int partCount() {
    return segmentCount();
  }

  @Override
  public LongCursor cursor(int fromPart, int toPart) {
    return new Cursor(fromPart, toPart);
  }

  /** Segment after segment, chunk after chunk. */
  private final class Cursor extends LongCursor {
    private final int endSegment;
    private int segment;

    /** Once there is an entry, see {@link #advance}. */
    @SuppressWarnings("NullAway.Init")
    private MappedByteBuffer region;

    private int entry;
    private int entriesLeft;

    Cursor(int fromSegment, int toSegment) {
      super(file);
      this.segment = fromSegment - 1;
      this.endSegment = toSegment;
    }

    @Override
    int fill() {
      int count = 0;
      while (count < AHEAD && advance()) {
        ids[count] = region.getLong(entry);
        codes[count++] = codeAt(region, entry + Long.BYTES);
      }
      return count;
    }

    private boolean advance() {
      entry += chunkBytes;
      while (entriesLeft == 0) {
        file.checkSeal();
        if (++segment >= endSegment) {
          return false;
        }
        region = region(file.regions(), segment);
        entry = tierOffset(segment) + entrySpaceOffset;
        entriesLeft = file.entryCount(segment);
      }
      entriesLeft--;
      return true;
    }
  }
}
