package dev.almanac.generated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole builds of generated rows against a naive map.
 *
 * <pre>{@code
 * mvn -pl core/builder -am test -Dtest=GeneratedBuildsTest -Dseed=262 -Dbuilds=1    # one again
 * }</pre>
 */
class GeneratedBuildsTest {
  private static final long FIRST_SEED = Long.getLong("seed", 1);
  private static final int BUILDS = Integer.getInteger("builds", 2_000);

  /** Beyond the builds, only seeds that may reach what these did not. */
  private static final int MOST_SEEDS = 20_000;

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @Test
  void everyBuildIsAsTheNaiveMapHasIt() throws IOException {
    GeneratedBuilds builds = new GeneratedBuilds(folder);
    for (int i = 0; i < BUILDS; i++) {
      builds.run(FIRST_SEED + i);
    }
    if (System.getProperty("seed") == null && System.getProperty("builds") == null) {
      long seed = FIRST_SEED + BUILDS;
      List<String> missing = builds.coverage().missing();
      for (; !missing.isEmpty() && seed < FIRST_SEED + MOST_SEEDS; seed++) {
        if (GeneratedBuilds.mayReach(missing, seed)) {
          builds.run(seed);
          missing = builds.coverage().missing();
        }
      }
      assertEquals(List.of(), missing);
      assertEquals(GeneratedBuilds.relations(), builds.relationCounts().keySet());
    }
  }
}
