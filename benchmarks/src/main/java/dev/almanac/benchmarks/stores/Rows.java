package dev.almanac.benchmarks.stores;

import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import dev.almanac.generator.Mix;
import dev.almanac.generator.OrderIds;
import dev.almanac.generator.Permutation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.UUID;
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
  private static final int ROWS_PER_SPLIT = 1 << 16;
  private static final int CLUSTER_SIZE = 100;
  private static final Permutation ACCOUNTS = new Permutation(9_000_000_000L, 1);
  private static final Permutation CLUSTERS = new Permutation(10_000_000_000L, 2);

  /** The numeric ID at an index below 2^32. */
  public long id(long index) {
    return switch (ids) {
      case SPARSE -> Mix.scatter(index + 1);
      case ACCOUNTS -> 1_000_000_000L + ACCOUNTS.at(index);
      case CLUSTERED -> CLUSTERS.at(index / CLUSTER_SIZE) * 1_000 + index % CLUSTER_SIZE;
      default -> index;
    };
  }

  /** The text ID at an index below 2^32. */
  public String text(long index) {
    return new String(textBytes(index), StandardCharsets.ISO_8859_1);
  }

  private byte[] textBytes(long index) {
    if (ids == Ids.TEXT) {
      byte[] text = new byte[OrderIds.BYTES];
      OrderIds.put(text, 0, index);
      return text;
    }
    long noise = Mix.scatter(index + 1);
    String text =
        switch (ids) {
          case CUSTOMERS -> "CUST-" + Long.toString(100_000_000 + index).substring(1);
          case UUIDS ->
              new UUID(
                      noise & ~0xF000L | 0x4000,
                      Mix.scatter(~index) & 0x3FFF_FFFF_FFFF_FFFFL | Long.MIN_VALUE)
                  .toString();
          case EMAILS ->
              letters(Mix.scatter(~index), 3 + (int) (noise >>> 60) % 9)
                  // Between dot and sign, what no other index has.
                  + '.'
                  + letters(noise, 14)
                  + '@'
                  + letters(Mix.scatter(noise), 4 + (int) (noise >>> 56 & 15) % 8)
                  + ".example";
          default -> {
            StringBuilder address = new StringBuilder();
            for (int letter = 4 + (int) (noise >>> 60) % 8; letter >= 0; letter--) {
              address.append((char) ('a' + (noise >>> 5 * letter & 31) % 26));
            }
            yield address
                .append('.')
                .append(Long.toHexString(noise))
                .append("@mail")
                .append((noise >>> 32) % 10)
                .append(".example")
                .toString();
          }
        };
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The digits of an unsigned number with the base 26, the last ones first. */
  private static String letters(long number, int count) {
    StringBuilder letters = new StringBuilder();
    long rest = number;
    for (int i = 0; i < count; i++) {
      letters.append((char) ('a' + Long.remainderUnsigned(rest, 26)));
      rest = Long.divideUnsigned(rest, 26);
    }
    return letters.toString();
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
    if (ids != Ids.DENSE) {
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
      long from = (long) split * ROWS_PER_SPLIT;
      if (from >= count) {
        return false;
      }
      int to = (int) Math.min(count, from + ROWS_PER_SPLIT);
      sink.begin(split, "generated", split == 0 ? 1 : 0, () -> "");
      for (int index = (int) from; index < to; index++) {
        if (ids.isText()) {
          byte[] date = dates[code(index)];
          byte[] id = textBytes(index);
          byte[] row = Arrays.copyOf(id, id.length + date.length);
          System.arraycopy(date, 0, row, id.length, date.length);
          sink.row(index - (int) from, row, 0, id.length, id.length, row.length);
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
      return Math.min(count, (long) taken.get() * ROWS_PER_SPLIT);
    }

    @Override
    public long total() {
      return count;
    }

    @Override
    public void close() {}
  }
}
