package dev.almanac.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 63, 64, 65, 1_000, 65_536, 65_537, 100_003})
  void everyNumberBelowTheSizeComesOnce(int size) {
    Permutation permutation = new Permutation(size, 7);
    BitSet seen = new BitSet(size);
    for (int position = 0; position < size; position++) {
      seen.set((int) permutation.at(position));
    }
    assertEquals(size, seen.cardinality());
    assertEquals(size, seen.length());
  }

  @Test
  void numbersAreScatteredAndDependOnTheSeed() {
    int size = 100_000;
    Permutation one = new Permutation(size, 1);
    Permutation two = new Permutation(size, 2);
    int neighbours = 0;
    int same = 0;
    for (int position = 1; position < size; position++) {
      if (Math.abs(one.at(position) - one.at(position - 1)) < size / 100) {
        neighbours++;
      }
      if (one.at(position) == two.at(position)) {
        same++;
      }
    }
    // Two random places of a hundred thousand are within a thousand of each other in about one case
    // of fifty.
    assertTrue(neighbours < size / 25, "neighbours=" + neighbours);
    assertTrue(same < 50, "same=" + same);
  }

  @Test
  void sizesBeyondTheIntegersWork() {
    Permutation permutation = new Permutation((1L << 40) + 1, 3);
    for (long position = 1L << 39; position < (1L << 39) + 1_000; position++) {
      long at = permutation.at(position);
      assertTrue(at >= 0 && at <= 1L << 40);
    }
  }

  @Test
  void aPositionOutsideIsRefused() {
    Permutation permutation = new Permutation(10, 1);
    assertThrows(IndexOutOfBoundsException.class, () -> permutation.at(10));
    assertThrows(IndexOutOfBoundsException.class, () -> permutation.at(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> new Permutation(0, 1).at(0));
    assertThrows(IllegalArgumentException.class, () -> new Permutation(-1, 1));
  }
}
