package dev.almanac.build.rows;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A file or a stream that holds rows, before it is opened. */
public interface Input {
  /** The name in messages. */
  String name();

  /** Bytes as they are stored, or -1 where unknown. */
  long byteCount();

  /**
   * Refuses what is known not to be readable before it is opened, so that the third file of three
   * fails before the first is read.
   */
  void check() throws IOException;

  /** The bytes as they are stored. */
  InputStream open() throws IOException;

  static Input of(Path file) {
    return new OfFile(file);
  }

  /** The stream is read once, and left open for its owner to close. */
  static Input of(InputStream stream, String name) {
    return new OfStream(stream, name, new AtomicBoolean());
  }

  /**
   * A file, or whatever else has a path and can be read from front to back, such as a named pipe.
   */
  record OfFile(Path file) implements Input {
    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public long byteCount() {
      try {
        return Files.isRegularFile(file) ? Files.size(file) : -1;
      } catch (IOException e) {
        return -1; // Needed for the progress alone; reading the file will throw the error.
      }
    }

    @Override
    public void check() throws IOException {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(name(), null, "an input file must exist");
      }
      if (Files.isDirectory(file)) {
        throw new FileSystemException(name(), null, "an input must be a file: found=directory");
      }
      if (!Files.isReadable(file)) {
        throw new AccessDeniedException(name(), null, "an input file must be readable");
      }
    }

    @Override
    public InputStream open() throws IOException {
      check();
      return new ChannelBytes(FileChannel.open(file));
    }
  }

  /** A stream that someone else opened. */
  record OfStream(InputStream stream, String name, AtomicBoolean taken) implements Input {
    @Override
    public long byteCount() {
      return -1;
    }

    @Override
    public void check() throws IOException {
      if (taken.get()) {
        throw new IOException(
            "an input stream must be read only once; a second pass needs a new one: " + name);
      }
    }

    @Override
    public InputStream open() throws IOException {
      check();
      taken.set(true);
      return new OwnedElsewhere(stream);
    }
  }

  /**
   * Reads a channel: an interrupt closes it, whereas a {@code FileInputStream} would not notice.
   */
  final class ChannelBytes extends BlockInputStream {
    // The channel copies through a direct buffer of the size asked for, which stays with the
    // thread: keep it in the cache.
    private static final int READ_BYTES = 1 << 17;

    private final FileChannel channel;

    ChannelBytes(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      return channel.read(ByteBuffer.wrap(bytes, offset, Math.min(count, READ_BYTES)));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Heeds an interrupt between reads, and is not closed. */
  final class OwnedElsewhere extends FilterInputStream {
    OwnedElsewhere(InputStream stream) {
      super(stream);
    }

    @Override
    public int read() throws IOException {
      heedInterrupt();
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      heedInterrupt();
      return in.read(bytes, offset, count);
    }

    private static void heedInterrupt() throws InterruptedIOException {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("reading the input was interrupted");
      }
    }

    @Override
    public void close() {}
  }
}
