package dev.almanac.generated;

import dev.almanac.generated.CaseRun.Built;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs cases of consecutive seeds, and makes the first that fails smaller. One thread. */
public final class GeneratedBuilds {
  private static final int SHOWN_LINES = 60;
  private static final int SHRINKING_BUILDS = 1_000;

  private static final int MOST_ROWS_OF_CONTROLS = 2_000;

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
    } catch (IOException | RuntimeException e) {
      throw new AssertionError("seed=" + seed + " relation=" + relation + ": " + e, e);
    } catch (Difference difference) {
      BuildCase smallest =
          new Shrinker(smaller -> difference(smaller, relation) != null, SHRINKING_BUILDS)
              .shrink(build);
      Difference last = difference(smallest, relation);
      throw new AssertionError(
          "seed="
              + seed
              + ": "
              + difference.getMessage()
              + "\nthe smallest case that fails: "
              + (last == null ? "not each time" : last.getMessage())
              + "\n"
              + smallest.describe(SHOWN_LINES),
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

  private @Nullable Difference difference(BuildCase build, Relations.Relation relation) {
    try {
      Optional<Built> built = compare(build, new Coverage());
      if (built.isPresent()) {
        Relations.check(cases, built.get(), relation);
      }
      return null;
    } catch (Difference difference) {
      return difference;
    } catch (IOException e) {
      // Not what was looked for.
      return null;
    }
  }

  /** The mistakes of {@link DistortedRows}, by name. */
  public static List<String> mistakes() {
    return Arrays.stream(DistortedRows.Mistake.values()).map(Enum::name).toList();
  }

  /**
   * A control: builds small cases whose rows reach the builder with a mistake, until a difference
   * is found.
   *
   * @return how many builds it took; -1 if {@code most} did not find it
   */
  public static long buildsUntilFound(String mistake, Path folder, int most) throws IOException {
    DistortedRows.Mistake made = DistortedRows.Mistake.valueOf(mistake);
    return buildsUntilFound(folder, 1, most, made);
  }

  /** The same for a builder that makes mistakes itself. */
  public static long buildsUntilFound(Path folder, long firstSeed, int most) throws IOException {
    return buildsUntilFound(folder, firstSeed, most, null);
  }

  /** A control of the relation of shards: the set lacks an ID that the file has. */
  static long setsUntilFound(Path folder, int most) throws IOException {
    CaseRun cases = new CaseRun(folder);
    for (long seed = 1, builds = 0; builds < most; seed++) {
      BuildCase build = CaseGenerator.draw(seed);
      if (build.rows().pieceCount() > MOST_ROWS_OF_CONTROLS) {
        continue;
      }
      builds++;
      Optional<Built> built = cases.compare(build);
      if (built.isPresent() && built.get().expected().codes.size() > 1) {
        Built file = built.get();
        file.expected().texts.remove(file.expected().codes.keySet().iterator().next());
        try {
          Relations.check(cases, file, Relations.Relation.SHARDS);
        } catch (Difference found) {
          return builds;
        }
      }
    }
    return -1;
  }

  private static long buildsUntilFound(
      Path folder, long firstSeed, int most, DistortedRows.@Nullable Mistake made)
      throws IOException {
    CaseRun cases = new CaseRun(folder);
    Coverage coverage = new Coverage();
    long builds = 0;
    for (long seed = firstSeed; builds < most; seed++) {
      BuildCase build = CaseGenerator.draw(seed);
      if (build.rows().pieceCount() > MOST_ROWS_OF_CONTROLS) {
        continue; // Small ones find it as well.
      }
      builds++;
      try {
        Optional<Built> built =
            made == null
                ? cases.compare(build)
                : cases.compare(
                    build, made.told(build), rows -> new DistortedRows(rows, build, made));
        if (built.isPresent()) {
          Comparison.compareFile(built.get(), coverage);
        }
      } catch (Difference found) {
        return builds;
      }
    }
    return -1;
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

  /** Whether the case of a seed has a source of one of these pairs, or a pair is of any source. */
  static boolean mayReach(List<String> pairs, long seed) {
    String source = CaseGenerator.draw(seed).rows().source();
    return pairs.stream()
        .anyMatch(
            pair -> !pair.contains("SOURCE ") || (pair + " x").contains("SOURCE " + source + " x"));
  }

  /** How many pairs of values a default run must reach. */
  public static int corePairCount() {
    return Coverage.corePairs().size();
  }

  /** How many of the core pairs were not reached. */
  public int missingPairCount() {
    return coverage.missing().size();
  }

  /** Takes the cells of another run over. */
  public void addCells(GeneratedBuilds other) {
    coverage.add(other.coverage);
  }

  /** Every pair of values that was reached, with its count, a line each. */
  public String cells() {
    return coverage.cells();
  }
}
