package dev.almanac.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Standard input as bytes; it says whose error it is when it cannot be read. */
final class StandardInput {
  /** What messages call it. */
  static final String NAME = "standard input";

  private StandardInput() {}

  static InputStream stream() {
    InputStream input = new FileInputStream(FileDescriptor.in);
    return new InputStream() {
      private boolean open;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (!open) {
          requireOpen();
          open = true;
        }
        try {
          return input.read(bytes, offset, length);
        } catch (IOException e) {
          throw new IOException("standard input cannot be read: found=" + e.getMessage(), e);
        }
      }
    };
  }

  /**
   * A JVM that is started without standard input opens its first file under the same descriptor,
   * and would read that.
   */
  private static void requireOpen() throws IOException {
    boolean ownFile;
    try {
      ownFile =
          Path.of("/proc/self/fd/0")
              .toRealPath()
              .startsWith(Path.of(System.getProperty("java.home")).toRealPath());
    } catch (IOException e) {
      // A pipe, or another system than Linux.
      return;
    }
    if (ownFile) {
      throw new IOException("standard input is closed");
    }
  }
}
