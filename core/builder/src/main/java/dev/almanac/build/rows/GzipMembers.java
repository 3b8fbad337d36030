package dev.almanac.build.rows;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The content of all members of a gzip file (RFC 1952), one after the other; zeros after the last,
 * as tapes leave them, are skipped.
 *
 * <p>{@code GZIPInputStream} is not used: whether another member follows, it asks {@code
 * available()}, which may say 0 in the middle of a pipe, and it takes any trouble with the next
 * member's header, an I/O error too, for the end of the file. Either would drop rows without a
 * word.
 */
final class GzipMembers extends BlockInputStream {
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;
  private static final int DEFLATE = 8;

  private final InputStream in;
  private final String name;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] compressed = new byte[1 << 16];
  private int from;
  private int to;
  private boolean ended;

  /** Takes the first member's header from {@code in}. */
  GzipMembers(InputStream in, String name) throws IOException {
    this.in = in;
    this.name = name;
    try {
      header();
    } catch (IOException | RuntimeException e) {
      inflater.end();
      throw e;
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    while (!ended) {
      int inflated;
      try {
        inflated = inflater.inflate(bytes, offset, count);
      } catch (DataFormatException e) {
        throw broken(String.valueOf(e.getMessage()), e);
      }
      if (inflated > 0) {
        crc.update(bytes, offset, inflated);
        return inflated;
      }
      if (inflater.finished()) {
        from = to - inflater.getRemaining();
        trailer();
        ended = !nextHeader();
      } else {
        fill();
        inflater.setInput(compressed, 0, to);
      }
    }
    return -1;
  }

  private boolean nextHeader() throws IOException {
    int first = next();
    while (first == 0) {
      first = next();
    }
    if (first < 0) {
      return false;
    }
    from--;
    header();
    return true;
  }

  private void header() throws IOException {
    if (required() != 0x1f || required() != 0x8b) {
      throw broken("found=bytes that begin no member", null);
    }
    int method = required();
    int flags = required();
    if (method != DEFLATE || (flags & FLAGS_RESERVED) != 0) {
      throw broken(
          "method=" + method + " flags=" + flags + " expected=" + DEFLATE + " and flags below 32",
          null);
    }
    skip(6); // time, extra flags, system
    if ((flags & FLAG_EXTRA) != 0) {
      skip(required() | required() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipText();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    inflater.setInput(compressed, from, to - from);
  }

  private void trailer() throws IOException {
    long crcFound = word();
    long lengthFound = word();
    long length = inflater.getBytesWritten() & 0xffffffffL;
    if (crcFound != crc.getValue() || lengthFound != length) {
      throw broken(
          String.format(
              "crc=%s expected=%s length=%s expected=%s",
              Long.toHexString(crc.getValue()), Long.toHexString(crcFound), length, lengthFound),
          null);
    }
  }

  private long word() throws IOException {
    return required() | required() << 8 | required() << 16 | (long) required() << 24;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      required();
    }
  }

  private void skipText() throws IOException {
    while (required() != 0) {}
  }

  private int required() throws IOException {
    if (from == to) {
      fill();
    }
    return compressed[from++] & 0xff;
  }

  /** The next stored byte, or -1 after the last. */
  private int next() throws IOException {
    if (from == to && !more()) {
      return -1;
    }
    return compressed[from++] & 0xff;
  }

  private void fill() throws IOException {
    if (!more()) {
      throw new EOFException("a gzip member must be whole: found=end of file, file=" + name);
    }
  }

  private boolean more() throws IOException {
    from = 0;
    to = readSome(in, compressed);
    return to > 0;
  }

  private IOException broken(String found, @Nullable Throwable cause) {
    return new IOException(
        "a gzip file must consist of sound members: " + found + ", file=" + name, cause);
  }

  @Override
  public void close() throws IOException {
    ended = true;
    inflater.end();
    in.close();
  }
}
