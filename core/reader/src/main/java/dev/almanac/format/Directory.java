package dev.almanac.format;

import dev.almanac.Layout;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks of numbers a file of {@link Layout#BLOCKS} has, and where their codes lie.
 *
 * <pre>
 * key   := id - firstKey, as an unsigned number below 2^keyBits
 * block := key &gt;&gt;&gt; blockBits               place := key mod 2^blockBits
 * index := blockIndex * 2^blockBits + place, of {@link DirectPages}
 *          blockIndex: the code of block in the {@link HashedPages} of the directory
 * page p of the directory, at directoryOffset + p * (64 * 2^pageBits + 64), of pageCount
 *   its buckets, then 64 zeros
 * </pre>
 *
 * <p>Block indexes ascend with the mixed block number. A block without an index has no ID.
 *
 * @param blockBits numbers of a block, as a power of two
 * @param blockCount blocks that have an ID
 * @param pages how the blocks lie in the directory: hashed, with block indexes for codes
 * @param pageCount pages of the directory
 * @param longestProbe most buckets of the directory that a lookup needs to inspect
 */
public record Directory(
    int blockBits, int blockCount, PageLayout pages, int pageCount, int longestProbe) {

  /** The smallest block. */
  public static final int MIN_BLOCK_BITS = 4;

  /** The largest block. */
  public static final int MAX_BLOCK_BITS = 16;

  /** The most bytes of a directory, so that one mapping holds it with what follows. */
  public static final long MAX_BYTES = 1L << 30;

  /** The layout of a directory, for blocks of keys of {@code keyBits} bits. */
  public static PageLayout pages(
      int keyBits, int blockBits, int blockCount, int pageBits, int slotBytes, long seed) {
    return new PageLayout(
        Layout.HASHED,
        0,
        keyBits - blockBits,
        0,
        PageLayout.codeBits(blockCount),
        pageBits,
        slotBytes,
        seed);
  }

  /** Size of the directory. */
  public long bytes() {
    return pageCount * pages.entryBytes();
  }

  /** Pages of the data store that hold the codes of all blocks. */
  public long codePageCount(int codePageBits) {
    return ((long) blockCount << blockBits) + (1L << codePageBits) - 1 >> codePageBits;
  }

  /** The rule that this directory breaks in a file of such a layout, or null. */
  @Nullable String fault(PageLayout file, long codePages) {
    if (blockBits < MIN_BLOCK_BITS || blockBits > MAX_BLOCK_BITS || pages.keyBits() < 1) {
      return Rule.text(
          "a block must have 2^4 to 2^16 numbers, and fewer than there are: blockBits=%s"
              + " keyBits=%s",
          blockBits, file.keyBits());
    }
    if (blockCount < 1
        || pages.codeBits() > PageLayout.MAX_CODE_BITS
        || codePageCount(file.pageBits()) != codePages) {
      return Rule.text(
          "the pages must hold the codes of all blocks: blockCount=%s blockBits=%s pageBits=%s"
              + " entryCount=%s",
          blockCount, blockBits, file.pageBits(), codePages);
    }
    if (pages.pageBits() < 0
        || pages.pageBits() > PageLayout.MAX_PAGE_BITS
        || pages.entryBytes() > Integer.MAX_VALUE
        || pageCount < 1
        || bytes() > MAX_BYTES) {
      return Rule.text(
          "a directory must take at most 2^30 bytes: directoryPageBits=%s directoryPageCount=%s",
          pages.pageBits(), pageCount);
    }
    if (longestProbe < 1 || longestProbe > HashedPages.MAX_DISTANCE + 1) {
      return "a lookup must inspect at most 7 buckets of the directory: directoryLongestProbe="
          + longestProbe;
    }
    return HashedPages.fault(pages, pageCount);
  }
}
