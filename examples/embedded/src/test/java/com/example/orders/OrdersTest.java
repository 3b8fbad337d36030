package com.example.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersTest {
  @TempDir private Path folder;

  @Test
  void anApplicationWithOneDependencyBuildsAndReads() throws Exception {
    Path rows = folder.resolve("orders.txt");
    Files.writeString(rows, "42|2024-02-29\n7|1999-12-31\n42|2024-03-01\n-8|2024-02-29\n");
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      Orders.main(
          new String[] {
            rows.toString(), folder.resolve("orders.almanac").toString(), "42", "-8", "43"
          });
    } finally {
      System.setOut(before);
    }
    assertEquals(
        "3 orders\n42\t2024-03-01\n-8\t2024-02-29\n43\t\n", out.toString(StandardCharsets.UTF_8));
  }

  /** What the test above shows is only worth something in a JVM without the flags. */
  @Test
  void thisJvmHasNoFlagThatOpensTheJdk() {
    List<String> flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add-") || flag.contains("unsafe"))
            .toList();
    assertEquals(List.of(), flags);
  }
}
