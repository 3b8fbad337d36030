package dev.almanac.build.rows;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The one class that names the zstd library, which need not be there: the content of all frames,
 * one behind the other.
 */
final class ZstdFrames extends FilterInputStream {
  private final String name;

  ZstdFrames(InputStream in, String name) throws IOException {
    super(new ZstdInputStreamNoFinalizer(in));
    this.name = name;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    try {
      return in.read(bytes, offset, count);
    } catch (ZstdIOException e) {
      throw new IOException(
          "a zstd file must consist of sound frames: found=" + e.getMessage() + ", file=" + name,
          e);
    }
  }
}
