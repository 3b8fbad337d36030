package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.generator.RowGenerator;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process has: pipes that close, a terminal's signals, a platform's charset. */
class PipesIT {
  private static final RowGenerator ROWS = RowGenerator.of(20_000);

  @TempDir static Path folder;
  private static Path file;

  @BeforeAll
  static void buildFile() throws Exception {
    file = SampleFile.build(ROWS, folder.resolve("dates.almanac"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dump FILE", "generate --rows 1000000", "join FILE"})
  void aReaderThatHasSeenEnoughEndsACommandQuietly(String command) throws Exception {
    String[] words = command.replace("FILE", file.toString()).split(" ");
    Path many = Files.writeString(folder.resolve("many.txt"), "7\n".repeat(1_000_000));
    Result result =
        shell(words(AlmanacJar.command((Object[]) words)) + " < " + many + " | head -n 1");
    assertEquals("", result.error);
    assertEquals(1, result.output.lines().count());
    assertEquals(0, result.status);
  }

  @Test
  void standardInputThatIsClosedAndAFullDiskAreNamed() throws Exception {
    Result closed = shell(words(AlmanacJar.command("join", file)) + " <&-");
    assertEquals("almanac: standard input is closed\n", closed.error);
    assertEquals(ExitStatus.FAILED, closed.status);
    Result full = shell(words(AlmanacJar.command("dump", file)) + " > /dev/full");
    assertEquals(
        "almanac: standard output cannot be written: found=No space left on device\n", full.error);
    assertEquals(ExitStatus.FAILED, full.status);
  }

  @Test
  void anArgumentThatThePlatformCannotDecodeIsRefusedAndStandardInputIsNot() throws Exception {
    Path texts = folder.resolve("texts.almanac");
    Path rows = Files.writeString(folder.resolve("rows.txt"), "Müller|2024-02-29\n");
    AlmanacJar.run("build", rows, "-o", texts);
    String get = "LC_ALL=C " + words(AlmanacJar.command("get", texts));
    Result argument = shell(get + " Müller");
    assertEquals(ExitStatus.USAGE, argument.status);
    assertEquals("", argument.output);
    assertTrue(
        argument.error.matches(
            "almanac: argument 3 cannot be decoded .* set LC_ALL=C.UTF-8 .IDs may also come on"
                + " standard input.: .*\n"),
        argument.error);
    assertEquals("Müller\t2024-02-29\n", shell("echo Müller | " + get + " -").output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"get FILE -", "join FILE"})
  @Timeout(300)
  void eachLineIsAnsweredWhenItHasCome(String command) throws Exception {
    String[] words = command.replace("FILE", file.toString()).split(" ");
    Process process = new ProcessBuilder(AlmanacJar.command((Object[]) words)).start();
    try (BufferedWriter input = process.outputWriter(UTF_8);
        BufferedReader output = process.inputReader(UTF_8)) {
      for (int i = 0; i < 3; i++) {
        input.write(ROWS.id(i) + "\n");
        input.flush();
        String answer = output.readLine();
        assertTrue(answer.startsWith(ROWS.id(i)) && answer.endsWith(ROWS.dateText(i)), answer);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private record Result(int status, String output, String error) {}

  private static String words(List<String> command) {
    return "'" + String.join("' '", command) + "'";
  }

  /** Runs a line in bash, whose status is that of the first command of a pipe that fails. */
  private static Result shell(String line) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", "set -o pipefail\n" + line);
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    String error = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(300, TimeUnit.SECONDS));
    return new Result(process.exitValue(), output, error);
  }
}
