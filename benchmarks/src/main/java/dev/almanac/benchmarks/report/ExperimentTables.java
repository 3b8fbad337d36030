package dev.almanac.benchmarks.report;

import static dev.almanac.benchmarks.report.Fields.number;
import static dev.almanac.benchmarks.report.Fields.real;
import static dev.almanac.benchmarks.report.Fields.text;
import static dev.almanac.benchmarks.report.Labels.count;
import static dev.almanac.benchmarks.report.Labels.figures;
import static dev.almanac.benchmarks.report.Labels.gigabytes;
import static dev.almanac.benchmarks.report.Labels.megabytes;
import static dev.almanac.benchmarks.report.Labels.rows;
import static dev.almanac.benchmarks.report.Markdown.NOT_MEASURED;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Table and charts of the experiment: a batch job and its workers. */
final class ExperimentTables {
  private final Path results;

  ExperimentTables(Path results) {
    this.results = results;
  }

  /** The number of workers. */
  static long workers(JsonObject result) {
    // Python and the threads are one process; the command names the workers where they are not ten.
    Matcher matcher = Pattern.compile("--workers (\\d+)").matcher(text(result, "command"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 10;
  }

  String sideBySide(int rowCount, int workerCount) throws IOException {
    Markdown table =
        new Markdown("case")
            .numbers(
                List.of(
                    "ready after, s",
                    "after start, GB",
                    "peak, GB",
                    "private to each, MB",
                    "dirty in each, kB",
                    "written, MB",
                    "reading, s",
                    "million lookups/s"));
    List<String> notes = new ArrayList<>();
    boolean any = false;
    for (JsonObject result : inOrder(Results.readAll(results, "side-by-side"))) {
      if (number(result, "wantedRows") != rowCount
          || workers(result) != workerCount
          || !text(result, "order").equals("sequential")) {
        continue;
      }
      any = true;
      String label = text(result, "label");
      if (!result.has("workers")) {
        table.row(
            label + ": not run, " + text(result, "reason"),
            List.of("", "", "", "", "", "", "", ""));
        continue;
      }
      long rows = number(result, "rows");
      if (rows < rowCount) {
        label += " — **only %s rows**".formatted(rows(rows));
        notes.add(text(result, "label") + ": " + text(result, "reason") + ".");
      }
      JsonObject workers = result.getAsJsonObject("workers");
      boolean mapped = number(result, "fileBytes") > 0;
      table.row(
          label,
          List.of(
              figures(real(result, "prepareSeconds") + real(workers, "startSeconds")),
              gigabytes(number(workers, "afterStartBytes")),
              gigabytes(number(workers, "peakBytes")),
              megabytes(number(workers, "medianPrivateBytes")),
              mapped ? count(number(result, "dirtyBytesOfAWorker") >> 10) : "",
              megabytes(number(workers, "writtenStorageBytes")),
              figures(real(workers, "readingSeconds")),
              figures(real(workers, "lookupsPerSecond") / 1e6)));
    }
    if (!any) {
      return NOT_MEASURED;
    }
    return table + (notes.isEmpty() ? "" : "\n" + String.join("\n", notes) + "\n");
  }

  private static List<JsonObject> inOrder(List<JsonObject> cases) {
    List<String> order =
        List.of(
            "python-plain",
            "python-interned",
            "hashmap-strings",
            "hashmap-strings-interned",
            "hashmap-dates",
            "fastutil",
            "chronicle-strings",
            "chronicle-codes",
            "chronicle-codes-shared",
            "chronicle-codes-private",
            "almanac",
            "almanac-text",
            "almanac-orders",
            "almanac-threads");
    return cases.stream()
        .sorted(Comparator.comparingInt(result -> order.indexOf(text(result, "case"))))
        .toList();
  }

  private static String plainLabel(JsonObject result, int rowsWanted) {
    String label = text(result, "label").replace("`", "");
    return number(result, "rows") < rowsWanted
        ? label + " (" + rows(number(result, "rows")) + " rows)"
        : label;
  }

  static String memoryOverTime(List<JsonObject> cases) {
    List<LineChart.Series> lines = new ArrayList<>();
    int wanted = (int) number(cases.get(0), "wantedRows");
    for (JsonObject result : cases) {
      List<double[]> points = new ArrayList<>();
      JsonArray samples = result.getAsJsonObject("workers").getAsJsonArray("samples");
      double start = samples.get(0).getAsJsonArray().get(0).getAsDouble();
      for (JsonElement sample : samples) {
        JsonArray numbers = sample.getAsJsonArray();
        points.add(
            new double[] {
              (numbers.get(0).getAsDouble() - start) / 1e3, numbers.get(1).getAsDouble() / 1e9
            });
      }
      double last = points.get(points.size() - 1)[1];
      String label = shortLabel(text(result, "case"), plainLabel(result, wanted));
      boolean ours = text(result, "case").equals("almanac");
      lines.add(new LineChart.Series(gigabytes(last * 1e9) + " GB  " + label, points, ours));
    }
    return LineChart.draw(
        "Memory while %s workers only read"
            .formatted(workers(cases.get(0)) == 10 ? "ten" : workers(cases.get(0))),
        "%s rows, every worker looks every ID up once; GB of all workers together"
            .formatted(rows(wanted)),
        "seconds of reading, logarithmic; a dot marks the end",
        lines,
        true);
  }

  private static String shortLabel(String name, String label) {
    return label
        .replace("stock Chronicle Map, ", "Chronicle ")
        .replace("number to code", "codes")
        .replace("text to text", "texts")
        .replace("Python dictionary, dates interned", "Python, interned")
        .replace("Python dictionary", "Python")
        .replace("fastutil Long2ShortOpenHashMap each", "fastutil each")
        .replace(" each, dates interned", ", interned")
        .replace(" each", name.startsWith("hashmap") ? "" : " each");
  }

  static String memoryAtThePeak(List<JsonObject> cases) {
    int wanted = (int) number(cases.get(0), "wantedRows");
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject result : cases) {
      String name = text(result, "case");
      bars.add(
          new BarChart.Bar(
              shortLabel(name, plainLabel(result, wanted)),
              number(result.getAsJsonObject("workers"), "peakBytes") / 1e9,
              name.startsWith("almanac")
                  ? "ours"
                  : name.startsWith("chronicle") ? "peer" : "heap"));
    }
    return BarChart.draw(
        "Memory at the peak, all workers together",
        "%s rows, %d workers; GB, logarithmic, shorter is better"
            .formatted(rows(wanted), workers(cases.get(0))),
        true,
        bars,
        value -> gigabytes(value * 1e9));
  }
}
