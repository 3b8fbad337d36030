package com.example.invoices;

import dev.almanac.Almanac;
import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

/**
 * Gives each invoice of a chunk the date of its order and hands the chunk on: one lookup for all of
 * them, so that their cache misses overlap. Safe for the threads of a step if what it hands on to
 * is: an almanac is.
 */
final class DatedWriter implements ItemWriter<Invoice> {
  private final Almanac dates;
  private final ItemWriter<DatedInvoice> next;

  DatedWriter(Almanac dates, ItemWriter<DatedInvoice> next) {
    this.dates = dates;
    this.next = next;
  }

  @Override
  public void write(Chunk<? extends Invoice> chunk) throws Exception {
    long[] ids = chunk.getItems().stream().mapToLong(Invoice::orderId).toArray();
    int[] codes = new int[ids.length];
    dates.codes(ids, codes);
    List<DatedInvoice> dated = new ArrayList<>(ids.length);
    for (int i = 0; i < ids.length; i++) {
      dated.add(
          new DatedInvoice(
              chunk.getItems().get(i),
              codes[i] == Almanac.ABSENT ? null : dates.dictionary().date(codes[i])));
    }
    next.write(new Chunk<>(dated));
  }
}
