package dev.almanac.workers;

import dev.almanac.Almanac;
import java.util.Arrays;

/**
 * Collects IDs, looks them up a batch at a time, and checks the codes against the expected ones.
 * Belongs to one thread.
 */
final class LookupBatch {
  private static final int BATCH_LENGTH = 1_024;

  /** Texts of a batch: with long IDs it is shorter, and a worker stays small. */
  private static final int BATCH_CHARS = 1 << 16;

  private final Almanac almanac;
  private final long limit;
  private final long[] ids = new long[BATCH_LENGTH];
  private final String[] texts = new String[BATCH_LENGTH];
  private final int[] expected = new int[BATCH_LENGTH];
  private final int[] codes = new int[BATCH_LENGTH];
  private int length;
  private int chars;
  private boolean areTexts;
  private long added;
  private long found;
  private long checksum;

  /** Ends a walk through a file that has seen enough of it. */
  static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Enough() {
      super(null, null, false, false);
    }
  }

  /** A batch that takes {@code limit} IDs in all; the next one gets {@link Enough}. */
  LookupBatch(Almanac almanac, long limit) {
    this.almanac = almanac;
    this.limit = limit;
  }

  /** Whether the limit is not reached yet. */
  boolean wanted() {
    return added < limit;
  }

  void add(long id, int code) {
    checkWanted();
    ids[length] = id;
    add(code);
  }

  void add(String id, int code) {
    checkWanted();
    areTexts = true;
    texts[length] = id;
    chars += id.length();
    add(code);
  }

  private void checkWanted() {
    if (added == limit) {
      throw new Enough();
    }
  }

  private void add(int code) {
    added++;
    expected[length++] = code;
    if (length == BATCH_LENGTH || chars >= BATCH_CHARS || added == limit) {
      lookUp();
    }
  }

  private void lookUp() {
    if (areTexts) {
      almanac.codes(Arrays.copyOf(texts, length), codes);
    } else {
      almanac.codes(ids, 0, codes, 0, length);
    }
    for (int i = 0; i < length; i++) {
      if (codes[i] != expected[i]) {
        throw new IllegalStateException(
            "a lookup must give the code that the file's entry has: id="
                + (areTexts ? texts[i] : Long.toString(ids[i]))
                + " code="
                + codes[i]
                + " expected="
                + expected[i]);
      }
      if (codes[i] != Almanac.ABSENT) {
        found++;
      }
      long id = areTexts ? texts[i].hashCode() : ids[i];
      checksum += (id ^ codes[i] * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    }
    length = 0;
    chars = 0;
  }

  WorkerProtocol.Outcome outcome() {
    return new WorkerProtocol.Outcome(added, found, checksum);
  }
}
