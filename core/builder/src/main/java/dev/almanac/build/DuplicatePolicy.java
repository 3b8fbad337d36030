package dev.almanac.build;

/**
 * Which row wins when several rows of a source carry the same ID. Order is the order of the input.
 */
public enum DuplicatePolicy {
  /** The last row wins, as it would in a dictionary that is filled row by row. */
  LAST,
  /** The first row wins. */
  FIRST,
  /**
   * A second row of an ID whose date is written otherwise stops the build; the message names both
   * lines. The same ID and date twice is allowed.
   */
  FAIL
}
