package dev.almanac.build.pages;

import dev.almanac.IdKind;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.IdShape;
import org.jspecify.annotations.Nullable;

/**
 * What a file holds.
 *
 * @param kind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param dateCount distinct dates
 * @param texts the shape by which text IDs are numbers, or null where they are not
 */
public record Shape(IdKind kind, int dateCount, @Nullable IdShape texts) {
  public boolean text() {
    return kind == IdKind.TEXT;
  }

  /** Bytes of the code of an entry. */
  public int codeBytes() {
    return DictionarySection.codeBytes(dateCount);
  }

  /** Bytes of an entry of a numeric file that has an entry for each ID. */
  int numericEntryBytes() {
    return Long.BYTES + codeBytes();
  }
}
