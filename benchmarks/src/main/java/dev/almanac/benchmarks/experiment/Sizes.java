package dev.almanac.benchmarks.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.benchmarks.report.Options;
import dev.almanac.benchmarks.report.Results;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.Store;
import dev.almanac.benchmarks.stores.StoreFlags;
import dev.almanac.benchmarks.stores.Stores;
import dev.almanac.benchmarks.stores.Table;
import dev.almanac.benchmarks.stores.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How many bytes does an ID take? The files of each store, built if they are not there; of what
 * lives on the heap, the heap that it takes.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar sizes --entries 30000000
 * }</pre>
 */
public final class Sizes {
  private Sizes() {}

  /** Runs it. */
  public static void main(List<String> arguments) throws Exception {
    Options options =
        new Options(
            arguments, Set.of("entries", "ids", "stores", "directory", "results"), Set.of());
    String directory = options.text("directory", Tables.directory().toString());
    for (String entries : options.list("entries", List.of("1000000"))) {
      for (String ids : options.list("ids", List.of("dense", "sparse", "text"))) {
        Rows rows = new Rows(Ids.named(ids), Integer.parseInt(entries));
        JsonObject result =
            Results.heading("sizes", options.command("sizes", Set.of("directory", "results")));
        result.addProperty("ids", ids);
        result.addProperty("entries", rows.count());
        JsonArray table = new JsonArray();
        for (String name : options.list("stores", List.copyOf(Stores.names()))) {
          Store store = Stores.named(name);
          if (store.answers() && store.takes(rows.ids())) {
            // A JVM for each, as a heap that was full is not measured well.
            List<String> flags = new ArrayList<>(StoreFlags.ALL);
            flags.add("-Xmx8g");
            flags.add("-XX:+UseSerialGC");
            flags.add("-D" + Tables.DIRECTORY_PROPERTY + "=" + directory);
            String said =
                Jvm.run(
                    Jvm.command(
                        flags, Jvm.classPath(), Child.class, name, rows.ids(), rows.count()));
            JsonObject row = Results.parse(Jvm.lastLine(said));
            row.addProperty("store", name);
            table.add(row);
            System.out.println(row);
          }
        }
        result.add("rows", table);
        Results.write(options.results(), "sizes-" + ids + "-" + rows.count(), result);
      }
    }
  }

  /** Opens a store and prints its bytes. Arguments: store, kind of IDs, number of rows. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      Rows rows = new Rows(Ids.valueOf(arguments[1]), Integer.parseInt(arguments[2]));
      Path directory = Tables.built(arguments[0], rows);
      long fileBytes = Tables.fileBytes(directory);
      if (fileBytes == 0) {
        // Classes, and what reading them from the jar leaves behind for a while, do not count.
        Stores.named(arguments[0]).open(new Rows(rows.ids(), 1), directory).close();
      }
      long before = usedBytes();
      try (Table table = Stores.named(arguments[0]).open(rows, directory)) {
        JsonObject row = new JsonObject();
        row.addProperty("fileBytes", fileBytes);
        row.addProperty("heapBytes", fileBytes > 0 ? 0 : usedBytes() - before);
        System.out.println(row);
        // Read once more, so that the table is still there when the heap is measured.
        if (table.forThread() == null) {
          throw new AssertionError();
        }
      }
    }

    private static long usedBytes() throws InterruptedException {
      // What a collection hands to cleaners is freed by a later one, so until it gets no less.
      long used = Long.MAX_VALUE;
      for (int unchanged = 0; unchanged < 5; ) {
        System.gc();
        Thread.sleep(20);
        long now = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        unchanged = now < used ? 0 : unchanged + 1;
        used = Math.min(used, now);
      }
      return used;
    }
  }
}
