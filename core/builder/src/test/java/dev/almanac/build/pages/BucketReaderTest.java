package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.format.HashedPages;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Buckets that were filled, read beside docs/format.md in whole numbers, byte after byte. */
class BucketReaderTest {
  private static final int KEYS = 1_500;
  private static final int DATA_AT = 24;

  /** The slots of a bucket, as the format describes them. */
  private static final class Bucket {
    private final byte[] bytes = new byte[HashedPages.BUCKET_BYTES];
    private final int slotBytes;

    Bucket(ByteBuffer page, int at, int slotBytes) {
      page.get(at, bytes);
      this.slotBytes = slotBytes;
    }

    int slotCount() {
      return 64 / (slotBytes + 1);
    }

    private BigInteger slot(int i) {
      byte[] bigEndian = new byte[slotBytes + 1];
      for (int b = 0; b < slotBytes; b++) {
        bigEndian[slotBytes - b] = bytes[64 - (i + 1) * slotBytes + b];
      }
      return new BigInteger(bigEndian);
    }

    private int bits(int i, int fromHighest, int count) {
      return slot(i)
          .shiftRight(8 * slotBytes - fromHighest - count)
          .mod(BigInteger.ONE.shiftLeft(count))
          .intValueExact();
    }

    int distance(int i) {
      return bits(i, 1, 3);
    }

    int count() {
      int count = 0;
      while (count < slotCount() && distance(count) < 7) {
        count++;
      }
      return count;
    }

    int reach() {
      String far = "" + bits(1, 0, 1) + bits(2, 0, 1);
      return bits(0, 0, 1) == 0
          ? 0
          : switch (far) {
            case "00" -> 1;
            case "10" -> 2;
            case "01" -> 4;
            default -> 6;
          };
    }

    int code(int i, int codeBits) {
      return slot(i).mod(BigInteger.ONE.shiftLeft(codeBits)).intValueExact();
    }

    /** The tag and, below it, what lies between the distance and the code. */
    BigInteger rest(int i, int codeBits, int restBits) {
      BigInteger below =
          slot(i).mod(BigInteger.ONE.shiftLeft(8 * slotBytes - 4)).shiftRight(codeBits);
      return BigInteger.valueOf(bytes[i] & 0xFF).shiftLeft(restBits - 8).add(below);
    }
  }

  /** Keys of all lengths and codes of up to 20 bits, so that slots of each size are read. */
  @ParameterizedTest
  @CsvSource({
    "24, 2",
    "30, 40",
    "36, 500",
    "40, 3000",
    "48, 2",
    "48, 70000",
    "56, 300",
    "64, 1000"
  })
  void everySlotIsReadAsItIsWritten(int keyBits, int dateCount) {
    long highest = -1L >>> Long.SIZE - keyBits;
    PagePlan plan = Objects.requireNonNull(PagePlan.of(Layout.HASHED, KEYS, 0, highest, dateCount));
    HashedPages pages = new HashedPages(plan.pages(), plan.pageCount());
    BucketReader reader = new BucketReader(plan.pages(), plan.pageCount());
    SplittableRandom random = new SplittableRandom(keyBits);
    TreeMap<Long, Integer> codes = new TreeMap<>();
    while (codes.size() < KEYS) {
      codes.put(pages.mix(random.nextLong() & highest), random.nextInt(dateCount));
    }
    TreeMap<Long, Integer> found = new TreeMap<>();
    BitSet distances = new BitSet();
    for (int page = 0; page < plan.pageCount(); page++) {
      ByteBuffer bytes = filled(plan, page, pages, codes);
      for (int bucket = 0; bucket < 1 << plan.pages().pageBits(); bucket++) {
        check(reader, plan, bytes, ((long) page << plan.pages().pageBits()) + bucket, found);
        for (int slot = 0; slot < reader.count(bytes, at(plan, bucket)); slot++) {
          distances.set(reader.distance(bytes, at(plan, bucket), slot));
        }
      }
    }
    assertEquals(codes, found);
    assertTrue(distances.cardinality() > 1, "keys away from home");
  }

  private static int at(PagePlan plan, long bucket) {
    return DATA_AT + (int) (bucket & (1 << plan.pages().pageBits()) - 1) * 64;
  }

  /** A page with those of the keys that are its own, with other bytes around the data. */
  private static ByteBuffer filled(
      PagePlan plan, int page, HashedPages pages, TreeMap<Long, Integer> codes) {
    int pageBytes = DATA_AT + Math.toIntExact(plan.pages().dataBytes());
    PageWriter.Place place = new PageWriter.Place(0, pageBytes, DATA_AT);
    HashedPageWriter writer = new HashedPageWriter(null, plan, place, null);
    codes.forEach(
        (mixed, code) -> {
          if (pages.bucket(mixed) >>> plan.pages().pageBits() == page) {
            writer.insert(mixed, code);
          }
        });
    ByteBuffer bytes = ByteBuffer.allocate(pageBytes + 8).order(ByteOrder.LITTLE_ENDIAN);
    assertTrue(writer.fillPage(page, bytes, DATA_AT));
    for (int i = 0; i < 8; i++) {
      bytes.put(DATA_AT - 1 - i, (byte) -1).put(pageBytes + i, (byte) -1);
    }
    return bytes;
  }

  private static void check(
      BucketReader reader,
      PagePlan plan,
      ByteBuffer page,
      long number,
      TreeMap<Long, Integer> found) {
    HashedPages pages = reader.pages;
    int at = at(plan, number);
    Bucket bucket = new Bucket(page, at, plan.pages().slotBytes());
    assertEquals(bucket.count(), reader.count(page, at));
    assertEquals(bucket.reach(), reader.reach(page, at));
    BitSet distances = new BitSet();
    for (int slot = 0; slot < bucket.count(); slot++) {
      int distance = bucket.distance(slot);
      int code = bucket.code(slot, plan.pages().codeBits());
      assertEquals(distance, reader.distance(page, at, slot));
      assertEquals(code, reader.code(page, at, slot));
      long mixed = reader.mixed(page, at, slot, number);
      long buckets = 1L << plan.pages().pageBits();
      assertEquals(
          number / buckets * buckets + Math.floorMod(number % buckets - distance, buckets),
          pages.bucket(mixed));
      assertEquals(
          bucket.rest(slot, plan.pages().codeBits(), pages.restBits),
          new BigInteger(Long.toUnsignedString(pages.rest(mixed))));
      found.put(mixed, code);
      distances.set(distance);
    }
    for (int distance = 0; distance <= 7; distance++) {
      assertEquals(distances.get(distance), reader.hasDistance(page, at, distance));
    }
  }
}
