package dev.almanac.build.rows;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The text of an input: decompressed, if its first bytes say that it is compressed, without a byte
 * order mark, and with lines that end in LF.
 */
final class Decoded {
  private Decoded() {}

  /**
   * Opens {@code input}.
   *
   * @param done grows by every byte taken from {@code input}, before decompression
   */
  static InputStream open(Input input, AtomicLong done) throws IOException {
    InputStream stored = new Counted(input.open(), done);
    try {
      InputHead head = InputHead.of(stored);
      InputStream text = stored;
      String unpack = "";
      if (head.isGzip() || head.isZstd()) {
        unpack = head.isGzip() ? "zcat" : "zstdcat";
        InputStream packed = head.andThen(stored, 0);
        text = head.isGzip() ? new GzipMembers(packed, input.name()) : zstd(packed, input.name());
        head = InputHead.of(text);
      }
      head.requireText(input.name(), unpack);
      return new LineEnds(head.andThen(text, head.markBytes()));
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
    if (input.byteCount() <= 0) {
      // Not a file, whose beginning could be read twice.
      return false;
    }
    try (InputStream stored = input.open()) {
      InputHead head = InputHead.of(stored);
      return head.isGzip() || head.isZstd();
    }
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
