package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Rows without quotes: every line feed ends a row, every delimiter a field. */
final class PlainFormat extends RowFormat {
  private final long delimiters;

  PlainFormat(Dialect.Fields dialect, int maxRowBytes) {
    super(dialect, maxRowBytes);
    this.delimiters = Words.copies(delimiter);
  }

  @Override
  int rowEnd(byte[] bytes, int from, int to, boolean ended) {
    int lineFeed = Words.lineFeed(bytes, from, to);
    return lineFeed >= 0 ? lineFeed + 1 : ended ? to : -1;
  }

  @Override
  int lastRowEnd(byte[] bytes, int from, int to) {
    int end = to;
    while (end > from && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  @Override
  long rowCount(byte[] bytes, int from, int to) {
    return (long) Words.lineFeedCount(bytes, from, to)
        + (to > from && bytes[to - 1] != '\n' ? 1 : 0);
  }

  @Override
  List<String> fields(byte[] bytes, int from, int to, String source, long line) {
    int end = withoutBreak(bytes, from, to);
    List<String> fields = new ArrayList<>();
    int start = from;
    for (int i = from; i <= end; i++) {
      if (i == end || bytes[i] == delimiter) {
        fields.add(new String(bytes, start, i - start, UTF_8));
        start = i + 1;
      }
    }
    return fields;
  }

  /*
   * The hot path. No object for a row; a column before the wanted ones costs the search for its delimiter, those after
   * them the search for the line feed, both eight bytes at a time. A line feed after the last row makes bounds checks
   * needless.
   */
  @Override
  int scan(Split split, RowSink sink) throws IOException {
    byte[] bytes = split.bytes;
    int to = split.to;
    int idColumn = split.idColumn;
    int dateColumn = split.dateColumn;
    boolean rowNumbers = idColumn == Split.ROW_NUMBER;
    int low = rowNumbers ? dateColumn : Math.min(idColumn, dateColumn);
    int high = Math.max(idColumn, dateColumn);
    int line = split.lineOfFrom;
    bytes[to] = '\n';
    int rowFrom = split.from;
    while (rowFrom < to) {
      int lowFrom = rowFrom;
      int lowTo = Words.fieldEnd(bytes, rowFrom, delimiters);
      int column = 0;
      while (column < low && bytes[lowTo] != '\n') {
        lowFrom = lowTo + 1;
        lowTo = Words.fieldEnd(bytes, lowFrom, delimiters);
        column++;
      }
      int highFrom = lowFrom;
      int highTo = lowTo;
      while (column < high && bytes[highTo] != '\n') {
        highFrom = highTo + 1;
        highTo = Words.fieldEnd(bytes, highFrom, delimiters);
        column++;
      }
      boolean atEnd = bytes[highTo] == '\n';
      int lineEnd = atEnd ? highTo : Words.fieldEnd(bytes, highTo + 1, RETURNS);
      int rowTo = bytes[lineEnd] == '\n' ? lineEnd : Words.lineEnd(bytes, lineEnd + 1);
      boolean loneReturn = lineEnd + 1 < rowTo;
      if (atEnd) {
        highTo = withoutReturn(bytes, highFrom, highTo);
        if (low == high) {
          lowTo = highTo;
        }
      }
      int textTo = withoutReturn(bytes, rowFrom, rowTo);
      if (textTo - rowFrom > maxRowBytes) {
        rowTooLong(line, bytes, rowFrom, textTo, sink);
      } else if (column < high || textTo == rowFrom) {
        tooFewColumns(line, split, rowFrom, textTo, sink);
      } else if (!loneReturn || !isSeveralRows(line, split, rowFrom, textTo, sink)) {
        split.rowFrom = rowFrom;
        split.rowTo = textTo;
        give(line, split, lowFrom, lowTo, highFrom, highTo, sink);
      }
      rowFrom = rowTo + 1;
      line++;
    }
    return line;
  }

  /** Gives a row by its lower and its higher column; by offsets, since an object would cost. */
  private void give(
      int line, Split split, int lowFrom, int lowTo, int highFrom, int highTo, RowSink sink)
      throws IOException {
    byte[] bytes = split.bytes;
    if (dialect.trimmed()) {
      lowFrom = Blanks.trimmedFrom(bytes, lowFrom, lowTo);
      lowTo = Blanks.trimmedTo(bytes, lowFrom, lowTo);
      highFrom = Blanks.trimmedFrom(bytes, highFrom, highTo);
      highTo = Blanks.trimmedTo(bytes, highFrom, highTo);
    }
    if (split.idColumn == Split.ROW_NUMBER) {
      sink.row(line, split.firstRow + (line - split.lineOfFrom), bytes, lowFrom, lowTo);
    } else if (split.idColumn <= split.dateColumn) {
      sink.row(line, bytes, lowFrom, lowTo, highFrom, highTo);
    } else {
      sink.row(line, bytes, highFrom, highTo, lowFrom, lowTo);
    }
  }

  private void rowTooLong(int line, byte[] bytes, int from, int to, RowSink sink)
      throws IOException {
    sink.bad(
        line,
        BadRowReason.ROW_TOO_LONG,
        "bytes=" + (to - from) + " expectedAtMost=" + maxRowBytes,
        RowText.of(bytes, from, to));
  }

  private void tooFewColumns(int line, Split split, int from, int to, RowSink sink)
      throws IOException {
    byte[] bytes = split.bytes;
    int found = to == from ? 0 : 1;
    for (int i = from; i < to; i++) {
      if (bytes[i] == delimiter) {
        found++;
      }
    }
    sink.bad(
        line,
        BadRowReason.TOO_FEW_COLUMNS,
        tooFewColumns(found, split.idColumn, split.dateColumn),
        RowText.of(bytes, from, to));
  }
}
