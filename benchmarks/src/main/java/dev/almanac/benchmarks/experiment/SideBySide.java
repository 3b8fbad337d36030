package dev.almanac.benchmarks.experiment;

import com.google.gson.JsonObject;
import dev.almanac.IdKind;
import dev.almanac.benchmarks.report.Options;
import dev.almanac.benchmarks.report.Results;
import dev.almanac.benchmarks.stores.Accesses;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.benchmarks.stores.StoreFlags;
import dev.almanac.benchmarks.stores.Tables;
import dev.almanac.workers.WorkerExperiment;
import dev.almanac.workers.WorkerJvm;
import dev.almanac.workers.WorkersReport;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * The experiment that started the project: one file of rows, and ten worker processes that each
 * look every ID up once, in each of the ways of {@link Case}. Each case leaves a result of its own,
 * and one that has a result is not run again, so that the command can be stopped and given again. A
 * case that would not fit into the machine's memory is run with fewer rows, and its result says so.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar side-by-side --rows 10000000 --workers 10
 * }</pre>
 */
public final class SideBySide {
  /** Less than this left, and a case is stopped before the kernel stops something else. */
  private static final long MEMORY_FLOOR_BYTES = 700_000_000;

  private final Options options;
  private final Path directory;
  private final Path results;
  private final int rowCount;
  private final int workerCount;
  private final boolean scattered;

  private SideBySide(Options options) {
    this.options = options;
    directory =
        Path.of(options.text("directory", Tables.directory().toString())).resolve("side-by-side");
    results = options.results();
    rowCount = options.number("rows", 1_000_000);
    workerCount = options.number("workers", 10);
    scattered = options.text("order", "sequential").equals("scattered");
  }

  /** Runs it. */
  public static void main(List<String> arguments) throws Exception {
    Options options =
        new Options(
            arguments,
            Set.of("rows", "workers", "cases", "order", "directory", "results", "memory-mb"),
            Set.of("again", "keep"));
    new SideBySide(options).run();
  }

  private void run() throws Exception {
    List<String> names = options.list("cases", Case.ALL.stream().map(Case::name).toList());
    for (String name : names) {
      Case one = Case.named(name);
      String resultName =
          "side-by-side-%d-%d%s-%s"
              .formatted(rowCount, workerCount, scattered ? "-scattered" : "", name);
      if (!Files.exists(results.resolve(resultName + ".json")) || options.flag("again")) {
        JsonObject result = run(one);
        Results.write(results, resultName, result);
        System.out.println(summary(one, result));
      }
    }
    if (!options.flag("keep")) {
      Tables.delete(directory);
    }
  }

  private static String summary(Case one, JsonObject result) {
    if (!result.has("workers")) {
      return one.name() + ": not run, " + result.get("reason").getAsString();
    }
    JsonObject workers = result.getAsJsonObject("workers");
    return "%s: %,d rows, prepared in %.1f s, %.3f GB after start, %.3f GB at the peak, read in %.1f s"
        .formatted(
            one.name(),
            result.get("rows").getAsLong(),
            result.get("prepareSeconds").getAsDouble() + workers.get("startSeconds").getAsDouble(),
            workers.get("afterStartBytes").getAsLong() / 1e9,
            workers.get("peakBytes").getAsLong() / 1e9,
            workers.get("readingSeconds").getAsDouble());
  }

