package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PercentTest {
  @Test
  void wholePercentagesAreThoseOfWholeNumbers() {
    for (long count = 0; count <= 1_000; count++) {
      for (int percent = 0; percent <= 100; percent++) {
        assertEquals(count * percent / 100, Percent.of(count, percent), percent + " of " + count);
      }
    }
  }

  @Test
  void partsOfAPercentAreExact() {
    assertEquals(57, Percent.of(10_000, 0.57));
    assertEquals(56, Percent.of(9_999, 0.57));
    assertEquals(92_233_720_368_547_758L, Percent.of(Long.MAX_VALUE, 1));
    assertEquals(Long.MAX_VALUE, Percent.of(Long.MAX_VALUE, 100));
    assertEquals(0, Percent.of(Long.MAX_VALUE, Double.MIN_VALUE));
  }
}
