package com.example.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.almanac.Almanac;
import dev.almanac.build.BuildReport;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetDatesTest {
  @TempDir Path folder;

  @Test
  void theDatesOfSeveralParquetFilesAreFoundById() throws Exception {
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      statement.execute(
          "COPY (SELECT i AS id, TIMESTAMP '2024-01-01 23:30:00' + to_days(i::INTEGER) AS due"
              + " FROM range(60) r(i)) TO '"
              + folder.resolve("1.parquet")
              + "' (FORMAT parquet)");
      statement.execute(
          "COPY (SELECT 100 AS id, NULL::TIMESTAMP AS due UNION ALL SELECT 101, '2025-01-01') TO '"
              + folder.resolve("2.parquet")
              + "' (FORMAT parquet)");
    }
    Path target = folder.resolve("dates.almanac");
    BuildReport report = ParquetDates.build(folder + "/*.parquet", target);
    assertEquals(62, report.rowCount());
    assertEquals(61, report.idCount());
    assertEquals(1, report.leftOutCount());
    try (Almanac dates = Almanac.open(target)) {
      assertEquals(LocalDate.of(2024, 2, 29), dates.date(59));
      assertEquals(LocalDate.of(2025, 1, 1), dates.date(101));
      assertNull(dates.date(100));
    }
  }
}
