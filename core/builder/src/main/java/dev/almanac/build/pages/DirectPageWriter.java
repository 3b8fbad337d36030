package dev.almanac.build.pages;

import dev.almanac.build.workspace.RadixSort;
import dev.almanac.format.DirectPages;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Writes {@link DirectPages}. */
public class DirectPageWriter extends PageWriter {
  private final RadixSort sort = new RadixSort();
  private final long firstKey;
  private final int pageBits;
  private final int dataBytes;
  private int next;

  DirectPageWriter(KeySource source, PagePlan plan, Place place, @Nullable FileChannel file) {
    super(source, plan, place, file);
    PageLayout layout = plan.pages();
    this.firstKey = layout.firstKey();
    this.pageBits = layout.pageBits();
    this.dataBytes = Math.toIntExact(layout.dataBytes());
  }

  /** A partition is a range of numbers, and each number comes once. */
  @Override
  final long keyLimit() {
    return Integer.MAX_VALUE - 8;
  }

  @Override
  boolean prepare(int partition) throws IOException {
    for (int i = 0; i < count; i++) {
      keys[i] -= firstKey;
    }
    sortKeys();
    return true;
  }

  final void sortKeys() {
    sort.sort(keys, codes, count);
    keys = sort.keys;
    codes = sort.payload;
    next = 0;
  }

  @Override
  final boolean fill(int page, ByteBuffer out, int dataAt) {
    for (int at = 0; at < dataBytes; at += Long.BYTES) {
      out.putLong(dataAt + at, -1L);
    }
    for (; next < count && keys[next] >>> pageBits == page; next++) {
      putCode(out, dataAt, plan.pages(), keys[next], codes[next]);
    }
    return true;
  }

  /** Puts the code of a key in its page, or, where it is -1, removes the key. */
  public static void putCode(ByteBuffer out, int dataAt, PageLayout layout, long key, int code) {
    long bit = (key & (1L << layout.pageBits()) - 1) * layout.codeBits();
    int at = dataAt + (int) (bit >>> 3);
    int shift = (int) bit & 7;
    long mask = (1L << layout.codeBits()) - 1;
    out.putLong(at, out.getLong(at) & ~(mask << shift) | (code & mask) << shift);
  }

  @Override
  public final int longestProbe() {
    return 1;
  }
}
