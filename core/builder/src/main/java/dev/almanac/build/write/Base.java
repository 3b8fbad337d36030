package dev.almanac.build.write;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.VerifyReport;
import dev.almanac.build.BuildException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The file that a build begins with, see {@link dev.almanac.build.AlmanacBuilder#base}. */
final class Base implements Closeable {
  private static final int IDS_PER_PART = 1 << 16;
  private static final int MAX_PARTS = 1 << 16;

  private final Almanac almanac;

  private Base(Almanac almanac) {
    this.almanac = almanac;
  }

  /** Opens the base; {@link #verify} comes before its entries are used. */
  static Base open(Path path, IdKind kind) throws IOException {
    Base base = new Base(Almanac.open(path));
    if (kind == IdKind.LONG && base.almanac.idKind() == IdKind.TEXT) {
      base.close();
      throw new BuildException(
          "a base of text IDs cannot become a file of numbers: ids=LONG base=TEXT, path=" + path);
    }
    return base;
  }

  /**
   * Reads every byte of the base.
   *
   * @throws CorruptAlmanacException if it is damaged
   */
  void verify() throws IOException {
    VerifyReport report = Almanac.verify(almanac.path());
    if (!report.ok()) {
      throw new CorruptAlmanacException(
          "a base must be whole: " + report.damages(), almanac.path());
    }
    if (!almanac.edition().equals(report.edition())) {
      throw new IOException(
          "the name of a base must stand for one file while it is read: opened="
              + almanac.edition()
              + " verified="
              + report.edition()
              + ", path="
              + almanac.path());
    }
  }

  /** Gives all entries to spoolers, of which there is one for each thread. */
  void spool(Parallel threads, List<RowSpooler> spoolers) throws IOException {
    Queue<RowSpooler> free = new ConcurrentLinkedQueue<>(spoolers);
    int partCount = (int) Math.min(MAX_PARTS, almanac.size() / IDS_PER_PART + 1);
    threads.forEachIndex(
        partCount,
        spoolers.size(),
        () -> {
          RowSpooler spooler = free.remove();
          return part -> spool(almanac.entries().part(part, partCount), spooler);
        });
    for (RowSpooler spooler : spoolers) {
      spooler.flush();
    }
  }

  private void spool(dev.almanac.Entries entries, RowSpooler spooler) throws IOException {
    DateDictionary dictionary = almanac.dictionary();
    try {
      if (almanac.idKind() == IdKind.LONG) {
        entries.forEach(
            (id, code) -> {
              try {
                spooler.base(id, dictionary, code);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      } else {
        entries.forEachUtf8(
            (utf8, from, to, code) -> {
              try {
                spooler.base(utf8, from, to, dictionary, code);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  Almanac almanac() {
    return almanac;
  }

  Path path() {
    return almanac.path();
  }

  long idCount() {
    return almanac.size();
  }

  @Override
  public void close() {
    almanac.close();
  }
}
