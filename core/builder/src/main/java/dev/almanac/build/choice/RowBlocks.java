package dev.almanac.build.choice;

import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes the rows of one thread to the rows spool in blocks, partitioned so that all rows of an ID,
 * and of a page of IDs whatever its size will be, meet in one partition.
 */
final class RowBlocks {
  private static final int NEIGHBOUR_BITS = 12;

  private final Spool spool;
  private final int partitionCount;
  private final int partitionShift;
  private final int blockBytes;

  /** Numeric rows of a block. */
  private final int blockRows;

  private final ByteBuffer block;

  // Numeric rows waiting for their block, partition by partition, blockRows each.
  private long[] rows = {};
  private final int[] counts;
  private final long[] positionBases;

  // Text rows likewise, as the bytes of the block itself.
  private final ByteBuffer[] textBlocks;
  private final int[] textCounts;
  private final long[] textPositionBases;

  /**
   * @param spool has an even number of partitions, see {@link RowBlock}
   * @param blockBytes the size of a block
   */
  RowBlocks(Spool spool, int blockBytes) {
    this.spool = spool;
    this.partitionCount = spool.partitionCount() / 2;
    this.partitionShift = Long.SIZE - Integer.numberOfTrailingZeros(partitionCount);
    this.blockBytes = blockBytes;
    this.blockRows = (blockBytes - RowBlock.HEADER_BYTES) / RowBlock.NUMERIC_ROW_BYTES;
    this.block = ByteBuffer.allocateDirect(blockBytes).order(ByteOrder.LITTLE_ENDIAN);
    this.counts = new int[partitionCount];
    this.positionBases = new long[partitionCount];
    this.textBlocks = new ByteBuffer[partitionCount];
    this.textCounts = new int[partitionCount];
    this.textPositionBases = new long[partitionCount];
  }

  /** Adds a row whose ID is a number. */
  void add(long id, int date, long position) throws IOException {
    // Neighbours together, since the pages of dense IDs take them so.
    int partition = (int) ((id >> NEIGHBOUR_BITS) * 0x9E3779B97F4A7C15L >>> partitionShift);
    int count = counts[partition];
    if (count > 0 && !RowBlock.spans(positionBases[partition], position)) {
      flush(partition);
      count = 0;
    }
    if (count == 0) {
      positionBases[partition] = position;
      if (rows.length == 0) {
        rows = new long[partitionCount * blockRows * RowBlock.NUMERIC_ROW_LONGS];
      }
    }
    int at = (partition * blockRows + count) * RowBlock.NUMERIC_ROW_LONGS;
    rows[at] = id;
    rows[at + 1] = RowBlock.pack(date, position - positionBases[partition]);
    counts[partition] = count + 1;
    if (count + 1 == blockRows) {
      flush(partition);
    }
  }

  private void flush(int partition) throws IOException {
    int longs = counts[partition] * RowBlock.NUMERIC_ROW_LONGS;
    block.clear().putLong(positionBases[partition]).putLong(counts[partition]);
    block.asLongBuffer().put(rows, partition * blockRows * RowBlock.NUMERIC_ROW_LONGS, longs);
    spool.append(partition, block.position(0).limit(RowBlock.HEADER_BYTES + longs * Long.BYTES));
    counts[partition] = 0;
  }

  /** Adds a row whose ID is a text, of {@code length} bytes at {@code from}. */
  void add(byte[] bytes, int from, int length, int date, long position) throws IOException {
    // High bits of the hash: the low ones choose the segment, and a partition of rows must spread
    // over all groups of segments.
    long hash = Xxh64.hash(bytes, from, length);
    int partition = (int) (hash >>> partitionShift);
    ByteBuffer text = textBlocks[partition];
    if (text == null) {
      text = ByteBuffer.allocate(blockBytes).order(ByteOrder.LITTLE_ENDIAN);
      textBlocks[partition] = text;
    }
    int count = textCounts[partition];
    if (count > 0
        && (text.remaining() < RowBlock.TEXT_ROW_HEADER_BYTES + length
            || !RowBlock.spans(textPositionBases[partition], position))) {
      flushText(partition);
      count = 0;
    }
    if (count == 0) {
      textPositionBases[partition] = position;
      text.clear().position(RowBlock.HEADER_BYTES);
    }
    // A length is at most Footer.MAX_ID_BYTES, see RowSpooler.
    text.putLong(RowBlock.pack(date, position - textPositionBases[partition]))
        .putShort((short) length)
        .put(bytes, from, length);
    textCounts[partition] = count + 1;
  }

  private void flushText(int partition) throws IOException {
    ByteBuffer text = textBlocks[partition];
    text.putLong(0, textPositionBases[partition]).putLong(Long.BYTES, textCounts[partition]).flip();
    block.clear().put(text).flip();
    spool.append(partitionCount + partition, block);
    textCounts[partition] = 0;
  }

  /** Writes what waits. */
  void flush() throws IOException {
    for (int partition = 0; partition < partitionCount; partition++) {
      if (counts[partition] > 0) {
        flush(partition);
      }
      if (textCounts[partition] > 0) {
        flushText(partition);
      }
    }
  }
}
