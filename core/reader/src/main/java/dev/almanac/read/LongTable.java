package dev.almanac.read;

/** Lookups by number, one class for each layout. For any number of threads. */
public interface LongTable {
  /** The table of a file of numbers, or of texts that are numbers of a narrow shape. */
  static LongTable of(SealedFile file) {
    return switch (file.footer().pages().layout()) {
      case DIRECT -> new DirectTable(file);
      case HASHED -> new HashedTable(file);
      case BLOCKS, ENTRIES, AUTO -> new EntriesTable(file);
    };
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
