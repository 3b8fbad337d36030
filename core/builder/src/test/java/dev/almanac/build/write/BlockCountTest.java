package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

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
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
