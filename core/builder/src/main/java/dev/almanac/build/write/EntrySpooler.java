package dev.almanac.build.write;

import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Makes the entries of the Chronicle Map, byte for byte as they will lie in it, and writes them to
 * the entries spool, partitioned by the low bits of the segment number. For one thread.
 *
 * <p>A block of the spool is entries one after the other, at most 64 KiB. Which segment an entry
 * belongs to is known only when all are counted; but a number of segments that is a multiple of the
 * partitions leaves {@code segment % partitions} as it is.
 */
final class EntrySpooler {
  static final int BLOCK_BYTES = 1 << 16;

  private final Spool spool;
  private final int partitionMask;
  private final ByteBuffer[] blocks;
  private final int codeBytes;
  private final int pageBits;
  private final int[] codeOfNumber;
  private final PageCounts pageCounts = new PageCounts();
  private final Fingerprint fingerprint = new Fingerprint();

  // The page that is being filled.
  private final ByteBuffer page;
  private long pageKey;
  private boolean pageOpen;

  // Of text IDs: how many entries there are of each size, so that the chunk can be chosen.
  private final long[] entryCountBySize;
  private final ByteBuffer entry = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);

  private long idCount;
  private long entryCount;
  private long lowestId = Long.MAX_VALUE;
  private long highestId = Long.MIN_VALUE;
  private int longestIdBytes;

  EntrySpooler(Spool spool, Shape shape, int[] codeOfNumber) {
    this.spool = spool;
    this.partitionMask = spool.partitionCount() - 1;
    this.blocks = new ByteBuffer[spool.partitionCount()];
    this.codeBytes = shape.codeBytes();
    this.pageBits = shape.pageBits();
    this.codeOfNumber = codeOfNumber;
    this.page = ByteBuffer.allocate(shape.pageEntryBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.entryCountBySize = new long[2048];
  }

  void beginPartition() {
    pageCounts.beginPartition();
  }

  /** One distinct numeric ID; they come in unsigned order. */
  void add(long id, int dateNumber) throws IOException {
    int code = codeOfNumber[dateNumber];
    idCount++;
    lowestId = Math.min(lowestId, id);
    highestId = Math.max(highestId, id);
    pageCounts.add(id);
    fingerprint.add(id, code);
    long key = id >> pageBits;
    if (!pageOpen || key != pageKey) {
      endPage();
      pageOpen = true;
      pageKey = key;
      page.putLong(0, key);
      if (pageBits > 0) {
        Arrays.fill(page.array(), Long.BYTES, page.capacity(), (byte) 0xFF);
      }
    }
    putCode(page, Long.BYTES + ((int) id & (1 << pageBits) - 1) * codeBytes, code);
  }

  private void endPage() throws IOException {
    if (pageOpen) {
      pageOpen = false;
      write(Xxh64.hash(pageKey), page.array(), page.capacity());
    }
  }

  /** One distinct text ID. */
  void add(long hash, byte[] bytes, int from, int length, int dateNumber) throws IOException {
    int code = codeOfNumber[dateNumber];
    idCount++;
    longestIdBytes = Math.max(longestIdBytes, length);
    fingerprint.add(hash, code);
    entry.clear();
    // Chronicle's stop-bit encoding of a length: seven bits a byte, low first, the high bit says
    // that more follow.
    if (length < 0x80) {
      entry.put((byte) length);
    } else {
      entry.put((byte) (length & 0x7F | 0x80)).put((byte) (length >> 7));
    }
    entry.put(bytes, from, length);
    putCode(entry, entry.position(), code);
    int size = entry.position() + codeBytes;
    entryCountBySize[size]++;
    write(hash, entry.array(), size);
  }

  private void putCode(ByteBuffer into, int at, int code) {
    switch (codeBytes) {
      case 1:
        into.put(at, (byte) code);
        break;
      case 2:
        into.putShort(at, (short) code);
        break;
      default:
        into.putInt(at, code);
        break;
    }
  }

  private void write(long hash, byte[] bytes, int length) throws IOException {
    entryCount++;
    int partition = (int) hash & partitionMask;
    ByteBuffer block = blocks[partition];
    if (block == null) {
      block = ByteBuffer.allocateDirect(BLOCK_BYTES);
      blocks[partition] = block;
    }
    if (block.remaining() < length) {
      spool.append(partition, block.flip());
      block.clear();
    }
    block.put(bytes, 0, length);
  }

  /**
   * Ends the last page, where no partition follows, or the next one begins with another page
   * anyway.
   */
  void endPartition() throws IOException {
    endPage();
  }

  /** Writes what waits. */
  void flush() throws IOException {
    for (int partition = 0; partition < blocks.length; partition++) {
      if (blocks[partition] != null && blocks[partition].position() > 0) {
        spool.append(partition, blocks[partition].flip());
        blocks[partition].clear();
      }
    }
  }

  /** What the entries of all threads come to. */
  static final class Totals {
    final PageCounts pageCounts = new PageCounts();
    final Fingerprint fingerprint = new Fingerprint();
    final long[] entryCountBySize = new long[2048];
    long idCount;
    long entryCount;
    long lowestId = Long.MAX_VALUE;
    long highestId = Long.MIN_VALUE;
    int longestIdBytes;

    void add(EntrySpooler s) {
      pageCounts.add(s.pageCounts);
      fingerprint.add(s.fingerprint);
      for (int i = 0; i < entryCountBySize.length; i++) {
        entryCountBySize[i] += s.entryCountBySize[i];
      }
      idCount += s.idCount;
      entryCount += s.entryCount;
      lowestId = Math.min(lowestId, s.lowestId);
      highestId = Math.max(highestId, s.highestId);
      longestIdBytes = Math.max(longestIdBytes, s.longestIdBytes);
    }
  }
}
