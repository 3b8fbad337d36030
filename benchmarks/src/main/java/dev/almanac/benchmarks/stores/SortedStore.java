package dev.almanac.benchmarks.stores;

import java.util.function.Function;

/** A store that is built from sorted IDs; the texts of the rows are sorted as they come. */
abstract class SortedStore implements Store {
  private final Function<Rows, long[]> order;

  /** The numeric IDs, once prepared; null for texts. */
  protected long[] sorted;

  /** By {@link Rows#sortedIds} or {@link Rows#unsignedSortedIds}. */
  SortedStore(Function<Rows, long[]> order) {
    this.order = order;
  }

  @Override
  public final void prepare(Rows rows) {
    sorted = rows.ids().isText() ? null : order.apply(rows);
  }
}
