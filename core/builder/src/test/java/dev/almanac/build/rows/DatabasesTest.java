package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildReport;
import dev.almanac.build.JdbcRows;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Databases as they are, by their own drivers: types, nulls, time zones and streaming. */
class DatabasesTest {
  @TempDir Path folder;

  private Path target() {
    return folder.resolve("dates.almanac");
  }

  private static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static RecordedRows rows(Connection connection, String sql)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      return RecordedRows.of(JdbcRows.of(results), 1);
    }
  }

  private static String refusal(Connection connection, String sql) {
    return assertThrows(IOException.class, () -> rows(connection, sql)).getMessage();
  }

  private static final String ADVICE =
      "a timestamp with a time zone is a day only in one zone; select CAST(";

  @Test
  void sqliteColumnsOnlyPreferAType() throws Exception {
    try (Connection sqlite =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("rows.db"))) {
      execute(
          sqlite,
          "CREATE TABLE t(id INTEGER, d TEXT)",
          "INSERT INTO t VALUES (1, '2024-01-01'), ('abc', '2024-01-02'), ('007x', '2024-01-03'),"
              + " (2.5, '2024-01-04'), (9223372036854775807, '2024-01-05'), (1e30, '2024-01-06'),"
              + " (null, '2024-01-07')");
      RecordedRows recorded = rows(sqlite, "SELECT id, d FROM t ORDER BY rowid");
      assertEquals(
          List.of(
              "result set:1 #1=2024-01-01",
              "result set:2 abc=2024-01-02",
              "result set:3 007x=2024-01-03",
              "result set:4 2.5=2024-01-04",
              "result set:5 #9223372036854775807=2024-01-05",
              "result set:6 1.0e+30=2024-01-06"),
          recorded.rows);
      assertEquals(List.of("result set:7 EMPTY_ID id=null [null|2024-01-07]"), recorded.bad);

      execute(
          sqlite,
          "CREATE TABLE u(id NUMERIC, d DATE)",
          "INSERT INTO u VALUES ('abc', '2024-01-01'), (99999999999999999999, 'garbage'),"
              + " (3, null), (4, '2024-01-04')");
      BuildReport report =
          AlmanacBuilder.create()
              .nullDates()
              .onBadRow(BadRowPolicy.skip())
              .build(JdbcRows.of(source(sqlite), "SELECT id, d FROM u"), target());
      assertEquals(1, report.rejectCount());
      assertEquals(1, report.noDateCount());
      assertEquals(2, report.idCount());
      String message =
          assertThrows(
                  IOException.class,
                  () ->
                      AlmanacBuilder.create()
                          .nullDates()
                          .build(JdbcRows.of(source(sqlite), "SELECT id, d FROM u"), target()))
              .getMessage();
      assertTrue(message.contains("date=garbage"), message);
      assertTrue(message.endsWith("line=2"), message);
    }
  }

  @Test
  void duckDbReadsParquetAndItsTypesAreTaken() throws Exception {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
      Path parquet = folder.resolve("rows.parquet");
      execute(
          duck,
          "COPY (SELECT i AS id, DATE '2024-01-01' + (i % 31)::INTEGER AS due FROM range(5000)"
              + " r(i)) TO '"
              + parquet
              + "' (FORMAT parquet)");
      BuildReport report =
          AlmanacBuilder.create()
              .build(JdbcRows.of(source(duck), "SELECT id, due FROM '" + parquet + "'"), target());
      assertEquals(5000, report.idCount());
      assertEquals(31, report.dateCount());
      assertEquals(IdKind.LONG, report.idKind());
      try (Almanac almanac = Almanac.open(target())) {
        assertEquals(LocalDate.of(2024, 1, 31), almanac.date(30));
      }
      assertEquals(
          List.of("result set:1 7=2024-01-31T10:11:12", "result set:2 8=2024-02-01"),
          rows(
                  duck,
                  "SELECT * FROM (VALUES (7::HUGEINT, TIMESTAMP '2024-01-31 10:11:12'),"
                      + " (8::HUGEINT, TIMESTAMP '2024-02-01 00:00:00')) v(id, d)")
              .rows);
      String zoned = refusal(duck, "SELECT 1 AS id, TIMESTAMPTZ '2024-01-31 10:11:12+00' AS due");
      assertTrue(zoned.startsWith(ADVICE + "due AT TIME ZONE"), zoned);
      assertTrue(zoned.contains("column=due"), zoned);
    }
  }

  @Test
  void h2HasTimeZonesPaddingAndNulls() throws Exception {
    try (Connection h2 = DriverManager.getConnection("jdbc:h2:mem:databases")) {
      assertTrue(
          refusal(h2, "SELECT 1, CAST('2024-01-31 10:11:12+00' AS TIMESTAMP WITH TIME ZONE) AS due")
              .startsWith(ADVICE + "DUE"),
          "advice");
      RecordedRows recorded =
          rows(
              h2,
              "SELECT CAST(id AS CHAR(6)), CAST(d AS CHAR(12))"
                  + " FROM (VALUES ('a', '2024-01-31'), (' b ', '2024-01-31')) v(id, d)");
      assertEquals(
          List.of("result set:1 a=2024-01-31", "result set:2  b=2024-01-31"), recorded.rows);
      String same = assertThrows(IllegalStateException.class, () -> sameColumn(h2)).getMessage();
      assertTrue(same.startsWith("the ID and the date must be in different columns"), same);
    }
  }

  private static void sameColumn(Connection h2) throws SQLException, IOException {
    try (Statement statement = h2.createStatement();
        ResultSet results = statement.executeQuery("SELECT 1 AS id, DATE '2024-01-31' AS d")) {
      RecordedRows.of(JdbcRows.of(results).idColumn("d").dateColumn(2), 1);
    }
  }

  @Test
  @Tag("long")
  void postgresStreamsAndItsTypesAreTaken() throws Exception {
    try (DatabaseServer server = DatabaseServer.postgres();
        Connection postgres = server.connect()) {
      execute(
          postgres,
          "CREATE TABLE t(id bigint, code char(6), due date, seen timestamp, zoned timestamptz)",
          "INSERT INTO t SELECT i, 'C' || i % 1000, DATE '2024-01-01' + (i % 31)::int,"
              + " TIMESTAMP '2024-01-31 23:59:59', now() FROM generate_series(0, 99999) s(i)",
          "UPDATE t SET due = NULL WHERE id = 5");
      BuildReport report =
          AlmanacBuilder.create()
              .nullDates()
              .build(JdbcRows.of(source(server), "SELECT id, due FROM t"), target());
      assertEquals(99_999, report.idCount());
      assertEquals(1, report.leftOutCount());
      assertEquals(List.of(), report.remarks());
      try (Almanac almanac = Almanac.open(target())) {
        assertEquals(LocalDate.of(2024, 1, 1), almanac.date(31));
      }

      String zoned = refusal(postgres, "SELECT id, zoned FROM t");
      assertTrue(zoned.startsWith(ADVICE + "zoned AT TIME ZONE 'UTC' AS date)"), zoned);
      assertTrue(zoned.endsWith("column=zoned type=timestamptz"), zoned);
      // The advice is SQL that works.
      assertEquals(
          1,
          rows(postgres, "SELECT 1, CAST(zoned AT TIME ZONE 'UTC' AS date) FROM t LIMIT 1")
              .rows
              .size());
      assertEquals(
          List.of("result set:1 C7=2024-01-31T23:59:59"),
          rows(postgres, "SELECT code, seen FROM t WHERE id = 7").rows);

      try (Statement statement = postgres.createStatement();
          ResultSet results = statement.executeQuery("SELECT id, due FROM t WHERE id < 5")) {
        BuildReport inHeap = AlmanacBuilder.create().build(JdbcRows.of(results), target());
        assertTrue(
            inHeap
                .remarks()
                .get(0)
                .text()
                .startsWith("the result set was read into the heap as a whole"),
            inHeap.remarks()::toString);
      }
      String fetch =
          assertThrows(
                  IOException.class,
                  () -> JdbcRows.of(source(server), "SELECT id, due FROM t").fetchSize(0).open())
              .getMessage();
      assertTrue(fetch.contains("with a fetch size of 0"), fetch);
    }
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({"mariadb,MariaDB", "mysql,MySQL"})
  void mariaDbStreamsAndItsTypesAreTaken(String driver, String product) throws Exception {
    try (DatabaseServer server = DatabaseServer.mariaDb(driver);
        Connection maria = server.connect()) {
      execute(
          maria,
          "SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH'",
          "CREATE TABLE t(id BIGINT UNSIGNED, code CHAR(6), due DATE, at DATETIME(3), seen"
              + " TIMESTAMP NULL, y YEAR)",
          "INSERT INTO t VALUES (1, 'a', '2024-01-31', '2024-01-31 23:30:00.5', '2024-01-31"
              + " 23:30:00', 2024), (18446744073709551615, 'b', '0000-00-00', '0000-00-00',"
              + " '0000-00-00', 2024), (3, 'c', null, null, null, null), (null, null,"
              + " '2024-01-31', null, null, null)");
      assertEquals(
          List.of("result set:1 #1=2024-01-31", "result set:2 18446744073709551615=0000-00-00"),
          rows(maria, "SELECT id, due FROM t").rows);
      assertEquals(
          List.of("result set:1 a=2024-01-31T23:30:00.500"),
          rows(maria, "SELECT code, at FROM t WHERE id = 1").rows);
      BuildReport report =
          AlmanacBuilder.create()
              .nullDates("0000-00-00")
              .build(
                  JdbcRows.of(source(maria), "SELECT code, at FROM t WHERE id IS NOT NULL"),
                  target());
      assertEquals(2, report.leftOutCount());
      assertEquals(1, report.idCount());
      String zero =
          assertThrows(
                  IOException.class,
                  () ->
                      AlmanacBuilder.create()
                          .build(JdbcRows.of(source(maria), "SELECT id, due FROM t"), target()))
              .getMessage();
      assertTrue(zero.contains("date=0000-00-00"), zero);
      assertTrue(zero.contains("nullDates(TEXT)"), zero);
      assertEquals(
          List.of("result set:1 #1=2024"), rows(maria, "SELECT id, y FROM t WHERE id = 1").rows);
      // A TIMESTAMP is an instant, which the session's time zone makes a day of.
      execute(
          maria,
          "SET time_zone = '+00:00'",
          "UPDATE t SET seen = '2024-01-31 23:30' WHERE id = 1",
          "SET time_zone = '+01:00'");
      assertEquals(
          List.of("result set:1 #1=2024-02-01T00:30"),
          rows(maria, "SELECT id, seen FROM t WHERE id = 1").rows);
      assertMariaDbStreams(server, maria, product);
    }
  }

  private static void assertMariaDbStreams(DatabaseServer server, Connection other, String product)
      throws Exception {
    String sql = "SELECT seq, DATE '2024-01-31' FROM seq_1_to_1000000";
    try (RowSource.Splits splits = JdbcRows.of(source(server), sql).open()) {
      assertTrue(isRunning(other, sql), "the result was read before the first row was wanted");
      assertEquals(List.of(), splits.remarks());
    }
    String few = "SELECT seq, DATE '2024-01-31' FROM seq_1_to_5";
    try (Statement statement = other.createStatement();
        ResultSet results = statement.executeQuery(few);
        RowSource.Splits splits = JdbcRows.of(results).open()) {
      assertEquals(1, splits.remarks().size());
      assertTrue(
          splits.remarks().get(0).endsWith("database=" + product + " autoCommit=true fetchSize=0"));
    }
    String fetch =
        assertThrows(IOException.class, () -> JdbcRows.of(source(server), few).fetchSize(0).open())
            .getMessage();
    assertTrue(fetch.endsWith("database=" + product), fetch);
  }

  private static boolean isRunning(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet running =
            statement.executeQuery("SELECT info FROM information_schema.processlist")) {
      while (running.next()) {
        if (sql.equals(running.getString(1))) {
          return true;
        }
      }
      return false;
    }
  }

  /** A data source whose connections are new. */
  private static DataSource source(DatabaseServer server) {
    return Answered.by(
        DataSource.class,
        new JdbcDataSource(),
        Map.of("getConnection", arguments -> server.connect()));
  }

  /** A connection that stays open, as a data source. */
  private static DataSource source(Connection connection) {
    Connection open = Answered.by(Connection.class, connection, Map.of("close", arguments -> null));
    return Answered.by(
        DataSource.class, new JdbcDataSource(), Map.of("getConnection", arguments -> open));
  }
}
