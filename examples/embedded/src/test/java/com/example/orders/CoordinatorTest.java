package com.example.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatorTest {
  @TempDir private Path folder;

  @Test
  void tenProcessesFindTheDatesOfTheEditionThatWasBuilt() throws Exception {
    List<String> rows = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    TreeSet<String> expected = new TreeSet<>();
    for (int i = 0; i < 1_000; i++) {
      String date = LocalDate.of(2024, 2, 29).plusDays(i % 40).toString();
      rows.add(i + "|" + date);
      ids.add(Integer.toString(i));
      expected.add(i + "|" + date);
    }
    ids.add("1000");
    expected.add("1000|");
    Path output = folder.resolve("output");
    Coordinator.main(
        new String[] {
          Files.write(folder.resolve("rows.txt"), rows).toString(),
          Files.write(folder.resolve("ids.txt"), ids).toString(),
          output.toString()
        });
    List<String> found = new ArrayList<>();
    for (int worker = 0; worker < Coordinator.WORKERS; worker++) {
      found.addAll(Files.readAllLines(output.resolve("part-" + worker)));
    }
    assertEquals(ids.size(), found.size());
    assertEquals(expected, new TreeSet<>(found));
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
