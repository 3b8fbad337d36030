package dev.almanac.build.choice;

import dev.almanac.format.Xxh64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Distinct texts as bytes, numbered in the order of arrival. They are kept in three arrays, so that
 * the collector does not walk millions of objects. Belongs to one thread.
 */
final class DistinctTexts {
  private byte[] bytes = new byte[1 << 14];

  /** Where each text ends; it begins where the one before it does. */
  private int[] ends = new int[1 << 10];

  /**
   * Found by hash: 32 bits of it, then the number plus 1; 0 in a free slot. Linear probing, at most
   * half full. With 32 bits of the hash, the slot of another text is skipped without a look at its
   * bytes.
   */
  private long[] slots = new long[1 << 11];

  private int count;

  /** Which texts meet in the slots differs in each build, so nobody can choose texts that do. */
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;

  /** What the other methods want to know of a text. */
  static long hash(byte[] from, int start, int end) {
    return Xxh64.hash(from, start, end - start);
  }

  /** The number of the text that these bytes are, or -1. */
  int find(long hash, byte[] from, int start, int end) {
    int tag = tag(hash);
    int at = home(tag);
    for (long slot = slots[at]; slot != 0; slot = slots[at]) {
      int number = (int) slot - 1;
      if ((int) (slot >>> 32) == tag
          && Arrays.equals(bytes, start(number), ends[number], from, start, end)) {
        return number;
      }
      at = at + 1 & slots.length - 1;
    }
    return -1;
  }

  /** Adds a text that is not there yet; its number is the {@link #count} before. */
  void add(long hash, byte[] from, int start, int end) {
    int textStart = byteCount();
    int textEnd = textStart + end - start;
    if (textEnd > bytes.length) {
      bytes = Arrays.copyOf(bytes, grown(bytes.length, textEnd));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    System.arraycopy(from, start, bytes, textStart, end - start);
    ends[count] = textEnd;
    count++;
    if (count > slots.length / 2) {
      long[] old = slots;
      slots = new long[2 * old.length];
      for (long slot : old) {
        if (slot != 0) {
          insert(slot);
        }
      }
    }
    insert((long) tag(hash) << 32 | count);
  }

  private static int grown(int length, int wanted) {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(2L * length, wanted));
  }

  private void insert(long slot) {
    int at = home((int) (slot >>> 32));
    while (slots[at] != 0) {
      at = at + 1 & slots.length - 1;
    }
    slots[at] = slot;
  }

  private int tag(long hash) {
    return (int) (hash * multiplier >>> 32);
  }

  private int home(int tag) {
    return tag >>> Integer.numberOfLeadingZeros(slots.length) + 1;
  }

  /** How many texts there are. */
  int count() {
    return count;
  }

  /** How many bytes they take together. */
  int byteCount() {
    return count == 0 ? 0 : ends[count - 1];
  }

  private int start(int number) {
    return number == 0 ? 0 : ends[number - 1];
  }

  /** The text of this number, as UTF-8. */
  String text(int number) {
    int start = start(number);
    return new String(bytes, start, ends[number] - start, StandardCharsets.UTF_8);
  }

  /** Orders two texts by their bytes, unsigned. */
  int compare(int a, int b) {
    return Arrays.compareUnsigned(bytes, start(a), ends[a], bytes, start(b), ends[b]);
  }
}
