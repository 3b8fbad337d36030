package dev.almanac.benchmarks.report;

import static dev.almanac.benchmarks.report.Fields.number;
import static dev.almanac.benchmarks.report.Fields.text;
import static dev.almanac.benchmarks.report.Markdown.NOT_MEASURED;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the tables of the docs and the charts that they show from the result files. A table stands
 * between two marks, {@code <!-- table WHAT -->} and {@code <!-- end of table -->}, and what is
 * between them is replaced. {@code WHAT} is one of
 *
 * <pre>
 * machines                             every machine, JDK, date and command of the results
 * claims ENTRIES                       what was wanted, as ratios, and what came
 * costs ENTRIES IDS...                 the file and a lookup, a row for each kind of IDs
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

  private final Path results;

  public Report(Path results) {
    this.results = results;
  }

  /** Writes tables and charts. */
  public static void main(List<String> arguments) throws IOException {
    Options options = new Options(arguments, Set.of("results", "docs", "charts"), Set.of());
    Report report = new Report(options.results());
    StringBuilder documents = new StringBuilder();
    for (String doc :
        options.list(
            "docs",
            List.of(
                "docs/benchmarks.md",
                "docs/why-it-works.md",
                "docs/reliability.md",
                "docs/scaling.md",
                "README.md"))) {
      Path file = Path.of(doc);
      if (Files.exists(file)) {
        String filled = report.fill(Files.readString(file));
        Files.writeString(file, filled);
        documents.append(filled);
      }
    }
    Path charts = Path.of(options.text("charts", "docs/charts"));
    Files.createDirectories(charts);
    for (Map.Entry<String, String> chart : report.charts().entrySet()) {
      String name = chart.getKey() + ".svg";
      if (documents.indexOf("charts/" + name) >= 0) {
        Files.writeString(charts.resolve(name), chart.getValue());
      }
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
      case "costs" ->
          new LookupTables(results)
              .costs(Integer.parseInt(words[1]), Arrays.asList(words).subList(2, words.length));
      case "lookups" -> new LookupTables(results).lookups(Integer.parseInt(words[1]));
      case "threads" -> new LookupTables(results).threads(Integer.parseInt(words[1]));
      case "allocation" -> new LookupTables(results).allocation(Integer.parseInt(words[1]));
      case "group-size" -> new LookupTables(results).groupSize(Integer.parseInt(words[1]));
      case "scan" -> new LookupTables(results).scan(Integer.parseInt(words[1]));
      case "sizes" -> new ProcessTables(results).sizes(Integer.parseInt(words[1]));
      case "startup" -> new ProcessTables(results).startup(words[1]);
      case "processes" ->
          new ProcessTables(results).processes(words[1], Integer.parseInt(words[2]));
      case "builds" -> new BuildTables(results).builds(words[1], Integer.parseInt(words[2]));
      case "delta" ->
          new BuildTables(results)
              .delta(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "cost-per-row" -> new BuildTables(results).costPerRow();
      case "reliability" -> {
        String table = new Reliability(results).table(Integer.parseInt(words[1]));
        yield table == null ? NOT_MEASURED : table;
      }
      case "phases" -> new BuildTables(results).phases(words[1], Integer.parseInt(words[2]));
      case "side-by-side" ->
          new ExperimentTables(results)
              .sideBySide(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      default -> throw new IllegalArgumentException("A mark names a table; table=" + what);
    };
  }

  /** Every chart, by the name of its file. */
  public Map<String, String> charts() throws IOException {
    Map<String, String> charts = new LinkedHashMap<>();
    for (JsonObject result : Results.readAll(results, "lookups")) {
      String question = text(result, "question");
      if (LookupTables.QUESTIONS.contains(question)) {
        charts.put(
            "lookups-" + question + "-" + text(result, "ids") + "-" + number(result, "entries"),
            LookupTables.lookupChart(result, question));
      }
    }
    for (JsonObject result : Results.readAll(results, "sizes")) {
      charts.put(
          "sizes-" + text(result, "ids") + "-" + number(result, "entries"),
          ProcessTables.sizeChart(result));
    }
    for (JsonObject result : Results.readAll(results, "builds")) {
      charts.put(
          "builds-" + text(result, "ids") + "-" + number(result, "rows"),
          BuildTables.buildChart(result));
    }
    Map<String, List<JsonObject>> experiments = new TreeMap<>();
    for (JsonObject result : Results.readAll(results, "side-by-side")) {
      if (result.has("workers")) {
        String order =
            text(result, "order").equals("sequential") ? "" : "-" + text(result, "order");
        experiments
            .computeIfAbsent(
                number(result, "wantedRows") + "-" + ExperimentTables.workers(result) + order,
                key -> new ArrayList<>())
            .add(result);
      }
    }
    for (Map.Entry<String, List<JsonObject>> experiment : experiments.entrySet()) {
      charts.put(
          "memory-over-time-" + experiment.getKey(),
          ExperimentTables.memoryOverTime(experiment.getValue()));
      charts.put(
          "memory-at-the-peak-" + experiment.getKey(),
          ExperimentTables.memoryAtThePeak(experiment.getValue()));
    }
    return charts;
  }

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
}
