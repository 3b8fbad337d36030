package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.PageLayout;
import dev.almanac.read.SealedFile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;

/**
 * Reads pages as docs/format.md says, in whole numbers of any size and bit after bit, and so shares
 * neither code nor mistakes with what writes and reads them.
 */
public final class PageOracle {
  private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

  private final Footer footer;
  private final PageLayout layout;
  private final LongFunction<byte[]> values;
  private final Map<Long, Integer> codes = new HashMap<>();

  /** Of a file of blocks, each block by its index. */
  private final Map<Integer, BigInteger> blocks = new HashMap<>();

  private PageOracle(Footer footer, LongFunction<byte[]> values) {
    this.footer = footer;
    this.layout = footer.pages();
    this.values = values;
  }

  /** The footer of a file. */
  public static Footer footer(Path path) throws IOException {
    SealedFile file = SealedFile.open(path);
    try {
      return file.footer();
    } finally {
      file.close();
    }
  }

  /**
   * The code of every ID.
   *
   * @param values the value that Chronicle Map has for each key
   * @param file the file, of which only a directory of blocks is read
   */
  public static Map<Long, Integer> codes(Footer footer, LongFunction<byte[]> values, Path file)
      throws IOException {
    PageOracle oracle = new PageOracle(footer, values);
    if (footer.pages().layout() == Layout.BLOCKS) {
      oracle.readDirectory(Files.readAllBytes(file));
    }
    for (long page = 0; page < footer.entryCount(); page++) {
      if (footer.pages().layout() == Layout.HASHED) {
        oracle.readHashed(page);
      } else {
        oracle.readDirect(page);
      }
    }
    return oracle.codes;
  }

  private byte[] data(long page, int bytes) {
    byte[] value = values.apply(page);
    long valueAt =
        footer.geometry().tiersOffset()
            + footer.geometry().entrySpaceOffset()
            + page * footer.geometry().chunkBytes()
            + 8;
    int zeros = (int) (-valueAt & 63);
    assertEquals(footer.geometry().chunkBytes() - 8, value.length);
    byte[] data = new byte[bytes];
    for (int i = 0; i < value.length; i++) {
      if (i >= zeros && i < zeros + bytes) {
        data[i - zeros] = value[i];
      } else {
        assertEquals(0, value[i], "beside the data there are zeros");
      }
    }
    return data;
  }

  /** The number of some bits of the data, the lowest first. */
  private static BigInteger bits(byte[] data, long from, int count) {
    BigInteger number = BigInteger.ZERO;
    for (int i = 0; i < count; i++) {
      long bit = from + i;
      if ((data[(int) (bit / 8)] >> bit % 8 & 1) != 0) {
        number = number.setBit(i);
      }
    }
    return number;
  }

  private void put(BigInteger key, int code) {
    BigInteger id = BigInteger.valueOf(layout.firstKey()).add(key);
    assertTrue(code < footer.dateCount(), "code=" + code);
    assertNull(codes.put(id.longValueExact(), code), "twice: id=" + id);
  }

  private void readDirect(long page) {
    int width = layout.codeBits();
    byte[] data = data(page, (width << layout.pageBits()) / 8);
    for (int place = 0; place < 1 << layout.pageBits(); place++) {
      int code = bits(data, (long) place * width, width).intValueExact();
      if (code != (1 << width) - 1) {
        put(key((page << layout.pageBits()) + place), code);
      }
    }
  }

  /** The key of an index. */
  private BigInteger key(long index) {
    if (layout.layout() == Layout.DIRECT) {
      return BigInteger.valueOf(index);
    }
    int blockBits = layout.directory().blockBits();
    BigInteger block = blocks.get((int) (index >> blockBits));
    assertNotNull(block, "a code in no block: index=" + index);
    return block.shiftLeft(blockBits).add(BigInteger.valueOf(index % (1 << blockBits)));
  }

  private void readHashed(long page) {
    byte[] data = data(page, 64 << layout.pageBits());
    readBuckets(layout, footer.entryCount(), page, data, this::put);
  }

