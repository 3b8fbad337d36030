package dev.almanac.build.rows;

import dev.almanac.build.rows.Dialect.Column;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass over a result set. */
public final class JdbcSplits extends BatchedSplits {
  /** What messages call the rows. */
  public static final String NAME = "result set";

  private final ResultSet rows;
  private final End end;
  private final int id;
  private final IdType idType;
  private final int date;
  private final DateType dateType;

  private enum IdType {
    NUMBER,
    DECIMAL,
    TEXT
  }

  private enum DateType {
    DATE,
    TIMESTAMP,
    TEXT
  }

  /** Releases what the pass holds. */
  @FunctionalInterface
  public interface End {
    void run() throws SQLException;
  }

  /** Takes the rows behind the cursor. */
  public JdbcSplits(ResultSet rows, Column id, Column date, End end) throws IOException {
    super(NAME);
    this.rows = rows;
    this.end = end;
    try {
      ResultSetMetaData columns = rows.getMetaData();
      this.id = number(columns, id);
      this.date = number(columns, date);
      this.idType = idType(columns, this.id);
      this.dateType = dateType(columns.getColumnType(this.date));
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** The exception as the build reports it. */
  public static IOException failed(SQLException e) {
    return new IOException("the database must deliver the rows: " + e.getMessage(), e);
  }

  private static int number(ResultSetMetaData columns, Column wanted)
      throws SQLException, IOException {
    List<String> labels = new ArrayList<>();
    int found = 0;
    int foundCount = 0;
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      labels.add(columns.getColumnLabel(i));
      if (columns.getColumnLabel(i).equalsIgnoreCase(wanted.name())) {
        found = i;
        foundCount++;
      }
    }
    int number = wanted.name() == null ? wanted.number() : found;
    if (number < 1 || number > labels.size() || foundCount > 1) {
      throw new IOException(
          "a result set must have the wanted column once: column="
              + (wanted.name() == null ? wanted.number() : wanted.name())
              + " columns="
              + labels.size()
              + " found="
              + RowText.of(labels.toString()));
    }
    return number;
  }

  private static IdType idType(ResultSetMetaData columns, int column) throws SQLException {
    switch (columns.getColumnType(column)) {
      case Types.TINYINT:
      case Types.SMALLINT:
      case Types.INTEGER:
        return IdType.NUMBER;
      case Types.BIGINT:
        return columns.isSigned(column) ? IdType.NUMBER : IdType.DECIMAL;
      case Types.NUMERIC:
      case Types.DECIMAL:
        return IdType.DECIMAL;
      default:
        return IdType.TEXT;
    }
  }

  private static DateType dateType(int type) {
    switch (type) {
      case Types.DATE:
        return DateType.DATE;
      case Types.TIMESTAMP:
        return DateType.TIMESTAMP;
      default:
        return DateType.TEXT;
    }
  }

  @Override
  boolean advance(RowBatch batch) throws IOException {
    try {
      if (!rows.next()) {
        return false;
      }
      String dateText = dateText();
      switch (idType) {
        case NUMBER:
          long number = rows.getLong(id);
          if (rows.wasNull()) {
            batch.add(null, dateText);
          } else {
            batch.add(number, dateText);
          }
          break;
        case DECIMAL:
          addDecimal(batch, rows.getBigDecimal(id), dateText);
          break;
        default:
          batch.add(rows.getString(id), dateText);
          break;
      }
      return true;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static void addDecimal(
      RowBatch batch, @Nullable BigDecimal decimal, @Nullable String dateText) {
    if (decimal == null) {
      batch.add(null, dateText);
      return;
    }
    long number;
    try {
      number = decimal.longValueExact();
    } catch (ArithmeticException e) {
      // No signed 64-bit integer: a text, or refused, as the build wants it.
      batch.add(decimal.toPlainString(), dateText);
      return;
    }
    batch.add(number, dateText);
  }

  private @Nullable String dateText() throws SQLException {
    switch (dateType) {
      case DATE:
        LocalDate day = rows.getObject(date, LocalDate.class);
        return day == null ? null : day.toString();
      case TIMESTAMP:
        LocalDateTime time = rows.getObject(date, LocalDateTime.class);
        if (time == null) {
          return null;
        }
        return time.toLocalTime().equals(LocalTime.MIDNIGHT)
            ? time.toLocalDate().toString()
            : time.toString();
      default:
        return rows.getString(date);
    }
  }

  @Override
  void end() throws IOException {
    try {
      end.run();
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}
