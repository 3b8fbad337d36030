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
   * Order numbers such as {@code ORD-000004d2-BO}, see {@link OrderIds}; before some of them stand
   * accents, before others a character beyond the basic plane.
   */
  TEXT
}
