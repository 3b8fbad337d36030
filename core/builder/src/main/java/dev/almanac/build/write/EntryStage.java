package dev.almanac.build.write;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BuildException;
import dev.almanac.build.base.Base;
import dev.almanac.build.choice.ChoiceCounts;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.choice.DuplicateChoice;
import dev.almanac.build.choice.IdConsumer;
import dev.almanac.build.choice.InputLedger;
import dev.almanac.build.choice.RowBlock;
import dev.almanac.build.choice.RowPartition;
import dev.almanac.build.choice.RowPosition;
import dev.almanac.build.choice.SpooledRows;
import dev.almanac.build.choice.TextShape;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.build.pages.EntrySpooler;
import dev.almanac.build.pages.KeySpooler;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.pages.Shape;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Phases;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import dev.almanac.format.IdShape;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** From the rows spool to the entries spool: settles duplicates and makes the entries. */
final class EntryStage {
  /**
   * How much larger than entries pages of texts may be, for lookups that are faster: a few long
   * texts leave most of the buckets empty that they need.
   */
  private static final int MAX_EXTRA_BYTES = 1 << 16;

  private final BuildOptions options;
  private final Workspace workspace;
  private final Parallel threads;
  private final Phases phases;
  private final InputLedger ledger;
  private ChoiceCounts choices = ChoiceCounts.NONE;

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

  /** As {@link #make}, of a base and a few rows, or null where the base must be spooled first. */
  @Nullable Entries merge(Base base, SpooledRows rows, DateCollector dates) throws IOException {
    if (!BaseMerge.mayMerge(options, base.almanac(), rows)) {
      return null;
    }
    BaseMerge merge = new BaseMerge(options, workspace, threads, base, dates);
    Entries entries = merge.make(rows);
    choices = merge.choices();
    return entries;
  }

  /**
   * Makes the entries, or the keys of pages. Dates, the shape of texts and the pages are guessed
   * from all rows, and then known exactly, since a file depends on nothing but what it answers.
   * Where the guess was wrong, the entries are made once more.
   */
  Entries make(IdKind kind, SpooledRows rows, DateCollector dates) throws IOException {
    DateCollector.Sorted all = dates.sort();
    boolean mayPack = kind == IdKind.TEXT && options.layout() != Layout.ENTRIES;
    IdShape guess = mayPack ? guessShape(rows) : null;
    // An ID that is left out is all that may make them differ.
    boolean collectsShape = mayPack && rows.noDateCount() > 0;
    Entries entries =
        make(new Shape(kind, all.epochDays().length, guess), rows, all, collectsShape);
    BitSet used = entries.totals.usedNumbers;
    IdShape exact = collectsShape ? entries.totals.texts.shape() : guess;
    if (used.cardinality() == all.epochDays().length && Objects.equals(exact, guess)) {
      return entries;
    }
    entries.close();
    DateCollector.Sorted exactDates = dates.sort(used);
    return make(new Shape(kind, exactDates.epochDays().length, exact), rows, exactDates, false);
  }

  /** The shape of the IDs of all rows, the numbers as decimals. */
  private @Nullable IdShape guessShape(SpooledRows rows) throws IOException {
    TextShape texts = rows.textRowCount() == 0 ? new TextShape() : rows.texts();
    if (rows.textRowCount() > 0 && texts.shape() == null) {
      return null;
    }
    TextShape all = new TextShape();
    all.add(texts);
    threads
        .forEachIndex(
            rows.spool().partitionCount() / 2, NumberShape::new, (shape, i) -> shape.add(rows, i))
        .forEach(shape -> all.add(shape.decimals));
    return all.shape();
  }

  /** Collects the shape of numbers as decimals. For one thread. */
  private static final class NumberShape {
    final TextShape decimals = new TextShape();
    private final byte[] decimal = new byte[Utf8.MAX_DECIMAL_BYTES];
    private final ByteBuffer block = RowBlock.newBlock();

    void add(SpooledRows rows, int partition) throws IOException {
      for (int b = 0; b < rows.spool().blockCount(partition); b++) {
        rows.spool().read(partition, b, block);
        block.position(RowBlock.HEADER_BYTES);
        while (block.hasRemaining()) {
          long id = block.getLong();
          block.getLong();
          decimals.add(decimal, 0, Utf8.encodeDecimal(id, decimal));
        }
      }
    }
  }

