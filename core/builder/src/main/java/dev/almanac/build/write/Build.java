package dev.almanac.build.write;

import dev.almanac.IdKind;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RowSource;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Footer;
import dev.almanac.format.PageIndex;
import dev.almanac.format.StoreGeometry;
import dev.almanac.publish.Publication;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One build, from the first row to the published file: the order of events. */
public final class Build {
  /** Rows of a partition: so many sort within the caches. */
  private static final int ROWS_PER_PARTITION = 1 << 15;

  private static final int MIN_PARTITIONS = 16;

  /**
   * More streams of writes at a time than this, and each write misses the address cache of the
   * processor.
   */
  private static final int MAX_PARTITIONS = 512;

  /** A row with an ID, a date and little else; only for guessing the number of rows. */
  private static final int GUESSED_ROW_BYTES = 32;

  private static final int SAMPLE_ROWS = 1 << 16;

  private final BuildOptions options;
  private final Path target;
  private final Workspace workspace;
  private final Parallel threads;
  private final StoreCreation storeCreation;
  private final Phases phases;
  private final InputLedger ledger;
  private final DateCollector dates;
  private long rowCount;
  private long duplicateCount;
  private long conflictCount;
  private long temporaryBytes;

  /** Not null once the file is in place, and durable. */
  private @Nullable BuildReport published;

  private Build(
      BuildOptions options,
      Path target,
      Workspace workspace,
      Parallel threads,
      StoreCreation storeCreation,
      InputLedger ledger) {
    this.options = options;
    this.target = target;
    this.workspace = workspace;
    this.threads = threads;
    this.storeCreation = storeCreation;
    this.ledger = ledger;
    this.phases = new Phases(options.progress());
    this.dates = new DateCollector(options.dateFormat());
  }

  /** Builds {@code target} from {@code rows}. Leaves the old file, or none, if anything fails. */
  public static BuildReport run(BuildOptions options, RowSource rows, Path target)
      throws IOException {
    checkTarget(target);
    // Opened first: a source that is not there is the commonest mistake, and nothing has been made
    // yet.
    Build build = null;
    try (RowSource.Splits splits = rows.open();
        Workspace workspace = new Workspace(target, options.temporaryDirectory());
        Parallel threads = new Parallel(options.threadCount());
        StoreCreation storeCreation = new StoreCreation(threads, workspace.targetFolder());
        InputLedger ledger = new InputLedger(options.badRowPolicy())) {
      build = new Build(options, target, workspace, threads, storeCreation, ledger);
      return build.run(splits);
    } catch (IOException e) {
      if (build != null && build.published != null) {
        // Only the tidying up failed: the file is in place and durable, and saying otherwise would
        // be wrong. The next build sweeps what is left.
        return build.published;
      }
      throw e;
    }
  }

