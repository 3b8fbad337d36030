package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.Almanac;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.rows.RowReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Appends dates to rows. Rows stay bytes: only their IDs are looked at. IDs are looked up a few
 * thousand at a time, because lookups of one batch overlap their cache misses, but a row is
 * answered before the input is asked for more. Belongs to one thread; joins one stream.
 */
final class RowJoiner {
  private static final int BATCH_LENGTH = 4_096;

  private final Almanac almanac;
  private final RowReader rows;
  private final RowReader.DatedIds dated;
  private final byte delimiter;
  private final DateTexts dates;
  private final ByteOutput output;
  private final FieldWriter fields;

  /** Rows of the batch: where each begins, where its text ends, and where its line break ends. */
  private final int[] rowFrom = new int[BATCH_LENGTH];

  private final int[] rowTextEnd = new int[BATCH_LENGTH];
  private final int[] rowEnd = new int[BATCH_LENGTH];
  private int rowCount;

  /** Their IDs, one after the other. */
  private byte[] ids = new byte[1 << 16];

  private final int[] idFrom = new int[BATCH_LENGTH];
  private final int[] idTo = new int[BATCH_LENGTH];
  private final int[] codes = new int[BATCH_LENGTH];
  private int idBytes;

  private long matchedCount;
  private long unmatchedCount;
  private @Nullable String firstUnmatched;

  RowJoiner(Almanac almanac, RowReader rows, char delimiter, boolean quoted, OutputStream output) {
    this.almanac = almanac;
    this.rows = rows;
    dated = (bytes, from, to) -> almanac.code(bytes, from, to) != Almanac.ABSENT;
    this.delimiter = (byte) delimiter; // ASCII, see Delimiter.
    dates = new DateTexts(almanac.dictionary());
    this.output = new ByteOutput(output);
    fields = new FieldWriter(this.output, delimiter, quoted);
  }

  /**
   * Copies all rows.
   *
   * @param dateName name of the new column if the first row is a header, or null if there is none
   */
  void join(@Nullable String dateName) throws IOException {
    for (int code = 0; code < almanac.dictionary().size(); code++) {
      fields.check(dates.bytes(code), "date");
    }
    if (dateName != null && !rows.header().isEmpty()) {
      output.put(rows.bytes(), rows.from(), rows.textEnd());
      output.put(delimiter);
      byte[] name = dateName.getBytes(UTF_8);
      fields.put(name, 0, name.length, "--date-name");
      output.put(rows.bytes(), rows.textEnd(), rows.end());
    }
    while (next()) {
      if (rows.textEnd() > rows.from()) {
        add();
      } else {
        answer();
        output.put(rows.bytes(), rows.from(), rows.end());
      }
    }
    output.flush();
  }

  /** Goes to the next row; if that has to be read, all before it are answered first. */
  private boolean next() throws IOException {
    boolean buffered = rows.isBuffered();
    if (!buffered || rowCount == BATCH_LENGTH) {
      answer();
    }
    if (!buffered) {
      output.flush();
    }
    return rows.next();
  }

  private void add() throws IOException {
    RefusedRowException refusal = rows.hasId() ? rows.severalRows(dated) : rows.refusal();
    if (refusal != null) {
      answer();
      output.flush();
      throw refusal;
    }
    int length = rows.idTo() - rows.idFrom();
    if (length > ids.length - idBytes) {
      ids = Arrays.copyOf(ids, Math.max(2 * ids.length, idBytes + length));
    }
    System.arraycopy(rows.idBytes(), rows.idFrom(), ids, idBytes, length);
    idFrom[rowCount] = idBytes;
    idBytes += length;
    idTo[rowCount] = idBytes;
    rowFrom[rowCount] = rows.from();
    rowTextEnd[rowCount] = rows.textEnd();
    rowEnd[rowCount] = rows.end();
    rowCount++;
  }

  private void answer() throws IOException {
    almanac.codes(ids, idFrom, idTo, codes, rowCount);
    for (int row = 0; row < rowCount; row++) {
      output.put(rows.bytes(), rowFrom[row], rowTextEnd[row]);
      output.put(delimiter);
      if (codes[row] != Almanac.ABSENT) {
        byte[] date = dates.bytes(codes[row]);
        fields.put(date, 0, date.length, "date");
        matchedCount++;
      } else {
        unmatchedCount++;
        if (firstUnmatched == null) {
          firstUnmatched = new String(ids, idFrom[row], idTo[row] - idFrom[row], UTF_8);
        }
      }
      output.put(rows.bytes(), rowTextEnd[row], rowEnd[row]);
    }
    rowCount = 0;
    idBytes = 0;
  }

  /** Rows that got a date. */
  long matchedCount() {
    return matchedCount;
  }

  /** Rows whose ID the file does not hold. */
  long unmatchedCount() {
    return unmatchedCount;
  }

  /** The first ID that the file does not hold, or null. */
  @Nullable String firstUnmatched() {
    return firstUnmatched;
  }
}
