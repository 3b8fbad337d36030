package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBudgetTest {
  /** What each thread has: a split of the source, its blocks, and its table of dates. */
  private static long bytesPerThread(MemoryBudget.Reading reading, int partitionCount) {
    return (3L << 20) + (long) partitionCount * reading.blockBytes() + reading.dateTableBytes();
  }

  @ParameterizedTest
  @CsvSource({
    "268435456, 1, 128",
    "268435456, 8, 128",
    "268435456, 64, 128",
    "268435456, 1024, 4096",
    "1073741824, 4, 1024",
    "1073741824, 16, 1024",
    "2147483648, 64, 8192",
    "17179869184, 64, 8192",
    "17179869184, 1, 2"
  })
  void theThreadsThatReadTakeTheirShareAndNoMore(
      long heapBytes, int wantedThreads, int partitionCount) {
    MemoryBudget memory = new MemoryBudget(heapBytes);
    MemoryBudget.Reading reading = memory.reading(wantedThreads, partitionCount);
    int threadCount = reading.threadCount();
    assertTrue(threadCount >= 1 && threadCount <= wantedThreads);
    assertTrue(reading.blockBytes() >= 4_096 && reading.blockBytes() <= 16_384);
    assertTrue(reading.dateTableBytes() >= 65_536);
    long step = heapBytes / 8 * 3;
    assertTrue(threadCount * bytesPerThread(reading, partitionCount) <= step);
    long fewest = (3L << 20) + partitionCount * 4_096L + 65_536;
    if (threadCount < wantedThreads) {
      assertTrue((threadCount + 1) * fewest > step, "one more would not do");
    }
    if (reading.blockBytes() < 16_384) {
      // Two thirds of what is a thread's own, down to a byte for each block.
      long own = step / threadCount - (3L << 20);
      assertEquals(Math.max(4_096, own / 3 * 2 / partitionCount), reading.blockBytes());
    }
    if (reading.dateTableBytes() > 65_536) {
      assertTrue(step - threadCount * bytesPerThread(reading, partitionCount) < threadCount);
    }
  }

  @Test
  void aHeapThatIsTooSmallForOneThreadHasOne() {
    MemoryBudget memory = new MemoryBudget(1 << 20);
    assertEquals(new MemoryBudget.Reading(1, 4_096, 65_536), memory.reading(8, 1_024));
    assertEquals(1, memory.threads(8, 1L << 40));
    assertEquals(8, memory.threads(8, 0));
    assertEquals(8, memory.threads(8, 393_216 / 8));
    assertEquals(7, memory.threads(8, 393_216 / 8 + 1));
    assertEquals(524_288, memory.dateBytes());
    assertEquals(393_216, memory.stepBytes());
  }
}
