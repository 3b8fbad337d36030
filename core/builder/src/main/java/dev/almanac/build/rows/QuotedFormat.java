package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose fields may be quoted, as RFC 4180 has it. A quotation mark within a field that does
 * not begin with one is a character like others.
 *
 * <p>This class finds where rows end, and which are broken; FastCSV takes the sound ones apart.
 * Alone it would not do: it takes a field that is never closed for a field that ends with the file,
 * it cannot go on behind a broken row, and where a quoted field holds a lone CR and ends its line
 * with LF, release 4.1.1 loses the field and joins the row with the next. So it never gets to see a
 * line break within a row: those come as {@link #disguised} characters.
 */
final class QuotedFormat extends RowFormat {
  // Chars above Latin-1 whose low byte is the byte meant: taking a field's chars for bytes undoes
  // the disguise.
  private static final int DISGUISE = 0x100;

  private final Rows splitting;

  /**
   * @throws IOException if FastCSV is missing
   */
  QuotedFormat(char delimiter, int maxRowBytes) throws IOException {
    super(delimiter, maxRowBytes);
    this.splitting = new Rows(this.delimiter);
    try {
      CsvFields.of(new char[0], 0, delimiter, 0, 0).close();
    } catch (LinkageError e) {
      throw new IOException(
          "quoted rows need the dependency de.siegmar:fastcsv on the class path", e);
    }
  }

  @Override
  void beginRow() {
    splitting.begin();
  }

  @Override
  int rowEnd(byte[] bytes, int from, int to) {
    return splitting.end(bytes, from, to);
  }

  @Override
  int lastRowEnd(byte[] bytes, int from, int to) {
    splitting.begin();
    int last = from;
    for (int end = from; (end = splitting.end(bytes, end, to)) >= 0; ) {
      last = end;
      splitting.begin();
    }
    return last;
  }

  @Override
  long rowCount(byte[] bytes, int from, int to) {
    splitting.begin();
    long count = 0;
    int end = from;
    while (end >= 0 && end < to) {
      end = splitting.end(bytes, end, to);
      splitting.begin();
      count++;
    }
    return count;
  }

  @Override
  List<String> names(byte[] bytes, int from, int to, String source) throws IOException {
    Rows rows = new Rows(delimiter);
    rows.begin();
    rows.end(bytes, from, to);
    if (rows.broken() != null) {
      throw new RefusedRowException(
          BadRowReason.BAD_QUOTES.rule() + ": " + rows.broken(), source, 1);
    }
    int end = withoutBreak(bytes, from, to);
    char[] chars = new char[end - from];
    disguised(bytes, from, end, chars, 0);
    List<String> names = new ArrayList<>();
    for (String field : CsvFields.all(chars, (char) delimiter)) {
      byte[] name = new byte[field.length()];
      for (int i = 0; i < name.length; i++) {
        name[i] = (byte) field.charAt(i);
      }
      names.add(new String(name, UTF_8));
    }
    return names;
  }

  @Override
  int scan(Split split, RowSink sink) throws IOException {
    byte[] bytes = split.bytes;
    int from = split.from;
    int to = split.to;
    boolean rowNumbers = split.idColumn == Split.ROW_NUMBER;
    int expected = Math.max(split.idColumn, split.dateColumn) + 1;

    int[] rowEnds = new int[1024];
    int rowCount = 0;
    char[] chars = new char[to - from];
    int charCount = 0;
    List<String> faults = new ArrayList<>(); // For each row that is not given to FastCSV, in order.
    Rows rows = new Rows(delimiter);
    for (int rowFrom = from; rowFrom < to; ) {
      rows.begin();
      int end = rows.end(bytes, rowFrom, to);
      int rowTo = end < 0 ? to : end;
      String broken = rows.broken();
      int textTo =
          rows.isOpen()
              ? withoutReturn(bytes, rowFrom, rowTo)
              : withoutBreak(bytes, rowFrom, rowTo);
      boolean sound = broken == null && textTo > rowFrom && textTo - rowFrom <= maxRowBytes;
      if (sound) {
        charCount = disguised(bytes, rowFrom, textTo, chars, charCount);
        if (rowTo < to) {
          chars[charCount++] = '\n';
        }
      } else {
        faults.add(broken);
      }
      if (rowCount == rowEnds.length) {
        rowEnds = Arrays.copyOf(rowEnds, 2 * rowCount);
      }
      rowEnds[rowCount++] = sound ? rowTo : ~rowTo;
      rowFrom = rowTo;
    }

    int line = split.lineOfFrom;
    int faultCount = 0;
    try (CsvFields fields =
        CsvFields.of(chars, charCount, (char) delimiter, split.idColumn, split.dateColumn)) {
      int rowFrom = from;
      for (int row = 0; row < rowCount; row++) {
        boolean sound = rowEnds[row] >= 0;
        int rowTo = sound ? rowEnds[row] : ~rowEnds[row];
        // Only the last row of an input can be left open.
        boolean open = row == rowCount - 1 && rows.isOpen();
        int textTo =
            open ? withoutReturn(bytes, rowFrom, rowTo) : withoutBreak(bytes, rowFrom, rowTo);
        if (!sound) {
          String broken = faults.get(faultCount++);
          if (textTo - rowFrom > maxRowBytes) {
            sink.bad(
                line,
                BadRowReason.ROW_TOO_LONG,
                "bytes=" + (textTo - rowFrom) + " expectedAtMost=" + maxRowBytes,
                RowText.of(bytes, rowFrom, textTo));
          } else if (broken != null) {
            sink.bad(line, BadRowReason.BAD_QUOTES, broken, RowText.of(bytes, rowFrom, textTo));
          } else {
            sink.bad(line, BadRowReason.TOO_FEW_COLUMNS, "columns=0 expected=" + expected, "");
          }
        } else {
          if (!fields.next()) {
            throw new IllegalStateException(
                "FastCSV must find the rows that the splitter found: row=" + row);
          }
          if (fields.columnCount < expected) {
            sink.bad(
                line,
                BadRowReason.TOO_FEW_COLUMNS,
                "columns=" + fields.columnCount + " expected=" + expected,
                RowText.of(bytes, rowFrom, textTo));
          } else {
            split.rowFrom = rowFrom;
            split.rowTo = textTo;
            if (rowNumbers) {
              sink.row(line, split.firstRow + row, fields.bytes, fields.dateFrom, fields.dateTo);
            } else {
              sink.row(
                  line, fields.bytes, fields.idFrom, fields.idTo, fields.dateFrom, fields.dateTo);
            }
          }
        }
        line += Words.lineFeedCount(bytes, rowFrom, rowTo) + (bytes[rowTo - 1] == '\n' ? 0 : 1);
        rowFrom = rowTo;
      }
      if (fields.next()) {
        throw new IllegalStateException(
            "FastCSV must find the rows that the splitter found: rows>" + rowCount);
      }
    }
    return line;
  }

  /** Appends [from, to) as chars, CR and LF disguised, and returns the new count. */
  private static int disguised(byte[] bytes, int from, int to, char[] chars, int count) {
    int at = count;
    for (int i = from; i < to; i++) {
      byte value = bytes[i];
      chars[at++] = (char) (value == '\r' || value == '\n' ? value | DISGUISE : value & 0xff);
    }
    return at;
  }

  private static int withoutBreak(byte[] bytes, int from, int to) {
    return withoutReturn(bytes, from, to > from && bytes[to - 1] == '\n' ? to - 1 : to);
  }

  private static int withoutReturn(byte[] bytes, int from, int to) {
    return to > from && bytes[to - 1] == '\r' ? to - 1 : to;
  }

  /** Finds the end of a row, which may come in pieces. */
  private static final class Rows {
    private static final int FIELD_BEGINS = 0;
    private static final int BARE = 1;
    private static final int QUOTED = 2;
    private static final int QUOTE_IN_QUOTED = 3;
    private static final int RETURN_BEHIND_QUOTED = 4;
    private static final int BROKEN = 5;

    private final byte delimiter;
    private int state;
    private int culprit;

    Rows(byte delimiter) {
      this.delimiter = delimiter;
    }

    void begin() {
      state = FIELD_BEGINS;
    }

    int end(byte[] bytes, int from, int to) {
      int now = state;
      for (int i = from; i < to; i++) {
        byte value = bytes[i];
        if (value == '\n' && now != QUOTED) {
          state = now == BROKEN ? BROKEN : FIELD_BEGINS;
          return i + 1;
        }
        switch (now) {
          case FIELD_BEGINS:
            now = value == '"' ? QUOTED : value == delimiter ? FIELD_BEGINS : BARE;
            break;
          case BARE:
            now = value == delimiter ? FIELD_BEGINS : BARE;
            break;
          case QUOTED:
            now = value == '"' ? QUOTE_IN_QUOTED : QUOTED;
            break;
          case QUOTE_IN_QUOTED:
            if (value == '"') {
              now = QUOTED;
            } else if (value == delimiter) {
              now = FIELD_BEGINS;
            } else if (value == '\r') {
              now = RETURN_BEHIND_QUOTED;
            } else {
              now = BROKEN;
              culprit = value & 0xff;
            }
            break;
          case RETURN_BEHIND_QUOTED:
            now = BROKEN;
            culprit = '\r';
            break;
          default: // Broken: whatever comes, until a line ends.
            break;
        }
      }
      state = now;
      return -1;
    }

    /** Whether a quoted field is open, so that a line feed belongs to it and ends nothing. */
    boolean isOpen() {
      return state == QUOTED;
    }

    /** What is wrong with the row that has ended, or whose input has, or null. */
    @Nullable String broken() {
      if (state == QUOTED) {
        return "found=end of input expected=closing quotation mark";
      }
      if (state == BROKEN) {
        boolean printable = culprit > ' ' && culprit < 0x7f;
        return "found="
            + (printable ? "'" + (char) culprit + "'" : String.format("0x%02x", culprit))
            + " behind a closing quotation mark";
      }
      return null;
    }
  }
}
