package dev.almanac.build.write;

import dev.almanac.IdKind;
import dev.almanac.format.DictionarySection;

/**
 * What a file holds.
 *
 * @param kind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param dateCount distinct dates
 */
record Shape(IdKind kind, int dateCount) {
  boolean text() {
    return kind == IdKind.TEXT;
  }

  /** Bytes of the code of an entry. */
  int codeBytes() {
    return DictionarySection.codeBytes(dateCount);
  }

  /** Bytes of an entry of a numeric file that has an entry for each ID. */
  int numericEntryBytes() {
    return Long.BYTES + codeBytes();
  }
}
