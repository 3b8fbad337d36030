package dev.almanac.read;

import java.nio.MappedByteBuffer;
import java.util.Objects;

/** Walks the entries of the Chronicle Map, segment after segment. */
final class EntriesTextCursor extends TextCursor {
  private static final int AHEAD = 64;

  private final EntriesTextTable table;
  private final SealedFile file;
  private final int endSegment;
  private int segment;

  /** Once there is an entry, see {@link #next}. */
  @SuppressWarnings("NullAway.Init")
  private MappedByteBuffer region;

  private int nextEntry;
  private int entriesLeft;
  private final int longestIdBytes;

  /** The IDs read ahead, each at its own multiple of {@link #longestIdBytes}. */
  private final byte[] ahead;

  private final int[] lengths = new int[AHEAD];
  private final int[] codes = new int[AHEAD];
  private int aheadCount;
  private int current = -1;

  EntriesTextCursor(EntriesTextTable table, int fromSegment, int toSegment) {
    this.table = table;
    this.file = table.file;
    this.segment = fromSegment - 1;
    this.endSegment = toSegment;
    this.longestIdBytes = file.footer().longestIdBytes();
    this.ahead = new byte[AHEAD * longestIdBytes];
  }

  @Override
  public boolean next() {
    try {
      try {
        if (++current >= aheadCount) {
          readAhead();
        } else {
          file.checkSeal();
        }
        return aheadCount > 0;
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private void readAhead() {
    current = 0;
    int count = 0;
    aheadCount = 0;
    while (count < AHEAD && (entriesLeft > 0 || nextSegment())) {
      entriesLeft--;
      read(nextEntry, count);
      count++;
    }
    file.checkSealAfterwards();
    file.endBatch();
    aheadCount = count;
  }

  private boolean nextSegment() {
    while (entriesLeft == 0) {
      file.checkSeal();
      if (++segment >= endSegment) {
        return false;
      }
      region = table.region(file.regions(), segment);
      nextEntry = table.tierOffset(segment) + table.entrySpaceOffset;
      entriesLeft = file.entryCount(segment);
    }
    return true;
  }

  private void read(int entry, int i) {
    // Times 1, so that the compiler knows nothing of its range and keeps the bounds check after:
    // where a read was skipped it can be any number.
    int length = EntriesTextTable.lengthAt(region, entry) * file.one();
    Objects.checkFromIndexSize(0, length, longestIdBytes);
    int key = entry + (length < 0x80 ? 1 : 2);
    region.get(key, ahead, i * longestIdBytes, length);
    lengths[i] = length;
    codes[i] = table.codeAt(region, key + length);
    int entryBytes = key + length + table.codeBytes - entry;
    nextEntry = entry + (entryBytes + table.chunkBytes - 1) / table.chunkBytes * table.chunkBytes;
  }

  @Override
  public int code() {
    return codes[current];
  }

  @Override
  public byte[] idBytes() {
    return ahead;
  }

  @Override
  public int idOffset() {
    return current * longestIdBytes;
  }

  @Override
  public int idLength() {
    return lengths[current];
  }
}
