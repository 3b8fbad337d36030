package dev.almanac.build.workspace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes or reads all remaining bytes of a buffer, at an offset of a file. */
public final class FileBytes {
  private FileBytes() {}

  public static void write(FileChannel file, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  public static void read(FileChannel file, ByteBuffer into, long offset) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int n = file.read(into, at);
      if (n < 0) {
        throw new IOException("a file must not shrink under its builder: offset=" + at);
      }
      at += n;
    }
  }
}
