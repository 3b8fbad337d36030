package dev.almanac.read;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/**
 * {@link Arenas} of {@code java.lang.foreign}. Java 17 compiles it against stubs of three classes;
 * Java 22 and later load it.
 */
final class ForeignArenas extends Arenas {
  static {
    register(new ForeignArenas());
  }

  private ForeignArenas() {}

  @Override
  Object open() {
    return Arena.ofShared();
  }

  @Override
  Object map(FileChannel channel, long bytes, Object arena) throws IOException {
    return channel.map(MapMode.READ_ONLY, 0, bytes, (Arena) arena);
  }

  @Override
  ByteBuffer slice(Object segment, long offset, long bytes) {
    return ((MemorySegment) segment).asSlice(offset, bytes).asByteBuffer();
  }

  @Override
  void close(Object arena) {
    ((Arena) arena).close();
  }
}
