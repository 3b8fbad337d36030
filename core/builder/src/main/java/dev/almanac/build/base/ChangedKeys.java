package dev.almanac.build.base;

import dev.almanac.EntryConsumer;

/**
 * IDs with their new codes, a hash table of a quarter's load: nearly every entry of a base is asked
 * for and is not here. Any number of threads may read it when it is filled.
 */
final class ChangedKeys {
  /** No code plus this is 0. */
  private static final int OFFSET = 2;

  private final long[] ids;

  /** The code plus {@link #OFFSET}; 0 where the place is free. */
  private final int[] codes;

  private final int shift;

  /** A table for {@code count} IDs. */
  ChangedKeys(int count) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * count + 1);
    this.ids = new long[2 << bits];
    this.codes = new int[2 << bits];
    this.shift = Long.SIZE - bits - 1;
  }

  private int place(long id) {
    int place = (int) (id * 0x9E3779B97F4A7C15L >>> shift);
    while (codes[place] != 0 && ids[place] != id) {
      place = place + 1 & ids.length - 1;
    }
    return place;
  }

  void put(long id, int code) {
    int place = place(id);
    ids[place] = id;
    codes[place] = code + OFFSET;
  }

  boolean contains(long id) {
    return codes[place(id)] != 0;
  }

  /** The new code of an ID, or {@code otherwise} if it does not change. */
  int codeOr(long id, int otherwise) {
    int place = place(id);
    return codes[place] == 0 ? otherwise : codes[place] - OFFSET;
  }

  void forEach(EntryConsumer consumer) {
    for (int place = 0; place < ids.length; place++) {
      if (codes[place] != 0) {
        consumer.accept(ids[place], codes[place] - OFFSET);
      }
    }
  }
}
