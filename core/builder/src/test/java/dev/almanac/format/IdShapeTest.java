package dev.almanac.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the definition, computed with {@link BigInteger}. */
class IdShapeTest {
  private static final Path PATH = Path.of("a.almanac");
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  @Test
  void neighboursHaveNeighbouringNumbers() {
    IdShape shape = shapeOf(List.of("C00", "C19", "C91", "C44"));

    assertFalse(shape.isWide());
    assertEquals(Long.MIN_VALUE, key(shape, "C00"));
    // {0, 1, 4, 9} and {0, 1, 4, 9}
    assertEquals(Long.MIN_VALUE + 1, key(shape, "C01"));
    assertEquals(Long.MIN_VALUE + 15, key(shape, "C99"));
    assertNull(encode(shape, "C02"));
    assertNull(encode(shape, "D00"));
    assertNull(encode(shape, "C0"));
    assertNull(encode(shape, ""));
    assertNull(encode(shape, "C000"));
  }

  @Test
  void aPatternReadsLikeARegularExpression() {
    assertEquals("INV-2024-[0-9]{3}", shapeOf(counted("INV-2024-%03d", 1000)).pattern());
    assertEquals(
        "[0-9] | [1-9][0-9] | Ä\\|[ac-e]",
        shapeOf(concat(counted("%d", 100), List.of("Ä|a", "Ä|c", "Ä|d", "Ä|e"))).pattern());
    List<String> uuids = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      uuids.add(new UUID(random.nextLong(), random.nextLong()).toString());
    }
    assertEquals("UUID, lower case", shapeOf(uuids).pattern());
    assertTrue(shapeOf(uuids).isWide());
    uuids.replaceAll(uuid -> uuid.toUpperCase(java.util.Locale.ROOT));
    assertEquals("UUID, upper case", shapeOf(uuids).pattern());
  }

  @Test
  void allSixteenDigitsOf64BitsAreNarrowAndOneMoreIsNot() {
    assertFalse(shapeOf(List.of("0123456789abcdef".repeat(16).split("(?<=\\G.{16})"))).isWide());
    List<String> ids = new ArrayList<>();
    for (char c : "0123456789abcdef".toCharArray()) {
      ids.add(String.valueOf(c).repeat(16));
    }
    IdShape all = shapeOf(ids);
    assertFalse(all.isWide());
    assertEquals(Long.MAX_VALUE, key(all, "ffffffffffffffff"));
    assertEquals(-1, key(all, "7fffffffffffffff"));
    ids.add("x");
    assertTrue(shapeOf(ids).isWide());
  }

  @Test
  void whatDoesNotFit128BitsHasNoShape() {
    List<String> ids = new ArrayList<>();
    for (char c : "0123456789abcdef".toCharArray()) {
      ids.add(String.valueOf(c).repeat(33));
    }
    assertNull(collector(ids).shape());
    assertNull(collector(List.of("a".repeat(256))).shape());
    assertNotNull(collector(List.of("a".repeat(255))).shape());
    assertNull(collector(List.of()).shape());
    ids.add("short");
    assertEquals("short", collector(ids).shape(1, 32).pattern());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void everyTextHasItsNumberAndEveryNumberItsText(int seed) throws IOException {
    Random random = new Random(seed);
    int wideCount = 0;
    int packed = 0;
    for (int round = 0; round < 60; round++) {
      List<String> ids = randomIds(random);
      IdShape shape = collector(ids).shape();
      Oracle oracle = new Oracle(ids);
      assertEquals(oracle.fits, shape != null, ids.toString());
      if (shape == null) {
        continue;
      }
      packed++;
      wideCount += shape.isWide() ? 1 : 0;
      assertEquals(oracle.wide, shape.isWide());
      IdShape read = IdShape.decodeSection(shape.encodeSection(), PATH);
      assertEquals(shape, read);
      Map<BigInteger, String> textOfNumber = new HashMap<>();
      for (String id : neighbours(ids, random)) {
        long[] number = encode(read, id);
        assertSameOfCharacters(read, id, number);
        BigInteger[] expected = oracle.number(id.getBytes(UTF_8));
        assertEquals(expected == null, number == null, id);
        if (number == null) {
          continue;
        }
        assertEquals(expected[0].longValue(), number[0] - (oracle.wide ? 0 : Long.MIN_VALUE), id);
        assertEquals(expected[1].longValue(), number[1], id);
        assertTrue(expected[0].bitLength() <= (oracle.wide ? read.keyBits() : 64), id);
        assertTrue(expected[1].bitLength() <= read.lowKeyBits(), id);
        String other = textOfNumber.put(expected[0].shiftLeft(64).add(expected[1]), id);
        assertTrue(other == null || other.equals(id), id + " " + other);
        byte[] text = new byte[read.longestIdBytes() + 2];
        int length = read.decode(number[0], number[1], text, 2);
        assertEquals(id, new String(text, 2, length, UTF_8));
      }
      long beyond = oracle.end.longValue() + (oracle.wide ? 0 : Long.MIN_VALUE);
      if (oracle.end.compareTo(TWO_TO_64) < 0) {
        assertEquals(-1, read.decode(beyond, 0, new byte[read.longestIdBytes()], 0));
      }
    }
    assertTrue(packed > 20 && wideCount > 3, packed + " " + wideCount);
  }

  /** Of a text as it is, without its bytes: the same, or that only these can tell. */
  private static void assertSameOfCharacters(IdShape shape, String id, long[] number) {
    long[] keys = new long[1];
    long[] lows = new long[1];
    int found = shape.encode(id, keys, lows, 0);
    boolean ascii = id.chars().allMatch(c -> c < 0x80);
    if (found < 0) {
      assertTrue(!ascii || number == null, id);
    } else {
      assertEquals(number != null, found == 1, id);
      if (number != null) {
        assertTrue(ascii, id);
        assertEquals(number[0], keys[0], id);
        assertEquals(number[1], lows[0], id);
      }
    }
  }

  /** What another process wrote: anything. */
  @Test
  void aSectionThatBreaksARuleIsRefused() throws IOException {
    ByteBuffer sound = shapeOf(List.of("ab1", "ab2", "12345")).encodeSection();
    int refused = 0;
    for (int at = 0; at < sound.capacity(); at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] bytes = sound.array().clone();
        bytes[at] ^= (byte) (1 << bit);
        ByteBuffer forged = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
          IdShape shape = IdShape.decodeSection(forged, PATH);
          // Another sound shape: one byte more in a set.
          assertEquals(forged, shape.encodeSection());
        } catch (CorruptAlmanacException e) {
          refused++;
        }
      }
    }
    assertTrue(refused > 64, "refused=" + refused);
    for (int bytes = 0; bytes < sound.capacity(); bytes++) {
      ByteBuffer cut =
          ByteBuffer.wrap(Arrays.copyOf(sound.array(), bytes)).order(ByteOrder.LITTLE_ENDIAN);
      assertThrows(CorruptAlmanacException.class, () -> IdShape.decodeSection(cut, PATH));
    }
    ByteBuffer full =
        ByteBuffer.allocate(8 + 32).order(ByteOrder.LITTLE_ENDIAN).putInt(1).putInt(1);
    while (full.hasRemaining()) {
      full.put((byte) -1);
    }
    assertThrows(CorruptAlmanacException.class, () -> IdShape.decodeSection(full.clear(), PATH));
  }

  /** The definition of the numbers, word by word. */
  private static final class Oracle {
    private final TreeMap<Integer, List<TreeSet<Integer>>> sets = new TreeMap<>();
    private final Map<Integer, Integer> splits = new HashMap<>();
    boolean wide;
    boolean fits = true;
    BigInteger end = BigInteger.ZERO;

    Oracle(Collection<String> ids) {
      for (String id : ids) {
        byte[] text = id.getBytes(UTF_8);
        List<TreeSet<Integer>> ofLength = sets.computeIfAbsent(text.length, n -> new ArrayList<>());
        for (int p = 0; p < text.length; p++) {
          if (ofLength.size() == p) {
            ofLength.add(new TreeSet<>());
          }
          ofLength.get(p).add(text[p] & 0xFF);
        }
      }
      BigInteger all = BigInteger.ZERO;
      for (int n : sets.keySet()) {
        all = all.add(product(n, 0, n));
      }
      wide = all.compareTo(TWO_TO_64) > 0;
      BigInteger limit = TWO_TO_64.divide(BigInteger.valueOf(sets.size()));
      for (int n : sets.keySet()) {
        int split = wide ? 0 : n;
        while (split < n && product(n, 0, split + 1).compareTo(limit) <= 0) {
          split++;
        }
        splits.put(n, split);
        end = end.add(product(n, 0, split));
        fits &= product(n, split, n).compareTo(TWO_TO_64) <= 0;
      }
    }

    private BigInteger product(int n, int from, int to) {
      BigInteger product = BigInteger.ONE;
      for (int p = from; p < to; p++) {
        product = product.multiply(BigInteger.valueOf(sets.get(n).get(p).size()));
      }
      return product;
    }

    BigInteger[] number(byte[] text) {
      if (!sets.containsKey(text.length)) {
        return null;
      }
      BigInteger offset = BigInteger.ZERO;
      for (int n : sets.headMap(text.length).keySet()) {
        offset = offset.add(product(n, 0, splits.get(n)));
      }
      BigInteger[] number = {BigInteger.ZERO, BigInteger.ZERO};
      for (int p = 0; p < text.length; p++) {
        TreeSet<Integer> set = sets.get(text.length).get(p);
        if (!set.contains(text[p] & 0xFF)) {
          return null;
        }
        int part = p < splits.get(text.length) ? 0 : 1;
        number[part] =
            number[part]
                .multiply(BigInteger.valueOf(set.size()))
                .add(BigInteger.valueOf(set.headSet(text[p] & 0xFF).size()));
      }
      number[0] = number[0].add(offset);
      return number;
    }
  }

  private static List<String> randomIds(Random random) {
    String[] alphabets = {
      "0123456789", "0123456789abcdef", "01", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "äöü\u20acx", "-", "/"
    };
    List<String> ids = new ArrayList<>();
    int lengths = 1 + random.nextInt(4);
    for (int i = 0; i < lengths; i++) {
      int positions = 1 + random.nextInt(random.nextBoolean() ? 12 : 40);
      String[] alphabet = new String[positions];
      for (int p = 0; p < positions; p++) {
        alphabet[p] = alphabets[random.nextInt(alphabets.length)];
      }
      for (int n = 1 + random.nextInt(40); n > 0; n--) {
        StringBuilder id = new StringBuilder();
        for (String chars : alphabet) {
          id.append(chars.charAt(random.nextInt(chars.length())));
        }
        ids.add(id.toString());
      }
    }
    return ids;
  }

  /** The IDs, and what differs from one in a character. */
  private static Set<String> neighbours(List<String> ids, Random random) {
    Set<String> all = new HashSet<>(ids);
    for (String id : ids) {
      char[] chars = id.toCharArray();
      chars[random.nextInt(chars.length)] = ids.get(random.nextInt(ids.size())).charAt(0);
      all.add(new String(chars));
      all.add(id.substring(1));
      all.add(id + id.charAt(0));
    }
    return all;
  }

  private static List<String> counted(String format, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(String.format(java.util.Locale.ROOT, format, i));
    }
    return ids;
  }

  private static List<String> concat(List<String> a, List<String> b) {
    List<String> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }

  /** In two halves, which are then put together. */
  private static IdShape.Collector collector(List<String> ids) {
    IdShape.Collector one = new IdShape.Collector();
    IdShape.Collector other = new IdShape.Collector();
    for (int i = 0; i < ids.size(); i++) {
      byte[] text = ("#" + ids.get(i)).getBytes(UTF_8);
      (i % 2 == 0 ? one : other).add(text, 1, text.length - 1);
    }
    one.add(other);
    return one;
  }

  private static IdShape shapeOf(List<String> ids) {
    IdShape shape = collector(ids).shape();
    assertNotNull(shape);
    return shape;
  }

  private static long key(IdShape shape, String id) {
    long[] number = encode(shape, id);
    assertNotNull(number, id);
    return number[0];
  }

  private static long[] encode(IdShape shape, String id) {
    byte[] text = ("##" + id + "#").getBytes(UTF_8);
    long[] keys = new long[1];
    long[] lows = new long[1];
    return shape.encode(text, 2, text.length - 3, keys, lows, 0)
        ? new long[] {keys[0], lows[0]}
        : null;
  }
}
