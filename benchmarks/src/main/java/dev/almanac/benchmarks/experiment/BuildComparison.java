package dev.almanac.benchmarks.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.IdKind;
import dev.almanac.benchmarks.report.Options;
import dev.almanac.benchmarks.report.Results;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.StoreFlags;
import dev.almanac.benchmarks.stores.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How long does it take to get from rows to a file that can be read? This library takes the rows
 * from a file, in a JVM with a heap of 256 MB, once as any application is started, once with the
 * flags that Chronicle Map needs. Beside it: reading that file with wc(1) and writing the sealed
 * one with cp(1), which no builder can beat; Python loading the same file into a dictionary with
 * interned dates; and the peers, which get the same rows from memory, sorted where that helps them.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar builds --rows 30000000 --ids sparse
 * }</pre>
 */
public final class BuildComparison {
  private static final List<String> STEPS =
      List.of(
          "wc",
          "almanac",
          "almanac-flags",
          "cp",
          "python",
          "sparkey",
          "paldb",
          "lmdb",
          "chronicle-map",
          "rocksdb");

  private BuildComparison() {}

  /** Runs it. */
  public static void main(List<String> arguments) throws Exception {
    Options options =
        new Options(
            arguments, Set.of("rows", "ids", "steps", "directory", "results"), Set.of("keep"));
    Path directory =
        Path.of(options.text("directory", Tables.directory().toString())).resolve("builds");
    Rows rows =
        new Rows(Ids.named(options.text("ids", "sparse")), options.number("rows", 1_000_000));
    Path input = RowsFile.of(rows, directory);
    Path sealed = directory.resolve("sealed.almanac");
    JsonObject result =
        Results.heading(
            "builds", options.command("builds", Set.of("directory", "results", "keep")));
    result.addProperty("ids", rows.ids().name().toLowerCase());
    result.addProperty("rows", rows.count());
    result.addProperty("inputBytes", Files.size(input));
    JsonArray table = new JsonArray();
    // Reads the file into memory, so that no step pays for the disk on behalf of the next.
    Jvm.seconds(List.of("wc", "-l", input.toString()));
    for (String step : options.list("steps", STEPS)) {
      JsonObject row = run(step, rows, input, sealed, directory);
      row.addProperty("step", step);
      table.add(row);
      System.out.println(row);
    }
    result.add("steps", table);
    Results.write(
        options.results(),
        "builds-" + rows.ids().name().toLowerCase() + "-" + rows.count(),
        result);
    if (!options.flag("keep")) {
      Tables.delete(directory);
    }
  }

  private static JsonObject run(String step, Rows rows, Path input, Path sealed, Path directory)
      throws Exception {
    JsonObject row = new JsonObject();
    switch (step) {
      case "wc" -> row.addProperty("seconds", Jvm.seconds(List.of("wc", "-l", input.toString())));
      case "cp" -> {
        Path copy = directory.resolve("copy");
        row.addProperty("seconds", Jvm.seconds(List.of("cp", sealed.toString(), copy.toString())));
        row.addProperty("fileBytes", Files.size(sealed));
        Files.delete(copy);
      }
      case "python" -> {
        Path script = Jvm.resource("dictionary.py", directory);
        String[] said =
            Jvm.run(List.of("python3", script.toString(), "load", input.toString(), "interned"))
                .strip()
                .split(" ");
        row.addProperty("idCount", Long.parseLong(said[0]));
        row.addProperty("seconds", Double.parseDouble(said[1]));
        row.addProperty("residentBytes", Long.parseLong(said[2]) << 10);
      }
      case "almanac", "almanac-flags" -> {
        Files.deleteIfExists(sealed);
        List<String> flags = new ArrayList<>(List.of("-Xmx256m"));
        if (step.equals("almanac-flags")) {
          flags.addAll(StoreFlags.ALL);
        }
        return build(
            Jvm.command(
                flags,
                Jvm.classPath(),
                BuildOne.class,
                "rows",
                input,
                sealed,
                rows.ids().isText() ? IdKind.TEXT : IdKind.AUTO,
                "none"));
      }
      default -> {
        Path built = directory.resolve(step);
        List<String> flags = new ArrayList<>(List.of("-Xmx8g"));
        flags.addAll(StoreFlags.ALL);
        // PalDB writes its temporary files there.
        flags.add("-Djava.io.tmpdir=" + directory);
        row =
            build(
                Jvm.command(
                    flags,
                    Jvm.classPath(),
                    BuildOne.class,
                    "memory",
                    step,
                    built,
                    rows.ids(),
                    rows.count()));
        Tables.delete(built);
      }
    }
    return row;
  }

  private static JsonObject build(List<String> command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    JsonObject row = Results.parse(Jvm.lastLine(Jvm.run(command)));
    row.addProperty("processSeconds", (System.nanoTime() - start) / 1e9);
    return row;
  }
}
