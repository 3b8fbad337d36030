package dev.almanac.format;

import org.jspecify.annotations.Nullable;

/**
 * A code for each number from {@code firstKey} on, bit after bit, the lowest bits first. All-ones
 * stands for an absent ID.
 *
 * <pre>
 * index := id - firstKey
 * page  := index &gt;&gt;&gt; pageBits
 * code  := codeBits bits from bit (index mod 2^pageBits) * codeBits of the page's data
 *          bit b of the data is bit b mod 8 of byte b / 8
 * </pre>
 *
 * <p>A code may cross bytes, and words, but not pages. Numbers up to the end of the last page have
 * a code, those after the highest ID that for an absent one.
 */
public final class DirectPages {
  private final int pageBits;
  private final int codeBits;

  /** The number that stands for an absent ID. */
  public final int absent;

  /** The arithmetic of a layout that {@link PageLayout#fault} finds no fault with. */
  public DirectPages(PageLayout layout) {
    this.pageBits = layout.pageBits();
    this.codeBits = layout.codeBits();
    this.absent = (1 << codeBits) - 1;
  }

  static @Nullable String fault(PageLayout layout, long pageCount) {
    if (layout.lowKeyBits() != 0 || layout.slotBytes() != 0 || layout.seed() != 0) {
      return "direct pages must not have what hashed ones have: " + layout;
    }
    if (pageCount << layout.pageBits() >>> layout.pageBits() != pageCount) {
      return "direct pages must not hold more codes than there are numbers: " + layout;
    }
    return null;
  }

  /** Where the byte with the first bit of a code lies, from the data of page 0. */
  public long offset(long index) {
    // A page's data is a whole number of bytes, so codes go on from page to page but for the
    // overhead between.
    return (index * codeBits >>> 3) + (index >>> pageBits) * PageLayout.PAGE_OVERHEAD_BYTES;
  }

  /** Which bit of that byte is the first. */
  public int shift(long index) {
    return (int) index * codeBits & 7;
  }
}
