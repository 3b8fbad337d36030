package dev.almanac;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Hazard 16 of {@code docs/reliability.md}: turns what JaCoCo and PIT left in {@code
 * core/builder/target} into {@code docs/results/reliability}. Not a test; from the root of the
 * repository:
 *
 * <pre>{@code
 * mvn -Pcoverage -pl core/builder -am test jacoco:report '-Dtest=*Test,!dev/almanac/reliability/**'
 * mvn -Pmutation -pl core/builder -am process-test-classes
 * java core/builder/src/test/java/dev/almanac/CoverageResults.java
 * }</pre>
 *
 * <p>PIT may also run in pieces, each with its own {@code -DtargetClasses} and {@code
 * -DreportsDirectory=target/pit-reports/PIECE}.
 */
final class CoverageResults {
  private static final List<String> PACKAGES = List.of("format", "publish", "read");
  private static final Path TARGET = Path.of("core", "builder", "target");
  private static final Path RESULTS = Path.of("docs", "results", "reliability");
  private static final String COVERAGE =
      "mvn -Pcoverage -pl core/builder -am test jacoco:report"
          + " '-Dtest=*Test,!dev/almanac/reliability/**'";
  private static final String MUTATION = "mvn -Pmutation -pl core/builder -am process-test-classes";

  private CoverageResults() {}

  public static void main(String[] args) throws Exception {
    branches(TARGET.resolve("site/jacoco/jacoco.xml"));
    List<Path> reports;
    try (Stream<Path> files = Files.walk(TARGET.resolve("pit-reports"))) {
      reports = files.filter(file -> file.endsWith("mutations.xml")).sorted().toList();
    }
    mutants(reports);
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

  private static void mutants(List<Path> reports) throws Exception {
    Map<String, Map<String, Long>> counts = new TreeMap<>();
    List<String> survivors = new ArrayList<>();
    for (Path report : reports) {
      for (Element mutant : elements(parse(report), "mutation")) {
        String type = text(mutant, "mutatedClass");
        String name = packageName(type.substring(0, type.lastIndexOf('.')));
        if (name == null) {
          continue;
        }
        String outcome =
            switch (mutant.getAttribute("status")) {
              case "SURVIVED" -> "survived";
              case "NO_COVERAGE" -> "in code that none of these tests reaches";
              case "TIMED_OUT" -> "noticed by a time limit";
              default -> {
                if (!mutant.getAttribute("detected").equals("true")) {
                  throw new IOException(
                      "a mutant must have been tried: status=" + mutant.getAttribute("status"));
                }
                yield "noticed by a test";
              }
            };
        counts.computeIfAbsent(name, key -> new TreeMap<>()).merge(outcome, 1L, Long::sum);
        if (!mutant.getAttribute("detected").equals("true")) {
          survivors.add(
              "%s %s, line %4s: %s"
                  .formatted(
                      type.substring("dev.almanac.".length()),
                      text(mutant, "mutatedMethod"),
                      text(mutant, "lineNumber"),
                      text(mutant, "description")));
        }
      }
    }
    for (Map.Entry<String, Map<String, Long>> entry : counts.entrySet()) {
      Map<String, Long> outcomes = new LinkedHashMap<>();
      for (String outcome :
          List.of(
              "noticed by a test",
              "noticed by a time limit",
              "survived",
              "in code that none of these tests reaches")) {
        outcomes.put(outcome, entry.getValue().getOrDefault(outcome, 0L));
      }
      long all = outcomes.values().stream().mapToLong(Long::longValue).sum();
      long noticed = outcomes.get("noticed by a test") + outcomes.get("noticed by a time limit");
      outcomes.put("per cent noticed", 100 * noticed / all);
      write(
          "mutants " + entry.getKey(),
          "mistakes made in the code of dev.almanac." + entry.getKey() + ", one at a time",
          all,
          outcomes,
          MUTATION);
    }
    survivors.sort(null);
    Files.write(RESULTS.resolve("16-survivors.txt"), survivors);
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
