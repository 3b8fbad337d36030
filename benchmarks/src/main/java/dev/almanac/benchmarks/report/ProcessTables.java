package dev.almanac.benchmarks.report;

import static dev.almanac.benchmarks.report.Fields.number;
import static dev.almanac.benchmarks.report.Fields.objects;
import static dev.almanac.benchmarks.report.Fields.real;
import static dev.almanac.benchmarks.report.Fields.text;
import static dev.almanac.benchmarks.report.Labels.decimal;
import static dev.almanac.benchmarks.report.Labels.figures;
import static dev.almanac.benchmarks.report.Labels.gain;
import static dev.almanac.benchmarks.report.Labels.megabytes;
import static dev.almanac.benchmarks.report.Labels.rows;
import static dev.almanac.benchmarks.report.Markdown.NOT_MEASURED;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables and charts of sizes, of the start of a process, and of several. */
final class ProcessTables {
  private final Path results;

  ProcessTables(Path results) {
    this.results = results;
  }

  String sizes(int entries) throws IOException {
    List<String> columns = new ArrayList<>();
    Map<String, Map<String, String>> byStore = new LinkedHashMap<>();
    for (String ids : Labels.KINDS) {
      for (JsonObject result : Results.readAll(results, "sizes")) {
        if (text(result, "ids").equals(ids) && number(result, "entries") == entries) {
          columns.add(ids);
          for (JsonObject row : objects(result, "rows")) {
            byStore
                .computeIfAbsent(Labels.store(text(row, "store")), key -> new LinkedHashMap<>())
                .put(
                    ids,
                    decimal(
                        (double) (number(row, "fileBytes") + number(row, "heapBytes")) / entries,
                        1));
          }
        }
      }
    }
    if (columns.isEmpty()) {
      return NOT_MEASURED;
    }
    Markdown table = new Markdown("bytes per ID").numbers(columns);
    byStore.forEach(
        (store, cells) ->
            table.row(store, columns.stream().map(ids -> cells.getOrDefault(ids, "")).toList()));
    return table.toString();
  }

  static String sizeChart(JsonObject result) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject row : objects(result, "rows")) {
      String store = text(row, "store");
      bars.add(
          new BarChart.Bar(
              Labels.store(store),
              (double) (number(row, "fileBytes") + number(row, "heapBytes"))
                  / number(result, "entries"),
              Labels.style(store)));
    }
    return BarChart.draw(
        "Bytes per ID",
        "%s %s; file, or heap of each process; shorter is better"
            .formatted(rows(number(result, "entries")), Labels.ids(text(result, "ids"))),
        false,
        bars,
        value -> decimal(value, 1));
  }

  String startup(String ids) throws IOException {
    for (JsonObject result : Results.readAll(results, "startup")) {
      if (text(result, "ids").equals(ids)) {
        Markdown table =
            new Markdown("process")
                .numbers(List.of("entries", "start to end, ms", "more than an empty main, ms"));
        for (JsonObject row : objects(result, "rows")) {
          boolean empty = number(row, "entries") == 0;
          table.row(
              Labels.store(text(row, "store")),
              List.of(
                  empty ? "" : rows(number(row, "entries")),
                  decimal(real(row, "millis"), 0),
                  empty ? "" : decimal(real(row, "moreThanEmptyMillis"), 0)));
        }
        return table.toString();
      }
    }
    return NOT_MEASURED;
  }

  String processes(String ids, int entries) throws IOException {
    for (JsonObject result : Results.readAll(results, "processes")) {
      if (text(result, "ids").equals(ids) && number(result, "entries") == entries) {
        Markdown table =
            new Markdown("processes")
                .numbers(
                    List.of(
                        "one, million/s", "two, million/s", "gain", "private memory of each, MB"));
        Map<String, double[]> rates = new LinkedHashMap<>();
        for (JsonObject row : objects(result, "rows")) {
          String method = text(row, "method");
          if (method.equals("walk")) {
            table.row(
                text(row, "store").equals("none")
                    ? "JVM that does nothing"
                    : "worker that has read the whole file",
                List.of("", "", "", megabytes(number(row, "privateBytes"))));
          } else {
            rates
                    .computeIfAbsent(
                        Labels.store(text(row, "store"), method), key -> new double[3])[
                    (int) number(row, "processes")] =
                real(row, "lookupsPerSecond") / 1e6;
          }
        }
        rates.forEach(
            (store, rate) ->
                table.row(
                    store,
                    List.of(figures(rate[1]), figures(rate[2]), gain(rate[1], rate[2]), "")));
        return table.toString();
      }
    }
    return NOT_MEASURED;
  }
}
