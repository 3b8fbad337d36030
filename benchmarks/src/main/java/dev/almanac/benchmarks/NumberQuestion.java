package dev.almanac.benchmarks;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import dev.almanac.benchmarks.stores.Ids;
import org.openjdk.jmh.annotations.Param;

/** A question about numeric IDs of both kinds, asked one ID at a time and in batches. */
public abstract class NumberQuestion extends OneAndBatchQuestion {
  @Param({"DENSE", "SPARSE"})
  public Ids ids;

  NumberQuestion(Order order, Hits hits) {
    super(order, hits);
  }

  @Override
  final Ids kind() {
    return ids;
  }
}
