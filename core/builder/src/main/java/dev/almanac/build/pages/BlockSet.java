package dev.almanac.build.pages;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;

/** Distinct numbers of blocks, each from 0 to 2^63 - 2. For one thread. */
public final class BlockSet {
  private static final int MIN_SLOTS = 1 << 10;

  /** Chosen by chance, so that nobody can choose blocks that meet in the table. */
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;

  /** Blocks, each plus 1, at their hash or in a slot after it; 0 where there is no block. */
  private long[] slots = new long[MIN_SLOTS];

  private int size;

  /** About the bytes that a set of that many blocks takes while it grows. */
  public static long bytes(long blockCount) {
    return Long.BYTES * 6 * blockCount;
  }

  public void add(long block) {
    int mask = slots.length - 1;
    // The high bits, which all bits of the block change.
    int at = (int) ((block + 1) * multiplier >>> Long.numberOfLeadingZeros((long) mask));
    while (slots[at] != 0 && slots[at] != block + 1) {
      at = at + 1 & mask;
    }
    if (slots[at] == 0) {
      slots[at] = block + 1;
      size++;
      if (2 * size > slots.length) {
        grow();
      }
    }
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    size = 0;
    forEach(old, this::add);
  }

  public int size() {
    return size;
  }

  public void clear() {
    Arrays.fill(slots, 0);
    size = 0;
  }

  void forEach(LongConsumer consumer) {
    forEach(slots, consumer);
  }

  private static void forEach(long[] entries, LongConsumer consumer) {
    for (long entry : entries) {
      if (entry != 0) {
        consumer.accept(entry - 1);
      }
    }
  }
}