  /**
   * Where the pages turn out others than guessed, brings the keys into their partitions, or makes
   * entries instead of keys.
   */
  private Entries make(
      Shape shape, SpooledRows rows, DateCollector.Sorted dictionary, boolean collectsShape)
      throws IOException {
    PagePlan guess = guessPlan(shape, rows);
    Entries entries = make(shape, rows, dictionary, guess, collectsShape);
    PagePlan plan = plan(shape, entries.totals);
    if ((plan == null) != (guess == null)) {
      // The rows are more than the IDs, so that pages may hold these but not as many as guessed;
      // and what texts would take as entries was not known.
      entries.close();
      entries = make(shape, rows, dictionary, plan, collectsShape);
    }
    bringInto(entries, plan);
    if (plan == null || plan.directory() == null) {
      return entries;
    }
    PagePlan counted = countBlocks(shape, entries);
    if (counted == null) {
      entries.close();
      return make(shape, rows, dictionary, null, collectsShape);
    }
    bringInto(entries, counted);
    return entries;
  }

  /** Brings the keys into the partitions of a plan. */
  private void bringInto(Entries entries, @Nullable PagePlan plan) throws IOException {
    PagePlan old = entries.pages;
    entries.pages = plan;
    if (plan != null && old != null && !plan.isPartitionedAs(old)) {
      entries.repartition(threads, workspace.spoolFile("keys-" + plan.pages().layout().name()));
    }
  }

  /** The plan by the number of blocks that was estimated before. */
  private @Nullable PagePlan countBlocks(Shape shape, Entries entries) throws IOException {
    long[] firstBlocks = entries.countBlocks(threads, options.memory());
    EntrySpooler.Totals totals = entries.totals;
    PagePlan estimated = Objects.requireNonNull(entries.pages);
    return plan(
        shape,
        totals,
        firstBlocks == null
            ? null
            : PagePlan.blocks(
                totals.idCount,
                totals.lowestId,
                totals.highestId,
                shape.dateCount(),
                estimated.blockBits(),
                firstBlocks[estimated.partitionCount()]));
  }

  /** Whether the keys may lie in blocks. */
  private boolean mayHaveBlocks(Shape shape) {
    return (options.layout() == Layout.AUTO || options.layout() == Layout.BLOCKS)
        && (shape.texts() == null ? !shape.text() : !shape.texts().isWide());
  }

  private @Nullable PagePlan guessPlan(Shape shape, SpooledRows rows) {
    return shape.texts() != null
        ? plainPlan(shape, rows.count(), Long.MIN_VALUE, shape.texts().highestKey())
        : plainPlan(shape, rows.numericRowsAtMost(), rows.lowestId(), rows.highestId());
  }

  /** The pages without blocks, or null where each ID has an entry. */
  private @Nullable PagePlan plainPlan(Shape shape, long idCount, long lowestKey, long highestKey) {
    if (shape.texts() != null) {
      return PagePlan.ofTexts(
          options.layout(), shape.texts(), idCount, lowestKey, highestKey, shape.dateCount());
    }
    return shape.text() || options.layout() == Layout.ENTRIES
        ? null
        : PagePlan.of(options.layout(), idCount, lowestKey, highestKey, shape.dateCount());
  }

  private @Nullable PagePlan plan(Shape shape, EntrySpooler.Totals totals) {
    return plan(
        shape,
        totals,
        mayHaveBlocks(shape)
            ? PagePlan.blocks(
                totals.idCount,
                totals.lowestId,
                totals.highestId,
                shape.dateCount(),
                totals.sample.blockCounts(totals.idCount))
            : null);
  }

  /** The pages that are chosen where these would be those of blocks. */
  private @Nullable PagePlan plan(
      Shape shape, EntrySpooler.Totals totals, @Nullable PagePlan blocks) {
    PagePlan plain = plainPlan(shape, totals.idCount, totals.lowestId, totals.highestId);
    PagePlan plan = PagePlan.choose(options.layout(), plain, blocks);
    boolean yields =
        shape.texts() != null
            && plan != null
            && plan.bytes() > totals.textEntriesBytes() + MAX_EXTRA_BYTES;
    return yields ? null : plan;
  }

  ChoiceCounts choices() {
    return choices;
  }

