package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.build.BadRowReason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What rows a case has, read in the simplest way: one byte after the other, all in memory. */
final class NaiveRows {
  /** What a quoted field spans at most unless more is said. */
  private static final int MAX_QUOTED_LINES = 20;

  static final int MAX_ROW_BYTES = 1 << 20;
  private static final int SHOWN_BYTES = 1_000;

  /** Refuses the build before any row counts, or null. */
  final @Nullable Refusal refusal;

  final List<RawRow> rows;

  private NaiveRows(List<RawRow> rows, @Nullable Refusal refusal) {
    this.rows = rows;
    this.refusal = refusal;
  }

  /** What a refused build says. */
  record Refusal(String source, long line, String message) {
    static Refusal of(String ruleAndFindings, String source, long line) {
      return new Refusal(source, line, ruleAndFindings + ", file=" + source + " line=" + line);
    }
  }

  /**
   * A row: its fields, or why it is bad.
   *
   * @param id the bytes of the ID, or null where it is a number or the row is bad
   * @param number the ID, where it is a number
   * @param date the bytes of the date, or null where the source says that there is no date
   * @param text the row as the rejects file has it, but for escapes
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record RawRow(
      String source,
      long line,
      byte @Nullable [] id,
      long number,
      byte @Nullable [] date,
      @Nullable BadRowReason reason,
      String found,
      String text) {
    static RawRow good(String source, long line, byte[] id, byte @Nullable [] date, String text) {
      return new RawRow(source, line, id, 0, date, null, "", text);
    }

    static RawRow good(String source, long line, long number, byte @Nullable [] date, String text) {
      return new RawRow(source, line, null, number, date, null, "", text);
    }

    static RawRow bad(String source, long line, BadRowReason reason, String found, String text) {
      return new RawRow(source, line, null, 0, null, reason, found, text);
    }
  }

  /**
   * Reads the rows of a case.
   *
   * @param names what the inputs of a text are called in messages
   * @param isRow whether an ID and a date would be a good row
   */
  static NaiveRows of(BuildCase.Rows rows, List<String> names, BiPredicate<String, String> isRow) {
    if (rows instanceof BuildCase.Text text) {
      return ofText(text, names, isRow);
    }
    return new NaiveRows(ofObjects((BuildCase.Objects) rows), null);
  }

  // Delimited text

  private static NaiveRows ofText(
      BuildCase.Text text, List<String> names, BiPredicate<String, String> isRow) {
    List<RawRow> rows = new ArrayList<>();
    long rowNumber = 0;
    List<String> firstHeader = null;
    for (int i = 0; i < text.inputs().size(); i++) {
      String name = names.get(i);
      byte[] bytes = withLineFeeds(withoutMark(text.inputs().get(i).bytes()));
      Skipped input = Skipped.of(bytes, text.skippedLines());
      List<Line> lines = lines(text, input);
      int idColumn = text.idColumn();
      int dateColumn = text.dateColumn();
      int first = 0;
      if (text.header() && !lines.isEmpty() && lines.get(0).fault != null) {
        String rule = BadRowReason.BAD_QUOTES.rule() + ": " + lines.get(0).fault;
        return new NaiveRows(rows, Refusal.of(rule, name, 1L + input.lineCount));
      }
      if (text.header()) {
        List<String> header =
            lines.isEmpty() ? List.of() : strings(fields(text, lines.get(0).bytes));
        Columns columns = Columns.of(text, header, firstHeader);
        firstHeader = firstHeader == null ? header : firstHeader;
        if (columns.fault != null) {
          return new NaiveRows(rows, Refusal.of(columns.fault, name, 1L + input.lineCount));
        }
        idColumn = columns.id;
        dateColumn = columns.date;
        first = 1;
      }
      for (int l = first; l < lines.size(); l++) {
        Line line = lines.get(l);
        if (line.bytes.length == 0 && l == lines.size() - 1 && line.isLast) {
          continue; // An empty line at the end is no row.
        }
        rows.add(new RowTaker(text, idColumn, dateColumn, isRow).row(line, name, rowNumber++));
      }
    }
    return new NaiveRows(rows, null);
  }

