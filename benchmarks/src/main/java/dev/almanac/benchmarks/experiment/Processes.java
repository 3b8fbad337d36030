package dev.almanac.benchmarks.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.benchmarks.report.Options;
import dev.almanac.benchmarks.report.Results;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.StoreFlags;
import dev.almanac.benchmarks.stores.Tables;
import dev.almanac.workers.WorkerExperiment;
import dev.almanac.workers.WorkerJvm;
import dev.almanac.workers.WorkersReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Two questions about processes. How much does a second process on the same file gain? And how much
 * memory of its own does a worker take, beside a JVM that does nothing? The second is asked with
 * two workers, since pages that one process alone maps count as its own.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar processes --entries 30000000
 * }</pre>
 */
public final class Processes {

  /** The list of IDs and the list it is drawn from, 48 MB for many rows, and room to start in. */
  private static final int HEAP_MEGABYTES = 128;

  private static final int WALK_HEAP_MEGABYTES = 8;
  private static final int MAP_HEAP_MEGABYTES = 6_000;

  private Processes() {}

  /** Runs it. */
  public static void main(List<String> arguments) throws Exception {
    Options options =
        new Options(
            arguments,
            Set.of("entries", "ids", "stores", "millis", "directory", "results"),
            Set.of());
    Tables.setDirectory(options.text("directory", null));
    Ids ids = Ids.named(options.text("ids", "sparse"));
    Rows rows = new Rows(ids, options.number("entries", 1_000_000));
    int millis = options.number("millis", 3_000);
    String readerJar = Jvm.readerJar(Tables.directory()).toString();

    JsonArray table = new JsonArray();
    // The first is the JVM itself, the second a worker that has read the whole file.
    table.add(row("none", "walk", 2, run(2, readerJar, "none", "walk", rows, millis)));
    table.add(row("almanac", "walk", 2, run(2, readerJar, "almanac", "walk", rows, millis)));
    List<String> stores =
        options.list(
            "stores", List.of("almanac", "limit", "chronicle-map", "sparkey", "lmdb", "fastutil"));
    for (String store : stores) {
      boolean ours = store.equals("almanac") || store.equals("limit");
      for (String method : ours ? List.of("single", "batch") : List.of("single")) {
        for (int processes = 1; processes <= 2; processes++) {
          String classPath = ours ? readerJar : Jvm.classPath();
          table.add(
              row(
                  store,
                  method,
                  processes,
                  run(processes, classPath, store, method, rows, millis)));
        }
      }
    }
    JsonObject result =
        Results.heading("processes", options.command("processes", Set.of("directory", "results")));
    result.addProperty("ids", ids.name().toLowerCase());
    result.addProperty("entries", rows.count());
    result.add("rows", table);
    Results.write(
        options.results(), "processes-" + ids.name().toLowerCase() + "-" + rows.count(), result);
  }

  private static WorkersReport run(
      int processes, String classPath, String store, String method, Rows rows, int millis)
      throws Exception {
    boolean onHeap = store.equals("fastutil") || store.equals("hashmap");
    String built = store.equals("none") ? "" : Tables.built(store, rows).toString();
    List<String> flags = new ArrayList<>();
    if (!method.equals("walk")) {
      // Speed is asked for here, and a worker's own flags are for little memory.
      flags.addAll(List.of("-XX:TieredStopAtLevel=4", "-Xmn32m"));
    }
    if (classPath.equals(Jvm.classPath())) {
      flags.addAll(StoreFlags.ALL);
    }
    List<List<String>> commands = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      commands.add(
          WorkerJvm.command(
              method.equals("walk")
                  ? WALK_HEAP_MEGABYTES
                  : onHeap
                      ? MAP_HEAP_MEGABYTES
                      : HEAP_MEGABYTES + (store.equals("chronicle-map") ? 192 : 0),
              flags,
              classPath,
              TableWorker.class.getName(),
              List.of(
                  store,
                  method,
                  rows.ids().name(),
                  Integer.toString(rows.count()),
                  built,
                  Integer.toString(millis))));
    }
    return WorkerExperiment.of(commands).run();
  }

  private static JsonObject row(String store, String method, int processes, WorkersReport report) {
    JsonObject row = new JsonObject();
    row.addProperty("store", store);
    row.addProperty("method", method);
    row.addProperty("processes", processes);
    row.addProperty(
        "lookupsPerSecond",
        report.workers().stream()
            .mapToDouble(worker -> worker.outcome().lookupCount() / (worker.nanos() / 1e9))
            .sum());
    row.addProperty("privateBytes", report.medianPrivateKilobytes() << 10);
    System.out.printf("%-14s %-7s %d %s%n", store, method, processes, row);
    return row;
  }
}
