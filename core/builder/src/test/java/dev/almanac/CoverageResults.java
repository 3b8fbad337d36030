package dev.almanac;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Hazard 16 of {@code docs/reliability.md}: turns what JaCoCo and PIT left in {@code
 * core/builder/target} and {@code core/cli/target} into {@code docs/results/reliability}. Not a
 * test; from the root of the repository:
 *
 * <pre>{@code
 * mvn -Pcoverage -pl core/builder -am test jacoco:report '-Dtest=*Test,!dev/almanac/reliability/**'
 * mvn -Pmutation -pl core/builder -am process-test-classes
 * mvn -Pmutation-cli -pl core/cli -am process-test-classes
 * java core/builder/src/test/java/dev/almanac/CoverageResults.java
 * }</pre>
 *
 * <p>PIT's reports lie in a folder for each group of classes. What has no report keeps the results
 * that it had. The folder of a group may hold {@code mutations-25.xml} too, of a run on JDK 25:
 * code for Java 22 and later runs there alone, and a mutant that is noticed on one of the two is
 * noticed.
 */
final class CoverageResults {
  private static final List<String> PACKAGES = List.of("format", "publish", "read");
  private static final Path TARGET = Path.of("core", "builder", "target");
  private static final Path CLI_TARGET = Path.of("core", "cli", "target");
  private static final Path RESULTS = Path.of("docs", "results", "reliability");
  private static final String COVERAGE =
      "mvn -Pcoverage -pl core/builder -am test jacoco:report"
          + " '-Dtest=*Test,!dev/almanac/reliability/**'";
  private static final String MUTATION = "mvn -Pmutation -pl core/builder -am process-test-classes";
  private static final String CLI_MUTATION =
      "mvn -Pmutation-cli -pl core/cli -am process-test-classes";

  private static final String BY_A_TEST = "noticed by a test";
  private static final String BY_A_TIME_LIMIT = "noticed by a time limit";
  private static final String SURVIVED = "survived";
  private static final String NOT_REACHED = "in code that none of these tests reaches";

  private CoverageResults() {}

  public static void main(String[] args) throws Exception {
    Path coverage = TARGET.resolve("site/jacoco/jacoco.xml");
    if (Files.exists(coverage)) {
      branches(coverage);
    }
    mutants(TARGET.resolve("pit-reports"), MUTATION);
    mutants(CLI_TARGET.resolve("pit-reports"), CLI_MUTATION);
    total();
  }

  /** Adds up the results of all groups, whenever each was run. */
  private static void total() throws IOException {
    long all = 0;
    Map<String, Long> outcomes = new LinkedHashMap<>();
    try (DirectoryStream<Path> groups = Files.newDirectoryStream(RESULTS, "16-mutants-*.json")) {
      for (Path group : groups) {
        String json = Files.readString(group);
        if (!group.equals(RESULTS.resolve("16-mutants-all.json"))) {
          for (String outcome : List.of(BY_A_TEST, BY_A_TIME_LIMIT, SURVIVED, NOT_REACHED)) {
            long count = number(json, outcome);
            outcomes.merge(outcome, count, Long::sum);
            all += count;
          }
        }
      }
    }
    outcomes.put(
        "per cent noticed", 100 * (outcomes.get(BY_A_TEST) + outcomes.get(BY_A_TIME_LIMIT)) / all);
    write("mutants all", "the groups below together", all, outcomes, MUTATION);
  }

  private static long number(String json, String name) {
    Matcher matcher = Pattern.compile('"' + name + "\": ([0-9]+)").matcher(json);
    if (!matcher.find()) {
      throw new IllegalStateException("a result must have each outcome: name=" + name);
    }
    return Long.parseLong(matcher.group(1));
  }

  private static void mutants(Path reports, String command) throws Exception {
    if (!Files.exists(reports)) {
      return;
    }
    try (DirectoryStream<Path> groups = Files.newDirectoryStream(reports)) {
      for (Path group : groups) {
        mutants(group.getFileName().toString(), group.resolve("mutations.xml"), command);
      }
    }
  }