  private static void checkTarget(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || target.getFileName() == null) {
      throw new IOException("the target must be a file: target=" + target);
    }
    if (Files.isDirectory(target)) {
      throw new IOException("the target must be a file, not a directory: target=" + target);
    }
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(
          folder.toString(), null, "the target's folder must exist: target=" + target);
    }
    if (!Files.isWritable(folder)) {
      throw new AccessDeniedException(
          folder.toString(), null, "the target's folder must be writable: target=" + target);
    }
  }

  private BuildReport run(RowSource.Splits splits) throws IOException {
    int partitionCount = partitionCount(splits.total());
    try (Spool numbers = new Spool(workspace.spoolFile("numbers"), partitionCount);
        Spool texts = new Spool(workspace.spoolFile("texts"), partitionCount)) {
      phases.begin("read");
      IdKind kind = read(splits, numbers, texts);
      phases.begin("sort");
      DateCollector.Sorted dictionary = dates.sort();
      Spool rows = kind == IdKind.TEXT ? texts : numbers;
      try (Entries entries = makeEntries(kind, rows, dictionary)) {
        temporaryBytes =
            Math.max(temporaryBytes, numbers.bytes() + texts.bytes() + entries.spool.bytes());
        numbers.delete();
        texts.delete();
        return write(kind, entries, dictionary);
      }
    }
  }

  private static int partitionCount(long totalBytes) {
    if (totalBytes < 0) {
      return MAX_PARTITIONS;
    }
    long partitions = totalBytes / GUESSED_ROW_BYTES / ROWS_PER_PARTITION;
    return (int) Long.highestOneBit(Math.max(MIN_PARTITIONS, Math.min(MAX_PARTITIONS, partitions)));
  }

  private IdKind read(RowSource.Splits splits, Spool numbers, Spool texts) throws IOException {
    List<Parallel.Task<RowSpooler>> tasks = new ArrayList<>();
    SpaceCheck space = new SpaceCheck(workspace);
    for (int i = 0; i < threads.threadCount(); i++) {
      tasks.add(
          () -> {
            RowSpooler spooler =
                new RowSpooler(
                    options.idKind(), options.dateFormat(), dates, ledger, numbers, texts);
            while (!ledger.refused()
                && !Thread.currentThread().isInterrupted()
                && splits.next(spooler)) {
              phases.at(splits.done(), splits.total());
              space.rows(splits.done(), splits.total(), numbers.bytes() + texts.bytes());
            }
            if (Thread.currentThread().isInterrupted()) {
              throw new InterruptedIOException("the build was interrupted");
            }
            spooler.flush();
            return spooler;
          });
    }
    List<RowSpooler> spoolers = threads.run(tasks);
    ledger.throwIfRefused();
    for (RowSpooler spooler : spoolers) {
      rowCount += spooler.rowCount();
    }
    if (texts.bytes() == 0 && options.idKind() != IdKind.TEXT) {
      return IdKind.LONG;
    }
    if (numbers.bytes() > 0) {
      numbersToTexts(numbers, texts);
    }
    return IdKind.TEXT;
  }

  /** Some ID is a text, so all are: takes the numeric rows over. */
  private void numbersToTexts(Spool numbers, Spool texts) throws IOException {
    threads.forEachIndex(
        numbers.partitionCount(),
        () -> {
          RowSpooler spooler =
              new RowSpooler(IdKind.TEXT, options.dateFormat(), dates, ledger, numbers, texts);
          ByteBuffer block = ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
          return partition -> {
            for (int b = 0; b < numbers.blockCount(partition); b++) {
              numbers.read(partition, b, block);
              spooler.numbersAsTexts(block);
            }
            spooler.flush();
          };
        });
  }

  /** The finished entries of the Chronicle Map, on disk, and what they come to. */
  private static final class Entries implements AutoCloseable {
    final Spool spool;
    final int pageBits;
    final EntrySpooler.Totals totals;

    Entries(Spool spool, int pageBits, EntrySpooler.Totals totals) {
      this.spool = spool;
      this.pageBits = pageBits;
      this.totals = totals;
    }

    @Override
    public void close() throws IOException {
      spool.close();
    }
  }

  /**
   * Settles duplicates and makes the entries. The size of pages is guessed from a sample, then
   * counted exactly as the entries are made; if the guess was wrong, they are made once more. The
   * sample is of whole partitions, which are random pages, so that it is wrong only where two sizes
   * cost almost the same.
   */
  private Entries makeEntries(IdKind kind, Spool rows, DateCollector.Sorted dictionary)
      throws IOException {
    int codeBytes = DictionarySection.codeBytes(dictionary.epochDays().length);
    int pageBits = 0;
    if (kind == IdKind.LONG) {
      pageBits =
          options.pageBits() == BuildOptions.CHEAPEST_PAGE_BITS
              ? guessPageBits(rows, codeBytes)
              : options.pageBits();
    }
    Entries entries = makeEntries(kind, rows, dictionary, codeBytes, pageBits);
    if (kind == IdKind.LONG && options.pageBits() == BuildOptions.CHEAPEST_PAGE_BITS) {
      int cheapest = entries.totals.pageCounts.cheapest(codeBytes, 1);
      if (cheapest != pageBits) {
        entries.spool.delete();
        entries = makeEntries(kind, rows, dictionary, codeBytes, cheapest);
      }
    }
    return entries;
  }

  private int guessPageBits(Spool rows, int codeBytes) throws IOException {
    PageCounts sample = new PageCounts();
    RowPartition partition = new RowPartition(rows, false, DuplicatePolicy.LAST);
    AtomicLong sampled = new AtomicLong();
    int partitions = 0;
    while (partitions < rows.partitionCount() && sampled.get() < SAMPLE_ROWS) {
      sample.beginPartition();
      partition.forEach(
          partitions,
          (id, date, bytes, from, length) -> {
            sample.add(id);
            sampled.incrementAndGet();
          });
      partitions++;
    }
    return sample.cheapest(codeBytes, (double) rows.partitionCount() / partitions);
  }

  private Entries makeEntries(
      IdKind kind, Spool rows, DateCollector.Sorted dictionary, int codeBytes, int pageBits)
      throws IOException {
    boolean text = kind == IdKind.TEXT;
    int partitionCount =
        StorePlan.groupCount(
            StorePlan.roundedUp(
                StorePlan.firstSegmentCount(rowCount, StorePlan.ENTRIES_PER_SEGMENT, 1)));
    Spool spool = new Spool(workspace.spoolFile("entries-" + pageBits), partitionCount);
    try {
      EntrySpooler.Totals totals = new EntrySpooler.Totals();
      List<RowPartition> partitions = new ArrayList<>();
      List<EntrySpooler> spoolers = new ArrayList<>();
      AtomicInteger doneCount = new AtomicInteger();
      threads.forEachIndex(
          rows.partitionCount(),
          () -> {
            RowPartition partition = new RowPartition(rows, text, options.duplicatePolicy());
            EntrySpooler spooler =
                new EntrySpooler(spool, codeBytes, pageBits, dictionary.codeOfNumber());
            synchronized (spoolers) {
              partitions.add(partition);
              spoolers.add(spooler);
            }
            return index -> {
              spooler.beginPartition();
              if (text) {
                partition.forEach(
                    index,
                    (hash, date, bytes, from, length) ->
                        spooler.add(hash, bytes, from, length, date));
              } else {
                partition.forEach(index, (id, date, bytes, from, length) -> spooler.add(id, date));
              }
              spooler.endPartition();
              phases.at(doneCount.incrementAndGet(), rows.partitionCount());
            };
          });
      for (EntrySpooler spooler : spoolers) {
        spooler.flush();
        totals.add(spooler);
      }
      countDuplicates(partitions, dictionary);
      return new Entries(spool, pageBits, totals);
    } catch (IOException | RuntimeException | Error e) {
      spool.delete();
      throw e;
    }
  }

  private void countDuplicates(List<RowPartition> partitions, DateCollector.Sorted dictionary)
      throws IOException {
    duplicateCount = 0;
    conflictCount = 0;
    RowPartition.Conflict first = null;
    for (RowPartition partition : partitions) {
      duplicateCount += partition.duplicateCount();
      conflictCount += partition.conflictCount();
      RowPartition.Conflict conflict = partition.firstConflict();
      if (conflict != null && (first == null || conflict.ordinal() < first.ordinal())) {
        first = conflict;
      }
    }
    if (first != null) {
      throw ledger.refuse(
          "an ID must not have two dates: id="
              + first.id()
              + " date="
              + dictionary.texts().get(dictionary.codeOfNumber()[first.date()])
              + " earlier date="
              + dictionary.texts().get(dictionary.codeOfNumber()[first.earlierDate()])
              + " earlier file="
              + ledger.source(first.earlierOrdinal())
              + " earlier line="
              + ledger.line(first.earlierOrdinal()),
          first.ordinal());
    }
  }

  private BuildReport write(IdKind kind, Entries entries, DateCollector.Sorted dictionary)
      throws IOException {
    boolean text = kind == IdKind.TEXT;
    int codeBytes = DictionarySection.codeBytes(dictionary.epochDays().length);
    EntrySpooler.Totals totals = entries.totals;
    entries.spool.map();
    phases.begin("plan");
    StorePlan plan = plan(text, codeBytes, entries);
    new SpaceCheck(workspace).store(plan);
    phases.begin("create");
    Path storeFile = workspace.storeFile();
    ChronicleStore.Created created = storeCreation.create(plan, storeFile);
    StoreGeometry g = created.geometry();
    phases.begin("write");
    ByteBuffer dictionarySection =
        DictionarySection.encode(dictionary.epochDays(), dictionary.texts());
    long lowestId = text || totals.idCount == 0 ? 0 : totals.lowestId;
    long highestId = text || totals.idCount == 0 ? 0 : totals.highestId;
    ByteBuffer places =
        ByteBuffer.allocate(
                PageIndex.bytesWorthwhile(
                    entries.pageBits, totals.idCount, lowestId, highestId, g.storeBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    Path sealedFile = workspace.sealedFile();
    try (FileChannel sealed = Workspace.createFile(sealedFile, StandardOpenOption.WRITE)) {
      Footer footer;
      try (FileChannel store =
          FileChannel.open(storeFile, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        int longestProbe =
            writeTiers(text, codeBytes, entries, g, store, places, lowestId >> entries.pageBits);
        temporaryBytes = Math.max(temporaryBytes, entries.spool.bytes() + store.size());
        entries.spool.delete();
        long dictionaryOffset = Footer.align(g.storeBytes(), Footer.PAGE_BYTES);
        ByteBuffer sections = joined(dictionarySection, places);
        long contentBytes = dictionaryOffset + sections.capacity();
        Footer unsealed =
            new Footer(
                g,
                dictionaryOffset,
                dictionarySection.capacity(),
                BlockChecksums.crc(dictionarySection),
                places.capacity(),
                Footer.checksumsOffset(contentBytes),
                BlockChecksums.sectionBytes(contentBytes),
                0,
                kind,
                entries.pageBits,
                codeBytes,
                dictionary.epochDays().length,
                totals.idCount,
                totals.entryCount,
                lowestId,
                highestId,
                text ? totals.longestIdBytes : Long.BYTES,
                longestProbe,
                created.version(),
                Footer.NO_EDITION);
        phases.begin("seal");
        footer = Seal.write(threads, store, sections, sealed, unsealed);
        temporaryBytes = Math.max(temporaryBytes, store.size() + footer.fileBytes());
        // Never synced, so most of it never reached the disk.
        store.truncate(0);
      }
      Files.delete(storeFile);
      phases.begin("check");
      check(sealed, sealedFile, totals.fingerprint);
      phases.begin("publish");
      Publication.publish(sealed, sealedFile, target);
      phases.end();
      published =
          new BuildReport(
              target,
              footer.edition(),
              kind,
              rowCount,
              totals.idCount,
              footer.dateCount(),
              duplicateCount,
              conflictCount,
              ledger.rejects(),
              entries.pageBits,
              footer.fileBytes(),
              temporaryBytes,
              phases.durations());
      return published;
    }
  }

  /**
   * Counts what falls into each segment and sizes all for the fullest, with more segments until it
   * fits.
   */
  private StorePlan plan(boolean text, int codeBytes, Entries entries) throws IOException {
    EntrySpooler.Totals totals = entries.totals;
    int pageEntryBytes = Long.BYTES + (codeBytes << entries.pageBits);
    int chunkBytes =
        text
            ? StorePlan.cheapestChunkBytes(totals.entryCountBySize, totals.entryCount)
            : pageEntryBytes;
    int segmentCount =
        text
            ? StorePlan.firstSegmentCount(totals.entryCountBySize, totals.entryCount, chunkBytes)
            : StorePlan.firstSegmentCount(totals.entryCount, StorePlan.ENTRIES_PER_SEGMENT, 1);
    for (int round = 0; ; round++) {
      segmentCount = StorePlan.roundedUp(segmentCount);
      SegmentCounts counts =
          SegmentCounts.of(
              threads,
              entries.spool,
              segmentCount,
              chunkBytes,
              () -> new EntryReader(entries.spool, text, codeBytes, pageEntryBytes));
      int fullest = Math.max(1, counts.mostEntries());
      int mostChunks = Math.max(1, counts.mostChunks());
      if (fullest <= StorePlan.ENTRIES_PER_SEGMENT && mostChunks <= StorePlan.chunkLimit(fullest)) {
        return new StorePlan(
            segmentCount,
            fullest,
            mostChunks,
            chunkBytes,
            codeBytes << entries.pageBits,
            text,
            totals.entryCount);
      }
      if (round == StorePlan.MAX_ROUNDS) {
        throw new IllegalStateException(
            "IDs must spread over the segments, as all but chosen ones do: segmentCount="
                + segmentCount
                + " entryCount="
                + totals.entryCount
                + " entriesOfTheFullest="
                + fullest
                + " expectedAtMost="
                + StorePlan.ENTRIES_PER_SEGMENT
                + " chunksOfTheFullest="
                + mostChunks
                + " expectedAtMost="
                + StorePlan.chunkLimit(fullest));
      }
      segmentCount += Math.max(1, segmentCount / 64);
    }
  }

  /** The dictionary, and behind it, at a multiple of 8, the page index if there is one. */
  private static ByteBuffer joined(ByteBuffer dictionary, ByteBuffer places) {
    if (places.capacity() == 0) {
      return dictionary;
    }
    int placesOffset = (int) Footer.align(dictionary.capacity(), PageIndex.PLACE_BYTES);
    return ByteBuffer.allocate(placesOffset + places.capacity())
        .put(0, dictionary, 0, dictionary.capacity())
        .put(placesOffset, places, 0, places.capacity());
  }

  private int writeTiers(
      boolean text,
      int codeBytes,
      Entries entries,
      StoreGeometry g,
      FileChannel file,
      ByteBuffer places,
      long firstPage)
      throws IOException {
    int groupCount =
        Math.min(StorePlan.groupCount(g.segmentCount()), entries.spool.partitionCount());
    ByteBuffer segmentHeaders =
        ByteBuffer.allocate(Math.toIntExact(g.tiersOffset() - g.segmentHeadersOffset()))
            .order(ByteOrder.LITTLE_ENDIAN);
    List<TierWriter> writers = new ArrayList<>();
    AtomicInteger doneCount = new AtomicInteger();
    threads.forEachIndex(
        groupCount,
        () -> {
          TierWriter writer =
              new TierWriter(
                  entries.spool,
                  new EntryReader(entries.spool, text, codeBytes, g.chunkBytes()),
                  groupCount,
                  g,
                  file,
                  segmentHeaders,
                  places,
                  firstPage);
          synchronized (writers) {
            writers.add(writer);
          }
          return group -> {
            writer.write(group);
            phases.at(doneCount.incrementAndGet(), groupCount);
          };
        });
    Seal.writeFully(file, segmentHeaders, g.segmentHeadersOffset());
    return writers.stream().mapToInt(TierWriter::longestProbe).max().orElse(0);
  }

  /**
   * Sends the file to the disk and reads it back through the reader's own path, at the same time.
   */
  private void check(FileChannel sealed, Path sealedFile, Fingerprint fingerprint)
      throws IOException {
    Future<Void> sync =
        threads.start(
            () -> {
              sealed.force(false);
              return null;
            });
    try {
      SelfCheck.run(threads, sealedFile, fingerprint);
    } finally {
      Parallel.await(sync);
    }
  }
}
