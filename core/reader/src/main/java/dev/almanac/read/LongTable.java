package dev.almanac.read;

import dev.almanac.Layout;

/** Lookups by number, one class for each layout. For any number of threads. */
public interface LongTable {
  /** The table of a file of numbers, or of texts that are numbers of a narrow shape. */
  static LongTable of(SealedFile file) {
    Layout layout = file.footer().pages().layout();
    if (layout == Layout.DIRECT) {
      return new DirectTable(file);
    }
    if (layout == Layout.HASHED) {
      return new HashedTable(file);
    }
    return layout == Layout.BLOCKS ? new BlockTable(file) : new EntriesTable(file);
  }

  /** The date code of an ID, or -1. */
  int code(long id);

  /** The codes of {@code length} IDs. */
  void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length);

  /** How many parts the file has: segments or pages. */
  int partCount();

  /** The entries of some parts of the file, in its order. */
  LongCursor cursor(int fromPart, int toPart);

  /** The entries of the file, in its order. */
  default LongCursor cursor() {
    return cursor(0, partCount());
  }
}
