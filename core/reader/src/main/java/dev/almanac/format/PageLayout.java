package dev.almanac.format;

import dev.almanac.Layout;
import org.jspecify.annotations.Nullable;

/**
 * How the codes of a file lie in its Chronicle Map. In a file of pages, entry {@code i} of the one
 * segment has the key {@code i}, and a value of constant size that begins with up to 56 zeros, so
 * that the data lies at a multiple of 64 in the file.
 *
 * <pre>
 * entry i := at tiersOffset + entrySpaceOffset + i * chunkBytes
 *   key, i64: i
 *   zeros up to the next multiple of 64 in the file
 *   data, dataBytes: {@link DirectPages}, also of BLOCKS, or {@link HashedPages}
 *   zeros up to chunkBytes = dataBytes + 64
 * </pre>
 *
 * @param layout {@link Layout#ENTRIES}, {@link Layout#DIRECT}, {@link Layout#BLOCKS} or {@link
 *     Layout#HASHED}
 * @param firstKey the lowest number that has a place; 0 where layout is ENTRIES
 * @param keyBits bits of the difference of the highest number and {@code firstKey}, and so of what
 *     is mixed; 0 where layout is ENTRIES
 * @param lowKeyBits bits of a key below those, for keys of more than 64 bits; else 0
 * @param codeBits bits of a code
 * @param pageBits codes (DIRECT, BLOCKS) or buckets (HASHED) of a page, as a power of two
 * @param slotBytes bytes of a slot of a bucket without its tag; 0 unless layout is HASHED
 * @param seed the seed of the {@link Mix}; 0 unless layout is HASHED
 * @param directory where the blocks of numbers lie; null unless layout is BLOCKS
 */
public record PageLayout(
    Layout layout,
    long firstKey,
    int keyBits,
    int lowKeyBits,
    int codeBits,
    int pageBits,
    int slotBytes,
    long seed,
    @Nullable Directory directory) {

  /** What the entry of a page takes besides its data: its key, and zeros. */
  public static final int PAGE_OVERHEAD_BYTES = 64;

  /** The most pages of a file; with more, Chronicle Map's slots would not take 4 bytes. */
  public static final int MAX_PAGE_COUNT = 10_922;

  /** A page of fewer codes would not be a multiple of a cache line, whatever a code takes. */
  public static final int MIN_DIRECT_PAGE_BITS = 9;

  /** The longest pages. */
  public static final int MAX_PAGE_BITS = 26;

  /** The widest codes. */
  public static final int MAX_CODE_BITS = 29;

  /** A layout without a directory. */
  public PageLayout(
      Layout layout,
      long firstKey,
      int keyBits,
      int lowKeyBits,
      int codeBits,
      int pageBits,
      int slotBytes,
      long seed) {
    this(layout, firstKey, keyBits, lowKeyBits, codeBits, pageBits, slotBytes, seed, null);
  }

  /** The layout of one entry for each ID. */
  public static PageLayout entries(int dateCount) {
    return new PageLayout(
        Layout.ENTRIES, 0, 0, 0, 8 * DictionarySection.codeBytes(dateCount), 0, 0, 0);
  }

  /** Bits of a code. One value of this size stays free, for an absent ID. */
  public static int codeBits(int dateCount) {
    return Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(dateCount));
  }

  /** Bits that a number takes that is at most {@code highest}, unsigned; at least 1. */
  public static int bits(long highest) {
    return Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(highest));
  }

  /** Whether there are pages, and not an entry for each ID. */
  public boolean hasPages() {
    return layout != Layout.ENTRIES;
  }

  /** Whether pages hold buckets, and not a code for each place. */
  public boolean isHashed() {
    return layout == Layout.HASHED;
  }

  /** Bytes of a page's data. */
  public long dataBytes() {
    return isHashed()
        ? (long) HashedPages.BUCKET_BYTES << pageBits
        : (long) codeBits << pageBits >> 3;
  }

  /** Bytes of a page's entry in the Chronicle Map. */
  public long entryBytes() {
    return dataBytes() + PAGE_OVERHEAD_BYTES;
  }

  /** Where the data of page 0 begins in the file. */
  public static long dataOffset(StoreGeometry g) {
    return StoreGeometry.align(
        g.tierOffset(0) + g.entrySpaceOffset() + Long.BYTES, HashedPages.BUCKET_BYTES);
  }

  /** The rule that this layout breaks, with what was found, or null. */
  public @Nullable String fault(StoreGeometry g, int dateCount, long pageCount) {
    if ((directory != null) != (layout == Layout.BLOCKS)) {
      return "blocks must have a directory, and other layouts no directory: " + this;
    }
    if (layout == Layout.ENTRIES) {
      return (firstKey | keyBits | lowKeyBits | pageBits | slotBytes | seed) == 0
              && codeBits == 8 * DictionarySection.codeBytes(dateCount)
          ? null
          : "a file of entries must not have pages: " + this;
    }
    if (keyBits < 1 || keyBits > Long.SIZE || lowKeyBits < 0 || lowKeyBits > Long.SIZE) {
      return Rule.text(
          "a key must have 1 to 64 bits, and 0 to 64 more: keyBits=%s lowKeyBits=%s",
          keyBits, lowKeyBits);
    }
    if (codeBits != codeBits(dateCount) || codeBits > MAX_CODE_BITS) {
      return Rule.text(
          "the bits of a code must fit the dictionary: codeBits=%s expected=%s",
          codeBits, codeBits(dateCount));
    }
    if (pageBits < (isHashed() ? 0 : MIN_DIRECT_PAGE_BITS)
        || pageBits > MAX_PAGE_BITS
        || entryBytes() > Integer.MAX_VALUE) {
      return "a page must hold 2^pageBits codes or buckets: pageBits=" + pageBits;
    }
    if (pageCount < 0 || pageCount > g.chunkCount() || pageCount > MAX_PAGE_COUNT) {
      return "the pages must lie in the data store: entryCount=" + pageCount;
    }
    if (g.segmentCount() != 1
        || g.chunkBytes() != entryBytes()
        || (g.tierOffset(0) + g.entrySpaceOffset()) % Long.BYTES != 0) {
      return Rule.text(
          "pages must lie in one segment, each in a chunk at a multiple of 8: segmentCount=%s"
              + " chunkBytes=%s expected=%s entrySpaceOffset=%s",
          g.segmentCount(), g.chunkBytes(), entryBytes(), g.entrySpaceOffset());
    }
    if (isHashed()) {
      return HashedPages.fault(this, pageCount);
    }
    String fault = DirectPages.fault(this, pageCount);
    return fault == null && directory != null ? directory.fault(this, pageCount) : fault;
  }
}
