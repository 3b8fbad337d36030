package dev.almanac.build;

/**
 * How many IDs a build changes of the file that it begins with, {@link AlmanacBuilder#base}, or of
 * the one that it replaces.
 *
 * @param addedCount IDs that only the new file has
 * @param removedCount IDs that only the old file has
 * @param changedCount IDs of both, with another date
 */
public record BaseChanges(long addedCount, long removedCount, long changedCount) {
  /** No ID differs. */
  public static final BaseChanges NONE = new BaseChanges(0, 0, 0);

  /** All IDs that differ. */
  public long count() {
    return addedCount + removedCount + changedCount;
  }

  /** The sum of two counts over different IDs. */
  public BaseChanges plus(BaseChanges others) {
    return new BaseChanges(
        addedCount + others.addedCount,
        removedCount + others.removedCount,
        changedCount + others.changedCount);
  }
}
