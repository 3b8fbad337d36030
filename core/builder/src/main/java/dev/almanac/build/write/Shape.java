package dev.almanac.build.write;

import dev.almanac.IdKind;
import dev.almanac.format.DictionarySection;

/**
 * What every entry of a file looks like.
 *
 * @param kind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param pageBits IDs per page, as a power of two; 0 for texts
 * @param codeBytes bytes of a date code
 */
record Shape(IdKind kind, int pageBits, int codeBytes) {
  /** The shape of a file with {@code dateCount} distinct dates. */
  static Shape of(IdKind kind, int pageBits, int dateCount) {
    return new Shape(
        kind, kind == IdKind.TEXT ? 0 : pageBits, DictionarySection.codeBytes(dateCount));
  }

  Shape withPageBits(int bits) {
    return new Shape(kind, bits, codeBytes);
  }

  boolean text() {
    return kind == IdKind.TEXT;
  }

  /** Bytes of an entry's value: the codes of a page. */
  int valueBytes() {
    return codeBytes << pageBits;
  }

  /** Bytes of an entry of a numeric file. */
  int pageEntryBytes() {
    return Long.BYTES + valueBytes();
  }
}
