package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
}
