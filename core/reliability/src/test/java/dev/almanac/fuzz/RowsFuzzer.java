package dev.almanac.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Delimited rows, plain and quoted, against the most naive reading of the same bytes. The first
 * byte of the input chooses: quoted or not, and the columns.
 */
public final class RowsFuzzer {
  /** Keeps the input from being taken for a byte order mark or compressed. */
  private static final String FIRST_ROW = "0,0,0\n";

  private RowsFuzzer() {}

  /** What becomes of rows; a test replaces it by one that errs. */
  interface Parser {
    List<String> rows(byte[] text, boolean quoted, int idColumn, int dateColumn) throws IOException;
  }

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    check(input, RowsFuzzer::parsed);
  }

  static void check(byte[] input, Parser parser) throws IOException {
    if (input.length == 0) {
      return;
    }
    boolean quoted = (input[0] & 1) != 0;
    int idColumn = 1 + (input[0] >> 1 & 1);
    int dateColumn = 1 + (input[0] >> 2 & 3) % 3;
    if (dateColumn == idColumn) {
      // Refused before a row is read.
      dateColumn = idColumn + 1;
    }
    String text = FIRST_ROW + new String(input, 1, input.length - 1, ISO_8859_1);
    List<String> expected = naive(text, quoted, idColumn, dateColumn);
    List<String> found = parser.rows(text.getBytes(ISO_8859_1), quoted, idColumn, dateColumn);
    if (!found.equals(expected)) {
      throw new AssertionError("found=" + found + " expected=" + expected);
    }
  }

  /** A quoted field that spans more is taken for one that is not closed. */
  private static final int MAX_QUOTED_LINES = 20;

  static List<String> parsed(byte[] text, boolean quoted, int idColumn, int dateColumn)
      throws IOException {
    Recorder recorder = new Recorder();
    try (RowSource.Splits splits =
        DelimitedRows.of(new ByteArrayInputStream(text), "in")
            .delimiter(',')
            .quoted(quoted)
            .idColumn(idColumn)
            .dateColumn(dateColumn)
            .open()) {
      while (splits.next(recorder)) {
        // All that there are.
      }
    }
    return recorder.rows;
  }

  private static List<String> naive(String text, boolean quoted, int idColumn, int dateColumn) {
    List<String> rows = new ArrayList<>();
    int line = 1;
    int at = 0;
    while (at < text.length()) {
      int start = at;
      List<String> fields = new ArrayList<>();
      boolean broken = false;
      boolean more = true;
      while (more) {
        StringBuilder field = new StringBuilder();
        if (quoted && at < text.length() && text.charAt(at) == '"') {
          int open = at++;
          while (at < text.length() && (text.charAt(at) != '"' || text.startsWith("\"\"", at))) {
            at += text.charAt(at) == '"' ? 1 : 0;
            field.append(text.charAt(at++));
          }
          if (at == text.length()
              || field.chars().filter(c -> c == '\n').count() >= MAX_QUOTED_LINES) {
            // Never closed, or too late: the row ends with the line of the quote.
            broken = true;
            at = text.indexOf('\n', open) < 0 ? text.length() : text.indexOf('\n', open) + 1;
            break;
          }
          at++;
        } else {
          while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
            field.append(text.charAt(at++));
          }
          boolean ends = at == text.length() || text.charAt(at) == '\n';
          if (ends && field.length() > 0 && field.charAt(field.length() - 1) == '\r') {
            field.setLength(field.length() - 1);
          }
        }
        fields.add(field.toString());
        String rest = at < text.length() ? text.substring(at) : "";
        more = rest.startsWith(",");
        if (!more && !rest.isEmpty() && !rest.startsWith("\n")) {
          broken |= !rest.startsWith("\r\n") && !rest.equals("\r");
          at = rest.indexOf('\n') < 0 ? text.length() : at + rest.indexOf('\n');
        }
        at = Math.min(at + 1, text.length() + 1);
      }
      at = Math.min(at, text.length());
      String row = text.substring(start, at);
      boolean empty = row.isEmpty() || row.equals("\n") || row.equals("\r\n") || row.equals("\r");
      if (broken) {
        rows.add(line + " BAD_QUOTES");
      } else if (empty && at == text.length()) {
        return rows; // An empty last line is no row.
      } else if (empty || fields.size() < Math.max(idColumn, dateColumn)) {
        rows.add(line + " TOO_FEW_COLUMNS");
      } else {
        rows.add(line + " " + fields.get(idColumn - 1) + "=" + fields.get(dateColumn - 1));
      }
      line += (int) row.chars().filter(c -> c == '\n').count();
    }
    return rows;
  }

  private static final class Recorder implements RowSink {
    final List<String> rows = new ArrayList<>();
    private long firstLine = 1;

    @Override
    public void begin(long split, String source, long first, Supplier<String> row) {
      if (first > 0) {
        firstLine = first;
      }
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
      rows.add(
          firstLine
              + line
              + " "
              + new String(bytes, idFrom, idTo - idFrom, ISO_8859_1)
              + "="
              + new String(bytes, dateFrom, dateTo - dateFrom, ISO_8859_1));
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) {
      throw new AssertionError("no row number was asked for");
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String row) {
      rows.add(firstLine + line + " " + reason);
    }

    @Override
    public void end(long lineCount) {
      firstLine += lineCount;
    }
  }
}
