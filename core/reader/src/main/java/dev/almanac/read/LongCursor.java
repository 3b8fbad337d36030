package dev.almanac.read;

import java.nio.MappedByteBuffer;

/**
 * Walks the entries of a numeric file in its order: segments, chunks, places in the page. For one
 * thread.
 */
public final class LongCursor {
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
  private long id;
  private int code;

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

  /** Moves to the next entry; false behind the last. */
  public boolean next() {
    try {
      try {
        while (true) {
          while (place < pageCount) {
            int found = table.codeAt(region, entry + Long.BYTES + place * table.codeBytes);
            long foundId = firstId + place;
            place++;
            if (found >= 0) {
              file.checkSealAfter(found);
              id = foundId;
              code = found;
              return true;
            }
          }
          if (!nextPage()) {
            return false;
          }
        }
      } catch (IndexOutOfBoundsException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
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
    return id;
  }

  /** The date code of the current entry. */
  public int code() {
    return code;
  }
}
