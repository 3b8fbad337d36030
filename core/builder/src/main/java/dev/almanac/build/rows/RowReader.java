package dev.almanac.build.rows;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one stream, one after the other, with the field of their ID: in the same dialect, and
 * by the same code, as a build reads them. Reads no further ahead than the stream gives in one
 * call, so that a row can be answered before the next is written. Belongs to one thread.
 */
public final class RowReader implements Closeable {
  private static final int READ_BYTES = 1 << 16;

  private final String name;
  private final Dialect dialect;
  private final int maxRowBytes;
  private final InputStream text;
  private byte[] buffer = new byte[READ_BYTES];

  /** Where the next row begins, and where what was read ends. */
  private int next;

  private int filled;
  private boolean ended;

  private RowParser parser;

  /** Whether the parser has the next row. */
  private boolean parsed;

  // The current row.
  private int from;
  private int textEnd;
  private long line;
  private long nextLine = 1;
  private boolean hasId;

  /** Of the first row. */
  private int columnCount;

  private RowReader(String name, Dialect dialect, int maxRowBytes, InputStream text) {
    this.name = name;
    this.dialect = dialect;
    this.maxRowBytes = maxRowBytes;
    this.text = text;
    this.parser = parser(dialect.id().number() - 1, null);
  }

  private RowParser parser(int idColumn, @Nullable List<String> fields) {
    return new RowParser(dialect.fields(), maxRowBytes, idColumn, -1, fields);
  }

  /**
   * Opens a stream, which is left open for its owner to close, and reads over the lines that the
   * dialect skips.
   *
   * @throws IOException if it cannot be read, or is not rows of text
   */
  public static RowReader open(InputStream stream, String name, Dialect dialect, int maxRowBytes)
      throws IOException {
    InputStream text = Decoded.open(Input.of(stream, name), new AtomicLong());
    RowReader reader = new RowReader(name, dialect, maxRowBytes, text);
    for (int value = 0; reader.nextLine <= dialect.skippedLines() && value >= 0; ) {
      value = text.read();
      reader.nextLine += value == '\n' ? 1 : 0;
    }
    return reader;
  }

  /**
   * Reads the header, whose row is then the current one, and finds the ID's column in it.
   *
   * @return its fields; an empty list if the stream has no row
   * @throws RefusedRowException if it is broken, lacks the column, or names it twice
   */
  public List<String> header() throws IOException {
    List<String> fields = new ArrayList<>();
    parser = parser(-1, fields);
    if (!fill()) {
      return List.of();
    }
    line = nextLine;
    if (parser.fault != null) {
      throw refused(parser.fault.rule() + ": " + parser.found);
    }
    String wanted = dialect.id().name();
    int column = wanted == null ? dialect.id().number() - 1 : fields.indexOf(wanted);
    if (column < 0 || column >= fields.size()) {
      throw refusedHeader("a header must name the wanted column: column=", fields);
    }
    if (wanted != null && column != fields.lastIndexOf(wanted)) {
      throw refusedHeader("a header must name a wanted column only once: column=", fields);
    }
    take(false);
    parser = parser(column, null);
    return fields;
  }

  private RefusedRowException refusedHeader(String rule, List<String> fields) {
    String found = RowText.of(String.join(", ", fields));
    return refused(rule + dialect.id() + " columns=" + fields.size() + " found=[" + found + "]");
  }

  /**
   * Goes to the next row; false if there is none. Unless {@link #isBuffered}, this may read, and
   * then moves the bytes of the rows before.
   *
   * @throws RefusedRowException if its line is longer than a row may be
   */
  public boolean next() throws IOException {
    if (!fill()) {
      return false;
    }
    take(parser.fault == null && parser.textEnd > next);
    return true;
  }

  /** Whether {@link #next} needs to read nothing. */
  public boolean isBuffered() {
    if (!parsed && next < filled) {
      parsed = parser.parse(buffer, next, filled, ended) >= 0;
    }
    return parsed;
  }

