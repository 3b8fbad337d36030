package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The shape of text IDs: for each length the set of bytes at each position. If a shape has few
 * enough texts, each text is a number, and the number gives the text back.
 *
 * <pre>
 * section
 *   lengthCount, i32, 1 to 255
 *   lengths, lengthCount x i32, ascending, each 1 to 255
 *   zeros up to the next multiple of 8
 *   for each length, for each position: the set, 256 bits, of which bit (b mod 8) of byte (b / 8)
 *     says whether a text may have the byte b there; at least one bit
 *
 * digit(p)   := rank of the byte at position p in its set, from 0
 * number(a, b) := digits of the positions a to b - 1 as one number, the first the most significant,
 *                 each position with the size of its set as its base
 * product(a, b) := product of the sizes of the sets of the positions a to b - 1
 *
 * narrow, if the sum over the lengths n of product(0, n) is at most 2^64:
 *   offset(n) := sum of product(0, m) over the lengths m below n
 *   key       := offset(n) + number(0, n) - 2^63, an i64
 * wide, otherwise:
 *   split(n)  := the most positions with product(0, split(n)) at most 2^64 / lengthCount, rounded
 *                down; product(split(n), n) must be at most 2^64
 *   offset(n) := sum of product(0, split(m)) over the lengths m below n
 *   key       := offset(n) + number(0, split(n)), unsigned
 *   low       := number(split(n), n), unsigned
 * </pre>
 *
 * <p>Immutable, and for any number of threads.
 */
public final class IdShape {
  /** The longest text that has a number, in bytes. */
  public static final int MAX_LENGTH = 255;

  /** What {@link #key} and {@link #low} give for a text without a number. */
  public static final long NONE = PositionSums.NONE;

  private static final int SET_BYTES = 32;

  /** The most that a section takes: that of every length. */
  public static final int MAX_SECTION_BYTES =
      setsOffset(MAX_LENGTH) + SET_BYTES * (MAX_LENGTH * (MAX_LENGTH + 1) / 2);

  private static final int SET_LONGS = TextsOfLength.SET_LONGS;

