package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the documents refer to is there: the targets of links, and the modules, profiles and tests
 * of Maven commands. {@code SnippetsTest} and {@code DocumentedCommandsIT} run the snippets and the
 * commands of {@code almanac}; commands of Maven take minutes to hours, so only their names are
 * checked.
 */
class DocumentsTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern FENCE = Pattern.compile("```.*?```", Pattern.DOTALL);
  private static final Pattern MAVEN = Pattern.compile("mvn [^`\\n]*");
  private static final Pattern MODULES = Pattern.compile(" -(?:pl|f) '?([^ '`]+)");
  private static final Pattern PROFILES = Pattern.compile(" -P([\\w,]+)");
  private static final Pattern TESTS = Pattern.compile("-Dtest='?([^ '`]+)");

  private static List<Path> pages;
  private static Set<String> testNames;
  private static Set<String> profiles;

  @BeforeAll
  static void lookAround() throws IOException {
    pages = files(".md");
    testNames =
        files(".java").stream()
            .map(file -> String.valueOf(file.getFileName()).replace(".java", ""))
            .collect(Collectors.toSet());
    profiles = new HashSet<>();
    for (Path pom : files("pom.xml")) {
      Matcher profile =
          Pattern.compile("<profile>\\s*(?:<!--.*?-->\\s*)?<id>(\\w+)</id>", Pattern.DOTALL)
              .matcher(Files.readString(pom));
      while (profile.find()) {
        profiles.add(profile.group(1));
      }
    }
    assertTrue(pages.size() > 15 && profiles.size() > 3, () -> pages + " " + profiles);
  }

  private static List<Path> files(String end) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(end))
          .filter(
              file ->
                  Stream.of("/target", "/.git", "/node_modules")
                      .noneMatch(folder -> file.toString().contains(folder)))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyLinkLeadsToAFileAndAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      for (String link : links(Files.readString(page))) {
        if (!isThere(page, link)) {
          broken.add(ROOT.relativize(page) + ": " + link);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void aLinkToNothingIsFound() throws IOException {
    Path page = ROOT.resolve("README.md");
    assertEquals(List.of("a.md", "b.md#c"), links("[x](a.md) [y](b.md#c) [z](https://a.b)"));
    assertTrue(isThere(page, "docs/operations.md#when-a-process-is-killed"));
    assertTrue(!isThere(page, "docs/operations.md#no-such-heading"));
    assertTrue(!isThere(page, "docs/no-such-page.md"));
  }

  private static List<String> links(String page) {
    return LINK.matcher(FENCE.matcher(page).replaceAll(""))
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.contains("://") && !link.startsWith("mailto:"))
        .toList();
  }

  private static boolean isThere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? page : page.resolveSibling(path);
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0
        || HEADING
            .matcher(FENCE.matcher(Files.readString(target)).replaceAll(""))
            .results()
            .anyMatch(heading -> anchor(heading.group(1)).equals(link.substring(hash + 1)));
  }

  /** The anchor that GitHub gives a heading. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
  }

  @Test
  void everyMavenCommandNamesWhatIsThere() throws IOException {
    Set<String> missing = new TreeSet<>();
    int commands = 0;
    for (Path page : pages) {
      Matcher command = MAVEN.matcher(Files.readString(page));
      while (command.find()) {
        commands++;
        String words = command.group();
        for (String module : list(MODULES, words)) {
          if (!Files.exists(ROOT.resolve(module.replace("!", "")).resolve("pom.xml"))) {
            missing.add(words + ": module " + module);
          }
        }
        for (String profile : list(PROFILES, words)) {
          if (!profiles.contains(profile)) {
            missing.add(words + ": profile " + profile);
          }
        }
        for (String test : list(TESTS, words)) {
          String name = test.replaceAll("#.*", "");
          if (!name.contains("*") && !testNames.contains(name)) {
            missing.add(words + ": test " + name);
          }
        }
      }
    }
    assertTrue(commands > 20, "commands=" + commands);
    assertEquals(Set.of(), missing);
  }

  private static List<String> list(Pattern option, String command) {
    Matcher matcher = option.matcher(command);
    return matcher.find() ? List.of(matcher.group(1).split(",")) : List.of();
  }
}
