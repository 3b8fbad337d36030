package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.JdbcRows;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the drivers of other databases do, by one that is here: their names, how they fetch, what
 * they cannot deliver. {@link DatabasesTest} asks the drivers themselves.
 */
class JdbcDriversTest {
  private static final String TWO_ROWS = "VALUES ('7', DATE '2024-02-29'), ('8', NULL)";

  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:h2:mem:drivers");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  /** Names of a database and its driver. */
  private record Product(String name, String driver, boolean readsWholeWithoutFetchSize) {
    DatabaseMetaData of(Connection connection) throws SQLException {
      return Answered.by(
          DatabaseMetaData.class,
          connection.getMetaData(),
          Map.of("getDatabaseProductName", a -> name, "getDriverName", a -> driver));
    }
  }

  private static final List<Product> PRODUCTS =
      List.of(
          new Product("H2", "H2 JDBC Driver", false),
          new Product("PostgreSQL", "PostgreSQL JDBC Driver", true),
          new Product("MariaDB", "MariaDB Connector/J", true),
          new Product("MySQL", "MySQL Connector/J", true));

  private static DataSource source(Connection answered) {
    return Answered.by(
        DataSource.class, new JdbcDataSource(), Map.of("getConnection", a -> answered));
  }

  /** What a query asked of its connection, and how the connection was left. */
  private final class Asked {
    final List<Integer> fetchSizes = new ArrayList<>();
    final List<Boolean> autoCommits = new ArrayList<>();
    final List<Object> kinds = new ArrayList<>();
    int closeCount;

    Connection of(Product product) throws SQLException {
      Map<String, Answered.Answer> answers = new HashMap<>();
      answers.put("getMetaData", a -> product.of(connection));
      answers.put("prepareStatement", this::prepare);
      answers.put(
          "close",
          a -> {
            closeCount++;
            return null;
          });
      return Answered.by(Connection.class, connection, answers);
    }

    private PreparedStatement prepare(Object[] arguments) throws SQLException {
      PreparedStatement real =
          connection.prepareStatement(
              (String) arguments[0], (Integer) arguments[1], (Integer) arguments[2]);
      kinds.addAll(List.of(arguments[1], arguments[2]));
      return Answered.by(
          PreparedStatement.class,
          real,
          Map.of(
              "setFetchSize",
              a -> {
                fetchSizes.add((Integer) a[0]);
                return null;
              },
              "executeQuery",
              a -> {
                autoCommits.add(connection.getAutoCommit());
                return real.executeQuery();
              }));
    }
  }

  @Test
  void aQueryIsAskedForAsItsDriverStreamsIt() throws Exception {
    for (Product product : PRODUCTS) {
      for (Integer wanted : new Integer[] {null, 1, 77, Integer.MIN_VALUE}) {
        Asked asked = new Asked();
        JdbcRows rows = JdbcRows.of(source(asked.of(product)), TWO_ROWS);
        rows = wanted == null ? rows : rows.fetchSize(wanted);
        assertEquals(1, RecordedRows.of(rows, 1).rows.size());
        int byDefault = product.name().equals("MySQL") ? Integer.MIN_VALUE : 10_000;
        assertEquals(List.of(wanted == null ? byDefault : wanted), asked.fetchSizes);
        assertEquals(List.of(false), asked.autoCommits);
        assertEquals(
            List.<Object>of(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY), asked.kinds);
        assertTrue(connection.getAutoCommit(), "as it came");
        assertEquals(1, asked.closeCount);
      }
    }
  }

  @Test
  void aFetchSizeOfNothingIsRefusedByDatabasesThatThenReadAll() throws Exception {
    for (Product product : PRODUCTS) {
      Asked asked = new Asked();
      JdbcRows rows = JdbcRows.of(source(asked.of(product)), TWO_ROWS).fetchSize(0);
      if (product.readsWholeWithoutFetchSize()) {
        assertEquals(
            "the database must deliver the rows: the driver reads the whole result into the heap"
                + " with a fetch size of 0; fetchSize(n) takes a positive one: database="
                + product.name(),
            assertThrows(IOException.class, rows::open).getMessage());
        assertEquals(List.of(), asked.fetchSizes);
      } else {
        assertEquals(1, RecordedRows.of(rows, 1).rows.size());
        assertEquals(List.of(0), asked.fetchSizes);
      }
      assertEquals(1, asked.closeCount);
    }
  }

  private List<String> remarks(Answered.Answer statement) throws Exception {
    try (Statement real = connection.createStatement();
        ResultSet results = real.executeQuery(TWO_ROWS);
        RowSource.Splits splits =
            JdbcRows.of(Answered.by(ResultSet.class, results, Map.of("getStatement", statement)))
                .open()) {
      return splits.remarks();
    }
  }

  private Statement statement(Product product, int fetchSize, boolean autoCommit)
      throws SQLException {
    DatabaseMetaData names = product.of(connection);
    Connection answered =
        Answered.by(
            Connection.class,
            connection,
            Map.of("getMetaData", a -> names, "getAutoCommit", a -> autoCommit));
    return Answered.by(
        Statement.class,
        connection.createStatement(),
        Map.of("getConnection", a -> answered, "getFetchSize", a -> fetchSize));
  }

