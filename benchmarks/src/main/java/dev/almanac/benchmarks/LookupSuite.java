package dev.almanac.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.benchmarks.report.Options;
import dev.almanac.benchmarks.report.Results;
import dev.almanac.benchmarks.stores.Ids;
import dev.almanac.benchmarks.stores.StoreFlags;
import dev.almanac.benchmarks.stores.Stores;
import dev.almanac.benchmarks.stores.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the JMH questions for the stores that each makes sense for, and keeps one result file for
 * each question, kind of IDs and number of entries. A file that is there is not measured again.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar lookups --entries 1000000,30000000
 * java -jar benchmarks/target/benchmarks.jar lookups --questions hit,dependent --entries 30000000 --again --rounds 3
 * }</pre>
 */
final class LookupSuite {
  /** Every store, and the limits: but for the one that is of batches alone. */
  private static final List<String> ALL =
      Stores.names().stream().filter(store -> !store.equals("limit-two-lines")).toList();

  private static final List<Ids> NUMBERS =
      Arrays.stream(Ids.values()).filter(ids -> !ids.isText()).toList();
  private static final List<Ids> TEXTS = Arrays.stream(Ids.values()).filter(Ids::isText).toList();

  private static final String BATCH_METHODS = "batch|slices";

  private static final List<String> BATCHES =
      List.of("almanac", "almanac-entries", "rocksdb", "limit", "limit-two-lines", "mapped-array");
  private static final List<String> SCANS =
      List.of("almanac", "chronicle-map", "fastutil", "limit", "mapped-array");
  private static final List<String> THREADED =
      List.of(
          "almanac", "chronicle-map", "sparkey", "paldb", "lmdb", "rocksdb", "fastutil", "limit");

  /** One question: a JMH class, the IDs and the stores that it makes sense for. */
  private enum Question {
    HIT(HitBenchmark.class, NUMBERS, ALL, BATCHES, List.of(1)),
    MISS(MissBenchmark.class, NUMBERS, ALL, BATCHES, List.of(1)),
    MIXED(MixedBenchmark.class, List.of(Ids.DENSE, Ids.SPARSE), ALL, BATCHES, List.of(1)),
    ZIPF(ZipfBenchmark.class, List.of(Ids.DENSE, Ids.SPARSE), ALL, BATCHES, List.of(1)),
    SEQUENTIAL(SequentialBenchmark.class, List.of(Ids.DENSE), ALL, BATCHES, List.of(1)),
    DEPENDENT(DependentBenchmark.class, List.of(Ids.DENSE, Ids.SPARSE), ALL, List.of(), List.of(1)),
    TEXT(TextBenchmark.class, TEXTS, ALL, BATCHES, List.of(1)),
    TEXT_MISS(TextMissBenchmark.class, TEXTS, ALL, BATCHES, List.of(1)),
    THREADS(
        HitBenchmark.class,
        List.of(Ids.DENSE, Ids.SPARSE),
        THREADED,
        List.of("almanac", "limit"),
        List.of(1, 2)),
    SCAN(ScanBenchmark.class, List.of(Ids.DENSE, Ids.SPARSE), SCANS, List.of(), List.of(1)),
    GROUP_SIZE(
        BatchLengthBenchmark.class, List.of(Ids.SPARSE), List.of(), List.of("almanac"), List.of(1));

    final Class<?> benchmark;
    final List<Ids> ids;
    final List<String> singles;
    final List<String> batches;
    final List<Integer> threads;

