package dev.almanac.benchmarks.report;

import static dev.almanac.benchmarks.report.Labels.decimal;
import static dev.almanac.benchmarks.report.Labels.figures;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoublePredicate;

/** What the library set out to reach, as ratios within one run, and what it reached. */
final class Claims {
  private static final List<String> OFF_HEAP_PEERS =
      List.of("sparkey", "paldb", "lmdb", "rocksdb", "mapdb", "mvstore");

  private final List<JsonObject> lookups;
  private final List<JsonObject> sizes;
  private final List<JsonObject> startups;
  private final List<JsonObject> processes;
  private final int entries;
  private final Markdown table =
      new Markdown("what").numbers(List.of("wanted", "measured", "reached"));
  private boolean any;

  Claims(Path results, int entries) throws IOException {
    lookups = Results.readAll(results, "lookups");
    sizes = Results.readAll(results, "sizes");
    startups = Results.readAll(results, "startup");
    processes = Results.readAll(results, "processes");
    this.entries = entries;
  }

  /** The table, or null if nothing of it was measured. */
  String table() {
    numbers();
    texts();
    startup();
    row(
        "most bytes allocated by a lookup, single or in a batch of 1,024",
        "0",
        allocated(),
        value -> value < 0.5);
    threads();
    workerMemory();
    return any ? table.toString() : null;
  }

  private void numbers() {
    Double sparse = nanos("hit", "sparse", "almanac", "single");
    Double sparseBatch = nanos("hit", "sparse", "almanac", "batch");
    Double dense = nanos("hit", "dense", "almanac", "single");
    Double stock = nanos("hit", "sparse", "chronicle-map", "single");
    atLeast("sparse hit: stock Chronicle Map / one at a time", 7, stock, sparse);
    Double quickest =
        OFF_HEAP_PEERS.stream()
            .map(peer -> nanos("hit", "sparse", peer, "single"))
            .filter(Objects::nonNull)
            .min(Double::compare)
            .orElse(null);
    atLeast("sparse hit: quickest other off-heap peer / one at a time", 6, quickest, sparse);
    atLeast(
        "sparse hit: fastutil / batch",
        1.2,
        nanos("hit", "sparse", "fastutil", "single"),
        sparseBatch);
    atMost(
        "sparse hit: batch / one cache line, batch",
        1.5,
        sparseBatch,
        nanos("hit", "sparse", "limit", "batch"));
    atMost(
        "sparse, dependent: one at a time / one cache line",
        1.15,
        nanos("dependent", "sparse", "almanac", "single"),
        nanos("dependent", "sparse", "limit", "single"));
    atMost("sparse: miss / hit", 1, nanos("miss", "sparse", "almanac", "single"), sparse);
    atLeast(
        "dense hit: fastutil / one at a time",
        2,
        nanos("hit", "dense", "fastutil", "single"),
        dense);
    atMost(
        "dense hit: one at a time / mapped array",
        1.5,
        dense,
        nanos("hit", "dense", "mapped-array", "single"));
    atMost(
        "dense, in order: one at a time / mapped array",
        2,
        nanos("sequential", "dense", "almanac", "single"),
        nanos("sequential", "dense", "mapped-array", "single"));
    size("dense", 1.6);
    size("accounts", 5.8);
    size("sparse", 11);
    size("clustered", 3);
  }

  private void texts() {
    atLeast(
        "text hit: stock Chronicle Map / one at a time",
        5,
        nanos("text", "text", "chronicle-map", "single"),
        nanos("text", "text", "almanac", "single"));
    atLeast(
        "text hit: stock Chronicle Map / batch",
        15,
        nanos("text", "text", "chronicle-map", "single"),
        nanos("text", "text", "almanac", "batch"));
    atLeast(
        "UUID hit: stock Chronicle Map / one at a time",
        4,
        nanos("text", "uuids", "chronicle-map", "single"),
        nanos("text", "uuids", "almanac", "single"));
    size("text", 6);
    size("customers", 1.7);
    size("uuids", 23);
  }

  private void threads() {
    for (String method : List.of("single", "batch")) {
      Double limit = threadGain("limit", method);
      Double ours = threadGain("almanac", method);
      if (limit != null && ours != null) {
        row(
            "sparse, %s: gain of a second thread; the limit gains %s, stock %s"
                .formatted(method, percent(limit), percent(threadGain("chronicle-map", "single"))),
            "within 10 points",
            percent(ours),
            ours >= limit - 0.1);
      }
    }
  }

