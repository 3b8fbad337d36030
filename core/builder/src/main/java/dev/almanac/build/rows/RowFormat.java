package dev.almanac.build.rows;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import java.io.IOException;
import java.util.List;

/**
 * Knows where rows end and what is in them. Has no state that outlives a call, so that several
 * threads may use one instance.
 */
abstract class RowFormat {
  /** Bytes after a split that a format may read or write. */
  static final int SLACK_BYTES = 8;

  /** For {@link Words#fieldEnd}: the end of a line, or a CR. */
  static final long RETURNS = Words.copies((byte) '\r');

  final Dialect.Fields dialect;
  final byte delimiter;
  final int maxRowBytes;

  RowFormat(Dialect.Fields dialect, int maxRowBytes) {
    this.dialect = dialect;
    this.delimiter = (byte) dialect.delimiter(); // ASCII, see Dialect.
    this.maxRowBytes = maxRowBytes;
  }

  static RowFormat of(Dialect.Fields fields, int maxRowBytes) {
    return fields.plain()
        ? new PlainFormat(fields, maxRowBytes)
        : new QuotedFormat(fields, maxRowBytes);
  }

  /**
   * The offset after the row that begins at {@code from}, its line break included. Or -1 if that
   * depends on what follows {@code to}, where {@code ended} says that nothing does; then, if there
   * are {@link #maxRowBytes} and 2 more, the row ends with the next line feed.
   */
  abstract int rowEnd(byte[] bytes, int from, int to, boolean ended);

  /**
   * The offset after the last row that surely ends in [from, to), where a row begins at {@code
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

  /** Whether the fields have an ID and a date in the wanted columns. */
  final boolean isRow(List<String> fields, int idColumn, int dateColumn, RowSink sink) {
    return Math.max(idColumn, dateColumn) < fields.size()
        && sink.isRow(
            idColumn == Split.ROW_NUMBER ? "0" : field(fields, idColumn),
            field(fields, dateColumn));
  }

  private String field(List<String> fields, int column) {
    String field = fields.get(column);
    return dialect.trimmed() ? Blanks.trimmed(field) : field;
  }

  /** Whether a line is a row by itself. */
  interface LineTest {
    boolean isRow(int from, int to) throws IOException;
  }

  /**
   * The first line after the first of the row [from, to) that is a row by itself, or "". The last
   * line counts only if the first is a row too, quotes aside: otherwise it has the fields after one
   * of several lines.
   *
   * @param firstEnd where the first line ends
   */
  static String rowWithin(
      byte[] bytes, int from, int firstEnd, int to, LineTest line, LineTest plainLine)
      throws IOException {
    for (int lineFrom = firstEnd + 1; lineFrom < to; ) {
      int lineEnd = lineFrom;
      while (lineEnd < to && bytes[lineEnd] != '\n' && bytes[lineEnd] != '\r') {
        lineEnd++;
      }
      if (line.isRow(lineFrom, lineEnd) && (lineEnd < to || plainLine.isRow(from, firstEnd))) {
        return "found="
            + RowText.of(bytes, lineFrom, lineEnd)
            + "; look for a stray quotation mark or a lone CR, and if the line belongs to a"
            + " quoted field, give --max-quoted-lines, maxQuotedLines";
      }
      lineFrom = lineEnd + 1;
    }
    return "";
  }

  /**
   * Refuses the row [from, to) if a line within it is a row by itself, see {@link #rowWithin}.
   *
   * @return whether the row is refused
   */
  final boolean isSeveralRows(int line, Split split, int from, int to, RowSink sink)
      throws IOException {
    byte[] bytes = split.bytes;
    int firstEnd = Words.fieldEnd(bytes, from, RETURNS);
    if (firstEnd >= to) {
      return false;
    }
    RowFormat plain = new PlainFormat(dialect, maxRowBytes);
    String found =
        rowWithin(
            bytes,
            from,
            firstEnd,
            to,
            (lineFrom, lineEnd) -> isRow(split, this, lineFrom, lineEnd, sink),
            (lineFrom, lineEnd) -> isRow(split, plain, lineFrom, lineEnd, sink));
    if (found.isEmpty()) {
      return false;
    }
    sink.bad(line, BadRowReason.ROW_WITHIN_ROW, found, RowText.of(bytes, from, to));
    return true;
  }

  private boolean isRow(Split split, RowFormat format, int from, int to, RowSink sink)
      throws IOException {
    try {
      return isRow(
          format.fields(split.bytes, from, to, split.source, 0),
          split.idColumn,
          split.dateColumn,
          sink);
    } catch (RefusedRowException e) {
      return false;
    }
  }

  /**
   * What is found of a row with too few columns.
   *
   * @param idColumn from 0; negative where it is not wanted, as the date's
   */
  static String tooFewColumns(int columnCount, int idColumn, int dateColumn) {
    boolean date = dateColumn >= idColumn;
    return "columns="
        + columnCount
        + " expected="
        + (Math.max(idColumn, dateColumn) + 1)
        + (date ? " (--date-column, dateColumn)" : " (--id-column, idColumn)");
  }

  /**
   * Where [from, to), which consists of whole rows, ends without the empty line at its end, be it
   * with a line break or with the half of one; {@code to} if there is none.
   */
  int endWithoutEmptyLine(byte[] bytes, int from, int to) {
    int start = withoutBreak(bytes, from, to);
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
