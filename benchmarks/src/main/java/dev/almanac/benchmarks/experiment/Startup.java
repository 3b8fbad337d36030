package dev.almanac.benchmarks.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.benchmarks.report.Options;
import dev.almanac.benchmarks.report.Results;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.StoreFlags;
import dev.almanac.benchmarks.stores.Stores;
import dev.almanac.benchmarks.stores.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How long do opening and the first lookup take in a fresh JVM? Whole processes, from start to end,
 * in turns with a JVM on the same class path whose main is empty; medians. This library has the
 * reader's classes alone on the class path, the others the benchmarks' jar. It is measured once
 * more with an archive of its classes, which a JVM wrote before.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar startup --entries 1000000,30000000
 * }</pre>
 */
public final class Startup {
  private static final List<String> FLAGS = List.of("-Xmx64m", "-XX:+UseSerialGC");
  private static final List<String> STORES =
      List.of("chronicle-map", "sparkey", "paldb", "lmdb", "rocksdb");

  private Startup() {}

  /** Runs it. */
  public static void main(List<String> arguments) throws Exception {
    Options options =
        new Options(
            arguments,
            Set.of("entries", "ids", "runs", "stores", "directory", "results"),
            Set.of());
    Tables.setDirectory(options.text("directory", null));
    Path directory = Tables.directory();
    int runs = options.number("runs", 21);
    Ids ids = Ids.named(options.text("ids", "sparse"));
    String readerJar = Jvm.readerJar(directory).toString();
    List<Probe> probes = new ArrayList<>();
    Probe emptyReader = new Probe("empty", 0, Jvm.command(FLAGS, readerJar, EmptyMain.class), null);
    probes.add(emptyReader);
    List<String> storeFlags = new ArrayList<>(FLAGS);
    storeFlags.set(0, "-Xmx1g");
    storeFlags.addAll(StoreFlags.ALL);
    Probe emptyStore =
        new Probe(
            "empty, benchmarks' jar",
            0,
            Jvm.command(storeFlags, Jvm.classPath(), EmptyMain.class),
            null);
    probes.add(emptyStore);
    for (String entries : options.list("entries", List.of("1000000", "30000000"))) {
      Rows rows = new Rows(ids, Integer.parseInt(entries));
      String id = Long.toString(rows.id(rows.count() / 2));
      Path file = Tables.built("almanac", rows).resolve("table.almanac");
      probes.add(
          new Probe(
              "almanac",
              rows.count(),
              Jvm.command(FLAGS, readerJar, FirstLookup.class, file, id),
              emptyReader));
      Path archive = directory.resolve("reader.jsa");
      Files.deleteIfExists(archive);
      Jvm.run(
          Jvm.command(
              with(FLAGS, "-XX:ArchiveClassesAtExit=" + archive),
              readerJar,
              FirstLookup.class,
              file,
              id));
      probes.add(
          new Probe(
              "almanac-archive",
              rows.count(),
              Jvm.command(
                  with(FLAGS, "-XX:SharedArchiveFile=" + archive),
                  readerJar,
                  FirstLookup.class,
                  file,
                  id),
              emptyReader));
      for (String store : options.list("stores", STORES)) {
        if (Stores.names().contains(store)) {
          Path built = Tables.built(store, rows);
          probes.add(
              new Probe(
                  store,
                  rows.count(),
                  Jvm.command(
                      storeFlags,
                      Jvm.classPath(),
                      FirstStoreLookup.class,
                      store,
                      ids,
                      rows.count(),
                      built,
                      id),
                  emptyStore));
        }
      }
    }
    for (int run = -1; run < runs; run++) {
      for (Probe probe : probes) {
        double seconds = Jvm.seconds(probe.command);
        // The first round brings files and libraries into memory.
        if (run >= 0) {
          probe.millis[run % probe.millis.length] = seconds * 1e3;
        } else {
          probe.millis = new double[runs];
        }
      }
    }
    JsonObject result =
        Results.heading("startup", options.command("startup", Set.of("directory", "results")));
    result.addProperty("ids", ids.name().toLowerCase());
    result.addProperty("runs", runs);
    JsonArray rows = new JsonArray();
    for (Probe probe : probes) {
      JsonObject row = new JsonObject();
      row.addProperty("store", probe.name);
      row.addProperty("entries", probe.entries);
      row.addProperty("millis", probe.median());
      row.addProperty(
          "moreThanEmptyMillis", probe.empty == null ? 0 : probe.median() - probe.empty.median());
      rows.add(row);
      System.out.printf("%-24s %,12d %8.1f ms%n", probe.name, probe.entries, probe.median());
    }
    result.add("rows", rows);
    Results.write(options.results(), "startup-" + ids.name().toLowerCase(), result);
  }

  private static List<String> with(List<String> flags, String flag) {
    List<String> more = new ArrayList<>(flags);
    more.add(flag);
    return more;
  }

  private static final class Probe {
    final String name;
    final int entries;
    final List<String> command;
    final Probe empty;
    double[] millis;

    Probe(String name, int entries, List<String> command, Probe empty) {
      this.name = name;
      this.entries = entries;
      this.command = command;
      this.empty = empty;
    }

    double median() {
      double[] sorted = millis.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }
}
