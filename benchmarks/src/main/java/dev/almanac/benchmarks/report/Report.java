package dev.almanac.benchmarks.report;

import static dev.almanac.benchmarks.report.Labels.count;
import static dev.almanac.benchmarks.report.Labels.decimal;
import static dev.almanac.benchmarks.report.Labels.figures;
import static dev.almanac.benchmarks.report.Labels.gigabytes;
import static dev.almanac.benchmarks.report.Labels.megabytes;
import static dev.almanac.benchmarks.report.Labels.nanos;
import static dev.almanac.benchmarks.report.Labels.rows;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.almanac.benchmarks.stores.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes the tables of the docs and all charts from the result files. A table stands between two
 * marks, {@code <!-- table WHAT -->} and {@code <!-- end of table -->}, and what is between them is
 * replaced. {@code WHAT} is one of
 *
 * <pre>
 * machines                             every machine, JDK, date and command of the results
 * claims ENTRIES                       what was wanted, as ratios, and what came
 * lookups ENTRIES                      every question, a column each
 * threads ENTRIES                      one and two threads
 * allocation ENTRIES                   bytes that a lookup allocates
 * scan ENTRIES                         the walk through all entries
 * sizes ENTRIES                        bytes for each ID
 * startup IDS                          opening and the first lookup
 * processes IDS ENTRIES                a second process, private memory
 * builds IDS ROWS                      building
 * phases IDS ROWS                      the phases of the build
 * delta IDS ROWS CHANGES               the next edition, from the last one and in full
 * cost-per-row                         what a row costs as rows grow, over all builds
 * reliability HAZARD                   what the reliability tests tried, and what came out
 * side-by-side ROWS WORKERS            the experiment
 * </pre>
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar report --docs docs/benchmarks.md,README.md
 * }</pre>
 */
public final class Report {
  private static final Pattern TABLE =
      Pattern.compile(
          "(<!-- table ([a-z0-9 -]+) -->\n)(.*?)(<!-- end of table -->)", Pattern.DOTALL);
  private static final String NOT_MEASURED = "*Not measured yet.*\n";
  private static final List<String> QUESTIONS =
      List.of("hit", "miss", "mixed", "zipf", "sequential", "dependent", "text", "text-miss");

  private final Path results;

  public Report(Path results) {
    this.results = results;
  }

  /** Writes tables and charts. */
  public static void main(List<String> arguments) throws IOException {
    Options options = new Options(arguments, Set.of("results", "docs", "charts"), Set.of());
    Report report = new Report(options.results());
    for (String doc :
        options.list(
            "docs",
            List.of(
                "docs/benchmarks.md",
                "docs/why-it-works.md",
                "docs/reliability.md",
                "README.md"))) {
      Path file = Path.of(doc);
      if (Files.exists(file)) {
        Files.writeString(file, report.fill(Files.readString(file)));
      }
    }
    Path charts = Path.of(options.text("charts", "docs/charts"));
    Files.createDirectories(charts);
    for (Map.Entry<String, String> chart : report.charts().entrySet()) {
      Files.writeString(charts.resolve(chart.getKey() + ".svg"), chart.getValue());
    }
  }

