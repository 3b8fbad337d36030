package dev.almanac.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output as bytes, in UTF-8 whatever the locale; unlike {@link System#out}, it says when
 * it cannot write.
 */
final class StandardOutput {
  private StandardOutput() {}

  static OutputStream stream() {
    OutputStream output = new FileOutputStream(FileDescriptor.out);
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
          output.write(bytes, offset, length);
        } catch (IOException e) {
          if ("Broken pipe".equals(e.getMessage())) {
            throw new ClosedOutputException(e);
          }
          throw new IOException("standard output cannot be written: found=" + e.getMessage(), e);
        }
      }
    };
  }

  /** Whether an argument stands for standard input or output. */
  static boolean isDash(Path path) {
    return path.toString().equals("-");
  }

  /**
   * Whether standard error, which the JVM does not tell of, is a terminal. Linux only; no
   * elsewhere.
   */
  static boolean errorIsTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
