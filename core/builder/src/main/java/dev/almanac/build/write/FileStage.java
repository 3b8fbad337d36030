package dev.almanac.build.write;

import dev.almanac.build.BuildException;
import dev.almanac.build.base.ChangedPages;
import dev.almanac.build.choice.InputLedger;
import dev.almanac.build.chronicle.ChronicleStore;
import dev.almanac.build.chronicle.StoreCreation;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.build.pages.BlockPageWriter;
import dev.almanac.build.pages.EntrySpooler;
import dev.almanac.build.pages.KeySource;
import dev.almanac.build.pages.PageIndex;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.pages.PageWriter;
import dev.almanac.build.pages.Seal;
import dev.almanac.build.pages.SegmentCounts;
import dev.almanac.build.pages.Shape;
import dev.almanac.build.pages.TierWriter;
import dev.almanac.build.workspace.FileBytes;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Phases;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Footer;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import dev.almanac.publish.Publication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** From the entries spool to the published file. */
final class FileStage {
  /** Random IDs do not spread under one seed in a million. */
  private static final int MAX_SEEDS = 64;

  private final Workspace workspace;
  private final Parallel threads;
  private final StoreCreation storeCreation;
  private final Phases phases;
  private final InputLedger ledger;
  private final MemoryBudget memory;
  private long temporaryBytes;

  /** Not null once the file is in place, and durable. */
  private @Nullable Footer published;

  /** Checks the whole file before it is published; throws if it must not be published. */
  interface LastCheck {
    void check(Path sealedFile) throws IOException;
  }

  FileStage(
      Workspace workspace,
      Parallel threads,
      StoreCreation storeCreation,
      Phases phases,
      InputLedger ledger,
      MemoryBudget memory) {
    this.memory = memory;
    this.workspace = workspace;
    this.threads = threads;
    this.storeCreation = storeCreation;
    this.phases = phases;
    this.ledger = ledger;
  }

  /** Writes the file, checks it and gives it its name; returns its footer. */
  Footer publish(Entries entries, Path target, LastCheck lastCheck) throws IOException {
    try {
      return write(entries, target, lastCheck);
    } catch (IOException e) {
      if (published != null) {
        // Only closing a file failed.
        return published;
      }
      throw e;
    }
  }

  private Footer write(Entries entries, Path target, LastCheck lastCheck) throws IOException {
    phases.begin("plan");
    Path sealedFile = workspace.sealedFile();
    try (FileChannel sealed = Workspace.createFile(sealedFile, StandardOpenOption.WRITE)) {
      ChangedPages changed = entries.changedPages;
      Footer footer = changed == null ? null : sealChanged(entries, changed, sealed);
      if (changed != null && footer != null) {
        phases.begin("check");
        check(sealed, () -> changed.check(threads, sealedFile));
      } else {
        footer = sealNew(entries, sealed);
        phases.begin("check");
        Fingerprint expected = entries.fingerprint();
        check(sealed, () -> SelfCheck.run(threads, sealedFile, expected));
      }
      SelfCheck.checkDates(sealedFile, entries.dictionary);
      lastCheck.check(sealedFile);
      phases.begin("publish");
      ledger.publishRejects();
      Publication.publish(sealed, sealedFile, target);
      published = footer;
      phases.end();
      return footer;
    }
  }

  /** Changes the pages of the base on their way to the new file; null where keys do not fit. */
  private @Nullable Footer sealChanged(Entries entries, ChangedPages changed, FileChannel sealed)
      throws IOException {
    Footer base = changed.baseFooter();
    workspace.requireSpaceForCopy(base.fileBytes());
    ChronicleStore.Created store =
        new ChronicleStore.Created(base.geometry(), base.chronicleVersion());
    try {
      Footer footer = seal(entries, store, changed, sealed);
      temporaryBytes = footer.fileBytes();
      return footer;
    } catch (ChangedPages.TooFullException e) {
      sealed.truncate(0);
      storeCreation.start();
      return null;
    }
  }

