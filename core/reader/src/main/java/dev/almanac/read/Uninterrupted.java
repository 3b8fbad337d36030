package dev.almanac.read;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs what must not be interrupted in a short-lived thread that only this class knows: an
 * interrupt in {@code FileChannel.map} after the file is mapped makes it throw and never unmap
 * (OpenJDK 17 to 25, {@code FileChannelImpl.mapInternal}). An interrupt of the calling thread is
 * kept for the caller and neither stops nor delays the call.
 */
final class Uninterrupted {
  private static final long STACK_BYTES = 512 << 10;

  private Uninterrupted() {}

  /** Runs {@code call} and returns what it returns, or throws what it throws. */
  static <T> T call(Path path, Callable<T> call) throws IOException {
    Task<T> task = new Task<>(call);
    start(path, task);
    boolean interrupted = false;
    while (true) {
      try {
        task.done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable thrown = task.thrown;
    if (thrown != null) {
      throw withCallersTrace(thrown);
    }
    return Objects.requireNonNull(task.result);
  }

  /** A {@code FutureTask} would do, but it loads ten more classes of the JDK. */
  private static final class Task<T> implements Runnable {
    private final Callable<T> call;
    private final CountDownLatch done = new CountDownLatch(1);

    // Of these two, one is set, before the latch opens.
    private @Nullable T result;
    private @Nullable Throwable thrown;

    Task(Callable<T> call) {
      this.call = call;
    }

    @Override
    public void run() {
      try {
        result = call.call();
      } catch (Throwable e) {
        thrown = e;
      } finally {
        done.countDown();
      }
    }
  }

  private static void start(Path path, Runnable task) throws IOException {
    try {
      Thread thread = new Thread(null, task, "almanac-open", STACK_BYTES, false);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      thread.start();
    } catch (OutOfMemoryError e) {
      throw new IOException(
          "a file is opened in a thread that nobody interrupts, and the process must be able to"
              + " start one: path="
              + path,
          e);
    }
  }

  /** Lets the stack trace go on with the caller's, as if there were one thread. */
  private static IOException withCallersTrace(Throwable thrown) {
    thrown.setStackTrace(
        Stream.of(thrown.getStackTrace(), new Throwable().getStackTrace())
            .flatMap(Stream::of)
            .toArray(StackTraceElement[]::new));
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof IOException io ? io : new IOException(thrown);
  }
}
