package dev.almanac.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.almanac.CorruptAlmanacException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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
    assertEquals("C[07]-X-[1ab]", shapeOf(List.of("C0-X-1", "C7-X-a", "C7-X-b")).pattern());
    assertEquals("[\\[\\]][\\x20\\-]", shapeOf(List.of("[ ", "]-")).pattern());
    assertEquals("[a\\x7f]", shapeOf(List.of("a", "\u007f")).pattern());
    // One byte of a character is no literal by itself.
    assertEquals("\\xc3[\\xa4\\xb6]", shapeOf(List.of("ä", "ö")).pattern());
    assertEquals("[ace-g]", shapeOf(List.of("a", "c", "e", "f", "g")).toString());
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

  /** A character is not the byte that it would be cut down to. */
  @Test
  void charactersAreBytesWhereTheTextsAreAscii() {
    for (String letters : List.of("a1 b2", "0".repeat(24) + " " + "f".repeat(24))) {
      List<String> ids = List.of(letters.split(" "));
      IdShape shape = shapeOf(ids);
      assertTrue(shape.isAscii());
      for (String id : ids) {
        assertTrue(shape.encode(id, new long[1], new long[1], 0), id);
        for (int p = 0; p < id.length(); p++) {
          for (int high : new int[] {0x80, 0x100, 0x4100, 0xd800, 0xff00}) {
            char[] other = id.toCharArray();
            other[p] |= (char) high;
            assertFalse(shape.encode(new String(other), new long[1], new long[1], 0), id);
            assertFalse(shape.has(new String(other)), id);
          }
        }
        assertFalse(shape.encode(id + "1", new long[1], new long[1], 0));
        assertFalse(shape.encode(id.substring(1), new long[1], new long[1], 0));
      }
      assertFalse(shape.encode("", new long[1], new long[1], 0));
    }
    assertFalse(shapeOf(List.of("a1", "\u0080")).isAscii());
    assertFalse(shapeOf(List.of("\u00e4", "\u00f6")).isAscii());
  }

  @Test
  void textsOfEveryLengthHaveAShape() throws IOException {
    List<String> ids = new ArrayList<>();
    for (int length = 1; length <= IdShape.MAX_LENGTH; length++) {
      ids.add("a".repeat(length));
    }
    IdShape shape = shapeOf(ids);
    assertEquals(255, shape.longestIdBytes());
    assertEquals(Long.MIN_VALUE + 254, shape.highestKey());
    assertEquals(Long.MIN_VALUE + 254, key(shape, "a".repeat(255)));
    ByteBuffer section = shape.encodeSection();
    assertEquals(IdShape.MAX_SECTION_BYTES, section.capacity());
    assertEquals(shape, IdShape.decodeSection(section, PATH));
  }

  @Test
  void onlyTheTextsOfTheLengthsThatAreAskedForAreKept() {
    IdShape.Collector collector = collector(List.of("aaa", "bbbb", "ccccc"));
    assertEquals("bbbb", collector.shape(4, 4).pattern());
    assertEquals("aaa | bbbb", collector.shape(1, 4).pattern());
    assertEquals("bbbb | ccccc", collector.shape(4, 255).pattern());
    assertNull(collector.shape(6, 255));
    IdShape.Collector withLonger = collector(List.of("a", "b".repeat(256)));
    assertNull(withLonger.shape());
    assertNull(withLonger.shape(1, 255));
    assertEquals("a", withLonger.shape(1, 254).pattern());
    // The second of two goes to the other half.
    assertEquals(255, collector(List.of("a", "b".repeat(255))).shape().longestIdBytes());
  }

  @Test
  void shapesAreEqualIfTheirSetsAre() {
    IdShape shape = shapeOf(List.of("a1", "b2"));
    assertEquals(shape, shapeOf(List.of("b1", "a2")));
    assertEquals(shape.hashCode(), shapeOf(List.of("b1", "a2")).hashCode());
    assertNotEquals(shape.hashCode(), shapeOf(List.of("b1", "a3")).hashCode());
    assertNotEquals(shape, shapeOf(List.of("b1", "a3")));
    assertNotEquals(shape, null);
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
      long highest = oracle.end.longValue() - 1 + (oracle.wide ? 0 : Long.MIN_VALUE);
      assertEquals(highest, shape.highestKey());
      assertEquals(oracle.sets.lastKey(), shape.longestIdBytes());
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

  /** Of a text as it is, without its bytes. */
  private static void assertSameOfCharacters(IdShape shape, String id, long[] number) {
    if (!shape.isAscii()) {
      return;
    }
    long[] keys = new long[1];
    long[] lows = new long[1];
    assertEquals(number != null, shape.encode(id, keys, lows, 0), id);
    assertEquals(number != null, shape.has(id), id);
    if (number != null) {
      assertEquals(number[0], keys[0], id);
      assertEquals(number[1], lows[0], id);
    }
  }

  /** A forged section must not make an opening take much more memory than its own size. */
  @ParameterizedTest
  @ValueSource(ints = {1, 254})
  void readingASectionTakesAFewTimesItsSize(int bytesOfAPosition) {
    int lengths = IdShape.MAX_LENGTH;
    ByteBuffer section =
        ByteBuffer.allocate(IdShape.MAX_SECTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    section.putInt(lengths);
    for (int length = 1; length <= lengths; length++) {
      section.putInt(length);
    }
    BitSet set = new BitSet();
    set.set(0, bytesOfAPosition);
    byte[] bytes = Arrays.copyOf(set.toByteArray(), 32);
    while (section.hasRemaining()) {
      section.put(bytes);
    }
    section.clear();
    // The second time, classes and constants are there.
    allocatedByReading(section, bytesOfAPosition == 1);
    long allocated = allocatedByReading(section, bytesOfAPosition == 1);
    assertTrue(
        allocated < 4L * section.capacity(),
        "allocated=" + allocated + " section=" + section.capacity());
  }

  private static long allocatedByReading(ByteBuffer section, boolean isShape) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    boolean read = true;
    try {
      IdShape.decodeSection(section, PATH);
    } catch (CorruptAlmanacException e) {
      read = false;
    }
    long allocated = thread.getCurrentThreadAllocatedBytes() - before;
    assertEquals(isShape, read);
    return allocated;
  }

  /** Of random texts, of bits that are fixed as in version 4, and of sets with gaps. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void aUuidHasTheNumberOfItsText(int seed) {
    Random random = new Random(seed);
    long fixedHigh = seed < 2 ? 0 : fixedBits(random);
    long fixedLow = seed < 2 ? 0 : fixedBits(random);
    UUID pattern = new UUID(random.nextLong(), random.nextLong());
    List<UUID> uuids = new ArrayList<>();
    for (int i = 0; i < (seed % 2 == 0 ? 300 : 12); i++) {
      uuids.add(
          fixed(new UUID(random.nextLong(), random.nextLong()), pattern, fixedHigh, fixedLow));
    }
    List<String> texts = new ArrayList<>();
    uuids.forEach(uuid -> texts.add(uuid.toString()));
    if (seed % 3 == 1) {
      texts.add("shorter");
    }
    IdShape shape = shapeOf(texts);
    int known = 0;
    for (int i = 0; i < 2_000; i++) {
      UUID uuid = uuids.get(random.nextInt(uuids.size()));
      int bit = random.nextInt(64);
      UUID near =
          new UUID(
              uuid.getMostSignificantBits() ^ random.nextInt(2) * (1L << bit),
              uuid.getLeastSignificantBits() ^ random.nextInt(2) * (1L << bit));
      long[] number = encode(shape, near.toString());
      long key = shape.key(near);
      long low = shape.isWide() ? shape.low(near) : 0;
      if (!IdShape.isNone(key, low)) {
        known++;
        assertNotNull(number, near.toString());
        assertEquals(number[0], key, near.toString());
        assertEquals(number[1], low, near.toString());
      }
    }
    // Sets with gaps are left to the texts; those of many UUIDs have none.
    assertTrue(seed % 2 != 0 || known > 500, "known=" + known);
    UUID other = new UUID(0, 0);
    assertTrue(IdShape.isNone(shapeOf(List.of("C7", "C8")).key(other), 0));
  }

  /** The high bits of some digits: what is left of each is a run. */
  private static long fixedBits(Random random) {
    long bits = 0;
    for (int digit = 0; digit < 16; digit++) {
      bits = bits << 4 | new int[] {0, 0, 0, 0b1000, 0b1100, 0b1111}[random.nextInt(6)];
    }
    return bits;
  }

  private static UUID fixed(UUID uuid, UUID pattern, long high, long low) {
    return new UUID(
        uuid.getMostSignificantBits() & ~high | pattern.getMostSignificantBits() & high,
        uuid.getLeastSignificantBits() & ~low | pattern.getLeastSignificantBits() & low);
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
    assertNotNull(IdShape.decodeSection(encodedSet(254), PATH));
    for (int size : new int[] {0, 255, 256}) {
      assertRefused(
          encodedSet(size),
          "each position of a shape must have 1 to 254 bytes: length=1 position=0 found=" + size);
    }
    assertRefused(
        little(4).putInt(0, 1),
        "the shape of the IDs must have 1 to 255 lengths: lengthCount=1 shapeBytes=4");
    assertRefused(
        little(8).putInt(0, 1),
        "the lengths of a shape must ascend to at most 255, and lie in it: length=0 before=0"
            + " shapeBytes=8");
    assertRefused(
        little(80).putInt(0, 2).putInt(4, 1).putInt(8, 1).putLong(16, 1).putLong(48, 1),
        "the lengths of a shape must ascend to at most 255, and lie in it: length=1 before=1"
            + " shapeBytes=80");
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A section of one length, 1, whose set has that many bytes. */
  private static ByteBuffer encodedSet(int size) {
    ByteBuffer section = little(8 + 32).putInt(0, 1).putInt(4, 1);
    for (int value = 0; value < size; value++) {
      int at = 8 + value / 8;
      section.put(at, (byte) (section.get(at) | 1 << value % 8));
    }
    return section;
  }

  private static void assertRefused(ByteBuffer section, String message) {
    assertEquals(
        message + ", path=a.almanac",
        assertThrows(CorruptAlmanacException.class, () -> IdShape.decodeSection(section, PATH))
            .getMessage());
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
