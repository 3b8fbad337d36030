package dev.almanac.build.rows;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.CharArrayReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The one class that names FastCSV, which need not be there: takes sound rows apart, and keeps two
 * columns of each.
 */
final class CsvFields extends AbstractBaseCsvCallbackHandler<CsvFields> implements Closeable {
  // No field is as large: the chars are those of a split.
  private static final int MAX_BUFFER_CHARS = 1 << 26;

  private final int idColumn;
  private final int dateColumn;

  /** Reads into this object, and so is made after it. */
  @SuppressWarnings("NullAway.Init")
  private CloseableIterator<CsvFields> rows;

  /** The wanted fields of the current row, the low byte of each char; overwritten by the next. */
  byte[] bytes = new byte[64];

  int columnCount;
  int idFrom;
  int idTo;
  int dateFrom;
  int dateTo;
  private int count;

  private CsvFields(int idColumn, int dateColumn) {
    this.idColumn = idColumn;
    this.dateColumn = dateColumn;
  }

  /** Rows that end in LF. */
  static CsvFields of(char[] chars, int charCount, char delimiter, int idColumn, int dateColumn) {
    CsvFields fields = new CsvFields(idColumn, dateColumn);
    fields.rows =
        builder(delimiter).build(fields, new CharArrayReader(chars, 0, charCount)).iterator();
    return fields;
  }

  /** All fields of one row. */
  static List<String> all(char[] chars, char delimiter) throws IOException {
    try (CsvReader<CsvRecord> rows = builder(delimiter).ofCsvRecord(new CharArrayReader(chars));
        CloseableIterator<CsvRecord> iterator = rows.iterator()) {
      return iterator.hasNext() ? iterator.next().getFields() : List.of("");
    }
  }

  private static CsvReader.CsvReaderBuilder builder(char delimiter) {
    return CsvReader.builder()
        .fieldSeparator(delimiter)
        .skipEmptyLines(false)
        .allowExtraFields(true)
        .allowMissingFields(true)
        .maxBufferSize(MAX_BUFFER_CHARS);
  }

  /** Goes to the next row; false behind the last. */
  boolean next() {
    if (!rows.hasNext()) {
      return false;
    }
    rows.next();
    return true;
  }

  @Override
  protected void handleBegin(long startingLineNumber) {
    columnCount = 0;
    count = 0;
  }

  @Override
  protected void handleField(int fieldIndex, char[] chars, int offset, int length, boolean quoted) {
    columnCount = fieldIndex + 1;
    if (fieldIndex != idColumn && fieldIndex != dateColumn) {
      return;
    }
    if (length > bytes.length - count) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, count + length));
    }
    int from = count;
    for (int i = 0; i < length; i++) {
      bytes[count++] = (byte) chars[offset + i];
    }
    if (fieldIndex == idColumn) {
      idFrom = from;
      idTo = count;
    }
    if (fieldIndex == dateColumn) {
      dateFrom = from;
      dateTo = count;
    }
  }

  @Override
  protected CsvFields buildRecord() {
    return this;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
