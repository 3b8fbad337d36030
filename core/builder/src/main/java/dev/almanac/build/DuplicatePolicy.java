package dev.almanac.build;

/**
 * Which row wins if several rows of a source have the same ID. The order is that of the input,
 * across files in the order in which they are given.
 */
public enum DuplicatePolicy {
  /** The last row wins, as it would in a dictionary that is filled row by row. */
  LAST,
  /** The first row wins. */
  FIRST,
  /**
   * Two rows of an ID with different dates stop the build; the message names both lines. The same
   * ID and date twice is allowed.
   */
  FAIL
}
