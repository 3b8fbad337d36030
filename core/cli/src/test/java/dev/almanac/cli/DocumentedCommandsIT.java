package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shell commands of README.md and docs/ run as they stand there, in their order, in one empty
 * folder for each page.
 */
class DocumentedCommandsIT {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern FENCE = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("(?m)^\\$?almanac ");
  private static final Pattern ALIAS = Pattern.compile("(?m)^alias almanac=.*$");

  @TempDir private Path folder;

  /** Runs all blocks of a page that call almanac, and gives what they print. */
  private String run(String page) throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder("set -e -o pipefail\nalmanac() { ");
    for (String word : AlmanacJar.command()) {
      script.append('\'').append(Path.of(word).isAbsolute() ? word : absolute(word)).append("' ");
    }
    script.append("\"$@\"; }\n");
    Matcher fences = FENCE.matcher(Files.readString(ROOT.resolve(page)));
    boolean any = false;
    while (fences.find()) {
      if (fences.group(1).lines().anyMatch(line -> line.startsWith("almanac "))) {
        any = true;
        script.append(ALIAS.matcher(fences.group(1)).replaceAll(""));
      }
    }
    assertTrue(any, page);
    Process shell =
        new ProcessBuilder("bash", "-c", script.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    shell.getOutputStream().close();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(shell.waitFor(5, TimeUnit.MINUTES));
    assertEquals(0, shell.exitValue(), output);
    return output;
  }

  /** The jar's path, which is relative to the module; other words stay. */
  private static String absolute(String word) {
    return word.endsWith(".jar") ? Path.of(word).toAbsolutePath().toString() : word;
  }

  @Test
  void theCommandsOfTheReadmeRun() throws Exception {
    String output = run("README.md");
    assertTrue(output.contains("1234567\t2024-02-29\n42\t2023-12-31\n"), output);
    assertEquals(
        "I-1|42|9.99|2023-12-31\nI-2|43|1.00|\n",
        Files.readString(folder.resolve("invoices-with-dates.txt")));
  }

  /** A page with commands needs a test here; the one of editions.md is {@link NightlyJobIT}. */
  @Test
  void everyPageWithCommandsHasATest() throws IOException {
    List<String> pages = new ArrayList<>(List.of("README.md", "SECURITY.md", "CONTRIBUTING.md"));
    for (String directory :
        List.of("docs", "examples/embedded", "examples/spring-batch", "examples/spark")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
        files
            .map(file -> directory + "/" + file.getFileName())
            .filter(file -> file.endsWith(".md"))
            .forEach(pages::add);
      }
    }
    Set<String> withCommands = new TreeSet<>();
    for (String page : pages) {
      Matcher fences = FENCE.matcher(Files.readString(ROOT.resolve(page)));
      while (fences.find()) {
        if (COMMAND.matcher(fences.group(1)).find()) {
          withCommands.add(page);
        }
      }
    }
    assertEquals(Set.of("README.md", "docs/data-quality.md", "docs/editions.md"), withCommands);
  }

  @Test
  void theCommandsOfTheDataQualityPageRun() throws Exception {
    String output = run("docs/data-quality.md");
    assertTrue(output.endsWith("\n1|2024-02-01\n4|2024-02-29\n"), output);
  }
}
