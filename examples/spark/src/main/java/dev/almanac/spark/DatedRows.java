package dev.almanac.spark;

import dev.almanac.Almanac;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of a partition with their dates, looked up a batch at a time. */
final class DatedRows implements Iterator<Row> {
  private static final int BATCH_ROWS = 4096;

  private final Iterator<Row> rows;
  private final Almanac dates;
  private final Row[] batch = new Row[BATCH_ROWS];
  private final long[] ids = new long[BATCH_ROWS];
  private final int[] codes = new int[BATCH_ROWS];
  private int length;
  private int next;

  /** Takes {@code row}, {@code id}; gives {@code row}, {@code id}, {@code day}. */
  DatedRows(Iterator<Row> rows, Almanac dates) {
    this.rows = rows;
    this.dates = dates;
  }

  @Override
  public boolean hasNext() {
    return next < length || rows.hasNext();
  }

  @Override
  public Row next() {
    if (next == length) {
      fill();
    }
    int i = next++;
    return RowFactory.create(
        batch[i].getLong(0),
        ids[i],
        codes[i] == Almanac.ABSENT ? null : (int) dates.dictionary().epochDay(codes[i]));
  }

  private void fill() {
    if (!rows.hasNext()) {
      throw new NoSuchElementException();
    }
    next = 0;
    for (length = 0; length < BATCH_ROWS && rows.hasNext(); length++) {
      batch[length] = rows.next();
      ids[length] = batch[length].getLong(1);
    }
    dates.codes(ids, 0, codes, 0, length);
  }
}
