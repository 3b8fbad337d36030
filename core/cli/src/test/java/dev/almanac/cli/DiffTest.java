package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffTest {
  @TempDir Path folder;
  private Path older;
  private Path newer;

  @BeforeEach
  void buildFiles() throws IOException {
    older = build("older", "1|2024-01-01\n2|2024-01-02\n3|2024-01-03\n");
    newer = build("newer", "2|2024-02-02\n3|2024-01-03\nx\u00a0y|2024-02-29\n");
  }

  private Path build(String name, String rows) throws IOException {
    Path file = folder.resolve(name + ".almanac");
    Path input = Files.writeString(folder.resolve(name + ".txt"), rows);
    InProcess.run("build", input, "-o", file, "--quiet").done();
    return file;
  }

  @Test
  void eachDifferenceIsALineAndTheCountsFollow() {
    InProcess.Result result = InProcess.run("diff", older, newer);
    assertEquals("", result.error());
    assertEquals(ExitStatus.NO, result.status());
    assertEquals(
        """
        -\t1\t2024-01-01
        ~\t2\t2024-01-02\t2024-02-02
        +\tx\\u00a0y\t2024-02-29
        1 added, 1 removed, 1 changed, 1 unchanged
          2024-01  0 added, 1 removed, 0 changed
          2024-02  1 added, 0 removed, 1 changed
        """,
        result.output());
  }

  @Test
  void aLimitBoundsTheLinesAndNotTheCounts() {
    String output = InProcess.run("diff", older, newer, "--limit", 1).output();
    assertTrue(
        output.startsWith("-\t1\t2024-01-01\n... 2 more\n1 added, 1 removed, 1 changed"), output);
    assertTrue(InProcess.run("diff", older, newer, "--limit", 0).output().startsWith("... 3 more"));
    assertTrue(InProcess.run("diff", older, newer, "--limit", 3).output().contains("29\n1 added"));
  }

  @Test
  void programsGetOneObject() {
    InProcess.Result result = InProcess.run("diff", older, newer, "--json", "--limit", 2);
    assertEquals(ExitStatus.NO, result.status());
    assertTrue(result.output().endsWith("}\n"), result.output());
    Map<String, Object> json = result.json();
    assertEquals(older.toString(), json.get("old"));
    assertEquals(newer.toString(), json.get("new"));
    assertEquals(1L, json.get("added"));
    assertEquals(1L, json.get("removed"));
    assertEquals(1L, json.get("changed"));
    assertEquals(1L, json.get("unchanged"));
    List<?> changes = (List<?>) json.get("changes");
    assertEquals(2, changes.size());
    assertEquals(
        "2024-02-02", ((Map<?, ?>) changes.get(1)).get("after"), "all members are there: " + json);
    assertEquals(
        Map.of("added", 1L, "removed", 0L, "changed", 1L),
        ((Map<?, ?>) json.get("months")).get("2024-02"));
  }

  @Test
  void equalFilesEndWithDone() {
    assertEquals(
        "0 added, 0 removed, 0 changed, 3 unchanged\n",
        InProcess.run("diff", older, older).done().output());
  }

  @Test
  void quietTellsByTheStatusAlone() {
    assertEquals("", InProcess.run("diff", older, older, "--quiet").done().output());
    InProcess.Result different = InProcess.run("diff", older, newer, "--quiet");
    assertEquals("", different.output() + different.error());
    assertEquals(ExitStatus.NO, different.status());
  }

  @Test
  void theFileThatIsNoAlmanacIsNamed() {
    Path rows = folder.resolve("newer.txt");
    assertEquals(
        "not an almanac file, path=" + rows,
        InProcess.run("diff", older, rows).refusal(ExitStatus.FAILED));
  }
}