  private static void branches(Path report) throws Exception {
    for (Element of : elements(parse(report), "package")) {
      String name = packageName(of.getAttribute("name").replace('/', '.'));
      if (name == null) {
        continue;
      }
      for (Node child = of.getFirstChild(); child != null; child = child.getNextSibling()) {
        if (child instanceof Element counter && counter.getAttribute("type").equals("BRANCH")) {
          long covered = Long.parseLong(counter.getAttribute("covered"));
          long missed = Long.parseLong(counter.getAttribute("missed"));
          Map<String, Long> outcomes = new LinkedHashMap<>();
          outcomes.put("taken by a test", covered);
          outcomes.put("not taken", missed);
          outcomes.put("per cent taken", 100 * covered / (covered + missed));
          write(
              "branches " + name,
              "branches in the code of dev.almanac." + name,
              covered + missed,
              outcomes,
              COVERAGE);
        }
      }
    }
  }

  private static void mutants(String group, Path report, String command) throws Exception {
    Map<String, Long> outcomes = new LinkedHashMap<>();
    for (String outcome : List.of(BY_A_TEST, BY_A_TIME_LIMIT, SURVIVED, NOT_REACHED)) {
      outcomes.put(outcome, 0L);
    }
    List<String> survivors = new ArrayList<>();
    Path other = report.resolveSibling("mutations-25.xml");
    Map<String, Element> there = new HashMap<>();
    if (Files.exists(other)) {
      elements(parse(other), "mutation").forEach(mutant -> there.put(mutation(mutant), mutant));
    }
    for (Element here : elements(parse(report), "mutation")) {
      Element mutant = isDetected(here) ? here : there.getOrDefault(mutation(here), here);
      boolean detected = isDetected(mutant);
      String outcome =
          switch (mutant.getAttribute("status")) {
            case "SURVIVED" -> SURVIVED;
            case "NO_COVERAGE" -> NOT_REACHED;
            case "TIMED_OUT" -> BY_A_TIME_LIMIT;
            default -> {
              if (!detected) {
                throw new IOException(
                    "a mutant must have been tried: status=" + mutant.getAttribute("status"));
              }
              yield BY_A_TEST;
            }
          };
      outcomes.merge(outcome, 1L, Long::sum);
      if (!detected) {
        survivors.add(
            "%s %s, line %4s: %s"
                .formatted(
                    text(mutant, "mutatedClass").substring("dev.almanac.".length()),
                    text(mutant, "mutatedMethod"),
                    text(mutant, "lineNumber"),
                    text(mutant, "description")));
      }
    }
    long all = outcomes.values().stream().mapToLong(Long::longValue).sum();
    long noticed = outcomes.get(BY_A_TEST) + outcomes.get(BY_A_TIME_LIMIT);
    outcomes.put("per cent noticed", 100 * noticed / all);
    write(
        "mutants " + group,
        "mistakes made in the classes of the group " + group + ", one at a time",
        all,
        outcomes,
        command);
    survivors.sort(null);
    Files.write(RESULTS.resolve("16-survivors-" + group + ".txt"), survivors);
  }

  /** What was changed, and where. */
  private static String mutation(Element mutant) {
    return String.join(
        " ",
        text(mutant, "mutatedClass"),
        text(mutant, "mutatedMethod"),
        text(mutant, "methodDescription"),
        text(mutant, "indexes"),
        text(mutant, "mutator"));
  }

  private static boolean isDetected(Element mutant) {
    return mutant.getAttribute("detected").equals("true");
  }

  /** The last part of the name if it is one of the packages, else null. */
  private static String packageName(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return name.equals("dev.almanac." + last) && PACKAGES.contains(last) ? last : null;
  }

  private static void write(
      String part, String tried, long count, Map<String, Long> outcomes, String command)
      throws IOException {
    List<String> counts = new ArrayList<>();
    outcomes.forEach((outcome, times) -> counts.add("\"" + outcome + "\": " + times));
    String json =
        """
        {
          "hazard": 16,
          "part": "%s",
          "tried": "%s",
          "count": %d,
          "outcomes": {%s},
          "command": "%s",
          "jdk": "%s"
        }
        """
            .formatted(
                part,
                tried,
                count,
                String.join(", ", counts),
                command,
                System.getProperty("java.version"));
    Files.writeString(RESULTS.resolve("16-" + part.replace(' ', '-') + ".json"), json);
  }

  private static Element parse(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    // JaCoCo's report names a DTD that is not beside it.
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement();
  }

  private static List<Element> elements(Element parent, String name) {
    NodeList nodes = parent.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static String text(Element parent, String name) {
    return parent.getElementsByTagName(name).item(0).getTextContent();
  }
}
