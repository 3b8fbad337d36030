package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.VerifyReport;
import dev.almanac.cli.InProcess.Result;
import dev.almanac.generator.RowGenerator;
import dev.almanac.report.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
  @TempDir static Path folder;
  private static Path file;

  @BeforeAll
  static void buildFile() throws Exception {
    file = SampleFile.build(RowGenerator.of(10_000), folder.resolve("dates.almanac"));
  }

  @Test
  void aWholeFileIsWhole() throws Exception {
    String text = InProcess.run("verify", file).done().output();
    assertTrue(text.startsWith("whole  10,000 IDs, "), text);
    Map<String, Object> report = InProcess.run("verify", file, "--json").done().json();
    assertEquals(true, report.get("ok"));
    assertEquals(10_000L, report.get("ids"));
    assertEquals(List.of(), report.get("damages"));
    assertTrue(text.contains((String) report.get("edition")));
  }

  @Test
  void stockChronicleMapAgreesWithAWholeFile() throws Exception {
    String text = InProcess.run("verify", file, "--stock", "--temp", folder).done().output();
    assertTrue(text.endsWith("stock Chronicle Map opens a copy and agrees\n"), text);
    Map<String, Object> report = InProcess.run("verify", file, "--stock", "--json").done().json();
    assertEquals(List.of(), report.get("stockDifferences"));
  }

  @Test
  void anAlteredByteIsNamedByItsBlock() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    int at = bytes.length / 3;
    bytes[at] ^= 1;
    Path damaged = Files.write(folder.resolve("altered.almanac"), bytes);

    Result result = InProcess.run("verify", damaged);
    assertEquals(ExitStatus.NO, result.status());
    assertEquals("", result.error());
    assertTrue(result.output().startsWith("damaged  "), result.output());
    assertTrue(result.output().matches("(?s).*\n  block \\d+ of \\d+ .*"), result.output());

    Result json = InProcess.run("verify", damaged, "--json");
    assertEquals(ExitStatus.NO, json.status());
    Map<String, Object> report = json.json();
    assertEquals(false, report.get("ok"));
    assertFalse(((List<?>) report.get("damages")).isEmpty());
  }

  @Test
  void aFileThatWasCutShortIsDamaged() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    Path damaged =
        Files.write(folder.resolve("short.almanac"), Arrays.copyOf(bytes, bytes.length - 1));
    Result result = InProcess.run("verify", damaged);
    assertEquals(ExitStatus.NO, result.status());
    assertTrue(result.output().startsWith("damaged  "), result.output());
    String refusal = InProcess.run("get", damaged, 1).refusal(ExitStatus.FAILED);
    assertTrue(refusal.startsWith("the file has no seal at its end, it was cut short"), refusal);
    assertTrue(
        refusal.endsWith("path=" + damaged + "; the file is damaged: 'almanac verify' says more"),
        refusal);
  }

  private static VerifyReport report(String... damages) {
    return new VerifyReport(
        Path.of("a\u00a0b.almanac"), 12_300, 1, 2_000, "ab".repeat(32), List.of(damages));
  }

  @Test
  void aReportForPeople() {
    Duration time = Duration.ofMillis(1_500);
    assertEquals(
        "whole  2,000 IDs, 1 block, 12.3 kB in 1.50 s: a\\u00a0b.almanac\nedition "
            + "ab".repeat(32)
            + "\n",
        VerifyCommand.text(report(), time));
    assertEquals(
        """
        damaged  12.3 kB in 1.50 s: a\\u00a0b.almanac
          a page\\tis bad
          another
        Restore the file from a copy, or build it again from its rows.
        """,
        VerifyCommand.text(report("a page\tis bad", "another"), time));
    assertEquals(
        "not an almanac file  12.3 kB in 1.50 s: a\\u00a0b.almanac\n",
        VerifyCommand.text(report("not an almanac file"), time));
    assertEquals(
        "stock Chronicle Map differs:\n  one\n  two\n",
        VerifyCommand.stockText(List.of("one", "two")));
  }

  @Test
  void aReportForPrograms() {
    assertEquals(
        """
        {"path":"a\u00a0b.almanac","ok":false,"fileBytes":12300,"blocks":1,"ids":2000,\
        "edition":"EDITION","damages":["one","two"],"seconds":1.500}
        """
            .replace("EDITION", "ab".repeat(32)),
        Json.line(VerifyCommand.json(report("one", "two"), Duration.ofMillis(1_500))));
  }

  @Test
  void theWorstOfSeveralFilesCounts() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 3] ^= 1;
    Path damaged = Files.write(folder.resolve("worse.almanac"), bytes);
    Result result = InProcess.run("verify", file, damaged, file);
    assertEquals(ExitStatus.NO, result.status());
    assertEquals(2, result.output().split("(?m)^whole  ", -1).length - 1, result.output());
    assertEquals(1, result.output().split("(?m)^damaged  ", -1).length - 1, result.output());
    Result rows = InProcess.run("verify", Files.writeString(folder.resolve("rows"), "1|2\n"));
    assertEquals(ExitStatus.NO, rows.status());
    assertTrue(rows.output().startsWith("not an almanac file  4 bytes in "), rows.output());
  }
}
