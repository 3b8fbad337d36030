package dev.almanac.read;

import dev.almanac.format.Footer;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;

/** Walks the entries of a file of text IDs in its order. For one thread. */
public final class TextCursor {
  private final TextTable table;
  private final SealedFile file;
  private final int endSegment;
  private int segment;

  /** Once there is an entry, see {@link #next}. */
  @SuppressWarnings("NullAway.Init")
  private MappedByteBuffer region;

  private int nextEntry;
  private int entriesLeft;
  private final byte[] bytes = new byte[Footer.MAX_ID_BYTES];
  private int length;
  private int code;

  TextCursor(TextTable table) {
    this(table, 0, table.file.footer().geometry().segmentCount());
  }

  TextCursor(TextTable table, int fromSegment, int toSegment) {
    this.table = table;
    this.file = table.file;
    this.segment = fromSegment - 1;
    this.endSegment = toSegment;
  }

  /** Moves to the next entry; false behind the last. */
  public boolean next() {
    try {
      try {
        while (entriesLeft == 0) {
          file.checkSeal();
          if (++segment >= endSegment) {
            return false;
          }
          region = table.region(file.regions(), segment);
          nextEntry = table.tierOffset(segment) + table.entrySpaceOffset;
          entriesLeft = file.entryCount(segment);
        }
        entriesLeft--;
        read(nextEntry);
        file.checkSealAfterwards();
        return true;
      } catch (IndexOutOfBoundsException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private void read(int entry) {
    // Times 1, so that the compiler knows nothing of its range and keeps the bounds check behind:
    // where a read was skipped it can be any number.
    length = TextTable.lengthAt(region, entry) * file.one();
    int key = entry + (length < 0x80 ? 1 : 2);
    region.get(key, bytes, 0, length);
    code = table.codeAt(region, key + length);
    int entryBytes = key + length + table.codeBytes - entry;
    nextEntry = entry + (entryBytes + table.chunkBytes - 1) / table.chunkBytes * table.chunkBytes;
  }

  /** The ID of the current entry. */
  public String id() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** The date code of the current entry. */
  public int code() {
    return code;
  }

  /** The ID's bytes are the first {@link #idLength()} of these; they change with the next entry. */
  public byte[] idBytes() {
    return bytes;
  }

  /** How many bytes the current entry's ID takes. */
  public int idLength() {
    return length;
  }
}
