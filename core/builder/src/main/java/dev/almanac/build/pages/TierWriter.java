package dev.almanac.build.pages;

import dev.almanac.build.BuildException;
import dev.almanac.build.workspace.FileBytes;
import dev.almanac.build.workspace.RadixSort;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Writes whole tiers: the entries of a group of segments, sorted by segment and home slot, so that
 * a tier is written from its first byte to its last and no two builds of the same entries differ.
 * For one thread.
 *
 * <p>An entry that is inserted in the order of home slots lands at its home or right after the
 * entries of nearby homes, as linear probing would have it for any order; this order is the one
 * that leaves entries in the order of their slots.
 */
public final class TierWriter {
  private static final int OUT_BYTES = 1 << 20;

  private final Spool entries;
  private final int groupCount;
  private final EntryReader reader;
  private final StoreGeometry g;
  private final FileChannel file;
  private final ByteBuffer segmentHeaders;
  private final int positionBits;
  private final int restBits;
  private final int[] slots;
  private final int[] homeCounts;
  private final byte[] freeList;
  private final ByteBuffer out =
      ByteBuffer.allocateDirect(OUT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final RadixSort sort = new RadixSort();
  private long outOffset;

  // The entries of the group. A reference is the block's number and where in the block, in units of
  // an entry where all are of one size: long pages are few, and 2^16 blocks of them only 4 GiB.
  private final int unitBytes;
  private final int unitBits;
  private long[] sortKeys = {};
  private int[] references = {};
  private int count;
  private long[] blockOffsets = new long[64];
  private int blockCount;

  private int longestProbe;

  /**
   * @param shape what the file holds
   * @param groupCount segments fall into this many groups, by {@code segment % groupCount}
   * @param segmentHeaders the whole area of segment headers, which each writer fills for its
   *     segments
   */
  public TierWriter(
      Spool entries,
      Shape shape,
      int groupCount,
      StoreGeometry g,
      FileChannel file,
      ByteBuffer segmentHeaders) {
    this.entries = entries;
    this.reader = new EntryReader(entries, shape.text(), shape.codeBytes(), g.chunkBytes());
    this.groupCount = groupCount;
    this.g = g;
    this.file = file;
    this.segmentHeaders = segmentHeaders;
    // Chronicle never has fewer than 64 slots, but gives a store of a few long texts fewer key bits
    // than these take: then the upper slots are nobody's home.
    this.positionBits = Math.min(Integer.numberOfTrailingZeros(g.slotCount()), g.keyBits());
    this.restBits = g.keyBits() - positionBits;
    this.slots = new int[g.slotCount()];
    this.homeCounts = new int[g.slotCount()];
    this.unitBytes = reader.isConstantSize() ? g.chunkBytes() : 1;
    this.unitBits =
        Integer.SIZE - Integer.numberOfLeadingZeros((EntrySpooler.BLOCK_BYTES - 1) / unitBytes);
    this.freeList =
        new byte[g.entrySpaceOffset() - g.countersOffset() - StoreGeometry.COUNTERS_BYTES];
  }

  /** Memory of a writer for groups of this many entries, roughly: growing arrays and a sort's. */
  public static long bytes(long entriesPerGroup) {
    return 3 * (Long.BYTES + Integer.BYTES) * entriesPerGroup + OUT_BYTES;
  }

  /** Writes the tiers of the segments {@code group}, {@code group + groupCount}, and so on. */
  public void write(int group) throws IOException {
    index(group);
    sort.sort(sortKeys, references, count);
    long[] keys = sort.keys;
    int[] sorted = sort.payload;
    int at = 0;
    for (int segment = group; segment < g.segmentCount(); segment += groupCount) {
      long segmentInGroup = segment / groupCount;
      int to = at;
      while (to < count && keys[to] >>> 32 == segmentInGroup) {
        to++;
      }
      writeTier(segment, keys, sorted, at, to);
      at = to;
    }
    if (at != count) {
      throw new IllegalStateException(
          "every entry must have a segment: entryCount=" + count + " written=" + at);
    }
    sortKeys = keys;
    references = sorted;
  }

  /** Finds segment and home of every entry of a group, reading the entries where they lie. */
  private void index(int group) {
    count = 0;
    blockCount = 0;
    for (int p = group; p < entries.partitionCount(); p += groupCount) {
      for (int b = 0; b < entries.blockCount(p); b++) {
        if (blockCount == 1L << Integer.SIZE - unitBits) {
          throw new IllegalStateException(
              String.format(
                  "the entries of a group of segments must take at most 2^%s blocks: group=%s",
                  Integer.SIZE - unitBits, group));
        }
        if (blockCount == blockOffsets.length) {
          blockOffsets = Arrays.copyOf(blockOffsets, 2 * blockCount);
        }
        long offset = entries.blockOffset(p, b);
        blockOffsets[blockCount] = offset;
        reader.open(p, b);
        indexBlock();
        blockCount++;
      }
    }
  }

  private void indexBlock() {
    while (reader.next()) {
      if (count == sortKeys.length) {
        int capacity = Math.max(1 << 12, count + (count >> 1));
        sortKeys = Arrays.copyOf(sortKeys, capacity);
        references = Arrays.copyOf(references, capacity);
      }
      // The home, which is the low bits of the key, must weigh more than the rest of the key.
      int key = g.slotKey(reader.hash());
      int home = key & slots.length - 1;
      sortKeys[count] =
          (long) (g.segment(reader.hash()) / groupCount) << 32
              | (long) home << restBits
              | key >>> positionBits;
      references[count] = blockCount << unitBits | reader.offsetInBlock() / unitBytes;
      count++;
    }
  }

  private MappedByteBuffer window(int reference) {
    return entries.window(blockOffsets[reference >>> unitBits]);
  }

  private int offsetInWindow(int reference) {
    return Spool.offsetInWindow(blockOffsets[reference >>> unitBits])
        + (reference & (1 << unitBits) - 1) * unitBytes;
  }

  private void writeTier(int segment, long[] keys, int[] sorted, int from, int to)
      throws IOException {
    checkSpread(segment, keys, from, to);
    orderTies(keys, sorted, from, to);
    int chunkCount = fillSlots(keys, sorted, from, to);
    int header = segment * g.segmentHeaderBytes();
    segmentHeaders.putInt(header + 8, to - from);
    segmentHeaders.putInt(header + 12, chunkCount);
    outOffset = g.tierOffset(segment);
    for (int slot : slots) {
      reserve(Integer.BYTES);
      out.putInt(slot);
    }
    zeros(
        g.countersOffset()
            + StoreGeometry.COUNTERS_BYTES
            - slots.length * StoreGeometry.SLOT_BYTES);
    Arrays.fill(freeList, (byte) 0);
    Arrays.fill(freeList, 0, chunkCount / 8, (byte) 0xFF);
    if (chunkCount % 8 != 0) {
      freeList[chunkCount / 8] = (byte) ((1 << chunkCount % 8) - 1);
    }
    for (int done = 0; done < freeList.length; ) {
      reserve(1);
      int n = Math.min(out.remaining(), freeList.length - done);
      out.put(freeList, done, n);
      done += n;
    }
    for (int i = from; i < to; i++) {
      MappedByteBuffer window = window(sorted[i]);
      int at = offsetInWindow(sorted[i]);
      int size = reader.bytesAt(window, at);
      reserve(size + g.chunkBytes());
      reader.copy(window, at, size, out);
      if (size != g.chunkBytes()) {
        zeros((g.chunkBytes() - size % g.chunkBytes()) % g.chunkBytes());
      }
    }
    zeros(g.tierBytes() - g.entrySpaceOffset() - (long) chunkCount * g.chunkBytes());
    flush();
  }

  /** Comes before all work that entries of one home make quadratic. */
  private void checkSpread(int segment, long[] keys, int from, int to) throws BuildException {
    Arrays.fill(homeCounts, 0);
    for (int i = from; i < to; i++) {
      homeCounts[(int) keys[i] >>> restBits]++;
    }
    String fault = Spread.of(homeCounts).fault(to - from, homeCounts.length);
    if (fault != null) {
      throw new BuildException(fault + " segment=" + segment + " entryCount=" + (to - from));
    }
  }

  /** Entries whose home and key bits are the same come in the order of their IDs. */
  private void orderTies(long[] keys, int[] sorted, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int moved = sorted[i];
      int k = i;
      while (k > from && keys[k - 1] == keys[i] && compareIds(sorted[k - 1], moved) > 0) {
        sorted[k] = sorted[k - 1];
        k--;
      }
      sorted[k] = moved;
    }
  }

