package dev.almanac.build.rows;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Rows whose fields may be quoted or escaped, see {@link RowParser}. */
final class QuotedFormat extends RowFormat {
  private static final int NONE = -1;

  QuotedFormat(Dialect.Fields dialect, int maxRowBytes) {
    super(dialect, maxRowBytes);
  }

  private RowParser parser(int idColumn, int dateColumn) {
    return new RowParser(dialect, maxRowBytes, idColumn, dateColumn, null);
  }

  @Override
  int rowEnd(byte[] bytes, int from, int to, boolean ended) {
    return parser(NONE, NONE).parse(bytes, from, to, ended);
  }

  @Override
  int lastRowEnd(byte[] bytes, int from, int to) {
    RowParser row = parser(NONE, NONE);
    int last = from;
    for (int end = from; end >= 0; end = row.parse(bytes, end, to, false)) {
      last = end;
    }
    return last;
  }

  @Override
  int endWithoutEmptyLine(byte[] bytes, int from, int to) {
    int start = super.endWithoutEmptyLine(bytes, from, to);
    if (start == to) {
      return to;
    }
    RowParser row = parser(NONE, NONE);
    int at = from;
    while (at < start) {
      at = row.parse(bytes, at, to, true);
    }
    return at == start ? start : to; // If not, the line feed before it belongs to a field.
  }

  @Override
  long rowCount(byte[] bytes, int from, int to) {
    RowParser row = parser(NONE, NONE);
    long count = 0;
    for (int at = from; at < to; at = row.parse(bytes, at, to, true)) {
      count++;
    }
    return count;
  }

  @Override
  List<String> fields(byte[] bytes, int from, int to, String source, long line) throws IOException {
    List<String> fields = new ArrayList<>();
    RowParser row = new RowParser(dialect, maxRowBytes, NONE, NONE, fields);
    row.parse(bytes, from, to, true);
    if (row.fault != null) {
      throw new RefusedRowException(row.fault.rule() + ": " + row.found, source, line);
    }
    return fields;
  }

  @Override
  int scan(Split split, RowSink sink) throws IOException {
    byte[] bytes = split.bytes;
    boolean rowNumbers = split.idColumn == Split.ROW_NUMBER;
    int expected = Math.max(split.idColumn, split.dateColumn) + 1;
    RowParser row = parser(split.idColumn, split.dateColumn);
    int line = split.lineOfFrom;
    bytes[split.to] = '\n'; // Ends every search for a line break.
    long rowNumber = split.firstRow;
    for (int from = split.from; from < split.to; from = row.end) {
      row.parse(bytes, from, split.to, true);
      if (row.lineCount > 1) {
        sink.spans(row.lineCount);
      }
      BadRowReason fault = row.fault;
      if (fault != null) {
        sink.bad(line, fault, row.found, RowText.of(bytes, from, row.textEnd));
      } else if (row.textEnd == from || row.columnCount < expected) {
        sink.bad(
            line,
            BadRowReason.TOO_FEW_COLUMNS,
            tooFewColumns(
                row.textEnd == from ? 0 : row.columnCount, split.idColumn, split.dateColumn),
            RowText.of(bytes, from, row.textEnd));
      } else if (dialect.maxQuotedLines() > 0
          || !isSeveralRows(line, split, from, row.textEnd, sink)) {
        split.rowFrom = from;
        split.rowTo = row.textEnd;
        row.takeFields();
        if (rowNumbers) {
          sink.row(line, rowNumber, row.fields, row.dateFrom(), row.dateTo());
        } else {
          sink.row(line, row.fields, row.idFrom(), row.idTo(), row.dateFrom(), row.dateTo());
        }
      }
      line += row.lineCount;
      rowNumber++;
    }
    return line;
  }
}
