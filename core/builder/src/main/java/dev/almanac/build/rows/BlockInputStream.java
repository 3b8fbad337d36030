package dev.almanac.build.rows;

import java.io.IOException;
import java.io.InputStream;

/** A stream that is read in blocks; a single byte is a block of one. */
abstract class BlockInputStream extends InputStream {
  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return readSome(this, one) == 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] bytes, int offset, int count) throws IOException;

  /** Fills a part of {@code bytes}; returns how much, and 0 only at the end of {@code in}. */
  static int readSome(InputStream in, byte[] bytes) throws IOException {
    int read;
    do {
      read = in.read(bytes, 0, bytes.length);
    } while (read == 0);
    return Math.max(0, read);
  }
}
