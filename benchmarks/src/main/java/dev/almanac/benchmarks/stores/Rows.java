package dev.almanac.benchmarks.stores;

import dev.almanac.RowSink;
import dev.almanac.RowSource;
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
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** The numeric ID at an index. */
  public long id(long index) {
    return ids == Ids.SPARSE ? mix(index + 1) : index;
  }

  /** The text ID at an index below 2^32. */
  public String text(long index) {
    byte[] text = new byte[15];
    text[0] = 'O';
    text[1] = 'R';
    text[2] = 'D';
    text[3] = '-';
    for (int i = 0; i < 8; i++) {
      text[4 + i] = (byte) HEX[(int) (index >>> (28 - 4 * i)) & 15];
    }
    long letters = mix(index) >>> 40;
    text[12] = '-';
    text[13] = (byte) ('A' + letters % 26);
    text[14] = (byte) ('A' + letters / 26 % 26);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** The date code of a numeric ID. For text IDs, of the index. */
  public static short code(long id) {
    return (short) Long.remainderUnsigned(mix(id ^ 0x5DEECE66DL), DATE_COUNT);
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
    return () -> new GeneratedStretches(dates);
  }

  /** A bijection of the 64-bit numbers that leaves no pattern, the finalizer of SplitMix64. */
  public static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private final class GeneratedStretches implements RowSource.Stretches {
    private final byte[][] dates;
    private final AtomicInteger taken = new AtomicInteger();

    GeneratedStretches(byte[][] dates) {
      this.dates = dates;
    }

    @Override
    public boolean next(RowSink sink) throws IOException {
      int stretch = taken.getAndIncrement();
      long from = (long) stretch * ROWS_PER_STRETCH;
      if (from >= count) {
        return false;
      }
      int to = (int) Math.min(count, from + ROWS_PER_STRETCH);
      sink.begin(stretch, "generated", 0, () -> "");
      for (int index = (int) from; index < to; index++) {
        if (ids == Ids.TEXT) {
          byte[] date = dates[code(index)];
          byte[] row =
              Arrays.copyOf(text(index).getBytes(StandardCharsets.ISO_8859_1), 15 + date.length);
          System.arraycopy(date, 0, row, 15, date.length);
          sink.row(index - (int) from, row, 0, 15, 15, row.length);
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
