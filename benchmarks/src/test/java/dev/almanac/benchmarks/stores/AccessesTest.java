package dev.almanac.benchmarks.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.benchmarks.stores.Accesses.Hits;
import dev.almanac.benchmarks.stores.Accesses.Order;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessesTest {
  private static final int COUNT = 10_000;
  private static final int LENGTH = 1 << 16;

  private final Rows rows = new Rows(Ids.SPARSE, COUNT);

  @Test
  void hitsAreRowsAndMissesAreNot() {
    assertTrue(
        Arrays.stream(indexes(Order.RANDOM, Hits.ALL))
            .allMatch(index -> index >= 0 && index < COUNT));
    assertTrue(
        Arrays.stream(indexes(Order.RANDOM, Hits.NONE))
            .allMatch(index -> index >= COUNT && index < 2 * COUNT));
    long misses =
        Arrays.stream(indexes(Order.RANDOM, Hits.HALF)).filter(index -> index >= COUNT).count();
    assertEquals(0.5, misses / (double) LENGTH, 0.02);
  }

  @Test
  void randomLookupsReachEveryRowAlike() {
    int[] counts = new int[10];
    for (int index : indexes(Order.RANDOM, Hits.ALL)) {
      counts[index * 10 / COUNT]++;
    }
    assertTrue(
        Arrays.stream(counts).allMatch(count -> Math.abs(count * 10.0 / LENGTH - 1) < 0.1),
        Arrays.toString(counts));
  }

  @Test
  void aTenthOfTheRanksHasMostOfTheZipfLookups() {
    int[] counts = new int[COUNT];
    for (int index : indexes(Order.ZIPF, Hits.ALL)) {
      counts[index]++;
    }
    Arrays.sort(counts);
    double busiest = Arrays.stream(counts).skip(COUNT - COUNT / 10).sum() / (double) LENGTH;
    // The logarithm of a tenth of the rows, over that of all.
    assertEquals(Math.log(COUNT / 10.0) / Math.log(COUNT), busiest, 0.05);
  }

  @Test
  void sequentialLookupsFollowTheRows() {
    assertArrayEquals(new int[] {0, 1, 2}, Arrays.copyOf(indexes(Order.SEQUENTIAL, Hits.ALL), 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 1_000, 99_991, 100_000})
  void aStrideVisitsEveryRowOnce(int count) {
    BitSet visited = new BitSet(count);
    long at = 0;
    for (int i = 0; i < count; i++) {
      visited.set((int) at);
      at = (at + Accesses.stride(count)) % count;
    }
    assertEquals(count, visited.cardinality());
  }

  @Test
  void unsignedOrderHasTheNegativeNumbersLast() {
    long[] expected =
        LongStream.of(rows.allIds())
            .boxed()
            .sorted(Long::compareUnsigned)
            .mapToLong(Long::longValue)
            .toArray();
    assertArrayEquals(expected, rows.unsignedSortedIds());
  }

  private int[] indexes(Order order, Hits hits) {
    return Accesses.indexes(rows, order, hits, LENGTH);
  }
}
