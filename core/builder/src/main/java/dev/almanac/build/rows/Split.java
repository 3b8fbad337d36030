package dev.almanac.build.rows;

/** Some whole rows of one input, as the reader hands them to the thread that parses them. */
final class Split {
  /** Its number in all inputs, from 0. */
  long number;

  /** The name of its input. */
  String source = "";

  /** The line of its line 0 in the input, from 1, or 0 where the split follows another. */
  long firstLine;

  /**
   * Its bytes: the rows are [from, to), the first is line {@link #lineOfFrom}, and one byte after
   * {@code to} may be written.
   */
  byte[] bytes = {};

  int from;
  int to;
  int lineOfFrom;

  /** Lines after {@code to}: an empty one at the end of the input. */
  int trailingLineCount;

  /** The number of the first row at {@code from}; only kept where it is wanted as an ID. */
  long firstRow;

  /** Wanted columns, from 0; the ID's is {@link #ROW_NUMBER} where there is none. */
  int idColumn;

  int dateColumn;

  /**
   * Bytes of the one row that the split consists of if that row is too long to be kept, else 0.
   * {@code bytes} then holds its beginning.
   */
  long longRowBytes;

  int longRowLineCount;

  /** Where the row lies that the sink is being given, for {@link #rowText}. */
  int rowFrom;

  int rowTo;

  /** The text of the row that the sink is being given. */
  String rowText() {
    return RowText.of(bytes, rowFrom, rowTo);
  }

  /** In place of {@link #idColumn}: the ID is the number of the row. */
  static final int ROW_NUMBER = -1;
}
