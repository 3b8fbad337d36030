package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the formulas, computed with {@link BigInteger}. */
class MixTest {
  private static final long[] SEEDS = {0, 1, -1, 77, Long.MIN_VALUE, 0x123456789ABCDEFL};

  private static BigInteger unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }

  /** The JDK's generator is a SplitMix64 too: its first number is the finisher of the seed. */
  private static long finish(long z) {
    return new SplittableRandom(z).nextLong();
  }

  private static BigInteger step(BigInteger x, int half, long multiplier, int bits) {
    return x.xor(x.shiftRight(half))
        .multiply(unsigned(multiplier >>> 64 - bits | 1))
        .mod(BigInteger.ONE.shiftLeft(bits));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 16, 31, 32, 33, 34, 47, 63, 64})
  void aNumberIsMixedAsTheFormulasSay(int bits) {
    SplittableRandom random = new SplittableRandom(bits);
    for (long seed : SEEDS) {
      Mix mix = new Mix(bits, seed);
      for (int i = 0; i < 50; i++) {
        long number = (i < 5 ? i : i < 10 ? -i : random.nextLong()) & -1L >>> 64 - bits;
        int half = (bits + 1) / 2;
        BigInteger x = step(unsigned(number), half, finish(seed), bits);
        x = step(x, half, finish(~seed), bits).xor(BigInteger.ONE.shiftLeft(bits - 1));
        long mixed = mix.mix(number);
        assertEquals(x, unsigned(mixed));
        assertEquals(number, mix.unmix(mixed));
        assertEquals(mixed << 64 - bits ^ Long.MIN_VALUE, mix.mixHigh(number));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE, 0x9E3779B97F4A7C15L})
  void theFinisherIsThatOfSplitMix64(long z) {
    assertEquals(finish(z), Mix.finish(z));
  }
}