  /** Writes all pages or tiers to a store that Chronicle Map has made, and copies that. */
  private Footer sealNew(Entries entries, FileChannel sealed) throws IOException {
    PagePlan pages = entries.pages;
    StorePlan plan =
        pages != null
            ? pages.storePlan()
            : SegmentCounts.plan(threads, entries.spool, entries.shape, entries.totals);
    workspace.requireSpaceForStore(plan.atLeastBytes());
    phases.begin("create");
    Path storeFile = workspace.storeFile();
    ChronicleStore.Created created = storeCreation.create(plan, storeFile);
    phases.begin("write");
    Footer footer;
    try (FileChannel store =
        FileChannel.open(storeFile, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      StoreGeometry g = created.geometry();
      int longestProbe =
          pages == null ? writeTiers(entries, g, store) : writePages(entries, g, store);
      temporaryBytes = Math.max(temporaryBytes, entries.spool.bytes() + store.size());
      entries.spool.delete();
      footer = seal(entries, created, Seal.Content.of(store, longestProbe), sealed);
      temporaryBytes = Math.max(temporaryBytes, store.size() + footer.fileBytes());
      // Never synced, so most of it never reached the disk.
      store.truncate(0);
    }
    Files.delete(storeFile);
    return footer;
  }

  /** The most disk space in use at a time. */
  long temporaryBytes() {
    return temporaryBytes;
  }

  /** Writes the store and all other sections to the sealed file. */
  private Footer seal(
      Entries entries, ChronicleStore.Created created, Seal.Content store, FileChannel sealed)
      throws IOException {
    Shape shape = entries.shape;
    EntrySpooler.Totals totals = entries.totals;
    StoreGeometry g = created.geometry();
    ByteBuffer dictionary =
        DictionarySection.encode(entries.dictionary.epochDays(), entries.dictionary.texts());
    ByteBuffer shapeOfTexts =
        entries.pages == null || shape.texts() == null
            ? ByteBuffer.allocate(0)
            : shape.texts().encodeSection();
    boolean ranged =
        totals.idCount > 0 && (entries.pages == null ? !shape.text() : !entries.pages.isWide());
    long lowestId = ranged ? totals.lowestId : 0;
    long highestId = ranged ? totals.highestId : 0;
    PagePlan pages = entries.pages;
    PageLayout layout = pages == null ? PageLayout.entries(shape.dateCount()) : pages.pages();
    long dictionaryOffset = Footer.dictionaryOffset(g.storeBytes(), layout);
    long contentBytes =
        Footer.contentBytes(dictionaryOffset + dictionary.capacity(), shapeOfTexts.capacity());
    ByteBuffer sections = dictionary;
    if (shapeOfTexts.hasRemaining()) {
      sections = ByteBuffer.allocate(Math.toIntExact(contentBytes - dictionaryOffset));
      sections.put(dictionary.duplicate());
      sections.position(sections.capacity() - shapeOfTexts.capacity());
      sections.put(shapeOfTexts).flip();
    }
    Footer unsealed =
        new Footer(
            g,
            dictionaryOffset,
            dictionary.capacity(),
            shapeOfTexts.capacity(),
            BlockChecksums.crc(sections.duplicate()),
            0,
            shape.kind(),
            layout,
            shape.dateCount(),
            totals.idCount,
            pages == null ? totals.entryCount : pages.pageCount(),
            lowestId,
            highestId,
            shape.text() ? totals.longestIdBytes : Long.BYTES,
            0,
            created.version(),
            Footer.NO_EDITION);
    phases.begin("seal");
    return Seal.write(threads, store, sections, sealed, unsealed);
  }

  /**
   * Writes all pages, with the first seed under which no bucket's keys are too many. The build of
   * IDs that come by chance needs one; each that is chosen to defeat a seed costs one more.
   */
  private int writePages(Entries entries, StoreGeometry g, FileChannel file) throws IOException {
    new PageIndex(g, Objects.requireNonNull(entries.pages).pageCount()).write(file);
    for (int attempt = 0; attempt < MAX_SEEDS; attempt++) {
      PagePlan plan = Objects.requireNonNull(entries.pages);
      if (attempt > 0) {
        plan = plan.withSeed(entries.fingerprint().seed(attempt));
        entries.pages = plan;
        entries.repartition(threads, workspace.spoolFile("keys-" + attempt));
      }
      int longestProbe =
          plan.directory() == null
              ? writePages(
                  plan, entries.keys(), entries.totals.idCount, PageWriter.Place.ofStore(g), file)
              : writeBlocks(entries, plan, plan.directory(), g, file);
      if (longestProbe > 0) {
        return longestProbe;
      }
    }
    throw new BuildException(
        String.format(
            "keys must spread over the buckets, as all but chosen ones do: seeds=%s idCount=%s",
            MAX_SEEDS, entries.totals.idCount));
  }

  /** Writes codes block after block, and then the directory of the blocks. */
  private int writeBlocks(
      Entries entries, PagePlan plan, PagePlan directory, StoreGeometry g, FileChannel file)
      throws IOException {
    long[] firstBlocks = entries.countBlocks(threads, memory);
    if (firstBlocks == null) {
      return 0;
    }
    try (Spool spool = new Spool(workspace.spoolFile("blocks"), directory.partitionCount())) {
      List<BlockPageWriter> writers =
          writePages(
              plan,
              entries.mostKeys(),
              () ->
                  new BlockPageWriter(
                      entries.keys(), plan, PageWriter.Place.ofStore(g), file, firstBlocks, spool));
      for (BlockPageWriter writer : writers) {
        writer.flushBlocks();
      }
      int longestProbe =
          writePages(
              directory,
              KeySource.of(spool, directory),
              firstBlocks[plan.partitionCount()],
              PageWriter.Place.ofDirectory(g, directory),
              file);
      if (longestProbe > 0) {
        entries.pages = plan.withLongestProbe(longestProbe);
      }
      return Math.min(longestProbe, 1);
    }
  }

  /** Enough for a part of {@code count} where all parts have as many, give or take one. */
  static long perPart(long count, int parts) {
    return count / parts + 1;
  }

  /** The longest probe, or 0 if the keys do not spread. */
  private int writePages(
      PagePlan plan, KeySource keys, long keyCount, PageWriter.Place place, FileChannel file)
      throws IOException {
    return writePages(
            plan,
            perPart(keyCount, plan.partitionCount()),
            () -> PageWriter.of(keys, plan, place, file))
        .stream()
        .mapToInt(PageWriter::longestProbe)
        .max()
        .orElse(0);
  }

  /** The writers of all threads; an empty list if the keys do not spread. */
  private <W extends PageWriter> List<W> writePages(
      PagePlan plan, long keysPerPartition, Parallel.Maker<W> maker) throws IOException {
    AtomicInteger doneCount = new AtomicInteger();
    AtomicBoolean spread = new AtomicBoolean(true);
    List<W> writers =
        threads.forEachIndex(
            plan.partitionCount(),
            memory.threads(threads.threadCount(), PageWriter.bytes(plan, keysPerPartition)),
            maker,
            (writer, partition) -> {
              if (spread.get() && !writer.write(partition)) {
                spread.set(false);
              }
              phases.at(doneCount.incrementAndGet(), plan.partitionCount());
            });
    return spread.get() ? writers : List.of();
  }

  private int writeTiers(Entries entries, StoreGeometry g, FileChannel file) throws IOException {
    int groupCount =
        Math.min(StorePlan.groupCount(g.segmentCount()), entries.spool.partitionCount());
    ByteBuffer segmentHeaders =
        ByteBuffer.allocate(Math.toIntExact(g.tiersOffset() - g.segmentHeadersOffset()))
            .order(ByteOrder.LITTLE_ENDIAN);
    AtomicInteger doneCount = new AtomicInteger();
    long entriesPerGroup = perPart(entries.totals.entryCount, groupCount);
    List<TierWriter> writers =
        threads.forEachIndex(
            groupCount,
            memory.threads(threads.threadCount(), TierWriter.bytes(entriesPerGroup)),
            () -> new TierWriter(entries.spool, entries.shape, groupCount, g, file, segmentHeaders),
            (writer, group) -> {
              writer.write(group);
              phases.at(doneCount.incrementAndGet(), groupCount);
            });
    FileBytes.write(file, segmentHeaders, g.segmentHeadersOffset());
    return writers.stream().mapToInt(TierWriter::longestProbe).max().orElse(0);
  }

  /** A check of the whole file. */
  private interface Check {
    void run() throws IOException;
  }

  /** Syncs the file and checks it at the same time. */
  private void check(FileChannel sealed, Check check) throws IOException {
    Future<Void> sync =
        threads.start(
            () -> {
              sealed.force(false);
              return null;
            });
    try {
      check.run();
    } finally {
      Parallel.await(sync);
    }
  }
}
