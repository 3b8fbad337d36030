package dev.almanac.cli;

import com.google.gson.JsonObject;
import dev.almanac.Almanac;
import dev.almanac.report.Figures;
import dev.almanac.report.TextTable;
import dev.almanac.workers.AlmanacWorker;
import dev.almanac.workers.ReadingOrder;
import dev.almanac.workers.WorkerExperiment;
import dev.almanac.workers.WorkersReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code almanac workers}. */
@Command(
    name = "workers",
    description = {
      "Starts worker processes that read one file concurrently, and measures them.",
      "Shows memory after start and at the peak, pages of the file that were dirtied or copied,"
          + " bytes written and lookups per second. Every answer is checked. Linux only."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac workers orders.almanac --processes 10",
      "  almanac workers orders.almanac --order random --lookups 5000000",
      "",
      "--json prints the memory over time too. Exit status 1 if the answers differ."
    })
final class WorkersCommand implements Callable<Integer> {
  @Mixin private FileArgument file;

  @Option(
      names = "--processes",
      paramLabel = "N",
      defaultValue = "10",
      description = "Worker processes, each a JVM. Default: ${DEFAULT-VALUE}")
  private int processes;

  @Option(
      names = "--lookups",
      paramLabel = "N",
      defaultValue = "0",
      description = "Lookups of each worker. Default: as many as the file has IDs")
  private long lookups;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      defaultValue = "sequential",
      description =
          "sequential: every ID in the order of the file; random: from an even sample of a million"
              + " IDs. Default: ${DEFAULT-VALUE}")
  private ReadingOrder order;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "For random order. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Path path = file.path();
    List<List<String>> commands =
        Arguments.accepted(
            spec, () -> AlmanacWorker.commands(path, processes, order, lookups, seed));
    // Says what is wrong with the file once, before ten workers do.
    String edition;
    try (Almanac almanac = Almanac.open(path)) {
      edition = almanac.edition();
    }
    WorkersReport report = WorkerExperiment.of(commands).file(path).run();
    output.print(() -> table(report), () -> json(report, edition));
    return report.agree() ? ExitStatus.DONE : ExitStatus.NO;
  }

  private String table(WorkersReport report) {
    Path path = file.path();
    TextTable table =
        new TextTable()
            .section(
                Figures.count(processes, "worker process", "worker processes")
                    + " reading "
                    + FailureText.visible(path.toString())
                    + ", "
                    + Figures.bytes(path.toFile().length()));
    report.appendTo(table);
    return table.toString();
  }

  private JsonObject json(WorkersReport report, String edition) {
    Path path = file.path();
    JsonObject json = new JsonObject();
    json.addProperty("path", path.toString());
    json.addProperty("edition", edition);
    json.addProperty("order", order.name().toLowerCase(Locale.ROOT));
    json.addProperty("fileBytes", path.toFile().length());
    json.add("experiment", report.toJson());
    return json;
  }
}
