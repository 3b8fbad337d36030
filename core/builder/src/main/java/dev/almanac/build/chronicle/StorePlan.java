package dev.almanac.build.chronicle;

import dev.almanac.format.StoreGeometry;
import java.io.Serializable;

/**
 * The shape of the Chronicle Map: how many segments, how many entries and chunks each, how large a
 * chunk. What stock Chronicle Map is asked for.
 *
 * <p>The reasons for the figures (measured: docs/benchmarks.md, "Layout"):
 *
 * <ul>
 *   <li>Chronicle sizes a hash lookup as a power of two that {@link #ENTRIES_PER_SEGMENT} entries
 *       fill to two thirds, the most it allows. A segment that is as full as that wastes the fewest
 *       slots.
 *   <li>Up to 2^15 chunks and that many entries, a slot takes 4 bytes. 16 slots then fit a cache
 *       line, and a probe stays in it.
 *   <li>Segments fill unevenly, like balls thrown into bins. The builder knows every ID, so it
 *       counts the fullest segment and sizes all for it exactly, where a general map must leave
 *       room for chance and grow extra tiers when that fails.
 * </ul>
 *
 * @param segmentCount segments
 * @param entriesPerSegment entries of the fullest segment
 * @param chunksPerSegment chunks of the fullest segment
 * @param chunkBytes bytes of a chunk; for numeric IDs, an entry
 * @param valueBytes bytes of a value
 * @param text whether keys are texts
 * @param entryCount entries in all
 */
public record StorePlan(
    int segmentCount,
    int entriesPerSegment,
    int chunksPerSegment,
    int chunkBytes,
    int valueBytes,
    boolean text,
    long entryCount)
    implements Serializable {

  /**
   * The most entries of a segment that keep the hash lookup at 2^14 slots: 2^14 times two thirds.
   */
  public static final int ENTRIES_PER_SEGMENT = 10_922;

  /**
   * The most chunks of a segment that keep a slot at 4 bytes: 32 bits less 14 for the entries and 3
   * that Chronicle adds.
   */
  static final int CHUNKS_PER_SEGMENT = 1 << 15;

  /**
   * So often are more segments tried. Each round lowers the mean by 1.6% or more, where the
   * standard deviation of a full segment is 1%: what rows that come by chance need after the margin
   * below is one or two, and a few more where texts differ much in length.
   */
  public static final int MAX_ROUNDS = 32;

  private static final int SLOTS_PER_SEGMENT = 1 << 14;

  /** The fullest of some thousand segments lies this many standard deviations above the mean. */
  private static final double MARGIN_DEVIATIONS = 4.2;

  /** A group of segments is built in memory at a time. */
  private static final int SEGMENTS_PER_GROUP = 128;

  /**
   * How many segments to try first so that the fullest stays within {@code limit}, given {@code
   * unitCount} in all.
   */
  public static int firstSegmentCount(long unitCount, int limit, double unitsPerEntry) {
    if (unitCount <= limit) {
      return 1;
    }
    double mean = limit - MARGIN_DEVIATIONS * Math.sqrt(limit * unitsPerEntry);
    return (int) Math.min(Integer.MAX_VALUE, (long) Math.ceil(unitCount / mean));
  }

  /**
   * How many groups the segments fall into: a power of two that divides their number once it is
   * {@link #roundedUp}.
   */
  public static int groupCount(int segmentCount) {
    return Integer.highestOneBit(Math.max(1, segmentCount / SEGMENTS_PER_GROUP));
  }

  public static int roundedUp(int segmentCount) {
    int groups = groupCount(segmentCount);
    return (segmentCount + groups - 1) / groups * groups;
  }

  /** What the store takes at least. */
  public long atLeastBytes() {
    return (long)
        ((double) segmentCount
            * ((double) chunksPerSegment * chunkBytes + 6.0 * entriesPerSegment));
  }

  /** The most chunks that leave a slot of a segment with {@code entryCount} entries at 4 bytes. */
  public static long chunkLimit(long entryCount) {
    int entryBits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(entryCount, 1) - 1);
    return 1L << Math.min(30, 32 - 3 - entryBits);
  }

  /**
   * The chunk size for text IDs: the one with the smallest file. Small chunks waste less after each
   * entry, but too many of them ask for more segments.
   */
  public static int cheapestChunkBytes(long[] entryCountBySize, long entryCount) {
    int largest = entryCountBySize.length - 1;
    while (largest > 0 && entryCountBySize[largest] == 0) {
      largest--;
    }
    int best = 1;
    double bestBytes = Double.MAX_VALUE;
    for (int chunkBytes = 1; chunkBytes <= largest; chunkBytes++) {
      double bytes = bytes(entryCountBySize, entryCount, chunkBytes);
      if (bytes < bestBytes) {
        bestBytes = bytes;
        best = chunkBytes;
      }
    }
    return best;
  }

  /** About what a store of text IDs takes with such chunks. */
  public static double bytes(long[] entryCountBySize, long entryCount, int chunkBytes) {
    long chunks = chunkCount(entryCountBySize, chunkBytes);
    double segments = firstSegmentCount(entryCount, chunks);
    double slotBytes =
        segments == 1 ? 6.0 * entryCount : segments * SLOTS_PER_SEGMENT * StoreGeometry.SLOT_BYTES;
    return slotBytes + chunks * (chunkBytes + 1 / 8.0);
  }

  /** How many chunks of this size all entries take. */
  static long chunkCount(long[] entryCountBySize, int chunkBytes) {
    long chunks = 0;
    for (int size = 0; size < entryCountBySize.length; size++) {
      if (entryCountBySize[size] > 0) {
        chunks += entryCountBySize[size] * ((size + chunkBytes - 1) / chunkBytes);
      }
    }
    return chunks;
  }

  /** How many segments to try first for entries of several sizes. */
  public static int firstSegmentCount(long[] entryCountBySize, long entryCount, int chunkBytes) {
    return firstSegmentCount(entryCount, chunkCount(entryCountBySize, chunkBytes));
  }

  private static int firstSegmentCount(long entryCount, long chunks) {
    if (entryCount <= ENTRIES_PER_SEGMENT && chunks <= chunkLimit(entryCount)) {
      return 1;
    }
    double chunksPerEntry = Math.max(1, (double) chunks / Math.max(1, entryCount));
    return Math.max(
        2,
        Math.max(
            firstSegmentCount(entryCount, ENTRIES_PER_SEGMENT, 1),
            firstSegmentCount(chunks, CHUNKS_PER_SEGMENT, chunksPerEntry)));
  }
}
