package dev.almanac.benchmarks.report;

import static dev.almanac.benchmarks.report.Fields.number;
import static dev.almanac.benchmarks.report.Fields.objects;
import static dev.almanac.benchmarks.report.Fields.real;
import static dev.almanac.benchmarks.report.Fields.text;
import static dev.almanac.benchmarks.report.Labels.decimal;
import static dev.almanac.benchmarks.report.Labels.figures;
import static dev.almanac.benchmarks.report.Labels.gain;
import static dev.almanac.benchmarks.report.Labels.nanos;
import static dev.almanac.benchmarks.report.Labels.rows;
import static dev.almanac.benchmarks.report.Markdown.NOT_MEASURED;

import com.google.gson.JsonObject;
import dev.almanac.benchmarks.stores.Ids;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Tables and charts of lookups and walks. */
final class LookupTables {
  /** What is asked of a lookup, in the order of the columns. */
  static final List<String> QUESTIONS =
      List.of("hit", "miss", "mixed", "zipf", "sequential", "dependent", "text", "text-miss");

  private final Path results;

  LookupTables(Path results) {
    this.results = results;
  }

  String lookups(int entries) throws IOException {
    Map<String, Map<String, Double>> byRow = new LinkedHashMap<>();
    List<String> columns = new ArrayList<>();
    for (String ids : Labels.KINDS) {
      for (String question : QUESTIONS) {
        for (JsonObject result : lookupResults(question, ids, entries)) {
          String column = question.replace("text-", "").replace("text", "hit") + ", " + ids;
          columns.add(column);
          for (JsonObject row : objects(result, "rows")) {
            String method = text(row, "method").equals("batch") ? "batch" : "single";
            byRow
                .computeIfAbsent(
                    Labels.store(text(row, "store"), method), key -> new LinkedHashMap<>())
                .put(column, real(row, "nanosMedian"));
          }
        }
      }
    }
    if (columns.isEmpty()) {
      return NOT_MEASURED;
    }
    List<String> order = new ArrayList<>(List.of("Almanac", "Almanac, batch"));
    byRow.keySet().stream()
        .filter(row -> !order.contains(row) && !row.startsWith("limit"))
        .forEach(order::add);
    byRow.keySet().stream().filter(row -> row.startsWith("limit")).sorted().forEach(order::add);
    Markdown table = new Markdown("nanoseconds a lookup").numbers(columns);
    for (String row : order) {
      if (byRow.containsKey(row)) {
        table.row(
            row,
            columns.stream()
                .map(column -> byRow.get(row).get(column))
                .map(nanos -> nanos == null ? "" : nanos(nanos))
                .toList());
      }
    }
    return table.toString();
  }

  /** What IDs of some kinds cost: the file, and a lookup of an ID that it has. */
  String costs(int entries, List<String> kinds) throws IOException {
    Markdown table =
        new Markdown("IDs")
            .numbers(List.of("file, MB", "bytes per ID", "a lookup, ns", "in a batch, ns"));
    boolean any = false;
    for (String kind : kinds) {
      for (JsonObject result : Results.readAll(results, "sizes")) {
        if (text(result, "ids").equals(kind) && number(result, "entries") == entries) {
          for (JsonObject row : objects(result, "rows")) {
            if (text(row, "store").equals("almanac")) {
              any = true;
              double bytes = number(row, "fileBytes");
              table.row(
                  Labels.example(kind),
                  List.of(
                      Labels.decimal(bytes / 1e6, 0),
                      Labels.decimal(bytes / entries, 1),
                      hitNanos(kind, entries, "single"),
                      hitNanos(kind, entries, "batch")));
            }
          }
        }
      }
    }
    return any ? table.toString() : NOT_MEASURED;
  }

  /** The time of a hit, or nothing where it was not measured. */
  private String hitNanos(String ids, int entries, String method) throws IOException {
    List<JsonObject> hits = new ArrayList<>(lookupResults("hit", ids, entries));
    hits.addAll(lookupResults("text", ids, entries));
    for (JsonObject hit : hits) {
      for (JsonObject row : objects(hit, "rows")) {
        if (text(row, "store").equals("almanac") && text(row, "method").equals(method)) {
          return nanos(real(row, "nanosMedian"));
        }
      }
    }
    return "";
  }

  private List<JsonObject> lookupResults(String question, String ids, int entries)
      throws IOException {
    return Results.readAll(results, "lookups").stream()
        .filter(
            result ->
                text(result, "question").equals(question)
                    && text(result, "ids").equals(ids)
                    && number(result, "entries") == entries)
        .toList();
  }

