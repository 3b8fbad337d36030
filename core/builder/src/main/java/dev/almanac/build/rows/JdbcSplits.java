package dev.almanac.build.rows;

import dev.almanac.build.rows.Dialect.Column;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One pass over a result set. */
public final class JdbcSplits extends BatchedSplits {
  /** What messages call the rows. */
  public static final String NAME = "result set";

  /** What MySQL and MariaDB have in a date that was never set, a timestamp with a time after it. */
  private static final String ZERO_DATE = "0000-00-00";

  /** Names of types with a time zone: Oracle, SQL Server and Snowflake have codes of their own. */
  private static final Pattern ZONED_TYPE =
      Pattern.compile(
          "timestamp_?l?tz|datetimeoffset|timestamp.* with (local )?time zone",
          Pattern.CASE_INSENSITIVE);

  private final ResultSet rows;
  private final End end;
  private final int id;
  private final IdType idType;
  private final int date;
  private final DateType dateType;
  private final List<String> remarks;

  private enum IdType {
    NUMBER,
    BYTES,
    PADDED_TEXT,
    TEXT
  }

  private enum DateType {
    DATE,
    TIMESTAMP,
    YEAR,
    PADDED_TEXT,
    TEXT
  }

  /** Releases what the pass holds. */
  @FunctionalInterface
  public interface End {
    void run() throws SQLException;
  }

  /** Takes the rows after the cursor. */
  public JdbcSplits(ResultSet rows, Column id, Column date, List<String> remarks, End end)
      throws IOException {
    super(NAME);
    this.rows = rows;
    this.end = end;
    this.remarks = remarks;
    try {
      ResultSetMetaData columns = rows.getMetaData();
      this.id = number(columns, id);
      this.date = number(columns, date);
      if (this.id == this.date) {
        Dialect.requireTwoColumns(Column.of(this.id), Column.of(this.date));
      }
      this.idType = idType(columns.getColumnType(this.id));
      this.dateType = dateType(columns, this.date);
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

  private static IdType idType(int type) {
    switch (type) {
      case Types.TINYINT:
      case Types.SMALLINT:
      case Types.INTEGER:
      case Types.BIGINT:
      case Types.NUMERIC:
      case Types.DECIMAL:
        return IdType.NUMBER;
      case Types.BINARY:
      case Types.VARBINARY:
        return IdType.BYTES;
      case Types.CHAR:
      case Types.NCHAR:
        return IdType.PADDED_TEXT;
      default:
        return IdType.TEXT;
    }
  }

  private static DateType dateType(ResultSetMetaData columns, int column)
      throws SQLException, IOException {
    String typeName = columns.getColumnTypeName(column);
    if (columns.getColumnType(column) == Types.TIMESTAMP_WITH_TIMEZONE
        || typeName != null && ZONED_TYPE.matcher(typeName).matches()) {
      String label = columns.getColumnLabel(column);
      throw new IOException(
          "a timestamp with a time zone is a day only in one zone; select CAST("
              + label
              + " AT TIME ZONE 'UTC' AS date), or another zone: column="
              + label
              + " type="
              + typeName);
    }
    switch (columns.getColumnType(column)) {
      case Types.DATE:
        return "year".equalsIgnoreCase(typeName) ? DateType.YEAR : DateType.DATE;
      case Types.TIMESTAMP:
        return DateType.TIMESTAMP;
      case Types.CHAR:
      case Types.NCHAR:
        return DateType.PADDED_TEXT;
      default:
        return DateType.TEXT;
    }
  }

  @Override
  public List<String> remarks() {
    return remarks;
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
          addNumber(batch, rows.getObject(id), dateText);
          break;
        case BYTES:
          addBytes(batch, rows.getObject(id), dateText);
          break;
        case PADDED_TEXT:
          batch.add(withoutPadding(rows.getString(id)), dateText);
          break;
        default:
          // Also of a UUID: its object took longer than its text with the drivers of PostgreSQL,
          // DuckDB and H2 (1.8, 1.5 and 1.0 to 1.2 times as long a row, by hand, in turns).
          batch.add(rows.getString(id), dateText);
          break;
      }
      return true;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * A value of a numeric column. Its class is asked, not the column's: in SQLite a column only
   * prefers a type, and {@code getLong} would make a number of any text.
   */
  private void addNumber(RowBatch batch, @Nullable Object value, @Nullable String dateText)
      throws SQLException {
    if (value == null) {
      batch.add(null, dateText);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      batch.add(((Number) value).longValue(), dateText);
    } else if (value instanceof BigInteger integer) {
      addDecimal(batch, new BigDecimal(integer), dateText);
    } else if (value instanceof BigDecimal decimal) {
      addDecimal(batch, decimal, dateText);
    } else {
      batch.add(rows.getString(id), dateText);
    }
  }

  /** As {@code BINARY(16)}, databases keep UUIDs for which they have no type. */
  private void addBytes(RowBatch batch, @Nullable Object value, @Nullable String dateText)
      throws SQLException {
    if (value instanceof byte[] bytes && bytes.length == 2 * Long.BYTES) {
      ByteBuffer halves = ByteBuffer.wrap(bytes);
      batch.add(new UUID(halves.getLong(), halves.getLong()).toString(), dateText);
    } else {
      batch.add(rows.getString(id), dateText);
    }
  }

  /** SQL fills a CHAR with blanks, and compares without them. */
  private static @Nullable String withoutPadding(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private static void addDecimal(RowBatch batch, BigDecimal decimal, @Nullable String dateText) {
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

  /**
   * The date as text. If the driver can make no object of a value, such as {@code 0000-00-00}, its
   * text decides.
   */
  private @Nullable String dateText() throws IOException, SQLException {
    switch (dateType) {
      case DATE:
      case TIMESTAMP:
        return dayOrText();
      case YEAR:
        // As a text, MySQL's driver gives the first day of the year.
        int year = rows.getInt(date);
        return rows.wasNull() ? null : Integer.toString(year);
      case PADDED_TEXT:
        return withoutPadding(rows.getString(date));
      default:
        return rows.getString(date);
    }
  }

  private @Nullable String dayOrText() throws IOException {
    Exception failure = null;
    try {
      Object day = dateType == DateType.DATE ? rows.getObject(date, LocalDate.class) : timestamp();
      if (day != null) {
        return day.toString();
      }
    } catch (SQLException | DateTimeException e) {
      failure = e;
    }
    String text;
    try {
      text = rows.getString(date);
    } catch (SQLException | DateTimeException e) {
      throw undelivered(failure == null ? e : failure);
    }
    if (text == null && failure != null) {
      throw undelivered(failure);
    }
    return text != null && text.startsWith(ZERO_DATE) ? ZERO_DATE : text;
  }

  private IOException undelivered(Exception failure) {
    return new IOException(
        "the database must deliver the rows: date column=" + date + ": " + failure.getMessage(),
        failure);
  }

  /** A midnight is a date alone. */
  private @Nullable Object timestamp() throws SQLException {
    LocalDateTime time = rows.getObject(date, LocalDateTime.class);
    return time != null && time.toLocalTime().equals(LocalTime.MIDNIGHT)
        ? time.toLocalDate()
        : time;
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
