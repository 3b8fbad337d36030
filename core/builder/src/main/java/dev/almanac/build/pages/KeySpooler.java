package dev.almanac.build.pages;

import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.SpoolWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes keys and codes to a spool, partitioned as a {@link PagePlan} says. For one thread.
 *
 * <p>A block of the spool is keys, each an i64, of a wide key its low number, another i64, and its
 * code, an i32.
 */
public final class KeySpooler {
  private static final int KEYS_PER_BLOCK = 1 << 10;

  private final int keyBytes;
  private final boolean wide;
  private final PagePlan.Partitioner partitioner;
  private final SpoolWriter blocks;

  public KeySpooler(Spool spool, PagePlan plan) {
    this.keyBytes = keyBytes(plan);
    this.wide = plan.isWide();
    this.partitioner = plan.partitioner();
    this.blocks = new SpoolWriter(spool, blockBytes(plan));
  }

  /** {@code low} is 0 unless the plan's keys are wide. */
  public void add(long key, long low, int code) throws IOException {
    ByteBuffer block = blocks.block(partitioner.partition(key, low), keyBytes);
    block.putLong(key);
    if (wide) {
      block.putLong(low);
    }
    block.putInt(code);
  }

  /** Bytes of a key and its code. */
  public static int keyBytes(PagePlan plan) {
    return Long.BYTES + (plan.isWide() ? Long.BYTES : 0) + Integer.BYTES;
  }

  /** Bytes of the longest block. */
  public static int blockBytes(PagePlan plan) {
    return keyBytes(plan) * KEYS_PER_BLOCK;
  }

  /** A buffer that holds any block. */
  static ByteBuffer newBlock(PagePlan plan) {
    return ByteBuffer.allocateDirect(blockBytes(plan)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes what waits. */
  public void flush() throws IOException {
    blocks.flush();
  }

  /** Writes all keys to a spool, partitioned for another plan. */
  public static void repartition(Parallel threads, KeySource from, Spool to, PagePlan plan)
      throws IOException {
    List<KeySpooler> spoolers =
        threads.forEachIndex(
            from.partitionCount(),
            () -> new KeySpooler(to, plan),
            (spooler, partition) -> from.read(partition, spooler::add));
    for (KeySpooler spooler : spoolers) {
      spooler.flush();
    }
  }
}
