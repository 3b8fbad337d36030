package dev.almanac.cli;

import dev.almanac.generator.Decimals;
import java.io.IOException;
import java.io.OutputStream;

/** A buffer before an output stream, for rows written field by field. Belongs to one thread. */
final class ByteOutput {
  private final OutputStream output;
  private final byte[] buffer = new byte[1 << 18];
  private int length;

  ByteOutput(OutputStream output) {
    this.output = output;
  }

  void put(byte value) throws IOException {
    room(1);
    buffer[length++] = value;
  }

  void put(long decimal) throws IOException {
    room(Decimals.MAX_BYTES);
    length = Decimals.put(buffer, length, decimal);
  }

  void put(byte[] bytes) throws IOException {
    put(bytes, 0, bytes.length);
  }

  void put(byte[] bytes, int from, int to) throws IOException {
    int count = to - from;
    if (count > buffer.length) {
      flush();
      output.write(bytes, from, count);
      return;
    }
    room(count);
    System.arraycopy(bytes, from, buffer, length, count);
    length += count;
  }

  private void room(int count) throws IOException {
    if (buffer.length - length < count) {
      flush();
    }
  }

  /** Hands on what is buffered. */
  void flush() throws IOException {
    output.write(buffer, 0, length);
    length = 0;
  }
}
