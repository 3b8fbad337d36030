package dev.almanac.build.write;

import dev.almanac.Layout;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the pages of one partition of keys after the other, each from its front. For one thread.
 */
abstract class PageWriter {
  private static final int OUT_BYTES = 1 << 20;

  private final @Nullable KeySource source;
  private final @Nullable FileChannel file;
  private final long entries;
  private final ByteBuffer out;
  private final int entryBytes;
  private final int dataAt;
  private final int pagesPerPartition;

  final PagePlan plan;

  /** The keys of the partition. */
  long[] keys = {};

  /** Their low numbers, if the plan's keys are wide. */
  long[] lows = {};

  /** Their codes. */
  int[] codes = {};

  int count;

  PageWriter(
      @Nullable KeySource source, PagePlan plan, StoreGeometry g, @Nullable FileChannel file) {
    this.source = source;
    this.plan = plan;
    this.file = file;
    this.entries = g.tierOffset(0) + g.entrySpaceOffset();
    this.entryBytes = g.chunkBytes();
    this.dataAt = (int) (PageLayout.dataOffset(g) - entries);
    // A word more, since the last code of a page may be written as a part of one.
    this.out =
        ByteBuffer.allocateDirect(Math.max(1, OUT_BYTES / entryBytes) * entryBytes + Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    this.pagesPerPartition = (plan.pageCount() + plan.partitionCount() - 1) / plan.partitionCount();
  }

  /**
   * Memory of a writer for partitions of this many keys, roughly: growing arrays and those of a
   * sort.
   */
  static long bytes(PagePlan plan, long keysPerPartition) {
    return 3L * (KeySpooler.keyBytes(plan) + (plan.isWide() ? Integer.BYTES : 0)) * keysPerPartition
        + Math.max(OUT_BYTES, plan.pages().entryBytes());
  }

  static PageWriter of(KeySource source, PagePlan plan, StoreGeometry g, FileChannel file) {
    return plan.pages().layout() == Layout.DIRECT
        ? new DirectPageWriter(source, plan, g, file)
        : new HashedPageWriter(source, plan, g, file);
  }

  /** The most keys of a partition: more, and it was not chance that brought them together. */
  abstract long keyLimit();

  /** Sorts the keys that were read. False if it is plain that they do not fit. */
  abstract boolean prepare();

  /**
   * Writes the data of a page, of which all bytes are 0, at {@code dataAt} of {@code out}. False if
   * its keys do not fit.
   */
  abstract boolean fill(int page, ByteBuffer out, int dataAt);

  /** What {@link dev.almanac.format.Footer#longestProbe} says of the pages that were written. */
  abstract int longestProbe();

  /** The first page of a partition. */
  private int firstPage(int partition) {
    return plan.pages().layout() == Layout.DIRECT
        ? (int) ((long) partition << plan.partitionShift() - plan.pages().pageBits())
        : partition * pagesPerPartition;
  }

  /** Writes the pages of a partition; false if the seed of the plan does not spread its keys. */
  final boolean write(int partition) throws IOException {
    if (!read(partition) || !prepare()) {
      return false;
    }
    int from = firstPage(partition);
    int to = Math.min(plan.pageCount(), firstPage(partition + 1));
    int pagesAtATime = out.capacity() / entryBytes;
    for (int first = from; first < to; first += pagesAtATime) {
      int pages = Math.min(pagesAtATime, to - first);
      clear();
      for (int i = 0; i < pages; i++) {
        out.putLong(i * entryBytes, first + i);
        if (!fill(first + i, out, i * entryBytes + dataAt)) {
          return false;
        }
      }
      Seal.writeFully(
          Objects.requireNonNull(file),
          out.duplicate().limit(pages * entryBytes),
          entries + (long) first * entryBytes);
    }
    return true;
  }

  private void clear() {
    for (int at = 0; at + Long.BYTES <= out.capacity(); at += Long.BYTES) {
      out.putLong(at, 0);
    }
  }

  private boolean read(int partition) throws IOException {
    count = 0;
    Objects.requireNonNull(source).read(partition, this::add);
    return count <= keyLimit();
  }

  final void add(long key, long low, int code) {
    if (count < keyLimit()) {
      if (count == keys.length) {
        int capacity = Math.max(1 << 12, count + (count >> 1));
        keys = Arrays.copyOf(keys, capacity);
        codes = Arrays.copyOf(codes, capacity);
        lows = plan.isWide() ? Arrays.copyOf(lows, capacity) : lows;
      }
      keys[count] = key;
      codes[count] = code;
      if (plan.isWide()) {
        lows[count] = low;
      }
    }
    // One more than the limit says that there are too many.
    count = (int) Math.min(count + 1L, keyLimit() + 1);
  }
}
