package dev.almanac.build.rows;

import dev.almanac.build.RowSink;
import java.io.IOException;
import java.util.List;

/**
 * Knows where rows end and what is in them. One instance serves one thread at a time while it
 * splits; scanning has no state.
 */
abstract class RowFormat {
  /** Bytes behind a split that a format may read or write. */
  static final int SLACK_BYTES = 8;

  final byte delimiter;
  final int maxRowBytes;

  RowFormat(char delimiter, int maxRowBytes) {
    this.delimiter = (byte) delimiter;
    this.maxRowBytes = maxRowBytes;
  }

  /** Begins a new row for {@link #rowEnd}. */
  abstract void beginRow();

  /**
   * The offset behind the line break that ends the row, or -1 if the row goes on at {@code to},
   * where the next call takes it up.
   */
  abstract int rowEnd(byte[] bytes, int from, int to);

  /**
   * The offset behind the last row that ends in [from, to), where a row begins at {@code from};
   * {@code from} if none ends.
   */
  abstract int lastRowEnd(byte[] bytes, int from, int to);

  /** How many rows begin in [from, to), where one begins at {@code from}. */
  abstract long rowCount(byte[] bytes, int from, int to);

  /**
   * The names in the header, the one row in [from, to), which is refused if its quotes are broken.
   */
  abstract List<String> names(byte[] bytes, int from, int to, String source) throws IOException;

  /**
   * Gives the rows of the split to the sink, without begin and end, and returns the number of its
   * lines.
   */
  abstract int scan(Split split, RowSink sink) throws IOException;

  /** Whether [from, to) ends in an empty line, be it with a line break or with the half of one. */
  static boolean endsInEmptyLine(byte[] bytes, int from, int to) {
    if (to == from || (bytes[to - 1] != '\n' && bytes[to - 1] != '\r')) {
      return false;
    }
    int end = lineStart(bytes, from, to);
    return end == from || bytes[end - 1] == '\n';
  }

  /** Where the empty line begins that ends at {@code to}. */
  static int lineStart(byte[] bytes, int from, int to) {
    return to - from >= 2 && bytes[to - 1] == '\n' && bytes[to - 2] == '\r' ? to - 2 : to - 1;
  }
}
