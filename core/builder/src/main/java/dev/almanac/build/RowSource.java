package dev.almanac.build;

import dev.almanac.Almanac;
import dev.almanac.build.rows.AlmanacRows;
import dev.almanac.build.rows.ConcatenatedRows;
import dev.almanac.build.rows.IteratedRows;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A source of rows for a build. The library has {@link DelimitedRows} for files and streams, {@link
 * JdbcRows} for queries, and {@link #of(Iterator)} for anything that can be iterated. An
 * application can write its own.
 *
 * <p>A source hands out its rows in <em>splits</em>, numbered from 0 in the order of the input. The
 * threads of a build take them in turn, so that they parse splits in parallel. The contract of a
 * source is in {@link RowSink}.
 */
public interface RowSource {
  /** Opens the source for one pass. The build always closes the result. */
  Splits open() throws IOException;

  /**
   * The files that this source reads, as far as it knows. A build refuses to replace one of them by
   * its result or its rejects.
   */
  default Collection<Path> files() {
    return List.of();
  }

  /** One pass over a source. */
  interface Splits extends Closeable {
    /**
     * Takes the next split and gives its rows to {@code sink}. Called by several threads
     * concurrently, each with its own sink; implementations guard what they share. After a failure
     * of the source, every further call must throw too, so that rows cannot end early unnoticed.
     *
     * @return false if there was no split left and the sink was given nothing
     * @throws java.io.InterruptedIOException or {@link
     *     java.nio.channels.ClosedByInterruptException} if the thread was interrupted
     */
    boolean next(RowSink sink) throws IOException;

    /**
     * Sentences about what the source noticed that is not an error. Called after all splits were
     * taken.
     */
    default List<String> remarks() {
      return List.of();
    }

    /** Bytes (or rows) taken so far, for progress. */
    default long done() {
      return 0;
    }

    /** Bytes (or rows) in all, or -1 where that is unknown. */
    default long total() {
      return -1;
    }

    /**
     * About how many rows there are in all, or -1 if unknown. A build divides its work by it;
     * memory and results do not depend on it.
     */
    default long estimatedRowCount() {
      return -1;
    }
  }

  /** One row: an ID, in decimals or text, and a date. */
  record Row(@Nullable String id, @Nullable String date) {}

  /**
   * Rows from an iterator. One thread at a time takes them, once, a few thousand ahead of their
   * use; a second build with the same source fails. An exception of the iterator stops the build.
   * The line of a row is its number, counted from 1.
   *
   * <p>A row that is null, or whose ID is null, is a bad row, and so is a row whose date is null
   * unless {@link AlmanacBuilder#nullDates} was called. A text with a lone surrogate, which UTF-8
   * cannot hold, makes a bad row too.
   */
  static RowSource of(Iterator<Row> rows) {
    return IteratedRows.of(rows);
  }

  /**
   * As {@link #of(Iterator)}, from a stream, which is taken in encounter order and closed. Each
   * build asks for a new stream.
   */
  static RowSource of(Supplier<Stream<Row>> rows) {
    return IteratedRows.of(rows);
  }

  /**
   * The entries of an open almanac, in the order of its file, each as a row with its ID and date.
   * The almanac must stay open until the build is done; the build does not close it. Any number of
   * builds can read it. The line of an entry is its number, counted from 1.
   *
   * <p>To change a file by rows, {@link AlmanacBuilder#base} is faster and safer: it verifies the
   * file.
   */
  static RowSource of(Almanac almanac) {
    return AlmanacRows.of(almanac);
  }

  /**
   * The rows of several sources, one source after the other, so the rows of the last source win
   * under {@link DuplicatePolicy#LAST}. The sources can be of different kinds, and keep their names
   * and lines in messages. All are opened when the build begins.
   */
  static RowSource concat(RowSource... sources) {
    return new ConcatenatedRows(List.of(sources));
  }
}
