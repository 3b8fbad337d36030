package dev.almanac.build;

import dev.almanac.DateDictionary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Takes the rows of a source, one split after the other: {@link #begin}, any number of {@link #row}
 * and {@link #bad}, {@link #end}. Belongs to the thread that called {@link RowSource.Splits#next}.
 * Its exceptions stop the build; a source must not catch them, and does not call {@code end} then.
 *
 * <p><b>Lines.</b> A source gives the line of a row within its split, because another thread may
 * still be reading the splits before it. Splits of one source are numbered in its order, so the
 * line in the source is {@code firstLine + line} for a split that begins with a {@code firstLine},
 * and for one that begins with 0 the {@code firstLine} is that of the split before plus its {@code
 * lineCount}. Lines are those of the file: the header is line 0 of a file's first split; an empty
 * line at the end, and each line of a quoted row that spans several, count too. A source without
 * lines counts rows.
 *
 * <p>Rows and bad rows come in the order of their lines, and no two on the same; a row begins
 * within the first 2^24 lines of its split. The first split of each source has a {@code firstLine}
 * that is not 0; a source's splits are not mixed with another's.
 *
 * <p>A build checks this contract. A breach throws an {@link IllegalStateException} that names the
 * source, so that no row is lost.
 */
public interface RowSink {
  /**
   * Begins a split.
   *
   * @param split its number in the input, from 0, without gaps over all sinks; a sink sees its own
   *     in rising order
   * @param source name of the file, for messages
   * @param firstLine line in {@code source} of the split's line 0, counted from 1; or 0 where it
   *     follows the split before
   * @param row gives the text of the row that {@link #row} is being called for, as {@link #bad}
   *     would have it; called only for a row that is refused, and only during the call
   */
  void begin(long split, String source, long firstLine, Supplier<String> row) throws IOException;

  /**
   * Announces that the next row, good or bad, spans {@code lineCount} lines. Called only if that is
   * more than one.
   */
  default void spans(int lineCount) throws IOException {}

  /**
   * Whether these two fields would make a good row, so that a source can tell a row from a header.
   * The fields are not taken. False if the sink cannot tell.
   */
  default boolean isRow(String id, String date) {
    return false;
  }

  /**
   * One row, as bytes: the two fields exactly as the source has them. They need not be UTF-8 or a
   * date, and can be empty. The sink does not write the array, and uses it only during the call.
   *
   * @param line line in this split on which the row begins, from 0
   */
  void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo)
      throws IOException;

  /** As {@link #row(int, byte[], int, int, int, int)}, for a row whose ID is a number. */
  void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) throws IOException;

  /**
   * A row whose date is a null of the source, such as SQL's, and not a text. A build with {@link
   * AlmanacBuilder#nullDates} takes it as "no date"; otherwise it is a bad row.
   *
   * @param line line in this split on which the row begins, from 0
   */
  default void noDate(int line, byte[] bytes, int idFrom, int idTo) throws IOException {
    String id = new String(bytes, idFrom, idTo - idFrom, StandardCharsets.UTF_8);
    bad(line, BadRowReason.BAD_DATE, "date=null", id + "|null");
  }

  /** As {@link #noDate(int, byte[], int, int)}, for a row whose ID is a number. */
  default void noDate(int line, long id) throws IOException {
    bad(line, BadRowReason.BAD_DATE, "date=null", id + "|null");
  }

  /**
   * A row whose date is one of an almanac's dictionary. A build takes the day as it is: the
   * builder's date format does not matter.
   *
   * @param line line in this split on which the row begins, from 0
   */
  default void row(int line, long id, DateDictionary dictionary, int code) throws IOException {
    byte[] date = dictionary.text(code).getBytes(StandardCharsets.UTF_8);
    row(line, id, date, 0, date.length);
  }

  /** As {@link #row(int, long, DateDictionary, int)}, for a row whose ID is UTF-8. */
  default void row(int line, byte[] id, int idFrom, int idTo, DateDictionary dictionary, int code)
      throws IOException {
    byte[] date = dictionary.text(code).getBytes(StandardCharsets.UTF_8);
    byte[] bytes = Arrays.copyOfRange(id, idFrom, idTo + date.length);
    System.arraycopy(date, 0, bytes, idTo - idFrom, date.length);
    row(line, bytes, 0, idTo - idFrom, idTo - idFrom, bytes.length);
  }

  /**
   * A row that the source itself cannot use.
   *
   * @param line line in this split on which the row begins, from 0
   * @param found what was found, {@code name=value}
   * @param row the row's text, for the rejects file; the beginning of a long one; may hold line
   *     breaks
   */
  void bad(int line, BadRowReason reason, String found, String row) throws IOException;

  /** Ends the split, which had {@code lineCount} lines. */
  void end(long lineCount) throws IOException;
}
