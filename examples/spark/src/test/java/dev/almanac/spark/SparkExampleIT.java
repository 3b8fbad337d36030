package dev.almanac.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README, with fewer rows. */
class SparkExampleIT {
  @TempDir private Path folder;

  private String run(String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    List<String> command = new ArrayList<>(List.of("bash", "run"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--work", folder.resolve("work").toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertTrue(process.waitFor(20, TimeUnit.MINUTES));
    String text = Files.readString(out);
    assertEquals(0, process.exitValue(), text);
    try (var left = Files.list(folder.resolve("work"))) {
      assertEquals(0, left.count(), "nothing must be left");
    }
    return text;
  }

  @Test
  void theJoinIsThatOfTheShuffleAndBothExecutorsMapOneFile() throws Exception {
    String text = run("join", "--rows", "100000", "--ids", "20000");
    assertTrue(
        text.contains(
            "Row for row the same as the shuffle join: true; both executors map one file and have"
                + " no copy: true"),
        text);
    assertEquals(
        2, Pattern.compile("maps inode [0-9]+ r--s").matcher(text).results().count(), text);
  }

  @Test
  void theSetThatTheExecutorsBuildHoldsEveryId() throws Exception {
    String text = run("build", "--ids", "50000");
    assertTrue(text.contains("The set and the file hold every ID with its date: true"), text);
    assertEquals(
        2,
        Pattern.compile("built by process ([0-9]+)")
            .matcher(text)
            .results()
            .map(match -> match.group(1))
            .distinct()
            .count(),
        text);
  }
}
