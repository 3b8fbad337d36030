package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.cli.InProcess.Result;
import dev.almanac.generator.RowGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
