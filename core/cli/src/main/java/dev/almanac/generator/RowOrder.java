package dev.almanac.generator;

/** In what order rows are written. */
public enum RowOrder {
  /** As a permutation that the seed chooses. */
  SHUFFLED,
  /** By index: numeric IDs ascend. */
  SORTED
}
