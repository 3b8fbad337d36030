package com.example.parquet;

import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.JdbcRows;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/** Builds a lookup file from Parquet files, which DuckDB reads inside this JVM. */
public final class ParquetDates {
  private ParquetDates() {}

  /**
   * Builds a file from the columns {@code id} and {@code due}.
   *
   * @param parquet a Parquet file, or a pattern such as {@code orders/*.parquet}
   */
  public static BuildReport build(String parquet, Path target) throws IOException, SQLException {
    Properties settings = new Properties();
    // Without this, the driver reads the whole result into memory.
    settings.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:", settings);
        PreparedStatement query =
            duckDb.prepareStatement("SELECT id, CAST(due AS DATE) FROM read_parquet(?)")) {
      query.setString(1, parquet);
      try (ResultSet rows = query.executeQuery()) {
        return AlmanacBuilder.create()
            .ids(IdKind.LONG)
            .nullDates() // An ID whose date is NULL is left out.
            .build(JdbcRows.of(rows), target);
      }
    }
  }

  /** Takes the Parquet file and the file to build. */
  public static void main(String[] args) throws IOException, SQLException {
    BuildReport report = build(args[0], Path.of(args[1]));
    System.out.println(
        report.path() + ": " + report.idCount() + " IDs, " + report.dateCount() + " dates");
  }
}
