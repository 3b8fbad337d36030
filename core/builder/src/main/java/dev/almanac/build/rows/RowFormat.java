package dev.almanac.build.rows;

import dev.almanac.build.RowSink;
import java.io.IOException;
import java.util.List;

/**
 * Knows where rows end and what is in them. Has no state that outlives a call, so that several
 * threads may use one instance.
 */
abstract class RowFormat {
  /** Bytes behind a split that a format may read or write. */
  static final int SLACK_BYTES = 8;

  final byte delimiter;
  final int maxRowBytes;

  RowFormat(char delimiter, int maxRowBytes) {
    this.delimiter = (byte) delimiter; // ASCII, see Dialect.
    this.maxRowBytes = maxRowBytes;
  }

  static RowFormat of(Dialect.Fields fields, int maxRowBytes) {
    return fields.plain()
        ? new PlainFormat(fields, maxRowBytes)
        : new QuotedFormat(fields, maxRowBytes);
  }

  /**
   * The offset behind the row that begins at {@code from}, its line break included. Or -1 if that
   * depends on what follows {@code to}, where {@code ended} says that nothing does; then, if there
   * are {@link #maxRowBytes} and 2 more, the row ends with the next line feed.
   */
  abstract int rowEnd(byte[] bytes, int from, int to, boolean ended);

  /**
   * The offset behind the last row that surely ends in [from, to), where a row begins at {@code
   * from}; {@code from} if none does.
   */
  abstract int lastRowEnd(byte[] bytes, int from, int to);

  /** How many rows [from, to) consists of. */
  abstract long rowCount(byte[] bytes, int from, int to);

  /** The fields of the one row in [from, to), which is refused if its quotes are broken. */
  abstract List<String> fields(byte[] bytes, int from, int to, String source, long line)
      throws IOException;

  /**
   * Gives the rows of the split to the sink, without begin and end, and returns the number of its
   * lines.
   */
  abstract int scan(Split split, RowSink sink) throws IOException;

  /**
   * Where [from, to), which consists of whole rows, ends without the empty line at its end, be it
   * with a line break or with the half of one; {@code to} if there is none.
   */
  int endWithoutEmptyLine(byte[] bytes, int from, int to) {
    if (to == from || (bytes[to - 1] != '\n' && bytes[to - 1] != '\r')) {
      return to;
    }
    int start = to - from >= 2 && bytes[to - 1] == '\n' && bytes[to - 2] == '\r' ? to - 2 : to - 1;
    return start == from || bytes[start - 1] == '\n' ? start : to;
  }

  /** Where the text of the row [from, to) ends, without its line break. */
  static int withoutBreak(byte[] bytes, int from, int to) {
    return withoutReturn(bytes, from, to > from && bytes[to - 1] == '\n' ? to - 1 : to);
  }

  static int withoutReturn(byte[] bytes, int from, int to) {
    return to > from && bytes[to - 1] == '\r' ? to - 1 : to;
  }
}
