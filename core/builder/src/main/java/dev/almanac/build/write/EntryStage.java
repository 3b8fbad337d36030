package dev.almanac.build.write;

import dev.almanac.IdKind;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildException;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** From the rows spool to the entries spool: settles duplicates and makes the entries. */
final class EntryStage {
  private static final int SAMPLE_ROWS = 1 << 16;

  /** Digits and sign of the longest number. */
  private static final int DECIMAL_BYTES = 20;

  private final BuildOptions options;
  private final Workspace workspace;
  private final Parallel threads;
  private final Phases phases;
  private final InputLedger ledger;
  private long duplicateCount;
  private long conflictCount;
  private long leftOutCount;
  private BaseChanges changes = BaseChanges.NONE;

  EntryStage(
      BuildOptions options,
      Workspace workspace,
      Parallel threads,
      Phases phases,
      InputLedger ledger) {
    this.options = options;
    this.workspace = workspace;
    this.threads = threads;
    this.phases = phases;
    this.ledger = ledger;
  }

  /**
   * Makes the entries. The size of pages is guessed from a sample, then counted exactly as the
   * entries are made; if the guess was wrong, they are made once more. The sample is of whole
   * partitions, which are random pages, so that it is wrong only where two sizes cost almost the
   * same.
   */
  Entries make(IdKind kind, SpooledRows rows, DateCollector.Sorted dictionary) throws IOException {
    boolean cheapest = kind == IdKind.LONG && options.pageBits() == BuildOptions.CHEAPEST_PAGE_BITS;
    Shape shape = Shape.of(kind, cheapest ? 0 : options.pageBits(), dictionary.epochDays().length);
    if (cheapest) {
      shape = shape.withPageBits(guessPageBits(rows.spool(), shape.codeBytes()));
    }
    Entries entries = make(shape, rows, dictionary);
    if (cheapest) {
      int counted = entries.totals.pageCounts.cheapest(shape.codeBytes(), 1);
      if (counted != shape.pageBits()) {
        entries.spool.delete();
        entries = make(shape.withPageBits(counted), rows, dictionary);
      }
    }
    return entries;
  }

  long duplicateCount() {
    return duplicateCount;
  }

  long conflictCount() {
    return conflictCount;
  }

  long leftOutCount() {
    return leftOutCount;
  }

  BaseChanges changes() {
    return changes;
  }

  private int guessPageBits(Spool rows, int codeBytes) throws IOException {
    PageCounts sample = new PageCounts();
    RowPartition partition =
        new RowPartition(rows, DuplicatePolicy.LAST, MemoryBudget.ofThisJvm().stepBytes());
    AtomicLong sampled = new AtomicLong();
    int numericPartitions = rows.partitionCount() / 2;
    int partitions = 0;
    while (partitions < numericPartitions && sampled.get() < SAMPLE_ROWS) {
      sample.beginPartition();
      partition.forEach(
          partitions,
          (id, date, bytes, from, length) -> {
            sample.add(id);
            sampled.incrementAndGet();
          });
      partitions++;
    }
    return sample.cheapest(codeBytes, (double) numericPartitions / partitions);
  }

