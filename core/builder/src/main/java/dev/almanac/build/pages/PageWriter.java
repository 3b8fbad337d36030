package dev.almanac.build.pages;

import dev.almanac.build.workspace.FileBytes;
import dev.almanac.format.Footer;
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
public abstract class PageWriter {
  private static final int OUT_BYTES = 1 << 20;

  private final @Nullable KeySource source;
  private final @Nullable FileChannel file;
  private final ByteBuffer out;
  private final int pagesPerPartition;

  final Place place;
  final PagePlan plan;

  /** The keys of the partition. */
  long[] keys = {};

  /** Their low numbers, if the plan's keys are wide. */
  long[] lows = {};

  /** Their codes. */
  int[] codes = {};

  public int count;

  /**
   * Where pages lie in a file, one after the other.
   *
   * @param offset where page 0 begins
   * @param entryBytes bytes of a page with what is before and after its data
   * @param dataAt where the data begins in that; before it, in a data store, the page's number
   */
  public record Place(long offset, int entryBytes, int dataAt) {
    public static Place ofStore(StoreGeometry g) {
      long offset = g.tierOffset(0) + g.entrySpaceOffset();
      return new Place(offset, g.chunkBytes(), Math.toIntExact(PageLayout.dataOffset(g) - offset));
    }

    public static Place ofDirectory(StoreGeometry g, PagePlan directory) {
      return new Place(
          Footer.directoryOffset(g.storeBytes()),
          Math.toIntExact(directory.pages().entryBytes()),
          0);
    }
  }

  /**
   * @param file null for a writer that does not {@link #write}
   */
  PageWriter(@Nullable KeySource source, PagePlan plan, Place place, @Nullable FileChannel file) {
    this.source = source;
    this.plan = plan;
    this.file = file;
    this.place = place;
    int pageBytes = place.entryBytes;
    // A word more, since the last code of a page may be written as a part of one.
    this.out =
        ByteBuffer.allocateDirect(
                file == null ? 0 : Math.max(1, OUT_BYTES / pageBytes) * pageBytes + Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    this.pagesPerPartition = (plan.pageCount() + plan.partitionCount() - 1) / plan.partitionCount();
  }

  /**
   * Memory of a writer for partitions of this many keys, roughly: growing arrays and those of a
   * sort.
   */
  public static long bytes(PagePlan plan, long keysPerPartition) {
    PagePlan directory = plan.directory();
    return 3L * (KeySpooler.keyBytes(plan) + (plan.isWide() ? Integer.BYTES : 0)) * keysPerPartition
        + Math.max(OUT_BYTES, plan.pages().entryBytes())
        + (directory == null
            ? 0
            : (long) directory.partitionCount() * KeySpooler.blockBytes(directory));
  }

  /** A writer of direct or hashed pages. */
  public static PageWriter of(KeySource source, PagePlan plan, Place place, FileChannel file) {
    return plan.pages().isHashed()
        ? new HashedPageWriter(source, plan, place, file)
        : new DirectPageWriter(source, plan, place, file);
  }

  /** The most keys of a partition: more, and it was not chance that brought them together. */
  abstract long keyLimit();

  /** Sorts the keys that were read. False if it is plain that they do not fit. */
  abstract boolean prepare(int partition) throws IOException;

  /**
   * Writes the data of a page, of which all bytes are 0, at {@code dataAt} of {@code out}. False if
   * its keys do not fit.
   */
  abstract boolean fill(int page, ByteBuffer out, int dataAt);

  /** What {@link dev.almanac.format.Footer#longestProbe} says of the pages that were written. */
  public abstract int longestProbe();

  /** Where the bytes of a partition begin, from the first page on: those of whole pages. */
  long firstByte(int partition) {
    long page =
        plan.pages().isHashed()
            ? (long) partition * pagesPerPartition
            : (long) partition << plan.partitionShift() - plan.pages().pageBits();
    return Math.min(plan.pageCount(), page) * place.entryBytes;
  }

  /** Writes the pages of a partition; false if the seed of the plan does not spread its keys. */
  public final boolean write(int partition) throws IOException {
    if (!read(partition) || !prepare(partition)) {
      return false;
    }
    long from = firstByte(partition);
    long to = firstByte(partition + 1);
    int pageBytes = place.entryBytes;
    int pagesAtATime = out.capacity() / pageBytes;
    int first = Math.toIntExact(from / pageBytes);
    while (Math.max(from, (long) first * pageBytes) < to) {
      long start = (long) first * pageBytes;
      int pages = (int) Math.min(pagesAtATime, (to - start + pageBytes - 1) / pageBytes);
      clear();
      for (int i = 0; i < pages; i++) {
        if (place.dataAt > 0) {
          out.putLong(i * pageBytes, first + i);
        }
        if (!fill(first + i, out, i * pageBytes + place.dataAt)) {
          return false;
        }
      }
      // The other parts of the first and the last page may be those of other partitions.
      int begin = (int) Math.max(0, from - start);
      int end = (int) Math.min((long) pages * pageBytes, to - start);
      FileBytes.write(
          Objects.requireNonNull(file),
          out.duplicate().limit(end).position(begin),
          place.offset + start + begin);
      first += pages;
    }
    return true;
  }

  private void clear() {
    for (int at = 0; at + Long.BYTES <= out.capacity(); at += Long.BYTES) {
      out.putLong(at, 0);
    }
  }

  /** Reads the keys of a partition; false if they are more than chance brings together. */
  final boolean read(int partition) throws IOException {
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
