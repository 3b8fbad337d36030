package dev.almanac.build.pages;

import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Directory;
import dev.almanac.format.Mix;
import java.io.IOException;

/**
 * Counts how many blocks of numbers have an ID, for each size of blocks of a {@link Directory}: by
 * a sample of the ranges of 2^16 numbers, and of these every smallest block with an ID. Exact as
 * long as all blocks fit the sample. What it says depends on nothing but the set of the keys. For
 * one thread.
 */
public final class BlockSample {
  /** The most blocks of a sample. */
  public static final int CAPACITY = 1 << 16;

  /** A range of numbers is in the sample if this many low bits of its hash are 0. */
  private int level;

  /** The smallest blocks. */
  private BlockSet blocks = new BlockSet();

  /** The smallest block of the key that came last: neighbours often follow each other. */
  private long last = -1;

  /** Adds a key, which may have been added before. */
  public void add(long key) {
    long block = key >>> Directory.MIN_BLOCK_BITS;
    if (block == last) {
      return;
    }
    last = block;
    if (isSampled(key >>> Directory.MAX_BLOCK_BITS)) {
      blocks.add(block);
      if (blocks.size() > CAPACITY) {
        shrink();
      }
    }
  }

  private boolean isSampled(long range) {
    return (Mix.finish(range) & (1L << level) - 1) == 0;
  }

  /** Takes as few ranges as fit. */
  private void shrink() {
    while (blocks.size() > CAPACITY) {
      level++;
      BlockSet more = blocks;
      blocks = new BlockSet();
      addSampled(more);
    }
  }

  private void addSampled(BlockSet more) {
    more.forEach(
        block -> {
          if (isSampled(block >>> Directory.MAX_BLOCK_BITS - Directory.MIN_BLOCK_BITS)) {
            blocks.add(block);
          }
        });
  }

  /** Adds all keys of another sample. */
  void add(BlockSample other) {
    BlockSet own = blocks;
    blocks = new BlockSet();
    level = Math.max(level, other.level);
    addSampled(own);
    addSampled(other.blocks);
    shrink();
  }

  /**
   * About how many blocks have a key, by the number of bits of a block; 0 at indexes that are not.
   *
   * @param keyCount distinct keys that were added: there are no more blocks than that
   */
  public long[] blockCounts(long keyCount) {
    long[] counts = new long[Directory.MAX_BLOCK_BITS + 1];
    BlockSet larger = blocks;
    for (int bits = Directory.MIN_BLOCK_BITS; bits < counts.length; bits++) {
      long size = larger.size();
      counts[bits] = size > keyCount >>> level ? keyCount : size << level;
      BlockSet pairs = new BlockSet();
      larger.forEach(block -> pairs.add(block >>> 1));
      larger = pairs;
    }
    return counts;
  }

  /** A sample of all keys of a source. */
  public static BlockSample of(Parallel threads, KeySource keys) throws IOException {
    BlockSample all = new BlockSample();
    threads
        .forEachIndex(
            keys.partitionCount(),
            BlockSample::new,
            (sample, partition) -> keys.read(partition, (key, low, code) -> sample.add(key)))
        .forEach(all::add);
    return all;
  }
}
