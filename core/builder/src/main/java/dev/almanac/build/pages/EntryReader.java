package dev.almanac.build.pages;

import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Xxh64;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/**
 * Walks the entries of a block of the entries spool where they lie. For one thread, used for one
 * block after the other.
 */
final class EntryReader {
  private final Spool spool;
  private final boolean text;
  private final int codeBytes;
  private final int pageEntryBytes;
  private final byte[] id = new byte[2048];

  /** From {@link #open} on. */
  @SuppressWarnings("NullAway.Init")
  private MappedByteBuffer window;

  private int blockStart;
  private int blockEnd;
  private int at;
  private int size;
  private long hash;

  /** {@code pageEntryBytes} is the size of every entry of a numeric file. */
  EntryReader(Spool spool, boolean text, int codeBytes, int pageEntryBytes) {
    this.spool = spool;
    this.text = text;
    this.codeBytes = codeBytes;
    this.pageEntryBytes = pageEntryBytes;
  }

  void open(int partition, int block) {
    long offset = spool.blockOffset(partition, block);
    window = spool.window(offset);
    blockStart = Spool.offsetInWindow(offset);
    blockEnd = blockStart + spool.blockBytes(partition, block);
    at = blockStart;
    size = 0;
  }

  /** Moves to the next entry of the block; false after the last. */
  boolean next() {
    at += size;
    if (at >= blockEnd) {
      return false;
    }
    if (text) {
      int length = idLength(window, at);
      int idAt = at + lengthBytes(length);
      window.get(idAt, id, 0, length);
      hash = Xxh64.hash(id, 0, length);
      size = idAt + length + codeBytes - at;
    } else {
      hash = Xxh64.hash(window.getLong(at));
      size = pageEntryBytes;
    }
    return true;
  }

  /** Hash of the entry's key. */
  long hash() {
    return hash;
  }

  /** Size of the entry. */
  int bytes() {
    return size;
  }

  /** Where the entry begins in its block. */
  int offsetInBlock() {
    return at - blockStart;
  }

  /** Copies an entry of this size; most are a number and a code, 9 to 12 bytes. */
  void copy(MappedByteBuffer entries, int offset, int bytes, ByteBuffer to) {
    if (!text && bytes == Long.BYTES + codeBytes) {
      to.putLong(entries.getLong(offset));
      switch (codeBytes) {
        case 1:
          to.put(entries.get(offset + Long.BYTES));
          break;
        case 2:
          to.putShort(entries.getShort(offset + Long.BYTES));
          break;
        default:
          to.putInt(entries.getInt(offset + Long.BYTES));
          break;
      }
    } else {
      to.put(to.position(), entries, offset, bytes).position(to.position() + bytes);
    }
  }

  /** Whether every entry is of the size that {@link #bytesAt} would find. */
  boolean isConstantSize() {
    return !text;
  }

  /** Size of the entry at an offset of a mapping. */
  int bytesAt(MappedByteBuffer entries, int offset) {
    if (!text) {
      return pageEntryBytes;
    }
    int length = idLength(entries, offset);
    return lengthBytes(length) + length + codeBytes;
  }

  /** Orders two entries by their IDs: numbers by value, texts by their bytes, unsigned. */
  int compareIds(MappedByteBuffer a, int offsetA, MappedByteBuffer b, int offsetB) {
    if (!text) {
      return Long.compare(a.getLong(offsetA), b.getLong(offsetB));
    }
    int lengthA = idLength(a, offsetA);
    int lengthB = idLength(b, offsetB);
    int idA = offsetA + lengthBytes(lengthA);
    int idB = offsetB + lengthBytes(lengthB);
    for (int i = 0; i < Math.min(lengthA, lengthB); i++) {
      int difference = (a.get(idA + i) & 0xFF) - (b.get(idB + i) & 0xFF);
      if (difference != 0) {
        return difference;
      }
    }
    return lengthA - lengthB;
  }

  private static int lengthBytes(int length) {
    return length < 0x80 ? 1 : 2;
  }

  private static int idLength(MappedByteBuffer entries, int at) {
    int low = entries.get(at);
    return low >= 0 ? low : low & 0x7F | (entries.get(at + 1) & 0x7F) << 7;
  }
}
