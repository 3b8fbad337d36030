package dev.almanac.build.write;

import dev.almanac.build.base.ChangedPages;
import dev.almanac.build.base.MergedKeys;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.pages.BlockSet;
import dev.almanac.build.pages.EntrySpooler;
import dev.almanac.build.pages.KeySource;
import dev.almanac.build.pages.KeySpooler;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.pages.Shape;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The finished entries of the Chronicle Map, or the keys of its pages, on disk, and what they come
 * to.
 */
final class Entries implements AutoCloseable {
  /** Blocks have up to 2^16 keys, and a partition is the larger the fewer it has. */
  private static final int MOST_TIMES_AVERAGE = 4;

  private static final int SPARE_KEYS = 1 << 20;

  /**
   * Entries, see {@link EntrySpooler}, or, where there is a plan of pages, keys, see {@link
   * KeySpooler}.
   */
  Spool spool;

  final Shape shape;
  final EntrySpooler.Totals totals;
  @Nullable PagePlan pages;

  /** The dates that the codes mean. */
  final DateCollector.Sorted dictionary;

  /** The keys where they come from a base and its changes, and not from the spool. */
  private final @Nullable MergedKeys merged;

  /** Null where the keys come from the spool. */
  private @Nullable KeySource keys;

  /** See {@link #countBlocks}; null until they are counted in their partitions. */
  private long @Nullable [] firstBlocks;

  /** The pages of the base where those of the file are the same but for a few keys. */
  @Nullable ChangedPages changedPages;

  Entries(
      Spool spool,
      Shape shape,
      EntrySpooler.Totals totals,
      DateCollector.Sorted dictionary,
      @Nullable PagePlan pages,
      @Nullable MergedKeys merged) {
    this.dictionary = dictionary;
    this.merged = merged;
    this.keys = merged;
    this.spool = spool;
    this.shape = shape;
    this.totals = totals;
    this.pages = pages;
  }

  /** Brings the keys into the partitions of {@link #pages}. */
  void repartition(Parallel threads, Path file) throws IOException {
    PagePlan plan = Objects.requireNonNull(pages);
    Spool to = new Spool(file, plan.partitionCount());
    try {
      KeySpooler.repartition(threads, keys(), to, plan);
      spool.close();
    } catch (IOException | RuntimeException | Error e) {
      to.close();
      throw e;
    }
    spool = to;
    keys = null;
    firstBlocks = null;
  }

  /** The most keys of a partition in the spool. */
  long mostKeys() {
    long bytes = 0;
    for (int partition = 0; partition < spool.partitionCount(); partition++) {
      bytes = Math.max(bytes, spool.bytes(partition));
    }
    return bytes / KeySpooler.keyBytes(Objects.requireNonNull(pages));
  }

  /**
   * The index of the first block of each partition, and after them the number of blocks. Null if a
   * partition has more keys than chance brings: a build may have no room for them.
   */
  long @Nullable [] countBlocks(Parallel threads, MemoryBudget memory) throws IOException {
    if (firstBlocks != null) {
      return firstBlocks;
    }
    PagePlan plan = Objects.requireNonNull(pages);
    long mostKeys = mostKeys();
    if (mostKeys > MOST_TIMES_AVERAGE * (totals.idCount / plan.partitionCount()) + SPARE_KEYS) {
      return null;
    }
    long[] counts = new long[plan.partitionCount() + 1];
    KeySource source = keys();
    long firstKey = plan.pages().firstKey();
    threads.forEachIndex(
        plan.partitionCount(),
        memory.threads(threads.threadCount(), BlockSet.bytes(mostKeys)),
        BlockSet::new,
        (blocks, partition) -> {
          blocks.clear();
          source.read(
              partition, (key, low, code) -> blocks.add(key - firstKey >>> plan.blockBits()));
          counts[partition + 1] = blocks.size();
        });
    Arrays.parallelPrefix(counts, Long::sum);
    firstBlocks = counts;
    return counts;
  }

  /** The keys of the pages, in the partitions of {@link #pages}. */
  KeySource keys() {
    return keys != null ? keys : KeySource.of(spool, Objects.requireNonNull(pages));
  }

  /** What all IDs look like, where they are texts that become numbers; else null. */
  @Nullable String idPattern() {
    return pages == null || shape.texts() == null ? null : shape.texts().pattern();
  }

  /** What the file must hold; known when its keys have been read. */
  Fingerprint fingerprint() throws IOException {
    return merged != null ? merged.fingerprint() : totals.fingerprint;
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
