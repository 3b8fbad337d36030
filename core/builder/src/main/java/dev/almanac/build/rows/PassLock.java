package dev.almanac.build.rows;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread of a pass over rows at a time take the next split. After a failure, each thread
 * that asks for more rows gets the same exception, so that no thread takes the input for read, and
 * the build fails with this exception whichever thread reports first.
 */
final class PassLock {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Throwable failure;
  private boolean closed;

  /** Takes the next split, or returns null if there is none. */
  interface Step<T> {
    @Nullable T take() throws IOException;
  }

  <T> @Nullable T next(Step<T> step) throws IOException {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for the rows was interrupted");
    }
    try {
      throwIfFailed();
      if (closed) {
        throw new IOException("the source must be open: found=closed");
      }
      return step.take();
    } catch (IOException | RuntimeException | Error e) {
      failure = failure == null ? e : failure;
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void throwIfFailed() throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Waits for a read that is under way, and ends the pass once. */
  void close(Closeable end) throws IOException {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        end.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
