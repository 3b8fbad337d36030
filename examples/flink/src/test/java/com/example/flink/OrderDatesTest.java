package com.example.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a cluster within this JVM, which has no flag. */
class OrderDatesTest {
  private static final int ORDERS = 10_000;
  private static final int TASKS = 4;

  @TempDir private Path folder;

  private Path file;
  private String edition;
  private final Set<String> expected = new TreeSet<>();

  @BeforeEach
  void build() throws IOException {
    for (int i = 1; i <= ORDERS; i++) {
      expected.add(i + "|" + LocalDate.of(2024, 2, 29).plusDays(i % 40));
    }
    Path rows = Files.write(folder.resolve("rows.txt"), expected);
    file = folder.resolve("orders.almanac");
    edition = AlmanacBuilder.create().build(DelimitedRows.of(rows), file).edition();
  }

  @Test
  void parallelTasksGiveEveryOrderItsDate() throws Exception {
    expected.add(ORDERS + 1 + "|");
    List<String> found =
        StreamExecutionEnvironment.createLocalEnvironment(TASKS)
            .fromSequence(1, ORDERS + 1)
            .map(new OrderDates(file, edition))
            .executeAndCollect(2 * ORDERS);
    assertEquals(expected.size(), found.size());
    assertEquals(expected, new TreeSet<>(found));
  }

  @Test
  void theTasksOfOneProcessMapTheFileOnce() throws Exception {
    List<OrderDates> tasks = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      OrderDates task = new OrderDates(file, edition);
      task.open((OpenContext) null);
      tasks.add(task);
    }
    String mapped = file.toRealPath().toString();
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      Set<String> mappings =
          lines.filter(line -> line.endsWith(mapped)).collect(Collectors.toSet());
      assertEquals(1, mappings.size(), mappings::toString);
    }
    Collections.shuffle(tasks);
    for (OrderDates task : tasks) {
      assertTrue(expected.contains(task.map(7L)));
      task.close();
    }
  }

  @Test
  void anotherEditionIsRefused() {
    OrderDates task = new OrderDates(file, "0".repeat(64));
    assertThrows(IOException.class, () -> task.open((OpenContext) null));
    task.close();
  }
}
