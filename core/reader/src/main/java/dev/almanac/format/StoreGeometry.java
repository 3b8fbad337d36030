package dev.almanac.format;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Where things lie in a Chronicle Map data store whose every segment has one tier and whose hash
 * lookups have 4-byte slots.
 *
 * <pre>
 * +--------------------------------------+ 0
 * | header (text), global mutable state  |
 * +--------------------------------------+ segmentHeadersOffset
 * | segment headers                      |   segmentHeaderBytes each: lock word, entry count (u32 at 8),
 * |                                      |   lowest free chunk (u32 at 12), next tier (u64 at 16, always 0)
 * +--------------------------------------+ tiersOffset
 * | tiers, tierBytes each:               |
 * |   hash lookup, slotCount x u32       |   slot := key bits | chunk index &lt;&lt; keyBits, 0 = empty
 * |   counters, 64 bytes, all 0          |   at countersOffset in the tier
 * |   free list, a bit for each chunk    |   at countersOffset + 64
 * |   entry space, chunkCount chunks     |   at entrySpaceOffset in the tier
 * +--------------------------------------+ storeBytes
 * </pre>
 *
 * <p>An entry begins at a chunk. Numeric files of entries: key (i64), one code. Text files: key
 * length (stop-bit encoded), key, one code. Entries fill the chunks of a tier from the first,
 * without gaps, in the order of their home slots. Files of pages: see {@link PageLayout}.
 *
 * <p>Layout and names follow {@code spec/3-memory-layout.md} of Chronicle Map; the offsets are read
 * off the store that Chronicle Map itself created, not computed.
 *
 * @param segmentCount segments, 1 to 2^29
 * @param segmentHeadersOffset offset of the first segment header in the file
 * @param segmentHeaderBytes distance of two segment headers
 * @param tiersOffset offset of the first tier in the file
 * @param tierBytes size of a tier
 * @param slotCount slots of a hash lookup, a power of two
 * @param keyBits low bits of a slot that hold a part of the hash
 * @param countersOffset offset of the counters in a tier
 * @param entrySpaceOffset offset of the first chunk in a tier
 * @param chunkBytes size of a chunk
 * @param chunkCount chunks of a tier
 */
