package dev.almanac.build.rows;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The text of an input: decompressed, if its first bytes say that it is compressed, and without a
 * byte order mark.
 */
final class Decoded {
  private static final int MAGIC_BYTES = 4;
  private static final int MARK_BYTES = 3;

  private Decoded() {}

  /**
   * Opens {@code input}.
   *
   * @param done grows by every byte taken from {@code input}, before decompression
   */
  static InputStream open(Input input, AtomicLong done) throws IOException {
    InputStream stored = new Counted(input.open(), done);
    try {
      PushbackInputStream peeked = new PushbackInputStream(stored, MAGIC_BYTES);
      byte[] magic = peek(peeked, MAGIC_BYTES);
      if (isCutMagic(magic)) {
        throw new IOException(
            "a compressed input must be whole: found=end of file in its first bytes, file="
                + input.name());
      }
      InputStream text = peeked;
      if (isGzip(magic)) {
        text = new GzipMembers(peeked, input.name());
      } else if (isZstd(magic)) {
        text = zstd(peeked, input.name());
      }
      PushbackInputStream unmarked = new PushbackInputStream(text, MARK_BYTES);
      byte[] mark = peek(unmarked, MARK_BYTES);
      if (mark.length == 3
          && mark[0] == (byte) 0xef
          && mark[1] == (byte) 0xbb
          && mark[2] == (byte) 0xbf) {
        unmarked.skipNBytes(MARK_BYTES);
      } else if (mark.length >= 2
          && (mark[0] & mark[1] & 0xff) == 0xfe
          && (mark[0] ^ mark[1]) == 1) {
        throw new IOException(
            "an input must be UTF-8: found=UTF-16 byte order mark, file=" + input.name());
      }
      return unmarked;
    } catch (IOException | RuntimeException e) {
      try {
        stored.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Whether a file's size says little of how many rows are in it. */
  static boolean isCompressed(Input input) throws IOException {
    if (input.byteCount() < MAGIC_BYTES) {
      // Not a file, whose beginning could be read twice.
      return false;
    }
    try (InputStream stored = input.open()) {
      byte[] magic = stored.readNBytes(MAGIC_BYTES);
      return isGzip(magic) || isZstd(magic);
    }
  }

  private static byte[] peek(PushbackInputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    in.unread(bytes);
    return bytes;
  }

  private static boolean isGzip(byte[] magic) {
    return magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
  }

  /**
   * Whether this is all of an input, and the beginning of a compressed one that no text in UTF-8
   * has.
   */
  private static boolean isCutMagic(byte[] magic) {
    return magic.length == 1 && magic[0] == 0x1f
        || (magic.length == 2 || magic.length == 3 && magic[2] == 0x2f)
            && magic[0] == 0x28
            && magic[1] == (byte) 0xb5;
  }

  /** A frame, or one of the sixteen kinds of skippable frame, which some writers put in front. */
  private static boolean isZstd(byte[] magic) {
    if (magic.length < 4) {
      return false;
    }
    int word =
        (magic[0] & 0xff) | (magic[1] & 0xff) << 8 | (magic[2] & 0xff) << 16 | magic[3] << 24;
    return word == 0xfd2fb528 || (word & 0xfffffff0) == 0x184d2a50;
  }

  private static InputStream zstd(InputStream in, String name) throws IOException {
    try {
      return new ZstdFrames(in, name);
    } catch (LinkageError e) {
      throw new IOException(
          "an input compressed with zstd needs the dependency com.github.luben:zstd-jni on the"
              + " class path, file="
              + name,
          e);
    }
  }

  /** Counts what is read. */
  private static final class Counted extends FilterInputStream {
    private final AtomicLong done;

    Counted(InputStream in, AtomicLong done) {
      super(in);
      this.done = done;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      if (value >= 0) {
        done.incrementAndGet();
      }
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      int read = in.read(bytes, offset, count);
      if (read > 0) {
        done.addAndGet(read);
      }
      return read;
    }
  }
}
