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
 * Where the rows of a build come from. The library has {@link DelimitedRows} for files and streams
 * and {@link #of(Iterator)} for anything that can be iterated; an application may write its own.
 *
 * <p>A source hands out its rows in <em>splits</em>, numbered from 0 in the order of the input. The
 * threads of a build take them in turn, so one can parse a split while another parses the next.
 * {@link RowSink} has what a source must keep to.
 */
public interface RowSource {
  /** Opens the source for one pass. The build closes what this returns, whatever happens. */
  Splits open() throws IOException;

  /**
   * The files that this source reads, as far as it knows. A build refuses to put its result or its
   * rejects in the place of one of them.
   */
  default Collection<Path> files() {
    return List.of();
  }

  /** One pass over a source. */
  interface Splits extends Closeable {
    /**
     * Takes the next split and gives its rows to {@code sink}. Called by several threads at a time,
     * each with a sink of its own; implementations guard what they share. After it threw for a
     * reason of the source, it goes on throwing: rows must not end early without a word.
     *
     * @return false if there was no split left and the sink was given nothing
     * @throws java.io.InterruptedIOException or {@link
     *     java.nio.channels.ClosedByInterruptException} if the thread was interrupted
     */
    boolean next(RowSink sink) throws IOException;

    /** What the source noticed that is not an error, a sentence each, once all splits are taken. */
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
     * About how many rows there are in all, or -1 where that is unknown. A build spreads its work
     * by it; memory and results do not depend on it.
     */
    default long estimatedRowCount() {
      return -1;
    }
  }

  /** One row: an ID, in decimals or text, and a date. */
  record Row(@Nullable String id, @Nullable String date) {}

  /**
   * Rows from an iterator, taken once, by one thread at a time, a few thousand ahead of their use;
   * a second build over the same source fails. What the iterator throws stops the build. A row's
   * line is its number, counted from 1.
   *
   * <p>A row that is null, or whose ID or date is null, is a bad row, and so is one with half of a
   * surrogate pair, which no UTF-8 can hold.
   */
  static RowSource of(Iterator<Row> rows) {
    return IteratedRows.of(rows);
  }

  /**
   * As {@link #of(Iterator)}, from a stream, taken in encounter order and closed; a second build
   * over the same source asks for a new stream.
   */
  static RowSource of(Supplier<Stream<Row>> rows) {
    return IteratedRows.of(rows);
  }

  /**
   * The entries of an open almanac, in the order of its file, each as a row with its ID and date.
   * The almanac must stay open until the build is done; that closes nothing. Any number of builds
   * may read it. An entry's line is its number, counted from 1.
   *
   * <p>{@link AlmanacBuilder#base} is the quicker and safer way to change a file by rows: it
   * verifies the file.
   */
  static RowSource of(Almanac almanac) {
    return AlmanacRows.of(almanac);
  }

  /**
   * The rows of several sources, one source after the other: those of the last win under {@link
   * DuplicatePolicy#LAST}. Sources of any kinds go together, and each keeps its name and lines in
   * messages. All are opened when the build begins.
   */
  static RowSource concat(RowSource... sources) {
    return new ConcatenatedRows(List.of(sources));
  }
}