  private JsonObject run(Case one) throws Exception {
    JsonObject result =
        Results.heading(
            "side-by-side",
            options.command(
                "side-by-side", Set.of("directory", "results", "again", "keep", "cases")));
    result.addProperty("case", one.name());
    result.addProperty("label", one.label());
    result.addProperty("wantedRows", rowCount);
    result.addProperty("order", scattered ? "scattered" : "sequential");
    String missing = missing(one);
    if (missing != null) {
      result.addProperty("reason", missing);
      return result;
    }
    long memory = options.number("memory-mb", 0) * 1_000_000L;
    long available = memory > 0 ? memory : availableBytes() * 9 / 10;
    int rows =
        (int) Math.min(rowCount, one.rowsThatFit(available, workerCount) / 100_000 * 100_000);
    String reason = rows < rowCount ? "more rows would not have fitted into memory" : null;
    while (rows > 0) {
      try {
        measure(one, rows, result);
        result.addProperty("rows", rows);
        if (reason != null) {
          result.addProperty("reason", reason);
        }
        return result;
      } catch (OutOfMemory e) {
        reason = "stopped with %,d rows, when the machine's memory came to its end".formatted(rows);
        rows = rows / 2 / 100_000 * 100_000;
      }
    }
    result.addProperty("reason", "no number of rows would have fitted into memory");
    return result;
  }

