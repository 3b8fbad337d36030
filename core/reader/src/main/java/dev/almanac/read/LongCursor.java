package dev.almanac.read;

import java.nio.MappedByteBuffer;

/**
 * Walks the entries of a numeric file in its order: segments, chunks, places in the page. Reads a
 * stretch of entries ahead, so that the error of a read that was skipped comes before the entries
 * are given away ({@link SealedFile#endBatch}). For one thread.
 */
public final class LongCursor {
  private static final int AHEAD = 256;

  private final LongTable table;
  private final SealedFile file;
  private final int endSegment;
  private final int pageCount;
  private int segment;

  /** Once there is a page, see {@link #nextPage}. */
  @SuppressWarnings("NullAway.Init")
  private MappedByteBuffer region;

  private int entry;
  private int entriesLeft;
  private long firstId;
  private int place;
  private final long[] ids = new long[AHEAD];
  private final int[] codes = new int[AHEAD];
  private int ahead;
  private int current = -1;

  LongCursor(LongTable table) {
    this(table, 0, table.file.footer().geometry().segmentCount());
  }

  LongCursor(LongTable table, int fromSegment, int toSegment) {
    this.table = table;
    this.file = table.file;
    this.segment = fromSegment - 1;
    this.endSegment = toSegment;
    this.pageCount = 1 << table.pageBits();
    this.place = pageCount;
  }

  /** Moves to the next entry; false after the last. */
  public boolean next() {
    try {
      try {
        if (++current >= ahead) {
          readAhead();
        } else {
          file.checkSeal();
        }
        return ahead > 0;
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
    ahead = 0;
    while (count < AHEAD && (place < pageCount || nextPage())) {
      int found = table.codeAt(region, entry + Long.BYTES + place * table.codeBytes);
      if (found >= 0) {
        ids[count] = firstId + place;
        codes[count] = found;
        count++;
      }
      place++;
    }
    file.checkSealAfterwards();
    file.endBatch();
    ahead = count;
  }

  private boolean nextPage() {
    entry += table.chunkBytes;
    while (entriesLeft == 0) {
      file.checkSeal();
      if (++segment >= endSegment) {
        return false;
      }
      region = table.region(file.regions(), segment);
      entry = table.tierOffset(segment) + table.entrySpaceOffset;
      entriesLeft = file.entryCount(segment);
    }
    entriesLeft--;
    firstId = region.getLong(entry) << table.pageBits();
    place = 0;
    return true;
  }

  /** The ID of the current entry. */
  public long id() {
    return ids[current];
  }

  /** The date code of the current entry. */
  public int code() {
    return codes[current];
  }
}
