package dev.almanac.read;

import org.jspecify.annotations.Nullable;

/**
 * Walks the entries of a file of numbers, or of packed texts as numbers, in its order. Reads a
 * stretch of entries ahead, so that the error of a read that was skipped comes before the entries
 * are given away ({@link SealedFile#endBatch}). For one thread.
 */
public abstract class LongCursor {
  private static final int AHEAD = 256;

  private final SealedFile file;
  private final long[] ids = new long[AHEAD];
  private final int[] codes = new int[AHEAD];

  /** The low numbers of keys of more than 64 bits. */
  private final long @Nullable [] lows;

  private int ahead;
  private int current = -1;

  /** What {@link #advance} found. */
  long foundId;

  long foundLow;
  int foundCode;

  LongCursor(SealedFile file) {
    this(file, false);
  }

  LongCursor(SealedFile file, boolean wide) {
    this.file = file;
    this.lows = wide ? new long[AHEAD] : null;
  }

  /** Moves to the next entry; false after the last. */
  public final boolean next() {
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
    while (count < AHEAD && advance()) {
      ids[count] = foundId;
      codes[count] = foundCode;
      if (lows != null) {
        lows[count] = foundLow;
      }
      count++;
    }
    file.checkSealAfterwards();
    file.endBatch();
    ahead = count;
  }

  /**
   * Sets {@link #foundId}, {@link #foundCode} and, of wide keys, {@link #foundLow}, or returns
   * false. Looks at the seal now and then where it finds nothing for long.
   */
  abstract boolean advance();

  /** The ID of the current entry. */
  public final long id() {
    return ids[current];
  }

  /** The low number of the current entry; 0 unless keys have more than 64 bits. */
  final long low() {
    return lows == null ? 0 : lows[current];
  }

  /** The date code of the current entry. */
  public final int code() {
    return codes[current];
  }
}
