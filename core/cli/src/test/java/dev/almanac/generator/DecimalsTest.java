package dev.almanac.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecimalsTest {
  @Test
  void numbersAreWrittenAsTheJdkWritesThem() {
    check(0);
    check(Long.MIN_VALUE);
    check(Long.MAX_VALUE);
    for (long power = 1, digits = 1; digits <= 19; power *= 10, digits++) {
      for (long near = power - 1; near <= power + 1; near++) {
        check(near);
        check(-near);
      }
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      check(random.nextLong() >> random.nextInt(64));
    }
  }

  private static void check(long value) {
    byte[] target = new byte[3 + Decimals.MAX_BYTES];
    int end = Decimals.put(target, 3, value);
    assertEquals(Long.toString(value), new String(target, 3, end - 3, StandardCharsets.US_ASCII));
  }

  @Test
  void paddedNumbersHaveTheirDigitsAndNoMore() {
    for (int value : new int[] {0, 7, 10, 99, 100, 4_711, 9_999}) {
      byte[] target = "xxxxxx".getBytes(StandardCharsets.US_ASCII);
      assertEquals(5, Decimals.putPadded(target, 1, value, 4));
      assertEquals("x%04dx".formatted(value), new String(target, StandardCharsets.US_ASCII));
    }
  }
}
