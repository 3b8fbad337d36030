package dev.almanac.fuzz;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.format.IdShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A section with a shape of texts is refused, or is written again the same, and each of its numbers
 * is that of one text. The input is a key, a low number, and the section.
 */
public final class ShapeFuzzer {
  private static final Path NAME = Path.of("fuzzed");
  private static final int NUMBER_BYTES = 2 * Long.BYTES;

  private ShapeFuzzer() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < NUMBER_BYTES) {
      return;
    }
    ByteBuffer numbers = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer section =
        numbers.slice(NUMBER_BYTES, input.length - NUMBER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    IdShape shape;
    try {
      shape = IdShape.decodeSection(section, NAME);
    } catch (CorruptAlmanacException e) {
      return;
    }
    if (!shape.encodeSection().equals(section)) {
      throw new AssertionError("a shape must be written as it was read: " + shape);
    }
    long key = numbers.getLong(0);
    long low = numbers.getLong(Long.BYTES);
    check(shape, key, low);
    check(shape, key, 0);
    check(shape, shape.highestKey(), 0);
    check(shape, shape.isWide() ? 0 : Long.MIN_VALUE, 0);
  }

  static void check(IdShape shape, long key, long low) {
    byte[] text = new byte[shape.longestIdBytes()];
    int length = shape.decode(key, low, text, 0);
    boolean isOne = shape.isWide() ? length > 0 : low == 0 && key <= shape.highestKey();
    if (length > 0 != isOne) {
      throw new AssertionError("key=" + key + " low=" + low + " length=" + length);
    }
    long[] keys = {key};
    long[] lows = {low};
    if (length > 0 && !shape.encode(text, 0, length, keys, lows, 0)) {
      throw new AssertionError("a text must be of its shape: key=" + key + " low=" + low);
    }
    check(key, low, keys[0], lows[0]);
  }

  /** That a number comes back as it was. */
  static void check(long key, long low, long foundKey, long foundLow) {
    if (key != foundKey || low != foundLow) {
      throw new AssertionError(
          "key=" + key + " low=" + low + " found=" + foundKey + " foundLow=" + foundLow);
    }
  }
}
