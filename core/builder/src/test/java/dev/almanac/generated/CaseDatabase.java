package dev.almanac.generated;

import dev.almanac.build.JdbcRows;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;

/** The rows of a case as a table of a database in memory, gone when this is closed. */
final class CaseDatabase implements AutoCloseable {
  private static final JdbcDataSource DATABASE = new JdbcDataSource();
  private static final AtomicInteger TABLE_COUNT = new AtomicInteger();

  static {
    DATABASE.setURL("jdbc:h2:mem:generated;DB_CLOSE_DELAY=-1");
  }

  private final BuildCase.Objects objects;
  private final String table = "case_" + TABLE_COUNT.incrementAndGet();
  private final Connection connection;

  CaseDatabase(BuildCase.Objects objects) throws IOException {
    this.objects = objects;
    try {
      connection = DATABASE.getConnection();
      fill();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** A query of them, or a result set that was opened before. */
  RowSource rows() throws IOException {
    String sql = "SELECT d, id FROM " + table + " ORDER BY n";
    if (objects.giver() == BuildCase.Giver.QUERY) {
      return JdbcRows.of(DATABASE, sql).idColumn(2).dateColumn(1);
    }
    try {
      ResultSet results = connection.createStatement().executeQuery(sql);
      return JdbcRows.of(results).idColumn("id").dateColumn("D");
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private void fill() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE "
              + table
              + "(n INT, id "
              + idType(objects.idType())
              + ", d "
              + dateType(objects.dateType())
              + ")");
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?)")) {
      int n = 0;
      for (BuildCase.ObjectRow row : objects.rows()) {
        String id = row == null ? null : row.id();
        String date = row == null ? null : row.date();
        insert.setInt(1, n++);
        insert.setString(2, id);
        if (date == null) {
          insert.setNull(3, Types.VARCHAR);
        } else if (objects.dateType() == BuildCase.DateType.DATE) {
          insert.setObject(3, LocalDate.parse(date));
        } else if (objects.dateType() == BuildCase.DateType.TIMESTAMP) {
          insert.setObject(
              3,
              date.contains("T")
                  ? LocalDateTime.parse(date)
                  : LocalDate.parse(date).atStartOfDay());
        } else {
          insert.setString(3, date);
        }
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static String idType(BuildCase.IdType type) {
    switch (type) {
      case NUMBER:
        return "BIGINT";
      case DECIMAL:
        return "DECIMAL(40, 0)";
      default:
        return "VARCHAR";
    }
  }

  private static String dateType(BuildCase.DateType type) {
    return type == BuildCase.DateType.TEXT ? "VARCHAR" : type.name();
  }

  @Override
  public void close() throws IOException {
    try (Connection open = connection;
        Statement statement = open.createStatement()) {
      statement.execute("DROP TABLE " + table);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