  /** Where the wanted columns are, or why not. */
  private record Columns(int id, int date, @Nullable String fault) {
    static Columns of(
        BuildCase.Text text, List<String> header, @Nullable List<String> firstHeader) {
      String fault = null;
      int id = text.idColumn();
      if (id != 0) {
        fault = fault(header, text.idName(), id, firstHeader);
        id = text.idName() == null ? id : header.indexOf(text.idName()) + 1;
      }
      int date = text.dateName() == null ? text.dateColumn() : header.indexOf(text.dateName()) + 1;
      return new Columns(
          id,
          date,
          fault != null ? fault : fault(header, text.dateName(), text.dateColumn(), firstHeader));
    }

    private static @Nullable String fault(
        List<String> header,
        @Nullable String name,
        int number,
        @Nullable List<String> firstHeader) {
      String rule;
      if (name == null && number > header.size()) {
        rule = "a header must have the wanted column: column=" + number;
      } else if (name == null) {
        if (firstHeader == null || firstHeader.get(number - 1).equals(header.get(number - 1))) {
          return null;
        }
        rule =
            "the first line of a later input must repeat the first header, or hold an ID and a"
                + " date: column="
                + number
                + " name="
                + firstHeader.get(number - 1);
      } else if (!header.contains(name)) {
        rule = "a header must name the wanted column: column=" + name;
      } else if (header.indexOf(name) != header.lastIndexOf(name)) {
        rule = "a header must name a wanted column only once: column=" + name;
      } else {
        return null;
      }
      String found = shortened(String.join(", ", header));
      return rule + " columns=" + header.size() + " found=[" + found + "]";
    }
  }

  /**
   * A row's bytes without its line end.
   *
   * @param number from 1
   * @param isLast whether the input ends with it
   * @param fault what is wrong with its quotes, or null
   * @param end its line end
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Line(
      long number, byte[] bytes, boolean isLast, @Nullable String fault, byte[] end) {}

  /** What is behind the lines that are not looked at, and how many these are. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Skipped(int lineCount, byte[] rest) {
    static Skipped of(byte[] bytes, int wanted) {
      int lineCount = 0;
      int at = 0;
      while (at < bytes.length && lineCount < wanted) {
        lineCount += bytes[at++] == '\n' ? 1 : 0;
      }
      return new Skipped(lineCount, Arrays.copyOfRange(bytes, at, bytes.length));
    }
  }

  private static List<Line> lines(BuildCase.Text text, Skipped input) {
    byte[] bytes = input.rest;
    List<Line> lines = new ArrayList<>();
    long number = 1L + input.lineCount;
    int from = 0;
    while (from < bytes.length) {
      Quotes quotes = new Quotes(text);
      // The longest row, and CR LF.
      int limit = (int) Math.min(bytes.length, from + text.maxRowBytes() + 2L);
      int at = from;
      while (at < limit && !(bytes[at] == '\n' && quotes.endsRow()) && !quotes.isLost()) {
        int blank = quotes.isBesideQuotes() ? blankBytes(text, bytes, at, limit) : 0;
        if (blank > 0) {
          quotes.takeBlank();
          at += blank;
        } else {
          quotes.take(bytes[at], at);
          at++;
        }
      }
      if (quotes.isLost() || quotes.isOpen()) {
        // The field was none: the row ends with the line in which it began.
        at = quotes.openedAt;
        while (at < limit && bytes[at] != '\n') {
          at++;
        }
      }
      if (at == limit) {
        while (at < bytes.length && bytes[at] != '\n') {
          at++;
        }
      }
      long lineFeeds = 0;
      for (int i = from; i < at; i++) {
        lineFeeds += bytes[i] == '\n' ? 1 : 0;
      }
      int to = at > from && bytes[at - 1] == '\r' ? at - 1 : at;
      lines.add(
          new Line(
              number,
              Arrays.copyOfRange(bytes, from, to),
              at + 1 >= bytes.length,
              quotes.fault(),
              Arrays.copyOfRange(bytes, to, Math.min(bytes.length, at + 1))));
      number += lineFeeds + 1;
      from = at + 1;
    }
    return lines;
  }

  /** Follows the quotes of one row, where rows have any. */
  private static final class Quotes {
    private enum State {
      BEGIN,
      BARE,
      OPEN,
      QUOTE,
      CLOSED,
      RETURN,
      BROKEN
    }

