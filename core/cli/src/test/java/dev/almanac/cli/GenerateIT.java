package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import dev.almanac.generator.RowOrder;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateIT {
  @TempDir Path folder;

  @Test
  void allOptionsReachTheGenerator() throws Exception {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    RowGenerator.of(500)
        .ids(IdShape.TEXT)
        .seed(42)
        .dates(7)
        .order(RowOrder.SORTED)
        .duplicates(20)
        .writeTo(expected);
    assertArrayEquals(
        expected.toByteArray(),
        AlmanacJar.run(
                "generate",
                "--rows",
                500,
                "--ids",
                "text",
                "--seed",
                42,
                "--dates",
                7,
                "--order",
                "sorted",
                "--duplicates",
                20)
            .done()
            .outputBytes());
  }

  @Test
  void rowsGoToAFileOrToStandardOutput() throws Exception {
    Path file = folder.resolve("rows.txt");
    assertEquals("", AlmanacJar.run("generate", "--rows", 100, "-o", file).done().output());
    assertArrayEquals(
        Files.readAllBytes(file), AlmanacJar.run("generate", "--rows", 100).done().outputBytes());
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() throws Exception {
    Path file = folder.resolve("no-such-folder/rows.txt");
    String refusal = AlmanacJar.run("generate", "--rows", 1, "-o", file).refusal(ExitStatus.FAILED);
    assertEquals("the folder of the file must exist, path=" + file, refusal);
  }

  @Test
  void aReaderThatHasSeenEnoughIsNoErrorToReport() throws Exception {
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                "'"
                    + String.join("' '", AlmanacJar.command("generate", "--rows", 1_000_000))
                    + "' | head -n 1")
            .start();
    assertEquals(1, new String(shell.getInputStream().readAllBytes()).lines().count());
    String error = new String(shell.getErrorStream().readAllBytes());
    assertTrue(error.isEmpty(), error);
  }
}