public record StoreGeometry(
    int segmentCount,
    long segmentHeadersOffset,
    int segmentHeaderBytes,
    long tiersOffset,
    long tierBytes,
    int slotCount,
    int keyBits,
    int countersOffset,
    int entrySpaceOffset,
    int chunkBytes,
    int chunkCount)
    implements Serializable {

  /** Size of a slot of the hash lookup. No plan of the build asks for wider ones. */
  public static final int SLOT_BYTES = 4;

  /** Size of the counters area of a tier. */
  public static final int COUNTERS_BYTES = 64;

  /** The largest tier of a file of entries: it fits in a mapping, and its offsets are ints. */
  public static final long MAX_TIER_BYTES = 1 << 30;

  /** The most slots of a hash lookup: 64 times what a build plans, which a check can hold. */
  public static final int MAX_SLOT_COUNT = 1 << 20;

  private static final int MAX_SEGMENT_COUNT = 1 << 29;

  /** Size of the data store, the offset after its last tier. */
  public long storeBytes() {
    return tiersOffset + segmentCount * tierBytes;
  }

  /** Offset of a segment's header in the file. */
  public long segmentHeaderOffset(int segment) {
    return segmentHeadersOffset + (long) segment * segmentHeaderBytes;
  }

  /** Offset of a segment's tier in the file. */
  public long tierOffset(int segment) {
    return tiersOffset + segment * tierBytes;
  }

  /** Bits of a hash that choose the segment, and that a slot's key bits therefore leave out. */
  public int segmentHashShift() {
    if (segmentCount == 1) {
      return 0;
    }
    return Integer.bitCount(segmentCount) == 1 ? Integer.numberOfTrailingZeros(segmentCount) : 31;
  }

  /** The segment of a key with this hash (specification, {@code hashSplitting}). */
  public int segment(long hash) {
    return ((int) hash & 0x7FFFFFFF) % segmentCount;
  }

  /** The key bits that a slot holds for a key with this hash; never 0. */
  public int slotKey(long hash) {
    int mask = (int) ((1L << keyBits) - 1);
    int key = (int) (hash >>> segmentHashShift()) & mask;
    return key == 0 ? mask : key;
  }

  /** The next multiple of {@code alignment}, a power of two. */
  public static long align(long offset, int alignment) {
    return (offset + alignment - 1) & -(long) alignment;
  }

  /**
   * The rule that this geometry breaks, with what was found, or null if all tiers and chunks lie in
   * the first {@code storeLimit} bytes.
   */
  public @Nullable String fault(long storeLimit) {
    String fault = sectionsFault(storeLimit);
    return fault != null ? fault : tierFault();
  }

  /** Of where segment headers and tiers lie. */
  private @Nullable String sectionsFault(long storeLimit) {
    if (segmentCount < 1 || segmentCount > MAX_SEGMENT_COUNT) {
      return Rule.text(
          "the number of segments must be from 1 to %s: segmentCount=%s",
          MAX_SEGMENT_COUNT, segmentCount);
    }
    if (segmentHeaderBytes < 32 || segmentHeaderBytes > 4096 || segmentHeaderBytes % 8 != 0) {
      return "a segment header must take a multiple of 8 from 32 to 4096 bytes: segmentHeaderBytes="
          + segmentHeaderBytes;
    }
    if (segmentHeadersOffset < 0
        || segmentHeadersOffset % 8 != 0
        || segmentHeadersOffset > storeLimit - (long) segmentCount * segmentHeaderBytes) {
      return Rule.text(
          "the segment headers must lie in the data store: segmentHeadersOffset=%s storeLimit=%s",
          segmentHeadersOffset, storeLimit);
    }
    if (tiersOffset != segmentHeadersOffset + (long) segmentCount * segmentHeaderBytes) {
      return Rule.text(
          "the tiers must follow the segment headers: tiersOffset=%s expected=%s",
          tiersOffset, segmentHeadersOffset + (long) segmentCount * segmentHeaderBytes);
    }
    if (tierBytes < 64 || tierBytes % 64 != 0) {
      return "a tier must take a multiple of 64 bytes: tierBytes=" + tierBytes;
    }
    if (tierBytes > (storeLimit - tiersOffset) / segmentCount) {
      return Rule.text(
          "the tiers must lie in the data store: storeBytes=%s storeLimit=%s",
          storeBytes(), storeLimit);
    }
    return null;
  }

  /** Of what lies where in a tier. */
  private @Nullable String tierFault() {
    if (slotCount < 1 || Integer.bitCount(slotCount) != 1 || slotCount > MAX_SLOT_COUNT) {
      return Rule.text(
          "the number of slots must be a power of two up to %s: slotCount=%s",
          MAX_SLOT_COUNT, slotCount);
    }
    if (keyBits < 1 || keyBits > 31) {
      return "the key bits of a slot must be from 1 to 31: keyBits=" + keyBits;
    }
    if (countersOffset < (long) slotCount * SLOT_BYTES
        || countersOffset > tierBytes - COUNTERS_BYTES) {
      return "the counters must follow the slots in the tier: countersOffset=" + countersOffset;
    }
    if (chunkBytes < 1 || chunkCount < 1) {
      return Rule.text(
          "chunks must have a size and a number: chunkBytes=%s chunkCount=%s",
          chunkBytes, chunkCount);
    }
    // The chunks take at least a byte, so an entry space that begins after the tier has no room.
    if (entrySpaceOffset < countersOffset + COUNTERS_BYTES + (chunkCount + 7L) / 8
        || (long) chunkBytes * chunkCount > tierBytes - entrySpaceOffset) {
      return Rule.text(
          "the chunks must lie in the tier after the free list: entrySpaceOffset=%s chunkBytes=%s"
              + " chunkCount=%s tierBytes=%s",
          entrySpaceOffset, chunkBytes, chunkCount, tierBytes);
    }
    return null;
  }
}