    private final boolean quoted;
    private final boolean escapes;
    private final char delimiter;
    private final int maxLines;
    private final int maxRowBytes;

    /** Whether a backslash came that takes the next byte's meaning away. */
    private boolean escaped;

    /** What came before in the row: whether a field begins, and how. */
    private State state = State.BEGIN;

    private int culprit;

    /** Where the field that is open began. */
    private int openedAt;

    /** Lines that the open field spans. */
    private int openLines;

    Quotes(BuildCase.Text text) {
      quoted = text.quoted();
      escapes = text.escaped();
      delimiter = text.delimiter();
      maxLines = quotedLines(text);
      maxRowBytes = text.maxRowBytes();
    }

    boolean isOpen() {
      return state == State.OPEN;
    }

    /** Whether a line feed ends the row. */
    boolean endsRow() {
      return !isOpen() && !escaped;
    }

    /** Whether blanks that are left out may stand here: before and behind a quoted field. */
    boolean isBesideQuotes() {
      return quoted && (state == State.BEGIN || state == State.QUOTE || state == State.CLOSED);
    }

    void takeBlank() {
      state = state == State.QUOTE ? State.CLOSED : state;
    }

    /** Whether the open field spans more lines than a field may. */
    boolean isLost() {
      return isOpen() && openLines > maxLines;
    }

    void take(byte value, int at) {
      if (state == State.BROKEN) {
        return;
      }
      if (quoted && state == State.BEGIN && value == '"') {
        openedAt = at;
        openLines = 1;
      } else if (isOpen() && value == '\n') {
        openLines++;
      }
      boolean fieldGoesOn = isOpen() || state == State.BARE || state == State.BEGIN;
      if (escaped) {
        escaped = false;
        return;
      }
      if (escapes && value == '\\' && fieldGoesOn) {
        escaped = true;
        state = isOpen() ? state : State.BARE;
        return;
      }
      switch (state) {
        case BEGIN:
          state =
              quoted && value == '"' ? State.OPEN : value == delimiter ? State.BEGIN : State.BARE;
          break;
        case BARE:
          state = value == delimiter ? State.BEGIN : State.BARE;
          break;
        case OPEN:
          state = value == '"' ? State.QUOTE : State.OPEN;
          break;
        case QUOTE:
        case CLOSED:
          if (value == '"' && state == State.QUOTE) {
            state = State.OPEN;
          } else if (value == delimiter) {
            state = State.BEGIN;
          } else if (value == '\r') {
            state = State.RETURN;
          } else {
            state = State.BROKEN;
            culprit = value & 0xFF;
          }
          break;
        default: // A return after a closing quote that no line feed follows.
          state = State.BROKEN;
          culprit = '\r';
          break;
      }
    }

    @Nullable String fault() {
      if (state == State.OPEN) {
        return "found=no closing quotation mark within lines="
            + maxLines
            + " (--max-quoted-lines, maxQuotedLines) bytes="
            + maxRowBytes;
      }
      if (state != State.BROKEN) {
        return null;
      }
      boolean printable = culprit > ' ' && culprit < 0x7f;
      return "found="
          + (printable ? "'" + (char) culprit + "'" : String.format("0x%02x", culprit))
          + " after a closing quotation mark";
    }
  }

  /** Appends to each row of an input the date of its ID, and to a header "date". */
  static void join(
      BuildCase.Text text, byte[] bytes, UnaryOperator<String> dateOf, ByteArrayOutputStream out) {
    List<Line> lines = lines(text, new Skipped(0, bytes));
    int idColumn = text.idColumn();
    if (text.header() && text.idName() != null) {
      idColumn = strings(fields(text, lines.get(0).bytes)).indexOf(text.idName()) + 1;
    }
    boolean header = text.header();
    for (Line line : lines) {
      out.writeBytes(line.bytes);
      if (line.bytes.length > 0) {
        byte[] id = trimmed(text, fields(text, line.bytes).get(idColumn - 1));
        out.write(text.delimiter());
        out.writeBytes((header ? "date" : dateOf.apply(new String(id, UTF_8))).getBytes(UTF_8));
      }
      out.writeBytes(line.end);
      header = false;
    }
  }

