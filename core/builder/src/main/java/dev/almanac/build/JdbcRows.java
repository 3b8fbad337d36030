package dev.almanac.build;

import dev.almanac.build.rows.Dialect.Column;
import dev.almanac.build.rows.JdbcSplits;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a database query:
 *
 * <pre>{@code
 * JdbcRows.of(dataSource, "SELECT id, due FROM orders")
 * JdbcRows.of(resultSet).idColumn("id").dateColumn("due")
 * JdbcRows.of(duckDb, "SELECT id, due FROM 'orders/*.parquet'") // Parquet, by DuckDB's driver
 * }</pre>
 *
 * <p><b>Types.</b> A value of an integer column, or of {@code NUMERIC} or {@code DECIMAL}, that is
 * a signed 64-bit integer is a numeric ID; any other ID is taken as text, without the blanks that
 * fill a {@code CHAR}. 16 bytes of a {@code BINARY} or {@code VARBINARY} column are a UUID, whose
 * text is taken; a {@code bytea} of PostgreSQL is such a column. A {@code DATE} and a {@code
 * TIMESTAMP} give ISO text, so leave the build's {@link DateFormat} at {@link DateFormat#iso()
 * iso()}, which takes the day of a timestamp, unless the date is selected as text. A timestamp with
 * a time zone is refused, since its day depends on the zone: select {@code CAST(due AT TIME ZONE
 * 'UTC' AS date)}. A {@code TIMESTAMP} of MySQL and MariaDB is an instant too, but their drivers do
 * not say so: it gives the day in the time zone of the session. A null ID makes a bad row, and so
 * does a null date unless {@link AlmanacBuilder#nullDates} was called. A row's line is its number,
 * counted from 1.
 *
 * <p><b>Memory.</b> Many drivers read the whole result into memory unless told to stream. With
 * {@link #of(DataSource, String)} this class uses what all drivers understand: a forward-only,
 * read-only statement with a fetch size, without auto-commit. PostgreSQL, MariaDB and MySQL stream
 * with it (tested, each with its own driver). DuckDB streams with {@code jdbc_stream_results=true}.
 * With {@link #of(ResultSet)}, the code that makes the statement must do the same: on PostgreSQL
 * {@code setAutoCommit(false)} and {@code setFetchSize}, on MariaDB {@code setFetchSize}, on MySQL
 * {@code setFetchSize(Integer.MIN_VALUE)}, on Oracle a fetch size above its default of 10.
 *
 * <p>An instance is immutable: each option gives a new one. Rows are taken by one thread at a time.
 * A failure of the database reaches the build as an {@link IOException} whose cause is the {@link
 * SQLException}.
 */
public final class JdbcRows implements RowSource {
  private static final int FETCH_ROWS = 10_000;

  /**
   * Streams from MySQL's driver, row by row. The driver ignores another fetch size unless the
   * connection was made with {@code useCursorFetch}; then MySQL first makes a table of the result.
   */
  private static final int MYSQL_STREAM = Integer.MIN_VALUE;

  private static final String POSTGRES = "PostgreSQL";

  /** Databases whose drivers read a result into the heap unless a fetch size is set. */
  private static final List<String> WHOLE_WITHOUT_FETCH_SIZE =
      List.of(POSTGRES, "MariaDB", "MySQL");

  private final Origin origin;
  private final Column id;
  private final Column date;

  private JdbcRows(Origin origin, Column id, Column date) {
    this.origin = origin;
    this.id = id;
    this.date = date;
  }

  /** The rows after the cursor of {@code results}, which can be read once and is not closed. */
  public static JdbcRows of(ResultSet results) {
    Objects.requireNonNull(results, "results");
    return of(new Given(results, new AtomicBoolean()));
  }

  /**
   * The rows of a query. Each build runs it again, on a new connection, which it rolls back and
   * closes.
   *
   * @param sql a query that needs no parameter
   */
  public static JdbcRows of(DataSource database, String sql) {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(sql, "sql");
    return of(new Queried(database, sql, null));
  }

  private static JdbcRows of(Origin origin) {
    return new JdbcRows(origin, Column.of(1), Column.of(2));
  }

  /**
   * The number of rows that the driver fetches at a time, for {@link
   * PreparedStatement#setFetchSize}. Default: 10,000; with MySQL's driver {@code
   * Integer.MIN_VALUE}, by which it streams row by row. It ignores another fetch size, and reads
   * the whole result, unless the connection's URL has {@code useCursorFetch=true}.
   *
   * @throws IllegalStateException if the rows are those of a result set, whose statement has its
   *     fetch size already
   */
  public JdbcRows fetchSize(int rows) {
    if (!(origin instanceof Queried query)) {
      throw new IllegalStateException(
          "a fetch size must be set before the result set is made: fetchSize=" + rows);
    }
    return new JdbcRows(new Queried(query.database, query.sql, rows), id, date);
  }

  /**
   * The ID's column, from 1. Default 1.
   *
   * @throws IllegalArgumentException if {@code column} is not positive
   */
  public JdbcRows idColumn(int column) {
    return new JdbcRows(origin, Column.of(column), date);
  }

  /** The ID's column by its label, in upper or lower case. */
  public JdbcRows idColumn(String label) {
    return new JdbcRows(origin, Column.of(label), date);
  }

  /**
   * The date's column, from 1. Default 2.
   *
   * @throws IllegalArgumentException if {@code column} is not positive
   */
  public JdbcRows dateColumn(int column) {
    return new JdbcRows(origin, id, Column.of(column));
  }

  /** The date's column by its label, in upper or lower case. */
  public JdbcRows dateColumn(String label) {
    return new JdbcRows(origin, id, Column.of(label));
  }

  /**
   * Runs the query, or takes the result set.
   *
   * @throws IOException if the database fails, a wanted column is missing, or the result set was
   *     taken before
   */
  @Override
  public Splits open() throws IOException {
    return origin.open(id, date);
  }

  /** Where the rows come from. */
  private interface Origin {
    Splits open(Column id, Column date) throws IOException;
  }

  /** A result set that someone else made. */
  private record Given(ResultSet results, AtomicBoolean taken) implements Origin {
    @Override
    public Splits open(Column id, Column date) throws IOException {
      if (taken.getAndSet(true)) {
        throw new IOException("a result set must be read only once; a second pass needs a new one");
      }
      return new JdbcSplits(results, id, date, remarks(results), () -> {});
    }
  }

  /**
   * Says so if the driver has most likely read the whole result into the heap: the rows are right,
   * but more of them would not fit.
   */
  private static List<String> remarks(ResultSet results) {
    try {
      Statement statement = results.getStatement();
      if (statement == null) {
        return List.of();
      }
      String product = product(statement.getConnection());
      boolean autoCommit = statement.getConnection().getAutoCommit();
      int fetchSize = statement.getFetchSize();
      boolean whole =
          WHOLE_WITHOUT_FETCH_SIZE.contains(product)
              && (fetchSize == 0 || autoCommit && product.equals(POSTGRES));
      return whole
          ? List.of(
              "the result set was read into the heap as a whole; call setFetchSize before the"
                  + " query, with Integer.MIN_VALUE on MySQL, and setAutoCommit(false) on"
                  + " PostgreSQL: database="
                  + product
                  + " autoCommit="
                  + autoCommit
                  + " fetchSize="
                  + fetchSize)
          : List.of();
    } catch (SQLException | RuntimeException e) {
      return List.of(); // A result set need not have a statement, nor a driver all methods.
    }
  }

  private static String product(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName();
  }

  /** A query that each pass runs. */
  private record Queried(DataSource database, String sql, @Nullable Integer fetchSize)
      implements Origin {
    @Override
    public Splits open(Column id, Column date) throws IOException {
      Query query = new Query();
      try {
        ResultSet results = query.run(database, sql, fetchSize);
        return new JdbcSplits(results, id, date, List.of(), query::end);
      } catch (OutOfMemoryError e) {
        // The driver took no notice of the fetch size: the heap is whole again.
        IOException failure =
            new IOException(
                "the driver read the whole result into the heap; let it stream, see JdbcRows:"
                    + " fetchSize="
                    + (fetchSize == null ? "default" : fetchSize),
                e);
        query.endAfter(failure);
        throw failure;
      } catch (SQLException e) {
        IOException failure = JdbcSplits.failed(e);
        query.endAfter(failure);
        throw failure;
      } catch (IOException | RuntimeException e) {
        query.endAfter(e);
        throw e;
      }
    }
  }

  /** What a query holds while it runs. */
  private static final class Query {
    private @Nullable Connection connection;
    private @Nullable PreparedStatement statement;
    private boolean autoCommit;

    ResultSet run(DataSource database, String sql, @Nullable Integer wantedFetchSize)
        throws SQLException {
      connection = database.getConnection();
      int fetchSize =
          wantedFetchSize != null
              ? wantedFetchSize
              : connection.getMetaData().getDriverName().startsWith("MySQL")
                  ? MYSQL_STREAM
                  : FETCH_ROWS;
      if (fetchSize == 0 && WHOLE_WITHOUT_FETCH_SIZE.contains(product(connection))) {
        throw new SQLException(
            "the driver reads the whole result into the heap with a fetch size of 0; fetchSize(n)"
                + " takes a positive one: database="
                + product(connection));
      }
      autoCommit = connection.getAutoCommit();
      connection.setAutoCommit(false);
      statement =
          connection.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
      statement.setFetchSize(fetchSize);
      return statement.executeQuery();
    }

    /** Gives the connection back as it came, or at least closes it. */
    void end() throws SQLException {
      try (Connection open = connection) {
        if (statement != null) {
          statement.close(); // Before the rollback: some drivers refuse one under an open result.
        }
        if (open != null) {
          open.rollback();
          open.setAutoCommit(autoCommit);
        }
      }
    }

    void endAfter(Exception failure) {
      try {
        end();
      } catch (SQLException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
