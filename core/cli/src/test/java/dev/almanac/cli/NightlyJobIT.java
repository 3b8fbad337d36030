package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nightly job runs as docs/editions.md has it. */
class NightlyJobIT {
  private static final Pattern FENCE = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final int IDS = 100;

  @TempDir private Path folder;

  private Path dates;

  private record Ended(int status, String output) {}

  @BeforeEach
  void buildYesterday() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int id = 0; id < IDS; id++) {
      rows.append(id).append(id % 2 == 0 ? "|2023-12-31\n" : "|2024-02-29\n");
    }
    Path input = Files.writeString(folder.resolve("rows.txt"), rows);
    dates = folder.resolve("dates.almanac");
    AlmanacBuilder.create().build(DelimitedRows.of(input), dates);
    Files.delete(input);
  }

  private Ended run(String changes) throws Exception {
    Files.writeString(folder.resolve("changes.txt"), changes);
    Matcher fence = FENCE.matcher(Files.readString(Path.of("../../docs/editions.md")));
    assertTrue(fence.find(), "the page must begin with the nightly job");
    String script =
        fence.group(1).replace("java -jar $ALMANAC_JAR", String.join(" ", AlmanacJar.command()));
    Process shell =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(shell.waitFor(5, TimeUnit.MINUTES));
    return new Ended(shell.exitValue(), output);
  }

  @Test
  void changesAreTakenIntoYesterdaysFile() throws Exception {
    Ended job = run("7|2024-03-01\n8|\n1000|2024-03-02\n");
    assertEquals(0, job.status, job.output);
    try (Almanac today = Almanac.open(dates)) {
      assertEquals(IDS, today.size());
      assertEquals("2024-03-01", String.valueOf(today.date(7)));
      assertEquals("null", String.valueOf(today.date(8)));
      assertEquals("2024-03-02", String.valueOf(today.date(1000)));
      assertEquals("2023-12-31", String.valueOf(today.date(10)));
    }
    String report = Files.readString(folder.resolve("report.json"));
    assertTrue(report.replace(" ", "").contains("\"added\":1"), report);
    String changes = Files.readString(folder.resolve("changes.log"));
    assertTrue(changes.contains("1000") && changes.contains("2024-03-02"), changes);
    assertEquals(51, Files.readAllLines(folder.resolve("today.txt")).size());
  }

  @Test
  void aWrongExportLeavesYesterdaysFileInService() throws Exception {
    byte[] yesterday = Files.readAllBytes(dates);
    Ended job = run("1|\n2|\n3|\n4|\n5|\n6|\n");
    assertEquals(3, job.status, job.output);
    assertTrue(job.output.contains("too many IDs change to publish"), job.output);
    assertEquals(-1, Arrays.mismatch(yesterday, Files.readAllBytes(dates)));
  }
}