  /** Whether bytes are one row with an end, whatever follows them. */
  static boolean isOneRow(BuildCase.Text text, byte[] bytes) {
    int count = bytes.length;
    return count > 2
        && bytes[count - 1] == '\n'
        && !(text.escaped() && bytes[count - 2] == '\\')
        && lines(text, new Skipped(0, bytes)).size() == 1;
  }

  private static int quotedLines(BuildCase.Text text) {
    return text.quotedLines() == 0 ? MAX_QUOTED_LINES : text.quotedLines();
  }

  /** Takes the wanted fields of lines. */
  private record RowTaker(
      BuildCase.Text text, int idColumn, int dateColumn, BiPredicate<String, String> isRow) {
    RawRow row(Line line, String name, long rowNumber) {
      String shown = shortened(line.bytes);
      if (line.bytes.length > text.maxRowBytes()) {
        String found = "bytes=" + line.bytes.length + " expectedAtMost=" + text.maxRowBytes();
        return RawRow.bad(name, line.number, BadRowReason.ROW_TOO_LONG, found, shown);
      }
      if (line.fault != null) {
        return RawRow.bad(name, line.number, BadRowReason.BAD_QUOTES, line.fault, shown);
      }
      List<byte[]> fields = line.bytes.length == 0 ? List.of() : fields(text, line.bytes);
      int expected = Math.max(idColumn, dateColumn);
      if (fields.size() < expected) {
        String found =
            "columns="
                + fields.size()
                + " expected="
                + expected
                + (expected == dateColumn
                    ? " (--date-column, dateColumn)"
                    : " (--id-column, idColumn)");
        return RawRow.bad(name, line.number, BadRowReason.TOO_FEW_COLUMNS, found, shown);
      }
      String within = rowWithin(line.bytes);
      if (within != null) {
        String found =
            "found="
                + within
                + "; look for a stray quotation mark or a lone CR, and if the line belongs to a"
                + " quoted field, give --max-quoted-lines, maxQuotedLines";
        return RawRow.bad(name, line.number, BadRowReason.ROW_WITHIN_ROW, found, shown);
      }
      byte[] date = trimmed(text, fields.get(dateColumn - 1));
      return idColumn == 0
          ? RawRow.good(name, line.number, rowNumber, date, shown)
          : RawRow.good(name, line.number, trimmed(text, fields.get(idColumn - 1)), date, shown);
    }

    /** The line of a row of several that is a row by itself; null if there is none. */
    private @Nullable String rowWithin(byte[] row) {
      boolean plain = !text.quoted() && !text.escaped();
      if (text.quotedLines() > 0 && !plain || plain && !hasLoneReturnBehindFields(row)) {
        return null;
      }
      List<byte[]> lines = new ArrayList<>();
      int from = 0;
      for (int at = 0; at <= row.length; at++) {
        if (at == row.length || row[at] == '\n' || row[at] == '\r') {
          lines.add(Arrays.copyOfRange(row, from, at));
          from = at + 1;
        }
      }
      BuildCase.Text withoutQuotes = text.plain();
      for (int i = 1; i < lines.size(); i++) {
        // What follows the last CR or LF may be nothing, and is no line then.
        boolean last = i == lines.size() - 1;
        if (isRow(text, lines.get(i)) && (!last || isRow(withoutQuotes, lines.get(0)))) {
          return shortened(lines.get(i));
        }
      }
      return null;
    }

    /** In an ID or a date, a CR makes a bad row anyway. */
    private boolean hasLoneReturnBehindFields(byte[] row) {
      int column = 1;
      for (int i = 0; i < row.length; i++) {
        column += row[i] == text.delimiter() ? 1 : 0;
        if (row[i] == '\r' && column > Math.max(idColumn, dateColumn)) {
          return true;
        }
      }
      return false;
    }

    private boolean isRow(BuildCase.Text dialect, byte[] line) {
      List<Line> rows = lines(dialect, new Skipped(0, line));
      if (rows.isEmpty() || rows.get(0).fault != null) {
        return false;
      }
      List<byte[]> fields = fields(dialect, rows.get(0).bytes);
      return Math.max(idColumn, dateColumn) <= fields.size()
          && isRow.test(
              idColumn == 0 ? "0" : string(fields.get(idColumn - 1)),
              string(fields.get(dateColumn - 1)));
    }

    private String string(byte[] field) {
      return new String(trimmed(text, field), UTF_8);
    }
  }

