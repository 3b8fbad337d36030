package dev.almanac.build.rows;

import dev.almanac.DateDictionary;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rows of several sources, one source after the other, see {@link RowSource#concat}. */
public final class ConcatenatedRows implements RowSource {
  private final List<RowSource> sources;

  /** All rows of the first source, then all of the second, and so on. */
  public ConcatenatedRows(List<RowSource> sources) {
    this.sources = List.copyOf(sources);
  }

  @Override
  public Splits open() throws IOException {
    Pass pass = new Pass();
    try {
      for (RowSource source : sources) {
        pass.parts.add(source.open());
      }
      return pass;
    } catch (IOException | RuntimeException | Error e) {
      try {
        pass.close();
      } catch (IOException | RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  @Override
  public Collection<Path> files() {
    return sources.stream().flatMap(source -> source.files().stream()).toList();
  }

  /**
   * A source's splits are numbered from where the source before ended, which is known when all of
   * that one's splits have begun. A thread that comes to the next source earlier waits for that.
   */
  private static final class Pass implements Splits {
    final List<Splits> parts = new ArrayList<>();

    // Below: guarded by this object.
    private int current;
    private boolean currentHasEnded;

    /** Threads that took a split of the current source, maybe, and have not begun it. */
    private int takingCount;

    private long firstSplit;
    private long splitCount;

    @Override
    public boolean next(RowSink sink) throws IOException {
      for (Splits part = take(); part != null; part = take()) {
        RenumberedSink renumbered = new RenumberedSink(sink, this);
        try {
          if (part.next(renumbered)) {
            return true;
          }
          ended();
        } finally {
          renumbered.taken();
        }
      }
      return false;
    }

    /** The source to take a split of, or null if all have ended. */
    private synchronized @Nullable Splits take() throws IOException {
      while (current < parts.size() && currentHasEnded && takingCount > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("waiting for the rows was interrupted");
        }
      }
      if (current < parts.size() && currentHasEnded) {
        current++;
        currentHasEnded = false;
        firstSplit = splitCount;
      }
      if (current == parts.size()) {
        return null;
      }
      takingCount++;
      return parts.get(current);
    }

    private synchronized void ended() {
      currentHasEnded = true;
    }

    /** The number of the current source's split among those of all sources. */
    private synchronized long begun(long split) {
      splitCount = Math.max(splitCount, firstSplit + split + 1);
      return firstSplit + split;
    }

    private synchronized void taken() {
      takingCount--;
      notifyAll();
    }

    @Override
    public List<String> remarks() {
      return parts.stream().flatMap(part -> part.remarks().stream()).toList();
    }

    @Override
    public long done() {
      return parts.stream().mapToLong(Splits::done).sum();
    }

    @Override
    public long total() {
      long total = 0;
      for (Splits part : parts) {
        if (part.total() < 0) {
          return -1;
        }
        total += part.total();
      }
      return total;
    }

    @Override
    public long estimatedRowCount() {
      long count = 0;
      for (Splits part : parts) {
        if (part.estimatedRowCount() < 0) {
          return -1;
        }
        count += part.estimatedRowCount();
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      IOException failure = null;
      for (Splits part : parts) {
        try {
          part.close();
        } catch (IOException e) {
          if (failure == null) {
            failure = e;
          } else {
            failure.addSuppressed(e);
          }
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /**
   * Gives everything to another sink, the splits under their numbers among those of all sources.
   */
  private static final class RenumberedSink implements RowSink {
    private final RowSink sink;
    private final Pass pass;
    private boolean taken;

    RenumberedSink(RowSink sink, Pass pass) {
      this.sink = sink;
      this.pass = pass;
    }

    /** Whatever this thread took of the current source has begun, or there was nothing. */
    void taken() {
      if (!taken) {
        taken = true;
        pass.taken();
      }
    }

    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> row)
        throws IOException {
      long number = pass.begun(split);
      taken();
      sink.begin(number, source, firstLine, row);
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo)
        throws IOException {
      sink.row(line, bytes, idFrom, idTo, dateFrom, dateTo);
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) throws IOException {
      sink.row(line, id, bytes, dateFrom, dateTo);
    }

    @Override
    public void row(int line, long id, DateDictionary dictionary, int code) throws IOException {
      sink.row(line, id, dictionary, code);
    }

    @Override
    public void row(int line, byte[] id, int idFrom, int idTo, DateDictionary dictionary, int code)
        throws IOException {
      sink.row(line, id, idFrom, idTo, dictionary, code);
    }

    @Override
    public void spans(int lineCount) throws IOException {
      sink.spans(lineCount);
    }

    @Override
    public boolean isRow(String id, String date) {
      return sink.isRow(id, date);
    }

    @Override
    public void noDate(int line, byte[] bytes, int idFrom, int idTo) throws IOException {
      sink.noDate(line, bytes, idFrom, idTo);
    }

    @Override
    public void noDate(int line, long id) throws IOException {
      sink.noDate(line, id);
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String row) throws IOException {
      sink.bad(line, reason, found, row);
    }

    @Override
    public void end(long lineCount) throws IOException {
      sink.end(lineCount);
    }
  }
}
