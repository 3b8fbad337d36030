package dev.almanac.build.choice;

import dev.almanac.build.BaseChanges;

/**
 * What was chosen among the rows.
 *
 * @param duplicateCount rows beyond one of each ID and date
 * @param conflictCount dates beyond one of each ID
 * @param leftOutCount IDs left out, since "no date" won
 * @param changes what the rows change of the base
 */
public record ChoiceCounts(
    long duplicateCount, long conflictCount, long leftOutCount, BaseChanges changes) {
  public static final ChoiceCounts NONE = new ChoiceCounts(0, 0, 0, BaseChanges.NONE);

  public ChoiceCounts plus(ChoiceCounts others) {
    return new ChoiceCounts(
        duplicateCount + others.duplicateCount,
        conflictCount + others.conflictCount,
        leftOutCount + others.leftOutCount,
        changes.plus(others.changes));
  }
}
