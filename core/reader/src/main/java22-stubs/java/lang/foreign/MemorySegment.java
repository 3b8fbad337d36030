package java.lang.foreign;

import java.nio.ByteBuffer;

/** What the reader uses of the interface of Java 22. For the compiler alone. */
public interface MemorySegment {
  MemorySegment asSlice(long offset, long newSize);

  ByteBuffer asByteBuffer();
}
