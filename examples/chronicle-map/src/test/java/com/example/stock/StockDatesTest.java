package com.example.stock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StockDatesTest {
  @TempDir Path folder;

  @Test
  void chronicleMapFindsEachIdAndNoOther() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rows.add(7 * i + "|" + LocalDate.of(2024, 1, 1).plusDays(i % 366));
    }
    Path input = Files.write(folder.resolve("orders.txt"), rows);
    Path sealed = folder.resolve("orders.almanac");
    StockDates.build(DelimitedRows.of(input).delimiter('|').idColumn(1).dateColumn(2), sealed);

    try (StockDates dates = StockDates.open(sealed, folder.resolve("orders.dat"))) {
      assertEquals(1000, dates.size());
      for (int i = 0; i < 1000; i++) {
        assertEquals(LocalDate.of(2024, 1, 1).plusDays(i % 366), dates.date(7L * i));
      }
      assertNull(dates.date(1));
    }
  }
}