  /** Characters that look like nothing, as they are written in UTF-8. */
  private static final List<byte[]> BLANKS =
      " \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u3000\ufeff"
          .chars()
          .mapToObj(c -> String.valueOf((char) c).getBytes(UTF_8))
          .toList();

  private static byte[] trimmed(BuildCase.Text text, byte[] field) {
    if (!text.trimmed()) {
      return field;
    }
    int from = 0;
    int to = field.length;
    for (boolean found = true; found; ) {
      found = false;
      for (byte[] blank : BLANKS) {
        int length = blank.length;
        if (to - from >= length && Arrays.equals(field, from, from + length, blank, 0, length)) {
          from += length;
          found = true;
        } else if (to - from >= length && Arrays.equals(field, to - length, to, blank, 0, length)) {
          to -= length;
          found = true;
        }
      }
    }
    return Arrays.copyOfRange(field, from, to);
  }

  /** The bytes of the blank that begins here, of those that are left out; 0 if none does. */
  private static int blankBytes(BuildCase.Text text, byte[] bytes, int at, int to) {
    if (!text.trimmed() || bytes[at] == text.delimiter()) {
      return 0;
    }
    for (byte[] blank : BLANKS) {
      if (to - at >= blank.length
          && Arrays.equals(bytes, at, at + blank.length, blank, 0, blank.length)) {
        return blank.length;
      }
    }
    return 0;
  }

  private static List<byte[]> fields(BuildCase.Text text, byte[] line) {
    List<byte[]> fields = new ArrayList<>();
    int at = 0;
    while (true) {
      int begin = at;
      while (text.quoted()
          && begin < line.length
          && blankBytes(text, line, begin, line.length) > 0) {
        begin += blankBytes(text, line, begin, line.length);
      }
      boolean quoted = text.quoted() && begin < line.length && line[begin] == '"';
      int from = quoted ? begin + 1 : at;
      int to = from;
      while (to < line.length && !(quoted ? closes(line, to) : line[to] == text.delimiter())) {
        boolean two = text.escaped() && line[to] == '\\' || quoted && line[to] == '"';
        to = Math.min(line.length, to + (two ? 2 : 1));
      }
      fields.add(meant(text, Arrays.copyOfRange(line, from, to), quoted));
      at = to;
      // Only blanks that are left out follow a closing quotation mark.
      while (at < line.length && line[at] != text.delimiter()) {
        at++;
      }
      if (at == line.length) {
        return fields;
      }
      at++;
    }
  }

  /** Whether the byte in a quoted field closes it, and is not the first of two. */
  private static boolean closes(byte[] line, int at) {
    return line[at] == '"' && (at + 1 == line.length || line[at + 1] != '"');
  }

  /** A field without its doubled quotes and its escapes; the null of MySQL stays as it is. */
  private static byte[] meant(BuildCase.Text text, byte[] written, boolean quoted) {
    boolean none = new String(trimmed(text, written), UTF_8).equals("\\N");
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    for (int i = 0; i < written.length; i++) {
      boolean another = i + 1 < written.length;
      if (quoted && written[i] == '"') {
        i++;
        field.write('"');
      } else if (text.escaped() && written[i] == '\\' && another && !none) {
        i++;
        int letter = "0bnrtZ".indexOf((char) (written[i] & 0xFF));
        field.write(letter < 0 ? written[i] : "\0\b\n\r\t\32".charAt(letter));
      } else {
        field.write(written[i]);
      }
    }
    return field.toByteArray();
  }

