package dev.almanac.workers;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.generator.Permutation;
import java.util.Arrays;

/**
 * An even sample of a file's IDs: every n-th in file order, n being the smallest power of two that
 * leaves few enough. A file order is a hash order, so the sample reaches all parts of the file.
 * Every worker takes the same sample.
 */
final class IdSample {
  /**
   * A million numbers and their codes take 12 MB: little beside a file, far more than a processor
   * caches.
   */
  private static final int MAX_NUMBERS = 1 << 20;

  private static final int MAX_TEXTS = 1 << 17;
  private static final long MAX_TEXT_CHARS = 4_000_000;

  private final boolean areTexts;
  private final long[] ids;
  private final String[] texts;
  private final int[] codes;
  private int length;
  private long stride = 1;
  private long seen;
  private long chars;

  private IdSample(boolean areTexts, int capacity) {
    this.areTexts = areTexts;
    ids = new long[areTexts ? 0 : capacity];
    texts = new String[areTexts ? capacity : 0];
    codes = new int[capacity];
  }

  /** The sample of a file. Walks through the whole file once. */
  static IdSample of(Almanac almanac) {
    return of(almanac, almanac.idKind() == IdKind.LONG ? MAX_NUMBERS : MAX_TEXTS);
  }

  /** As above, with at most that many IDs. */
  static IdSample of(Almanac almanac, int maxCount) {
    boolean areTexts = almanac.idKind() == IdKind.TEXT;
    IdSample sample = new IdSample(areTexts, (int) Math.min(maxCount, almanac.size()));
    if (areTexts) {
      almanac.forEachText(sample::add);
    } else {
      almanac.forEach(sample::add);
    }
    return sample;
  }

  private void add(long id, int code) {
    if (seen++ % stride == 0) {
      if (length == codes.length) {
        thinOut();
        if ((seen - 1) % stride != 0) {
          return;
        }
      }
      ids[length] = id;
      codes[length++] = code;
    }
  }

  private void add(String id, int code) {
    if (seen++ % stride == 0) {
      while (length == codes.length || chars + id.length() > MAX_TEXT_CHARS) {
        thinOut();
        if ((seen - 1) % stride != 0) {
          return;
        }
      }
      texts[length] = id;
      codes[length++] = code;
      chars += id.length();
    }
  }

  /** IDs in the sample. */
  int size() {
    return length;
  }

  /** Keeps every second. */
  private void thinOut() {
    int kept = 0;
    chars = 0;
    for (int i = 0; i < length; i += 2, kept++) {
      codes[kept] = codes[i];
      if (areTexts) {
        texts[kept] = texts[i];
        chars += texts[kept].length();
      } else {
        ids[kept] = ids[i];
      }
    }
    if (areTexts) {
      Arrays.fill(texts, kept, length, null);
    }
    length = kept;
    stride *= 2;
  }

  /**
   * Looks up {@code lookupCount} IDs of the sample in rounds. A round visits each ID once, in an
   * order that the seed chooses; the last, shorter one visits only the first IDs of the sample, so
   * that workers with different seeds look up the same IDs and their checksums must agree.
   */
  WorkerProtocol.Outcome read(Almanac almanac, long lookupCount, long seed) {
    LookupBatch batch = new LookupBatch(almanac, length == 0 ? 0 : lookupCount);
    for (long rest = lookupCount, round = 0; rest > 0 && length > 0; rest -= length, round++) {
      int roundLength = (int) Math.min(length, rest);
      Permutation order = new Permutation(roundLength, seed + round);
      for (int i = 0; i < roundLength; i++) {
        int at = (int) order.at(i);
        if (areTexts) {
          batch.add(texts[at], codes[at]);
        } else {
          batch.add(ids[at], codes[at]);
        }
      }
    }
    return batch.outcome();
  }
}
