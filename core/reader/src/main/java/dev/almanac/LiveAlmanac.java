package dev.almanac;

import dev.almanac.read.Recording;
import dev.almanac.read.SealedFile;
import dev.almanac.read.WaitingMappings;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows a name and answers from the newest edition that is published under it: the name of a
 * file, or of a directory with a set of shards.
 *
 * <p>The first lookup after each interval ({@link LiveOptions#checkEvery}) checks the name; there
 * is no background thread. If it finds another file, it opens and checks it, puts it into service
 * and answers from it. If the file is missing, damaged or not accepted, the old edition stays in
 * service; {@link #state}, the listener and the flight recorder event {@code dev.almanac.Edition}
 * say so. So a lookup that begins an interval after a publish or later is answered from the new
 * edition, or from the old one while another thread opens the new one.
 *
 * <p>Each check reads the edition in the footer of the file that the name stands for at that
 * moment, and compares editions. So a name can also go back to an earlier edition, by a rename or
 * by a symbolic link on the path. A file must never be overwritten in place: that damages the
 * edition in service of every reader. See {@code docs/editions.md}.
 *
 * <p>Each call is answered from one edition. Two calls can be answered from two editions; {@link
 * #pin} keeps one for several calls. A date code belongs to its edition, so single lookups give
 * dates, and batches of codes return the dictionary.
 *
 * <p>A lookup costs one {@link System#nanoTime} and two volatile reads more than one of {@link
 * Almanac}. A batch pays this once and allocates a small object; a pinned edition pays nothing. A
 * lookup writes nothing that threads share.
 *
 * <p>An old edition is closed when the last pinned {@code Almanac} of it closes. On Java 22 and
 * later it is then unmapped, and a call that was using it is repeated on the new edition. On Java
 * 17 to 21, a garbage collection unmaps it and frees the disk space of its deleted file, see {@link
 * LiveOptions#oldEditions}.
 *
 * <p>Safe for any number of threads. Lookups throw what those of {@link Almanac} throw; a failed
 * check is not thrown into them. An interrupt neither stops a check nor is lost by it.
 */
public final class LiveAlmanac implements DateLookup {
  /** A refused file that does not change is tried again at least this often. */
  private static final long LONGEST_RETRY_NANOS = 60_000_000_000L;

  private final Path path;
  private final LiveOptions options;
  private final long intervalNanos;
  private final Followed followed;

  /** Held by the one thread that checks; lookups only ever try for it. */
  private final ReentrantLock checking = new ReentrantLock();

  /** Old editions and refused ones, of which some are still mapped. */
  private final WaitingMappings putAway = new WaitingMappings();

  private final AtomicBoolean isCollecting = new AtomicBoolean();

  /** What the listener has not been told yet. */
  private final Queue<LiveState> news = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean isTelling = new AtomicBoolean();

  private volatile long nextCheckNanos;
  private volatile CodeLookup inService;

  /** The edition before, if it is kept. */
  private volatile @Nullable CodeLookup previous;

  private volatile LiveState state;
  private volatile boolean isClosed;

  // Below: guarded by the lock.

  /** At the file in service, taken from that very file. */
  private Object look;

  private @Nullable Object refusedLook;
  private long firstRefusedNanos;
  private long lastRefusedNanos;

  private LiveAlmanac(Path path, LiveOptions options) throws IOException {
    this.path = path;
    this.options = options;
    this.intervalNanos = options.checkInterval().toNanos();
    this.followed = Files.isDirectory(path) ? new Followed.OfSet(path) : new Followed.OfFile(path);
    this.nextCheckNanos = System.nanoTime() + intervalNanos;
    Followed.Opened opened = openAccepted();
    this.look = opened.look();
    this.inService = opened.edition();
    this.state = LiveState.opened(path, inService);
  }

  /** As {@link #open(Path, LiveOptions)}, with the defaults. */
  public static LiveAlmanac open(Path path) throws IOException {
    return open(path, LiveOptions.defaults());
  }

  /**
   * Opens the edition that is published under this name now, and follows the name.
   *
   * @param path the name of a file, or of the directory of a set of shards; resolved anew at every
   *     check, links and all
   * @throws IOException as {@link Almanac#open} and {@link ShardedAlmanac#open}, and if the edition
   *     is not accepted
   */
  public static LiveAlmanac open(Path path, LiveOptions options) throws IOException {
    return new LiveAlmanac(path, options);
  }

  /** The edition to answer from. */
  private CodeLookup inService() {
    long due = nextCheckNanos;
    if (System.nanoTime() - due >= 0) {
      checkOnce(due);
    }
    return inService;
  }

  private void checkOnce(long due) {
    // Not by a condition, which the check called.
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
    tellNews();
  }

  private void check() {
    // First the time, then the name: a publish after this is seen an interval from now.
    nextCheckNanos = System.nanoTime() + intervalNanos;
    if (isClosed) {
      return;
    }
    // An interrupted thread could read no file, and its interrupt is none of the file's business.
    boolean interrupted = Thread.interrupted();
    @Nullable Object found = null;
    try {
      found = followed.look();
      if (found.equals(look)) {
        state = state.checked(null);
      } else if (found.equals(refusedLook) && !isRetryDue()) {
        state = state.checked(state.failure());
      } else {
        putIntoService(openAccepted());
      }
    } catch (ClosedByInterruptException e) {
      interrupted = true;
      nextCheckNanos = System.nanoTime();
    } catch (Exception e) {
      refuse(found, e);
    } catch (Throwable e) {
      refuse(found, new IOException("the name cannot be checked: " + e + ", path=" + path, e));
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

  private Followed.Opened openAccepted() throws IOException {
    Followed.Opened candidate = followed.open(options.verified());
    try {
      for (AlmanacInfo info : candidate.edition().infos()) {
        requireAccepted(info);
      }
      return candidate;
    } catch (Throwable e) {
      putAway(candidate.edition());
      throw e;
    }
  }

  private void requireAccepted(AlmanacInfo info) throws IOException {
    boolean accepted;
    try {
      accepted = options.acceptance().test(info);
    } catch (Throwable e) {
      throw new IOException(
          "the condition for an edition must not fail: " + e + ", path=" + info.path(), e);
    }
    if (!accepted) {
      throw new IOException(
          "an edition must be accepted to come into service: edition="
              + info.edition()
              + " idCount="
              + info.idCount()
              + ", path="
              + info.path());
    }
  }

  private void putIntoService(Followed.Opened candidate) {
    CodeLookup old = inService;
    look = candidate.look();
    refusedLook = null;
    inService = candidate.edition();
    if (isClosed) {
      candidate.edition().close();
    }
    if (options.keepsPrevious()) {
      keep(old.share());
    }
    // Calls under way on it are made again on the new one.
    putAway(old);
    state = state.switched(candidate.edition());
    news.add(state());
  }

  private void keep(CodeLookup old) {
    CodeLookup before = previous;
    previous = old;
    if (before != null) {
      before.close();
    }
    if (isClosed) {
      old.close();
    }
  }

  private void putAway(CodeLookup edition) {
    SealedFile.putAway(edition.files(), putAway);
    edition.close();
    if (putAway.isWorthACollection(options.oldEditionCount())
        && isCollecting.compareAndSet(false, true)) {
      collectInAThread();
    }
  }

  /** Not in this thread, which is in the middle of a lookup. */
  private void collectInAThread() {
    try {
      Thread thread =
          new Thread(
              null,
              () -> {
                putAway.collect();
                isCollecting.set(false);
              },
              "almanac-collection",
              0,
              false);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      thread.start();
    } catch (OutOfMemoryError e) {
      // The process may start no more threads now: the next switch asks again.
      isCollecting.set(false);
    }
  }

  private void refuse(@Nullable Object found, Exception failure) {
    lastRefusedNanos = System.nanoTime();
    if (found == null || !found.equals(refusedLook)) {
      refusedLook = found;
      firstRefusedNanos = lastRefusedNanos;
    }
    Exception before = state.failure();
    state = state.checked(failure);
    if (before == null || !failure.toString().equals(before.toString())) {
      news.add(state());
    }
  }

  /**
   * Tells the listener what it has not been told. One thread at a time: whoever finds another one
   * telling leaves it the news, also where that thread is itself further up this stack.
   */
  private void tellNews() {
    while (!news.isEmpty() && isTelling.compareAndSet(false, true)) {
      try {
        for (LiveState told; (told = news.poll()) != null; ) {
          tell(told);
        }
      } finally {
        isTelling.set(false);
      }
    }
  }

  private void tell(LiveState told) {
    if (Recording.isOn()) {
      EditionEvent.emit(told);
    }
    try {
      options.listener().accept(told);
    } catch (Throwable e) {
      try {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      } catch (Throwable ignored) {
        // As the virtual machine does with what a handler throws.
      }
    }
  }

  /**
   * Pins the edition in service: the result answers from it until it is closed, whatever is
   * published meanwhile. The caller closes the result. Allocates some small objects; lookups cost
   * what those of {@link Almanac#open} cost.
   *
   * @throws IllegalStateException if this is closed, or follows a set of shards: see {@link
   *     #pinSet}
   */
  public Almanac pin() {
    return file(pinned());
  }

  /**
   * Pins the edition that is asked for. If it is not in service, checks the name first. For jobs
   * that are told which edition to use.
   *
   * @param demandedEdition the 64 hexadecimal digits of {@code BuildReport.edition()}
   * @throws IOException if another edition is published under the name, or one that cannot come
   *     into service
   * @throws IllegalStateException as {@link #pin()}
   */
  public Almanac pin(String demandedEdition) throws IOException {
    return file(pinned(demandedEdition));
  }

  /**
   * As {@link #pin()}, where a set of shards is followed.
   *
   * @throws IllegalStateException if this is closed, or follows a file: see {@link #pin()}
   */
  public ShardedAlmanac pinSet() {
    return set(pinned());
  }

  /**
   * As {@link #pin(String)}, where a set of shards is followed.
   *
   * @param demandedEdition what {@code ShardSet.publish} returned
   * @throws IOException as {@link #pin(String)}
   * @throws IllegalStateException as {@link #pinSet()}
   */
  public ShardedAlmanac pinSet(String demandedEdition) throws IOException {
    return set(pinned(demandedEdition));
  }

  /**
   * Pins the edition that was in service before the last switch, or gives null if there was none.
   * The caller closes the result.
   *
   * @throws IllegalStateException as {@link #pin()}, and if the options do not keep it: see {@link
   *     LiveOptions#keepPrevious}
   */
  public @Nullable Almanac pinPrevious() {
    CodeLookup pinned = pinnedPrevious();
    return pinned == null ? null : file(pinned);
  }

  /**
   * As {@link #pinPrevious()}, where a set of shards is followed.
   *
   * @throws IllegalStateException as {@link #pinPrevious()}
   */
  public @Nullable ShardedAlmanac pinPreviousSet() {
    CodeLookup pinned = pinnedPrevious();
    return pinned == null ? null : set(pinned);
  }

  private @Nullable CodeLookup pinnedPrevious() {
    if (!options.keepsPrevious()) {
      throw new IllegalStateException(
          "the options must say keepPrevious(true) to keep the edition before: path=" + path);
    }
    while (true) {
      requireOpen();
      CodeLookup edition = previous;
      try {
        return edition == null ? null : edition.share();
      } catch (IllegalStateException e) {
        // Closed by a switch or with this.
      }
    }
  }

  private Almanac file(CodeLookup pinned) {
    if (pinned instanceof Almanac almanac) {
      return almanac;
    }
    pinned.close();
    throw new IllegalStateException("a set of shards is pinned by pinSet: path=" + path);
  }

  private ShardedAlmanac set(CodeLookup pinned) {
    if (pinned instanceof ShardedAlmanac set) {
      return set;
    }
    pinned.close();
    throw new IllegalStateException("a file is pinned by pin: path=" + path);
  }

  private CodeLookup pinned() {
    CodeLookup edition = inService();
    while (true) {
      try {
        return edition.share();
      } catch (IllegalStateException e) {
        // Closed by a switch or with this.
        requireOpen();
        edition = inService;
      }
    }
  }

  private CodeLookup pinned(String demandedEdition) throws IOException {
    CodeLookup pinned = pinned();
    if (!pinned.edition().equalsIgnoreCase(demandedEdition)) {
      pinned.close();
      checkNow();
      pinned = pinned();
      if (!pinned.edition().equalsIgnoreCase(demandedEdition)) {
        pinned.close();
        throw new IOException(
            "the edition in service must be the demanded one: found="
                + pinned.edition()
                + " expected="
                + demandedEdition
                + ", path="
                + path,
            state.failure());
      }
    }
    return pinned;
  }

  /**
   * Checks the name now, whatever the interval, for example after a message that a file was
   * published. Waits for a check in another thread with its condition and verification, but not for
   * listeners.
   *
   * @return the state after the check
   * @throws IllegalStateException if this is closed, or if called by a condition ({@link
   *     LiveOptions#accept})
   */
  public LiveState checkNow() {
    if (checking.isHeldByCurrentThread()) {
      throw new IllegalStateException("a condition must not check the name: path=" + path);
    }
    requireOpen();
    checking.lock();
    try {
      check();
    } finally {
      checking.unlock();
    }
    requireOpen();
    LiveState now = state();
    tellNews();
    return now;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the live almanac is closed: path=" + path);
    }
  }

  /**
   * Makes a call again, on a pinned edition, if it failed because its edition was put away
   * meanwhile. Else throws what the call threw.
   */
  private <T extends @Nullable Object> T again(
      CodeLookup edition, IllegalStateException thrown, Function<CodeLookup, T> call) {
    if (edition == inService && !isClosed) {
      throw thrown;
    }
    try (CodeLookup pinned = pinned()) {
      return call.apply(pinned);
    }
  }

  /** Makes a call that fills an array, whole, from one edition. */
  private DateDictionary batch(Consumer<CodeLookup> call) {
    CodeLookup edition = inService();
    try {
      call.accept(edition);
      return edition.dictionary();
    } catch (IllegalStateException e) {
      return again(
          edition,
          e,
          pinned -> {
            call.accept(pinned);
            return pinned.dictionary();
          });
    }
  }

  @Override
  public @Nullable LocalDate date(long id) {
    CodeLookup edition = inService();
    try {
      return edition.date(id);
    } catch (IllegalStateException e) {
      return this.<@Nullable LocalDate>again(edition, e, pinned -> pinned.date(id));
    }
  }

  @Override
  public @Nullable LocalDate date(CharSequence id) {
    CodeLookup edition = inService();
    try {
      return edition.date(id);
    } catch (IllegalStateException e) {
      return this.<@Nullable LocalDate>again(edition, e, pinned -> pinned.date(id));
    }
  }

  @Override
  public @Nullable LocalDate date(UUID id) {
    CodeLookup edition = inService();
    try {
      return edition.date(id);
    } catch (IllegalStateException e) {
      return this.<@Nullable LocalDate>again(edition, e, pinned -> pinned.date(id));
    }
  }

  /**
   * The codes of many IDs, all of one edition; see {@link Almanac#codes(long[], int[])}.
   *
   * @return the dictionary that these codes belong to
   */
  public DateDictionary codes(long[] ids, int[] codes) {
    return batch(edition -> edition.codes(ids, 0, codes, 0, ids.length));
  }

  /**
   * The codes of many text IDs, all of one edition.
   *
   * @return the dictionary that these codes belong to
   */
  public DateDictionary codes(CharSequence[] ids, int[] codes) {
    return batch(edition -> edition.codes(ids, 0, codes, 0, ids.length));
  }

  @Override
  public void dates(long[] ids, @Nullable LocalDate[] dates) {
    batch(edition -> edition.dates(ids, dates));
  }

  @Override
  public void dates(CharSequence[] ids, @Nullable LocalDate[] dates) {
    batch(edition -> edition.dates(ids, dates));
  }

  @Override
  public void epochDays(long[] ids, long[] days) {
    batch(edition -> edition.epochDays(ids, days));
  }

  @Override
  public void epochDays(CharSequence[] ids, long[] days) {
    batch(edition -> edition.epochDays(ids, days));
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

  /** The state, without a check. */
  public LiveState state() {
    return state.withMapped((isClosed ? 0 : 1) + putAway.mappedCount());
  }

  /**
   * Stops following the name. Later lookups throw {@link IllegalStateException}; pinned editions
   * stay open. Does not wait: a check in another thread ends without effect. Closing twice does
   * nothing.
   */
  @Override
  public void close() {
    isClosed = true;
    inService.close();
    CodeLookup before = previous;
    if (before != null) {
      before.close();
    }
  }

  /** Path and state, for logs. */
  @Override
  public String toString() {
    return "LiveAlmanac{" + state() + "}";
  }
}
