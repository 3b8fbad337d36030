package dev.almanac;

/** Which row wins when several rows of a source carry the same ID. Order is the order of the input. */
public enum DuplicatePolicy {
  /** The last row wins, as it would in a dictionary that is filled row by row. */
  LAST,
  /** The first row wins. */
  FIRST,
  /** A second row with another date stops the build; the message names both lines. The same (ID, date) twice is allowed. */
  FAIL
}
