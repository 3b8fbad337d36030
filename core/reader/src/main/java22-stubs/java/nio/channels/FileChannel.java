package java.nio.channels;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What the reader uses of the class of Java 22 with an {@link Arena}. For the compiler alone. */
public abstract class FileChannel {
  public abstract MemorySegment map(MapMode mode, long offset, long size, Arena arena)
      throws IOException;

  /** As in Java 17. */
  public static class MapMode {
    public static final MapMode READ_ONLY = new MapMode();
  }
}
