package dev.almanac.generator;

/** What the IDs of generated rows look like. */
public enum IdShape {
  /** 1, 2, 3... as row numbers and auto-increment keys. */
  DENSE,
  /** Runs of 1,000 consecutive numbers with gaps of up to 999 between them. */
  GAPS,
  /** Spread over all 64-bit numbers, half of them negative. */
  SPARSE,
  /**
   * Texts such as {@code ORD-1234-M}, some with accents, some with characters beyond the basic
   * plane.
   */
  TEXT
}
