package dev.almanac.build.rows;

import java.io.IOException;
import java.io.InputStream;

/**
 * Text whose lines end in LF: as it is if it has an LF, else with an LF for each CR. Whether it
 * has, the beginning says, and only that is held back: at most until the first LF, and only if a CR
 * came before it.
 */
final class LineEnds extends BlockInputStream {
  /** If the first line has a CR and is longer than this, lines end in CR. */
  private static final int HELD_BYTES = 1 << 16;

  private final InputStream in;
  private boolean known;
  private boolean returns;
  private byte[] held = {};
  private int heldFrom;
  private int heldTo;

  LineEnds(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    int read;
    if (heldFrom < heldTo) {
      read = Math.min(count, heldTo - heldFrom);
      System.arraycopy(held, heldFrom, bytes, offset, read);
      heldFrom += read;
    } else {
      held = new byte[0];
      read = in.read(bytes, offset, count);
      if (!known && read > 0) {
        known = contains(bytes, offset, offset + read, '\n');
        if (!known && contains(bytes, offset, offset + read, '\r')) {
          hold(bytes, offset, read);
          return read(bytes, offset, count);
        }
      }
    }
    if (returns) {
      for (int i = offset; i < offset + read; i++) {
        bytes[i] = bytes[i] == '\r' ? (byte) '\n' : bytes[i];
      }
    }
    return read;
  }

  /** Reads on until an LF comes, or it is plain that none does. */
  private void hold(byte[] bytes, int offset, int count) throws IOException {
    held = new byte[Math.max(HELD_BYTES, count)];
    System.arraycopy(bytes, offset, held, 0, count);
    heldFrom = 0;
    heldTo = count;
    known = true;
    returns = true;
    while (returns && heldTo < held.length) {
      int read = in.read(held, heldTo, held.length - heldTo);
      if (read < 0) {
        return;
      }
      returns = !contains(held, heldTo, heldTo + read, '\n');
      heldTo += read;
    }
  }

  private static boolean contains(byte[] bytes, int from, int to, char wanted) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
