package dev.almanac;

/** How a file stores its codes, and so how a lookup finds one. */
public enum Layout {
  /** Only for a build: the layout with the smallest file. A finished file is never {@code AUTO}. */
  AUTO,

  /**
   * One Chronicle Map entry for each ID, which stock Chronicle Map finds by that ID. A lookup reads
   * a slot of the hash lookup, then the entry: two cache lines.
   */
  ENTRIES,

  /**
   * A code for each number from the lowest to the highest ID, whether the number is an ID or not.
   * For numbers, and for texts that are stored as numbers ({@link AlmanacInfo#idPattern}). A lookup
   * reads one cache line.
   */
  DIRECT,

  /**
   * IDs in buckets of one cache line; a bijection of the ID chooses the bucket. For numbers, and
   * for texts that are stored as numbers. A lookup reads one cache line, seldom more.
   */
  HASHED,

  /**
   * A code for each number of the blocks that have an ID. For numbers that come in runs far apart,
   * and for texts that are stored as numbers. A lookup reads two cache lines: one says where the
   * block lies, one has the code. {@link #AUTO} chooses it where it takes at most three quarters of
   * the bytes of the other layouts.
   */
  BLOCKS
}
