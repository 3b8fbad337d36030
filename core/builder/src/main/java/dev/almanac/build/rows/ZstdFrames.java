package dev.almanac.build.rows;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The content of all frames of a zstd file, one after the other. The one class that names the zstd
 * library, which need not be there.
 *
 * <p>The library's own input stream is not used: it takes the end of the input for a sound end
 * whenever the frame before the last was whole and the last one's beginning was read along with it,
 * so that a file that was cut short loses rows without an error. Here the decoder itself says after
 * each step whether a frame has ended, and an input may end only there.
 */
final class ZstdFrames extends BlockInputStream {
  private static final int IN_BYTES = 1 << 16;
  private static final int OUT_BYTES = 1 << 17;

  private final InputStream in;
  private final String name;
  private final ZstdDecompressCtx decoder = new ZstdDecompressCtx();
  private final byte[] bytes = new byte[IN_BYTES];
  private final ByteBuffer stored = ByteBuffer.allocateDirect(IN_BYTES).limit(0);
  private final ByteBuffer content = ByteBuffer.allocateDirect(OUT_BYTES).limit(0);

  /**
   * Whether all bytes given to the decoder so far are whole frames, and their content was taken.
   */
  private boolean atFrameEnd = true;

  ZstdFrames(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    while (!content.hasRemaining()) {
      // A decoder that filled the buffer may have more.
      boolean mayHaveMore = !atFrameEnd && content.limit() == OUT_BYTES;
      if (!stored.hasRemaining() && !mayHaveMore && !fill()) {
        if (!atFrameEnd) {
          throw broken("found=end of file within a frame", null);
        }
        return -1;
      }
      decode();
    }
    int taken = Math.min(count, content.remaining());
    content.get(into, offset, taken);
    return taken;
  }

  private void decode() throws IOException {
    content.clear();
    try {
      atFrameEnd = decoder.decompressDirectByteBufferStream(content, stored);
    } catch (ZstdException e) {
      content.limit(0);
      // Some versions of the library give the code as it is, others its negative.
      if (Math.abs(e.getErrorCode()) == Zstd.errFrameParameterWindowTooLarge()) {
        throw new IOException(
            "a zstd file must have a window of at most 128 MiB; to get at its rows: zstd -dc"
                + " --long=31 FILE, file="
                + name,
            e);
      }
      throw broken("found=" + e.getMessage(), e);
    }
    content.flip();
  }

  private boolean fill() throws IOException {
    int read = readSome(in, bytes);
    stored.clear().put(bytes, 0, read).flip();
    return read > 0;
  }

  private IOException broken(String found, @Nullable Throwable cause) {
    return new IOException(
        "a zstd file must consist of sound frames: " + found + ", file=" + name, cause);
  }

  @Override
  public void close() throws IOException {
    try (in) {
      decoder.close();
    }
  }
}
