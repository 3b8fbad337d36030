package dev.almanac.cli;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Appends dates to rows. Rows stay bytes: only their IDs are looked at. They are looked up a few
 * thousand at a time, since lookups of one batch overlap their cache misses. Belongs to one thread;
 * joins one stream.
 */
final class RowJoiner {
  private static final int BATCH_LENGTH = 4_096;
  private static final int READ_BYTES = 1 << 20;
  private static final int MAX_ID_BYTES = 1_024;
  private static final int MAX_DECIMAL_BYTES = 20;

  /** What some programs begin a UTF-8 file with; it belongs to no column. */
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final Almanac almanac;
  private final boolean numeric;
  private final byte delimiter;
  private final @Nullable String dateName;
  private final DateTexts dates;
  private final String idName;
  private int idColumn;

  private byte[] buffer = new byte[READ_BYTES];
  private long line;

  /**
   * Rows of the batch: where each begins, and where its text ends; what follows the text is its
   * line end.
   */
  private final int[] rowFrom = new int[BATCH_LENGTH];

  private final int[] rowTo = new int[BATCH_LENGTH];
  private final int[] nextRowFrom = new int[BATCH_LENGTH];

  /** The row's place among the IDs to look up, or -1 if the field can be no ID of the file. */
  private final int[] idOf = new int[BATCH_LENGTH];

  private int rowCount;
  private final long[] ids = new long[BATCH_LENGTH];
  private final String[] texts = new String[BATCH_LENGTH];
  private final int[] codes = new int[BATCH_LENGTH];
  private int idCount;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();

  /**
   * A joiner.
   *
   * @param dateName name of the new column if the first line is a header, or null if it is a row
   */
  RowJoiner(Almanac almanac, char delimiter, Column idColumn, @Nullable String dateName) {
    this.almanac = almanac;
    numeric = almanac.idKind() == IdKind.LONG;
    dates = new DateTexts(almanac.dictionary());
    this.delimiter = (byte) delimiter;
    this.idColumn = idColumn.number();
    idName = idColumn.name();
    this.dateName = dateName;
  }

  /** Copies all rows. */
  void join(InputStream input, OutputStream output) throws IOException {
    ByteOutput rows = new ByteOutput(output);
    int length = 0;
    boolean ended = false;
    while (!ended) {
      int count = input.read(buffer, length, buffer.length - length);
      ended = count < 0;
      length += Math.max(0, count);
      int from = 0;
      for (int at = from; at < length; at++) {
        if (buffer[at] == '\n') {
          addLine(from, at, at + 1, rows);
          from = at + 1;
        }
      }
      if (ended && from < length) {
        addLine(from, length, length, rows);
        from = length;
      }
      writeBatch(rows);
      rows.flush();
      System.arraycopy(buffer, from, buffer, 0, length - from);
      length -= from;
      if (length > DelimitedRows.MAX_ROW_BYTES) {
        throw refused(
            "a row must take at most " + DelimitedRows.MAX_ROW_BYTES + " bytes: bytes=" + length,
            line + 1);
      }
      if (length == buffer.length) {
        buffer = Arrays.copyOf(buffer, 2 * buffer.length);
      }
    }
    rows.flush();
  }

  private void addLine(int from, int newline, int next, ByteOutput rows) throws IOException {
    line++;
    int to = newline > from && buffer[newline - 1] == '\r' ? newline - 1 : newline;
    int begin = from;
    if (line == 1 && startsWithMark(from, to)) {
      rows.put(BYTE_ORDER_MARK);
      begin += BYTE_ORDER_MARK.length;
    }
    if (line == 1 && dateName != null) {
      putHeader(begin, to, next, dateName, rows);
      return;
    }
    rowFrom[rowCount] = begin;
    rowTo[rowCount] = to;
    nextRowFrom[rowCount] = next;
    idOf[rowCount] = addId(begin, to);
    rowCount++;
    if (rowCount == BATCH_LENGTH) {
      writeBatch(rows);
    }
  }

  private boolean startsWithMark(int from, int to) {
    int length = BYTE_ORDER_MARK.length;
    return to - from >= length
        && Arrays.equals(buffer, from, from + length, BYTE_ORDER_MARK, 0, length);
  }

  private void putHeader(int from, int to, int next, String newName, ByteOutput rows)
      throws IOException {
    if (idColumn == 0) {
      String header = new String(buffer, from, to - from, StandardCharsets.UTF_8);
      List<String> names =
          List.of(header.split(Pattern.quote(String.valueOf((char) delimiter)), -1));
      idColumn = names.indexOf(idName) + 1;
      if (idColumn == 0) {
        throw refused(
            "the header must name the column: column=" + idName + " header=" + header, line);
      }
    }
    rows.put(buffer, from, to);
    rows.put(delimiter);
    rows.put(newName.getBytes(StandardCharsets.UTF_8));
    rows.put(buffer, to, next);
  }

  private int addId(int from, int to) throws IOException {
    int fieldFrom = from;
    for (int column = 1; column < idColumn; column++) {
      fieldFrom = fieldEnd(fieldFrom, to) + 1;
      if (fieldFrom > to) {
        throw refused(
            "a row must have the column: column=" + idColumn + " columns=" + column, line);
      }
    }
    int fieldTo = fieldEnd(fieldFrom, to);
    return numeric ? addNumber(fieldFrom, fieldTo) : addText(fieldFrom, fieldTo);
  }

  private int fieldEnd(int from, int to) {
    int at = from;
    while (at < to && buffer[at] != delimiter) {
      at++;
    }
    return at;
  }

  private int addNumber(int from, int to) {
    int at = from;
    boolean negative = at < to && buffer[at] == '-';
    if (negative) {
      at++;
    }
    // Only canonical decimals are IDs: 007, -0 and +7 are not.
    if (at == to
        || to - from > MAX_DECIMAL_BYTES
        || (buffer[at] == '0' && (to - at > 1 || negative))) {
      return -1;
    }
    long negated = 0;
    for (; at < to; at++) {
      int digit = buffer[at] - '0';
      if (digit < 0
          || digit > 9
          || negated < Long.MIN_VALUE / 10
          || negated * 10 < Long.MIN_VALUE + digit) {
        return -1;
      }
      negated = negated * 10 - digit;
    }
    if (!negative && negated == Long.MIN_VALUE) {
      return -1;
    }
    ids[idCount] = negative ? negated : -negated;
    return idCount++;
  }

  private int addText(int from, int to) {
    if (from == to || to - from > MAX_ID_BYTES) {
      return -1;
    }
    try {
      texts[idCount] = decoder.decode(ByteBuffer.wrap(buffer, from, to - from)).toString();
    } catch (CharacterCodingException e) {
      return -1;
    }
    return idCount++;
  }

  private void writeBatch(ByteOutput rows) throws IOException {
    if (numeric) {
      almanac.codes(ids, 0, codes, 0, idCount);
    } else {
      almanac.codes(Arrays.copyOf(texts, idCount), codes);
    }
    for (int row = 0; row < rowCount; row++) {
      rows.put(buffer, rowFrom[row], rowTo[row]);
      rows.put(delimiter);
      if (idOf[row] >= 0) {
        rows.put(dates.bytes(codes[idOf[row]]));
      }
      rows.put(buffer, rowTo[row], nextRowFrom[row]);
    }
    rowCount = 0;
    idCount = 0;
  }

  private IOException refused(String ruleAndFindings, long atLine) {
    return new IOException(ruleAndFindings + ", file=" + StandardInput.NAME + " line=" + atLine);
  }
}
