package dev.almanac.read;

import dev.almanac.format.Rule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file in memory, read-only. A process may have some 65,000 mappings ({@code vm.max_map_count}).
 *
 * <p>On Java 22 and later one mapping of a shared {@code Arena}: {@link #unmap} unmaps it, and a
 * read that races with it throws {@link IllegalStateException}. Below, a mapping goes when the
 * collector finds its last buffer unused, and from 2 GiB on each piece is one.
 */
abstract class Mapping {
  private static final @Nullable Arenas ARENAS = Arenas.lookUp();

  /** Whether {@link #unmap} unmaps; else the collector does. */
  static final boolean UNMAPS = ARENAS != null;

  /** The longest piece: Java 22 makes no buffer of a segment that ends nearer to 2 GiB. */
  static final int MOST_PIECE_BYTES = Integer.MAX_VALUE - 8;

  final Path path;

  /** Its users; -1 when it is unmapped. */
  final AtomicInteger users = new AtomicInteger(1);

  private Mapping(Path path) {
    this.path = path;
  }

  /**
   * Maps the file of a channel, which may be closed after the last call of {@link #piece}. Call it
   * where no interrupt can come, see {@link Uninterrupted}.
   */
  static Mapping of(FileChannel channel, Path path, long fileBytes) throws IOException {
    if (ARENAS != null) {
      return new InArena(ARENAS, channel, path, fileBytes);
    }
    return new Collected(channel, path, fileBytes);
  }

  /** A part of the file, little-endian. */
  final MappedByteBuffer piece(long offset, long bytes) throws IOException {
    if (bytes > MOST_PIECE_BYTES) {
      throw Rule.broken(
          "a section that is mapped must be shorter than 2 GiB: offset=%s bytes=%s",
          path, offset, bytes);
    }
    MappedByteBuffer piece = (MappedByteBuffer) slice(offset, (int) bytes);
    piece.order(ByteOrder.LITTLE_ENDIAN);
    return piece;
  }

  abstract ByteBuffer slice(long offset, int bytes) throws IOException;

  /** Adds a user, unless the file is unmapped already. */
  final boolean tryUse() {
    int before;
    do {
      before = users.get();
      if (before < 0) {
        return false;
      }
    } while (!users.compareAndSet(before, before + 1));
    return true;
  }

  /** Ends a use. Returns how many are left, or -1 if the caller must {@link #unmap}. */
  final int endUse() {
    int before;
    int left;
    do {
      before = users.get();
      left = before == 1 && UNMAPS ? -1 : before - 1;
    } while (!users.compareAndSet(before, left));
    return left;
  }

  /** Unmaps the file, if {@link #UNMAPS}. To be called once. */
  abstract void unmap();

  private static IOException explained(IOException failure, Path path, long bytes) {
    // The JDK has collected garbage already, and with it the mappings of closed almanacs.
    return failure.getCause() instanceof OutOfMemoryError
        ? new IOException(
            "a file can be mapped only while the process has address space and fewer mappings than"
                + " vm.max_map_count: bytes="
                + bytes
                + ", path="
                + path,
            failure)
        : failure;
  }

  /** Java 17 to 21. */
  private static final class Collected extends Mapping {
    private final FileChannel channel;
    private final @Nullable MappedByteBuffer whole;

    Collected(FileChannel channel, Path path, long fileBytes) throws IOException {
      super(path);
      this.channel = channel;
      this.whole = fileBytes <= Integer.MAX_VALUE ? map(0, (int) fileBytes) : null;
    }

    @Override
    ByteBuffer slice(long offset, int bytes) throws IOException {
      return whole != null ? whole.slice((int) offset, bytes) : map(offset, bytes);
    }

    private MappedByteBuffer map(long offset, int bytes) throws IOException {
      try {
        return channel.map(MapMode.READ_ONLY, offset, bytes);
      } catch (IOException e) {
        throw explained(e, path, bytes);
      }
    }

    @Override
    void unmap() {}
  }

  /** Java 22 and later. */
  private static final class InArena extends Mapping {
    private final Arenas arenas;
    private final Object arena;
    private final Object segment;

    InArena(Arenas arenas, FileChannel channel, Path path, long fileBytes) throws IOException {
      super(path);
      this.arenas = arenas;
      this.arena = arenas.open();
      try {
        this.segment = arenas.map(channel, fileBytes, arena);
      } catch (IOException e) {
        unmap();
        throw explained(e, path, fileBytes);
      } catch (Throwable e) {
        unmap();
        throw e;
      }
    }

    @Override
    ByteBuffer slice(long offset, int bytes) {
      return arenas.slice(segment, offset, bytes);
    }

    @Override
    void unmap() {
      arenas.close(arena);
    }
  }
}
