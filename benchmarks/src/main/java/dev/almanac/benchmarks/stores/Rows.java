package dev.almanac.benchmarks.stores;

import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import dev.almanac.generator.Mix;
import dev.almanac.generator.OrderIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rows that every store gets: {@code count} distinct IDs, each with one of {@link #DATE_COUNT}
 * dates. A row is a function of its index, so nothing has to be kept, and an index from {@code
 * count} on gives an ID that the rows do not have.
 *
 * @param ids what the IDs look like
 * @param count how many rows, from 1
 */
public record Rows(Ids ids, int count) {
  /** Distinct dates, eleven years of days. */
  public static final int DATE_COUNT = 4_000;

  private static final LocalDate FIRST_DATE = LocalDate.of(2015, 1, 1);
  private static final int ROWS_PER_STRETCH = 1 << 16;

  /** The numeric ID at an index. */
  public long id(long index) {
    return ids == Ids.SPARSE ? Mix.scatter(index + 1) : index;
  }

  /** The text ID at an index below 2^32. */
  public String text(long index) {
    byte[] text = new byte[OrderIds.BYTES];
    OrderIds.put(text, 0, index);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** The date code of a numeric ID. For text IDs, of the index. */
  public static short code(long id) {
    return (short) Long.remainderUnsigned(Mix.scatter(id ^ 0x5DEECE66DL), DATE_COUNT);
  }

  /** The date of a code. */
  public static LocalDate date(int code) {
    return FIRST_DATE.plusDays(code);
  }

  /** Every numeric ID, in the order of the index. */
  public long[] allIds() {
    long[] all = new long[count];
    for (int i = 0; i < count; i++) {
      all[i] = id(i);
    }
    return all;
  }

  /** Every numeric ID, ascending as signed numbers. */
  public long[] sortedIds() {
    long[] all = allIds();
    if (ids == Ids.SPARSE) {
      Arrays.parallelSort(all);
    }
    return all;
  }

  /** Every numeric ID, ascending as unsigned numbers, which is the order of big-endian bytes. */
  public long[] unsignedSortedIds() {
    long[] all = sortedIds();
    int negatives = 0;
    while (negatives < all.length && all[negatives] < 0) {
      negatives++;
    }
    long[] sorted = new long[all.length];
    System.arraycopy(all, negatives, sorted, 0, all.length - negatives);
    System.arraycopy(all, 0, sorted, all.length - negatives, negatives);
    return sorted;
  }

  /** These rows as a source for a build. */
  public RowSource source() {
    byte[][] dates = new byte[DATE_COUNT][];
    for (int code = 0; code < DATE_COUNT; code++) {
      dates[code] = date(code).toString().getBytes(StandardCharsets.US_ASCII);
    }
    return () -> new GeneratedSplits(dates);
  }

  private final class GeneratedSplits implements RowSource.Splits {
    private final byte[][] dates;
    private final AtomicInteger taken = new AtomicInteger();

    GeneratedSplits(byte[][] dates) {
      this.dates = dates;
    }

    @Override
    public boolean next(RowSink sink) throws IOException {
      int split = taken.getAndIncrement();
      long from = (long) split * ROWS_PER_STRETCH;
      if (from >= count) {
        return false;
      }
      int to = (int) Math.min(count, from + ROWS_PER_STRETCH);
      sink.begin(split, "generated", 0, () -> "");
      for (int index = (int) from; index < to; index++) {
        if (ids == Ids.TEXT) {
          byte[] date = dates[code(index)];
          byte[] row = new byte[OrderIds.BYTES + date.length];
          int end = OrderIds.put(row, 0, index);
          System.arraycopy(date, 0, row, end, date.length);
          sink.row(index - (int) from, row, 0, end, end, row.length);
        } else {
          long id = id(index);
          byte[] date = dates[code(id)];
          sink.row(index - (int) from, id, date, 0, date.length);
        }
      }
      sink.end(to - (int) from);
      return true;
    }

    @Override
    public long done() {
      return Math.min(count, (long) taken.get() * ROWS_PER_STRETCH);
    }

    @Override
    public long total() {
      return count;
    }

    @Override
    public void close() {}
  }
}
