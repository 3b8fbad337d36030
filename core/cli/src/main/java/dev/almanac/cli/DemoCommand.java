package dev.almanac.cli;

import com.google.gson.JsonObject;
import dev.almanac.Almanac;
import dev.almanac.VerifyReport;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.generator.RowGenerator;
import dev.almanac.report.Figures;
import dev.almanac.report.Json;
import dev.almanac.report.TextTable;
import dev.almanac.workers.AlmanacWorker;
import dev.almanac.workers.ReadingOrder;
import dev.almanac.workers.WorkerExperiment;
import dev.almanac.workers.WorkersReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code almanac demo}. */
@Command(
    name = "demo",
    description = {
      "Builds a file of generated rows and reads it with many processes.",
      "Generates rows, builds a file, verifies it, starts worker processes that look up every ID,"
          + " and deletes the files. Linux only."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac demo",
      "  almanac demo --rows 30000001 --ids sparse --directory /var/tmp --keep"
    })
final class DemoCommand implements Callable<Integer> {
  private static final int DATE_COLUMN = 3;
  private static final int ROW_BYTES = 40;
  private static final int CLEAN_ATTEMPTS = 30;
  private static final long CLEAN_PAUSE_MILLIS = 100;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "3000000",
      description = "Rows, about 40 bytes each. Default: ${DEFAULT-VALUE}")
  private long rows;

  @Mixin private SampleOptions sample;

  @Option(
      names = "--processes",
      paramLabel = "N",
      defaultValue = "10",
      description = "Worker processes. Default: ${DEFAULT-VALUE}")
  private int processes;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "An existing folder, in which a new one is made for the files."
              + " Default: the system's temporary folder")
  private @Nullable Path directory;

  @Option(names = "--keep", description = "Keep the files.")
  private boolean keep;

  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    RowGenerator generator = Arguments.accepted(spec, this::generator);
    requireRoom();
    Path folder =
        directory == null
            ? Files.createTempDirectory("almanac-demo-")
            : Files.createTempDirectory(directory, "almanac-demo-");
    Thread cleaner = new Thread(() -> clean(folder), "demo-cleaner");
    if (!keep) {
      Runtime.getRuntime().addShutdownHook(cleaner);
    }
    return run(generator, folder);
  }

  /** Says early what would fill a disk. */
  private void requireRoom() throws IOException {
    Path folder = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
    long usableBytes = Files.getFileStore(folder).getUsableSpace();
    if (rows > usableBytes / ROW_BYTES) {
      throw new IOException(
          "the disk is too small for the rows of the demo: rows="
              + rows
              + " usableBytes="
              + usableBytes
              + ", path="
              + folder);
    }
  }

  private RowGenerator generator() {
    AlmanacWorker.requireProcessCount(processes);
    return sample.generator(rows);
  }

  private int run(RowGenerator generator, Path folder) throws IOException, InterruptedException {
    Path input = folder.resolve("rows.txt");
    Path file = folder.resolve("dates.almanac");

    step(
        "generating "
            + Figures.count(rows, "row", "rows")
            + " id|customer|date|amount, "
            + sample.ids().name().toLowerCase(Locale.ROOT)
            + " IDs");
    long start = System.nanoTime();
    long inputBytes;
    try (OutputStream stream = Files.newOutputStream(input)) {
      inputBytes = generator.writeTo(stream);
    }
    Duration generating = Duration.ofNanos(System.nanoTime() - start);

    step("building one file from " + Figures.bytes(inputBytes) + " of rows");
    BuildReport built;
    try (ProgressLine progress = ProgressLine.on(Streams.of(spec).err(), output.quiet())) {
      built =
          AlmanacBuilder.create()
              .onProgress(progress)
              .build(
                  DelimitedRows.of(input).delimiter('|').idColumn(1).dateColumn(DATE_COLUMN), file);
    }

    step("verifying it");
    start = System.nanoTime();
    VerifyReport verified = Almanac.verify(file);
    Duration verifying = Duration.ofNanos(System.nanoTime() - start);

    step(
        "starting "
            + Figures.count(
                processes,
                "worker process that looks up every ID",
                "worker processes that look up every ID"));
    WorkersReport read =
        WorkerExperiment.of(
                AlmanacWorker.commands(file, processes, ReadingOrder.SEQUENTIAL, 0, sample.seed()))
            .file(file)
            .run();

    Outcome outcome = new Outcome(inputBytes, generating, built, verified, verifying, read);
    output.print(() -> table(outcome), () -> json(outcome));
    if (keep) {
      step("kept " + folder);
    }
    return verified.ok() && read.agree() ? ExitStatus.DONE : ExitStatus.NO;
  }

  /** What the steps gave. */
  private record Outcome(
      long inputBytes,
      Duration generating,
      BuildReport built,
      VerifyReport verified,
      Duration verifying,
      WorkersReport read) {}

  private String table(Outcome outcome) {
    TextTable table =
        new TextTable()
            .section("One file")
            .row(
                "Input",
                Figures.bytes(outcome.inputBytes)
                    + " of rows, generated in "
                    + Figures.duration(outcome.generating));
    BuildReports.appendTo(table, outcome.built);
    table
        .row(
            "Verified",
            (outcome.verified.ok() ? "whole, in " : "DAMAGED, in ")
                + Figures.duration(outcome.verifying))
        .section(
            Figures.count(processes, "process,", "processes, each") + " looking up every ID in it");
    outcome.read.appendTo(table);
    return table.toString();
  }

  private JsonObject json(Outcome outcome) {
    JsonObject json = new JsonObject();
    json.addProperty("rows", rows);
    json.addProperty("inputBytes", outcome.inputBytes);
    json.addProperty("generateSeconds", Json.seconds(outcome.generating));
    json.add("build", BuildReports.json(outcome.built));
    json.addProperty("verified", outcome.verified.ok());
    json.addProperty("verifySeconds", Json.seconds(outcome.verifying));
    json.add("workers", outcome.read.toJson());
    return json;
  }

  private void step(String text) {
    if (!output.quiet()) {
      Streams.of(spec).say(text);
    }
  }

  /**
   * Deletes the folder that this run made. A hook, so that an interrupted run leaves nothing
   * either; a build that is under way then may still be making files, so it tries for a while.
   */
  private void clean(Path folder) {
    try {
      for (int attempt = 0; Files.exists(folder) && attempt < CLEAN_ATTEMPTS; attempt++) {
        if (attempt > 0) {
          Thread.sleep(CLEAN_PAUSE_MILLIS);
        }
        deleteTree(folder);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (Files.exists(folder)) {
      Streams.of(spec).say("the demo's folder could not be deleted: path=" + folder);
    }
  }

  private static void deleteTree(Path path) {
    try {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
          entries.forEach(DemoCommand::deleteTree);
        }
      }
      Files.deleteIfExists(path);
    } catch (IOException | DirectoryIteratorException e) {
      // Somebody deletes or makes files in it; the caller looks whether anything is left.
    }
  }
}
