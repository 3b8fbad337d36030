package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Directory;
import dev.almanac.format.Mix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
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

  @Tag("long")
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

  /** The blocks of the ranges whose hash ends in that many zeros, until they fit. */
  private static long[] sampledCounts(long[] keys, long keyCount) {
    Set<Long> sampled = new HashSet<>();
    for (long key : keys) {
      sampled.add(key >>> Directory.MIN_BLOCK_BITS);
    }
    int level = 0;
    while (sampled.size() > BlockSample.CAPACITY) {
      int zeros = ++level;
      sampled.removeIf(block -> Long.numberOfTrailingZeros(Mix.finish(block >>> 12)) < zeros);
    }
    long[] inOrder = sampled.stream().mapToLong(Long::longValue).sorted().toArray();
    long[] counts = new long[Directory.MAX_BLOCK_BITS + 1];
    for (int bits = Directory.MIN_BLOCK_BITS; bits < counts.length; bits++) {
      long last = -1;
      long count = 0;
      for (long block : inOrder) {
        count += block >>> bits - Directory.MIN_BLOCK_BITS == last ? 0 : 1;
        last = block >>> bits - Directory.MIN_BLOCK_BITS;
      }
      counts[bits] = Math.min(count << level, keyCount);
    }
    return counts;
  }

  /** Just more blocks than fit, and about four times as many. */
  @ParameterizedTest
  @CsvSource({"65536, 0", "65537, 1", "140000, 0", "140000, 3"})
  void whatDoesNotFitIsASampleOfRanges(int runCount, int otherCount) {
    long[] keys = new SplittableRandom(runCount).longs(runCount).distinct().toArray();
    BlockSample sample = new BlockSample();
    int from = 0;
    for (int part = 0; part <= otherCount; part++) {
      int to = (int) ((long) keys.length * (part + 1) / (otherCount + 1));
      BlockSample other = of(Arrays.copyOfRange(keys, from, to));
      if (part == 0) {
        sample = other;
      } else {
        sample.add(other);
      }
      from = to;
    }
    assertArrayEquals(sampledCounts(keys, keys.length), sample.blockCounts(keys.length));
    assertArrayEquals(sampledCounts(keys, 50_000), sample.blockCounts(50_000));
  }

  /** Keys of several partitions, by two threads. */
  @Test
  void theSampleOfASourceIsThatOfAllItsKeys() throws IOException {
    long[] keys = runs(300, 20, 5);
    KeySource source =
        new KeySource() {
          @Override
          public int partitionCount() {
            return 7;
          }

          @Override
          public void read(int partition, KeyConsumer consumer) throws IOException {
            for (int i = partition; i < keys.length; i += 7) {
              consumer.accept(keys[i], 0, 0);
            }
          }
        };
    try (Parallel threads = new Parallel(2)) {
      assertArrayEquals(
          exactCounts(keys), BlockSample.of(threads, source).blockCounts(keys.length));
    }
  }

  @Test
  void aSetHoldsEachBlockOnce() {
    SplittableRandom random = new SplittableRandom(2);
    BlockSet blocks = new BlockSet();
    for (int round = 0; round < 3; round++) {
      Set<Long> expected = new HashSet<>(List.of(0L, 1L, Long.MAX_VALUE - 1));
      while (expected.size() < 3_000 - 1_400 * round) {
        expected.add(random.nextLong(1L << random.nextInt(1, 63)));
      }
      for (int times = 0; times < 2; times++) {
        expected.forEach(blocks::add);
      }
      assertEquals(expected.size(), blocks.size());
      List<Long> found = new ArrayList<>();
      blocks.forEach(found::add);
      assertEquals(expected.size(), found.size());
      assertEquals(expected, new HashSet<>(found));
      blocks.clear();
      assertEquals(0, blocks.size());
      blocks.forEach(block -> fail("a set that was cleared must be empty: block=" + block));
    }
  }

  @Test
  void neitherOrderNorPartsNorRepeatsChangeASample() {
    long[] keys = runs(1_000, 40, 9);
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
    long[] keys = runs(5_000, 1, 3);
    long[] counts = of(keys).blockCounts(1_000);
    assertEquals(1_000, counts[Directory.MIN_BLOCK_BITS]);
  }
}
