package dev.almanac.read;

import dev.almanac.format.StoreGeometry;
import java.nio.MappedByteBuffer;

/**
 * From a hash to the slots of its tier: what lookups by number and by text share. The geometry is
 * in fields of this object, so that a lookup loads the cache lines of one object.
 */
abstract class Tiers {
  /**
   * Slots after which a long search checks the seal. Once the file is cut, each read of a slot is a
   * signal that takes microseconds, and a tier has thousands of slots.
   */
  static final int SEAL_CHECK_MASK = 31;

  private static final long LANES = 0x0000000100000001L;
  private static final long LANE_TOPS = 0x8000000080000000L;

  final SealedFile file;
  private final int dateCount;
  final int codeBytes;
  final int keyBits;
  final int keyMask;
  final int slotMask;

  /** No ID of the file lies further from its home, so an ID that was not met by then is absent. */
  final int longestProbe;

  final int entrySpaceOffset;
  final int chunkBytes;
  private final int segmentCount;
  private final long segmentReciprocal;
  private final int hashShift;
  private final int regionShift;
  private final int regionMask;
  private final int tierBytes;

  Tiers(SealedFile file) {
    this.file = file;
    StoreGeometry g = file.footer().geometry();
    this.dateCount = file.footer().dateCount();
    this.codeBytes = file.footer().codeBytes();
    this.keyBits = g.keyBits();
    this.keyMask = (int) ((1L << g.keyBits()) - 1);
    this.slotMask = g.slotCount() - 1;
    this.longestProbe = file.footer().longestProbe();
    this.entrySpaceOffset = g.entrySpaceOffset();
    this.chunkBytes = g.chunkBytes();
    this.segmentCount = g.segmentCount();
    this.segmentReciprocal = ((1L << 62) + segmentCount - 1) / segmentCount;
    this.hashShift = g.segmentHashShift();
    this.regionShift = file.regionShift();
    this.regionMask = (1 << regionShift) - 1;
    this.tierBytes = (int) g.tierBytes();
  }

  /**
   * {@code (hash & 0x7FFFFFFF) % segmentCount} by a multiplication: a division would take as long
   * as a cache miss to the second level. Exact because the reciprocal is off by less than
   * segmentCount / 2^62 and the dividend is below 2^31 (D. Lemire, O. Kaser, N. Kurz, "Faster
   * remainder by direct computation", 2019).
   */
  final int segment(long hash) {
    long dividend = hash & 0x7FFFFFFF;
    long quotient = Math.multiplyHigh(dividend << 2, segmentReciprocal);
    return (int) (dividend - quotient * segmentCount);
  }

  /** What the slot of a key with this hash holds in its low bits. */
  final int slotKey(long hash) {
    int key = (int) (hash >>> hashShift) & keyMask;
    return key == 0 ? keyMask : key;
  }

  final MappedByteBuffer region(MappedByteBuffer[] regions, int segment) {
    return regions[segment >>> regionShift];
  }

  final int regionIndex(int segment) {
    return segment >>> regionShift;
  }

  /** Offset of a segment's tier in its region. */
  final int tierOffset(int segment) {
    return (segment & regionMask) * tierBytes;
  }

  /**
   * Where the entry of a key most likely lies: the entry of the first of four slots that matches,
   * or a negative number where none does. Finds nine of ten at two thirds load. No branch on what a
   * slot holds: a wrong guess there would wait for the cache miss and throw away the loads after
   * it. The caller compares the entry's ID, and takes the long way if it is another or there is
   * none.
   */
  final int likelyEntry(MappedByteBuffer region, int tier, int key) {
    return likelyEntry(region, tier, key, key & slotMask);
  }

  private int likelyEntry(MappedByteBuffer region, int tier, int key, int position) {
    // Two reads for four slots. The last slots of a tier are followed by the counters, which are
    // zero and match nothing.
    int first = tier + (position << 2);
    long slots01 = region.getLong(first);
    long slots23 = region.getLong(first + Long.BYTES);
    // A lane that differs is below 2^31, so less one it keeps its highest bit clear, and one that
    // matches sets it. The borrow of a lower lane can only add a match above one, which is then not
    // taken, or is compared in vain.
    long keys = key * LANES;
    long masks = keyMask * LANES;
    long matches01 = ((slots01 ^ keys) & masks) - LANES & LANE_TOPS;
    long matches23 = ((slots23 ^ keys) & masks) - LANES & LANE_TOPS;
    // Lanes 0, 2, 1, 3 as bits 0, 1, 32, 33.
    long matches = matches01 >>> 31 | matches23 >>> 30;
    int lane = Long.numberOfTrailingZeros(matches);
    long pair = slots01 ^ (slots01 ^ slots23) & -(lane & 1L);
    int slot = (int) (pair >>> (lane & 32));
    int entry = tier + entrySpaceOffset + (slot >>> keyBits) * chunkBytes;
    return matches == 0 ? first | Integer.MIN_VALUE : entry;
  }

