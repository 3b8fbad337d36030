package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardBatchTest {
  private static final int SHARDS = 5;

  /** The fourth shard gets no ID. */
  private static int shardOf(int index) {
    int shard = index * 7 % SHARDS;
    return shard == 3 ? 0 : shard;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        9,
        ShardBatch.MAX_SIZE - 1,
        ShardBatch.MAX_SIZE,
        ShardBatch.MAX_SIZE + 1,
        2 * ShardBatch.MAX_SIZE + 5
      })
  void everyIndexIsInTheRangeOfItsShardInItsOrder(int idCount) {
    BitSet indexes = new BitSet();
    int[] batches = {0};
    ShardBatch.forEach(
        idCount,
        SHARDS,
        ShardBatchTest::shardOf,
        batch -> {
          assertTrue(batch.size() > 0 && batch.size() <= ShardBatch.MAX_SIZE);
          assertEquals(0, batch.from(0));
          assertEquals(batch.size(), batch.from(SHARDS));
          assertEquals(batch.from(3), batch.from(4));
          for (int shard = 0; shard < SHARDS; shard++) {
            for (int i = batch.from(shard); i < batch.from(shard + 1); i++) {
              int index = batch.index(i);
              assertEquals(shard, shardOf(index));
              assertEquals(batches[0] * ShardBatch.MAX_SIZE, index & -ShardBatch.MAX_SIZE);
              assertTrue(i == batch.from(shard) || batch.index(i - 1) < index);
              indexes.set(index);
            }
          }
          batches[0]++;
        });
    assertEquals(idCount, indexes.cardinality());
    assertEquals(idCount, indexes.length());
  }
}
