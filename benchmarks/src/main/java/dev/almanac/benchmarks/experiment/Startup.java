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
import java.util.stream.Stream;

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

  private static final List<String> STORE_FLAGS =
      Stream.of(List.of("-Xmx1g"), FLAGS.subList(1, FLAGS.size()), StoreFlags.ALL)
          .flatMap(List::stream)
          .toList();

  private final Ids ids;
  private final String readerJar;
  private final Probe emptyReader;
  private final Probe emptyStore;
  private final List<Probe> probes = new ArrayList<>();

  private Startup(Ids ids, String readerJar) throws Exception {
    this.ids = ids;
    this.readerJar = readerJar;
    emptyReader = new Probe("empty", 0, Jvm.command(FLAGS, readerJar, EmptyMain.class), null);
    emptyStore =
        new Probe(
            "empty, benchmarks' jar",
            0,
            Jvm.command(STORE_FLAGS, Jvm.classPath(), EmptyMain.class),
            null);
    probes.add(emptyReader);
    probes.add(emptyStore);
  }

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
    Startup startup = new Startup(ids, Jvm.readerJar(directory).toString());
    for (String entries : options.list("entries", List.of("1000000", "30000000"))) {
      Rows rows = new Rows(ids, Integer.parseInt(entries));
      startup.addReader(rows, directory.resolve("reader.jsa"));
      startup.addStores(rows, options.list("stores", STORES));
    }
    startup.measure(runs);
    JsonObject result =
        Results.heading("startup", options.command("startup", Set.of("directory", "results")));
    result.addProperty("ids", ids.name().toLowerCase());
    result.addProperty("runs", runs);
    result.add("rows", startup.rows());
    Results.write(options.results(), "startup-" + ids.name().toLowerCase(), result);
  }

  /** The almanac, without and with an archive of the classes that opening loads. */
  private void addReader(Rows rows, Path archive) throws Exception {
    Path file = Tables.built("almanac", rows).resolve("table.almanac");
    probes.add(
        new Probe("almanac", rows.count(), readerCommand(List.of(), file, rows), emptyReader));
    Files.deleteIfExists(archive);
    Jvm.run(readerCommand(List.of("-XX:ArchiveClassesAtExit=" + archive), file, rows));
    probes.add(
        new Probe(
            "almanac-archive",
            rows.count(),
            readerCommand(List.of("-XX:SharedArchiveFile=" + archive), file, rows),
            emptyReader));
  }

  private List<String> readerCommand(List<String> more, Path file, Rows rows) {
    List<String> flags = new ArrayList<>(FLAGS);
    flags.addAll(more);
    return Jvm.command(flags, readerJar, FirstLookup.class, file, id(rows));
  }

  private void addStores(Rows rows, List<String> stores) throws Exception {
    for (String store : stores) {
      if (Stores.names().contains(store)) {
        Path built = Tables.built(store, rows);
        List<String> command =
            Jvm.command(
                STORE_FLAGS,
                Jvm.classPath(),
                FirstStoreLookup.class,
                store,
                ids,
                rows.count(),
                built,
                id(rows));
        probes.add(new Probe(store, rows.count(), command, emptyStore));
      }
    }
  }

  /** An ID from the middle of the rows. */
  private static String id(Rows rows) {
    return Long.toString(rows.id(rows.count() / 2));
  }

  private void measure(int runs) throws Exception {
    for (Probe probe : probes) {
      probe.millis = new double[runs];
    }
    for (int run = -1; run < runs; run++) {
      for (Probe probe : probes) {
        double seconds = Jvm.seconds(probe.command);
        // The first round brings files and libraries into memory.
        if (run >= 0) {
          probe.millis[run] = seconds * 1e3;
        }
      }
    }
  }

  private JsonArray rows() {
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
    return rows;
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
