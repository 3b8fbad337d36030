package dev.almanac.build.write;

import java.io.IOException;

/** The finished entries of the Chronicle Map, on disk, and what they come to. */
final class Entries implements AutoCloseable {
  final Spool spool;
  final Shape shape;
  final EntrySpooler.Totals totals;

  Entries(Spool spool, Shape shape, EntrySpooler.Totals totals) {
    this.spool = spool;
    this.shape = shape;
    this.totals = totals;
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
