package dev.almanac.build.workspace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Collects what goes to a spool in blocks, one for each partition. For one thread. */
public final class SpoolWriter {
  private final Spool spool;
  private final int blockBytes;
  private final @Nullable ByteBuffer[] blocks;

  public SpoolWriter(Spool spool, int blockBytes) {
    this.spool = spool;
    this.blockBytes = blockBytes;
    this.blocks = new ByteBuffer[spool.partitionCount()];
  }

  /** The block of a partition, with room for that many bytes, which are put next. */
  public ByteBuffer block(int partition, int bytes) throws IOException {
    ByteBuffer block = blocks[partition];
    if (block == null) {
      block = ByteBuffer.allocateDirect(blockBytes).order(ByteOrder.LITTLE_ENDIAN);
      blocks[partition] = block;
    }
    if (block.remaining() < bytes) {
      spool.append(partition, block.flip());
      block.clear();
    }
    return block;
  }

  /** Writes what waits. */
  public void flush() throws IOException {
    for (int partition = 0; partition < blocks.length; partition++) {
      ByteBuffer block = blocks[partition];
      if (block != null && block.position() > 0) {
        spool.append(partition, block.flip());
        block.clear();
      }
    }
  }
}
