package dev.almanac.benchmarks.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.workers.WorkerExperiment;
import dev.almanac.workers.WorkersReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

final class DictionaryScriptTest {
  private static final int ROW_COUNT = 5_000;

  @TempDir Path directory;

  @Test
  void rowsHaveFourFieldsAndTheDateOfTheirCode() throws Exception {
    Rows rows = new Rows(Ids.SPARSE, ROW_COUNT);
    List<String> lines = Files.readAllLines(RowsFile.of(rows, directory));
    assertEquals(ROW_COUNT, lines.size());
    for (int i = 0; i < ROW_COUNT; i++) {
      String[] fields = lines.get(i).split("\\|");
      assertEquals(4, fields.length, lines.get(i));
      assertEquals(Long.toString(rows.id(i)), fields[0]);
      assertEquals(Rows.date(Rows.code(rows.id(i))).toString(), fields[2]);
    }
  }

  @Test
  @EnabledIf("hasPython")
  void everyPythonWorkerFindsEveryIdAndTheSumOfTheSampledDays() throws Exception {
    Rows rows = new Rows(Ids.DENSE, ROW_COUNT);
    Path input = RowsFile.of(rows, directory);
    Path script = Jvm.resource("dictionary.py", directory);
    long checksum = 0;
    for (int id = 0; id < ROW_COUNT; id += 1_024) {
      checksum += Rows.code(id);
    }
    for (String dates : List.of("plain", "interned")) {
      WorkersReport report =
          WorkerExperiment.of(
                  List.of(
                      List.of(
                          "python3",
                          script.toString(),
                          "read",
                          input.toString(),
                          dates,
                          Integer.toString(ROW_COUNT),
                          "2",
                          "7")))
              .run();
      assertEquals(2L * ROW_COUNT, report.foundCount());
      assertEquals(checksum, report.workers().get(0).outcome().checksum());
      assertEquals(3, report.workers().get(0).pids().size());
      assertTrue(report.peak().pssKilobytes() > 0);
    }
  }

  static boolean hasPython() {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "python3")));
  }
}