  /** The first step of a group: where the slots of its {@code i}th key are. */
  final void aim(Group group, int i, long hash) {
    int segment = segment(hash);
    int key = slotKey(hash);
    int tier = tierOffset(segment);
    group.regionIndexes[i] = regionIndex(segment);
    group.tiers[i] = tier;
    group.keys[i] = key;
    group.places[i] = tier + ((key & slotMask) << 2);
  }

  /**
   * The steps that wait for memory, all keys of a group together: touches their slots, chooses the
   * likely entries, touches those. Where a key has none, its place is negative.
   */
  final void approach(MappedByteBuffer[] regions, Group group, int count) {
    touch(regions, group, count);
    chooseEntries(regions, group, count);
    touch(regions, group, count);
  }

  /**
   * {@link #likelyEntry} of each key. For the one in ten that have none among their four slots,
   * from the next four: a lookup on its own would wait for such an entry alone.
   */
  private void chooseEntries(MappedByteBuffer[] regions, Group group, int count) {
    int[] regionIndexes = group.regionIndexes;
    int[] tiers = group.tiers;
    int[] keys = group.keys;
    int[] places = group.places;
    int[] rest = group.rest;
    int restCount = 0;
    for (int i = 0; i < count; i++) {
      int place = likelyEntry(regions[regionIndexes[i]], tiers[i], keys[i]);
      places[i] = place;
      rest[restCount] = i;
      restCount += place >>> 31;
    }
    for (int r = 0; r < restCount; r++) {
      int i = rest[r];
      int key = keys[i];
      places[i] = likelyEntry(regions[regionIndexes[i]], tiers[i], key, key + 4 & slotMask);
    }
  }

  /**
   * Whether eight slots from a key's home on show that there is none: one is empty and none
   * matches. Says so of five in six absent keys at two thirds load; for the rest the long way is
   * taken. Of what the slots hold only the answer is branched on, so that a loop of lookups of
   * absent IDs overlaps its cache misses too.
   */
  final boolean isPlainlyAbsent(MappedByteBuffer region, int tier, int key) {
    int home = key & slotMask;
    if (home > slotMask - 7) {
      // The search goes on at the first slot, not at what lies after the last.
      return false;
    }
    int first = tier + (home << 2);
    long keys = key * LANES;
    long masks = keyMask * LANES;
    long matches = 0;
    long empties = 0;
    for (int at = 0; at < 32; at += Long.BYTES) {
      long slots = region.getLong(first + at);
      matches |= ((slots ^ keys) & masks) - LANES & LANE_TOPS;
      empties |= slots - LANES & ~slots & LANE_TOPS;
    }
    return matches == 0 && empties != 0;
  }

  /**
   * Reads a byte at each place, so that the cache lines are on their way together. Does nothing
   * else: a processor looks only some hundred instructions ahead for the next miss to start.
   */
  final void touch(MappedByteBuffer[] regions, Group group, int count) {
    int[] places = group.places;
    int touched = 0;
    if (regions.length == 1) {
      MappedByteBuffer region = regions[0];
      for (int i = 0; i < count; i++) {
        touched += region.get(places[i] & Integer.MAX_VALUE);
      }
    } else {
      int[] regionIndexes = group.regionIndexes;
      for (int i = 0; i < count; i++) {
        touched += regions[regionIndexes[i]].get(places[i] & Integer.MAX_VALUE);
      }
    }
    group.touched += touched;
  }

  final int segmentCount() {
    return segmentCount;
  }

  /** The code at {@code offset}. */
  final int codeAt(MappedByteBuffer region, int offset) {
    int code =
        codeBytes == 2
            ? region.getShort(offset) & 0xFFFF
            : codeBytes == 1 ? region.get(offset) & 0xFF : region.getInt(offset);
    if (Integer.compareUnsigned(code, dateCount) >= 0) {
      throw file.corrupt(
          "a date code must be in the dictionary: code=" + code + " dateCount=" + dateCount);
    }
    return code;
  }

  /** What a batch keeps of the lookups that are under way together, see {@link Scratch}. */
  static class Group {
    final int[] regionIndexes;
    final int[] tiers;
    final int[] keys;
    final int[] places;
    final int[] rest;

    /** Written so that the reads that it sums up are not optimised away. */
    @SuppressWarnings("UnusedVariable")
    int touched;

    Group(int capacity) {
      regionIndexes = new int[capacity];
      tiers = new int[capacity];
      keys = new int[capacity];
      places = new int[capacity];
      rest = new int[capacity];
    }
  }
}
