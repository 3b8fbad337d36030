package dev.almanac.format;

import java.nio.ByteBuffer;

/**
 * Where each page of numeric IDs lies, for files whose pages follow each other with few gaps: a
 * lookup then reads one number instead of hashing and probing. It says what the hash lookups say,
 * and stock Chronicle Map never looks at it.
 *
 * <pre>
 *  0  for each page from that of the lowest ID to that of the highest: its place, i64
 *       bits 32 to 63  segment
 *       bits  0 to 31  offset of the entry in the segment's tier
 *       0              there is no such page
 * </pre>
 */
public final class PageIndex {
  /** Size of a place. */
  public static final int PLACE_BYTES = Long.BYTES;

  /** The place of a page that is not there; at the start of a tier there are slots. */
  public static final long NO_PAGE = 0;

  /**
   * The largest index: two million pages, which are billions of IDs. A build holds it in memory.
   */
  public static final int MAX_BYTES = 16 << 20;

  /** An index may take this part of the data store, and so pages must be long and gaps few. */
  private static final int STORE_BYTES_PER_BYTE = 32;

  private PageIndex() {}

  /**
   * How many pages there are from that of the lowest ID to that of the highest, or a negative
   * number if they are more than a {@code long} can count.
   */
  public static long pageCount(int pageBits, long lowestId, long highestId) {
    return (highestId >> pageBits) - (lowestId >> pageBits) + 1;
  }

  /** Size of the index that a build makes, or 0 where none pays. */
  public static int bytesWorthwhile(
      int pageBits, long idCount, long lowestId, long highestId, long storeBytes) {
    long pageCount = pageCount(pageBits, lowestId, highestId);
    long most = Math.min(MAX_BYTES, storeBytes / STORE_BYTES_PER_BYTE) / PLACE_BYTES;
    return pageBits == 0 || idCount == 0 || pageCount < 0 || pageCount > most
        ? 0
        : (int) pageCount * PLACE_BYTES;
  }

  /**
   * The place of a page.
   *
   * @param places the whole index, little-endian
   * @param number the page's number, counted from the first
   * @return its place, or {@link #NO_PAGE}, also for a number outside the index
   */
  public static long placeOf(ByteBuffer places, long number) {
    // Also before the first: as an unsigned number that is a large one.
    return Long.compareUnsigned(number, places.capacity() / PLACE_BYTES) < 0
        ? places.getLong((int) number * PLACE_BYTES)
        : NO_PAGE;
  }

  /** The place of an entry. */
  public static long place(int segment, int offsetInTier) {
    return (long) segment << 32 | offsetInTier;
  }

  /** The segment of a place. */
  public static int segment(long place) {
    return (int) (place >>> 32);
  }

  /** The offset in the segment's tier. */
  public static int offsetInTier(long place) {
    return (int) place;
  }
}
