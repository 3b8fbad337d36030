package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeLimitTest {
  /** As many changes as the limit are allowed, and one more is refused. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 1000, 0",
    "7, 0, 1000, 7",
    "0, 1.5, 1000, 15",
    "7, 1.5, 1000, 15",
    "16, 1.5, 1000, 16"
  })
  void theLargerOfBothLimitsCounts(long count, double percent, long ids, int expected)
      throws BuildException {
    ChangeLimit limit = new ChangeLimit(count, percent);
    Path old = Path.of("old.almanac");
    for (int added = 0; added <= expected; added++) {
      for (int removed = 0; removed <= expected - added; removed++) {
        int changed = expected - added - removed;
        limit.check(new BaseChanges(added, removed, changed), ids, old);
        BaseChanges more = new BaseChanges(added, removed, changed + 1);
        assertEquals(
            String.format(
                "too many IDs change to publish (maxChanges, --max-changes): changes=%d"
                    + " expectedAtMost=%d added=%d removed=%d changed=%d oldIds=%d, path=%s",
                expected + 1, expected, added, removed, changed + 1, ids, old),
            assertThrows(BuildException.class, () -> limit.check(more, ids, old)).getMessage());
      }
    }
  }
}
