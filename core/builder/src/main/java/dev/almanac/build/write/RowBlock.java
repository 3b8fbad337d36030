package dev.almanac.build.write;

/**
 * The rows spool: what a block of it looks like. Numeric and text IDs have a spool each.
 *
 * <pre>
 * numeric                               text
 * +------------------------------+ 0    +------------------------------+ 0
 * | ordinal that offsets count   |      | ordinal that offsets count   |
 * | from                     i64 |      | from                     i64 |
 * +------------------------------+ 8    +------------------------------+ 8
 * | n, rows of the block     i64 |      | n, rows of the block     i64 |
 * +------------------------------+ 16   +------------------------------+ 16
 * | n rows:                      |      | n rows:                      |
 * |   ID                    i64  |      |   ordinal offset        u32  |
 * |   ordinal offset        u32  |      |   date number           i32  |
 * |   date number           i32  |      |   ID length             u16  |
 * +------------------------------+      |   ID                         |
 *                                       +------------------------------+
 * </pre>
 *
 * <p>An ordinal offset holds up to 256 splits, so that a numeric row takes 16 bytes, two longs.
 * They wait for their block as two neighbours of one array, since each partition is a stream of
 * writes of its own: three arrays would be three times as many, more than the processor keeps
 * addresses for.
 */
final class RowBlock {
  static final int HEADER_BYTES = 2 * Long.BYTES;
  static final int NUMERIC_ROW_LONGS = 2;
  static final int NUMERIC_ROW_BYTES = NUMERIC_ROW_LONGS * Long.BYTES;
  static final int TEXT_ROW_HEADER_BYTES = Integer.BYTES + Integer.BYTES + Short.BYTES;
  static final long ORDINAL_RANGE = 1L << 32;

  private RowBlock() {}

  /** The second long of a numeric row. */
  static long pack(int date, long ordinalOffset) {
    return (long) date << 32 | ordinalOffset;
  }

  static int date(long packed) {
    return (int) (packed >>> 32);
  }

  static long ordinalOffset(long packed) {
    return packed & 0xFFFFFFFFL;
  }
}
