package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ParallelTest {
  /** Goes on for a while although it is interrupted, as a source may. */
  private static void workOnDespiteInterrupts(CountDownLatch begun) {
    begun.countDown();
    boolean interrupted = false;
    while (!interrupted) {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    long end = System.nanoTime() + 300_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aFailureIsThrownOnlyWhenAllOthersHaveEnded() {
    AtomicBoolean otherEnded = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    IOException failure = new IOException("the disk is gone");
    try (Parallel threads = new Parallel(2)) {
      List<Parallel.Task<Void>> tasks =
          List.of(
              () -> {
                workOnDespiteInterrupts(begun);
                otherEnded.set(true);
                return null;
              },
              () -> {
                awaitQuietly(begun);
                throw failure;
              });
      assertSame(failure, assertThrows(IOException.class, () -> threads.run(tasks)));
      assertTrue(otherEnded.get());
    }
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @Test
  void anInterruptIsThrownOnlyWhenAllHaveEnded() throws InterruptedException {
    AtomicInteger endedCount = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(3);
    AtomicBoolean interruptKept = new AtomicBoolean();
    List<Throwable> thrown = new ArrayList<>();
    Thread caller =
        new Thread(
            () -> {
              try (Parallel threads = new Parallel(3)) {
                Parallel.Task<Void> task =
                    () -> {
                      workOnDespiteInterrupts(begun);
                      endedCount.incrementAndGet();
                      return null;
                    };
                threads.run(List.of(task, task, task));
              } catch (IOException e) {
                thrown.add(e);
                interruptKept.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    begun.await();
    caller.interrupt();
    caller.join();
    assertEquals(3, endedCount.get());
    assertEquals(InterruptedIOException.class, thrown.get(0).getClass());
    assertTrue(interruptKept.get());
  }

  @Test
  void oneFailureThatTwoThreadsMeetIsOne() {
    IOException failure = new IOException("the source is broken");
    try (Parallel threads = new Parallel(4)) {
      Parallel.Task<Void> task =
          () -> {
            throw failure;
          };
      IOException thrown =
          assertThrows(IOException.class, () -> threads.run(List.of(task, task, task, task)));
      assertSame(failure, thrown);
      assertEquals(0, thrown.getSuppressed().length);
    }
  }

  @Test
  void everyIndexIsTakenOnceByAtMostSoManyThreads() throws IOException {
    AtomicInteger[] taken = new AtomicInteger[1_000];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = new AtomicInteger();
    }
    AtomicInteger makerCount = new AtomicInteger();
    try (Parallel threads = new Parallel(8)) {
      threads.forEachIndex(
          taken.length,
          3,
          makerCount::incrementAndGet,
          (worker, index) -> taken[index].incrementAndGet());
    }
    for (AtomicInteger each : taken) {
      assertEquals(1, each.get());
    }
    assertEquals(3, makerCount.get());
  }

  @Test
  void resultsComeInTheOrderOfTheirTasks() throws IOException {
    try (Parallel threads = new Parallel(4)) {
      List<Parallel.Task<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int number = i;
        tasks.add(() -> number);
      }
      List<Integer> results = threads.run(tasks);
      for (int i = 0; i < 20; i++) {
        assertEquals(i, results.get(i));
      }
      assertFalse(Thread.currentThread().isInterrupted());
    }
  }

  @Test
  void whatATaskThrowsIsThrownAsItIs() {
    try (Parallel threads = new Parallel(1)) {
      for (Throwable failure :
          List.of(new IOException("a"), new IllegalStateException("b"), new StackOverflowError())) {
        Parallel.Task<Void> task =
            () -> {
              if (failure instanceof IOException e) {
                throw e;
              }
              if (failure instanceof RuntimeException e) {
                throw e;
              }
              throw (Error) failure;
            };
        assertSame(
            failure, assertThrows(failure.getClass(), () -> Parallel.await(threads.start(task))));
        assertSame(
            failure,
            assertThrows(failure.getClass(), () -> Parallel.awaitEnd(threads.start(task))));
        assertSame(failure, assertThrows(failure.getClass(), () -> threads.run(List.of(task))));
      }
    }
  }

  /** What others met is kept, unless they were only stopped. */
  @Test
  void anotherFailureIsSuppressedAndAnInterruptIsNot() {
    IOException first = new IOException("the disk is gone");
    IllegalStateException second = new IllegalStateException("so is the source");
    CountDownLatch begun = new CountDownLatch(3);
    try (Parallel threads = new Parallel(4)) {
      List<Parallel.Task<Void>> tasks =
          List.of(
              () -> {
                awaitQuietly(begun);
                throw first;
              },
              () -> {
                workOnDespiteInterrupts(begun);
                throw second;
              },
              () -> {
                workOnDespiteInterrupts(begun);
                throw new InterruptedIOException();
              },
              () -> {
                workOnDespiteInterrupts(begun);
                throw new ClosedByInterruptException();
              });
      assertSame(first, assertThrows(IOException.class, () -> threads.run(tasks)));
      assertEquals(List.of(second), List.of(first.getSuppressed()));
    }
  }

  @Test
  void aTaskThatMustNotBeInterruptedIsWaitedFor() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    try (Parallel threads = new Parallel(1)) {
      Future<Void> task =
          threads.start(
              () -> {
                begun.countDown();
                awaitQuietly(mayEnd);
                ended.set(true);
                return null;
              });
      begun.await();
      Thread.currentThread().interrupt();
      new Thread(mayEnd::countDown).start();
      assertThrows(InterruptedIOException.class, () -> Parallel.awaitEnd(task));
      assertTrue(Thread.interrupted());
      assertTrue(ended.get());
      assertNull(Parallel.awaitEnd(task));
    }
  }

  @Test
  void closingWaitsForWhatWasStarted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Parallel threads = new Parallel(1);
    threads.start(
        () -> {
          workOnDespiteInterrupts(begun);
          ended.set(true);
          return null;
        });
    begun.await();
    Thread.currentThread().interrupt();
    threads.close();
    assertTrue(Thread.interrupted());
    assertTrue(ended.get());
  }

  @Test
  void noThreadIsStartedForNothing() throws IOException {
    AtomicInteger makerCount = new AtomicInteger();
    try (Parallel threads = new Parallel(4)) {
      threads.forEachIndex(0, makerCount::incrementAndGet, (worker, index) -> {});
      assertEquals(0, makerCount.get());
      threads.forEachIndex(3, makerCount::incrementAndGet, (worker, index) -> {});
      assertEquals(3, makerCount.get());
      threads.forEachIndex(9, makerCount::incrementAndGet, (worker, index) -> {});
      assertEquals(3 + 4, makerCount.get());
      assertEquals(4, threads.threadCount());
    }
  }

  @Test
  void whatIsWaitedForGivesItsResult() throws IOException {
    try (Parallel threads = new Parallel(1)) {
      assertEquals("read", Parallel.await(threads.start(() -> "read")));
      assertEquals("written", Parallel.awaitEnd(threads.start(() -> "written")));
    }
  }

  @Test
  void whatEachThreadWorkedWithIsReturned() throws IOException {
    try (Parallel threads = new Parallel(3)) {
      AtomicInteger made = new AtomicInteger();
      List<Integer> workers = threads.forEachIndex(9, made::incrementAndGet, (worker, index) -> {});
      assertEquals(Set.of(1, 2, 3), new HashSet<>(workers));
      workers = threads.forEachIndex(9, 2, made::incrementAndGet, (worker, index) -> {});
      assertEquals(Set.of(4, 5), new HashSet<>(workers));
    }
  }

  /** A source that never ends must not keep the application from ending. */
  @Test
  void noThreadOfABuildKeepsTheJvmAlive() throws IOException {
    Parallel.Task<Boolean> isDaemon = () -> Thread.currentThread().isDaemon();
    // A thread is what its maker is, unless it says otherwise.
    assertFalse(Thread.currentThread().isDaemon());
    try (Parallel threads = new Parallel(2)) {
      assertTrue(Parallel.await(threads.start(isDaemon)));
      assertEquals(List.of(true, true), threads.run(List.of(isDaemon, isDaemon)));
    }
  }

  @Test
  void anInterruptWhileATaskIsWaitedForStopsTheTask() throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    try (Parallel threads = new Parallel(1)) {
      Future<Void> task =
          threads.start(
              () -> {
                caller.interrupt();
                try {
                  never.await();
                } catch (InterruptedException e) {
                  stopped.countDown();
                }
                return null;
              });
      assertEquals(
          "the build was interrupted",
          assertThrows(InterruptedIOException.class, () -> Parallel.await(task)).getMessage());
      assertTrue(Thread.interrupted());
      // Before the threads are closed, which would stop it too.
      stopped.await();
    }
  }

  /** The failure stopped the second task, which ends only after the caller is interrupted too. */
  @Test
  void aFailureBeforeAnInterruptIsKept() {
    IOException failure = new IOException("the disk is gone");
    CountDownLatch begun = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    try (Parallel threads = new Parallel(2)) {
      List<Parallel.Task<Void>> tasks =
          List.of(
              () -> {
                awaitQuietly(begun);
                throw failure;
              },
              () -> {
                begun.countDown();
                awaitInterrupt();
                caller.interrupt();
                awaitInterrupt();
                return null;
              });
      InterruptedIOException thrown =
          assertThrows(InterruptedIOException.class, () -> threads.run(tasks));
      assertTrue(Thread.interrupted());
      assertEquals(List.of(failure), List.of(thrown.getSuppressed()));
    }
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // What is waited for.
    }
  }
}
