package dev.almanac.benchmarks.experiment;

import com.google.gson.JsonObject;
import dev.almanac.IdKind;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.Store;
import dev.almanac.benchmarks.stores.Stores;
import dev.almanac.benchmarks.stores.Tables;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Builds one file in a JVM of its own and prints what that took, as a line of JSON. Arguments:
 * {@code rows ROWS-FILES TARGET KIND BASE} for this library, from files, with a base or {@code
 * none}; {@code memory STORE DIRECTORY IDS COUNT} for a store, from rows in memory.
 */
final class BuildOne {
  private BuildOne() {}

  public static void main(String[] arguments) throws Exception {
    JsonObject result =
        arguments[0].equals("rows")
            ? fromFiles(
                Arrays.stream(arguments[1].split(",")).map(Path::of).toList(),
                Path.of(arguments[2]),
                IdKind.valueOf(arguments[3]),
                arguments[4])
            : fromMemory(
                arguments[1],
                Path.of(arguments[2]),
                new Rows(Ids.valueOf(arguments[3]), Integer.parseInt(arguments[4])));
    // Of this process alone, with the pages of files that it maps.
    result.addProperty("residentBytes", Jvm.highWaterBytes());
    System.out.println(result);
  }

  private static JsonObject fromFiles(List<Path> inputs, Path target, IdKind kind, String base)
      throws Exception {
    AlmanacBuilder builder = AlmanacBuilder.create().ids(kind).nullDates("");
    if (!base.equals("none")) {
      builder.base(Path.of(base));
    }
    JsonObject result = new JsonObject();
    BuildReport report;
    try (AnonymousMemory memory = new AnonymousMemory()) {
      long start = System.nanoTime();
      report =
          builder.build(DelimitedRows.of(inputs).delimiter('|').idColumn(1).dateColumn(3), target);
      result.addProperty("seconds", (System.nanoTime() - start) / 1e9);
      // Of the child that the library may start, too.
      result.addProperty("anonymousBytes", memory.mostBytes());
    }
    result.addProperty("fileBytes", report.fileBytes());
    result.addProperty("idCount", report.idCount());
    result.addProperty("temporaryBytes", report.temporaryBytes());
    result.addProperty("layout", report.layout().name());
    JsonObject phases = new JsonObject();
    report.phases().forEach((phase, time) -> phases.addProperty(phase, time.toNanos() / 1e9));
    result.add("phaseSeconds", phases);
    return result;
  }

  private static JsonObject fromMemory(String name, Path directory, Rows rows) throws Exception {
    Store store = Stores.named(name);
    store.prepare(rows);
    Tables.delete(directory);
    Files.createDirectories(directory);
    long start = System.nanoTime();
    store.build(rows, directory);
    JsonObject result = new JsonObject();
    result.addProperty("seconds", (System.nanoTime() - start) / 1e9);
    result.addProperty("fileBytes", Tables.fileBytes(directory));
    result.addProperty("idCount", rows.count());
    return result;
  }
}
