package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.almanac.IdKind;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.pages.EntrySpooler;
import dev.almanac.build.pages.KeySpooler;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.pages.Shape;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@link Entries} counts blocks, and when it does not. */
class BlockCountTest {
  private static final long HIGHEST = 1L << 40;

  @TempDir Path folder;

  private Entries entries(Spool spool, PagePlan plan, long idCount) {
    EntrySpooler.Totals totals = new EntrySpooler.Totals();
    totals.idCount = idCount;
    return new Entries(
        spool,
        new Shape(IdKind.LONG, 100, null),
        totals,
        new DateCollector.Sorted(new long[0], List.of(), new int[0]),
        plan,
        null);
  }

  /** Keys that chance would not bring into one partition might not fit the heap. */
  @Test
  void aPartitionOfTooManyKeysIsNotCounted() throws IOException {
    PagePlan plan = Objects.requireNonNull(PagePlan.blocks(1_000, 0, HIGHEST, 100, 5, 40));
    assertEquals(2, plan.partitionCount());
    int most = 4 * 500 + (1 << 20);
    try (Spool spool = new Spool(folder.resolve("keys"), 2);
        Parallel threads = new Parallel(2)) {
      KeySpooler keys = new KeySpooler(spool, plan);
      for (int i = 0; i < most; i++) {
        keys.add(77, 0, 1);
      }
      keys.flush();
      long[] counts = entries(spool, plan, 1_000).countBlocks(threads, new MemoryBudget(1 << 26));
      int partition = plan.partitioner().partition(77, 0);
      assertArrayEquals(new long[] {0, 1 - partition, 1}, counts);
      keys.add(77, 0, 1);
      keys.flush();
      assertNull(entries(spool, plan, 1_000).countBlocks(threads, new MemoryBudget(1 << 26)));
    }
  }

  /** Blocks of 32 numbers, counted in their partitions, beside sets of them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3_000, 400_000})
  void blocksAreCountedByPartition(int keyCount) throws IOException {
    SplittableRandom random = new SplittableRandom(keyCount);
    long firstId = -77;
    PagePlan plan = blocks(keyCount, firstId, 5);
    PagePlan.Partitioner partitioner = plan.partitioner();
    List<Set<Long>> expected = new ArrayList<>();
    long[] keysOfPartition = new long[plan.partitionCount()];
    for (int i = 0; i < plan.partitionCount(); i++) {
      expected.add(new HashSet<>());
    }
    Set<Long> larger = new HashSet<>();
    try (Spool spool = new Spool(folder.resolve("keys"), plan.partitionCount());
        Parallel threads = new Parallel(2)) {
      KeySpooler keys = new KeySpooler(spool, plan);
      for (int i = 0; i < Math.min(keyCount, 4_000); i++) {
        // Neighbours share a block.
        long id = firstId + random.nextInt(500) * (HIGHEST / 500) + random.nextInt(1 << 7);
        keys.add(id, 0, 1);
        keysOfPartition[partitioner.partition(id, 0)]++;
        expected
            .get(partitioner.partition(id, 0))
            .add(Math.floorDiv(id - plan.pages().firstKey(), 32L));
        larger.add(Math.floorDiv(id - plan.pages().firstKey(), 64L));
      }
      keys.flush();
      Entries entries = entries(spool, plan, keyCount);
      assertEquals(Arrays.stream(keysOfPartition).max().orElseThrow(), entries.mostKeys());
      long[] counts = entries.countBlocks(threads, new MemoryBudget(1 << 26));
      long first = 0;
      for (int i = 0; i < plan.partitionCount(); i++) {
        assertEquals(first, Objects.requireNonNull(counts)[i]);
        first += expected.get(i).size();
      }
      assertEquals(first, Objects.requireNonNull(counts)[plan.partitionCount()]);
      assertSame(counts, entries.countBlocks(threads, new MemoryBudget(1 << 26)), "once");
      // Blocks of 64 in partitions of their own.
      entries.pages = blocks(keyCount, firstId, 6);
      entries.repartition(threads, folder.resolve("again"));
      long[] again = entries.countBlocks(threads, new MemoryBudget(1 << 26));
      assertEquals(larger.size(), Objects.requireNonNull(again)[plan.partitionCount()]);
      entries.close();
    }
  }

  private static PagePlan blocks(int keyCount, long firstId, int blockBits) {
    return Objects.requireNonNull(
        PagePlan.blocks(keyCount, firstId, HIGHEST, 100, blockBits, Math.max(2, keyCount / 10)));
  }
}
