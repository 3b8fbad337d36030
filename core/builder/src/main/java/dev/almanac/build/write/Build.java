package dev.almanac.build.write;

import dev.almanac.Almanac;
import dev.almanac.EditionDiff;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildException;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildReport;
import dev.almanac.build.RowSource;
import dev.almanac.build.base.Base;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.choice.InputLedger;
import dev.almanac.build.choice.OddTexts;
import dev.almanac.build.choice.RowRemarks;
import dev.almanac.build.choice.RowSpooler;
import dev.almanac.build.choice.SpooledRows;
import dev.almanac.build.chronicle.ChronicleJvm;
import dev.almanac.build.chronicle.StoreCreation;
import dev.almanac.build.pages.Shape;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Phases;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import dev.almanac.format.Footer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One build, from the first row to the published file: the order of events. */
public final class Build {
  /** Rows of a partition, few enough to be sorted within the caches. */
  private static final int ROWS_PER_PARTITION = 1 << 15;

  private static final int MIN_PARTITIONS = 16;

  /**
   * With more streams of writes than this, each write misses the address cache of the processor.
   */
  private static final int MAX_PARTITIONS = 512;

  /** How long the splits of the other threads may take to end when one thread has failed. */
  private static final int SECONDS_FOR_SPLITS = 2;

  private final BuildOptions options;
  private final Path target;
  private final Workspace workspace;
  private final Parallel threads;
  private final StoreCreation storeCreation;
  private final Phases phases;
  private final InputLedger ledger;
  private final DateCollector dates;

  /** Not null once the file is in place, and durable. */
  private @Nullable BuildReport published;

  private Build(
      BuildOptions options,
      Path target,
      Workspace workspace,
      Parallel threads,
      StoreCreation storeCreation,
      InputLedger ledger,
      Phases phases) {
    this.options = options;
    this.target = target;
    this.workspace = workspace;
    this.threads = threads;
    this.storeCreation = storeCreation;
    this.ledger = ledger;
    this.phases = phases;
    this.dates = new DateCollector(options.dateRules(), options.memory());
  }

  /** Builds {@code target} from {@code rows}. If anything fails, the target stays unchanged. */
  public static BuildReport run(BuildOptions options, RowSource rows, Path target)
      throws IOException {
    return run(options, rows, target, new Phases(options.progress()));
  }

