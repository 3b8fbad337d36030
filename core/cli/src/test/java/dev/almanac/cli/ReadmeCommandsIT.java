package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the README run as they stand there, in a folder with the files that they name.
 */
class ReadmeCommandsIT {
  private static final Pattern FENCE =
      Pattern.compile("```sh\n(alias almanac=.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void theCommandsOfTheReadmeRun() throws Exception {
    Matcher commands = FENCE.matcher(Files.readString(Path.of("../../README.md")));
    assertTrue(commands.find(), "the README must show the command line");
    Files.writeString(folder.resolve("orders.txt"), "1234567|C1|2024-02-29\n42|C2|2023-12-31\n");
    Files.writeString(folder.resolve("invoices.txt"), "I-1|42|9.99\nI-2|43|1.00\n");
    // An alias needs an interactive shell; the jar lies elsewhere than under this folder, and
    // starts as in the
    // other tests.
    String script =
        "shopt -s expand_aliases\nset -e\n"
            + commands
                .group(1)
                .replace(
                    "java -jar $PWD/core/cli/target/almanac.jar",
                    String.join(" ", AlmanacJar.command()));
    Process shell =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(shell.waitFor(2, TimeUnit.MINUTES));
    assertEquals(0, shell.exitValue(), output);
    assertTrue(output.contains("1234567\t2024-02-29\n42\t2023-12-31\n"), output);
    assertEquals(
        "I-1|42|9.99|2023-12-31\nI-2|43|1.00|\n",
        Files.readString(folder.resolve("invoices-with-dates.txt")));
  }
}