  private Entries make(
      Shape shape,
      SpooledRows rows,
      DateCollector.Sorted dictionary,
      @Nullable PagePlan plan,
      boolean collectsShape)
      throws IOException {
    int partitionCount =
        plan != null
            ? plan.partitionCount()
            : StorePlan.groupCount(
                StorePlan.roundedUp(
                    StorePlan.firstSegmentCount(rows.count(), StorePlan.ENTRIES_PER_SEGMENT, 1)));
    Spool spool = new Spool(workspace.spoolFile("entries"), partitionCount);
    try {
      AtomicInteger doneCount = new AtomicInteger();
      int rowPartitionCount = rows.spool().partitionCount();
      int blockBytes = plan == null ? EntrySpooler.BLOCK_BYTES : KeySpooler.blockBytes(plan);
      Sorting memory =
          Sorting.of(
              options.memory(), threads.threadCount(), rows.spool(), partitionCount, blockBytes);
      List<EntryMaker> makers =
          threads.forEachIndex(
              rowPartitionCount,
              memory.threadCount,
              () ->
                  new EntryMaker(
                      new RowPartition(
                          rows.spool(), options.duplicatePolicy(), memory.rowBytes, false),
                      new EntrySpooler(
                          spool,
                          shape,
                          dictionary.codeOfNumber(),
                          plan,
                          collectsShape,
                          mayHaveBlocks(shape))),
              (maker, index) -> {
                maker.partition.forEach(
                    index, consumer(maker.spooler, shape, index < rowPartitionCount / 2));
                phases.at(doneCount.incrementAndGet(), rowPartitionCount);
              });
      EntrySpooler.Totals totals = new EntrySpooler.Totals();
      for (EntryMaker maker : makers) {
        totals.add(maker.spooler.end());
      }
      countDuplicates(makers, dictionary);
      return new Entries(spool, shape, totals, dictionary, plan, null);
    } catch (IOException | RuntimeException | Error e) {
      spool.delete();
      throw e;
    }
  }

  /** What a thread makes entries with. */
  private record EntryMaker(RowPartition partition, EntrySpooler spooler) {}

  /**
   * What the threads take that sort rows.
   *
   * @param threadCount how many there are
   * @param rowBytes what each may take for the rows of a partition
   */
  record Sorting(int threadCount, long rowBytes) {
    /**
     * As many threads as have room for the largest partition, and for a block of each of {@code
     * blockCount} partitions of entries.
     */
    static Sorting of(
        MemoryBudget memory, int wantedThreads, Spool rows, int blockCount, int blockBytes) {
      long largest = 0;
      for (int partition = 0; partition < rows.partitionCount(); partition++) {
        largest = Math.max(largest, RowPartition.heapBytes(rows, partition));
      }
      long ofBlocks = (long) blockCount * blockBytes;
      int threadCount = memory.threads(wantedThreads, largest + ofBlocks);
      // One thread alone goes beyond its share rather than to read a partition in many parts.
      long share = memory.stepBytes() / threadCount;
      return new Sorting(threadCount, Math.max(share - ofBlocks, share / 4 * 3));
    }
  }

  /** Where the IDs of a partition go: in a file of texts, a number as its decimal. */
  private static IdConsumer consumer(EntrySpooler spooler, Shape shape, boolean numericRows) {
    if (!numericRows) {
      return (hash, date, bytes, from, length) -> spooler.add(hash, bytes, from, length, date);
    }
    if (!shape.text()) {
      return (id, date, bytes, from, length) -> spooler.add(id, date);
    }
    byte[] decimal = new byte[Utf8.MAX_DECIMAL_BYTES];
    return (id, date, bytes, from, length) -> {
      int decimalBytes = Utf8.encodeDecimal(id, decimal);
      spooler.add(Xxh64.hash(decimal, 0, decimalBytes), decimal, 0, decimalBytes, date);
    };
  }

  private void countDuplicates(List<EntryMaker> makers, DateCollector.Sorted dictionary)
      throws BuildException {
    choices = ChoiceCounts.NONE;
    for (EntryMaker maker : makers) {
      choices = choices.plus(maker.partition.choices());
    }
    DuplicateChoice.Conflict first =
        makers.stream()
            .map(maker -> maker.partition.firstConflict())
            .filter(Objects::nonNull)
            .min(Comparator.comparingLong(DuplicateChoice.Conflict::position))
            .orElse(null);
    if (first != null) {
      throw ledger.refuse(
          String.format(
              "an ID must not have two dates: id=%s date=%s earlier date=%s earlier file=%s",
              first.id(),
              dictionary.textOf(first.date()),
              dictionary.textOf(first.earlierDate()),
              RowPosition.isBase(first.earlierPosition())
                  ? options.base()
                  : ledger.source(first.earlierPosition())
                      + " earlier line="
                      + ledger.line(first.earlierPosition())),
          first.position());
    }
  }
}