  static String lookupChart(JsonObject result, String question) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject row : objects(result, "rows")) {
      String store = text(row, "store");
      bars.add(
          new BarChart.Bar(
              Labels.store(store, text(row, "method")),
              real(row, "nanosMedian"),
              Labels.style(store)));
    }
    return BarChart.draw(
        "A lookup, " + Labels.question(question),
        "%s %s; nanoseconds, logarithmic, shorter is better"
            .formatted(rows(number(result, "entries")), Labels.ids(text(result, "ids"))),
        true,
        bars,
        Labels::nanos);
  }

  String threads(int entries) throws IOException {
    Markdown table =
        new Markdown("IDs, store")
            .numbers(List.of("one thread, million/s", "two threads, million/s", "gain"));
    boolean any = false;
    for (String ids : List.of("sparse", "dense")) {
      for (JsonObject result : lookupResults("threads", ids, entries)) {
        Map<String, double[]> perSecond = new LinkedHashMap<>();
        for (JsonObject row : objects(result, "rows")) {
          int threads = (int) number(row, "threads");
          String store = Labels.store(text(row, "store"), text(row, "method"));
          perSecond.computeIfAbsent(store, key -> new double[3])[threads] =
              threads * 1e3 / real(row, "nanosMedian");
        }
        for (Map.Entry<String, double[]> row : perSecond.entrySet()) {
          double[] rate = row.getValue();
          table.row(
              ids + ", " + row.getKey(),
              List.of(figures(rate[1]), figures(rate[2]), gain(rate[1], rate[2])));
          any = true;
        }
      }
    }
    return any ? table.toString() : NOT_MEASURED;
  }

  String allocation(int entries) throws IOException {
    Map<String, Double> most = new LinkedHashMap<>();
    for (JsonObject result : Results.readAll(results, "lookups")) {
      if (number(result, "entries") == entries && QUESTIONS.contains(text(result, "question"))) {
        String kind = Ids.named(text(result, "ids")).isText() ? "text" : "number";
        for (JsonObject row : objects(result, "rows")) {
          if (row.has("allocatedBytes") && !Labels.style(text(row, "store")).equals("limit")) {
            most.merge(
                kind + ": " + Labels.store(text(row, "store"), text(row, "method")),
                real(row, "allocatedBytes"),
                Math::max);
          }
        }
      }
    }
    if (most.isEmpty()) {
      return NOT_MEASURED;
    }
    // What is left of the harness's own allocations, spread over the lookups, is a fraction of a
    // byte.
    Markdown table =
        new Markdown("most bytes a lookup, over all questions").numbers(List.of("number", "text"));
    Set<String> stores = new LinkedHashSet<>();
    most.keySet().forEach(key -> stores.add(key.substring(key.indexOf(' ') + 1)));
    for (String store : stores) {
      table.row(
          store,
          Stream.of("number: ", "text: ")
              .map(kind -> most.get(kind + store))
              .map(bytes -> bytes == null ? "" : decimal(bytes, 0))
              .toList());
    }
    return table.toString();
  }

  String scan(int entries) throws IOException {
    Markdown table = new Markdown("IDs, store").numbers(List.of("whole walk, ms", "an entry, ns"));
    boolean any = false;
    for (String ids : List.of("sparse", "dense")) {
      for (JsonObject result : lookupResults("scan", ids, entries)) {
        for (JsonObject row : objects(result, "rows")) {
          double nanos = real(row, "nanosMedian");
          table.row(
              ids
                  + ", "
                  + Labels.store(text(row, "store")).replace("one cache line", "read all bytes"),
              List.of(figures(nanos / 1e6), figures(nanos / entries)));
          any = true;
        }
      }
    }
    return any ? table.toString() : NOT_MEASURED;
  }

  String groupSize(int entries) throws IOException {
    Markdown table = new Markdown("IDs in a call").numbers(List.of("ns an ID"));
    boolean any = false;
    for (JsonObject result : lookupResults("group-size", "sparse", entries)) {
      List<JsonObject> rows = new ArrayList<>(objects(result, "rows"));
      rows.sort(Comparator.comparingLong(row -> number(row, "length")));
      for (JsonObject row : rows) {
        table.row(Long.toString(number(row, "length")), List.of(figures(real(row, "nanosMedian"))));
        any = true;
      }
    }
    return any ? table.toString() : NOT_MEASURED;
  }
}