  private boolean fill() throws IOException {
    while (!isBuffered()) {
      if (ended && next == filled) {
        return false;
      }
      if (filled - next > maxRowBytes + 2) {
        line = nextLine;
        throw refused(BadRowReason.ROW_TOO_LONG.rule() + ": bytes>" + (filled - next));
      }
      if (next > 0) {
        System.arraycopy(buffer, next, buffer, 0, filled - next);
        filled -= next;
        next = 0;
      }
      if (filled == buffer.length) {
        buffer = Arrays.copyOf(buffer, 2 * filled);
      }
      int read = text.read(buffer, filled, buffer.length - filled);
      ended = read < 0;
      filled += Math.max(read, 0);
    }
    return true;
  }

  private void take(boolean wantsId) {
    from = next;
    textEnd = parser.textEnd;
    line = nextLine;
    nextLine += parser.lineCount;
    next = parser.end;
    parsed = false;
    columnCount = columnCount == 0 ? parser.columnCount : columnCount;
    hasId = wantsId && parser.hasId();
    if (hasId) {
      parser.takeFields();
    }
  }

  /** Says why the current row has no ID; until {@link #isBuffered} or {@link #next}. */
  public RefusedRowException refusal() {
    return refused(
        parser.fault != null
            ? parser.fault.rule() + ": " + parser.found
            : BadRowReason.TOO_FEW_COLUMNS.rule()
                + ": "
                + RowFormat.tooFewColumns(parser.columnCount, parser.idColumn(), -1));
  }

  /** Says which IDs have a date. */
  public interface DatedIds {
    /** Whether the ID in {@code [from, to)} is one. */
    boolean contain(byte[] bytes, int from, int to);
  }

  /**
   * Says that a line within the current row is a row by itself, as a build says it: it has as many
   * columns as the first row, and an ID that has a date. Null if there is none. Until {@link
   * #isBuffered} or {@link #next}.
   */
  public @Nullable RefusedRowException severalRows(DatedIds ids) throws IOException {
    int firstEnd = from;
    while (firstEnd < textEnd && buffer[firstEnd] != '\n' && buffer[firstEnd] != '\r') {
      firstEnd++;
    }
    Dialect.Fields fields = dialect.fields();
    if (firstEnd == textEnd || !fields.plain() && fields.maxQuotedLines() > 0) {
      return null;
    }
    String found =
        RowFormat.rowWithin(
            buffer,
            from,
            firstEnd,
            textEnd,
            (lineFrom, lineEnd) -> {
              RowParser row = line(fields, lineFrom, lineEnd);
              if (row.fault != null || !row.hasId() || row.columnCount != columnCount) {
                return false;
              }
              row.takeFields();
              return ids.contain(row.fields, row.idFrom(), row.idTo());
            },
            (lineFrom, lineEnd) ->
                line(dialect.withQuoted(false).fields(), lineFrom, lineEnd).hasId());
    return found.isEmpty() ? null : refused(BadRowReason.ROW_WITHIN_ROW.rule() + ": " + found);
  }

  private RowParser line(Dialect.Fields fields, int lineFrom, int lineEnd) {
    RowParser row = new RowParser(fields, maxRowBytes, parser.idColumn(), -1, null);
    row.parse(buffer, lineFrom, lineEnd, true);
    return row;
  }

  private RefusedRowException refused(String ruleAndFindings) {
    return new RefusedRowException(ruleAndFindings, name, line);
  }

  /** Holds the current row; see {@link #next}. */
  public byte[] bytes() {
    return buffer;
  }

  /** Where the current row begins. */
  public int from() {
    return from;
  }

  /** Where its text ends and its line break begins. */
  public int textEnd() {
    return textEnd;
  }

  /** Where its line break ends. */
  public int end() {
    return next;
  }

  /** The line on which it begins, from 1. */
  long line() {
    return line;
  }

  /** Whether its quotes are sound and it has the ID's column. */
  public boolean hasId() {
    return hasId;
  }

  /** Holds the ID as it was meant, without quotes and escapes, until {@link #next}. */
  public byte[] idBytes() {
    return parser.fields;
  }

  /** Where the ID begins. */
  public int idFrom() {
    return parser.idFrom();
  }

  /** Where the ID ends. */
  public int idTo() {
    return parser.idTo();
  }

  /** Leaves the stream open. */
  @Override
  public void close() throws IOException {
    text.close();
  }
}
