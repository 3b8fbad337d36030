package dev.almanac;

import dev.almanac.read.Recording;
import dev.almanac.read.SealedFile;
import dev.almanac.read.WaitingMappings;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest edition of a name, open: checks the name, puts another edition into service if it is
 * accepted, puts the old one away, and tells the listener. What {@link LiveAlmanac} answers from.
 */
final class NewestEdition {
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

  NewestEdition(Path path, LiveOptions options) throws IOException {
    this.path = path;
    this.options = options;
    this.intervalNanos = options.checkInterval.toNanos();
    this.followed = Files.isDirectory(path) ? new Followed.OfSet(path) : new Followed.OfFile(path);
    this.nextCheckNanos = System.nanoTime() + intervalNanos;
    Followed.Opened opened = openAccepted();
    this.look = opened.look();
    this.inService = opened.edition();
    this.state = LiveState.opened(path, inService);
  }

  /** The edition to answer from, after a check if one is due. */
  CodeLookup get() {
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
    // An interrupted thread cannot read a file.
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
   * A fault may pass, and a file may be mended within the resolution of its modification time: so
   * it is tried again when it has been refused for twice as long.
   */
  private boolean isRetryDue() {
    long wait = Math.min(lastRefusedNanos - firstRefusedNanos, LONGEST_RETRY_NANOS);
    return System.nanoTime() - lastRefusedNanos >= wait;
  }

  private Followed.Opened openAccepted() throws IOException {
    Followed.Opened candidate = followed.open(options.verified);
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
      accepted = options.acceptance.test(info);
    } catch (Throwable e) {
      throw new IOException(
          "the condition for an edition must not fail: " + e + ", path=" + info.path(), e);
    }
    if (!accepted) {
      throw new IOException(
          "an edition must be accepted to come into service: edition=%s idCount=%s, path=%s"
              .formatted(info.edition(), info.idCount(), info.path()));
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
    if (options.keepsPrevious) {
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
    if (putAway.isWorthACollection(options.oldEditionCount)
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

  /** Tells the listener the news. One thread at a time, to which others leave theirs. */
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
      options.listener.accept(told);
    } catch (Throwable e) {
      try {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      } catch (Throwable ignored) {
        // As the virtual machine does with what a handler throws.
      }
    }
  }

  /** The edition in service for a user, who closes it. */
  CodeLookup pin() {
    CodeLookup edition = get();
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

  /** The edition that is demanded, after a check if it is not in service; see {@link #pin()}. */
  CodeLookup pin(String demandedEdition) throws IOException {
    CodeLookup pinned = pin();
    if (!pinned.edition().equalsIgnoreCase(demandedEdition)) {
      pinned.close();
      checkNow();
      pinned = pin();
      if (!pinned.edition().equalsIgnoreCase(demandedEdition)) {
        pinned.close();
        throw new IOException(
            "the edition in service must be the demanded one: found=%s expected=%s, path=%s"
                .formatted(pinned.edition(), demandedEdition, path),
            state.failure());
      }
    }
    return pinned;
  }

  /** The edition before for a user, who closes it, or null before the first switch. */
  @Nullable CodeLookup pinPrevious() {
    if (!options.keepsPrevious) {
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

  /** See {@link LiveAlmanac#checkNow}. */
  LiveState checkNow() {
    if (checking.isHeldByCurrentThread()) {
      throw new IllegalStateException("a condition must not check the name: path=" + path);
    }
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

  /** Whether calls are answered from this edition now. */
  boolean isInService(CodeLookup edition) {
    return edition == inService && !isClosed;
  }

  /** The state, without a check. */
  LiveState state() {
    return state.withMapped((isClosed ? 0 : 1) + putAway.mappedCount());
  }

  void close() {
    isClosed = true;
    inService.close();
    CodeLookup before = previous;
    if (before != null) {
      before.close();
    }
  }
}
