package dev.almanac.rows;

import dev.almanac.RowSource;
import java.util.Iterator;
import java.util.function.Supplier;

/** Rows from an iterator. */
public final class IteratedRows implements RowSource {
  public IteratedRows(Supplier<Iterator<Row>> rows) {}

  @Override
  public Stretches open() {
    throw new UnsupportedOperationException();
  }
}
