package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.JdbcRows;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcRowsTest {
  @TempDir Path folder;

  private final JdbcDataSource database = new JdbcDataSource();
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    database.setURL("jdbc:h2:mem:" + getClass().getSimpleName());
    connection = database.getConnection();
  }

  @AfterEach
  void close() throws SQLException {
    execute("SHUTDOWN");
    connection.close();
  }

  @Test
  void integerColumnsGiveNumericIds() throws Exception {
    for (String type :
        List.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "NUMERIC(19)", "DECIMAL(10, 2)")) {
      assertRows(
          "SELECT CAST(id AS "
              + type
              + "), d"
              + " FROM (VALUES (-7, DATE '2024-02-29'), (8, DATE '0045-03-15')) AS v(id, d)",
          "result set:1 #-7=2024-02-29",
          "result set:2 #8=0045-03-15");
    }
    assertRows(
        "VALUES (9223372036854775807, DATE '2024-02-29'),"
            + " (CAST('-9223372036854775808' AS BIGINT), DATE '2024-03-01')",
        "result set:1 #9223372036854775807=2024-02-29",
        "result set:2 #-9223372036854775808=2024-03-01");
  }

  @Test
  void aDecimalThatIsNoLongIsTakenAsText() throws Exception {
    assertRows(
        "VALUES (CAST(1.50 AS DECIMAL(30, 2)), 'd'), (9223372036854775808.00, 'd'), (2.00, 'd')",
        "result set:1 1.50=d",
        "result set:2 9223372036854775808.00=d",
        "result set:3 #2=d");
  }

  @Test
  void textColumnsAreTakenAsTheyAre() throws Exception {
    assertRows(
        "VALUES ('007', '20240229'), (' \u00e9\ud83d\ude00', '')",
        "result set:1 007=20240229",
        "result set:2  \u00e9\ud83d\ude00=");
  }

  /** SQL fills a CHAR with blanks; a tab is a character like others. */
  @Test
  void theBlanksThatFillACharAreNotTaken() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int n = 0; n < 81; n++) {
      // All texts of up to four characters of these.
      texts.add(Integer.toString(n, 3).replace('0', ' ').replace('1', 'a').replace('2', '\t'));
    }
    for (String type : List.of("CHAR(6)", "NCHAR(6)")) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.get(i);
        while (text.endsWith(" ")) {
          text = text.substring(0, text.length() - 1);
        }
        expected.add("result set:" + (i + 1) + " " + text + "=" + text);
      }
      String values = "(VALUES ('" + String.join("'), ('", texts) + "')) AS v(x)";
      assertRows(
          "SELECT CAST(x AS " + type + "), CAST(x AS " + type + ") FROM " + values,
          expected.toArray(String[]::new));
      RecordedRows recorded =
          RecordedRows.of(
              JdbcRows.of(
                  database, "SELECT CAST(NULL AS " + type + "), CAST(NULL AS " + type + ")"),
              1);
      assertEquals(List.of("result set:1 EMPTY_ID id=null [null|null]"), recorded.bad);
    }
  }

  @Test
  void aUuidColumnGivesTheTextOfAUuid() throws Exception {
    UUID id = UUID.fromString("0188a4e7-0f4c-4d5e-9a01-c0ffee00babe");
    execute("CREATE TABLE parcels (id UUID, due DATE)");
    execute("INSERT INTO parcels VALUES ('" + id + "', DATE '2024-02-29')");
    assertRows("SELECT id, due FROM parcels", "result set:1 " + id + "=2024-02-29");
    Path target = folder.resolve("parcels.almanac");
    AlmanacBuilder.create().build(JdbcRows.of(database, "SELECT id, due FROM parcels"), target);
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(LocalDate.of(2024, 2, 29), almanac.date(id));
      assertNull(almanac.date(new UUID(id.getMostSignificantBits(), 0)));
    }
  }

  @Test
  void sixteenBytesAreTheTextOfAUuid() throws Exception {
    for (String type : List.of("BINARY(16)", "VARBINARY(20)")) {
      assertRows(
          "SELECT CAST(id AS "
              + type
              + "), 'd' FROM (VALUES (X'0188a4e70f4c4d5e9a01c0ffee00babe'),"
              + " (X'ff88a4e70f4c4d5e8a01c0ffee00babe')) AS v(id)",
          "result set:1 0188a4e7-0f4c-4d5e-9a01-c0ffee00babe=d",
          "result set:2 ff88a4e7-0f4c-4d5e-8a01-c0ffee00babe=d");
    }
    assertRows("SELECT CAST(X'414243' AS VARBINARY(20)), 'd'", "result set:1 ABC=d");
    RecordedRows recorded =
        RecordedRows.of(JdbcRows.of(database, "SELECT CAST(NULL AS BINARY(16)), 'd'"), 1);
    assertEquals(List.of("result set:1 EMPTY_ID id=null [null|d]"), recorded.bad);
  }

  @Test
  void aTimestampIsADateOnlyAtMidnight() throws Exception {
    assertRows(
        "VALUES (7, TIMESTAMP '2024-02-29 00:00:00'), (8, TIMESTAMP '2024-02-29 00:00:01')",
        "result set:1 #7=2024-02-29",
        "result set:2 #8=2024-02-29T00:00:01");
  }

  @Test
  void nullsMakeBadRows() throws Exception {
    for (String type : List.of("BIGINT", "DECIMAL(5)", "VARCHAR(9)")) {
      for (String dateType : List.of("DATE", "TIMESTAMP", "VARCHAR(20)")) {
        String sql =
            "SELECT CAST(id AS "
                + type
                + "), CAST(d AS "
                + dateType
                + ")"
                + " FROM (VALUES (NULL, NULL), (7, NULL), (NULL, DATE '2024-02-29')) AS v(id, d)";
        RecordedRows recorded = RecordedRows.of(JdbcRows.of(database, sql), 1);
        assertEquals(List.of(), recorded.rows);
        assertEquals(3, recorded.bad.size());
        assertEquals("result set:1 EMPTY_ID id=null [null|null]", recorded.bad.get(0));
        assertEquals("result set:2 BAD_DATE date=null [7|null]", recorded.bad.get(1));
        String third = recorded.bad.get(2);
        assertTrue(third.startsWith("result set:3 EMPTY_ID id=null [null|2024-02-29"), third);
      }
    }
  }

  @Test
  void columnsGoByNumberOrByLabel() throws Exception {
    String sql =
        "SELECT d AS due, 'x' AS customer, id AS \"Order\" FROM (VALUES (7, '2024-02-29')) AS v(id,"
            + " d)";
    List<String> expected = List.of("result set:1 #7=2024-02-29");
    assertEquals(
        expected, RecordedRows.of(JdbcRows.of(database, sql).idColumn(3).dateColumn(1), 1).rows);
    assertEquals(
        expected,
        RecordedRows.of(JdbcRows.of(database, sql).idColumn("order").dateColumn("Due"), 1).rows);
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      assertEquals(
          expected, RecordedRows.of(JdbcRows.of(results).dateColumn("DUE").idColumn(3), 1).rows);
    }
  }

  @Test
  void aMissingOrDoubtfulColumnIsRefusedByName() {
    String sql = "SELECT 1 AS id, 2 AS d, 3 AS \"d\"";
    List<String> wanted = List.of("x", "4", "d");
    List<String> found = new ArrayList<>();
    for (JdbcRows rows :
        List.of(
            JdbcRows.of(database, sql).idColumn("x"),
            JdbcRows.of(database, sql).dateColumn(4),
            JdbcRows.of(database, sql).dateColumn("d"))) {
      found.add(assertThrows(IOException.class, rows::open).getMessage());
    }
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(
          "a result set must have the wanted column once: column="
              + wanted.get(i)
              + " columns=3 found=[ID, D, d]",
          found.get(i));
    }
    assertThrows(IllegalArgumentException.class, () -> JdbcRows.of(database, sql).idColumn(0));
    assertEquals(
        "the ID and the date must be in different columns: idColumn=2 dateColumn=2",
        assertThrows(
                IllegalStateException.class,
                () -> JdbcRows.of(database, "SELECT 1 AS id, 2 AS d").idColumn("d").open())
            .getMessage());
  }

  @Test
  void aQueryRunsAnewForEachBuildAndGivesItsConnectionBackAsItCame() throws Exception {
    execute("CREATE TABLE orders(id BIGINT, due DATE)");
    execute(
        "INSERT INTO orders SELECT x, DATE '2024-01-01' + MOD(x, 31) FROM SYSTEM_RANGE(1, 20000)");
    OneConnection pool = new OneConnection(connection);
    JdbcRows rows =
        JdbcRows.of(pool.source(), "SELECT id, due FROM orders ORDER BY id").fetchSize(100);
    for (int threadCount = 1; threadCount <= 2; threadCount++) {
      RecordedRows recorded = RecordedRows.of(rows, threadCount);
      assertEquals(20000, recorded.rows.size());
      assertEquals("result set:20000 #20000=2024-01-06", recorded.rows.get(19999));
      assertTrue(recorded.splitCount > 3, "splits=" + recorded.splitCount);
    }
    assertEquals(2, pool.closeCount);
    assertTrue(connection.getAutoCommit());
    assertFalse(connection.isClosed());
  }

  /** Such as an insert that gives its rows. */
  @Test
  void whatAQueryChangesIsTakenBack() throws Exception {
    execute("CREATE TABLE seen(id BIGINT)");
    String sql = "SELECT id, '2024-02-29' FROM FINAL TABLE (INSERT INTO seen VALUES (7), (8))";
    OneConnection pool = new OneConnection(connection);
    for (JdbcRows rows : List.of(JdbcRows.of(database, sql), JdbcRows.of(pool.source(), sql))) {
      assertEquals(
          List.of("result set:1 #7=2024-02-29", "result set:2 #8=2024-02-29"),
          RecordedRows.of(rows, 1).rows);
      assertEquals(
          List.of(), RecordedRows.of(JdbcRows.of(database, "SELECT id, 'd' FROM seen"), 1).rows);
    }
  }

  @Test
  void aResultSetIsReadOnceAndLeftOpen() throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery("VALUES (7, 'a'), (8, 'b')")) {
      assertTrue(results.next());
      JdbcRows rows = JdbcRows.of(results);
      assertEquals(List.of("result set:1 #8=b"), RecordedRows.of(rows, 1).rows);
      assertFalse(results.isClosed());
      assertEquals(
          "a result set must be read only once; a second pass needs a new one",
          assertThrows(IOException.class, rows.idColumn(1)::open).getMessage());
      assertThrows(IllegalStateException.class, () -> rows.fetchSize(10));
    }
  }

  @Test
  void whatTheDatabaseFailsWithIsTheCause() throws Exception {
    OneConnection pool = new OneConnection(connection);
    IOException syntax =
        assertThrows(IOException.class, () -> JdbcRows.of(pool.source(), "SELEKT 1, 2").open());
    assertTrue(
        syntax.getMessage().startsWith("the database must deliver the rows: "),
        syntax.getMessage());
    assertTrue(syntax.getCause() instanceof SQLException);
    assertEquals(1, pool.closeCount);
    JdbcRows dividing =
        JdbcRows.of(pool.source(), "SELECT 1 / (5 - x), 'd' FROM SYSTEM_RANGE(1, 9)");
    try (RowSource.Splits splits = dividing.open()) {
      IOException division = assertThrows(IOException.class, () -> RecordedRows.of(splits, 1));
      assertTrue(division.getCause() instanceof SQLException, division.toString());
      assertSame(
          division, assertThrows(IOException.class, () -> RecordedRows.of(splits, 1)).getCause());
    } catch (IOException e) {
      assertTrue(
          e.getCause() instanceof SQLException, e.toString()); // H2 may compute all rows at once.
    }
    assertEquals(2, pool.closeCount);
    assertTrue(connection.getAutoCommit());
  }

  private void assertRows(String sql, String... rows) throws Exception {
    assertEquals(List.of(rows), RecordedRows.of(JdbcRows.of(database, sql), 1).rows);
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      assertEquals(List.of(rows), RecordedRows.of(JdbcRows.of(results), 1).rows);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A pool of one connection, which closing gives back. */
  private static final class OneConnection {
    private final Connection connection;
    int closeCount;

    OneConnection(Connection connection) {
      this.connection = connection;
    }

    DataSource source() {
      return source(Map.of());
    }

    /** Likewise, with some answers of the driver replaced. */
    DataSource source(Map<String, Answered.Answer> answers) {
      Map<String, Answered.Answer> all = new HashMap<>(answers);
      all.putIfAbsent(
          "close",
          arguments -> {
            closeCount++;
            return null;
          });
      return Answered.by(
          DataSource.class,
          new JdbcDataSource(),
          Map.of("getConnection", arguments -> Answered.by(Connection.class, connection, all)));
    }
  }
}
