package dev.almanac.build.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The figures of a plan, by counting and trying. */
class StorePlanTest {
  private static final int ENTRIES = (1 << 14) * 2 / 3;

  private final SplittableRandom random = new SplittableRandom(66);

  @Test
  void segmentsFallIntoGroupsOf128OrMore() {
    for (int count : new int[] {1, 2, 127, 128, 255, 256, 257, 511, 512, 5_000, 65_537, 1 << 29}) {
      int groups = StorePlan.groupCount(count);
      assertEquals(1, Integer.bitCount(groups));
      assertTrue(groups == 1 || count / groups >= 128);
      assertTrue(count / (2 * groups) < 128, "no more groups would do");
      int rounded = StorePlan.roundedUp(count);
      assertEquals(0, rounded % groups);
      assertTrue(rounded >= count && rounded < count + groups);
      assertEquals(0, rounded % StorePlan.groupCount(rounded));
    }
    assertEquals(1, StorePlan.groupCount(0));
  }

  /** 32 bits hold the number of a slot, 3 bits more, and the number of a chunk. */
  @Test
  void aSlotHoldsTheNumberOfItsChunk() {
    for (int slotBits = 0; slotBits < 20; slotBits++) {
      long chunks = 1L << Math.min(30, 29 - slotBits);
      assertEquals(chunks, StorePlan.chunkLimit(1L << slotBits));
      assertEquals(chunks, StorePlan.chunkLimit((1L << slotBits - 1) + 1));
    }
    assertEquals(1L << 29, StorePlan.chunkLimit(0));
    assertEquals(StorePlan.CHUNKS_PER_SEGMENT, StorePlan.chunkLimit(ENTRIES));
  }

  /** The mean of a segment, and 4.2 standard deviations, stay within the limit. */
  @ParameterizedTest
  @CsvSource({"10922, 1", "32768, 1", "32768, 3.5", "32768, 40"})
  void theFirstNumberLeavesRoomForChance(int limit, double unitsPerEntry) {
    double mean = limit - 4.2 * Math.sqrt(limit * unitsPerEntry);
    assertEquals(1, StorePlan.firstSegmentCount(0, limit, unitsPerEntry));
    assertEquals(1, StorePlan.firstSegmentCount(limit, limit, unitsPerEntry));
    for (long units : new long[] {limit + 1, 2L * limit, 10L * limit, 123_456_789L, 1L << 40}) {
      int count = StorePlan.firstSegmentCount(units, limit, unitsPerEntry);
      assertTrue((double) units / count <= mean, "units=" + units);
      assertTrue((double) units / (count - 1) > mean, "units=" + units);
    }
    assertEquals(
        Integer.MAX_VALUE, StorePlan.firstSegmentCount(Long.MAX_VALUE, limit, unitsPerEntry));
  }

  private static long chunks(long[] countBySize, int chunkBytes) {
    long chunks = 0;
    for (int size = 0; size < countBySize.length; size++) {
      long perEntry = 0;
      while (perEntry * chunkBytes < size) {
        perEntry++;
      }
      chunks += countBySize[size] * perEntry;
    }
    return chunks;
  }

  /** Slots, chunks, and the bits of the chunks in the free list. */
  private static double bytes(long[] countBySize, long count, int chunkBytes) {
    long chunks = chunks(countBySize, chunkBytes);
    int segments = StorePlan.firstSegmentCount(countBySize, count, chunkBytes);
    double slots = segments == 1 ? 1.5 * count : segments * (double) (1 << 14);
    return 4 * slots + chunks * (double) chunkBytes + chunks / 8.0;
  }

  private long[] randomSizes(int most) {
    long[] countBySize = new long[most + 1 + random.nextInt(20)];
    int sizeCount = random.nextInt(1, 20);
    for (int i = 0; i < sizeCount; i++) {
      countBySize[random.nextInt(4, most + 1)] += random.nextInt(1, 3_000);
    }
    return countBySize;
  }

  @Test
  void theChunkOfFewestBytesIsTaken() {
    for (int round = 0; round < 60; round++) {
      long[] countBySize = randomSizes(random.nextInt(4, 300));
      long count = Arrays.stream(countBySize).sum();
      double fewest = Double.MAX_VALUE;
      int expected = 0;
      for (int chunkBytes = 1; chunkBytes < countBySize.length; chunkBytes++) {
        double bytes = bytes(countBySize, count, chunkBytes);
        assertEquals(
            chunks(countBySize, chunkBytes), StorePlan.chunkCount(countBySize, chunkBytes));
        assertEquals(bytes, StorePlan.bytes(countBySize, count, chunkBytes), 0.01);
        if (bytes < fewest - 0.01) {
          fewest = bytes;
          expected = chunkBytes;
        }
      }
      assertEquals(expected, StorePlan.cheapestChunkBytes(countBySize, count));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 2_000})
  void entriesOfOneSizeTakeAChunkEach(int size) {
    long[] countBySize = new long[2_048];
    countBySize[size] = size == 0 ? 0 : 500;
    assertEquals(Math.max(1, size), StorePlan.cheapestChunkBytes(countBySize, 500));
  }

  /** Entries or chunks decide, whichever takes more segments; of two there is always room. */
  @Test
  void entriesAndChunksBothFitTheirSegments() {
    for (int round = 0; round < 200; round++) {
      long[] countBySize = randomSizes(random.nextInt(4, 100));
      long count = LongStream.of(countBySize).sum();
      int chunkBytes = random.nextInt(1, 60);
      long chunks = chunks(countBySize, chunkBytes);
      int found = StorePlan.firstSegmentCount(countBySize, count, chunkBytes);
      if (count <= ENTRIES && chunks <= StorePlan.chunkLimit(count)) {
        assertEquals(1, found);
      } else {
        double perEntry = Math.max(1, (double) chunks / count);
        int byEntries = StorePlan.firstSegmentCount(count, ENTRIES, 1);
        int byChunks = StorePlan.firstSegmentCount(chunks, 1 << 15, perEntry);
        assertEquals(Math.max(2, Math.max(byEntries, byChunks)), found);
      }
    }
  }

  /** Right at the limits of a single segment. */
  @Test
  void oneSegmentHoldsUpToItsLimits() {
    long[] atLimit = new long[64];
    atLimit[3] = ENTRIES;
    assertEquals(1, StorePlan.firstSegmentCount(atLimit, ENTRIES, 1));
    atLimit[3]++;
    assertEquals(2, StorePlan.firstSegmentCount(atLimit, ENTRIES + 1, 3));
    long[] ofChunks = new long[1 << 17];
    ofChunks[1 << 16] = 1 << 12;
    // 2^12 entries leave 17 bits for chunks, of which each entry takes 2^5, or one more.
    assertEquals(1, StorePlan.firstSegmentCount(ofChunks, 1 << 12, 1 << 11));
    assertTrue(StorePlan.firstSegmentCount(ofChunks, 1 << 12, (1 << 11) - 1) > 1);
    assertEquals(1, StorePlan.firstSegmentCount(new long[4], 0, 1));
  }

  @Test
  void aStoreTakesAtLeastItsChunksAndSlots() {
    assertEquals(
        3L * (500 * 7 + 6 * 400), new StorePlan(3, 400, 500, 7, 1, true, 1_000).atLeastBytes());
    long segments = 1L << 20;
    assertEquals(
        segments * (30_000L * 1_000 + 6L * 10_000),
        new StorePlan(1 << 20, 10_000, 30_000, 1_000, 1, true, 1L << 33).atLeastBytes());
  }
}
