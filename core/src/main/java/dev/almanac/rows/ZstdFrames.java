package dev.almanac.rows;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;

/** The one class that names the zstd library, which need not be there. */
final class ZstdFrames {
  private ZstdFrames() {}

  /** The content of all frames of {@code in}, one behind the other. */
  static InputStream open(InputStream in) throws IOException {
    return new ZstdInputStreamNoFinalizer(in);
  }
}
