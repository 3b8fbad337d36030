package dev.almanac.generator;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * Generates rows {@code id|customer|date|amount}, about 40 bytes each, UTF-8, one line each. The
 * same settings give the same bytes on every machine, and both orders give the same rows.
 *
 * <p>A row is a function of its index, so {@link #id}, {@link #numericId} and {@link #dateText} say
 * what a row holds without writing it. Indexes below {@link #rowCount} have distinct IDs; those
 * from {@code rowCount} on, {@link #duplicateCount} of them, repeat the ID of another row, every
 * second one with a date of its own.
 *
 * <p>Immutable: the setters return a changed copy. Safe for any number of threads.
 */
public final class RowGenerator {
  /** The most distinct dates: from {@link #FIRST_DATE} they stay within years of four digits. */
  public static final int MAX_DATE_COUNT = 2_900_000;

  /** The default number of distinct dates, about eleven years. */
  public static final int DEFAULT_DATE_COUNT = 4_000;

  /** The earliest date; the others are the days after it. */
  public static final LocalDate FIRST_DATE = LocalDate.of(2015, 1, 1);

  private static final int BUFFER_BYTES = 1 << 18;
  private static final int MAX_ROW_BYTES = 128;
  private static final int DATE_BYTES = 10;
  private static final int RUN_LENGTH = 1_000;
  private static final int RUN_DISTANCE = 1_500;
  private static final byte[] ACCENTS = "Été-".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BEYOND_BASIC_PLANE = "\uD83D\uDCC5-".getBytes(StandardCharsets.UTF_8);

  private final long rowCount;
  private final IdShape ids;
  private final long seed;
  private final int dateCount;
  private final RowOrder order;
  private final long duplicateCount;
  private final byte[] dates;

  private RowGenerator(
      long rowCount,
      IdShape ids,
      long seed,
      int dateCount,
      RowOrder order,
      long duplicateCount,
      byte[] dates) {
    this.rowCount = rowCount;
    this.ids = ids;
    this.seed = seed;
    this.dateCount = dateCount;
    this.order = order;
    this.duplicateCount = duplicateCount;
    this.dates = dates;
  }

  /**
   * That many rows with dense IDs, seed 1, {@link #DEFAULT_DATE_COUNT} dates, shuffled, no
   * duplicates.
   *
   * @throws IllegalArgumentException if {@code rowCount} is negative
   */
  public static RowGenerator of(long rowCount) {
    if (rowCount < 0) {
      throw new IllegalArgumentException(
          "the number of rows must not be negative: rows=" + rowCount);
    }
    return new RowGenerator(
        rowCount,
        IdShape.DENSE,
        1,
        DEFAULT_DATE_COUNT,
        RowOrder.SHUFFLED,
        0,
        dateTexts(DEFAULT_DATE_COUNT));
  }

  /** With IDs of that shape. */
  public RowGenerator ids(IdShape shape) {
    return new RowGenerator(rowCount, shape, seed, dateCount, order, duplicateCount, dates);
  }

  /**
   * With another seed: other dates, customers, amounts and order; sparse IDs and gaps move as well.
   */
  public RowGenerator seed(long newSeed) {
    return new RowGenerator(rowCount, ids, newSeed, dateCount, order, duplicateCount, dates);
  }

  /**
   * With that many distinct dates to choose from.
   *
   * @throws IllegalArgumentException if it is not from 1 to {@link #MAX_DATE_COUNT}
   */
  public RowGenerator dates(int count) {
    if (count < 1 || count > MAX_DATE_COUNT) {
      throw new IllegalArgumentException(
          "the number of distinct dates must be from 1 to " + MAX_DATE_COUNT + ": dates=" + count);
    }
    return new RowGenerator(rowCount, ids, seed, count, order, duplicateCount, dateTexts(count));
  }

  /** In that order; duplicates come last in {@link RowOrder#SORTED}. */
  public RowGenerator order(RowOrder newOrder) {
    return new RowGenerator(rowCount, ids, seed, dateCount, newOrder, duplicateCount, dates);
  }

  /**
   * With that many further rows which repeat the ID of one of the {@link #rowCount} rows.
   *
   * @throws IllegalArgumentException if it is negative, or there is no row to repeat
   */
  public RowGenerator duplicates(long count) {
    if (count < 0 || (count > 0 && rowCount == 0)) {
      throw new IllegalArgumentException(
          "duplicates must not be negative and need a row to repeat: duplicates="
              + count
              + " rows="
              + rowCount);
    }
    return new RowGenerator(rowCount, ids, seed, dateCount, order, count, dates);
  }

  /** Rows with distinct IDs. */
  public long rowCount() {
    return rowCount;
  }

  /** Further rows that repeat an ID. */
  public long duplicateCount() {
    return duplicateCount;
  }

  /**
   * The number that is the ID of the row with that index; for {@link IdShape#TEXT}, the number in
   * it.
   */
  public long numericId(long index) {
    long original = original(index);
    return switch (ids) {
      case DENSE, TEXT -> original + 1;
      case GAPS -> {
        long run = original / RUN_LENGTH;
        long gap = (Mix.mix(seed ^ ~run) >>> 1) % (RUN_DISTANCE - RUN_LENGTH);
        yield 1_000_000 + run * RUN_DISTANCE + gap + original % RUN_LENGTH;
      }
      case SPARSE -> {
        // One ID in each of as many equal parts of the 64-bit numbers: distinct, ascending, and as
        // irregular as that allows.
        long width = Long.divideUnsigned(-1L, rowCount);
        long offset = Mix.mix(seed ^ Mix.mix(original)) >>> 1;
        yield width < 0 ? offset : Long.MIN_VALUE + original * width + offset % width;
      }
    };
  }

  /** The ID of the row with that index, as written. */
  public String id(long index) {
    byte[] bytes = new byte[MAX_ROW_BYTES];
    return new String(bytes, 0, putId(bytes, 0, index), StandardCharsets.UTF_8);
  }

  /** The date of the row with that index, as written, {@code 2019-04-12}. */
  public String dateText(long index) {
    return new String(dates, dateIndex(index) * DATE_BYTES, DATE_BYTES, StandardCharsets.US_ASCII);
  }

  /** The index of the row that is written at that place, counted from 0. */
  public long indexAt(long place) {
    return order == RowOrder.SORTED
        ? place
        : new Permutation(rowCount + duplicateCount, seed).at(place);
  }

  /**
   * Writes all rows. Takes a buffer of a quarter of a megabyte, whatever the number of rows; {@code
   * output} is neither flushed nor closed.
   *
   * @return bytes written
   */
  public long writeTo(OutputStream output) throws IOException {
    long total = Math.addExact(rowCount, duplicateCount);
    Permutation permutation = order == RowOrder.SORTED ? null : new Permutation(total, seed);
    byte[] buffer = new byte[BUFFER_BYTES + MAX_ROW_BYTES];
    long byteCount = 0;
    int at = 0;
    for (long place = 0; place < total; place++) {
      at = putRow(buffer, at, permutation == null ? place : permutation.at(place));
      if (at >= BUFFER_BYTES) {
        output.write(buffer, 0, at);
        byteCount += at;
        at = 0;
      }
    }
    output.write(buffer, 0, at);
    return byteCount + at;
  }

  private int putRow(byte[] target, int offset, long index) {
    long random = random(index);
    int at = putId(target, offset, index);
    target[at++] = '|';
    target[at++] = 'c';
    target[at++] = 'u';
    target[at++] = 's';
    target[at++] = 't';
    target[at++] = '-';
    at = Decimals.putPadded(target, at, (int) ((random & 0xFFFFF) % 1_000_000), 6);
    target[at++] = '|';
    System.arraycopy(dates, dateIndex(index) * DATE_BYTES, target, at, DATE_BYTES);
    at += DATE_BYTES;
    target[at++] = '|';
    int cents = (int) ((random >>> 20 & 0xFFFFF) % 1_000_000);
    at = Decimals.put(target, at, cents / 100);
    target[at++] = '.';
    at = Decimals.putPadded(target, at, cents % 100, 2);
    target[at++] = '\n';
    return at;
  }

  private int putId(byte[] target, int offset, long index) {
    if (ids != IdShape.TEXT) {
      return Decimals.put(target, offset, numericId(index));
    }
    long number = numericId(index);
    int at = offset;
    if (number % 97 == 5) {
      System.arraycopy(ACCENTS, 0, target, at, ACCENTS.length);
      at += ACCENTS.length;
    } else if (number % 997 == 7) {
      System.arraycopy(BEYOND_BASIC_PLANE, 0, target, at, BEYOND_BASIC_PLANE.length);
      at += BEYOND_BASIC_PLANE.length;
    }
    return OrderIds.put(target, at, number);
  }

  /** The index of the row whose ID this row carries. */
  private long original(long index) {
    if (index < 0 || index >= rowCount + duplicateCount) {
      throw new IndexOutOfBoundsException(
          "the index must be below the number of rows: index="
              + index
              + " rows="
              + rowCount
              + " duplicates="
              + duplicateCount);
    }
    return index < rowCount ? index : (random(~index) >>> 1) % rowCount;
  }

  private int dateIndex(long index) {
    // A duplicate of odd index has its own date.
    long source = index < rowCount || (index & 1) == 1 ? index : original(index);
    return (int) ((random(source) >>> 40) % dateCount);
  }

  private long random(long index) {
    return Mix.mix(Mix.mix(seed) ^ index);
  }

  private static byte[] dateTexts(int count) {
    byte[] texts = new byte[count * DATE_BYTES];
    LocalDate date = FIRST_DATE;
    for (int i = 0; i < count; i++, date = date.plusDays(1)) {
      int at = Decimals.putPadded(texts, i * DATE_BYTES, date.getYear(), 4);
      texts[at++] = '-';
      at = Decimals.putPadded(texts, at, date.getMonthValue(), 2);
      texts[at++] = '-';
      Decimals.putPadded(texts, at, date.getDayOfMonth(), 2);
    }
    return texts;
  }
}
