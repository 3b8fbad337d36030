package dev.almanac.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * The methods of {@code java.lang.foreign.Arena}, of Java 22, that map and unmap a file. {@code
 * ForeignArenas}, which calls them, is compiled after all others, against stubs: method handles
 * make an opening twice as long.
 */
abstract class Arenas {
  private static final int FIRST_VERSION = 22;

  private static @Nullable Arenas registered;

  /** Those of this runtime, or null below Java 22, and where a runtime has no shared arenas. */
  static @Nullable Arenas lookUp() {
    if (Runtime.version().feature() < FIRST_VERSION) {
      return null;
    }
    try {
      Class.forName("dev.almanac.read.ForeignArenas");
      Arenas found = registered;
      if (found != null) {
        // A native image may have the methods without the ability.
        found.close(found.open());
      }
      return found;
    } catch (ClassNotFoundException | UnsupportedOperationException e) {
      // Files are mapped as on Java 17.
      return null;
    }
  }

  /** Called by the class that {@link #lookUp} loads. */
  static void register(Arenas arenas) {
    registered = arenas;
  }

  abstract Object open();

  abstract Object map(FileChannel channel, long bytes, Object arena) throws IOException;

  abstract ByteBuffer slice(Object segment, long offset, long bytes);

  abstract void close(Object arena);
}
