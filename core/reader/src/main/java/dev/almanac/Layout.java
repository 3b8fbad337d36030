package dev.almanac;

/** How a file holds its codes, and so how a lookup finds one. */
public enum Layout {
  /** For a build alone: take the layout with the smallest file. */
  AUTO,

  /**
   * One Chronicle Map entry for each ID, which stock Chronicle Map finds by that ID. A lookup reads
   * a slot of the hash lookup, then the entry.
   */
  ENTRIES,

  /** A code for each number from the lowest to the highest, whether it is an ID or not. */
  DIRECT,

  /** Buckets of one cache line; a bijection of the ID chooses the bucket. */
  HASHED
}