  /** Likewise with a clock that a test may have made. */
  static BuildReport run(BuildOptions options, RowSource rows, Path target, Phases phases)
      throws IOException {
    checkTarget(target);
    checkFiles(
        rows.files(), options.base(), options.badRowPolicy().rejectsFile().orElse(null), target);
    ChronicleJvm.requireAll();
    // Opened first: a source that is not there is the commonest mistake, and nothing has been made
    // yet.
    Build build = null;
    try (@Nullable Base base =
            options.base() == null ? null : Base.open(options.base(), options.idKind());
        RowSource.Splits splits = rows.open();
        Workspace workspace = new Workspace(target, options.temporaryDirectory());
        Parallel threads = new Parallel(options.threadCount());
        StoreCreation storeCreation = new StoreCreation(threads, workspace.targetFolder());
        InputLedger ledger = new InputLedger(options.badRowPolicy(), workspace)) {
      build = new Build(options, target, workspace, threads, storeCreation, ledger, phases);
      return build.runAndKeepRejects(splits, base);
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
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      // Publishing replaces a name: the superuser would replace /dev/null.
      throw new IOException("the target must be a regular file: target=" + target);
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

  /**
   * Refuses a result that would replace the rows or another result. Only the base can be the
   * target.
   */
  private static void checkFiles(
      Collection<Path> inputs, @Nullable Path base, @Nullable Path rejects, Path target)
      throws IOException {
    if (rejects != null && isSameFile(rejects, target)) {
      throw new IllegalArgumentException("the rejects must not be the output: rejects=" + rejects);
    }
    if (rejects != null && base != null && isSameFile(rejects, base)) {
      throw new IllegalArgumentException("the rejects must not be the base: rejects=" + rejects);
    }
    for (Path input : inputs) {
      if (isSameFile(input, target)) {
        throw new IllegalArgumentException("the output must not be an input: output=" + target);
      }
      if (rejects != null && isSameFile(input, rejects)) {
        throw new IllegalArgumentException("the rejects must not be an input: rejects=" + rejects);
      }
    }
  }

  /** Whether two names mean one file, which need not exist yet. */
  private static boolean isSameFile(Path one, Path other) throws IOException {
    if (Files.exists(one) && Files.exists(other)) {
      return Files.isSameFile(one, other);
    }
    return realPath(one).equals(realPath(other));
  }

  private static Path realPath(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    return folder == null || !Files.exists(folder)
        ? absolute
        : folder.toRealPath().resolve(absolute.getFileName());
  }

  /** A user needs the bad rows most when the build refuses the others. */
  private BuildReport runAndKeepRejects(RowSource.Splits splits, @Nullable Base base)
      throws IOException {
    try {
      return run(splits, base);
    } catch (BuildException e) {
      try {
        ledger.publishRejects();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private BuildReport run(RowSource.Splits splits, @Nullable Base base) throws IOException {
    Future<Void> verified = base == null ? null : verified(base);
    if (base == null) {
      storeCreation.start();
    }
    long baseIdCount = base == null ? 0 : base.idCount();
    // Numeric rows and text rows have as many partitions each, see RowBlock.
    int partitionCount = 2 * partitionCount(splits.estimatedRowCount(), baseIdCount);
    try (Spool spool = new Spool(workspace.spoolFile("rows"), partitionCount)) {
      phases.begin("read");
      List<RowSpooler> spoolers = read(splits, spool);
      boolean numericBase = base != null && base.idKind() == IdKind.LONG;
      List<BuildRemark> remarks = remarks(splits, spoolers, numericBase ? baseIdCount : 0);
      SpooledRows rows = RowSpooler.spooled(spool, spoolers);
      if (verified != null) {
        phases.begin("merge");
        Parallel.await(verified);
      }
      EntryStage entryStage = new EntryStage(options, workspace, threads, phases, ledger);
      try (Entries entries = makeEntries(entryStage, base, rows, spoolers)) {
        requireIds(entries.totals.idCount, rows, entryStage.choices().leftOutCount());
        ChangeLimit limit = options.changeLimit();
        if (base != null && limit != null) {
          limit.check(entryStage.choices().changes(), baseIdCount, base.path());
        }
        remarkFewerIds(entries.totals.idCount, remarks);
        remarkOddTexts(entries.shape, rows, remarks);
        long spooledBytes = spool.bytes() + entries.spool.bytes();
        spool.delete();
        FileStage fileStage =
            new FileStage(workspace, threads, storeCreation, phases, ledger, options.memory());
        Footer footer = fileStage.publish(entries, target, this::checkAgainstReplaced);
        published =
            new BuildReport(
                target,
                footer.edition(),
                entries.shape.kind(),
                rows.rowCount(),
                footer.idCount(),
                footer.dateCount(),
                entryStage.choices().duplicateCount(),
                entryStage.choices().conflictCount(),
                rows.noDateCount(),
                entryStage.choices().leftOutCount(),
                ledger.rejects(),
                rows.badLineCount(),
                footer.pages().layout(),
                entries.idPattern(),
                footer.fileBytes(),
                Math.max(spooledBytes, fileStage.temporaryBytes()),
                phases.durations(),
                base == null ? null : entryStage.choices().changes(),
                remarks);
        return published;
      }
    }
  }

  /** Checks the base while rows are read. */
  private Future<Void> verified(Base base) {
    return threads.start(
        () -> {
          base.verify();
          return null;
        });
  }

  /** Builds from the rows, and the base if there is one. */
  private Entries makeEntries(
      EntryStage entryStage, @Nullable Base base, SpooledRows rows, List<RowSpooler> spoolers)
      throws IOException {
    SpooledRows all = rows;
    if (base != null) {
      Entries merged = entryStage.merge(base, rows, dates);
      if (merged == null || merged.changedPages == null) {
        storeCreation.start();
      }
      if (merged != null) {
        return merged;
      }
      base.spool(threads, spoolers);
      all = RowSpooler.spooled(rows.spool(), spoolers);
    }
    phases.begin("sort");
    IdKind kind =
        all.textRowCount() == 0 && options.idKind() != IdKind.TEXT ? IdKind.LONG : IdKind.TEXT;
    return entryStage.make(kind, all, dates);
  }

  /** Without a base, the changes are counted against the file that is replaced. */
  private void checkAgainstReplaced(Path sealedFile) throws IOException {
    ChangeLimit limit = options.changeLimit();
    if (limit == null || options.base() != null || !Files.exists(target)) {
      return;
    }
    EditionDiff.Summary found = EditionDiff.of(target, sealedFile).summary();
    limit.check(
        new BaseChanges(found.addedCount(), found.removedCount(), found.changedCount()),
        found.removedCount() + found.changedCount() + found.unchangedCount(),
        target);
  }

  /** Refuses an empty or too small result; the target stays unchanged. */
  private void requireIds(long idCount, SpooledRows rows, long leftOutCount) throws BuildException {
    if (idCount < options.minIdCount()) {
      long badCount = ledger.rejects().values().stream().mapToLong(Long::longValue).sum();
      throw new BuildException(
          (idCount == 0
                  ? "no row gives an ID, and an empty file is published only with --allow-empty,"
                      + " allowEmpty(): ids=0"
                  : "too few IDs to publish: ids=" + idCount)
              + " minIds="
              + options.minIdCount()
              + " rows="
              + rows.rowCount()
              + " badRows="
              + badCount
              + " idsWithoutDate="
              + leftOutCount
              + ", target="
              + target);
    }
  }

  /** What was noticed of the rows, the entries of a numeric base among them. */
  private List<BuildRemark> remarks(
      RowSource.Splits splits, List<RowSpooler> spoolers, long numericBaseCount) {
    long goodCount =
        numericBaseCount
            + spoolers.stream().mapToLong(RowSpooler::rowCount).sum()
            - ledger.rejects().values().stream().mapToLong(Long::longValue).sum();
    List<BuildRemark> remarks =
        RowRemarks.of(spoolers.stream().map(RowSpooler::remarks).toList(), ledger, goodCount);
    for (String text : splits.remarks()) {
      remarks.add(new BuildRemark(BuildRemark.Kind.SOURCE, 1, text));
    }
    return remarks;
  }

  /** A file that shrinks to less than half is usually an accident. */
  private void remarkFewerIds(long idCount, List<BuildRemark> remarks) {
    long oldCount;
    try (Almanac old = Almanac.open(target)) {
      oldCount = old.size();
    } catch (IOException e) {
      return; // None is there, or not a sound one.
    }
    if (idCount < oldCount - idCount) {
      remarks.add(
          new BuildRemark(
              BuildRemark.Kind.FEWER_IDS,
              idCount,
              String.format(
                  "the file has less than half of the IDs of the one that it replaces: ids=%s"
                      + " before=%s",
                  idCount, oldCount)));
    }
  }

  private void remarkOddTexts(Shape shape, SpooledRows rows, List<BuildRemark> remarks)
      throws IOException {
    if (shape.text() && shape.texts() == null && options.layout() != Layout.ENTRIES) {
      BuildRemark remark = OddTexts.find(rows, threads, ledger);
      if (remark != null) {
        remarks.add(remark);
      }
    }
  }

  private static int partitionCount(long estimatedRowCount, long baseIdCount) {
    if (estimatedRowCount < 0) {
      return MAX_PARTITIONS;
    }
    long partitions = (estimatedRowCount + baseIdCount) / ROWS_PER_PARTITION;
    return (int) Long.highestOneBit(Math.max(MIN_PARTITIONS, Math.min(MAX_PARTITIONS, partitions)));
  }

  private List<RowSpooler> read(RowSource.Splits splits, Spool spool) throws IOException {
    List<Parallel.Task<RowSpooler>> tasks = new ArrayList<>();
    MemoryBudget.Reading memory =
        options.memory().reading(threads.threadCount(), spool.partitionCount());
    CountDownLatch reading = new CountDownLatch(memory.threadCount());
    for (int i = 0; i < memory.threadCount(); i++) {
      tasks.add(
          () -> {
            RowSpooler spooler = new RowSpooler(spool, options.idKind(), dates, ledger, memory);
            boolean more = true;
            while (more && !ledger.isDecided() && !Thread.currentThread().isInterrupted()) {
              more = next(splits, spooler, reading);
              phases.at(splits.done(), splits.total());
              workspace.requireSpaceForRows(splits.done(), splits.total(), spool.bytes());
            }
            reading.countDown();
            if (Thread.currentThread().isInterrupted()) {
              throw new InterruptedIOException("the build was interrupted");
            }
            spooler.flush();
            return spooler;
          });
    }
    List<RowSpooler> spoolers = threads.run(tasks);
    ledger.finish(spoolers.stream().mapToLong(RowSpooler::rowCount).sum());
    return spoolers;
  }

  /**
   * Reads a split. If that fails, the other threads end the splits that they have: those come
   * before, and a bad row in them is the one to report. So the number of threads does not decide
   * what is reported, unless the others are held up.
   */
  private boolean next(RowSource.Splits splits, RowSpooler spooler, CountDownLatch reading)
      throws IOException {
    try {
      boolean more = splits.next(spooler);
      spooler.requireEnded();
      return more;
    } catch (IOException | RuntimeException e) {
      ledger.failed(e);
      reading.countDown();
      try {
        if (!reading.await(SECONDS_FOR_SPLITS, TimeUnit.SECONDS)) {
          throw e;
        }
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        throw e;
      }
      return false;
    }
  }
}
