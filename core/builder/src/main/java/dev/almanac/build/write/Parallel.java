package dev.almanac.build.write;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one build. The first failure stops the others; an interrupt of the caller stops
 * them all.
 */
final class Parallel implements AutoCloseable {
  private final int threadCount;
  private final ExecutorService threads;

  Parallel(int threadCount) {
    this.threadCount = threadCount;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "almanac-build-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  int threadCount() {
    return threadCount;
  }

  /** What one thread does. */
  interface Task<T> {
    @Nullable T run() throws IOException;
  }

  /** What is done for one index. */
  interface IndexedTask {
    void run(int index) throws IOException;
  }

  /** Makes an {@link IndexedTask} for each thread, so that each has buffers of its own. */
  interface TaskMaker {
    IndexedTask make() throws IOException;
  }

  /** Starts something beside the rest. */
  <T> Future<T> start(Task<T> task) {
    return threads.submit(task::run);
  }

  /** Waits for what {@link #start} started. */
  static <T> T await(Future<T> future) throws IOException {
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
   * As {@link #await}, for what takes an interrupt badly: waits for its end, and only then says
   * that it was interrupted.
   */
  static <T> T awaitEnd(Future<T> future) throws IOException {
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

  /** Runs all tasks, each in a thread; returns their results in their order when all have ended. */
  <T> List<T> run(List<Task<T>> tasks) throws IOException {
    ExecutorCompletionService<T> completion = new ExecutorCompletionService<>(threads);
    List<Future<T>> futures = new ArrayList<>();
    for (Task<T> task : tasks) {
      futures.add(completion.submit(task::run));
    }
    Throwable failure = null;
    for (int i = 0; i < tasks.size(); i++) {
      try {
        completion.take().get();
      } catch (ExecutionException e) {
        if (failure == null) {
          failure = e.getCause();
          futures.forEach(f -> f.cancel(true));
        } else if (e.getCause() != failure
            && !(e.getCause() instanceof ClosedByInterruptException)) {
          // One that two threads met, as that of a source, is one.
          failure.addSuppressed(e.getCause());
        }
      } catch (CancellationException e) {
        // Stopped because another failed, or the caller was interrupted: that is what will be
        // thrown.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new InterruptedIOException("the build was interrupted");
        futures.forEach(f -> f.cancel(true));
        break;
      }
    }
    if (failure != null) {
      throw rethrow(failure);
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(await(future));
    }
    return results;
  }

  /**
   * Runs a task for each index below {@code count}; each thread takes the next one that is left.
   */
  void forEachIndex(int count, TaskMaker maker) throws IOException {
    AtomicInteger next = new AtomicInteger();
    List<Task<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < Math.min(threadCount, count); i++) {
      tasks.add(
          () -> {
            IndexedTask task = maker.make();
            for (int index = next.getAndIncrement();
                index < count;
                index = next.getAndIncrement()) {
              if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("the build was interrupted");
              }
              task.run(index);
            }
            return null;
          });
    }
    run(tasks);
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

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
