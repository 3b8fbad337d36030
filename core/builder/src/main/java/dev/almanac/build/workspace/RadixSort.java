package dev.almanac.build.workspace;

import java.util.Arrays;

/**
 * Sorts longs as unsigned numbers, and a payload along with them. Stable. Least significant digit
 * first, 11 bits at a time; a digit in which no two keys differ costs nothing, so dense IDs take
 * two or three passes and random ones six. About 15 ns for a random key and its payload where they
 * fit the caches, a quarter of what a comparison sort takes. Keeps its scratch space; for one
 * thread.
 */
public final class RadixSort {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final int[] starts = new int[DIGITS];
  private long[] otherKeys = {};
  private int[] otherPayload = {};

  /**
   * Sorted keys, valid until the next call; may be either the array that was given or the scratch.
   */
  public long[] keys = {};

  /** The payload in the order of {@link #keys}. */
  public int[] payload = {};

  /**
   * Sorts the first {@code count} keys and payloads. The arrays' content is undefined afterwards:
   * read the two fields.
   */
  public void sort(long[] givenKeys, int[] givenPayload, int count) {
    keys = givenKeys;
    payload = givenPayload;
    if (count < 2) {
      return;
    }
    long all = givenKeys[0];
    long any = all;
    for (int i = 1; i < count; i++) {
      all &= givenKeys[i];
      any |= givenKeys[i];
    }
    long varying = all ^ any;
    if (otherKeys.length < count) {
      otherKeys = new long[Math.max(count, givenKeys.length)];
      otherPayload = new int[otherKeys.length];
    }
    long[] toKeys = otherKeys;
    int[] toPayload = otherPayload;
    while (varying != 0) {
      int shift = Long.numberOfTrailingZeros(varying);
      pass(keys, payload, toKeys, toPayload, count, shift);
      long[] k = keys;
      keys = toKeys;
      toKeys = k;
      int[] p = payload;
      payload = toPayload;
      toPayload = p;
      varying = shift + DIGIT_BITS >= Long.SIZE ? 0 : varying & -1L << shift + DIGIT_BITS;
    }
    // The caller keeps what it reads; the other pair is scratch for the next time.
    otherKeys = toKeys;
    otherPayload = toPayload;
  }

  private void pass(
      long[] fromKeys, int[] fromPayload, long[] toKeys, int[] toPayload, int count, int shift) {
    Arrays.fill(starts, 0);
    for (int i = 0; i < count; i++) {
      starts[(int) (fromKeys[i] >>> shift) & DIGITS - 1]++;
    }
    int at = 0;
    for (int d = 0; d < DIGITS; d++) {
      int n = starts[d];
      starts[d] = at;
      at += n;
    }
    for (int i = 0; i < count; i++) {
      long key = fromKeys[i];
      int to = starts[(int) (key >>> shift) & DIGITS - 1]++;
      toKeys[to] = key;
      toPayload[to] = fromPayload[i];
    }
  }
}
