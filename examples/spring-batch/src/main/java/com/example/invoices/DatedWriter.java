package com.example.invoices;

import dev.almanac.Almanac;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamException;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;

/**
 * Gives each invoice of a chunk the date of its order and passes the chunk on: one lookup for all
 * of them, so that their cache misses overlap. Opens the edition that the first step built.
 */
class DatedWriter implements ItemStreamWriter<Invoice> {
  private final Path file;
  private final String edition;
  private final ItemStreamWriter<DatedInvoice> next;
  private Almanac almanac;

  DatedWriter(Path file, String edition, ItemStreamWriter<DatedInvoice> next) {
    this.file = file;
    this.edition = edition;
    this.next = next;
  }

  @Override
  public void open(ExecutionContext context) {
    try {
      almanac = Almanac.open(file, edition);
    } catch (IOException e) {
      throw new ItemStreamException(e);
    }
    next.open(context);
  }

  @Override
  public void write(Chunk<? extends Invoice> chunk) throws Exception {
    List<? extends Invoice> invoices = chunk.getItems();
    LocalDate[] dates = new LocalDate[invoices.size()];
    almanac.dates(invoices.stream().mapToLong(Invoice::orderId).toArray(), dates);
    List<DatedInvoice> dated = new ArrayList<>(dates.length);
    for (int i = 0; i < dates.length; i++) {
      dated.add(new DatedInvoice(invoices.get(i), dates[i]));
    }
    next.write(new Chunk<>(dated));
  }

  @Override
  public void update(ExecutionContext context) {
    next.update(context);
  }

  @Override
  public void close() {
    next.close();
    if (almanac != null) {
      almanac.close();
    }
  }
}