  private void readDirectory(byte[] file) {
    Directory directory = layout.directory();
    PageLayout buckets = directory.pages();
    int pageBytes = 64 << buckets.pageBits();
    long storeEnd = footer.geometry().tiersOffset() + footer.geometry().tierBytes();
    int at = (int) ((storeEnd + 4095) / 4096 * 4096);
    for (int page = 0; page < directory.pageCount(); page++) {
      byte[] data = Arrays.copyOfRange(file, at, at + pageBytes);
      readBuckets(
          buckets,
          directory.pageCount(),
          page,
          data,
          (block, index) -> assertNull(blocks.put(index, block), "twice: index=" + index));
      at += pageBytes;
      for (int end = at + 64; at < end; at++) {
        assertEquals(0, file[at], "after the buckets of a page there are zeros");
      }
    }
    assertEquals(directory.blockCount(), blocks.size());
  }

  private static void readBuckets(
      PageLayout layout,
      long pageCount,
      long page,
      byte[] data,
      BiConsumer<BigInteger, Integer> found) {
    int bucketsOfPage = 1 << layout.pageBits();
    int slotBytes = layout.slotBytes();
    int slots = 64 / (slotBytes + 1);
    for (int bucket = 0; bucket < bucketsOfPage; bucket++) {
      for (int i = 0; i < slots; i++) {
        int tag = data[64 * bucket + i] & 0xFF;
        BigInteger slot = bits(data, 8L * (64 * (bucket + 1) - (i + 1) * slotBytes), 8 * slotBytes);
        int distance = slot.shiftRight(8 * slotBytes - 4).intValue() & 7;
        if (distance < 7) {
          int home = Math.floorMod(bucket - distance, bucketsOfPage);
          found.accept(
              key(layout, pageCount, page * bucketsOfPage + home, tag, slot),
              low(slot, layout.codeBits()).intValueExact());
        }
      }
    }
  }

  private static BigInteger low(BigInteger number, int bits) {
    return number.mod(BigInteger.ONE.shiftLeft(bits));
  }

  private static BigInteger key(
      PageLayout layout, long pageCount, long home, int tag, BigInteger slot) {
    int keyBits = layout.keyBits();
    BigInteger buckets = BigInteger.valueOf(pageCount).shiftLeft(layout.pageBits());
    int bucketLog = buckets.bitLength() - 1;
    int restBits = Math.max(8, keyBits - bucketLog);
    BigInteger rest =
        BigInteger.valueOf(tag)
            .shiftLeft(restBits - 8)
            .or(low(slot.shiftRight(layout.codeBits()), restBits - 8));
    // x * step = home * 2^64 + remainder, of which the rest is the highest bits.
    BigInteger step = buckets.shiftLeft(64 - keyBits);
    BigInteger least = BigInteger.valueOf(home).shiftLeft(64).add(rest.shiftLeft(64 - restBits));
    BigInteger x = least.add(step).subtract(BigInteger.ONE).divide(step);
    assertEquals(BigInteger.valueOf(home), x.multiply(step).shiftRight(64), "the home bucket");
    return unmix(layout, x);
  }

  private static BigInteger unmix(PageLayout layout, BigInteger mixed) {
    int bits = layout.keyBits();
    BigInteger modulus = BigInteger.ONE.shiftLeft(bits);
    BigInteger seed = low(BigInteger.valueOf(layout.seed()), 64);
    BigInteger x = mixed.flipBit(bits - 1);
    for (BigInteger z : new BigInteger[] {WORD.subtract(BigInteger.ONE).xor(seed), seed}) {
      BigInteger multiplier = finish(z).shiftRight(64 - bits).setBit(0);
      x = x.multiply(multiplier.modInverse(modulus)).mod(modulus);
      x = x.xor(x.shiftRight((bits + 1) / 2));
    }
    return x;
  }

  private static BigInteger finish(BigInteger seed) {
    BigInteger z = low(seed.add(new BigInteger("9E3779B97F4A7C15", 16)), 64);
    z = low(z.xor(z.shiftRight(30)).multiply(new BigInteger("BF58476D1CE4E5B9", 16)), 64);
    z = low(z.xor(z.shiftRight(27)).multiply(new BigInteger("94D049BB133111EB", 16)), 64);
    return z.xor(z.shiftRight(31));
  }
}
