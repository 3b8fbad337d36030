package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SortingTest {
  /**
   * One sorter throughout, as the build uses it: what it keeps of one call must not show in the
   * next.
   */
  @Test
  void keysAreSortedAsUnsignedNumbersAndEqualOnesKeepTheirOrder() {
    RadixSort sort = new RadixSort();
    SplittableRandom random = new SplittableRandom(14);
    for (int round = 0; round < 200; round++) {
      int count = random.nextInt(3_000);
      int shift = random.nextInt(64);
      long mask = random.nextBoolean() ? -1 : random.nextLong() & random.nextLong();
      long[] keys = new long[count + random.nextInt(10)];
      int[] payload = new int[keys.length];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = (random.nextLong() >> shift) & mask;
        payload[i] = i;
      }
      long[] given = keys.clone();
      int[] expected =
          IntStream.range(0, count)
              .boxed()
              .sorted(Comparator.comparing((Integer i) -> given[i], Long::compareUnsigned))
              .mapToInt(Integer::intValue)
              .toArray();
      sort.sort(keys, payload, count);
      assertArrayEquals(expected, Arrays.copyOf(sort.payload, count));
      for (int i = 0; i < count; i++) {
        assertEquals(given[expected[i]], sort.keys[i]);
      }
    }
  }

  @Test
  void aFingerprintForgetsTheOrderAndNothingElse() {
    Fingerprint forwards = new Fingerprint();
    Fingerprint backwards = new Fingerprint();
    Fingerprint swapped = new Fingerprint();
    for (int i = 0; i < 1_000; i++) {
      forwards.add(i, i % 7);
      backwards.add(999 - i, (999 - i) % 7);
      swapped.add(i, i == 3 ? 4 : i == 4 ? 3 : i % 7);
    }
    assertTrue(forwards.sameAs(backwards));
    assertFalse(forwards.sameAs(swapped));
    assertFalse(forwards.sameAs(new Fingerprint()));
    backwards.add(5, 5);
    assertFalse(forwards.sameAs(backwards));
  }

  @Test
  void theFingerprintOfPartsTogetherIsThatOfTheWhole() {
    Fingerprint whole = new Fingerprint();
    Fingerprint parts = new Fingerprint();
    for (int part = 0; part < 3; part++) {
      Fingerprint one = new Fingerprint();
      for (int i = 0; i < 100; i++) {
        whole.add(100 * part + i, i);
        one.add(100 * part + i, i);
      }
      assertFalse(parts.sameAs(whole));
      parts.add(one);
      assertTrue(parts.sameAs(whole));
      assertEquals(whole.toString(), parts.toString());
    }
  }

  /** One pair differs by one bit of its ID or its code. */
  @Test
  void eachBitOfAPairShowsInItsFingerprintAndInTheSeeds() {
    Set<String> texts = new HashSet<>();
    Set<Long> seeds = new HashSet<>();
    int pairs = 0;
    for (long id : new long[] {0, 1, -1, 1234567, Long.MIN_VALUE}) {
      for (int code : new int[] {0, 1, 255, 1 << 24}) {
        for (int bit = -1; bit < Long.SIZE; bit++) {
          for (int codeBit = -1; codeBit < (bit < 0 ? 28 : 0); codeBit++) {
            Fingerprint one = new Fingerprint();
            one.add(bit < 0 ? id : id ^ 1L << bit, codeBit < 0 ? code : code ^ 1 << codeBit);
            texts.add(one.toString());
            assertEquals(32, one.toString().length());
            assertEquals(0, one.seed(0));
            seeds.add(one.seed(1));
            seeds.add(one.seed(2));
            pairs++;
          }
        }
      }
    }
    assertTrue(pairs > texts.size(), "a few are the same pair");
    assertTrue(texts.size() > 1_500, () -> "fingerprints meet: " + texts.size());
    assertEquals(2 * texts.size(), seeds.size());
  }
}
