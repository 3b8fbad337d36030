package dev.almanac.benchmarks.report;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of one hazard of {@code docs/reliability.md}, from what the full runs of the
 * reliability tests left: a line for each part.
 */
final class Reliability {
  private final Path results;

  Reliability(Path results) {
    this.results = results.resolve("reliability");
  }

  /** The lines of a hazard, by its number; null if nothing of it was run. */
  String table(int hazard) throws IOException {
    if (!Files.isDirectory(results)) {
      return null;
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(results)) {
      String prefix = "%02d-".formatted(hazard);
      files =
          entries
              .filter(file -> file.getFileName().toString().startsWith(prefix))
              .filter(file -> file.toString().endsWith(".json"))
              .sorted()
              .toList();
    }
    if (files.isEmpty()) {
      return null;
    }
    StringBuilder table =
        new StringBuilder("| part | tried | times | what came out |\n|---|---|---:|---|\n");
    for (Path file : files) {
      JsonObject result = Results.read(file);
      String outcomes =
          result.getAsJsonObject("outcomes").entrySet().stream()
              .map(outcome -> outcome.getKey() + ": " + Labels.rows(outcome.getValue().getAsLong()))
              .collect(Collectors.joining("; "));
      table.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  result.get("part").getAsString(),
                  result.get("tried").getAsString(),
                  Labels.rows(result.get("count").getAsLong()),
                  outcomes));
    }
    return table.append("\n").append(commands(files)).toString();
  }

  private static String commands(List<Path> files) throws IOException {
    StringBuilder commands = new StringBuilder();
    for (Path file : files) {
      String command = "`" + Results.read(file).get("command").getAsString() + "`";
      if (commands.indexOf(command) < 0) {
        commands.append(commands.isEmpty() ? "" : ", ").append(command);
      }
    }
    return commands.append("\n").toString();
  }
}
