package dev.almanac.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How often a hazard is tried, and what became of it. Without the profile {@code reliability} a
 * test tries as often as a default build has time for; with it, as often as {@code
 * docs/reliability.md} says, and what came out is written to {@code docs/results/reliability}, from
 * which that page's table is made.
 *
 * <pre>{@code
 * mvn -Preliability -pl core/reliability -am test                        # all, in full
 * mvn -Preliability -pl core/reliability -am test -Dtest=BitFlipTest     # one
 * }</pre>
 */
final class Trial {
  private static final boolean FULL = Boolean.getBoolean("almanac.reliability.full");
  private static final String RESULTS = System.getProperty("almanac.reliability.results");

  private Trial() {}

  /** Whether the full counts are asked for. */
  static boolean full() {
    return FULL;
  }

  /** How often to try: in a default build, and in full. */
  static int count(int byDefault, int inFull) {
    return FULL ? inFull : byDefault;
  }

  /**
   * Keeps what came out of a full run; does nothing in a default one.
   *
   * @param test the test that tried; its name is in the command that the page quotes
   * @param hazard the number of the hazard in the page's table, from 1
   * @param part which part of the hazard this is: a few words, which order the lines of a hazard
   * @param tried what was tried, in words
   * @param count how often
   * @param outcomes what came out, each with its count, in the order of the page
   */
  static void record(
      Class<?> test,
      int hazard,
      String part,
      String tried,
      long count,
      Map<String, Long> outcomes) {
    String command =
        "mvn -Preliability -pl core/reliability -am test -Dtest=" + test.getSimpleName();
    record(command, hazard, part, tried, count, outcomes);
  }

  /** The same for a test that takes more than its name to run in full. */
  static void record(
      String command,
      int hazard,
      String part,
      String tried,
      long count,
      Map<String, Long> outcomes) {
    if (!FULL || RESULTS == null) {
      return;
    }
    List<String> counts = new ArrayList<>();
    outcomes.forEach((outcome, times) -> counts.add(quoted(outcome) + ": " + times));
    String json =
        """
        {
          "hazard": %d,
          "part": %s,
          "tried": %s,
          "count": %d,
          "outcomes": {%s},
          "command": %s,
          "jdk": %s
        }
        """
            .formatted(
                hazard,
                quoted(part),
                quoted(tried),
                count,
                String.join(", ", counts),
                quoted(command),
                quoted(System.getProperty("java.version")));
    String name =
        "%02d-%s.json".formatted(hazard, part.toLowerCase().replaceAll("[^a-z0-9]+", "-"));
    try {
      Path directory = Files.createDirectories(Path.of(RESULTS));
      Files.writeString(directory.resolve(name), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps a file beside the results of a full run; does nothing in a default one. */
  static void keep(String name, String content) throws IOException {
    if (FULL && RESULTS != null) {
      Files.writeString(Files.createDirectories(Path.of(RESULTS)).resolve(name), content);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