  /** A document with its tables written anew. */
  public String fill(String document) throws IOException {
    Matcher matcher = TABLE.matcher(document);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      String table = matcher.group(1) + "\n" + table(matcher.group(2)) + "\n" + matcher.group(4);
      matcher.appendReplacement(filled, Matcher.quoteReplacement(table));
    }
    return matcher.appendTail(filled).toString();
  }

  private String table(String what) throws IOException {
    String[] words = what.split(" ");
    return switch (words[0]) {
      case "machines" -> machines();
      case "claims" -> {
        String claims = new Claims(results, Integer.parseInt(words[1])).table();
        yield claims == null ? NOT_MEASURED : claims;
      }
      case "lookups" -> lookups(Integer.parseInt(words[1]));
      case "threads" -> threads(Integer.parseInt(words[1]));
      case "allocation" -> allocation(Integer.parseInt(words[1]));
      case "group-size" -> groupSize(Integer.parseInt(words[1]));
      case "scan" -> scan(Integer.parseInt(words[1]));
      case "sizes" -> sizes(Integer.parseInt(words[1]));
      case "startup" -> startup(words[1]);
      case "processes" -> processes(words[1], Integer.parseInt(words[2]));
      case "builds" -> builds(words[1], Integer.parseInt(words[2]));
      case "delta" -> delta(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "cost-per-row" -> costPerRow();
      case "reliability" -> {
        String table = new Reliability(results).table(Integer.parseInt(words[1]));
        yield table == null ? NOT_MEASURED : table;
      }
      case "phases" -> phases(words[1], Integer.parseInt(words[2]));
      case "side-by-side" -> sideBySide(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      default -> throw new IllegalArgumentException("A mark names a table; table=" + what);
    };
  }

  /** Every chart, by the name of its file. */
  public Map<String, String> charts() throws IOException {
    Map<String, String> charts = new LinkedHashMap<>();
    for (JsonObject result : Results.readAll(results, "lookups")) {
      String question = text(result, "question");
      if (QUESTIONS.contains(question)) {
        charts.put(
            "lookups-" + question + "-" + text(result, "ids") + "-" + number(result, "entries"),
            lookupChart(result, question));
      }
    }
    for (JsonObject result : Results.readAll(results, "sizes")) {
      charts.put(
          "sizes-" + text(result, "ids") + "-" + number(result, "entries"), sizeChart(result));
    }
    for (JsonObject result : Results.readAll(results, "builds")) {
      charts.put(
          "builds-" + text(result, "ids") + "-" + number(result, "rows"), buildChart(result));
    }
    Map<String, List<JsonObject>> experiments = new TreeMap<>();
    for (JsonObject result : Results.readAll(results, "side-by-side")) {
      if (result.has("workers")) {
        String order =
            text(result, "order").equals("sequential") ? "" : "-" + text(result, "order");
        experiments
            .computeIfAbsent(
                number(result, "wantedRows") + "-" + workers(result) + order,
                key -> new ArrayList<>())
            .add(result);
      }
    }
    for (Map.Entry<String, List<JsonObject>> experiment : experiments.entrySet()) {
      charts.put("memory-over-time-" + experiment.getKey(), memoryOverTime(experiment.getValue()));
      charts.put(
          "memory-at-the-peak-" + experiment.getKey(), memoryAtThePeak(experiment.getValue()));
    }
    return charts;
  }

  // Lookups.

  private String lookups(int entries) throws IOException {
    Map<String, Map<String, Double>> byRow = new LinkedHashMap<>();
    List<String> columns = new ArrayList<>();
    for (String ids : Labels.KINDS) {
      for (String question : QUESTIONS) {
        for (JsonObject result : lookupResults(question, ids, entries)) {
          String column = question.replace("text-", "").replace("text", "hit") + ", " + ids;
          columns.add(column);
          for (JsonObject row : objects(result, "rows")) {
            String method = text(row, "method").equals("batch") ? "batch" : "single";
            byRow
                .computeIfAbsent(
                    Labels.store(text(row, "store"), method), key -> new LinkedHashMap<>())
                .put(column, real(row, "nanosMedian"));
          }
        }
      }
    }
    if (columns.isEmpty()) {
      return NOT_MEASURED;
    }
    List<String> order = new ArrayList<>(List.of("Almanac", "Almanac, batch"));
    byRow.keySet().stream()
        .filter(row -> !order.contains(row) && !row.startsWith("limit"))
        .forEach(order::add);
    byRow.keySet().stream().filter(row -> row.startsWith("limit")).sorted().forEach(order::add);
    Markdown table = new Markdown("nanoseconds a lookup").numbers(columns);
    for (String row : order) {
      if (byRow.containsKey(row)) {
        table.row(
            row,
            columns.stream()
                .map(column -> byRow.get(row).get(column))
                .map(nanos -> nanos == null ? "" : nanos(nanos))
                .toList());
      }
    }
    return table.toString();
  }

  private List<JsonObject> lookupResults(String question, String ids, int entries)
      throws IOException {
    return Results.readAll(results, "lookups").stream()
        .filter(
            result ->
                text(result, "question").equals(question)
                    && text(result, "ids").equals(ids)
                    && number(result, "entries") == entries)
        .toList();
  }

  private String lookupChart(JsonObject result, String question) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject row : objects(result, "rows")) {
      String store = text(row, "store");
      bars.add(
          new BarChart.Bar(
              Labels.store(store, text(row, "method")),
              real(row, "nanosMedian"),
              Labels.style(store)));
    }
    return BarChart.draw(
        "A lookup, " + Labels.question(question),
        "%s %s; nanoseconds, logarithmic, shorter is better"
            .formatted(rows(number(result, "entries")), Labels.ids(text(result, "ids"))),
        true,
        bars,
        Labels::nanos);
  }

  private String threads(int entries) throws IOException {
    Markdown table =
        new Markdown("IDs, store")
            .numbers(List.of("one thread, million/s", "two threads, million/s", "gain"));
    boolean any = false;
    for (String ids : List.of("sparse", "dense")) {
      for (JsonObject result : lookupResults("threads", ids, entries)) {
        Map<String, double[]> perSecond = new LinkedHashMap<>();
        for (JsonObject row : objects(result, "rows")) {
          int threads = (int) number(row, "threads");
          String store = Labels.store(text(row, "store"), text(row, "method"));
          perSecond.computeIfAbsent(store, key -> new double[3])[threads] =
              threads * 1e3 / real(row, "nanosMedian");
        }
        for (Map.Entry<String, double[]> row : perSecond.entrySet()) {
          double[] rate = row.getValue();
          table.row(
              ids + ", " + row.getKey(),
              List.of(figures(rate[1]), figures(rate[2]), gain(rate[1], rate[2])));
          any = true;
        }
      }
    }
    return any ? table.toString() : NOT_MEASURED;
  }

  private static String gain(double one, double two) {
    return decimal((two / one - 1) * 100, 0) + "%";
  }

  private String allocation(int entries) throws IOException {
    Map<String, Double> most = new LinkedHashMap<>();
    for (JsonObject result : Results.readAll(results, "lookups")) {
      if (number(result, "entries") == entries && QUESTIONS.contains(text(result, "question"))) {
        String kind = Ids.named(text(result, "ids")).isText() ? "text" : "number";
        for (JsonObject row : objects(result, "rows")) {
          if (row.has("allocatedBytes") && !Labels.style(text(row, "store")).equals("limit")) {
            most.merge(
                kind + ": " + Labels.store(text(row, "store"), text(row, "method")),
                real(row, "allocatedBytes"),
                Math::max);
          }
        }
      }
    }
    if (most.isEmpty()) {
      return NOT_MEASURED;
    }
    // What is left of the harness's own allocations, spread over the lookups, is a fraction of a
    // byte.
    Markdown table =
        new Markdown("most bytes a lookup, over all questions").numbers(List.of("number", "text"));
    Set<String> stores = new LinkedHashSet<>();
    most.keySet().forEach(key -> stores.add(key.substring(key.indexOf(' ') + 1)));
    for (String store : stores) {
      table.row(
          store,
          Stream.of("number: ", "text: ")
              .map(kind -> most.get(kind + store))
              .map(bytes -> bytes == null ? "" : decimal(bytes, 0))
              .toList());
    }
    return table.toString();
  }

  private String scan(int entries) throws IOException {
    Markdown table = new Markdown("IDs, store").numbers(List.of("whole walk, ms", "an entry, ns"));
    boolean any = false;
    for (String ids : List.of("sparse", "dense")) {
      for (JsonObject result : lookupResults("scan", ids, entries)) {
        for (JsonObject row : objects(result, "rows")) {
          double nanos = real(row, "nanosMedian");
          table.row(
              ids
                  + ", "
                  + Labels.store(text(row, "store")).replace("one cache line", "read all bytes"),
              List.of(figures(nanos / 1e6), figures(nanos / entries)));
          any = true;
        }
      }
    }
    return any ? table.toString() : NOT_MEASURED;
  }

  private String groupSize(int entries) throws IOException {
    Markdown table = new Markdown("IDs in a call").numbers(List.of("ns an ID"));
    boolean any = false;
    for (JsonObject result : lookupResults("group-size", "sparse", entries)) {
      List<JsonObject> rows = new ArrayList<>(objects(result, "rows"));
      rows.sort(Comparator.comparingLong(row -> number(row, "length")));
      for (JsonObject row : rows) {
        table.row(Long.toString(number(row, "length")), List.of(figures(real(row, "nanosMedian"))));
        any = true;
      }
    }
    return any ? table.toString() : NOT_MEASURED;
  }

  // Sizes, start, processes.

  private String sizes(int entries) throws IOException {
    List<String> columns = new ArrayList<>();
    Map<String, Map<String, String>> byStore = new LinkedHashMap<>();
    for (String ids : Labels.KINDS) {
      for (JsonObject result : Results.readAll(results, "sizes")) {
        if (text(result, "ids").equals(ids) && number(result, "entries") == entries) {
          columns.add(ids);
          for (JsonObject row : objects(result, "rows")) {
            byStore
                .computeIfAbsent(Labels.store(text(row, "store")), key -> new LinkedHashMap<>())
                .put(
                    ids,
                    decimal(
                        (double) (number(row, "fileBytes") + number(row, "heapBytes")) / entries,
                        1));
          }
        }
      }
    }
    if (columns.isEmpty()) {
      return NOT_MEASURED;
    }
    Markdown table = new Markdown("bytes for each ID").numbers(columns);
    byStore.forEach(
        (store, cells) ->
            table.row(store, columns.stream().map(ids -> cells.getOrDefault(ids, "")).toList()));
    return table.toString();
  }

  private String sizeChart(JsonObject result) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject row : objects(result, "rows")) {
      String store = text(row, "store");
      bars.add(
          new BarChart.Bar(
              Labels.store(store),
              (double) (number(row, "fileBytes") + number(row, "heapBytes"))
                  / number(result, "entries"),
              Labels.style(store)));
    }
    return BarChart.draw(
        "Bytes for each ID",
        "%s %s; file, or heap of each process"
            .formatted(rows(number(result, "entries")), Labels.ids(text(result, "ids"))),
        false,
        bars,
        value -> decimal(value, 1));
  }

  private String startup(String ids) throws IOException {
    for (JsonObject result : Results.readAll(results, "startup")) {
      if (text(result, "ids").equals(ids)) {
        Markdown table =
            new Markdown("process")
                .numbers(List.of("entries", "start to end, ms", "more than an empty main, ms"));
        for (JsonObject row : objects(result, "rows")) {
          boolean empty = number(row, "entries") == 0;
          table.row(
              Labels.store(text(row, "store")),
              List.of(
                  empty ? "" : rows(number(row, "entries")),
                  decimal(real(row, "millis"), 0),
                  empty ? "" : decimal(real(row, "moreThanEmptyMillis"), 0)));
        }
        return table.toString();
      }
    }
    return NOT_MEASURED;
  }

  private String processes(String ids, int entries) throws IOException {
    for (JsonObject result : Results.readAll(results, "processes")) {
      if (text(result, "ids").equals(ids) && number(result, "entries") == entries) {
        Markdown table =
            new Markdown("processes")
                .numbers(
                    List.of(
                        "one, million/s", "two, million/s", "gain", "private memory of each, MB"));
        Map<String, double[]> rates = new LinkedHashMap<>();
        for (JsonObject row : objects(result, "rows")) {
          String method = text(row, "method");
          if (method.equals("walk")) {
            table.row(
                text(row, "store").equals("none")
                    ? "JVM that does nothing"
                    : "worker that has read the whole file",
                List.of("", "", "", megabytes(number(row, "privateBytes"))));
          } else {
            rates
                    .computeIfAbsent(
                        Labels.store(text(row, "store"), method), key -> new double[3])[
                    (int) number(row, "processes")] =
                real(row, "lookupsPerSecond") / 1e6;
          }
        }
        rates.forEach(
            (store, rate) ->
                table.row(
                    store,
                    List.of(figures(rate[1]), figures(rate[2]), gain(rate[1], rate[2]), "")));
        return table.toString();
      }
    }
    return NOT_MEASURED;
  }

  // Builds.

  private JsonObject build(String ids, int rowCount) throws IOException {
    return Results.readAll(results, "builds").stream()
        .filter(result -> text(result, "ids").equals(ids) && number(result, "rows") == rowCount)
        .findFirst()
        .orElse(null);
  }

  private static String step(String step) {
    return switch (step) {
      case "wc" -> "`wc -l` of the rows";
      case "cp" -> "`cp` of the sealed file";
      case "python" -> "Python, rows to dictionary, dates interned";
      case "almanac" -> "Almanac, rows to sealed file";
      case "almanac-flags" -> "Almanac, the same in a JVM with Chronicle's flags";
      default -> Labels.store(step) + ", from memory";
    };
  }

  private String builds(String ids, int rowCount) throws IOException {
    JsonObject result = build(ids, rowCount);
    if (result == null) {
      return NOT_MEASURED;
    }
    Markdown table =
        new Markdown("step")
            .numbers(List.of("seconds", "ns a row", "file, bytes for each ID", "resident, MB"));
    for (JsonObject row : objects(result, "steps")) {
      double seconds = real(row, "seconds");
      table.row(
          step(text(row, "step")),
          List.of(
              figures(seconds),
              nanos(seconds * 1e9 / rowCount),
              row.has("fileBytes") ? decimal(number(row, "fileBytes") / (double) rowCount, 1) : "",
              row.has("residentBytes") ? megabytes(number(row, "residentBytes")) : ""));
    }
    return table.toString();
  }

  private String phases(String ids, int rowCount) throws IOException {
    JsonObject result = build(ids, rowCount);
    Map<String, List<String>> byPhase = new LinkedHashMap<>();
    List<String> columns = new ArrayList<>();
    if (result != null) {
      for (JsonObject row : objects(result, "steps")) {
        if (row.has("phaseSeconds")) {
          columns.add(step(text(row, "step")) + ", s");
          row.getAsJsonObject("phaseSeconds")
              .entrySet()
              .forEach(
                  phase ->
                      byPhase
                          .computeIfAbsent(phase.getKey(), key -> new ArrayList<>())
                          .add(figures(phase.getValue().getAsDouble())));
        }
      }
    }
    if (columns.isEmpty()) {
      return NOT_MEASURED;
    }
    Markdown table = new Markdown("phase").numbers(columns);
    byPhase.forEach(table::row);
    return table.toString();
  }

  private String delta(String ids, int rowCount, int changeCount) throws IOException {
    Markdown table =
        new Markdown("round")
            .numbers(List.of("full build, s", "from the base, s", "full / from the base"));
    for (JsonObject result : Results.readAll(results, "delta")) {
      if (text(result, "ids").equals(ids)
          && number(result, "rows") == rowCount
          && number(result, "changes") == changeCount) {
        int round = 1;
        for (JsonObject row : objects(result, "rounds")) {
          double full = real(row.getAsJsonObject("full"), "seconds");
          double delta = real(row.getAsJsonObject("delta"), "seconds");
          table.row(
              Integer.toString(round++),
              List.of(figures(full), figures(delta), decimal(full / delta, 1)));
        }
        return table.toString();
      }
    }
    return NOT_MEASURED;
  }

  private String costPerRow() throws IOException {
    Markdown table =
        new Markdown("IDs, rows")
            .numbers(
                List.of(
                    "seconds",
                    "ns a row",
                    "file, bytes for each ID",
                    "temporary, MB",
                    "memory, MB"));
    List<JsonObject> results = new ArrayList<>(Results.readAll(this.results, "builds"));
    results.sort(
        Comparator.comparing((JsonObject result) -> text(result, "ids"))
            .thenComparing(result -> number(result, "rows")));
    for (JsonObject result : results) {
      long rowCount = number(result, "rows");
      for (JsonObject row : objects(result, "steps")) {
        if (text(row, "step").equals("almanac")) {
          table.row(
              text(result, "ids") + ", " + rows(rowCount),
              List.of(
                  figures(real(row, "seconds")),
                  nanos(real(row, "seconds") * 1e9 / rowCount),
                  decimal(number(row, "fileBytes") / (double) rowCount, 2),
                  megabytes(number(row, "temporaryBytes")),
                  row.has("anonymousBytes") ? megabytes(number(row, "anonymousBytes")) : ""));
        }
      }
    }
    return table.toString();
  }

  private static String buildChart(JsonObject result) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject row : objects(result, "steps")) {
      String step = text(row, "step");
      String style =
          step.startsWith("almanac")
              ? "ours"
              : step.equals("wc") || step.equals("cp") ? "limit" : "peer";
      String label =
          switch (step) {
            case "python" -> "Python dictionary";
            case "almanac" -> "Almanac";
            case "almanac-flags" -> "Almanac, with flags";
            default -> step(step).replace("`", "").replace(", from memory", " *");
          };
      bars.add(new BarChart.Bar(label, real(row, "seconds"), style));
    }
    return BarChart.draw(
        "From rows to a file that can be read",
        "%s rows, %s; seconds, shorter is better; * the rows are in memory already"
            .formatted(rows(number(result, "rows")), Labels.ids(text(result, "ids"))),
        false,
        bars,
        Labels::figures);
  }

  // The experiment.

  private static long workers(JsonObject result) {
    // Python and the threads are one process; the command names the workers where they are not ten.
    Matcher matcher = Pattern.compile("--workers (\\d+)").matcher(text(result, "command"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 10;
  }

  private String sideBySide(int rowCount, int workerCount) throws IOException {
    Markdown table =
        new Markdown("case")
            .numbers(
                List.of(
                    "ready after, s",
                    "after start, GB",
                    "peak, GB",
                    "private to each, MB",
                    "dirty in each, kB",
                    "written, MB",
                    "reading, s",
                    "million lookups/s"));
    List<String> notes = new ArrayList<>();
    boolean any = false;
    for (JsonObject result : inOrder(Results.readAll(results, "side-by-side"))) {
      if (number(result, "wantedRows") != rowCount
          || workers(result) != workerCount
          || !text(result, "order").equals("sequential")) {
        continue;
      }
      any = true;
      String label = text(result, "label");
      if (!result.has("workers")) {
        table.row(
            label + ": not run, " + text(result, "reason"),
            List.of("", "", "", "", "", "", "", ""));
        continue;
      }
      long rows = number(result, "rows");
      if (rows < rowCount) {
        label += " — **only %s rows**".formatted(rows(rows));
        notes.add(text(result, "label") + ": " + text(result, "reason") + ".");
      }
      JsonObject workers = result.getAsJsonObject("workers");
      boolean mapped = number(result, "fileBytes") > 0;
      table.row(
          label,
          List.of(
              figures(real(result, "prepareSeconds") + real(workers, "startSeconds")),
              gigabytes(number(workers, "afterStartBytes")),
              gigabytes(number(workers, "peakBytes")),
              megabytes(number(workers, "medianPrivateBytes")),
              mapped ? count(number(result, "dirtyBytesOfAWorker") >> 10) : "",
              megabytes(number(workers, "writtenStorageBytes")),
              figures(real(workers, "readingSeconds")),
              figures(real(workers, "lookupsPerSecond") / 1e6)));
    }
    if (!any) {
      return NOT_MEASURED;
    }
    return table + (notes.isEmpty() ? "" : "\n" + String.join("\n", notes) + "\n");
  }

  private static List<JsonObject> inOrder(List<JsonObject> cases) {
    List<String> order =
        List.of(
            "python-plain",
            "python-interned",
            "hashmap-strings",
            "hashmap-strings-interned",
            "hashmap-dates",
            "fastutil",
            "chronicle-strings",
            "chronicle-codes",
            "chronicle-codes-shared",
            "chronicle-codes-private",
            "almanac",
            "almanac-text",
            "almanac-threads");
    return cases.stream()
        .sorted(Comparator.comparingInt(result -> order.indexOf(text(result, "case"))))
        .toList();
  }

  private static String plainLabel(JsonObject result, int rowsWanted) {
    String label = text(result, "label").replace("`", "");
    return number(result, "rows") < rowsWanted
        ? label + " (" + rows(number(result, "rows")).replace(" million", " m") + " rows)"
        : label;
  }

  private static String memoryOverTime(List<JsonObject> cases) {
    List<LineChart.Series> lines = new ArrayList<>();
    int wanted = (int) number(cases.get(0), "wantedRows");
    for (JsonObject result : cases) {
      List<double[]> points = new ArrayList<>();
      JsonArray samples = result.getAsJsonObject("workers").getAsJsonArray("samples");
      double start = samples.get(0).getAsJsonArray().get(0).getAsDouble();
      for (JsonElement sample : samples) {
        JsonArray numbers = sample.getAsJsonArray();
        points.add(
            new double[] {
              (numbers.get(0).getAsDouble() - start) / 1e3, numbers.get(1).getAsDouble() / 1e9
            });
      }
      double last = points.get(points.size() - 1)[1];
      String label = shortLabel(text(result, "case"), plainLabel(result, wanted));
      boolean ours = text(result, "case").equals("almanac");
      lines.add(new LineChart.Series(gigabytes(last * 1e9) + " GB  " + label, points, ours));
    }
    return LineChart.draw(
        "Memory while %s workers only read"
            .formatted(workers(cases.get(0)) == 10 ? "ten" : workers(cases.get(0))),
        "%s rows, every worker looks every ID up once; GB of all workers together"
            .formatted(rows(wanted)),
        "seconds of reading, logarithmic; a dot marks the end",
        lines,
        true);
  }

  private static String shortLabel(String name, String label) {
    return label
        .replace("stock Chronicle Map, ", "Chronicle ")
        .replace("number to code", "codes")
        .replace("text to text", "texts")
        .replace("Python dictionary, dates interned", "Python, interned")
        .replace("Python dictionary", "Python")
        .replace("fastutil Long2ShortOpenHashMap each", "fastutil each")
        .replace(" each, dates interned", ", interned")
        .replace(" each", name.startsWith("hashmap") ? "" : " each");
  }

  private static String memoryAtThePeak(List<JsonObject> cases) {
    int wanted = (int) number(cases.get(0), "wantedRows");
    List<BarChart.Bar> bars = new ArrayList<>();
    for (JsonObject result : cases) {
      String name = text(result, "case");
      bars.add(
          new BarChart.Bar(
              shortLabel(name, plainLabel(result, wanted)),
              number(result.getAsJsonObject("workers"), "peakBytes") / 1e9,
              name.startsWith("almanac")
                  ? "ours"
                  : name.startsWith("chronicle") ? "peer" : "heap"));
    }
    return BarChart.draw(
        "Memory at the peak, all workers together",
        "%s rows, %d workers; GB, logarithmic, shorter is better"
            .formatted(rows(wanted), workers(cases.get(0))),
        true,
        bars,
        value -> gigabytes(value * 1e9));
  }

  // Where they come from.

  private String machines() throws IOException {
    Map<String, Set<String>> commands = new LinkedHashMap<>();
    for (String kind :
        List.of("lookups", "sizes", "startup", "processes", "builds", "delta", "side-by-side")) {
      for (JsonObject result : Results.readAll(results, kind)) {
        JsonObject machine = result.getAsJsonObject("machine");
        String heading =
            "%s, %s cores, %s GiB of memory, %s; %s"
                .formatted(
                    text(machine, "processor"),
                    text(machine, "cores"),
                    text(machine, "memoryGib"),
                    text(machine, "os"),
                    text(machine, "jdk"));
        commands
            .computeIfAbsent(heading, key -> new LinkedHashSet<>())
            .add(text(result, "command"));
      }
    }
    if (commands.isEmpty()) {
      return NOT_MEASURED;
    }
    StringBuilder text = new StringBuilder();
    commands.forEach(
        (machine, lines) ->
            text.append("%s:\n\n```\n%s\n```\n".formatted(machine, String.join("\n", lines))));
    return text.toString();
  }

  private static List<JsonObject> objects(JsonObject object, String name) {
    return object.getAsJsonArray(name).asList().stream().map(JsonElement::getAsJsonObject).toList();
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  private static long number(JsonObject object, String name) {
    return object.get(name).getAsLong();
  }

  private static double real(JsonObject object, String name) {
    return object.get(name).getAsDouble();
  }
}
