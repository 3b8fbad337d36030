package dev.almanac.build;

/**
 * The rows spool: what a block of it looks like. Numeric and text IDs have a spool each.
 *
 * <pre>
 * numeric                               text
 * +------------------------------+ 0    +------------------------------+ 0
 * | ordinal that offsets count   |      | ordinal that offsets count   |
 * | from                     i64 |      | from                     i64 |
 * +------------------------------+ 8    +------------------------------+ 8
 * | n, rows of the block     i32 |      | n, rows of the block     i32 |
 * +------------------------------+ 12   +------------------------------+ 12
 * | IDs                  n x i64 |      | n rows:                      |
 * +------------------------------+      |   ordinal offset        u32  |
 * | date numbers         n x i32 |      |   date number           i32  |
 * +------------------------------+      |   ID length             u16  |
 * | ordinal offsets      n x u32 |      |   ID                         |
 * +------------------------------+      +------------------------------+
 * </pre>
 *
 * <p>An ordinal offset holds up to 256 stretches, so that a row takes 16 bytes and not 20.
 */
final class RowBlock {
  static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  static final int NUMERIC_ROW_BYTES = Long.BYTES + Integer.BYTES + Integer.BYTES;
  static final int TEXT_ROW_HEADER_BYTES = Integer.BYTES + Integer.BYTES + Short.BYTES;
  static final long ORDINAL_RANGE = 1L << 32;

  private RowBlock() {}
}