    Question(
        Class<?> benchmark,
        List<Ids> ids,
        List<String> singles,
        List<String> batches,
        List<Integer> threads) {
      this.benchmark = benchmark;
      this.ids = ids;
      this.singles = singles;
      this.batches = batches;
      this.threads = threads;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final Set<String> VALUED =
      Set.of(
          "questions",
          "ids",
          "entries",
          "stores",
          "directory",
          "results",
          "rounds",
          "warmups",
          "measurements",
          "iteration-millis");

  private LookupSuite() {}

  static void main(List<String> arguments) throws Exception {
    Options options = new Options(arguments, VALUED, Set.of("again"));
    Path results = options.results();
    String directory = options.text("directory", Tables.directory().toString());
    List<String> questions =
        options.list("questions", Arrays.stream(Question.values()).map(Question::label).toList());
    List<String> kinds =
        options.list(
            "ids",
            Arrays.stream(Ids.values()).map(ids -> ids.name().toLowerCase(Locale.ROOT)).toList());
    for (String entries : options.list("entries", List.of("1000000"))) {
      for (Question question : Question.values()) {
        for (Ids ids : question.ids) {
          String kind = ids.name().toLowerCase(Locale.ROOT);
          if (!questions.contains(question.label()) || !kinds.contains(kind)) {
            continue;
          }
          String name = "lookups-" + question.label() + "-" + kind + "-" + entries;
          if (Files.exists(results.resolve(name + ".json")) && !options.flag("again")) {
            continue;
          }
          JsonObject result =
              Results.heading(
                  "lookups", options.command("lookups", Set.of("directory", "results")));
          result.addProperty("question", question.label());
          result.addProperty("ids", kind);
          result.addProperty("entries", Integer.parseInt(entries));
          JsonArray rows = new JsonArray();
          inRounds(options, directory, question, ids, entries)
              .forEach((threads, measured) -> add(rows, measured, threads));
          result.add("rows", rows);
          Results.write(results, name, result);
        }
      }
    }
  }

  /**
   * Asks all stores several times, and puts together what each has measured in every round, by the
   * number of threads: a minute in which the machine is busy elsewhere then touches all of them a
   * little, not one of them alone.
   */
  private static Map<Integer, Collection<RunResult>> inRounds(
      Options options, String directory, Question question, Ids ids, String entries)
      throws Exception {
    Map<Integer, Map<String, RunResult>> pooled = new TreeMap<>();
    for (int round = options.number("rounds", 1); round > 0; round--) {
      for (int threads : question.threads) {
        Map<String, RunResult> ofThreads =
            pooled.computeIfAbsent(threads, none -> new LinkedHashMap<>());
        for (boolean batch : new boolean[] {false, true}) {
          List<String> stores = batch ? question.batches : question.singles;
          for (RunResult result :
              run(options, directory, question, ids, entries, threads, stores, batch)) {
            ofThreads.merge(result.getParams().id(), result, LookupSuite::together);
          }
        }
      }
    }
    Map<Integer, Collection<RunResult>> results = new TreeMap<>();
    pooled.forEach((threads, all) -> results.put(threads, all.values()));
    return results;
  }

  private static RunResult together(RunResult before, RunResult now) {
    List<BenchmarkResult> all = new ArrayList<>(before.getBenchmarkResults());
    all.addAll(now.getBenchmarkResults());
    return new RunResult(before.getParams(), all);
  }

  private static Collection<RunResult> run(
      Options options,
      String directory,
      Question question,
      Ids ids,
      String entries,
      int threads,
      List<String> stores,
      boolean batch)
      throws Exception {
    List<String> wanted = options.list("stores", stores);
    String[] named =
        stores.stream()
            .filter(store -> wanted.contains(store) && Stores.named(store).takes(ids))
            .toArray(String[]::new);
    if (named.length == 0) {
      return List.of();
    }
    String method = batch ? BATCH_METHODS : question == Question.SCAN ? "scan" : "single|dependent";
    List<String> flags = new ArrayList<>(StoreFlags.ALL);
    flags.add("-D" + Tables.DIRECTORY_PROPERTY + "=" + directory);
    TimeValue time = TimeValue.milliseconds(options.number("iteration-millis", 2_000));
    ChainedOptionsBuilder builder =
        new OptionsBuilder()
            .include("\\." + question.benchmark.getSimpleName() + "\\.(" + method + ")$")
            .param("store", named)
            .param("entries", entries)
            .threads(threads)
            .forks(1)
            .warmupIterations(options.number("warmups", 4))
            .warmupTime(time)
            .measurementIterations(options.number("measurements", 5))
            .measurementTime(time)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .jvmArgsAppend(flags.toArray(String[]::new));
    if (question.ids.size() > 1) {
      builder.param("ids", ids.name());
    }
    return new Runner(builder.build()).run();
  }

  private static boolean isBatch(RunResult result) {
    return result.getPrimaryResult().getLabel().matches(BATCH_METHODS);
  }

  private static void add(JsonArray rows, Collection<RunResult> results, int threads) {
    results.stream()
        .sorted(
            Comparator.comparing(LookupSuite::isBatch)
                .thenComparingInt(
                    result ->
                        List.copyOf(Stores.names()).indexOf(result.getParams().getParam("store"))))
        .forEach(
            result -> {
              Result<?> time = result.getPrimaryResult();
              JsonObject row = new JsonObject();
              row.addProperty("store", result.getParams().getParam("store"));
              row.addProperty("method", time.getLabel());
              String length = result.getParams().getParam("length");
              if (length != null) {
                row.addProperty("length", Integer.parseInt(length));
              }
              row.addProperty("threads", threads);
              row.addProperty("nanos", time.getScore());
              // Not a number where there were too few iterations; JSON leaves a null out.
              row.addProperty(
                  "nanosError", Double.isNaN(time.getScoreError()) ? null : time.getScoreError());
              row.addProperty("nanosMedian", time.getStatistics().getPercentile(50));
              Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
              row.addProperty("allocatedBytes", allocated == null ? null : allocated.getScore());
              rows.add(row);
            });
  }
}
