package dev.almanac.benchmarks.stores;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Plain mapped files. */
final class Mappings {
  private Mappings() {}

  /** Maps a whole file of less than 2 GiB for reading. */
  static MappedByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      MappedByteBuffer mapping = channel.map(MapMode.READ_ONLY, 0, channel.size());
      mapping.order(ByteOrder.LITTLE_ENDIAN);
      return mapping;
    }
  }

  /** Writes a file of random bytes. */
  static void writeNoise(Path file, long bytes) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    byte[] noise = new byte[1 << 16];
    try (OutputStream output = Files.newOutputStream(file)) {
      for (long left = bytes; left > 0; left -= noise.length) {
        random.nextBytes(noise);
        output.write(noise, 0, (int) Math.min(left, noise.length));
      }
    }
  }
}
