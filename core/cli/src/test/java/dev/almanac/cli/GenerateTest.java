package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import dev.almanac.generator.RowOrder;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTest {
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
        InProcess.run(
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
    assertEquals("", InProcess.run("generate", "--rows", 100, "-o", file).done().output());
    assertArrayEquals(
        Files.readAllBytes(file), InProcess.run("generate", "--rows", 100).done().outputBytes());
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() throws Exception {
    Path file = folder.resolve("no-such-folder/rows.txt");
    String refusal = InProcess.run("generate", "--rows", 1, "-o", file).refusal(ExitStatus.FAILED);
    assertEquals(
        "the folder of the file does not exist, path=" + file + ", given as --output", refusal);
  }
}
