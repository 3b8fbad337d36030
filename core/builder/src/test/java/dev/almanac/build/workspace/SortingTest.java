package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
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
}
