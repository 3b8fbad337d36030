package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArenasTest {
  private final @Nullable Arenas own = Arenas.lookUp();

  /** Another runtime: it makes objects, or no arenas. */
  private static final class Others extends Arenas {
    private final boolean isAble;
    private final Set<Object> open = new HashSet<>();
    private int count;

    Others(boolean isAble) {
      this.isAble = isAble;
    }

    @Override
    Object open() {
      if (!isAble) {
        throw new UnsupportedOperationException("no shared arenas");
      }
      count++;
      Object arena = new Object();
      open.add(arena);
      return arena;
    }

    @Override
    Object map(FileChannel channel, long bytes, Object arena) {
      throw new AssertionError("nothing is mapped");
    }

    @Override
    ByteBuffer slice(Object segment, long offset, long bytes) {
      throw new AssertionError("nothing is mapped");
    }

    @Override
    void close(Object arena) {
      open.remove(arena);
    }
  }

  @AfterEach
  void registerOwn() {
    if (own != null) {
      Arenas.register(own);
    }
  }

  @Test
  void theRuntimeHasThemFromJava22On() {
    assertEquals(Runtime.version().feature() >= 22, own != null);
    assertEquals(Mapping.UNMAPS, own != null);
  }

  @Test
  void aRuntimeThatCannotMakeOneHasNone() {
    assumeTrue(own != null, "below Java 22 there are none at all");
    Arenas.register(new Others(false));
    assertNull(Arenas.lookUp());
  }

  @Test
  void theOneThatIsMadeToTryItIsClosed() {
    assumeTrue(own != null, "below Java 22 there are none at all");
    Others others = new Others(true);
    Arenas.register(others);
    assertSame(others, Arenas.lookUp());
    assertEquals(1, others.count);
    assertEquals(Set.of(), others.open);
  }
}
