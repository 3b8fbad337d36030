package dev.almanac.build.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys and codes to a spool, partitioned as a {@link PagePlan} says. For one thread.
 *
 * <p>A block of the spool is keys, each an i64 and its code an i32.
 */
final class KeySpooler {
  static final int KEY_BYTES = Long.BYTES + Integer.BYTES;
  static final int BLOCK_BYTES = KEY_BYTES << 10;

  private final Spool spool;
  private final PagePlan.Partitioner partitioner;
  private final @Nullable ByteBuffer[] blocks;

  KeySpooler(Spool spool, PagePlan plan) {
    this.spool = spool;
    this.partitioner = plan.partitioner();
    this.blocks = new ByteBuffer[spool.partitionCount()];
  }

  void add(long key, int code) throws IOException {
    int partition = partitioner.partition(key);
    ByteBuffer block = blocks[partition];
    if (block == null) {
      block = newBlock();
      blocks[partition] = block;
    }
    block.putLong(key).putInt(code);
    if (!block.hasRemaining()) {
      spool.append(partition, block.flip());
      block.clear();
    }
  }

  /** A buffer that holds any block. */
  static ByteBuffer newBlock() {
    return ByteBuffer.allocateDirect(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes what waits. */
  void flush() throws IOException {
    for (int partition = 0; partition < blocks.length; partition++) {
      ByteBuffer block = blocks[partition];
      if (block != null && block.position() > 0) {
        spool.append(partition, block.flip());
        block.clear();
      }
    }
  }

  /** Writes all keys to a spool, partitioned for another plan. */
  static void repartition(Parallel threads, KeySource from, Spool to, PagePlan plan)
      throws IOException {
    List<KeySpooler> spoolers = new ArrayList<>();
    threads.forEachIndex(
        from.partitionCount(),
        () -> {
          KeySpooler spooler = new KeySpooler(to, plan);
          synchronized (spoolers) {
            spoolers.add(spooler);
          }
          return partition -> from.read(partition, spooler::add);
        });
    for (KeySpooler spooler : spoolers) {
      spooler.flush();
    }
  }
}
