package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Param;

/** A question about numeric IDs of a kind, asked one ID at a time and in batches. */
public abstract class NumberQuestion extends OneAndBatchQuestion {
  @Param({"DENSE", "SPARSE", "ACCOUNTS", "CLUSTERED"})
  public Ids ids;

  NumberQuestion(Order order, Hits hits) {
    super(order, hits);
  }

  @Override
  final Ids kind() {
    return ids;
  }
}
