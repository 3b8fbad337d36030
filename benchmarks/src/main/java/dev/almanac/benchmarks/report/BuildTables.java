package dev.almanac.benchmarks.report;

import static dev.almanac.benchmarks.report.Fields.number;
import static dev.almanac.benchmarks.report.Fields.objects;
import static dev.almanac.benchmarks.report.Fields.real;
import static dev.almanac.benchmarks.report.Fields.text;
import static dev.almanac.benchmarks.report.Labels.decimal;
import static dev.almanac.benchmarks.report.Labels.figures;
import static dev.almanac.benchmarks.report.Labels.megabytes;
import static dev.almanac.benchmarks.report.Labels.nanos;
import static dev.almanac.benchmarks.report.Labels.rows;
import static dev.almanac.benchmarks.report.Markdown.NOT_MEASURED;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables and charts of builds. */
final class BuildTables {
  private final Path results;

  BuildTables(Path results) {
    this.results = results;
  }

  private JsonObject build(String ids, int rowCount) throws IOException {
    return Results.readAll(results, "builds").stream()
        .filter(result -> text(result, "ids").equals(ids) && number(result, "rows") == rowCount)
        .findFirst()
        .orElse(null);
  }

  private static String step(String step) {
    return switch (step) {
      case "wc" -> "`wc -l` of the rows";
      case "cp" -> "`cp` of the sealed file";
      case "python" -> "Python, rows to dictionary, dates interned";
      case "almanac" -> "Almanac, rows to sealed file";
      case "almanac-flags" -> "Almanac, the same in a JVM with Chronicle's flags";
      default -> Labels.store(step) + ", from memory";
    };
  }

  String builds(String ids, int rowCount) throws IOException {
    JsonObject result = build(ids, rowCount);
    if (result == null) {
      return NOT_MEASURED;
    }
    Markdown table =
        new Markdown("step")
            .numbers(List.of("seconds", "ns a row", "file, bytes per ID", "resident, MB"));
    for (JsonObject row : objects(result, "steps")) {
      double seconds = real(row, "seconds");
      table.row(
          step(text(row, "step")),
          List.of(
              figures(seconds),
              nanos(seconds * 1e9 / rowCount),
              row.has("fileBytes") ? decimal(number(row, "fileBytes") / (double) rowCount, 1) : "",
              row.has("residentBytes") ? megabytes(number(row, "residentBytes")) : ""));
    }
    return table.toString();
  }

  String phases(String ids, int rowCount) throws IOException {
    JsonObject result = build(ids, rowCount);
    Map<String, List<String>> byPhase = new LinkedHashMap<>();
    List<String> columns = new ArrayList<>();
    if (result != null) {
      for (JsonObject row : objects(result, "steps")) {
        if (row.has("phaseSeconds")) {
          columns.add(step(text(row, "step")) + ", s");
          row.getAsJsonObject("phaseSeconds")
              .entrySet()
              .forEach(
                  phase ->
                      byPhase
                          .computeIfAbsent(phase.getKey(), key -> new ArrayList<>())
                          .add(figures(phase.getValue().getAsDouble())));
        }
      }
    }
    if (columns.isEmpty()) {
      return NOT_MEASURED;
    }
    Markdown table = new Markdown("phase").numbers(columns);
    byPhase.forEach(table::row);
    return table.toString();
  }

  String delta(String ids, int rowCount, int changeCount) throws IOException {
    Markdown table =
        new Markdown("round")
            .numbers(List.of("full build, s", "from the base, s", "full / from the base"));
    for (JsonObject result : Results.readAll(results, "delta")) {
      if (text(result, "ids").equals(ids)
          && number(result, "rows") == rowCount
          && number(result, "changes") == changeCount) {
        int round = 1;
        for (JsonObject row : objects(result, "rounds")) {
          double full = real(row.getAsJsonObject("full"), "seconds");
          double delta = real(row.getAsJsonObject("delta"), "seconds");
          table.row(
              Integer.toString(round++),
              List.of(figures(full), figures(delta), decimal(full / delta, 1)));
        }
        return table.toString();
      }
    }
    return NOT_MEASURED;
  }

  String costPerRow() throws IOException {
    Markdown table =
        new Markdown("IDs, rows")
            .numbers(
                List.of(
                    "seconds", "ns a row", "file, bytes per ID", "temporary, MB", "memory, MB"));
    List<JsonObject> results = new ArrayList<>(Results.readAll(this.results, "builds"));
    results.sort(
        Comparator.comparing((JsonObject result) -> text(result, "ids"))
            .thenComparing(result -> number(result, "rows")));
    for (JsonObject result : results) {
      long rowCount = number(result, "rows");
      for (JsonObject row : objects(result, "steps")) {
        if (text(row, "step").equals("almanac")) {
          table.row(
              text(result, "ids") + ", " + rows(rowCount),
              List.of(
                  figures(real(row, "seconds")),
                  nanos(real(row, "seconds") * 1e9 / rowCount),
                  decimal(number(row, "fileBytes") / (double) rowCount, 2),
                  megabytes(number(row, "temporaryBytes")),
                  row.has("anonymousBytes") ? megabytes(number(row, "anonymousBytes")) : ""));
        }
      }
    }
    return table.toString();
  }

  static String buildChart(JsonObject result) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject row : objects(result, "steps")) {
      String step = text(row, "step");
      String style =
          step.startsWith("almanac")
              ? "ours"
              : step.equals("wc") || step.equals("cp") ? "limit" : "peer";
      String label =
          switch (step) {
            case "python" -> "Python dictionary";
            case "almanac" -> "Almanac";
            case "almanac-flags" -> "Almanac, with flags";
            default -> step(step).replace("`", "").replace(", from memory", " *");
          };
      bars.add(new BarChart.Bar(label, real(row, "seconds"), style));
    }
    return BarChart.draw(
        "Build time, from rows to a finished file",
        "%s rows, %s; seconds, shorter is better; * the rows are in memory already"
            .formatted(rows(number(result, "rows")), Labels.ids(text(result, "ids"))),
        false,
        bars,
        Labels::figures);
  }
}
