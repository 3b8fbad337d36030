package dev.almanac.build.write;

import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildException;
import dev.almanac.build.workspace.Percent;
import java.nio.file.Path;

/**
 * How many IDs of the old file a build may change: {@code count}, or {@code percent} of its IDs if
 * that is more.
 */
public record ChangeLimit(long count, double percent) {
  /** Refuses changes beyond the limit, of a file at {@code old} with {@code oldIdCount} IDs. */
  public void check(BaseChanges changes, long oldIdCount, Path old) throws BuildException {
    long limit = Math.max(count, Percent.of(oldIdCount, percent));
    if (changes.count() > limit) {
      throw new BuildException(
          String.format(
              "too many IDs change to publish (maxChanges, --max-changes): changes=%s"
                  + " expectedAtMost=%s added=%s removed=%s changed=%s oldIds=%s, path=%s",
              changes.count(),
              limit,
              changes.addedCount(),
              changes.removedCount(),
              changes.changedCount(),
              oldIdCount,
              old));
    }
  }
}
