package dev.almanac.build.choice;

import dev.almanac.format.DictionarySection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The rows spool: what a block of it looks like. Its partitions come in two halves, first those of
 * numeric rows, then those of text rows.
 *
 * <pre>
 * numeric                               text
 * +------------------------------+ 0    +------------------------------+ 0
 * | position that offsets count  |      | position that offsets count  |
 * | from                     i64 |      | from                     i64 |
 * +------------------------------+ 8    +------------------------------+ 8
 * | n, rows of the block     i64 |      | n, rows of the block     i64 |
 * +------------------------------+ 16   +------------------------------+ 16
 * | n rows:                      |      | n rows:                      |
 * |   ID                    i64  |      |   date and offset       i64  |
 * |   date and offset       i64  |      |   ID length             u16  |
 * +------------------------------+      |   ID                         |
 *                                       +------------------------------+
 *
 * date and offset
 * 63           36 35                   0
 * +--------------+----------------------+
 * | date number  | position offset      |
 * +--------------+----------------------+
 * </pre>
 *
 * <p>A position offset spans 4,096 splits. A row whose position lies before the block's base or
 * beyond that span begins a new block, so that a numeric row takes 16 bytes, two longs, and no
 * position is ever cut. The rows wait for their block as two neighbours of one array, since each
 * partition is a separate stream of writes: three arrays would be three times as many streams, more
 * than the processor keeps addresses for.
 */
public final class RowBlock {
  public static final int HEADER_BYTES = 2 * Long.BYTES;
  static final int NUMERIC_ROW_LONGS = 2;
  static final int NUMERIC_ROW_BYTES = NUMERIC_ROW_LONGS * Long.BYTES;
  static final int TEXT_ROW_HEADER_BYTES = Long.BYTES + Short.BYTES;

  private static final int MAX_BYTES = 1 << 16;
  private static final int OFFSET_BITS = 36;
  private static final int DATE_BITS = Long.SIZE - OFFSET_BITS;

  static {
    if (DictionarySection.MAX_DATE_COUNT > 1 << DATE_BITS) {
      throw new AssertionError("a date number must fit its bits");
    }
  }

  private RowBlock() {}

  /** A buffer that holds any block. */
  public static ByteBuffer newBlock() {
    return ByteBuffer.allocateDirect(MAX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether a row at {@code position} can stand in a block whose offsets count from a base. */
  static boolean spans(long positionBase, long position) {
    return position - positionBase >>> OFFSET_BITS == 0;
  }

  /**
   * The date number and the offset of a row in one long.
   *
   * @throws IllegalArgumentException if one of them needs more bits than it has, so that it would
   *     be cut
   */
  static long pack(int date, long positionOffset) {
    if ((positionOffset >>> OFFSET_BITS | date >>> DATE_BITS) != 0) {
      throw new IllegalArgumentException(
          String.format(
              "a row's date and position must fit its block: date=%s positionOffset=%s",
              date, positionOffset));
    }
    return (long) date << OFFSET_BITS | positionOffset;
  }

  static int date(long packed) {
    return (int) (packed >>> OFFSET_BITS);
  }

  static long positionOffset(long packed) {
    return packed & (1L << OFFSET_BITS) - 1;
  }
}
