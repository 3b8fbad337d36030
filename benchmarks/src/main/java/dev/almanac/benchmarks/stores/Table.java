package dev.almanac.benchmarks.stores;

/** An open store. Belongs to one thread, see {@link #forThread}. */
public interface Table extends AutoCloseable {
  /** The answer for an ID that the store does not hold. */
  int ABSENT = -1;

  /** The date code of a numeric ID, or {@link #ABSENT}. */
  default int code(long id) {
    throw new UnsupportedOperationException("No numeric IDs here.");
  }

  /** The date code of a text ID, or {@link #ABSENT}. */
  default int code(String id) {
    throw new UnsupportedOperationException("No text IDs here.");
  }

  /** Codes of {@code length} IDs, in whatever way the store is quickest at it. */
  default void codes(long[] ids, int from, int[] codes, int length) {
    for (int i = 0; i < length; i++) {
      codes[i] = code(ids[from + i]);
    }
  }

  /** Codes of text IDs, in whatever way the store is quickest at it. */
  default void codes(String[] ids, int[] codes) {
    for (int i = 0; i < ids.length; i++) {
      codes[i] = code(ids[i]);
    }
  }

  /** The sum of the codes of all entries, in whatever order is quickest. */
  default long sumOfAll() {
    throw new UnsupportedOperationException("No walk through all entries here.");
  }

  /**
   * The same table for one more thread; itself where threads may share it. Closed before this one.
   */
  default Table forThread() {
    return this;
  }

  @Override
  void close();
}
