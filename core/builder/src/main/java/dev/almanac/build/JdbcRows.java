package dev.almanac.build;

import dev.almanac.build.rows.Dialect.Column;
import dev.almanac.build.rows.JdbcSplits;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
 * }</pre>
 *
 * <p><b>Types.</b> An integer column gives numeric IDs; {@code NUMERIC} and {@code DECIMAL} do
 * where the value is a signed 64-bit integer; any other ID is taken as text. A {@code DATE} gives
 * ISO text, and so does a {@code TIMESTAMP} at midnight (some databases report dates as such); at
 * another time of the day it gives a text that is no date. So leave the build's {@link DateFormat}
 * at {@link DateFormat#iso() iso()}, unless the date is selected as text. A null ID or date makes a
 * bad row. A row's line is its number, counted from 1.
 *
 * <p><b>Memory.</b> Many drivers read the whole result into memory unless told to stream. With
 * {@link #of(DataSource, String)} this class does the telling that all drivers understand: a
 * forward-only, read-only statement with a fetch size, and no auto-commit. For PostgreSQL that is
 * enough. MySQL and MariaDB need {@code useCursorFetch=true} in the connection's URL, or else
 * {@code fetchSize(Integer.MIN_VALUE)}, which streams row by row and lets nothing else run on the
 * connection. With {@link #of(ResultSet)} the same is up to whoever made the statement: on
 * PostgreSQL {@code setAutoCommit(false)} and {@code setFetchSize}, on MySQL the above, on Oracle a
 * fetch size above its default of 10.
 *
 * <p>An instance is immutable: each option gives a new one. Rows are taken by one thread at a time.
 * What the database fails with reaches the build as an {@link IOException} with the {@link
 * SQLException} as its cause.
 */
public final class JdbcRows implements RowSource {
  private static final int FETCH_ROWS = 10_000;

  private final Origin origin;
  private final Column id;
  private final Column date;

  private JdbcRows(Origin origin, Column id, Column date) {
    this.origin = origin;
    this.id = id;
    this.date = date;
  }

  /** The rows behind the cursor of {@code results}, which can be read once and is not closed. */
  public static JdbcRows of(ResultSet results) {
    Objects.requireNonNull(results, "results");
    return of(new Given(results, new AtomicBoolean()));
  }

  /**
   * The rows of a query. Each build runs it anew, on a connection of its own, which it rolls back
   * and closes.
   *
   * @param sql a query that needs no parameter
   */
  public static JdbcRows of(DataSource database, String sql) {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(sql, "sql");
    return of(new Queried(database, sql, FETCH_ROWS));
  }

  private static JdbcRows of(Origin origin) {
    return new JdbcRows(origin, Column.of(1), Column.of(2));
  }

  /**
   * How many rows the driver fetches at a time, as {@link PreparedStatement#setFetchSize} takes it.
   * Default 10,000.
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
      return new JdbcSplits(results, id, date, () -> {});
    }
  }

  /** A query that each pass runs. */
  private record Queried(DataSource database, String sql, int fetchSize) implements Origin {
    @Override
    public Splits open(Column id, Column date) throws IOException {
      Query query = new Query();
      try {
        return new JdbcSplits(query.run(database, sql, fetchSize), id, date, query::end);
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

    ResultSet run(DataSource database, String sql, int fetchSize) throws SQLException {
      connection = database.getConnection();
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