  private int compareIds(int a, int b) {
    return reader.compareIds(window(a), offsetInWindow(a), window(b), offsetInWindow(b));
  }

  /**
   * Inserts the entries into the hash lookup, in their order; returns how many chunks they take.
   */
  private int fillSlots(long[] keys, int[] sorted, int from, int to) {
    Arrays.fill(slots, 0);
    int restMask = (1 << restBits) - 1;
    int chunk = 0;
    for (int i = from; i < to; i++) {
      int low = (int) keys[i];
      int home = low >>> restBits;
      int position = home;
      int probe = 1;
      while (slots[position] != 0) {
        position = position + 1 & slots.length - 1;
        probe++;
      }
      slots[position] = (low & restMask) << positionBits | home | chunk << g.keyBits();
      longestProbe = Math.max(longestProbe, probe);
      chunk +=
          reader.isConstantSize()
              ? 1
              : (reader.bytesAt(window(sorted[i]), offsetInWindow(sorted[i])) + g.chunkBytes() - 1)
                  / g.chunkBytes();
    }
    return chunk;
  }

  private void reserve(int bytes) throws IOException {
    if (out.remaining() < bytes) {
      flush();
    }
  }

  private void zeros(long bytes) throws IOException {
    for (long left = bytes; left > 0; ) {
      reserve(1);
      int n = (int) Math.min(out.remaining(), left);
      for (int i = 0; i < n; i++) {
        out.put((byte) 0);
      }
      left -= n;
    }
  }

  private void flush() throws IOException {
    FileBytes.write(file, out.flip(), outOffset);
    outOffset += out.limit();
    out.clear();
  }

  /** The most slots that a lookup inspects, over all tiers that were written. */
  public int longestProbe() {
    return longestProbe;
  }
}
