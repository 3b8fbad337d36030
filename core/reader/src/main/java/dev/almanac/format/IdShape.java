package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The shape of text IDs: for each length the set of bytes at each position. If the number of all
 * texts of a shape is small enough, each text is a number, and the number gives the text back.
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

  private static final int SET_BYTES = 32;

  /** The most that a section takes: that of every length. */
  public static final int MAX_SECTION_BYTES =
      setsOffset(MAX_LENGTH) + SET_BYTES * (MAX_LENGTH * (MAX_LENGTH + 1) / 2);

  private static final int SET_LONGS = SET_BYTES / Long.BYTES;
  private static final int NO_DIGIT = 0xFF;
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);

  /** Of each length from 0 on; null for a length that no text has. */
  private final @Nullable OfLength[] byLength;

  /** Those that are not null, by length and so by offset. */
  private final OfLength[] lengths;

  /** Whether no text has a byte of 0x80 or more. */
  private final boolean isAscii;

  private final boolean wide;
  private final long highestKey;
  private final int keyBits;
  private final int lowKeyBits;

  private IdShape(long[][] sets, boolean wide) {
    int lengthCount = lengthCount(sets);
    this.wide = wide;
    this.byLength = new OfLength[sets.length];
    this.lengths = new OfLength[lengthCount];
    BigInteger limit = TWO_TO_64.divide(BigInteger.valueOf(lengthCount));
    BigInteger offset = BigInteger.ZERO;
    BigInteger mostLow = BigInteger.ONE;
    int index = 0;
    for (int length = 1; length < sets.length; length++) {
      if (sets[length].length > 0) {
        int split = wide ? split(sets[length], limit) : length;
        OfLength shape = new OfLength(sets[length], split, offset.longValue(), wide);
        byLength[length] = shape;
        lengths[index++] = shape;
        offset = offset.add(product(sets[length], 0, split));
        mostLow = mostLow.max(product(sets[length], split, length));
      }
    }
    this.highestKey = offset.longValue() - 1 + (wide ? 0 : Long.MIN_VALUE);
    boolean ascii = true;
    for (OfLength shape : lengths) {
      ascii &= shape.isAscii();
    }
    this.isAscii = ascii;
    this.keyBits = Math.max(1, offset.subtract(BigInteger.ONE).bitLength());
    this.lowKeyBits = wide ? Math.max(1, mostLow.subtract(BigInteger.ONE).bitLength()) : 0;
  }

  /**
   * The shape with these sets, four words for each position, or null if its texts are too many.
   *
   * @param sets by length; empty for a length that no text has
   */
  private static @Nullable IdShape of(long[][] sets) {
    int lengthCount = lengthCount(sets);
    if (lengthCount == 0) {
      return null;
    }
    BigInteger sum = BigInteger.ZERO;
    for (int length = 1; length < sets.length; length++) {
      if (sets[length].length > 0) {
        sum = sum.add(product(sets[length], 0, length));
      }
    }
    if (sum.compareTo(TWO_TO_64) <= 0) {
      return new IdShape(sets, false);
    }
    BigInteger limit = TWO_TO_64.divide(BigInteger.valueOf(lengthCount));
    for (int length = 1; length < sets.length; length++) {
      if (sets[length].length > 0) {
        int split = split(sets[length], limit);
        if (product(sets[length], split, length).compareTo(TWO_TO_64) > 0) {
          return null;
        }
      }
    }
    return new IdShape(sets, true);
  }

  private static int lengthCount(long[][] sets) {
    return (int) Arrays.stream(sets).filter(set -> set.length > 0).count();
  }

  private static int size(long[] sets, int position) {
    int size = 0;
    for (int i = 0; i < SET_LONGS; i++) {
      size += Long.bitCount(sets[SET_LONGS * position + i]);
    }
    return size;
  }

  private static BigInteger product(long[] sets, int from, int to) {
    BigInteger product = BigInteger.ONE;
    for (int position = from; position < to; position++) {
      product = product.multiply(BigInteger.valueOf(size(sets, position)));
    }
    return product;
  }

  /** The most positions of which the product is within the limit. */
  private static int split(long[] sets, BigInteger limit) {
    BigInteger product = BigInteger.ONE;
    for (int position = 0; position < sets.length / SET_LONGS; position++) {
      product = product.multiply(BigInteger.valueOf(size(sets, position)));
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

  /**
   * Puts the number of a text into {@code keys[i]} and, of a wide shape, {@code lows[i]}. Allocates
   * nothing.
   *
   * @return whether the text is of this shape; nothing is put if not
   */
  public boolean encode(byte[] text, int from, int length, long[] keys, long[] lows, int i) {
    if (length < 0 || length >= byLength.length) {
      return false;
    }
    OfLength shape = byLength[length];
    if (shape == null) {
      return false;
    }
    byte[] digits = shape.digits;
    long[] weights = shape.weights;
    int split = shape.split;
    long key = shape.firstKey;
    // A sum of products, and not a chain of them, so that the multiplications overlap.
    for (int p = 0; p < split; p++) {
      int digit = digits[p << 8 | text[from + p] & 0xFF] & 0xFF;
      if (digit == NO_DIGIT) {
        return false;
      }
      key += digit * weights[p];
    }
    long low = 0;
    for (int p = split; p < length; p++) {
      int digit = digits[p << 8 | text[from + p] & 0xFF] & 0xFF;
      if (digit == NO_DIGIT) {
        return false;
      }
      low += digit * weights[p];
    }
    keys[i] = key;
    if (wide) {
      lows[i] = low;
    }
    return true;
  }

  /**
   * As {@link #encode(byte[], int, int, long[], long[], int)}, of a text that need not become bytes
   * first.
   *
   * @return 1 if the text is of this shape, 0 if not, and -1 where only its bytes can tell: its
   *     characters are not all ASCII, or others may follow
   */
  public int encode(CharSequence text, long[] keys, long[] lows, int i) {
    int otherwise = isAscii ? 0 : -1;
    int length = text.length();
    OfLength shape = length < byLength.length ? byLength[length] : null;
    if (shape == null) {
      return otherwise;
    }
    byte[] digits = shape.digits;
    long[] weights = shape.weights;
    long key = shape.firstKey;
    int split = shape.split;
    for (int p = 0; p < split; p++) {
      int digit = digit(digits, p, text.charAt(p));
      if (digit == NO_DIGIT) {
        return otherwise;
      }
      key += digit * weights[p];
    }
    long low = 0;
    for (int p = split; p < length; p++) {
      int digit = digit(digits, p, text.charAt(p));
      if (digit == NO_DIGIT) {
        return otherwise;
      }
      low += digit * weights[p];
    }
    keys[i] = key;
    if (wide) {
      lows[i] = low;
    }
    return 1;
  }

  private static int digit(byte[] digits, int position, char c) {
    return c < 0x80 ? digits[position << 8 | c] & 0xFF : NO_DIGIT;
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
    OfLength shape = lengths[index];
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
    for (OfLength shape : lengths) {
      section.putInt(shape.length);
    }
    section.position(setsOffset);
    for (OfLength shape : lengths) {
      section.asLongBuffer().put(shape.sets);
      section.position(section.position() + SET_BYTES * shape.length);
    }
    return section.clear();
  }

  private static int setsOffset(int lengthCount) {
    return (int) Footer.align(Integer.BYTES * (1L + lengthCount), Long.BYTES);
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
      throw new CorruptAlmanacException(
          "the shape of the IDs must have 1 to 255 lengths: lengthCount="
              + lengthCount
              + " shapeBytes="
              + section.capacity(),
          path);
    }
    long[][] sets = emptySets(MAX_LENGTH);
    int at = setsOffset(lengthCount);
    int before = 0;
    for (int i = 0; i < lengthCount; i++) {
      int length = section.getInt(Integer.BYTES * (1 + i));
      if (length <= before || length > MAX_LENGTH || section.capacity() - at < SET_BYTES * length) {
        throw new CorruptAlmanacException(
            "the lengths of a shape must ascend to at most 255, and lie in it: length="
                + length
                + " before="
                + before
                + " shapeBytes="
                + section.capacity(),
            path);
      }
      before = length;
      sets[length] = new long[SET_LONGS * length];
      section
          .slice(at, SET_BYTES * length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asLongBuffer()
          .get(sets[length]);
      for (int position = 0; position < length; position++) {
        int size = size(sets[length], position);
        if (size == 0 || size >= NO_DIGIT) {
          throw new CorruptAlmanacException(
              "each position of a shape must have 1 to 254 bytes: length="
                  + length
                  + " position="
                  + position
                  + " found="
                  + size,
              path);
        }
      }
      at += SET_BYTES * length;
    }
    IdShape shape = at == section.capacity() ? of(Arrays.copyOf(sets, before + 1)) : null;
    if (shape == null || !section.equals(shape.encodeSection())) {
      throw new CorruptAlmanacException(
          "the texts of a shape must fit two numbers of 64 bits, and its lengths and sets must fill"
              + " it: shapeBytes="
              + section.capacity()
              + " used="
              + at,
          path);
    }
    return shape;
  }

  private static long[][] emptySets(int longest) {
    long[][] sets = new long[longest + 1][];
    Arrays.fill(sets, new long[0]);
    return sets;
  }

  /**
   * The shape as a reader of regular expressions writes it, {@code INV-2024-[0-9]{6}}, one after
   * the other where there are several lengths.
   */
  public String pattern() {
    return Arrays.stream(lengths).map(OfLength::pattern).collect(Collectors.joining(" | "));
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

    /** The shape of all texts, or null if there are none, or they do not fit. */
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

  /** What is known of the texts of one length. */
  private static final class OfLength {
    final long[] sets;
    final int length;
    final int split;
    final long offset;

    /** The key of the first text. */
    final long firstKey;

    /** By position and byte. */
    final byte[] digits;

    /** By position and digit. */
    final byte[] bytes;

    /** How many bytes each position can have. */
    final int[] sizes;

    /** What one more in the digit of a position adds to the number. */
    final long[] weights;

    OfLength(long[] sets, int split, long offset, boolean wide) {
      this.sets = sets;
      this.length = sets.length / SET_LONGS;
      this.split = split;
      this.offset = offset;
      this.digits = new byte[length << 8];
      this.bytes = new byte[length << 8];
      this.sizes = new int[length];
      this.weights = new long[length];
      Arrays.fill(digits, (byte) NO_DIGIT);
      for (int p = 0; p < length; p++) {
        for (int value = 0; value < 1 << 8; value++) {
          if ((sets[SET_LONGS * p + (value >> 6)] >>> value & 1) != 0) {
            bytes[p << 8 | sizes[p]] = (byte) value;
            digits[p << 8 | value] = (byte) sizes[p]++;
          }
        }
      }
      weigh(0, split);
      weigh(split, length);
      this.firstKey = wide ? offset : offset + Long.MIN_VALUE;
    }

    boolean isAscii() {
      boolean is = true;
      for (int p = 0; p < length; p++) {
        is &= (sets[SET_LONGS * p + 2] | sets[SET_LONGS * p + 3]) == 0;
      }
      return is;
    }

    private void weigh(int from, int to) {
      long weight = 1;
      for (int p = to - 1; p >= from; p--) {
        weights[p] = weight;
        weight *= sizes[p];
      }
    }

    /** Puts the bytes of some positions; returns what is left of the number. */
    long decode(int from, int to, long number, byte[] out, int at) {
      long rest = number;
      for (int p = to - 1; p >= from; p--) {
        int size = sizes[p];
        int digit = 0;
        if (size > 1) {
          long quotient = rest >= 0 ? rest / size : Long.divideUnsigned(rest, size);
          digit = (int) (rest - quotient * size);
          rest = quotient;
        }
        out[at + p] = bytes[p << 8 | digit];
      }
      return rest;
    }

    String pattern() {
      if (isUuid("0123456789abcdef")) {
        return "UUID, lower case";
      }
      if (isUuid("0123456789ABCDEF")) {
        return "UUID, upper case";
      }
      StringBuilder pattern = new StringBuilder();
      for (int from = 0; from < length; ) {
        int to = from + 1;
        while (to < length && (sizes[from] == 1 ? sizes[to] == 1 : sameSet(from, to))) {
          to++;
        }
        if (sizes[from] == 1) {
          appendLiteral(from, to, pattern);
        } else {
          appendSet(from, pattern);
          pattern.append(to - from > 1 ? "{" + (to - from) + "}" : "");
        }
        from = to;
      }
      return pattern.toString();
    }

    private boolean isUuid(String hexadecimalDigits) {
      boolean is = length == 36;
      for (int p = 0; is && p < length; p++) {
        String allowed = p == 8 || p == 13 || p == 18 || p == 23 ? "-" : hexadecimalDigits;
        for (int digit = 0; digit < sizes[p]; digit++) {
          is &= allowed.indexOf(bytes[p << 8 | digit]) >= 0;
        }
      }
      return is;
    }

    private void appendLiteral(int from, int to, StringBuilder pattern) {
      byte[] literal = new byte[to - from];
      for (int p = from; p < to; p++) {
        literal[p - from] = bytes[p << 8];
      }
      if (Utf8.isValid(literal, 0, literal.length)) {
        pattern.append(
            new String(literal, StandardCharsets.UTF_8).replaceAll("[\\[\\]{}|\\\\]", "\\\\$0"));
      } else {
        for (byte value : literal) {
          append(value & 0xFF, pattern);
        }
      }
    }

    private void appendSet(int p, StringBuilder pattern) {
      pattern.append('[');
      for (int from = 0; from < sizes[p]; ) {
        int first = bytes[p << 8 | from] & 0xFF;
        int to = from + 1;
        while (to < sizes[p] && (bytes[p << 8 | to] & 0xFF) == first + to - from) {
          to++;
        }
        append(first, pattern);
        if (to - from > 1) {
          pattern.append(to - from > 2 ? "-" : "");
          append(first + to - from - 1, pattern);
        }
        from = to;
      }
      pattern.append(']');
    }

    private static void append(int value, StringBuilder pattern) {
      if (value > ' ' && value < 0x7F) {
        pattern.append("[]{}|\\-".indexOf(value) < 0 ? "" : "\\").append((char) value);
      } else {
        pattern.append(String.format("\\x%02x", value));
      }
    }

    private boolean sameSet(int a, int b) {
      return Arrays.equals(
          sets, SET_LONGS * a, SET_LONGS * (a + 1), sets, SET_LONGS * b, SET_LONGS * (b + 1));
    }
  }
}
