package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import net.openhft.chronicle.algo.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;

class Xxh64Test {
  private static final LongHashFunction CHRONICLE = LongHashFunction.xx_r39();

  @Test
  void bytesOfEveryLengthHashAsChronicleHashesThem() {
    byte[] bytes = new byte[1_200];
    new SplittableRandom(1).nextBytes(bytes);
    for (int length = 0; length <= 1_100; length++) {
      int offset = length % 23;
      assertEquals(
          CHRONICLE.hashBytes(bytes, offset, length),
          Xxh64.hash(bytes, offset, length),
          "length=" + length);
    }
  }

  @Test
  void numbersHashAsChronicleHashesThem() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 100_000; i++) {
      long number = i < 1_000 ? i - 500 : random.nextLong();
      assertEquals(CHRONICLE.hashLong(number), Xxh64.hash(number), () -> "number=" + number);
    }
    for (long number : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertEquals(CHRONICLE.hashLong(number), Xxh64.hash(number));
    }
  }
}