  private void startup() {
    Double most = null;
    Double least = null;
    for (JsonObject result : startups) {
      for (JsonElement element : result.getAsJsonArray("rows")) {
        JsonObject row = element.getAsJsonObject();
        boolean archive = row.get("store").getAsString().equals("almanac-archive");
        if (archive || row.get("store").getAsString().equals("almanac")) {
          double millis = row.get("millis").getAsDouble();
          if (!archive) {
            most = most == null ? millis : Math.max(most, millis);
            least = least == null ? millis : Math.min(least, millis);
          }
          row(
              "open and first lookup%s, %s %s, ms more than an empty main"
                  .formatted(
                      archive ? " with a class data archive" : "",
                      Labels.rows(row.get("entries").getAsLong()),
                      Labels.ids(result.get("ids").getAsString())),
              "at most 30",
              row.get("moreThanEmptyMillis").getAsDouble(),
              value -> value <= 30);
        }
      }
    }
    if (most != null && most > least) {
      atMost("open and first lookup, whole process: longest / shortest", 1.2, most, least);
    }
  }

  private void workerMemory() {
    for (JsonObject result : processes) {
      Double none = null;
      Double ours = null;
      for (JsonElement element : result.getAsJsonArray("rows")) {
        JsonObject row = element.getAsJsonObject();
        if (row.get("method").getAsString().equals("walk")) {
          double bytes = row.get("privateBytes").getAsDouble();
          if (row.get("store").getAsString().equals("none")) {
            none = bytes;
          } else {
            ours = bytes;
          }
        }
      }
      if (none != null && ours != null) {
        row(
            "private memory of a worker, %s %s, MB more than an empty JVM"
                .formatted(
                    Labels.rows(result.get("entries").getAsLong()),
                    Labels.ids(result.get("ids").getAsString())),
            "at most 5",
            (ours - none) / 1e6,
            value -> value <= 5);
      }
    }
  }

  private void size(String ids, double wanted) {
    row(ids + ": bytes per ID", "at most " + figure(wanted), bytes(ids), value -> value <= wanted);
  }

  private void atLeast(String what, double wanted, Double dividend, Double divisor) {
    row(what, "at least " + figure(wanted), quotient(dividend, divisor), value -> value >= wanted);
  }

  private void atMost(String what, double wanted, Double dividend, Double divisor) {
    row(what, "at most " + figure(wanted), quotient(dividend, divisor), value -> value <= wanted);
  }

  private static Double quotient(Double dividend, Double divisor) {
    return dividend == null || divisor == null ? null : dividend / divisor;
  }

  private static String figure(double value) {
    return value == Math.rint(value)
        ? decimal(value, 0)
        : decimal(value, value * 10 == Math.rint(value * 10) ? 1 : 2);
  }

  private static String percent(Double gain) {
    return gain == null ? "?" : decimal(gain * 100, 0) + "%";
  }

  private void row(String what, String wanted, Double measured, DoublePredicate reached) {
    if (measured == null) {
      return;
    }
    any = true;
    String verdict = reached == null ? "" : reached.test(measured) ? "yes" : "**no**";
    table.row(what, List.of(wanted, figures(measured), verdict));
  }

  private void row(String what, String wanted, String measured, boolean reached) {
    any = true;
    table.row(what, List.of(wanted, measured, reached ? "yes" : "**no**"));
  }

  private Double nanos(String question, String ids, String store, String method) {
    return value(question, ids, store, method, 1, "nanosMedian");
  }

  private Double threadGain(String store, String method) {
    Double one = value("threads", "sparse", store, method, 1, "nanosMedian");
    Double two = value("threads", "sparse", store, method, 2, "nanosMedian");
    return one == null || two == null ? null : 2 * one / two - 1;
  }

  // Without walks, which fill arrays, and batches of other lengths: a batch takes 16 bytes a call.
  private Double allocated() {
    Double most = null;
    for (JsonObject result : lookups) {
      if (result.get("entries").getAsInt() == entries
          && !Set.of("scan", "group-size").contains(result.get("question").getAsString())) {
        for (JsonElement element : result.getAsJsonArray("rows")) {
          JsonObject row = element.getAsJsonObject();
          if (row.get("store").getAsString().equals("almanac") && row.has("allocatedBytes")) {
            double bytes = row.get("allocatedBytes").getAsDouble();
            most = most == null ? bytes : Math.max(most, bytes);
          }
        }
      }
    }
    return most;
  }

  private Double value(
      String question, String ids, String store, String method, int threads, String name) {
    for (JsonObject result : lookups) {
      if (result.get("question").getAsString().equals(question)
          && result.get("ids").getAsString().equals(ids)
          && result.get("entries").getAsInt() == entries) {
        for (JsonElement element : result.getAsJsonArray("rows")) {
          JsonObject row = element.getAsJsonObject();
          if (row.get("store").getAsString().equals(store)
              && row.get("method").getAsString().equals(method)
              && row.get("threads").getAsInt() == threads) {
            return row.get(name).getAsDouble();
          }
        }
      }
    }
    return null;
  }

  private Double bytes(String ids) {
    for (JsonObject result : sizes) {
      if (result.get("ids").getAsString().equals(ids)
          && result.get("entries").getAsInt() == entries) {
        for (JsonElement element : result.getAsJsonArray("rows")) {
          JsonObject row = element.getAsJsonObject();
          if (row.get("store").getAsString().equals("almanac")) {
            return row.get("fileBytes").getAsDouble() / entries;
          }
        }
      }
    }
    return null;
  }
}
