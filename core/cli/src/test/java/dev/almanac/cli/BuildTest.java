package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void nameTarget() {
    target = folder.resolve("dates.almanac");
  }

  @Test
  void theReportIsATableOrOneJsonObject() throws Exception {
    Path rows =
        rows(
            "rows.txt",
            "1|2024-02-29",
            "2|2024-03-01",
            "2|2024-03-01",
            "3|2024-02-29",
            "3|2024-03-02");
    String table = InProcess.run("build", rows, "-o", target).done().output();
    assertTrue(table.startsWith("Built " + target + "\n"), table);
    assertTrue(table.matches("(?s).*\n  IDs +3, long\n.*"), table);
    table.lines().skip(1).forEach(line -> assertTrue(line.length() <= 80, line));

    Map<String, Object> report = report(rows);
    assertEquals(target.toString(), report.get("path"));
    assertEquals("long", report.get("idKind"));
    assertEquals(5L, report.get("rows"));
    assertEquals(3L, report.get("ids"));
    assertEquals(3L, report.get("dates"));
    assertEquals(1L, report.get("duplicates"));
    assertEquals(1L, report.get("conflicts"));
    assertEquals(Map.of(), report.get("rejects"));
    assertEquals(Files.size(target), report.get("fileBytes"));
    assertTrue(
        table.contains((String) report.get("edition")), "the same rows give the same edition");
    assertEquals(Set.of("rows.txt", "dates.almanac"), AlmanacJar.names(folder));
  }

  @Test
  void columnsGoByNameAndFilesAreReadInOrder() throws Exception {
    Path one = rows("one.csv", "order,customer,due", "7,a,29.02.2024", "8,b,01.03.2024");
    Path two = rows("two.csv", "due,order", "02.03.2024,8");
    InProcess.run(
            "build",
            one,
            two,
            "-o",
            target,
            "--delimiter",
            ",",
            "--header",
            "--id-column",
            "order",
            "--date-column",
            "due",
            "--date-format",
            "dd.MM.uuuu")
        .done();
    assertEquals(Set.of("7|2024-02-29", "8|2024-03-02"), entries());
  }

  @Test
  void standardInputIsReadWithRowNumbersForIds() throws Exception {
    InProcess.runWithInput(
            "x\t20240229\ny\t20240301\n",
            "build",
            "-",
            "-o",
            target,
            "--delimiter",
            "tab",
            "--id-column",
            "row",
            "--date-format",
            "basic")
        .done();
    assertEquals(Set.of("0|2024-02-29", "1|2024-03-01"), entries());
  }

  @Test
  void skippedRowsAreCountedByReasonAndWrittenToTheRejects() throws Exception {
    Path rows =
        rows("rows.txt", "1|2024-02-29", "2|2024-02-30", "3", "|2024-03-01", "4|2024-03-01");
    Path rejects = folder.resolve("rejects.txt");
    Map<String, Object> report = report(rows, "--on-bad-row", "skip", "--rejects", rejects);
    assertEquals(
        Map.of("BAD_DATE", 1L, "TOO_FEW_COLUMNS", 1L, "EMPTY_ID", 1L), report.get("rejects"));
    assertEquals(
        List.of(
            rows + "\t2\tBAD_DATE\t2|2024-02-30",
            rows + "\t3\tTOO_FEW_COLUMNS\t3",
            rows + "\t4\tEMPTY_ID\t|2024-03-01"),
        Files.readAllLines(rejects));
    assertEquals(Set.of("1|2024-02-29", "4|2024-03-01"), entries());
  }

  @Test
  void quotedRowsAndTextIdsAreRead() throws Exception {
    Path rows = rows("rows.csv", "\"Été, 1\",2024-02-29", "\uD83D\uDCC5,2024-03-01");
    InProcess.run("build", rows, "-o", target, "--delimiter", ",", "--quoted", "--ids", "text")
        .done();
    assertEquals(Set.of("Été, 1|2024-02-29", "\uD83D\uDCC5|2024-03-01"), entries());
  }

  @Test
  void layoutThreadsTemporaryFolderAndTheFirstOfTwoDatesCanBeChosen() throws Exception {
    Path rows = rows("rows.txt", "1|2024-02-29", "2|2024-03-01", "1|2024-03-01");
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Map<String, Object> report =
        report(
            rows,
            "--layout",
            "entries",
            "--threads",
            1,
            "--temp",
            temporary,
            "--on-duplicate",
            "first");
    assertEquals("entries", report.get("layout"));
    assertEquals(Set.of("1|2024-02-29", "2|2024-03-01"), entries());
    assertEquals(Set.of(), AlmanacJar.names(temporary));
  }

  @Test
  void noRowAndOneRowBuildAndOpen() throws Exception {
    InProcess.run("build", rows("none.txt"), "-o", target, "--allow-empty").done();
    assertEquals("", InProcess.run("dump", target).done().output());
    InProcess.run("build", rows("one.txt", "-9223372036854775808|2024-02-29"), "-o", target).done();
    assertEquals(Set.of("-9223372036854775808|2024-02-29"), entries());
  }

  @Test
  void whatDumpWritesBuildReadsBackToTheSameFile() throws Exception {
    SampleFile.build(RowGenerator.of(5_000).ids(IdShape.SPARSE), target);
    Path again = folder.resolve("again.almanac");
    byte[] dump = InProcess.run("dump", target).done().outputBytes();
    InProcess.runWithInput(dump, "build", "-", "-o", again).done();
    assertArrayEquals(Files.readAllBytes(target), Files.readAllBytes(again));
  }

  @Test
  void badRowsOfStandardInputAreNamedByLineToo() throws Exception {
    String message =
        InProcess.runWithInput("1|2024-02-29\n2|tomorrow\n", "build", "-", "-o", target)
            .refusal(ExitStatus.FAILED);
    for (String part : List.of("tomorrow", "file=standard input", "line=2")) {
      assertTrue(message.contains(part), message);
    }
    assertEquals(Set.of(), AlmanacJar.names(folder));
  }

  private Map<String, Object> report(Path rows, Object... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("build", rows, "-o", target, "--json"));
    arguments.addAll(List.of(options));
    return InProcess.run(arguments.toArray()).done().json();
  }

  /** What the built file holds, each {@code ID|date}. */
  private Set<String> entries() throws Exception {
    Set<String> entries = new TreeSet<>();
    try (Almanac almanac = Almanac.open(target)) {
      DateDictionary dates = almanac.dictionary();
      if (almanac.idKind() == IdKind.TEXT) {
        almanac.forEachText((id, code) -> entries.add(id + "|" + dates.text(code)));
      } else {
        almanac.forEach((id, code) -> entries.add(id + "|" + dates.text(code)));
      }
    }
    return entries;
  }

  private Path rows(String name, String... lines) throws Exception {
    return Files.write(folder.resolve(name), List.of(lines));
  }
}
