package dev.almanac.build.choice;

import dev.almanac.build.BuildException;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one partition from the spool and gives each of its IDs with the date that is
 * chosen. For one thread, used for one partition after the other.
 *
 * <p>Memory is bounded. Rows that do not fit a {@link RowTable} are reduced to one for each ID and
 * date; if these do not fit either, the partition is read in parts, each of the IDs with some bits
 * of a hash. A part that is one ID has no more rows than there are dates, and those fit.
 *
 * <p>What counts as a duplicate or a conflict does not depend on the order of the rows: of the rows
 * of an ID with k rows and d distinct dates, k - d are duplicates and d - 1 are conflicts. An entry
 * of the build's base is not a row: against it, IDs are added, removed or changed.
 */
public final class RowPartition {
  private static final int MIN_TEXT_ROW_BYTES = RowBlock.TEXT_ROW_HEADER_BYTES + 1;

  /**
   * Heap for a byte of the spool: of numeric rows, and of text rows, whose bytes are held twice.
   */
  private static final int HEAP_BYTES_PER_BYTE =
      RowTable.HEAP_BYTES_PER_ROW / RowBlock.NUMERIC_ROW_BYTES;

  private static final int HEAP_BYTES_PER_TEXT_BYTE =
      RowTable.HEAP_BYTES_PER_TEXT_ROW / MIN_TEXT_ROW_BYTES + 1 + 2;

  /** More than this would not fit an array. */
  private static final long MAX_BYTES = 1 << 30;

  private final Spool spool;
  private final long heapBytes;
  private final boolean givesNoDates;
  private final RowTable table;
  private final ByteBuffer block = RowBlock.newBlock();
  private long duplicateCount;
  private long leftOutCount;

  /**
   * @param spool has the partitions of {@link RowBlock}
   * @param policy which row of an ID wins
   * @param heapBytes how much memory to use, see {@link #heapBytes}
   * @param givesNoDates whether IDs for which "no date" is chosen are given too
   */
  public RowPartition(Spool spool, DuplicatePolicy policy, long heapBytes, boolean givesNoDates) {
    this.spool = spool;
    this.heapBytes = heapBytes;
    this.givesNoDates = givesNoDates;
    this.table = new RowTable(policy);
  }

  /** Heap with which a partition is read in one part, whatever its rows are. */
  public static long heapBytes(Spool spool, int partition) {
    return spool.bytes(partition) * heapBytesPerByte(isText(spool, partition));
  }

  private static int heapBytesPerByte(boolean text) {
    return text ? HEAP_BYTES_PER_TEXT_BYTE : HEAP_BYTES_PER_BYTE;
  }

  private static boolean isText(Spool spool, int partition) {
    return partition >= spool.partitionCount() / 2;
  }

  /**
   * Reads a partition and gives its IDs, each with the date number that the policy chooses. "No
   * date" is a date as far as the policy goes; an ID that it is chosen for is left out. Numbers
   * come in unsigned order, unless the partition is read in parts.
   */
  public void forEach(int partition, IdConsumer consumer) throws IOException {
    forEach(partition, new Part(0, 0), consumer);
  }

  /** The IDs whose hash has this value in its lowest bits. */
  private record Part(int bits, long value) {
    boolean has(long key) {
      return bits == 0 || (Xxh64.hash(key) ^ value) << Long.SIZE - bits == 0;
    }
  }

  private void forEach(int partition, Part part, IdConsumer consumer) throws IOException {
    if (load(partition, part)) {
      leftOutCount += table.forEachId(givesNoDates, consumer);
    } else if (part.bits < Long.SIZE) {
      forEach(partition, new Part(part.bits + 1, part.value), consumer);
      forEach(partition, new Part(part.bits + 1, part.value | 1L << part.bits), consumer);
    } else {
      throw new BuildException(
          String.format(
              "the dates of one ID, or of text IDs that have one hash, must fit the heap: rows=%s"
                  + " heapBytes=%s",
              table.count(), heapBytes));
    }
  }

  /** Reads a part; false if it does not fit. */
  private boolean load(int partition, Part part) throws IOException {
    boolean text = isText(spool, partition);
    long bytes =
        Math.min(spool.bytes(partition), Math.min(MAX_BYTES, heapBytes / heapBytesPerByte(text)));
    int rowBytes = text ? MIN_TEXT_ROW_BYTES : RowBlock.NUMERIC_ROW_BYTES;
    // At most MAX_BYTES. A row that fits nothing else must fit here.
    table.clear(
        text,
        Math.max(1 << 10, (int) (bytes / rowBytes)),
        text ? Math.max(1 << 16, (int) bytes) : 0);
    long rowCount = 0;
    for (int b = 0; b < spool.blockCount(partition); b++) {
      spool.read(partition, b, block);
      long loaded = text ? addTexts(part) : addNumbers(part);
      if (loaded < 0) {
        return false;
      }
      rowCount += loaded;
    }
    table.reduce();
    duplicateCount += rowCount - table.count();
    return true;
  }

  /** Adds the rows of a block; returns how many, or -1 if they do not fit. */
  private long addNumbers(Part part) {
    long positionBase = block.getLong(0);
    long added = 0;
    for (int at = RowBlock.HEADER_BYTES; at < block.limit(); at += RowBlock.NUMERIC_ROW_BYTES) {
      long id = block.getLong(at);
      if (part.has(id)) {
        if (!table.hasRoom(0)) {
          return -1;
        }
        long packed = block.getLong(at + Long.BYTES);
        table.add(id, RowBlock.date(packed), positionBase + RowBlock.positionOffset(packed));
        added++;
      }
    }
    return added;
  }

  private long addTexts(Part part) {
    long positionBase = block.getLong(0);
    long added = 0;
    for (int at = RowBlock.HEADER_BYTES; at < block.limit(); ) {
      int textBytes = Short.BYTES + block.getShort(at + Long.BYTES);
      if (!table.hasRoom(textBytes)) {
        return -1;
      }
      long hash = table.copyText(block, at + Long.BYTES, textBytes);
      if (part.has(hash)) {
        long packed = block.getLong(at);
        table.addText(
            hash, RowBlock.date(packed), positionBase + RowBlock.positionOffset(packed), textBytes);
        added++;
      }
      at += Long.BYTES + textBytes;
    }
    return added;
  }

  public ChoiceCounts choices() {
    DuplicateChoice choice = table.choice();
    return new ChoiceCounts(duplicateCount, choice.conflictCount(), leftOutCount, choice.changes());
  }

  /** See {@link DuplicateChoice#firstConflict}. */
  public DuplicateChoice.@Nullable Conflict firstConflict() {
    return table.choice().firstConflict();
  }
}
