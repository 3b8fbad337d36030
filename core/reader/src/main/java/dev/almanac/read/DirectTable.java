package dev.almanac.read;

import dev.almanac.format.DirectPages;
import dev.almanac.format.Footer;
import java.nio.MappedByteBuffer;

/** Lookups in {@link DirectPages}: the number is the place of its code. One cache line. */
final class DirectTable implements LongTable {
  /** A batch checks the seal after this many codes. */
  private static final int GROUP = 1024;

  /** More bits than an int holds from any bit of its first byte on. */
  private static final int MAX_INT_CODE_BITS = Integer.SIZE - 7;

  private final SealedFile file;
  private final DirectPages pages;
  private final long firstKey;
  private final long placeCount;

  /** Likewise with its highest bit inverted: so unsigned numbers compare as signed ones. */
  private final long placeCountInverted;

  private final int pageBits;
  private final int pageCount;
  private final int dateCount;
  private final int absent;
  private final boolean fitsInt;

  DirectTable(SealedFile file) {
    Footer footer = file.footer();
    this.file = file;
    this.pages = new DirectPages(footer.pages());
    this.firstKey = footer.pages().firstKey();
    this.placeCount = footer.idCount() == 0 ? 0 : footer.highestId() - firstKey + 1;
    this.placeCountInverted = placeCount + Long.MIN_VALUE;
    this.pageBits = footer.pages().pageBits();
    this.pageCount = (int) footer.entryCount();
    this.dateCount = footer.dateCount();
    this.absent = pages.absent;
    this.fitsInt = footer.pages().codeBits() <= MAX_INT_CODE_BITS;
  }

  @Override
  public int code(long id) {
    try {
      try {
        MappedByteBuffer window = file.onlyWindow();
        long index = id - firstKey;
        int code;
        if (window == null || isOutside(index)) {
          code = find(file.regions(), id);
        } else {
          code = codeAt(window, (int) pages.offset(index), pages.shift(index));
          if (code >= 0) {
            file.checkSealAfter(code, window);
            return code;
          }
        }
        file.checkSealAfterwards();
        return code;
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  /** A plain loop: nothing in it waits for memory but the codes themselves. */
  @Override
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        MappedByteBuffer[] windows = file.regions();
        for (int done = 0; done < length; done += GROUP) {
          int n = Math.min(GROUP, length - done);
          if (windows.length == 1) {
            find(windows[0], ids, idsOffset + done, codes, codesOffset + done, n);
          } else {
            for (int i = done; i < done + n; i++) {
              codes[codesOffset + i] = find(windows, ids[idsOffset + i]);
            }
          }
          file.checkSealAfterwards();
        }
        file.endBatch();
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private void find(
      MappedByteBuffer window, long[] ids, int idsOffset, int[] codes, int codesOffset, int n) {
    for (int i = 0; i < n; i++) {
      long index = ids[idsOffset + i] - firstKey;
      codes[codesOffset + i] =
          isOutside(index) ? -1 : codeAt(window, (int) pages.offset(index), pages.shift(index));
    }
  }

  private int find(MappedByteBuffer[] windows, long id) {
    long index = id - firstKey;
    return isOutside(index) ? absentOutside(windows) : codeAt(windows, index);
  }

  /** As unsigned numbers, so that an ID before the first is a large one. */
  private boolean isOutside(long index) {
    return index + Long.MIN_VALUE >= placeCountInverted;
  }

  private static int absentOutside(MappedByteBuffer[] windows) {
    // So that a closed file is noticed.
    return windows[0].capacity() | -1;
  }

  /** The code at an index, or -1. */
  int codeAt(MappedByteBuffer[] windows, long index) {
    long offset = pages.offset(index);
    return codeAt(Windows.of(windows, offset), Windows.offsetInWindow(offset), pages.shift(index));
  }

  int codeAt(MappedByteBuffer window, int at, int shift) {
    int code =
        (fitsInt ? window.getInt(at) >>> shift : (int) (window.getLong(at) >>> shift)) & absent;
    return code < dateCount ? code : noCode(code);
  }

  private int noCode(int code) {
    if (code != absent) {
      throw file.corrupt(
          "a date code must be in the dictionary: code=" + code + " dateCount=" + dateCount);
    }
    return -1;
  }

  @Override
  public int partCount() {
    return pageCount;
  }

  @Override
  public LongCursor cursor(int fromPart, int toPart) {
    return new Cursor(fromPart, toPart);
  }

  private final class Cursor extends LongCursor {
    private long index;
    private final long end;

    Cursor(int fromPage, int toPage) {
      super(file);
      this.index = (long) fromPage << pageBits;
      this.end = Math.min(placeCount, (long) toPage << pageBits);
    }

    @Override
    int fill() {
      MappedByteBuffer[] windows = file.regions();
      int count = 0;
      while (count == 0 && index < end) {
        long stop = Math.min(end, index + AHEAD);
        for (; index < stop; index++) {
          int found = codeAt(windows, index);
          ids[count] = firstKey + index;
          codes[count] = found;
          count += found >= 0 ? 1 : 0;
        }
        file.checkSealAfterwards();
      }
      absentOutside(windows);
      return count;
    }
  }
}
