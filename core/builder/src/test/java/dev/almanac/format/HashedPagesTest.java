package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashedPagesTest {
  private static HashedPages pages(int keyBits, int pageBits, long pageCount, long seed) {
    int slotBytes = HashedPages.slotBytes(keyBits, 0, 2, pageCount << pageBits);
    return new HashedPages(
        new PageLayout(Layout.HASHED, 0, keyBits, 0, 2, pageBits, slotBytes, seed), pageCount);
  }

  /** Of every key of a small universe: none shares its place, and each comes back from it. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void everyKeyOfAUniverseHasAPlaceOfItsOwn(int keyBits) {
    for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE, 0x123456789L}) {
      for (int pageBits = 1; pageBits < Math.min(5, keyBits); pageBits++) {
        for (long pageCount = 1;
            pageCount << pageBits < 1L << keyBits;
            pageCount = pageCount * 3 + 1) {
          HashedPages pages = pages(keyBits, pageBits, pageCount, seed);
          Set<Long> places = new HashSet<>();
          for (long key = 0; key < 1L << keyBits; key++) {
            long mixed = pages.mix(key);
            assertTrue(mixed >= 0 && mixed < 1L << keyBits);
            assertEquals(key, pages.unmix(mixed, 0));
            long bucket = pages.bucket(mixed);
            long rest = pages.rest(mixed);
            assertTrue(bucket >= 0 && bucket < pages.bucketCount());
            assertTrue(rest >= 0 && rest < 1L << pages.restBits);
            assertTrue(places.add(bucket << 32 | rest), "two keys with one place");
            assertEquals(mixed, pages.mixed(bucket, rest));
            assertEquals(
                rest, (long) pages.tag(rest) << pages.restBits - 8 | pages.restBelowTag(rest));
          }
        }
      }
    }
  }

  /** In numbers that cannot overflow. */
  @ParameterizedTest
  @CsvSource({
    "17, 1, 3", "32, 8, 5000", "33, 6, 1", "34, 8, 9999", "40, 12, 10922", "63, 8, 10922",
    "64, 1, 1", "64, 2, 1", "64, 8, 20", "64, 9, 10240", "64, 17, 10922", "64, 20, 2047"
  })
  void bucketAndRestAreThoseOfTheFormat(int keyBits, int pageBits, long pageCount) {
    HashedPages pages = pages(keyBits, pageBits, pageCount, 5);
    BigInteger buckets = BigInteger.valueOf(pageCount).shiftLeft(pageBits);
    int bucketLog = buckets.bitLength() - 1;
    SplittableRandom random = new SplittableRandom(keyBits);
    BigInteger universe = BigInteger.ONE.shiftLeft(keyBits);
    for (int i = 0; i < 20_000; i++) {
      long mask = -1L >>> -keyBits;
      long mixed = (i < 10 ? -i : i < 20 ? i - 10 : random.nextLong()) & mask;
      BigInteger x = BigInteger.valueOf(mixed).mod(universe);
      BigInteger product = x.shiftLeft(64 - keyBits).multiply(buckets);
      BigInteger bucket = product.shiftRight(64);
      BigInteger rest =
          product
              .mod(BigInteger.ONE.shiftLeft(64))
              .shiftRight(64 - Math.max(8, keyBits - bucketLog));
      assertEquals(bucket, BigInteger.valueOf(pages.bucket(mixed)));
      assertEquals(rest.longValue(), pages.rest(mixed));
      assertEquals(mixed, pages.mixed(pages.bucket(mixed), pages.rest(mixed)));
      long key = pages.unmix(mixed, 0);
      assertEquals(mixed, pages.mix(key));
      long high = pages.mixHigh(key);
      assertEquals(pages.bucket(mixed), pages.bucketOfHigh(high));
      assertEquals(pages.rest(mixed), pages.remainder(high) >>> 64 - pages.restBits);
    }
  }

  /** The quotient of bucket * 2^keyBits and the buckets, rounded up. */
  @ParameterizedTest
  @CsvSource({
    "17, 1, 3",
    "32, 8, 5000",
    "34, 8, 9999",
    "40, 12, 10922",
    "63, 8, 10922",
    "64, 1, 1",
    "64, 1, 3",
    "64, 2, 5",
    "64, 9, 10240",
    "64, 17, 10922",
    "6, 3, 3"
  })
  void aBucketBeginsAtItsLowestMixedKey(int keyBits, int pageBits, long pageCount) {
    HashedPages pages = pages(keyBits, pageBits, pageCount, 5);
    BigInteger buckets = BigInteger.valueOf(pages.bucketCount());
    SplittableRandom random = new SplittableRandom(keyBits);
    for (int i = 0; i < 2_000; i++) {
      long bucket = i < 500 ? i % pages.bucketCount() : random.nextLong(pages.bucketCount());
      BigInteger first =
          BigInteger.valueOf(bucket)
              .shiftLeft(keyBits)
              .add(buckets.subtract(BigInteger.ONE))
              .divide(buckets);
      assertEquals(first.longValue(), pages.firstMixed(bucket), "bucket=" + bucket);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 16", "4, 12", "5, 10", "6, 9", "7, 8", "8, 7", "9, 6", "11, 5", "15, 4"})
  void slotsAndTheirTagsFillABucket(int slotBytes, int slotCount) {
    assertEquals(slotCount, HashedPages.slotCount(slotBytes));
    PageLayout layout = new PageLayout(Layout.HASHED, 0, 40, 0, 2, 3, slotBytes, 0);
    assertEquals(slotCount, new HashedPages(layout, 1).slotCount);
    assertEquals(slotBytes, new HashedPages(layout, 1).slotBytes);
  }

  /** One bit of reach, three of the distance, the rest without its tag, low bits and the code. */
  @Test
  void aSlotIsAsWideAsItsFieldsNeed() {
    for (int keyBits : new int[] {8, 20, 33, 34, 48, 63, 64}) {
      for (int lowKeyBits : new int[] {0, 1, 12, 13, 40, 64}) {
        for (int codeBits : new int[] {1, 2, 8, 12, 13, 29}) {
          for (long buckets : new long[] {2, 3, 64, 65, 1 << 20, 1L << 31}) {
            int bucketLog = 0;
            while (2L << bucketLog <= buckets) {
              bucketLog++;
            }
            int bits = 1 + 3 + Math.max(0, keyBits - bucketLog - 8) + lowKeyBits + codeBits;
            int bytes = lowKeyBits > 0 ? 9 : 3;
            while (8 * bytes < bits) {
              bytes++;
            }
            assertEquals(bytes, HashedPages.slotBytes(keyBits, lowKeyBits, codeBits, buckets));
          }
        }
      }
    }
  }

  /** The low number changes the place of the high one, by the finisher of low and seed. */
  @ParameterizedTest
  @CsvSource({"40, 64", "61, 1", "64, 64"})
  void aKeyOfTwoNumbersIsMixedWithItsLowOne(int keyBits, int lowKeyBits) {
    long seed = 3;
    HashedPages pages =
        new HashedPages(new PageLayout(Layout.HASHED, 0, keyBits, lowKeyBits, 2, 3, 15, seed), 5);
    HashedPages ofOne = pages(keyBits, 3, 5, seed);
    SplittableRandom random = new SplittableRandom(keyBits);
    for (int i = 0; i < 1_000; i++) {
      long key = random.nextLong() & -1L >>> 64 - keyBits;
      long low = i < 10 ? i : random.nextLong() & -1L >>> 64 - lowKeyBits;
      long turned = new SplittableRandom(low ^ seed).nextLong() & -1L >>> 64 - keyBits;
      long mixed = pages.mix(key, low);
      assertEquals(ofOne.mix(key ^ turned), mixed);
      assertEquals(ofOne.mixHigh(key ^ turned), pages.mixHigh(key, low));
      assertEquals(key, pages.unmix(mixed, low));
    }
  }

  @Test
  void aRestIsItsTagAndWhatIsBelow() {
    HashedPages pages = pages(40, 3, 4, 0);
    assertEquals(35, pages.restBits);
    long rest = 0x5_1234_5678L;
    assertEquals((int) (rest >>> 27), pages.tag(rest));
    assertEquals(rest % (1L << 27), pages.restBelowTag(rest));
  }

  /**
   * A reach never ends before the farthest key, and no two farthest ones are told apart wrongly.
   */
  @Test
  void marksSayHowFarToLook() {
    for (int farthest = 0; farthest <= HashedPages.MAX_DISTANCE; farthest++) {
      int marks = HashedPages.reachMarks(farthest);
      assertEquals(farthest > 0, (marks & 1) == 1);
      assertTrue(HashedPages.reach(marks) >= farthest);
      assertTrue(HashedPages.reach(marks) <= farthest + 1);
    }
    for (int marks = 0; marks < 8; marks += 2) {
      assertEquals(0, HashedPages.reach(marks));
    }
  }

  /** Whatever numbers have in common, they spread; far from even ones would overflow pages. */
  @Test
  void numbersOfEveryPatternSpread() {
    int bucketCount = 1 << 10;
    for (int keyBits : new int[] {20, 34, 48, 63, 64}) {
      HashedPages pages = pages(keyBits, 8, bucketCount >> 8, 0);
      for (int pattern = 0; pattern < 6; pattern++) {
        int[] counts = new int[bucketCount];
        for (long i = 0; i < 6 * bucketCount; i++) {
          long key =
              switch (pattern) {
                case 0 -> i;
                case 1 -> i << keyBits - 14;
                case 2 -> i * 10;
                case 3 -> i / 64 * 4096 % (1L << keyBits - 2) + i % 64;
                case 4 -> Long.reverse(i) >>> -keyBits;
                default -> i * 1_000_003;
              };
          counts[(int) pages.bucket(pages.mix(key & -1L >>> -keyBits))]++;
        }
        int away = 0;
        for (int count : counts) {
          away += Math.max(0, count - 8);
        }
        // By chance 5% of them.
        assertTrue(
            away < 6 * bucketCount / 10, "keyBits=" + keyBits + " " + pattern + " away=" + away);
      }
    }
  }

  @Test
  void bucketsComeInACircleForEachPage() {
    HashedPages pages = pages(40, 3, 5, 0);
    assertEquals(24, pages.after(24, 0));
    assertEquals(31, pages.after(24, 7));
    assertEquals(24, pages.after(31, 1));
    assertEquals(31, pages.before(24, 1));
    assertEquals(26, pages.before(24, 6));
    assertEquals((24 + 3) * 64, pages.offset(24));
    assertEquals(0, pages.offset(0));
    assertEquals(7 * 64, pages.offset(7));
    assertEquals(9 * 64, pages.offset(8));
  }
}
