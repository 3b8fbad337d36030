package dev.almanac.build.write;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildProgress;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.choice.DateRules;
import dev.almanac.build.workspace.MemoryBudget;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@link dev.almanac.build.AlmanacBuilder}.
 *
 * @param base the file whose entries come before the rows, or null
 * @param changeLimit how many IDs of the old file may change, or null
 * @param duplicatePolicy which row of an ID wins
 * @param badRowPolicy what becomes of bad rows
 * @param idKind the kind of IDs to expect
 * @param dateRules how dates are read
 * @param minIdCount the fewest IDs that are published
 * @param layout the layout of a numeric file
 * @param threadCount threads that work
 * @param heapBytes the heap that the steps share, see {@link MemoryBudget}
 * @param temporaryDirectory where spools go, or null for the target's folder
 * @param progress the progress listener, or null
 */
public record BuildOptions(
    @Nullable Path base,
    @Nullable ChangeLimit changeLimit,
    DuplicatePolicy duplicatePolicy,
    BadRowPolicy badRowPolicy,
    IdKind idKind,
    DateRules dateRules,
    long minIdCount,
    Layout layout,
    int threadCount,
    long heapBytes,
    @Nullable Path temporaryDirectory,
    @Nullable BuildProgress progress) {
  public MemoryBudget memory() {
    return new MemoryBudget(heapBytes);
  }
}
