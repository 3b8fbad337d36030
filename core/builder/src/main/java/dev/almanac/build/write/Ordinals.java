package dev.almanac.build.write;

/**
 * The place of a row in the input as one number that orders rows: split, then line in the split.
 *
 * <pre>
 * 63                24 23        0
 * +-------------------+-----------+
 * | split           | line      |
 * +-------------------+-----------+
 * </pre>
 */
final class Ordinals {
  static final int LINE_BITS = 24;

  private Ordinals() {}

  static long of(long split, int line) {
    return split << LINE_BITS | line;
  }

  static long split(long ordinal) {
    return ordinal >>> LINE_BITS;
  }

  static int line(long ordinal) {
    return (int) ordinal & (1 << LINE_BITS) - 1;
  }
}
