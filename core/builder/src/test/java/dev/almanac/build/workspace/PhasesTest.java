package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PhasesTest {
  @Test
  void aListenerThatDoesNotReturnHoldsUpNoOtherThread() throws InterruptedException {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    Phases phases =
        new Phases(
            (phase, done, total) -> {
              called.countDown();
              try {
                mayReturn.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    phases.begin("read");
    Thread listening = new Thread(() -> reportUntil(phases, called));
    listening.start();
    called.await();
    // Each of these waited for the listener where it was called with the lock held.
    phases.at(1, 2);
    phases.begin("sort");
    phases.end();
    assertEquals(List.of("read", "sort"), List.copyOf(phases.durations().keySet()));
    mayReturn.countDown();
    listening.join();
  }

  private static void reportUntil(Phases phases, CountDownLatch called) {
    while (called.getCount() > 0) {
      phases.at(1, 2);
    }
  }

  @Test
  void theListenerIsCalledByOneThreadAtATime() throws InterruptedException {
    AtomicInteger inside = new AtomicInteger();
    AtomicBoolean met = new AtomicBoolean();
    List<String> calls = new CopyOnWriteArrayList<>();
    Phases phases =
        new Phases(
            (phase, done, total) -> {
              met.compareAndSet(false, inside.incrementAndGet() > 1);
              calls.add(phase + " " + done + "/" + total);
              inside.decrementAndGet();
            });
    phases.begin("read");
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                while (calls.size() < 4) {
                  phases.at(1, 2);
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(!met.get() && calls.size() == 4, calls::toString);
    assertEquals("read 1/2", calls.get(0));
  }
}
