package com.example.invoices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The executable jar, started as its users do. */
class InvoiceJobIT {
  private static final int ORDERS = 5_000;
  private static final int FILES = 6;
  private static final int INVOICES_A_FILE = 2_500;

  @TempDir private Path folder;

  private Path input;
  private Path output;

  @BeforeEach
  void fillTheDatabase() throws Exception {
    input = Files.createDirectory(folder.resolve("input"));
    output = folder.resolve("output");
    try (Connection database = DriverManager.getConnection(url());
        var statement = database.createStatement()) {
      statement.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, placed DATE)");
      statement.execute(
          "INSERT INTO orders SELECT x, DATEADD(DAY, MOD(x * 31, 1000), DATE '2020-01-01')"
              + " FROM SYSTEM_RANGE(0, "
              + (ORDERS - 1)
              + ")");
    }
  }

  private String url() {
    return "jdbc:h2:file:" + folder.resolve("database");
  }

  private int run() throws Exception {
    Process job =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                // It lives for seconds, most of which an optimizing compiler would take.
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("invoices.jar"),
                "--spring.datasource.url=" + url(),
                "--invoices.input=" + input,
                "--invoices.output=" + output)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return job.waitFor();
  }

  @Test
  void everyInvoiceOfEveryFileGetsTheDateOfItsOrder() throws Exception {
    List<List<String>> expected = new ArrayList<>();
    for (int file = 0; file < FILES; file++) {
      List<String> lines = new ArrayList<>();
      List<String> dated = new ArrayList<>();
      for (int i = 0; i < INVOICES_A_FILE; i++) {
        // Some orders are beyond the last, so unknown.
        long order = (file * 31L + i * 7919L) % (ORDERS + 500);
        String line = "I-" + i + "|" + order + "|" + i + ".50";
        lines.add(line);
        dated.add(
            line
                + "|"
                + (order < ORDERS ? LocalDate.of(2020, 1, 1).plusDays(order * 31 % 1_000) : ""));
      }
      Files.write(input.resolve("part-" + file), lines);
      expected.add(dated);
    }
    assertEquals(0, run(), () -> log());
    List<String> names = new ArrayList<>();
    for (int file = 0; file < FILES; file++) {
      assertEquals(expected.get(file), Files.readAllLines(output.resolve("dated-part-" + file)));
      names.add("dated-part-" + file);
    }
    names.add("orders.almanac");
    try (var left = Files.list(output)) {
      assertEquals(
          names, left.map(path -> path.getFileName().toString()).sorted().toList(), "no leftovers");
    }
  }

  @Test
  void aRowThatIsNotAnInvoiceFailsTheJob() throws Exception {
    Files.writeString(input.resolve("part-0"), "I-1|seven|1.00\n");
    assertNotEquals(0, run());
    assertTrue(log().contains("Parsing error at line: 1"), this::log);
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
