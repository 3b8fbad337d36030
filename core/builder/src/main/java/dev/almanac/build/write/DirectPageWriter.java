package dev.almanac.build.write;

import dev.almanac.format.DirectPages;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes {@link DirectPages}. */
final class DirectPageWriter extends PageWriter {
  private final RadixSort sort = new RadixSort();
  private final long firstKey;
  private final int pageBits;
  private final int codeBits;
  private final long codeMask;
  private final int dataBytes;
  private int next;

  DirectPageWriter(KeySource source, PagePlan plan, StoreGeometry g, FileChannel file) {
    super(source, plan, g, file);
    PageLayout layout = plan.pages();
    this.firstKey = layout.firstKey();
    this.pageBits = layout.pageBits();
    this.codeBits = layout.codeBits();
    this.codeMask = (1L << codeBits) - 1;
    this.dataBytes = (int) layout.dataBytes();
  }

  /** A partition is a range of numbers, and each number comes once. */
  @Override
  long keyLimit() {
    return Integer.MAX_VALUE - 8;
  }

  @Override
  void prepare() {
    for (int i = 0; i < count; i++) {
      keys[i] -= firstKey;
    }
    sort.sort(keys, codes, count);
    keys = sort.keys;
    codes = sort.payload;
    next = 0;
  }

  @Override
  boolean fill(int page, ByteBuffer out, int dataAt) {
    for (int at = 0; at < dataBytes; at += Long.BYTES) {
      out.putLong(dataAt + at, -1L);
    }
    for (; next < count && keys[next] >>> pageBits == page; next++) {
      long bit = (keys[next] & (1L << pageBits) - 1) * codeBits;
      int at = dataAt + (int) (bit >>> 3);
      int shift = (int) bit & 7;
      out.putLong(at, out.getLong(at) & ~(codeMask << shift) | (long) codes[next] << shift);
    }
    return true;
  }

  @Override
  int longestProbe() {
    return 1;
  }
}
