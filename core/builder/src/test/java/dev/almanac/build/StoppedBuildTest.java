package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A build that stops leaves the caller's source before it closes it and before it returns: the
 * application may close its connection then.
 */
@Timeout(300)
class StoppedBuildTest {
  @TempDir Path folder;

  /** A source whose threads notice an interrupt late; it counts who is inside. */
  private static final class SlowSource implements RowSource, RowSource.Splits {
    final AtomicInteger insideCount = new AtomicInteger();
    final AtomicInteger insideAtClose = new AtomicInteger(-1);
    final CountDownLatch entered;
    final AtomicBoolean failing;

    SlowSource(int threads, boolean failing) {
      this.entered = new CountDownLatch(threads);
      this.failing = new AtomicBoolean(failing);
    }

    @Override
    public Splits open() {
      return this;
    }

    @Override
    public boolean next(RowSink sink) throws IOException {
      insideCount.incrementAndGet();
      try {
        entered.countDown();
        if (failing.getAndSet(false)) {
          awaitAll();
          throw new IOException("the database is gone");
        }
        awaitInterrupt();
        // As a driver that ends its fetch first.
        long end = System.nanoTime() + 500_000_000;
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
        throw new InterruptedIOException("the fetch was interrupted");
      } finally {
        insideCount.decrementAndGet();
      }
    }

    private void awaitAll() throws IOException {
      try {
        entered.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }

    private static void awaitInterrupt() {
      try {
        Thread.sleep(100_000);
      } catch (InterruptedException e) {
        // Now it ends, in its own time.
      }
    }

    @Override
    public void close() {
      insideAtClose.set(insideCount.get());
    }
  }

  @Test
  void anInterruptedBuildReturnsWhenItsThreadsHaveLeftTheSource() throws InterruptedException {
    SlowSource source = new SlowSource(3, false);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicInteger insideAtReturn = new AtomicInteger(-1);
    Thread caller =
        new Thread(
            () -> {
              try {
                AlmanacBuilder.create().threads(3).build(source, folder.resolve("sample.almanac"));
              } catch (IOException e) {
                thrown.set(e);
              }
              insideAtReturn.set(source.insideCount.get());
            });
    caller.start();
    source.entered.await();
    caller.interrupt();
    caller.join();
    assertInstanceOf(InterruptedIOException.class, thrown.get());
    assertEquals(0, source.insideAtClose.get());
    assertEquals(0, insideAtReturn.get());
  }

  @Test
  void aBuildThatFailsInOneThreadWaitsForTheOthers() {
    SlowSource source = new SlowSource(3, true);
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                AlmanacBuilder.create().threads(3).build(source, folder.resolve("sample.almanac")));
    assertTrue(failure.getMessage().contains("the database is gone"), failure.getMessage());
    assertEquals(0, source.insideAtClose.get());
  }

  /** A source of two splits: the second cannot be read, and the first is given after that. */
  private static RowSource failing(int threads, Exception failure, boolean bad) {
    AtomicInteger next = new AtomicInteger();
    CountDownLatch failed = new CountDownLatch(threads - 1);
    return () ->
        new RowSource.Splits() {
          @Override
          public boolean next(RowSink sink) throws IOException {
            if (next.getAndIncrement() > 0) {
              failed.countDown();
              if (failure instanceof RuntimeException e) {
                throw e;
              }
              throw (IOException) failure;
            }
            sink.begin(0, "orders.txt", 1, () -> "");
            try {
              failed.await();
              Thread.sleep(50 * (threads - 1));
            } catch (InterruptedException e) {
              throw new InterruptedIOException();
            }
            if (bad) {
              sink.bad(0, BadRowReason.EMPTY_ID, "id=", "|2024-01-01");
            }
            sink.end(1);
            return true;
          }

          @Override
          public void close() {}
        };
  }

  @Test
  void aBadRowIsReportedWhateverAnotherThreadMeetsAfterIt() {
    for (int threads : new int[] {1, 2}) {
      for (Exception failure :
          List.of(new IOException("the disk is gone"), new IllegalStateException("a mistake"))) {
        AlmanacBuilder builder = AlmanacBuilder.create().threads(threads);
        Path target = folder.resolve("sample.almanac");
        assertEquals(
            "an ID must not be empty: id=, file=orders.txt line=1",
            assertThrows(
                    RefusedRowException.class,
                    () -> builder.build(failing(threads, failure, true), target))
                .getMessage());
        assertSame(
            failure,
            assertThrows(
                failure.getClass(), () -> builder.build(failing(threads, failure, false), target)));
      }
    }
  }
}
