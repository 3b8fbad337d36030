package dev.almanac.generated;

import dev.almanac.generated.CaseRun.Built;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs cases of consecutive seeds, and makes the first that fails smaller. One thread. */
public final class GeneratedBuilds {
  private static final int SHOWN_LINES = 60;
  private static final int SHRINKING_BUILDS = 1_000;

  /** A file in so many is compared with other builds of its rows. */
  private static final int RELATED = 5;

  private final CaseRun cases;
  private final Coverage coverage = new Coverage();
  private final Map<String, Long> relationCounts = new TreeMap<>();
  private int relatedCount;

  /** Nothing else may use {@code folder}. */
  public GeneratedBuilds(Path folder) {
    cases = new CaseRun(folder);
  }

  /**
   * Builds the case of a seed and compares it.
   *
   * @throws AssertionError if something differs; the message has the seed, the difference and the
   *     smallest case that fails
   */
  public void run(long seed) throws IOException {
    BuildCase build = CaseGenerator.draw(seed);
    Relations.Relation relation =
        Relations.Relation.values()[relatedCount % Relations.Relation.values().length];
    try {
      Optional<Built> built = compare(build, coverage);
      if (built.isPresent() && seed % RELATED == 0) {
        relatedCount++;
        if (Relations.check(cases, built.get(), relation)) {
          relationCounts.merge(relation.name(), 1L, Long::sum);
        }
      }
    } catch (Difference difference) {
      BuildCase smallest =
          new Shrinker(smaller -> fails(smaller, relation), SHRINKING_BUILDS).shrink(build);
      throw new AssertionError(
          "seed=" + seed + ": " + difference.getMessage() + "\n" + smallest.describe(SHOWN_LINES),
          difference);
    }
  }

  private Optional<Built> compare(BuildCase build, Coverage reached) throws IOException {
    Optional<Built> built = cases.compare(build);
    if (built.isPresent()) {
      Comparison.compareFile(built.get(), reached);
    } else {
      reached.refused(build);
    }
    return built;
  }

  private boolean fails(BuildCase build, Relations.Relation relation) {
    try {
      Optional<Built> built = compare(build, new Coverage());
      if (built.isPresent()) {
        Relations.check(cases, built.get(), relation);
      }
      return false;
    } catch (Difference difference) {
      return true;
    } catch (IOException e) {
      // Not what was looked for.
      return false;
    }
  }

  /** Which cells were reached. */
  Coverage coverage() {
    return coverage;
  }

  /** How often each relation was checked. */
  public Map<String, Long> relationCounts() {
    return new TreeMap<>(relationCounts);
  }

  /** The names of all relations. */
  static Set<String> relations() {
    return Arrays.stream(Relations.Relation.values())
        .map(Enum::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Cases by what came of them, as they should. */
  public Map<String, Long> outcomes() {
    return coverage.outcomes();
  }

  /** The count of every pair of values that was reached, as a JSON object. */
  public String cellsAsJson() {
    return coverage.json();
  }
}
