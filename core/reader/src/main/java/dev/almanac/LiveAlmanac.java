package dev.almanac;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Always the newest edition that was published under a name.
 *
 * <p>The first lookup after each interval ({@link LiveOptions#checkEvery}) checks the name; there
 * is no thread. Where it finds another file, that is opened, checked and put into service, and the
 * lookup is answered from it. A file that is missing, damaged or not accepted leaves the old
 * edition in service; {@link #state} tells, and a listener and a flight recording ({@code
 * dev.almanac.Edition}) where there are. So a lookup that begins an interval after a publish, or
 * later, is answered by the new edition; while another thread is opening it, by the old one.
 *
 * <p>Each call finishes on the edition that it began with. Two calls may meet two editions: {@link
 * #pin} pins one for a whole batch. A date code means something in its own edition alone, so single
 * lookups here best ask for dates, and batches of codes give the dictionary along.
 *
 * <p>A lookup costs one reading of the clock ({@link System#nanoTime}) and two volatile reads more
 * than one of {@link Almanac}; batches pay once, pinned editions not at all. Nothing is counted on
 * the way, so threads do not disturb each other, and nothing is allocated.
 *
 * <p>An old edition is let go of when the last call, the last pinned {@code Almanac} and the last
 * dictionary of it are gone: its mapping, and the disk space of its deleted file, go with the
 * garbage collection that finds that out, which {@link LiveOptions#oldEditions} brings on in time.
 *
 * <p>The name may be replaced by {@code rename()}, as a build does it, or be or lead through a
 * symbolic link that is switched. A file must never be overwritten in place: that damages the
 * edition in service of every reader. See {@code docs/editions.md}.
 *
 * <p>Safe for any number of threads. Lookups throw what those of {@link Almanac} throw; a failed
 * check is not thrown into them.
 */
public final class LiveAlmanac implements DateLookup {
  /** A refused file that does not change is tried again at least this often. */
  private static final long LONGEST_RETRY_NANOS = 60_000_000_000L;

  /** A runtime of {@code java.base} alone has no flight recorder, and a reader needs none. */
  private static final boolean RECORDS = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private final Path path;
  private final LiveOptions options;
  private final long intervalNanos;

  /** Held by the one thread that checks; lookups only ever try for it. */
  private final ReentrantLock checking = new ReentrantLock();

  /** Old editions whose mappings the collector has not freed yet. */
  private final List<Reference<?>> retired = new CopyOnWriteArrayList<>();

  private volatile long nextCheckNanos;
  private volatile Almanac inService;
  private volatile LiveState state;

  // Below: guarded by the lock.
  private FileStamp stamp;
  private @Nullable FileStamp refused;
  private long firstRefusedNanos;
  private long lastRefusedNanos;

  private LiveAlmanac(Path path, LiveOptions options) throws IOException {
    this.path = path;
    this.options = options;
    this.intervalNanos = options.checkInterval().toNanos();
    this.nextCheckNanos = System.nanoTime() + intervalNanos;
    this.stamp = FileStamp.of(path);
    this.inService = openAccepted();
    Instant now = Instant.now();
    this.state = new LiveState(path, inService.edition(), now, now, 1, 0, 0, null, 1);
  }

  /**
   * Which file a name stands for, and how it looks. The file in service cannot be mistaken for
   * another: its inode is not given away while it is mapped.
   */
  private record FileStamp(Object inode, long bytes, FileTime modified) {
    static FileStamp of(Path path) throws IOException {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileStamp(found.fileKey(), found.size(), found.lastModifiedTime());
    }
  }

  /** As {@link #open(Path, LiveOptions)}, with the defaults. */
  public static LiveAlmanac open(Path path) throws IOException {
    return open(path, LiveOptions.defaults());
  }

  /**
   * Opens the edition that is published under this name now, and follows the name from here on.
   *
   * @param path the name; resolved anew at every check, links and all
   * @throws IOException as {@link Almanac#open}, and if the edition is not accepted: there is none
   *     to fall back on
   */
  public static LiveAlmanac open(Path path, LiveOptions options) throws IOException {
    return new LiveAlmanac(path, options);
  }

  /** The edition to answer from. */
  private Almanac inService() {
    long due = nextCheckNanos;
    if (System.nanoTime() - due >= 0) {
      checkOnce(due);
    }
    return inService;
  }

  private void checkOnce(long due) {
    // Not by a listener, which the check called.
    if (checking.isHeldByCurrentThread() || !checking.tryLock()) {
      return;
    }
    try {
      if (nextCheckNanos == due) {
        check();
      }
    } finally {
      checking.unlock();
    }
  }

  private void check() {
    // First the time, then the name: a publish after this is seen an interval from now.
    nextCheckNanos = System.nanoTime() + intervalNanos;
    if (inService.isClosed()) {
      return;
    }
    // An interrupted thread could open no file, and its interrupt is none of the file's business.
    boolean interrupted = Thread.interrupted();
    @Nullable FileStamp found = null;
    try {
      found = FileStamp.of(path);
      if (found.equals(stamp)) {
        checked(null);
      } else if (found.equals(refused) && !isRetryDue()) {
        checked(state.failure());
      } else {
        // The stamp is as old as the file or older. If the name changes in between, the next check
        // takes the file for another one and opens it again, which is no harm.
        putIntoService(openAccepted(), found);
      }
    } catch (ClosedByInterruptException e) {
      interrupted = true;
      nextCheckNanos = System.nanoTime();
    } catch (IOException | RuntimeException e) {
      refuse(found, e);
    } catch (InternalError e) {
      refuse(
          found,
          new CorruptAlmanacException(
              "a file must stay whole while it is opened: " + e.getMessage(), path, e));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * What is wrong with a file mostly stays wrong, but what kept us from reading it may pass, and a
   * writer may have mended it within the resolution of its modification time. So the file is tried
   * again when it has been refused for twice as long.
   */
  private boolean isRetryDue() {
    long wait = Math.min(lastRefusedNanos - firstRefusedNanos, LONGEST_RETRY_NANOS);
    return System.nanoTime() - lastRefusedNanos >= wait;
  }

  private Almanac openAccepted() throws IOException {
    Almanac candidate = Almanac.open(path);
    try {
      if (!options.acceptance().test(candidate.info())) {
        throw new IOException(
            "an edition must be accepted to come into service: edition="
                + candidate.edition()
                + " idCount="
                + candidate.size()
                + ", path="
                + path);
      }
      if (options.verified()) {
        requireWhole(candidate.edition());
      }
      return candidate;
    } catch (IOException | RuntimeException e) {
      retired.add(candidate.mapping());
      throw e;
    }
  }

  private void requireWhole(String edition) throws IOException {
    VerifyReport report = Almanac.verify(path);
    if (!report.ok()) {
      throw new CorruptAlmanacException(
          "an edition must be whole to come into service: " + report.damages(), path);
    }
    if (!report.edition().equals(edition)) {
      throw new IOException(
          "the name must stand for one file while that is verified: opened="
              + edition
              + " verified="
              + report.edition()
              + ", path="
              + path);
    }
  }

  private void putIntoService(Almanac candidate, FileStamp found) {
    // Not closed: lookups in flight finish on it.
    retired.add(inService.mapping());
    inService = candidate;
    stamp = found;
    refused = null;
    letOldOnesGo();
    LiveState s = state;
    Instant now = Instant.now();
    state =
        new LiveState(
            path,
            candidate.edition(),
            now,
            now,
            s.checkCount() + 1,
            s.switchCount() + 1,
            s.failureCount(),
            null,
            1 + mappedOldCount());
    tell();
  }

  private void refuse(@Nullable FileStamp found, Exception failure) {
    lastRefusedNanos = System.nanoTime();
    if (found == null || !found.equals(refused)) {
      refused = found;
      firstRefusedNanos = lastRefusedNanos;
    }
    letOldOnesGo();
    Exception before = state.failure();
    boolean news = before == null || !failure.toString().equals(before.toString());
    checked(failure);
    if (news) {
      tell();
    }
  }

  private void checked(@Nullable Exception failure) {
    LiveState s = state;
    state =
        new LiveState(
            path,
            s.edition(),
            s.since(),
            Instant.now(),
            s.checkCount() + 1,
            s.switchCount(),
            s.failureCount() + (failure == null ? 0 : 1),
            failure,
            1 + mappedOldCount());
  }

  private void tell() {
    if (RECORDS) {
      EditionEvent.emit(state);
    }
    try {
      options.listener().accept(state);
    } catch (RuntimeException e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private void letOldOnesGo() {
    if (mappedOldCount() > options.oldEditionCount()) {
      System.gc();
    }
  }

  private int mappedOldCount() {
    retired.removeIf(mapping -> mapping.refersTo(null));
    return retired.size();
  }

  /**
   * Pins the edition in service: what comes back answers from it, whatever is published meanwhile,
   * until it is closed. Makes four small objects; lookups on it cost what those of {@link
   * Almanac#open} do.
   *
   * @throws IllegalStateException if this is closed
   */
  public Almanac pin() {
    return pinned(inService());
  }

  /**
   * Pins a certain edition, which must be in service; where it is not, the name is checked at once.
   * For jobs that are told which edition to work on.
   *
   * @param demandedEdition the 64 hexadecimal digits of {@code BuildReport.edition()}
   * @throws IOException if another edition is published under the name, or none that can come into
   *     service
   * @throws IllegalStateException if this is closed
   */
  public Almanac pin(String demandedEdition) throws IOException {
    Almanac found = inService();
    if (!found.edition().equalsIgnoreCase(demandedEdition)) {
      checkNow();
      found = inService;
      if (!found.edition().equalsIgnoreCase(demandedEdition)) {
        throw new IOException(
            "the edition in service must be the demanded one: found="
                + found.edition()
                + " expected="
                + demandedEdition
                + ", path="
                + path,
            state.failure());
      }
    }
    return pinned(found);
  }

  private Almanac pinned(Almanac edition) {
    if (edition.isClosed()) {
      throw new IllegalStateException("the live almanac is closed: path=" + path);
    }
    return edition.share();
  }

  /**
   * Checks the name now, whatever the interval: after a message that says that there is news. Waits
   * for a check that is under way.
   *
   * @return how things stand after it
   * @throws IllegalStateException if called by a listener
   */
  public LiveState checkNow() {
    if (checking.isHeldByCurrentThread()) {
      throw new IllegalStateException("a listener must not check the name: path=" + path);
    }
    checking.lock();
    try {
      check();
      return state;
    } finally {
      checking.unlock();
    }
  }

  @Override
  public @Nullable LocalDate date(long id) {
    return inService().date(id);
  }

  @Override
  public @Nullable LocalDate date(CharSequence id) {
    return inService().date(id);
  }

  /**
   * The codes of many IDs, all of one edition; see {@link Almanac#codes(long[], int[])}.
   *
   * @return the dictionary that these codes belong to
   */
  public DateDictionary codes(long[] ids, int[] codes) {
    Almanac edition = inService();
    edition.codes(ids, codes);
    return edition.dictionary();
  }

  /**
   * The codes of many text IDs, all of one edition.
   *
   * @return the dictionary that these codes belong to
   */
  public DateDictionary codes(CharSequence[] ids, int[] codes) {
    Almanac edition = inService();
    edition.codes(ids, codes);
    return edition.dictionary();
  }

  @Override
  public void dates(long[] ids, @Nullable LocalDate[] dates) {
    inService().dates(ids, dates);
  }

  @Override
  public void dates(CharSequence[] ids, @Nullable LocalDate[] dates) {
    inService().dates(ids, dates);
  }

  @Override
  public void epochDays(long[] ids, long[] days) {
    inService().epochDays(ids, days);
  }

  @Override
  public void epochDays(CharSequence[] ids, long[] days) {
    inService().epochDays(ids, days);
  }

  /** The number of IDs of the edition in service. */
  @Override
  public long size() {
    return inService().size();
  }

  /** The kind of the IDs of the edition in service. */
  @Override
  public IdKind idKind() {
    return inService().idKind();
  }

  /** The edition in service. */
  @Override
  public String edition() {
    return inService().edition();
  }

  /** The name that this follows. */
  public Path path() {
    return path;
  }

  /** How things stand, without a check. */
  public LiveState state() {
    LiveState s = state;
    return new LiveState(
        s.path(),
        s.edition(),
        s.since(),
        s.lastCheck(),
        s.checkCount(),
        s.switchCount(),
        s.failureCount(),
        s.failure(),
        1 + mappedOldCount());
  }

  /**
   * Ends the following. Lookups after it throw {@link IllegalStateException}; pinned editions
   * remain. Closing twice does nothing.
   */
  @Override
  public void close() {
    checking.lock();
    try {
      inService.close();
    } finally {
      checking.unlock();
    }
  }

  /** Path and state, for logs. */
  @Override
  public String toString() {
    return "LiveAlmanac{" + state() + "}";
  }
}
