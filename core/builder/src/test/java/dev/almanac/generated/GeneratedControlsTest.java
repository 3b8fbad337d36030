package dev.almanac.generated;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The generated builds notice a builder that treats rows as they are not. */
class GeneratedControlsTest {
  private static final int MOST_BUILDS = 400;

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @ParameterizedTest
  @EnumSource
  void aMistakeIsFound(DistortedRows.Mistake mistake) throws IOException {
    CaseRun cases = new CaseRun(folder);
    Coverage coverage = new Coverage();
    for (long seed = 1; seed <= MOST_BUILDS; seed++) {
      BuildCase build = CaseGenerator.draw(seed);
      if (build.rows().pieceCount() > 2_000) {
        continue; // Small ones find it as well.
      }
      try {
        cases
            .compare(build, rows -> new DistortedRows(rows, mistake))
            .ifPresent(built -> compareFile(built, coverage));
      } catch (Difference found) {
        return;
      }
    }
    fail("a mistake must be found: mistake=" + mistake + " builds=" + MOST_BUILDS);
  }

  private static void compareFile(CaseRun.Built built, Coverage coverage) {
    try {
      Comparison.compareFile(built, coverage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
