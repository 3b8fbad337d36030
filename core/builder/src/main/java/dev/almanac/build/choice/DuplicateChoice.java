package dev.almanac.build.choice;

import dev.almanac.build.BaseChanges;
import dev.almanac.build.DuplicatePolicy;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the rows of one ID, of which each has another date, and counts what it chose
 * between. The rows lie in arrays, from an index to before another; an entry of the build's base
 * comes first.
 */
public final class DuplicateChoice {
  private final DuplicatePolicy policy;
  private final IntFunction<String> id;
  private long conflictCount;
  private long addedCount;
  private long removedCount;
  private long changedCount;
  private @Nullable Conflict firstConflict;

  /**
   * @param policy which row wins
   * @param id the ID of the row at an index, for messages
   */
  DuplicateChoice(DuplicatePolicy policy, IntFunction<String> id) {
    this.policy = policy;
    this.id = id;
  }

  /** Whether the policy prefers a row to another of the same ID and date, by their positions. */
  boolean prefers(long position, long other) {
    return policy == DuplicatePolicy.LAST ? position > other : position < other;
  }

  /** The index of the row that wins. */
  int winner(long[] positions, int[] dates, int from, int to) {
    boolean inBase = RowPosition.isBase(positions[from]);
    int firstRow = inBase ? from + 1 : from;
    if (firstRow == to) {
      return from;
    }
    int row = to - firstRow == 1 ? firstRow : settle(positions, dates, firstRow, to);
    if (!inBase) {
      addedCount += dates[row] == DateCollector.NO_DATE ? 0 : 1;
      return row;
    }
    if (policy == DuplicatePolicy.LAST) {
      removedCount += dates[row] == DateCollector.NO_DATE ? 1 : 0;
      changedCount += dates[row] == DateCollector.NO_DATE || dates[row] == dates[from] ? 0 : 1;
      return row;
    }
    if (policy == DuplicatePolicy.FAIL) {
      recordConflictWithBase(positions, dates, from, to);
    }
    return from;
  }

  private void recordConflictWithBase(long[] positions, int[] dates, int base, int to) {
    int first = base;
    for (int i = base + 1; i < to; i++) {
      if (dates[i] != dates[base] && (first == base || positions[i] < positions[first])) {
        first = i;
      }
    }
    if (first != base) {
      recordConflict(positions, dates, base, first);
    }
  }

  /** Chooses among the rows of one ID that have different dates. */
  private int settle(long[] positions, int[] dates, int from, int to) {
    conflictCount += to - from - 1;
    int first = from;
    int last = from;
    for (int i = from + 1; i < to; i++) {
      if (positions[i] < positions[first]) {
        first = i;
      }
      if (positions[i] > positions[last]) {
        last = i;
      }
    }
    if (policy == DuplicatePolicy.FAIL) {
      int second = first == from ? from + 1 : from;
      for (int i = from; i < to; i++) {
        if (i != first && positions[i] < positions[second]) {
          second = i;
        }
      }
      recordConflict(positions, dates, first, second);
    }
    return policy == DuplicatePolicy.LAST ? last : first;
  }

  private void recordConflict(long[] positions, int[] dates, int first, int second) {
    if (firstConflict == null || positions[second] < firstConflict.position) {
      firstConflict =
          new Conflict(
              id.apply(first), positions[first], dates[first], positions[second], dates[second]);
    }
  }

  /** Dates beyond the first of each ID. */
  long conflictCount() {
    return conflictCount;
  }

  /** What the rows change of the base. */
  BaseChanges changes() {
    return new BaseChanges(addedCount, removedCount, changedCount);
  }

  /**
   * The first conflict in the order of the input, for {@link DuplicatePolicy#FAIL}; null if there
   * was none.
   */
  @Nullable Conflict firstConflict() {
    return firstConflict;
  }

  /** Two rows that give one ID two dates. */
  public record Conflict(
      String id, long earlierPosition, int earlierDate, long position, int date) {}
}