  @Test
  void aResultThatIsInTheHeapIsRemarkedOn() throws Exception {
    for (Product product : PRODUCTS) {
      for (int fetchSize : new int[] {0, 1, Integer.MIN_VALUE}) {
        for (boolean autoCommit : new boolean[] {true, false}) {
          boolean whole =
              product.readsWholeWithoutFetchSize() && fetchSize == 0
                  || product.name().equals("PostgreSQL") && autoCommit;
          Statement statement = statement(product, fetchSize, autoCommit);
          String remark =
              "the result set was read into the heap as a whole; call setFetchSize before the"
                  + " query, with Integer.MIN_VALUE on MySQL, and setAutoCommit(false) on"
                  + " PostgreSQL: database=%s autoCommit=%s fetchSize=%s"
                      .formatted(product.name(), autoCommit, fetchSize);
          assertEquals(whole ? List.of(remark) : List.of(), remarks(a -> statement));
        }
      }
    }
  }

  /** Such as one that an application made, without a database. */
  @Test
  void aResultWithoutAStatementIsTakenWithoutARemark() throws Exception {
    assertEquals(List.of(), remarks(a -> null));
    assertEquals(
        List.of(),
        remarks(
            a -> {
              throw new SQLException("not supported");
            }));
    assertEquals(
        List.of(),
        remarks(
            a -> {
              throw new UnsupportedOperationException();
            }));
  }

