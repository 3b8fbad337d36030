package dev.almanac.build;

/**
 * The place of a row in the input as one number that orders rows: stretch, then line in the
 * stretch.
 *
 * <pre>
 * 63                24 23        0
 * +-------------------+-----------+
 * | stretch           | line      |
 * +-------------------+-----------+
 * </pre>
 */
final class Ordinals {
  static final int LINE_BITS = 24;

  private Ordinals() {}

  static long of(long stretch, int line) {
    return stretch << LINE_BITS | line;
  }

  static long stretch(long ordinal) {
    return ordinal >>> LINE_BITS;
  }

  static int line(long ordinal) {
    return (int) ordinal & (1 << LINE_BITS) - 1;
  }
}