  private static List<String> strings(List<byte[]> fields) {
    return fields.stream().map(field -> new String(field, UTF_8)).toList();
  }

  private static byte[] withoutMark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && (bytes[0] & 0xFF) == 0xEF
            && (bytes[1] & 0xFF) == 0xBB
            && (bytes[2] & 0xFF) == 0xBF;
    return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
  }

  /** Lines end in CR where no LF is: it says so within 64 KiB. */
  private static byte[] withLineFeeds(byte[] bytes) {
    for (int i = 0; i < Math.min(bytes.length, 1 << 16); i++) {
      if (bytes[i] == '\n') {
        return bytes;
      }
    }
    byte[] changed = bytes.clone();
    for (int i = 0; i < bytes.length; i++) {
      changed[i] = bytes[i] == '\r' ? (byte) '\n' : bytes[i];
    }
    return changed;
  }

  // Rows that are no text

  private static List<RawRow> ofObjects(BuildCase.Objects objects) {
    List<RawRow> rows = new ArrayList<>();
    for (int i = 0; i < objects.rows().size(); i++) {
      BuildCase.ObjectRow row = objects.rows().get(i);
      String source;
      long line = i + 1L;
      switch (objects.giver()) {
        case ITERATOR:
        case SUPPLIER:
          source = "rows";
          break;
        case OWN:
          source = OwnRows.source(objects, i);
          line = OwnRows.line(objects, i);
          break;
        default:
          source = "result set";
          break;
      }
      rows.add(ofObject(objects, row, source, line));
    }
    return rows;
  }

  private static RawRow ofObject(
      BuildCase.Objects objects, BuildCase.@Nullable ObjectRow row, String source, long line) {
    if (row == null) {
      return RawRow.bad(source, line, BadRowReason.TOO_FEW_COLUMNS, "row=null", "null");
    }
    String id = row.id();
    String date = row.date();
    if (id == null) {
      String text = shortened("null|" + date);
      return RawRow.bad(source, line, BadRowReason.EMPTY_ID, "id=null", text);
    }
    byte[] idBytes = encoded(id);
    byte[] dateBytes = date == null ? null : encoded(date);
    if (idBytes == null || date != null && dateBytes == null) {
      String text = shortened(id + "|" + date);
      String found = "found=half of a surrogate pair";
      return RawRow.bad(source, line, BadRowReason.INVALID_UTF8, found, text);
    }
    String text = shortened(idBytes) + "|" + (dateBytes == null ? "null" : shortened(dateBytes));
    return objects.idType() != BuildCase.IdType.TEXT && NaiveBuild.isNumber(id)
        ? RawRow.good(source, line, Long.parseLong(id), dateBytes, text)
        : RawRow.good(source, line, idBytes, dateBytes, text);
  }

  /** UTF-8, or null where a text has none. */
  static byte @Nullable [] encoded(String text) {
    try {
      java.nio.ByteBuffer bytes = UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
      byte[] encoded = new byte[bytes.remaining()];
      bytes.get(encoded);
      return encoded;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Whether bytes are UTF-8. */
  static boolean isUtf8(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String shortened(String text) {
    if (text.length() <= SHOWN_BYTES) {
      return text;
    }
    int to = text.codePointAt(SHOWN_BYTES - 1) > 0xFFFF ? SHOWN_BYTES - 1 : SHOWN_BYTES;
    return text.substring(0, to) + "...";
  }

  /** The first thousand bytes, or up to three fewer where those would cut a character. */
  static String shortened(byte[] bytes) {
    if (bytes.length <= SHOWN_BYTES) {
      return new String(bytes, UTF_8);
    }
    int to = SHOWN_BYTES;
    while (to > SHOWN_BYTES - 3 && (bytes[to] & 0xC0) == 0x80) {
      to--;
    }
    return new String(bytes, 0, to, UTF_8) + "...";
  }
}
