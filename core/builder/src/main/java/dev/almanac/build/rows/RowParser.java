package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.build.BadRowReason;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end and the wanted fields of one row after another whose fields may be quoted, as RFC
 * 4180 has it, or escaped with backslashes, as MySQL writes them. A quotation mark within a field
 * that does not begin with one is a character like others.
 *
 * <p><b>A bad row loses its line and nothing else.</b> A quoted field that is still open after
 * {@link Dialect.Fields#quotedLines} lines, {@code maxRowBytes} or the end of the input was not
 * meant to be one: the row ends with the line in which the field began, and the next row begins
 * after it. Where a row ends is thus a function of the bytes from its beginning on, however they
 * are cut into buffers.
 *
 * <p>Belongs to one thread. What a call of {@link #parse} found stands in the fields until the
 * next.
 */
final class RowParser {
  private static final int MORE_FIELDS = -2;

  private final byte delimiter;
  private final boolean quoted;
  private final boolean escaped;
  private final boolean trimmed;
  private final int maxQuotedLines;
  private final int maxRowBytes;
  private final int idColumn;
  private final int dateColumn;

  /** Takes each field of a row; null if only the wanted columns are needed. */
  private final @Nullable List<String> allFields;

  // Of the row that is being parsed.
  private byte[] bytes = {};
  private int from;
  private int to;
  private int limit;
  private boolean ended;
  private int at;

  /** Whether a line feed was met within a field. */
  private boolean severalLines;

  /** Where the row ends, with its line break. */
  int end;

  /** Where its text ends. */
  int textEnd;

  /** How many lines it takes. */
  int lineCount;

  int columnCount;

  /** Why the row cannot be used, or null. */
  @Nullable BadRowReason fault;

  /** What was found in that case. */
  String found = "";

  // The wanted fields: where they stand in the row, and whether that has quotes or escapes in it.
  private int idFrom;
  private int idTo;
  private boolean idCoded;
  private int dateFrom;
  private int dateTo;
  private boolean dateCoded;

  /** The array with the wanted fields, as they were meant. */
  byte[] fields = {};

  private byte[] decoded = new byte[64];

  /**
   * A parser.
   *
   * @param idColumn the column of the ID from 0, negative where it is not wanted
   * @param dateColumn likewise
   * @param allFields takes each field of a row, or null
   */
  RowParser(
      Dialect.Fields fields,
      int maxRowBytes,
      int idColumn,
      int dateColumn,
      @Nullable List<String> allFields) {
    this.delimiter = (byte) fields.delimiter(); // ASCII, see Dialect.
    this.quoted = fields.quoted();
    this.escaped = fields.escaped();
    this.trimmed = fields.trimmed();
    this.maxQuotedLines = fields.quotedLines();
    this.maxRowBytes = maxRowBytes;
    this.idColumn = idColumn;
    this.dateColumn = dateColumn;
    this.allFields = allFields;
  }

  /**
   * Parses the row at {@code from}.
   *
   * @return where it ends, or -1, see {@link RowFormat#rowEnd}
   */
  int parse(byte[] bytes, int from, int to, boolean ended) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.ended = ended;
    // The text and CR LF; what goes on beyond is too long.
    limit = (int) Math.min(to, (long) from + maxRowBytes + 2);
    at = from;
    severalLines = false;
    columnCount = 0;
    fault = null;
    fields = bytes;
    if (allFields != null) {
      allFields.clear(); // Of a row that was not there as a whole yet.
    }
    while (true) {
      columnCount++;
      int next = quoted && at < limit && bytes[quoteAt()] == '"' ? quotedField() : bareField();
      if (next != MORE_FIELDS) {
        return next;
      }
    }
  }

  /** Where the quotation mark of a quoted field would be. */
  private int quoteAt() {
    int quote = trimmed ? withoutBlanks(at) : at;
    return quote < limit ? quote : at;
  }

  private int withoutBlanks(int start) {
    int next = start;
    int length = Blanks.lengthAt(bytes, next, limit);
    while (length > 0 && bytes[next] != delimiter) {
      next += length;
      length = Blanks.lengthAt(bytes, next, limit);
    }
    return next;
  }

  private int bareField() {
    int fieldFrom = at;
    boolean coded = false;
    while (at < limit && bytes[at] != delimiter && bytes[at] != '\n') {
      if (escaped && bytes[at] == '\\') {
        coded = true;
        if (at + 1 < limit) {
          at++;
          severalLines |= bytes[at] == '\n';
        }
      }
      at++;
    }
    if (at < limit) {
      boolean row = bytes[at] == '\n';
      int fieldTo = row ? RowFormat.withoutReturn(bytes, fieldFrom, at) : at;
      field(fieldFrom, fieldTo, coded);
      at++;
      return row ? ends(at, fieldTo) : MORE_FIELDS;
    }
    if (isEndOfInput()) {
      int fieldTo = RowFormat.withoutReturn(bytes, fieldFrom, to);
      field(fieldFrom, fieldTo, coded);
      return ends(to, fieldTo);
    }
    return goesOn();
  }

  private int quotedField() {
    at = quoteAt() + 1;
    int fieldFrom = at;
    int lines = 1;
    int lineEnd = -1; // Of the line in which the field begins.
    boolean coded = false;
    while (at < limit && lines <= maxQuotedLines) {
      byte value = bytes[at];
      if (value == '"') {
        if (at + 1 == limit || bytes[at + 1] != '"') {
          break;
        }
        coded = true;
        at++;
      } else if (escaped && value == '\\' && at + 1 < limit) {
        coded = true;
        at++;
        value = bytes[at];
      }
      if (value == '\n') {
        lineEnd = lineEnd < 0 ? at + 1 : lineEnd;
        lines++;
      }
      at++;
    }
    severalLines |= lines > 1;
    if (at >= limit || lines > maxQuotedLines) {
      return unclosed(lines, lineEnd);
    }
    field(fieldFrom, at, coded); // At the limit a second mark may follow: goesOn() waits.
    at++;
    return afterQuotes();
  }

  private int afterQuotes() {
    at = trimmed ? withoutBlanks(at) : at;
    if (at == limit) {
      return isEndOfInput() ? ends(to, to) : goesOn();
    }
    byte value = bytes[at];
    if (value == delimiter) {
      at++;
      return MORE_FIELDS;
    }
    if (value == '\n') {
      return ends(at + 1, at);
    }
    if (value == '\r' && at + 1 == to) {
      return ended ? ends(to, at) : goesOn();
    }
    if (value == '\r' && bytes[at + 1] == '\n') {
      return ends(at + 2, at);
    }
    while (at < limit && bytes[at] != '\n') {
      at++;
    }
    if (at == limit && !isEndOfInput()) {
      return goesOn();
    }
    fault = BadRowReason.BAD_QUOTES;
    found =
        "found="
            + (value > ' ' && value < 0x7f
                ? "'" + (char) value + "'"
                : String.format("0x%02x", value & 0xff))
            + " after a closing quotation mark";
    int rowEnd = at < limit ? at + 1 : to;
    return ends(rowEnd, RowFormat.withoutBreak(bytes, from, rowEnd));
  }

  /** A quoted field did not end: the row does, with the line in which the field began. */
  private int unclosed(int lines, int lineEnd) {
    if (lines <= maxQuotedLines && !isBounded() && !ended) {
      return -1;
    }
    if (lineEnd < 0 && (isBounded() || !ended)) {
      return goesOn();
    }
    fault = BadRowReason.BAD_QUOTES;
    found =
        "found=no closing quotation mark within lines="
            + maxQuotedLines
            + " (--max-quoted-lines, maxQuotedLines) bytes="
            + maxRowBytes;
    int rowEnd = lineEnd < 0 ? to : lineEnd;
    return ends(rowEnd, RowFormat.withoutBreak(bytes, from, rowEnd));
  }

  /** The row has not ended at the limit. If it is too long, it ends with the line. */
  private int goesOn() {
    if (!isBounded()) {
      return -1;
    }
    int lineFeed = Words.lineFeed(bytes, limit, to);
    if (lineFeed < 0 && !ended) {
      return -1;
    }
    int lineEnd = lineFeed < 0 ? to : lineFeed;
    return ends(Math.min(lineEnd + 1, to), RowFormat.withoutReturn(bytes, from, lineEnd));
  }

  /** Whether the input ends at the limit, before the row is too long. */
  private boolean isEndOfInput() {
    return ended && !isBounded();
  }

  /** Whether the limit is that of the row's length, and not the end of what is there. */
  private boolean isBounded() {
    return limit - from == maxRowBytes + 2;
  }

  private int ends(int rowEnd, int rowTextEnd) {
    end = rowEnd;
    textEnd = rowTextEnd;
    lineCount =
        severalLines ? Words.lineFeedCount(bytes, from, end) + (bytes[end - 1] == '\n' ? 0 : 1) : 1;
    if (textEnd - from > maxRowBytes) {
      fault = BadRowReason.ROW_TOO_LONG;
      found = "bytes=" + (textEnd - from) + " expectedAtMost=" + maxRowBytes;
    }
    return end;
  }

  private void field(int fieldFrom, int fieldTo, boolean coded) {
    int column = columnCount - 1;
    if (column == idColumn) {
      idFrom = fieldFrom;
      idTo = fieldTo;
      idCoded = coded;
    }
    if (column == dateColumn) {
      dateFrom = fieldFrom;
      dateTo = fieldTo;
      dateCoded = coded;
    }
    if (allFields != null) {
      int count = decode(fieldFrom, fieldTo, 0);
      allFields.add(new String(decoded, 0, count, UTF_8));
    }
  }

  /**
   * Puts the wanted fields, as they were meant, into {@link #fields}. For a row without a fault,
   * that has the columns.
   */
  void takeFields() {
    if (idCoded && idColumn >= 0 || dateCoded) {
      int idCount = idColumn >= 0 ? decode(idFrom, idTo, 0) : 0;
      int count = decode(dateFrom, dateTo, idCount);
      idFrom = 0;
      idTo = idCount;
      dateFrom = idCount;
      dateTo = count;
      fields = decoded;
    }
    if (trimmed) {
      if (idColumn >= 0) {
        idFrom = Blanks.trimmedFrom(fields, idFrom, idTo);
        idTo = Blanks.trimmedTo(fields, idFrom, idTo);
      }
      dateFrom = Blanks.trimmedFrom(fields, dateFrom, dateTo);
      dateTo = Blanks.trimmedTo(fields, dateFrom, dateTo);
    }
  }

  int idColumn() {
    return idColumn;
  }

  /** Whether the row has the column of the ID. */
  boolean hasId() {
    return idColumn >= 0 && columnCount > idColumn;
  }

  int idFrom() {
    return idFrom;
  }

  int idTo() {
    return idTo;
  }

  int dateFrom() {
    return dateFrom;
  }

  int dateTo() {
    return dateTo;
  }

  /** Appends a field to the decoded bytes, of which there are {@code count}; gives their number. */
  private int decode(int fieldFrom, int fieldTo, int count) {
    int needed = count + fieldTo - fieldFrom;
    if (needed > decoded.length) {
      decoded = Arrays.copyOf(decoded, 2 * needed);
    }
    boolean inQuotes = quoted && fieldFrom > from && bytes[fieldFrom - 1] == '"';
    boolean isNull = escaped && isNull(fieldFrom, fieldTo);
    int decodedCount = count;
    for (int i = fieldFrom; i < fieldTo; i++) {
      byte value = bytes[i];
      if (inQuotes && value == '"') {
        i++; // The second of two.
      } else if (escaped && value == '\\' && i + 1 < fieldTo && !isNull) {
        value = meant(bytes[++i]);
      }
      decoded[decodedCount++] = value;
    }
    return decodedCount;
  }

  /** Whether a field is the null of MySQL, which is not an escaped N. */
  private boolean isNull(int fieldFrom, int fieldTo) {
    int textFrom = trimmed ? Blanks.trimmedFrom(bytes, fieldFrom, fieldTo) : fieldFrom;
    int textTo = trimmed ? Blanks.trimmedTo(bytes, textFrom, fieldTo) : fieldTo;
    return textTo - textFrom == 2 && bytes[textFrom] == '\\' && bytes[textFrom + 1] == 'N';
  }

  /** What a backslash and this character mean. */
  private static byte meant(byte escapedCharacter) {
    return switch (escapedCharacter) {
      case '0' -> 0;
      case 'b' -> '\b';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'Z' -> 0x1a;
      default -> escapedCharacter;
    };
  }
}
