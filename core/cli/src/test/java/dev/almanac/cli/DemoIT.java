package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.cli.InProcess.Result;
import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  @TempDir Path folder;

  @Test
  void theTableShowsAllStepsAndNothingIsLeft() throws Exception {
    Result result =
        AlmanacJar.run("demo", "--rows", 30_000, "--processes", 2, "--directory", folder);
    assertEquals(ExitStatus.DONE, result.status(), result.error());
    result.error().lines().forEach(line -> assertTrue(line.startsWith("almanac: "), line));
    String table = result.output();
    assertTrue(table.contains("  Rows                   30,000\n"), table);
    assertTrue(table.contains("  Verified               whole, in "), table);
    assertTrue(table.contains("  Mapping of the file    r--s, "), table);
    assertTrue(table.contains("  Found                  60,000, all workers agree\n"), table);
    table.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertEquals(Set.of(), AlmanacJar.names(folder));
  }

  @Test
  void theFilesAreKeptOnDemand() throws Exception {
    Result result =
        AlmanacJar.run(
            "demo",
            "--rows",
            1_000,
            "--ids",
            "text",
            "--processes",
            1,
            "--directory",
            folder,
            "--keep",
            "--json");
    assertEquals(ExitStatus.DONE, result.status(), result.error());
    Map<String, Object> report = result.json();
    assertEquals(1_000L, report.get("rows"));
    assertEquals(true, report.get("verified"));
    Path kept = folder.resolve(AlmanacJar.names(folder).first());
    assertEquals(Set.of("rows.txt", "dates.almanac"), AlmanacJar.names(kept));
    assertTrue(result.error().contains("kept " + kept), result.error());
    assertEquals(report.get("inputBytes"), Files.size(kept.resolve("rows.txt")));
  }

  @Test
  void anInterruptedRunLeavesNothing() throws Exception {
    Process demo =
        new ProcessBuilder(AlmanacJar.command("demo", "--rows", 1_000_000, "--directory", folder))
            .redirectOutput(Redirect.DISCARD)
            .start();
    try (BufferedReader error = demo.errorReader()) {
      String line = error.readLine();
      while (line != null && !line.contains("building")) {
        line = error.readLine();
      }
      Thread.sleep(500);
      demo.destroy();
      assertTrue(demo.waitFor(300, TimeUnit.SECONDS));
    } finally {
      demo.destroyForcibly();
    }
    assertEquals(Set.of(), AlmanacJar.names(folder));
  }

  @Test
  void aFolderThatIsMissingIsNamed() throws Exception {
    Path missing = folder.resolve("missing");
    String refusal = AlmanacJar.run("demo", "--directory", missing).refusal(ExitStatus.FAILED);
    assertTrue(refusal.contains(missing.toString()), refusal);
  }
}
