package dev.almanac.build.pages;

import dev.almanac.build.workspace.Spool;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The keys of pages with their codes, by the partitions of a {@link PagePlan}. */
public interface KeySource {
  int partitionCount();

  /** Gives all keys of a partition, in any order. May be called by several threads. */
  void read(int partition, KeyConsumer consumer) throws IOException;

  /** Takes the keys of a partition. */
  interface KeyConsumer {
    /** {@code low} is the rest of a key of more than 64 bits, else 0. */
    void accept(long key, long low, int code) throws IOException;
  }

  /** The keys that a {@link KeySpooler} wrote for such a plan. */
  static KeySource of(Spool spool, PagePlan plan) {
    boolean wide = plan.isWide();
    return new KeySource() {
      @Override
      public int partitionCount() {
        return spool.partitionCount();
      }

      @Override
      public void read(int partition, KeyConsumer consumer) throws IOException {
        ByteBuffer block = KeySpooler.newBlock(plan);
        for (int b = 0; b < spool.blockCount(partition); b++) {
          spool.read(partition, b, block);
          while (block.hasRemaining()) {
            consumer.accept(block.getLong(), wide ? block.getLong() : 0, block.getInt());
          }
        }
      }
    };
  }
}
