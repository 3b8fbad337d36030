package dev.almanac.read;

/**
 * Walks the entries of a file of numbers, or of packed texts as numbers, in its order. Reads a
 * stretch of entries ahead, so that the error of a read that was skipped comes before the entries
 * are given away ({@link SealedFile#endBatch}). For one thread.
 */
public abstract class LongCursor {
  static final int AHEAD = 256;

  private final SealedFile file;
  final long[] ids = new long[AHEAD];
  final int[] codes = new int[AHEAD];

  /** The low numbers of keys of more than 64 bits; else empty. */
  final long[] lows;

  private int ahead;
  private int current = -1;

  LongCursor(SealedFile file) {
    this(file, false);
  }

  LongCursor(SealedFile file, boolean wide) {
    this.file = file;
    this.lows = wide ? new long[AHEAD] : new long[0];
  }

  /** Moves to the next entry; false after the last. */
  public final boolean next() {
    return moveTo(current + 1);
  }

  /** Takes the entries of a walk. */
  @FunctionalInterface
  public interface Visitor {
    /** Takes one entry: an ID and its date code. */
    void visit(long id, int code);
  }

  /** Gives the entries after those that were read ahead to a visitor, if a range has their code. */
  public final void forEach(int firstCode, int lastCode, Visitor visitor) {
    while (moveTo(ahead)) {
      for (int i = 0; i < ahead; i++) {
        if (codes[i] >= firstCode && codes[i] <= lastCode) {
          visitor.visit(ids[i], codes[i]);
        }
      }
    }
  }

  private boolean moveTo(int index) {
    try {
      try {
        if (index < ahead) {
          current = index;
          file.checkSeal();
        } else {
          readAhead();
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
    ahead = 0;
    int count = fill();
    file.checkSealAfterwards();
    file.endBatch();
    ahead = count;
  }

  /**
   * Puts the next entries into the arrays, from index 0 on, and returns how many; 0 after the last.
   * Looks at the seal now and then where it finds nothing for long.
   */
  abstract int fill();

  /** The ID of the current entry. */
  public final long id() {
    return ids[current];
  }

  /** The low number of the current entry; 0 unless keys have more than 64 bits. */
  final long low() {
    return lows.length == 0 ? 0 : lows[current];
  }

  /** The date code of the current entry. */
  public final int code() {
    return codes[current];
  }
}
