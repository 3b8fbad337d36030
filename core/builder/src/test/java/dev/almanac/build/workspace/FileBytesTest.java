package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All bytes are written and read, however few of them a call takes. */
class FileBytesTest {
  @TempDir Path folder;

  /** A file of which a call writes or reads up to three bytes, or none. */
  private static final class Trickle extends FileChannel {
    private final FileChannel file;
    private int calls;

    Trickle(FileChannel file) {
      this.file = file;
    }

    private ByteBuffer few(ByteBuffer bytes) {
      int count = Math.min(bytes.remaining(), calls++ % 4);
      return bytes.duplicate().limit(bytes.position() + count);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int count = file.read(few(into), position);
      into.position(into.position() + Math.max(0, count));
      return count;
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      int count = file.write(few(from), position);
      from.position(from.position() + count);
      return count;
    }

    @Override
    public int read(ByteBuffer into) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void force(boolean metaData) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }

  @Test
  void allBytesAreWrittenAndReadAtTheirOffset() throws IOException {
    byte[] bytes = new byte[100];
    new SplittableRandom(1).nextBytes(bytes);
    Path path = folder.resolve("bytes");
    try (Trickle file =
        new Trickle(
            FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE))) {
      FileBytes.write(file, ByteBuffer.wrap(bytes, 10, 90), 10);
      FileBytes.write(file, ByteBuffer.wrap(bytes, 0, 10), 0);
      assertArrayEquals(bytes, Files.readAllBytes(path));
      for (int from = 0; from <= bytes.length; from++) {
        byte[] read = new byte[bytes.length - from];
        FileBytes.read(file, ByteBuffer.wrap(read), from);
        assertArrayEquals(Arrays.copyOfRange(bytes, from, bytes.length), read);
      }
    }
  }

  @Test
  void aFileThatEndsEarlyIsRefused() throws IOException {
    Path path = Files.write(folder.resolve("short"), new byte[9]);
    try (Trickle file = new Trickle(FileChannel.open(path))) {
      IOException refused =
          assertThrows(
              IOException.class, () -> FileBytes.read(file, ByteBuffer.wrap(new byte[8]), 2));
      assertEquals("a file must not shrink under its builder: offset=9", refused.getMessage());
    }
  }
}