  /** More than any position of UTF-8 texts can have. */
  private static final int MOST_BYTES = 254;

  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);

  /** Of each length from 0 on; null for a length that no text has. */
  private final @Nullable TextsOfLength[] byLength;

  /** Those that are not null, by length and so by offset. */
  private final TextsOfLength[] lengths;

  private final TextsOfLength longest;

  /** Whether no text has a byte of 0x80 or more. */
  private final boolean isAscii;

  private final boolean wide;
  private final long highestKey;
  private final int keyBits;
  private final int lowKeyBits;

  // Of the texts of UUIDs, where their numbers can be told without them.
  private final @Nullable UuidSums uuidKey;
  private final @Nullable UuidSums uuidLow;
  private final long uuidFirstKey;

  private IdShape(long[][] sets, boolean wide) {
    int lengthCount = lengthCount(sets);
    this.wide = wide;
    this.byLength = new TextsOfLength[sets.length];
    this.lengths = new TextsOfLength[lengthCount];
    BigInteger limit = TWO_TO_64.divide(BigInteger.valueOf(lengthCount));
    BigInteger offset = BigInteger.ZERO;
    BigInteger mostLow = BigInteger.ONE;
    int index = 0;
    for (int length = 1; length < sets.length; length++) {
      if (sets[length].length > 0) {
        int split = wide ? split(sets[length], limit) : length;
        TextsOfLength shape = new TextsOfLength(sets[length], split, offset.longValue());
        byLength[length] = shape;
        lengths[index++] = shape;
        offset = offset.add(product(sets[length], 0, split));
        mostLow = mostLow.max(product(sets[length], split, length));
      }
    }
    this.longest = lengths[lengthCount - 1];
    this.highestKey = offset.longValue() - 1 + (wide ? 0 : Long.MIN_VALUE);
    boolean ascii = true;
    for (TextsOfLength shape : lengths) {
      ascii &= shape.isAscii();
    }
    this.isAscii = ascii;
    this.keyBits = Math.max(1, offset.subtract(BigInteger.ONE).bitLength());
    this.lowKeyBits = wide ? Math.max(1, mostLow.subtract(BigInteger.ONE).bitLength()) : 0;
    TextsOfLength uuids = ofLength(Utf8.UUID_BYTES);
    this.uuidKey = uuids == null ? null : UuidSums.of(uuids, 0, uuids.split);
    this.uuidLow = uuids == null ? null : UuidSums.of(uuids, uuids.split, uuids.length);
    this.uuidFirstKey = uuids == null ? 0 : firstKey(uuids);
  }

  /**
   * The shape with these sets, four words for each position, or null if its texts are too many.
   *
   * @param sets by length; empty for a length that no text has
   */
  private static @Nullable IdShape of(long[][] sets) {
    if (lengthCount(sets) == 0) {
      return null;
    }
    BigInteger sum = BigInteger.ZERO;
    for (int length = 1; length < sets.length; length++) {
      if (sets[length].length > 0) {
        sum = sum.add(product(sets[length], 0, length));
      }
    }
    IdShape shape = new IdShape(sets, sum.compareTo(TWO_TO_64) > 0);
    return shape.lowKeyBits <= Long.SIZE ? shape : null;
  }

  private static int lengthCount(long[][] sets) {
    return (int) Arrays.stream(sets).filter(set -> set.length > 0).count();
  }

  /** What is far too much need not be exact, so that forged sets make no long numbers. */
  private static BigInteger product(long[] sets, int from, int to) {
    BigInteger product = BigInteger.ONE;
    for (int p = from; p < to && product.bitLength() <= 2 * Long.SIZE; p++) {
      int size = TextsOfLength.size(sets, p);
      product = size == 1 ? product : product.multiply(BigInteger.valueOf(size));
    }
    return product;
  }

  /** The most positions of which the product is within the limit. */
  private static int split(long[] sets, BigInteger limit) {
    BigInteger product = BigInteger.ONE;
    for (int position = 0; position < sets.length / SET_LONGS; position++) {
      product = product.multiply(BigInteger.valueOf(TextsOfLength.size(sets, position)));
      if (product.compareTo(limit) > 0) {
        return position;
      }
    }
    return sets.length / SET_LONGS;
  }

  /** Whether a text takes two numbers: a key, and a low one. */
  public boolean isWide() {
    return wide;
  }

  /** The highest key: unsigned of a wide shape, else signed. */
  public long highestKey() {
    return highestKey;
  }

  /** Bits of the highest key less the lowest one. */
  public int keyBits() {
    return keyBits;
  }

  /** Bits of the highest low number; 0 of a narrow shape. */
  public int lowKeyBits() {
    return lowKeyBits;
  }

  /** The length of the longest text, in bytes. */
  public int longestIdBytes() {
    return byLength.length - 1;
  }

  /** Whether the texts of the shape are ASCII, so that their characters are their bytes. */
  public boolean isAscii() {
    return isAscii;
  }

  /**
   * The key of a text, or {@link #NONE} if it has no number. NONE may also be a key: then {@link
   * #has(byte[], int, int)} tells. Allocates nothing after the first call.
   */
  public long key(byte[] text, int from, int length) {
    TextsOfLength texts = ofLength(length);
    return texts == null ? NONE : texts.keySums().number(text, from, firstKey(texts));
  }

  /** Likewise the low number, of a wide shape. */
  public long low(byte[] text, int from, int length) {
    TextsOfLength texts = ofLength(length);
    return texts == null ? NONE : texts.lowSums().number(text, from, 0);
  }

  /** Whether a text has a number. */
  public boolean has(byte[] text, int from, int length) {
    TextsOfLength texts = ofLength(length);
    return texts != null && texts.has(text, from);
  }

  /** As {@link #key(byte[], int, int)}, of a shape that {@link #isAscii}. */
  public long key(CharSequence text) {
    TextsOfLength texts = ofLength(text.length());
    return texts == null ? NONE : texts.keySums().number(text, firstKey(texts));
  }

  /** Likewise the low number, of a wide shape. */
  public long low(CharSequence text) {
    TextsOfLength texts = ofLength(text.length());
    return texts == null ? NONE : texts.lowSums().number(text, 0);
  }

  /** As {@link #has(byte[], int, int)}, of a shape that {@link #isAscii}. */
  public boolean has(CharSequence text) {
    TextsOfLength texts = ofLength(text.length());
    return texts != null && texts.has(text);
  }

  /** The key of a UUID's text, or {@link #NONE} if it has no number, or only its text can tell. */
  public long key(UUID uuid) {
    UuidSums sums = uuidKey;
    return sums == null ? NONE : sums.number(uuid, uuidFirstKey);
  }

  /** Likewise the low number, of a wide shape. */
  public long low(UUID uuid) {
    UuidSums sums = uuidLow;
    return sums == null ? NONE : sums.number(uuid, 0);
  }

  /**
   * Puts the number of a text into {@code keys[i]} and, of a wide shape, {@code lows[i]}.
   *
   * @return whether it has one; nothing is put if not
   */
  public boolean encode(byte[] text, int from, int length, long[] keys, long[] lows, int i) {
    long key = key(text, from, length);
    long low = wide ? low(text, from, length) : 0;
    return (!isNone(key, low) || has(text, from, length)) && put(key, low, keys, lows, i);
  }

  /** Likewise, of a shape that {@link #isAscii}. */
  public boolean encode(CharSequence text, long[] keys, long[] lows, int i) {
    long key = key(text);
    long low = wide ? low(text) : 0;
    return (!isNone(key, low) || has(text)) && put(key, low, keys, lows, i);
  }

  private boolean put(long key, long low, long[] keys, long[] lows, int i) {
    keys[i] = key;
    if (wide) {
      lows[i] = low;
    }
    return true;
  }

  /** Whether the numbers do not tell that there is such a text. */
  public static boolean isNone(long key, long low) {
    return key == NONE || low == NONE;
  }

  /**
   * The likely length is compared, because a processor does not wait for that: what is looked up by
   * the length is there only when the text is.
   */
  private @Nullable TextsOfLength ofLength(int length) {
    if (length == longest.length) {
      return longest;
    }
    return length >= 0 && length < byLength.length ? byLength[length] : null;
  }

  private long firstKey(TextsOfLength texts) {
    return wide ? texts.offset : texts.offset + Long.MIN_VALUE;
  }

  /**
   * Puts the text of a number at {@code at} of {@code out}, which has room for {@link
   * #longestIdBytes()}.
   *
   * @param low 0 of a narrow shape
   * @return the length of the text, or -1 if no text has this number
   */
  public int decode(long key, long low, byte[] out, int at) {
    long number = wide ? key : key - Long.MIN_VALUE;
    int index = lengths.length - 1;
    while (Long.compareUnsigned(number, lengths[index].offset) < 0) {
      index--;
    }
    TextsOfLength shape = lengths[index];
    long rest = shape.decode(0, shape.split, number - shape.offset, out, at);
    long restOfLow = shape.decode(shape.split, shape.length, low, out, at);
    return rest == 0 && restOfLow == 0 ? shape.length : -1;
  }

  /** The section of a file. */
  public ByteBuffer encodeSection() {
    int setsOffset = setsOffset(lengths.length);
    int positions = Arrays.stream(lengths).mapToInt(shape -> shape.length).sum();
    ByteBuffer section =
        ByteBuffer.allocate(setsOffset + SET_BYTES * positions).order(ByteOrder.LITTLE_ENDIAN);
    section.putInt(lengths.length);
    for (TextsOfLength shape : lengths) {
      section.putInt(shape.length);
    }
    section.position(setsOffset);
    for (TextsOfLength shape : lengths) {
      section.asLongBuffer().put(shape.sets);
      section.position(section.position() + SET_BYTES * shape.length);
    }
    return section.clear();
  }

  private static int setsOffset(int lengthCount) {
    return (int) StoreGeometry.align(Integer.BYTES * (1L + lengthCount), Long.BYTES);
  }

  /**
   * Reads a section and checks all that it says.
   *
   * @param section the whole section, little-endian, from its index 0 to its capacity
   * @throws CorruptAlmanacException if it breaks a rule
   */
  public static IdShape decodeSection(ByteBuffer section, Path path)
      throws CorruptAlmanacException {
    int lengthCount = section.capacity() < Integer.BYTES ? 0 : section.getInt(0);
    if (lengthCount < 1
        || lengthCount > MAX_LENGTH
        || setsOffset(lengthCount) > section.capacity()) {
      throw Rule.broken(
          "the shape of the IDs must have 1 to 255 lengths: lengthCount=%s shapeBytes=%s",
          path, lengthCount, section.capacity());
    }
    long[][] sets = emptySets(MAX_LENGTH);
    int at = setsOffset(lengthCount);
    int before = 0;
    for (int i = 0; i < lengthCount; i++) {
      int length = section.getInt(Integer.BYTES * (1 + i));
      if (length <= before || length > MAX_LENGTH || section.capacity() - at < SET_BYTES * length) {
        throw Rule.broken(
            "the lengths of a shape must ascend to at most 255, and lie in it: length=%s before=%s"
                + " shapeBytes=%s",
            path, length, before, section.capacity());
      }
      before = length;
      sets[length] = new long[SET_LONGS * length];
      section
          .slice(at, SET_BYTES * length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asLongBuffer()
          .get(sets[length]);
      for (int position = 0; position < length; position++) {
        int size = TextsOfLength.size(sets[length], position);
        if (size == 0 || size > MOST_BYTES) {
          throw Rule.broken(
              "each position of a shape must have 1 to 254 bytes: length=%s position=%s found=%s",
              path, length, position, size);
        }
      }
      at += SET_BYTES * length;
    }
    IdShape shape = at == section.capacity() ? of(Arrays.copyOf(sets, before + 1)) : null;
    if (shape == null || !section.equals(shape.encodeSection())) {
      throw Rule.broken(
          "the texts of a shape must fit two numbers of 64 bits, and its lengths and sets must fill"
              + " it: shapeBytes=%s used=%s",
          path, section.capacity(), at);
    }
    return shape;
  }

  private static long[][] emptySets(int longest) {
    long[][] sets = new long[longest + 1][];
    Arrays.fill(sets, new long[0]);
    return sets;
  }

  /** The shape as a regular expression, {@code INV-2024-[0-9]{6}}; several lengths in turn. */
  public String pattern() {
    return Arrays.stream(lengths).map(ShapePattern::of).collect(Collectors.joining(" | "));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IdShape shape && encodeSection().equals(shape.encodeSection());
  }

  @Override
  public int hashCode() {
    return encodeSection().hashCode();
  }

  @Override
  public String toString() {
    return pattern();
  }

  /** Collects the sets of the texts that it is given. For one thread. */
  public static final class Collector {
    private final long[][] sets = emptySets(MAX_LENGTH);
    private boolean hasLonger;

    /** Adds a text of at least one byte. */
    public void add(byte[] text, int from, int length) {
      if (length > MAX_LENGTH) {
        hasLonger = true;
        return;
      }
      long[] set = sets[length];
      if (set.length == 0) {
        set = new long[SET_LONGS * length];
        sets[length] = set;
      }
      for (int i = 0; i < length; i++) {
        int value = text[from + i] & 0xFF;
        set[SET_LONGS * i + (value >> 6)] |= 1L << value;
      }
    }

    /** Adds all that another collected. */
    public void add(Collector other) {
      hasLonger |= other.hasLonger;
      for (int length = 1; length <= MAX_LENGTH; length++) {
        long[] from = other.sets[length];
        if (sets[length].length == 0) {
          sets[length] = from.clone();
        } else {
          for (int i = 0; i < from.length; i++) {
            sets[length][i] |= from[i];
          }
        }
      }
    }

    /** The shape of all texts, or null without a text or if they do not fit. */
    public @Nullable IdShape shape() {
      return shape(0, MAX_LENGTH);
    }

    /** Likewise of the texts of some lengths. */
    public @Nullable IdShape shape(int shortest, int longest) {
      int last = 0;
      long[][] kept = emptySets(MAX_LENGTH);
      for (int length = 1; length <= MAX_LENGTH; length++) {
        if (length >= shortest && length <= longest && sets[length].length > 0) {
          kept[length] = sets[length].clone();
          last = length;
        }
      }
      return hasLonger && longest >= MAX_LENGTH ? null : of(Arrays.copyOf(kept, last + 1));
    }
  }
}
