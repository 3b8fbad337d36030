package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

  /** However slow the machine is, the calls are no closer. */
  @Test
  void theListenerIsCalledByOneThreadAtATimeAndAtMostTenTimesASecond() throws InterruptedException {
    AtomicInteger inside = new AtomicInteger();
    AtomicBoolean met = new AtomicBoolean();
    List<String> calls = new CopyOnWriteArrayList<>();
    List<Long> callNanos = new CopyOnWriteArrayList<>();
    Phases phases =
        new Phases(
            (phase, done, total) -> {
              met.compareAndSet(false, inside.incrementAndGet() > 1);
              callNanos.add(System.nanoTime());
              calls.add(phase + " " + done + "/" + total);
              inside.decrementAndGet();
            });
    callNanos.add(System.nanoTime());
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
    for (int i = 1; i < callNanos.size(); i++) {
      long gapNanos = callNanos.get(i) - callNanos.get(i - 1);
      assertTrue(gapNanos >= 100_000_000, "gapNanos=" + gapNanos);
    }
  }

  private static void waitOneMillisecond() {
    long beginNanos = System.nanoTime();
    while (System.nanoTime() - beginNanos < 1_000_000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void phasesOfOneNameAreAddedAndNoneTakesLongerThanItRan() {
    Phases phases = new Phases(null);
    phases.end();
    assertEquals(Map.of(), phases.durations());
    long beginNanos = System.nanoTime();
    for (String name : List.of("sort", "write", "sort", "check")) {
      phases.begin(name);
      phases.at(1, 2);
      waitOneMillisecond();
    }
    phases.end();
    phases.end();
    Duration whole = Duration.ofNanos(System.nanoTime() - beginNanos);
    assertEquals(List.of("sort", "write", "check"), List.copyOf(phases.durations().keySet()));
    assertTrue(phases.durations().get("sort").compareTo(Duration.ofMillis(2)) >= 0);
    Duration sum = phases.durations().values().stream().reduce(Duration.ZERO, Duration::plus);
    assertTrue(sum.compareTo(whole) <= 0, "sum=" + sum + " whole=" + whole);
  }

  @Test
  void theListenerIsNotCalledWithoutAPhase() {
    AtomicInteger calls = new AtomicInteger();
    Phases phases = new Phases((phase, done, total) -> calls.incrementAndGet());
    phases.at(1, 2);
    assertEquals(0, calls.get());
  }

  @Test
  void aFlightRecordingHasAnEventForEachPhase(@TempDir Path folder) throws IOException {
    Path flight = folder.resolve("flight.jfr");
    Phases phases = new Phases(null);
    try (Recording recording = new Recording()) {
      recording.enable("dev.almanac.BuildPhase").withoutThreshold();
      recording.start();
      phases.begin("sort");
      waitOneMillisecond();
      phases.begin("write");
      waitOneMillisecond();
      phases.end();
      recording.stop();
      recording.dump(flight);
    }
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(flight).stream()
            .filter(event -> event.getEventType().getName().equals("dev.almanac.BuildPhase"))
            .sorted(Comparator.comparing(RecordedEvent::getStartTime))
            .toList();
    assertEquals(
        List.of("sort", "write"), events.stream().map(event -> event.getString("phase")).toList());
    for (RecordedEvent event : events) {
      assertTrue(event.getDuration().toNanos() > 0, event::toString);
    }
  }
}
