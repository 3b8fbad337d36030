package dev.almanac.build.workspace;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one build. The first failure stops the others; an interrupt of the caller stops
 * them all.
 */
public final class Parallel implements AutoCloseable {
  /** How long a build waits for threads that it has stopped, such as one that a source holds. */
  public static final int SECONDS_TO_END = 10;

  private final int threadCount;
  private final AtomicInteger number = new AtomicInteger();
  private final ExecutorService threads;

  public Parallel(int threadCount) {
    this.threadCount = threadCount;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "almanac-build-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  public int threadCount() {
    return threadCount;
  }

  /** What one thread does. */
  public interface Task<T> {
    @Nullable T run() throws IOException;
  }

  /** Makes what a thread works with, so that threads share no buffers. */
  public interface Maker<W> {
    W make() throws IOException;
  }

  /** What is done for one index. */
  public interface IndexedTask<W> {
    void run(W worker, int index) throws IOException;
  }

  /** Starts something beside the rest. */
  public <T> Future<T> start(Task<T> task) {
    return threads.submit(task::run);
  }

  /** Waits for what {@link #start} started. */
  public static <T> T await(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw rethrow(e.getCause());
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the build was interrupted");
    }
  }

  /**
   * As {@link #await}, for a task that must not be interrupted: waits for its end and throws then.
   */
  public static <T> T awaitEnd(Future<T> future) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          T result = future.get();
          if (interrupted) {
            throw new InterruptedIOException("the build was interrupted");
          }
          return result;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw rethrow(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Runs all tasks, each in a thread; returns their results in their order when all have ended.
   * After a failure, or an interrupt of the caller, waits for the others to end, though not longer
   * than {@link #SECONDS_TO_END}: what they work on can be closed then.
   */
  public <T> List<T> run(List<Task<T>> tasks) throws IOException {
    Group<T> group = new Group<>(tasks);
    for (int i = 0; i < tasks.size(); i++) {
      group.start(i, "almanac-build-" + number.getAndIncrement());
    }
    return group.await();
  }

  /** Tasks that run side by side. */
  private static final class Group<T> {
    private final List<Task<T>> tasks;
    private final List<@Nullable T> results;
    private final List<Thread> running = new ArrayList<>();
    private @Nullable Throwable failure;
    private long deadlineNanos;

    Group(List<Task<T>> tasks) {
      this.tasks = tasks;
      this.results = new ArrayList<>(Collections.nCopies(tasks.size(), null));
    }

    synchronized void start(int index, String name) {
      if (failure == null) {
        Thread thread = new Thread(() -> run(index), name);
        thread.setDaemon(true);
        try {
          thread.start();
          running.add(thread);
        } catch (OutOfMemoryError e) {
          // The system has no more threads.
          failed(e);
        }
      }
    }

    private void run(int index) {
      try {
        T result = tasks.get(index).run();
        synchronized (this) {
          results.set(index, result);
        }
      } catch (Throwable e) {
        failed(e);
      } finally {
        synchronized (this) {
          running.remove(Thread.currentThread());
          notifyAll();
        }
      }
    }

    private synchronized void failed(Throwable e) {
      if (failure == null) {
        failure = e;
        deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_END);
        running.forEach(Thread::interrupt);
      } else if (e != failure && !isOfInterrupt(e)) {
        // One that two threads met, as that of a source, is one.
        failure.addSuppressed(e);
      }
    }

    /** Threads that are stopped because another failed say so each in its way. */
    private static boolean isOfInterrupt(Throwable e) {
      return e instanceof ClosedChannelException || e instanceof InterruptedIOException;
    }

    synchronized List<T> await() throws IOException {
      boolean interrupted = false;
      while (!running.isEmpty()) {
        long millis =
            failure == null
                ? 0
                : TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()) + 1;
        if (millis < 0) {
          break;
        }
        try {
          wait(millis);
        } catch (InterruptedException e) {
          interrupted = true;
          Throwable met = failure;
          failure = null;
          failed(new InterruptedIOException("the build was interrupted"));
          if (met != null) {
            failed(met);
          }
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw rethrow(failure);
      }
      return results;
    }
  }

  /**
   * Runs a task for each index below {@code count}; each thread takes the next one that is left.
   * Returns what each thread worked with.
   */
  public <W> List<W> forEachIndex(int count, Maker<W> maker, IndexedTask<W> task)
      throws IOException {
    return forEachIndex(count, threadCount, maker, task);
  }

  /** The same with at most {@code maxThreads} threads. */
  public <W> List<W> forEachIndex(int count, int maxThreads, Maker<W> maker, IndexedTask<W> task)
      throws IOException {
    AtomicInteger next = new AtomicInteger();
    Task<W> each =
        () -> {
          W worker = maker.make();
          for (int index = next.getAndIncrement(); index < count; index = next.getAndIncrement()) {
            if (Thread.currentThread().isInterrupted()) {
              throw new InterruptedIOException("the build was interrupted");
            }
            task.run(worker, index);
          }
          return worker;
        };
    return run(Collections.nCopies(Math.min(Math.min(threadCount, maxThreads), count), each));
  }

  private static IOException rethrow(@Nullable Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    throw new IOException(failure);
  }

  /** Stops what still runs, and waits for its end, though only so long. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    boolean waited = false;
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_END);
    while (!waited) {
      try {
        threads.awaitTermination(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        waited = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
