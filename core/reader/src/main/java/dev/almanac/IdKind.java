package dev.almanac;

/** What the IDs of a file are. A file holds one kind. */
public enum IdKind {
  /**
   * Build only: numbers when every ID of the source is one, texts otherwise. A finished file is
   * never {@code AUTO}.
   */
  AUTO,
  /**
   * Signed 64-bit integers, written as canonical decimals: no sign but a leading {@code -}, no
   * leading zero.
   */
  LONG,
  /** UTF-8 texts of 1 to 1,024 bytes; the exact bytes of the field, nothing trimmed. */
  TEXT
}