  /** The rows of a query, whose second column the driver delivers in another way. */
  private RecordedRows rows(String sql, Map<String, Answered.Answer> ofSecond) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      Map<String, Answered.Answer> answers = new HashMap<>();
      ofSecond.forEach(
          (name, answer) ->
              answers.put(
                  name,
                  arguments ->
                      arguments[0].equals(2) ? answer.to(arguments) : results.getString(1)));
      return RecordedRows.of(JdbcRows.of(Answered.by(ResultSet.class, results, answers)), 1);
    }
  }

  private static Answered.Answer failing(Exception failure) {
    return arguments -> {
      throw failure;
    };
  }

  /**
   * A value of which the driver makes an object, or none, or fails; then it is asked for a text.
   */
  @Test
  void aDateOfWhichThereIsNoObjectIsTakenAsItsText() throws Exception {
    for (String type : List.of("DATE", "TIMESTAMP")) {
      String sql = "SELECT 'a', CAST('2024-02-29' AS " + type + ")";
      for (Answered.Answer object :
          List.<Answered.Answer>of(
              a -> null,
              failing(new SQLException("no date")),
              failing(new DateTimeException("")))) {
        for (String text : List.of("2024-02-30", "", "0000-00-0", "0000-00-00")) {
          assertEquals(
              List.of("result set:1 a=" + text),
              rows(sql, Map.of("getObject", object, "getString", a -> text)).rows);
        }
        assertEquals(
            List.of("result set:1 a=0000-00-00"),
            rows(sql, Map.of("getObject", object, "getString", a -> "0000-00-00 00:00:00")).rows);
      }
      assertEquals(
          List.of("result set:1 BAD_DATE date=null [a|null]"),
          rows(sql, Map.of("getObject", a -> null, "getString", a -> null)).bad);
    }
  }

  /** It is not a null, which could mean that an ID has no date. */
  @Test
  void aDateThatTheDriverCannotDeliverEndsTheRows() {
    SQLException noDate = new SQLException("no date");
    DateTimeException noText = new DateTimeException("no text");
    String sql = "SELECT 'a', DATE '2024-02-29'";
    Map<Map<String, Answered.Answer>, Exception> causes =
        Map.of(
            Map.of("getObject", failing(noDate), "getString", a -> null),
            noDate,
            Map.of("getObject", failing(noDate), "getString", failing(noText)),
            noDate,
            Map.of("getObject", a -> null, "getString", failing(noText)),
            noText);
    causes.forEach(
        (answers, cause) -> {
          IOException refused = assertThrows(IOException.class, () -> rows(sql, answers));
          assertSame(cause, refused.getCause());
          assertEquals(
              "the database must deliver the rows: date column=2: " + cause.getMessage(),
              refused.getMessage());
        });
  }

  /** The rows of a query, whose second column the driver says is of another type. */
  private RecordedRows rows(String sql, int type, @Nullable String typeName) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      ResultSetMetaData columns =
          Answered.by(
              ResultSetMetaData.class,
              results.getMetaData(),
              Map.of(
                  "getColumnType",
                  a -> a[0].equals(2) ? type : Types.VARCHAR,
                  "getColumnTypeName",
                  a -> typeName));
      return RecordedRows.of(
          JdbcRows.of(Answered.by(ResultSet.class, results, Map.of("getMetaData", a -> columns))),
          1);
    }
  }

  /** As MySQL's driver has it, whose text of a year is its first day. */
  @Test
  void aYearIsItsNumber() throws Exception {
    RecordedRows recorded = rows("VALUES ('a', 2024), ('b', NULL), ('c', 45)", Types.DATE, "YEAR");
    assertEquals(List.of("result set:1 a=2024", "result set:3 c=45"), recorded.rows);
    assertEquals(List.of("result set:2 BAD_DATE date=null [b|null]"), recorded.bad);
  }

  /** The codes are those of Oracle, Oracle, SQL Server, PostgreSQL and Snowflake. */
  @Test
  void aTimestampWithATimeZoneIsRefusedByTheNameOfItsType() {
    Map<String, Integer> codes =
        Map.of(
            "TIMESTAMP(6) WITH TIME ZONE",
            -101,
            "TIMESTAMP WITH LOCAL TIME ZONE",
            -102,
            "datetimeoffset",
            -155,
            "timestamptz",
            Types.TIMESTAMP,
            "TIMESTAMPLTZ",
            Types.TIMESTAMP,
            "of another driver",
            Types.TIMESTAMP_WITH_TIMEZONE);
    codes.forEach(
        (name, code) ->
            assertEquals(
                "a timestamp with a time zone is a day only in one zone; select CAST(DUE AT TIME"
                    + " ZONE 'UTC' AS date), or another zone: column=DUE type="
                    + name,
                assertThrows(
                        IOException.class,
                        () -> rows("SELECT 'a', '2024-02-29 23:30:00 -05:00' AS due", code, name))
                    .getMessage()));
  }

  @Test
  void aTimestampWithoutATimeZoneIsTaken() throws Exception {
    for (String name :
        new String[] {"TIMESTAMP", "timestamp(6) without time zone", "TIMESTAMPNTZ", null}) {
      assertEquals(
          List.of("result set:1 a=2024-02-29"),
          rows("SELECT 'a', TIMESTAMP '2024-02-29 00:00:00'", Types.TIMESTAMP, name).rows);
    }
  }

  /** As drivers have a {@code BIGINT UNSIGNED}; other classes are asked for their text. */
  @Test
  void anIntegerOfAnySizeIsANumberIfALongHoldsIt() throws Exception {
    BigInteger limit = BigInteger.ONE.shiftLeft(63);
    for (BigInteger id :
        List.of(
            BigInteger.TEN,
            limit.subtract(BigInteger.ONE),
            limit,
            limit.negate(),
            limit.negate().subtract(BigInteger.ONE))) {
      boolean fits = id.bitLength() < 64;
      assertEquals(List.of("result set:1 " + (fits ? "#" : "") + id + "=d"), ofId(id));
    }
    assertEquals(List.of("result set:1 1=d"), ofId(1.5), "the text of the column");
  }

  private List<String> ofId(Object id) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery("VALUES (1, 'd')")) {
      return RecordedRows.of(
              JdbcRows.of(Answered.by(ResultSet.class, results, Map.of("getObject", a -> id))), 1)
          .rows;
    }
  }

  /** Whatever a driver throws, the connection goes back as it came. */
  @Test
  void aQueryThatFailsGivesItsConnectionBack() throws Exception {
    for (Throwable failure :
        List.of(
            new SQLException("no"), new IllegalArgumentException("no"), new OutOfMemoryError())) {
      for (boolean closes : new boolean[] {true, false}) {
        SQLException notClosed = new SQLException("the pool is gone");
        List<Boolean> closed = new ArrayList<>();
        Connection failing =
            Answered.by(
                Connection.class,
                connection,
                Map.of(
                    "prepareStatement",
                    a -> fail(failure),
                    "close",
                    a -> {
                      closed.add(connection.getAutoCommit());
                      return closes ? null : fail(notClosed);
                    }));
        JdbcRows rows = JdbcRows.of(source(failing), TWO_ROWS);
        Exception thrown = assertThrows(Exception.class, rows::open);
        assertSame(failure, thrown.getCause() == null ? thrown : thrown.getCause());
        assertEquals(List.of(true), closed);
        assertEquals(closes ? List.of() : List.of(notClosed), List.of(thrown.getSuppressed()));
      }
    }
    assertFalse(connection.isClosed());
  }

  private static Object fail(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  @Test
  void aResultThatTheHeapDoesNotHoldNamesTheFetchSize() {
    Connection whole =
        Answered.by(
            Connection.class,
            connection,
            Map.of("prepareStatement", a -> fail(new OutOfMemoryError()), "close", a -> null));
    JdbcRows rows = JdbcRows.of(source(whole), TWO_ROWS);
    String message =
        "the driver read the whole result into the heap; let it stream, see JdbcRows: fetchSize=";
    assertEquals(message + "default", assertThrows(IOException.class, rows::open).getMessage());
    assertEquals(
        message + "5", assertThrows(IOException.class, rows.fetchSize(5)::open).getMessage());
  }

  @Test
  void aQueryWithoutTheColumnGivesItsConnectionBack() throws Exception {
    Asked asked = new Asked();
    JdbcRows rows = JdbcRows.of(source(asked.of(PRODUCTS.get(0))), TWO_ROWS).idColumn("x");
    assertThrows(IOException.class, rows::open);
    assertEquals(1, asked.closeCount);
    assertTrue(connection.getAutoCommit());
  }
}
