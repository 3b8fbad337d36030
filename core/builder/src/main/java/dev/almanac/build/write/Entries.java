package dev.almanac.build.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The finished entries of the Chronicle Map, or the keys of its pages, on disk, and what they come
 * to.
 */
final class Entries implements AutoCloseable {
  /**
   * Entries, see {@link EntrySpooler}, or, where there is a plan of pages, keys, see {@link
   * KeySpooler}.
   */
  Spool spool;

  final Shape shape;
  final EntrySpooler.Totals totals;
  @Nullable PagePlan pages;

  Entries(Spool spool, Shape shape, EntrySpooler.Totals totals, @Nullable PagePlan pages) {
    this.spool = spool;
    this.shape = shape;
    this.totals = totals;
    this.pages = pages;
  }

  /** Brings the keys into the partitions of {@link #pages}. */
  void repartition(Parallel threads, Path file) throws IOException {
    PagePlan plan = Objects.requireNonNull(pages);
    Spool to = new Spool(file, plan.partitionCount());
    try {
      KeySpooler.repartition(threads, spool, to, plan);
      spool.close();
    } catch (IOException | RuntimeException | Error e) {
      to.close();
      throw e;
    }
    spool = to;
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