  /** What the machine does not have, or null. */
  private static String missing(Case one) {
    return switch (one.kind()) {
      case PYTHON -> onPath("python3") ? null : "there is no python3";
      case CHRONICLE_PRIVATE -> onPath("cc") ? null : "there is no C compiler";
      default -> null;
    };
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private void measure(Case one, int rows, JsonObject result) throws Exception {
    Path input = RowsFile.of(new Rows(one.ids(), rows), directory);
    Path work = directory.resolve(one.name());
    Tables.delete(work);
    Files.createDirectories(work);
    try {
      long start = System.nanoTime();
      Path file = prepare(one, rows, input, work);
      result.addProperty("prepareSeconds", (System.nanoTime() - start) / 1e9);
      result.addProperty("fileBytes", file == null ? 0 : Files.size(file));
      WorkerExperiment experiment =
          WorkerExperiment.of(commands(one, rows, input, file, work))
              .timeLimit(Duration.ofHours(2));
      if (file != null) {
        // Where each worker has its own copy, the first worker's stands for all.
        experiment.file(one.kind() == Case.Kind.CHRONICLE_COPIES ? copy(work, 0) : file);
      }
      WorkersReport report = runGuarded(experiment);
      if (!report.agree() || report.foundCount() != (long) rows * workerCount) {
        throw new IllegalStateException(
            "Every worker finds every ID; case=%s, found=%d, expected=%d"
                .formatted(one.name(), report.foundCount(), (long) rows * workerCount));
      }
      result.add("workers", Results.parse(report.toJson().toString()));
      int measuredMappings = one.kind() == Case.Kind.CHRONICLE_COPIES ? 1 : report.workers().size();
      result.addProperty("dirtyBytesOfAWorker", (report.dirtyKilobytes() << 10) / measuredMappings);
      result.addProperty(
          "copiedBytesOfAWorker", (report.copiedKilobytes() << 10) / measuredMappings);
    } finally {
      Tables.delete(work);
    }
  }

  /** Makes the file that the workers open, if they do. */
  private Path prepare(Case one, int rows, Path input, Path work) throws Exception {
    List<String> storeFlags = new ArrayList<>(StoreFlags.ALL);
    storeFlags.add("-Xmx1g");
    Path file = work.resolve("dates");
    switch (one.kind()) {
      case PYTHON, HEAP -> {
        return null;
      }
      case ALMANAC, ALMANAC_THREADS -> {
        IdKind kind = one.hasTextIds() ? IdKind.TEXT : IdKind.LONG;
        Jvm.run(
            Jvm.command(
                List.of("-Xmx256m"),
                Jvm.classPath(),
                BuildOne.class,
                "rows",
                input,
                file,
                kind,
                "none"));
      }
      default -> {
        Jvm.run(
            Jvm.command(
                storeFlags, Jvm.classPath(), DateMaps.class, one.name(), input, rows, file));
        // Synced, so that a page that is dirty after the reading was written by a reader.
        sync(file);
        if (one.kind() == Case.Kind.CHRONICLE_COPIES) {
          for (int worker = 0; worker < workerCount; worker++) {
            sync(Files.copy(file, copy(work, worker)));
          }
        }
        if (one.kind() == Case.Kind.CHRONICLE_PRIVATE) {
          Path source = Jvm.resource("private_mapping.c", work);
          Jvm.run(
              List.of(
                  "cc",
                  "-shared",
                  "-fPIC",
                  "-O2",
                  "-o",
                  preload(work).toString(),
                  source.toString()));
        }
      }
    }
    return file;
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static Path copy(Path work, int worker) {
    return work.resolve("dates-" + worker);
  }

  private static Path preload(Path work) {
    return work.resolve("private_mapping.so");
  }

  private List<List<String>> commands(Case one, int rows, Path input, Path file, Path work)
      throws IOException {
    int stride = scattered ? Accesses.stride(rows) : 1;
    List<List<String>> commands = new ArrayList<>();
    if (one.kind() == Case.Kind.PYTHON) {
      commands.add(
          List.of(
              "python3",
              Jvm.resource("dictionary.py", work).toString(),
              "read",
              input.toString(),
              one.name().equals("python-interned") ? "interned" : "plain",
              Integer.toString(rows),
              Integer.toString(workerCount),
              Integer.toString(stride)));
      return commands;
    }
    boolean ours = one.kind() == Case.Kind.ALMANAC || one.kind() == Case.Kind.ALMANAC_THREADS;
    String classPath = ours ? Jvm.readerJar(work).toString() : Jvm.classPath();
    int heapMegabytes =
        one.heapMegabytes() + (int) ((long) rows * one.heapBytesPerRow() / 1_000_000);
    List<String> flags = new ArrayList<>();
    if (!ours) {
      // What keeps a worker of this library small would slow the others down. They have the
      // optimizing compiler, and a young generation with room for the garbage of their lookups.
      flags.addAll(List.of("-XX:TieredStopAtLevel=4", "-Xmn32m"));
      flags.addAll(StoreFlags.ALL);
    }
    int processes = one.kind() == Case.Kind.ALMANAC_THREADS ? 1 : workerCount;
    for (int worker = 0; worker < processes; worker++) {
      Path opened =
          switch (one.kind()) {
            case HEAP -> input;
            case CHRONICLE_COPIES -> copy(work, worker);
            default -> file;
          };
      List<String> command = new ArrayList<>();
      if (one.kind() == Case.Kind.CHRONICLE_PRIVATE) {
        command.addAll(
            List.of("env", "LD_PRELOAD=" + preload(work), "ALMANAC_PRIVATE_FILE=" + file));
      }
      command.addAll(
          WorkerJvm.command(
              heapMegabytes,
              flags,
              classPath,
              DateWorker.class.getName(),
              List.of(
                  one.name(),
                  opened.toString(),
                  Integer.toString(rows),
                  Integer.toString(stride),
                  Integer.toString(worker),
                  Integer.toString(workerCount))));
      commands.add(command);
    }
    return commands;
  }

  /** Runs an experiment, and stops it when the machine has next to no memory left. */
  private static WorkersReport runGuarded(WorkerExperiment experiment) throws Exception {
    Thread runner = Thread.currentThread();
    AtomicBoolean exhausted = new AtomicBoolean();
    Thread guard =
        new Thread(
            () -> {
              try {
                while (availableBytes() > MEMORY_FLOOR_BYTES) {
                  Thread.sleep(100);
                }
                exhausted.set(true);
                runner.interrupt();
              } catch (InterruptedException e) {
                // The experiment is over.
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            "memory-guard");
    guard.setDaemon(true);
    guard.start();
    try {
      return experiment.run();
    } catch (InterruptedException e) {
      if (exhausted.get()) {
        throw new OutOfMemory();
      }
      throw e;
    } finally {
      guard.interrupt();
      guard.join();
      // Set when the guard struck as the experiment came to its end.
      Thread.interrupted();
    }
  }

  private static final class OutOfMemory extends Exception {
    private static final long serialVersionUID = 1;
  }

  private static long availableBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemAvailable:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("/proc/meminfo has a line MemAvailable");
  }
}
