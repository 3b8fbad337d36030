package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.format.Directory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockSampleTest {
  /** Runs of keys, far apart; those at the ends of all numbers among them. */
  private static long[] runs(int runCount, int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] keys = new long[runCount * length];
    for (int run = 0; run < runCount; run++) {
      long first =
          run == 0
              ? Long.MIN_VALUE
              : run == 1 ? Long.MAX_VALUE - length + 1 : random.nextLong() & -8L;
      for (int i = 0; i < length; i++) {
        keys[run * length + i] = first + i;
      }
    }
    return keys;
  }

  private static long[] exactCounts(long[] keys) {
    long[] sorted = keys.clone();
    Arrays.sort(sorted);
    long[] counts = new long[Directory.MAX_BLOCK_BITS + 1];
    for (int bits = Directory.MIN_BLOCK_BITS; bits < counts.length; bits++) {
      for (int i = 0; i < sorted.length; i++) {
        if (i == 0
            || Math.floorDiv(sorted[i], 1L << bits) != Math.floorDiv(sorted[i - 1], 1L << bits)) {
          counts[bits]++;
        }
      }
    }
    return counts;
  }

  private static BlockSample of(long[] keys) {
    BlockSample sample = new BlockSample();
    for (long key : keys) {
      sample.add(key);
    }
    return sample;
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "500, 1", "300, 2", "100, 15", "100, 17", "20, 100", "4, 4096", "2, 65537"})
  void whatFitsIsCountedExactly(int runCount, int length) {
    long[] keys = runs(runCount, length, length);
    assertArrayEquals(exactCounts(keys), of(keys).blockCounts(keys.length));
  }

  @ParameterizedTest
  @CsvSource({"400000, 1", "60000, 5", "40000, 100", "400, 4096"})
  void whatDoesNotFitIsCountedNearly(int runCount, int length) {
    long[] keys = runs(runCount, length, length);
    long[] counts = of(keys).blockCounts(keys.length);
    long[] exact = exactCounts(keys);
    for (int bits = Directory.MIN_BLOCK_BITS; bits < counts.length; bits++) {
      double ratio = (double) counts[bits] / exact[bits];
      assertTrue(ratio > 0.7 && ratio < 1.4, "bits=" + bits + " ratio=" + ratio);
    }
  }

  @Test
  void neitherOrderNorPartsNorRepeatsChangeASample() {
    long[] keys = runs(5_000, 40, 9);
    long[] expected = of(keys).blockCounts(keys.length);
    SplittableRandom random = new SplittableRandom(1);
    for (int partCount = 1; partCount <= 4; partCount++) {
      for (int i = keys.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        long key = keys[i];
        keys[i] = keys[j];
        keys[j] = key;
      }
      BlockSample all = new BlockSample();
      int from = 0;
      for (int part = 0; part < partCount; part++) {
        int to = part == partCount - 1 ? keys.length : from + (keys.length - from) / 5;
        BlockSample sample = of(Arrays.copyOfRange(keys, from, to));
        all.add(sample);
        all.add(sample);
        from = to;
      }
      assertArrayEquals(expected, all.blockCounts(keys.length), "parts=" + partCount);
    }
  }

  @Test
  void thereAreNeverMoreBlocksThanKeys() {
    long[] keys = runs(300_000, 1, 3);
    long[] counts = of(keys).blockCounts(1_000);
    assertEquals(1_000, counts[Directory.MIN_BLOCK_BITS]);
  }
}