  private Entries make(Shape shape, SpooledRows rows, DateCollector.Sorted dictionary)
      throws IOException {
    int partitionCount =
        StorePlan.groupCount(
            StorePlan.roundedUp(
                StorePlan.firstSegmentCount(rows.rowCount(), StorePlan.ENTRIES_PER_SEGMENT, 1)));
    Spool spool = new Spool(workspace.spoolFile("entries-" + shape.pageBits()), partitionCount);
    try {
      List<RowPartition> partitions = new ArrayList<>();
      List<EntrySpooler> spoolers = new ArrayList<>();
      AtomicInteger doneCount = new AtomicInteger();
      int rowPartitionCount = rows.spool().partitionCount();
      Sorting memory = sorting(rows.spool(), (long) partitionCount * EntrySpooler.BLOCK_BYTES);
      threads.forEachIndex(
          rowPartitionCount,
          memory.threadCount,
          () -> {
            RowPartition partition =
                new RowPartition(rows.spool(), options.duplicatePolicy(), memory.rowBytes);
            EntrySpooler spooler = new EntrySpooler(spool, shape, dictionary.codeOfNumber());
            synchronized (spoolers) {
              partitions.add(partition);
              spoolers.add(spooler);
            }
            return index -> {
              spooler.beginPartition();
              partition.forEach(index, consumer(spooler, shape, index < rowPartitionCount / 2));
              spooler.endPartition();
              phases.at(doneCount.incrementAndGet(), rowPartitionCount);
            };
          });
      EntrySpooler.Totals totals = new EntrySpooler.Totals();
      for (EntrySpooler spooler : spoolers) {
        spooler.flush();
        totals.add(spooler);
      }
      countDuplicates(partitions, dictionary);
      return new Entries(spool, shape, totals);
    } catch (IOException | RuntimeException | Error e) {
      spool.delete();
      throw e;
    }
  }

  /**
   * What the threads take that sort rows.
   *
   * @param threadCount how many there are
   * @param rowBytes what each may take for the rows of a partition
   */
  private record Sorting(int threadCount, long rowBytes) {}

  /**
   * As many threads as have room for the largest partition; {@code blockBytes} is what each takes
   * besides.
   */
  private Sorting sorting(Spool rows, long blockBytes) {
    long largest = 0;
    for (int partition = 0; partition < rows.partitionCount(); partition++) {
      largest = Math.max(largest, RowPartition.heapBytes(rows, partition));
    }
    MemoryBudget memory = MemoryBudget.ofThisJvm();
    int threadCount = memory.threads(threads.threadCount(), largest + blockBytes);
    // One thread alone goes beyond its share rather than to read a partition in many parts.
    long share = memory.stepBytes() / threadCount;
    return new Sorting(threadCount, Math.max(share - blockBytes, share / 4 * 3));
  }

  /** Where the IDs of a partition go: in a file of texts, a number as its decimal. */
  private static RowPartition.IdConsumer consumer(
      EntrySpooler spooler, Shape shape, boolean numericRows) {
    if (!numericRows) {
      return (hash, date, bytes, from, length) -> spooler.add(hash, bytes, from, length, date);
    }
    if (!shape.text()) {
      return (id, date, bytes, from, length) -> spooler.add(id, date);
    }
    byte[] decimal = new byte[DECIMAL_BYTES];
    return (id, date, bytes, from, length) -> {
      int decimalBytes = Utf8.encodeDecimal(id, decimal);
      spooler.add(Xxh64.hash(decimal, 0, decimalBytes), decimal, 0, decimalBytes, date);
    };
  }

  private void countDuplicates(List<RowPartition> partitions, DateCollector.Sorted dictionary)
      throws BuildException {
    duplicateCount = 0;
    conflictCount = 0;
    leftOutCount = 0;
    changes = BaseChanges.NONE;
    RowPartition.Conflict first = null;
    for (RowPartition partition : partitions) {
      duplicateCount += partition.duplicateCount();
      conflictCount += partition.conflictCount();
      leftOutCount += partition.leftOutCount();
      changes = changes.plus(partition.changes());
      first = earlier(first, partition.firstConflict());
    }
    if (first != null) {
      throw ledger.refuse(
          "an ID must not have two dates: id="
              + first.id()
              + " date="
              + dictionary.textOf(first.date())
              + " earlier date="
              + dictionary.textOf(first.earlierDate())
              + " earlier file="
              + (RowPosition.isBase(first.earlierPosition())
                  ? options.base()
                  : ledger.source(first.earlierPosition())
                      + " earlier line="
                      + ledger.line(first.earlierPosition())),
          first.position());
    }
  }

  private static RowPartition.@Nullable Conflict earlier(
      RowPartition.@Nullable Conflict a, RowPartition.@Nullable Conflict b) {
    return a == null || b != null && b.position() < a.position() ? b : a;
  }
}
