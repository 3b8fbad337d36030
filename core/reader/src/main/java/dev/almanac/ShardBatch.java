package dev.almanac;

import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/** A part of a batch of IDs in the order of their shards. */
final class ShardBatch {
  /** IDs that are sorted at a time. */
  static final int MAX_SIZE = 1 << 17;

  /** The IDs of shard s are at {@code starts[s]} to {@code starts[s + 1]}. */
  private final int[] starts;

  private final int[] indexes;

  private ShardBatch(int first, int[] shards, int shardCount) {
    starts = new int[shardCount + 1];
    indexes = new int[shards.length];
    for (int shard : shards) {
      starts[shard + 1]++;
    }
    for (int shard = 0; shard < shardCount; shard++) {
      starts[shard + 1] += starts[shard];
    }
    int[] next = starts.clone();
    for (int i = 0; i < shards.length; i++) {
      indexes[next[shards[i]]++] = first + i;
    }
  }

  /**
   * Sorts the IDs of a batch, a part at a time.
   *
   * @param shardOf the shard of the ID at an index
   */
  static void forEach(
      int idCount, int shardCount, IntUnaryOperator shardOf, Consumer<ShardBatch> consumer) {
    for (int first = 0; first < idCount; first += MAX_SIZE) {
      int[] shards = new int[Math.min(MAX_SIZE, idCount - first)];
      for (int i = 0; i < shards.length; i++) {
        shards[i] = shardOf.applyAsInt(first + i);
      }
      consumer.accept(new ShardBatch(first, shards, shardCount));
    }
  }

  /** The number of IDs. */
  int size() {
    return indexes.length;
  }

  /** Where in this order the IDs of a shard begin; those of the shard before end there. */
  int from(int shard) {
    return starts[shard];
  }

  /** The index in the batch of an ID of this order. */
  int index(int i) {
    return indexes[i];
  }
}
