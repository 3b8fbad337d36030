package dev.almanac.build.rows;

import dev.almanac.build.RowSource;
import dev.almanac.build.rows.Dialect.Column;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Delimited rows in splits of a few bytes instead of a megabyte, so that a small input has many of
 * them, and with a smaller limit of a row's length.
 */
public final class SmallSplits implements RowSource {
  private final List<Input> inputs;
  private final Dialect dialect;
  private final int splitBytes;
  private final int maxRowBytes;

  public SmallSplits(List<Input> inputs, Dialect dialect, int splitBytes, int maxRowBytes) {
    this.inputs = inputs;
    this.dialect = dialect;
    this.splitBytes = splitBytes;
    this.maxRowBytes = maxRowBytes;
  }

  /** The dialect; a column is a name, a number from 1, or, for the ID, 0 for the row's number. */
  public static Dialect dialect(
      char delimiter,
      boolean header,
      boolean quoted,
      int id,
      @Nullable String idName,
      int date,
      @Nullable String dateName) {
    Column idColumn =
        idName != null ? Column.of(idName) : id == 0 ? Column.ROW_NUMBER : Column.of(id);
    Column dateColumn = dateName != null ? Column.of(dateName) : Column.of(date);
    return RecordedRows.dialect(delimiter, header, quoted, idColumn, dateColumn);
  }

  @Override
  public Splits open() throws IOException {
    return new DelimitedSplits(inputs, dialect, splitBytes, maxRowBytes);
  }
}
