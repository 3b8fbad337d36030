package dev.almanac.build.rows;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Rows from an iterator or a stream. */
public final class IteratedRows implements RowSource {
  private final Opening opening;

  private IteratedRows(Opening opening) {
    this.opening = opening;
  }

  private interface Opening {
    Pass open() throws IOException;
  }

  /** See {@link RowSource#of(Iterator)}. */
  public static IteratedRows of(Iterator<Row> rows) {
    Objects.requireNonNull(rows, "rows");
    AtomicBoolean taken = new AtomicBoolean();
    return new IteratedRows(
        () -> {
          if (taken.getAndSet(true)) {
            throw new IOException(
                "an iterator must be read only once; a second pass needs a new one");
          }
          return new Pass(rows, () -> {});
        });
  }

  /** See {@link RowSource#of(Supplier)}. */
  public static IteratedRows of(Supplier<Stream<Row>> rows) {
    Objects.requireNonNull(rows, "rows");
    return new IteratedRows(
        () -> {
          Stream<Row> stream = rows.get();
          return new Pass(stream.iterator(), stream::close);
        });
  }

  @Override
  public Splits open() throws IOException {
    return opening.open();
  }

  private static final class Pass extends BatchedSplits {
    private final Iterator<Row> rows;
    private final Runnable end;

    Pass(Iterator<Row> rows, Runnable end) {
      super("rows");
      this.rows = rows;
      this.end = end;
    }

    @Override
    boolean advance(RowBatch batch) {
      if (!rows.hasNext()) {
        return false;
      }
      Row row = rows.next();
      if (row == null) {
        batch.addBad(BadRowReason.TOO_FEW_COLUMNS, "row=null", "null");
      } else {
        batch.add(row.id(), row.date());
      }
      return true;
    }

    @Override
    void end() {
      end.run();
    }
  }
}
