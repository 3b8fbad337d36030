package dev.almanac.benchmarks.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.IdKind;
import dev.almanac.benchmarks.report.Options;
import dev.almanac.benchmarks.report.Results;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.Tables;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the next edition takes: a build of yesterday's file and the changes, beside a full build of
 * the same result from all rows, in turns. Of the changes, six of ten give another date to an ID,
 * two remove one and two add one. Both files must be the same, byte for byte.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar delta --rows 30000000 --ids sparse --changes 100000
 * }</pre>
 */
public final class DeltaComparison {
  private DeltaComparison() {}

  /** Runs it. */
  public static void main(List<String> arguments) throws Exception {
    Options options =
        new Options(
            arguments,
            Set.of("rows", "ids", "changes", "rounds", "directory", "results"),
            Set.of("keep"));
    Path directory =
        Path.of(options.text("directory", Tables.directory().toString())).resolve("delta");
    Rows rows =
        new Rows(Ids.named(options.text("ids", "sparse")), options.number("rows", 1_000_000));
    int changeCount = options.number("changes", 100_000);
    Path all = RowsFile.of(rows, directory);
    Path changes = changes(rows, changeCount, directory.resolve("changes.txt"));
    Path base = directory.resolve("base.almanac");
    Path full = directory.resolve("full.almanac");
    Path delta = directory.resolve("delta.almanac");
    build("none", all, base);
    JsonObject result =
        Results.heading("delta", options.command("delta", Set.of("directory", "results", "keep")));
    result.addProperty("ids", rows.ids().name().toLowerCase());
    result.addProperty("rows", rows.count());
    result.addProperty("changes", changeCount);
    JsonArray rounds = new JsonArray();
    for (int round = 0; round < options.number("rounds", 3); round++) {
      JsonObject row = new JsonObject();
      Files.deleteIfExists(full);
      row.add("full", build("none", all + "," + changes, full));
      Files.deleteIfExists(delta);
      row.add("delta", build(base.toString(), changes.toString(), delta));
      if (Files.mismatch(full, delta) >= 0) {
        throw new IOException(
            "both builds must give the same file: differsAt=" + Files.mismatch(full, delta));
      }
      rounds.add(row);
      System.out.println(row);
    }
    result.add("rounds", rounds);
    Results.write(
        options.results(),
        "delta-%s-%d-%d".formatted(rows.ids().name().toLowerCase(), rows.count(), changeCount),
        result);
    if (!options.flag("keep")) {
      Tables.delete(directory);
    }
  }

  private static Path changes(Rows rows, int count, Path file) throws IOException {
    long step = Math.max(1, rows.count() / count);
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        boolean added = i % 10 > 7;
        boolean removed = i % 10 > 5 && !added;
        long id = rows.id(added ? rows.count() + (long) i : i * step);
        String date = removed ? "" : Rows.date((Rows.code(id) + 1) % Rows.DATE_COUNT).toString();
        lines.write(id + "|cust|" + date + "|0.00\n");
      }
    }
    return file;
  }

  private static JsonObject build(String base, Object input, Path target) throws Exception {
    return Results.parse(
        Jvm.lastLine(
            Jvm.run(
                Jvm.command(
                    List.of("-Xmx256m"),
                    Jvm.classPath(),
                    BuildOne.class,
                    "rows",
                    input,
                    target,
                    IdKind.LONG,
                    base))));
  }
}
