package dev.almanac;

import java.io.IOException;

/**
 * Takes the rows of one stretch: {@link #begin}, any number of rows, {@link #end}. Belongs to one thread. What it throws stops
 * the build and must be let through.
 */
public interface RowSink {
  /**
   * Begins a stretch.
   *
   * @param stretch its number in the input, from 0, without gaps
   * @param source name of the file, for messages
   * @param firstLine line in {@code source} of the stretch's line 0, counted from 1; or 0 where it follows the stretch before
   */
  void begin(long stretch, String source, long firstLine) throws IOException;

  /**
   * One row, as UTF-8 bytes. The array is not kept.
   *
   * @param line line in this stretch, from 0
   */
  void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) throws IOException;

  /** One row whose ID is a number, the date as UTF-8 bytes. */
  void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) throws IOException;

  /**
   * A row that the source itself cannot use.
   *
   * @param found what was found, {@code name=value}
   * @param row the row's text, for the rejects file
   */
  void bad(int line, BadRowReason reason, String found, String row) throws IOException;

  /** Ends the stretch, which had {@code lineCount} lines. */
  void end(int lineCount) throws IOException;
}
