package dev.almanac.build.choice;

/**
 * The position of a row in the input as one number that orders rows: split, then line in the split.
 *
 * <pre>
 * 63 62            24 23        0
 * +-+-----------------+-----------+
 * |0| split           | line      |
 * +-+-----------------+-----------+
 * </pre>
 *
 * <p>Negative for {@link #BASE} alone, so the difference of two positions does not overflow.
 */
public final class RowPosition {
  private static final int LINE_BITS = 24;

  /** The position of each entry of a build's base: before all rows. */
  static final long BASE = -1;

  /** The highest line of a row in its split. */
  static final int MAX_LINE = (1 << LINE_BITS) - 1;

  /** The highest number of a split: an index of {@link InputLedger}'s arrays. */
  static final int MAX_SPLIT = Integer.MAX_VALUE - 8;

  private RowPosition() {}

  /** {@link RowSpooler} has checked that both are within their limits. */
  static long of(long split, int line) {
    return split << LINE_BITS | line;
  }

  static int split(long position) {
    return Math.toIntExact(position >>> LINE_BITS);
  }

  static int line(long position) {
    return (int) (position & MAX_LINE);
  }

  /** Whether it is that of an entry of the base, of which an ID has one at most. */
  public static boolean isBase(long position) {
    return position < 0;
  }
}
