package dev.almanac;

/** What the IDs of a file are. A file holds one kind. */
public enum IdKind {
  /** Only for a build: numbers if every ID is a number, else texts. No file is {@code AUTO}. */
  AUTO,
  /**
   * Signed 64-bit integers. Rows write them as canonical decimals: digits without leading zeros,
   * with {@code -} in front if negative. {@code -0} is not canonical.
   */
  LONG,
  /** Texts of 1 to 1,024 bytes of UTF-8, compared byte by byte: case and blanks matter. */
  TEXT
}
