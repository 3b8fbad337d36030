package dev.almanac.read;

import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.nio.MappedByteBuffer;

/**
 * How the data of pages is mapped: in windows of 1 GiB from the data of page 0 on, because a
 * buffer's index is an {@code int}. Each also holds the cache line that follows it, so that nothing
 * that a lookup reads together lies in two. If one window is enough, it goes on to the seal. Else
 * the directory of blocks, if there is one, has the last window.
 */
final class Windows {
  static final int SHIFT = 30;
  static final long BYTES = 1L << SHIFT;
  static final int OVERLAP_BYTES = 64;
  private static final int MASK = (1 << SHIFT) - 1;

  private Windows() {}

  /** The windows over the pages of a file; the last one holds the directory, if there is one. */
  static MappedByteBuffer[] of(Footer footer, Mapping mapping) throws IOException {
    long from = PageLayout.dataOffset(footer.geometry());
    // At least a cache line of one window, which dictionary and footer after the pages provide.
    long bytes = Math.max(1, footer.entryCount() * footer.geometry().chunkBytes());
    long toEnd = footer.fileBytes() - from;
    if (bytes <= BYTES && toEnd <= Mapping.MOST_PIECE_BYTES) {
      return new MappedByteBuffer[] {mapping.piece(from, toEnd)};
    }
    int count = (int) ((bytes + BYTES - 1) >>> SHIFT);
    Directory directory = footer.pages().directory();
    MappedByteBuffer[] windows = new MappedByteBuffer[directory == null ? count : count + 1];
    for (int i = 0; i < count; i++) {
      long start = i * BYTES;
      windows[i] = mapping.piece(from + start, Math.min(BYTES, bytes - start) + OVERLAP_BYTES);
    }
    if (directory != null) {
      windows[count] = mapping.piece(footer.directoryOffset(), directory.bytes());
    }
    return windows;
  }

  /** Where the directory begins in the last of these windows. */
  static int directoryOffset(Footer footer, MappedByteBuffer[] windows) {
    // In the only window, which is less than 2 GiB.
    return windows.length > 1
        ? 0
        : (int) (footer.directoryOffset() - PageLayout.dataOffset(footer.geometry()));
  }

  /** Where the seal lies in the only window of a file of pages; -1 if there are several. */
  static int sealOffset(Footer footer, MappedByteBuffer[] windows) {
    long offset = footer.fileBytes() - PageLayout.dataOffset(footer.geometry()) - Long.BYTES;
    return footer.pages().hasPages() && offset == windows[0].capacity() - Long.BYTES
        ? (int) offset
        : -1;
  }

  static MappedByteBuffer of(MappedByteBuffer[] windows, long offset) {
    return windows[(int) (offset >>> SHIFT)];
  }

  static int offsetInWindow(long offset) {
    return (int) offset & MASK;
  }
}
