package dev.almanac.build.workspace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A temporary file of blocks, each of one partition, written in any order by any number of threads
 * and read back by partition. Where the blocks of a partition lie is kept in memory, 12 bytes a
 * block.
 */
public final class Spool implements AutoCloseable {
  /** Blocks do not cross multiples of this, so that each lies in one mapping. */
  private static final int WINDOW_BYTES = 1 << 30;

  private static final MappedByteBuffer[] UNMAPPED = {};

  private final Path path;
  private final FileChannel channel;

  /** Where the last block ends. A test starts near the end of a window. */
  final AtomicLong end = new AtomicLong();

  private final Partition[] partitions;
  private MappedByteBuffer[] windows = UNMAPPED;

  public Spool(Path path, int partitionCount) throws IOException {
    this.path = path;
    this.channel = Workspace.createFile(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.partitions = new Partition[partitionCount];
    for (int i = 0; i < partitionCount; i++) {
      partitions[i] = new Partition();
    }
  }

  public int partitionCount() {
    return partitions.length;
  }

  /** Bytes of the file so far. */
  public long bytes() {
    return end.get();
  }

  /**
   * Appends the remaining bytes of {@code block}, at most 64 KiB, to a partition; returns the
   * number of the block in it.
   */
  public int append(int partition, ByteBuffer block) throws IOException {
    int length = block.remaining();
    long offset = place(end.getAndUpdate(at -> place(at, length) + length), length);
    FileBytes.write(channel, block, offset);
    return partitions[partition].add(offset, length);
  }

  private static long place(long at, int length) {
    return at / WINDOW_BYTES == (at + length - 1) / WINDOW_BYTES
        ? at
        : (at / WINDOW_BYTES + 1) * WINDOW_BYTES;
  }

  public int blockCount(int partition) {
    return partitions[partition].count;
  }

  /** Bytes of all blocks of a partition. */
  public long bytes(int partition) {
    return partitions[partition].bytes;
  }

  public int blockBytes(int partition, int block) {
    return partitions[partition].lengths[block];
  }

  /** Offset of a block, for {@link #window} and {@link #offsetInWindow}. */
  public long blockOffset(int partition, int block) {
    return partitions[partition].offsets[block];
  }

  /** Reads a block into {@code into}, which is cleared before and flipped after. */
  public void read(int partition, int block, ByteBuffer into) throws IOException {
    into.clear().limit(blockBytes(partition, block));
    long at = blockOffset(partition, block);
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        throw new IOException(
            "a temporary file must not shrink under its builder: path=" + path + " offset=" + at);
      }
      at += n;
    }
    into.flip();
  }

  /** Ends the writing and maps the file, so that blocks can be read in place. */
  public synchronized void map() throws IOException {
    if (windows != UNMAPPED) {
      return;
    }
    int count = Math.toIntExact((end.get() + WINDOW_BYTES - 1) / WINDOW_BYTES);
    MappedByteBuffer[] mapped = new MappedByteBuffer[count];
    for (int i = 0; i < count; i++) {
      long from = (long) i * WINDOW_BYTES;
      mapped[i] = channel.map(MapMode.READ_ONLY, from, Math.min(WINDOW_BYTES, end.get() - from));
      mapped[i].order(ByteOrder.LITTLE_ENDIAN);
    }
    windows = mapped;
  }

  /** The mapping that holds the block at {@code offset}. */
  public MappedByteBuffer window(long offset) {
    return windows[(int) (offset / WINDOW_BYTES)];
  }

  /** Where {@code offset} lies in its mapping. */
  public static int offsetInWindow(long offset) {
    return (int) (offset % WINDOW_BYTES);
  }

  @Override
  public void close() throws IOException {
    delete();
  }

  /**
   * Removes the file and frees its disk space immediately; a mapping can live until the next
   * collection.
   */
  public void delete() throws IOException {
    if (channel.isOpen()) {
      windows = UNMAPPED;
      try (channel) {
        channel.truncate(0);
      } finally {
        Files.deleteIfExists(path);
      }
    }
  }

  private static final class Partition {
    long[] offsets = new long[8];
    int[] lengths = new int[8];
    int count;
    long bytes;

    synchronized int add(long offset, int length) {
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
        lengths = Arrays.copyOf(lengths, 2 * count);
      }
      offsets[count] = offset;
      lengths[count] = length;
      bytes += length;
      return count++;
    }
  }
}
