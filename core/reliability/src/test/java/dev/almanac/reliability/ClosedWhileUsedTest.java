package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.OwnProcess;
import dev.almanac.SampleRows;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An almanac is closed while others look up in it, and again and again. */
class ClosedWhileUsedTest {
  private static final int THREADS = 8;
  private static final int ID_COUNT = 5_000;
  private static final int DATE_COUNT = 50;

  @TempDir Path folder;

  private static int expectedCode(int id) {
    return (int) (id * 7919L % DATE_COUNT);
  }

  @Test
  void aLookupGetsItsAnswerOrIsToldThatTheAlmanacIsClosed() throws Exception {
    Path target = SampleRows.dense(0, ID_COUNT, DATE_COUNT).build(folder, Layout.DIRECT);
    int rounds = Trial.count(200, 10_000);
    AtomicLong answered = new AtomicLong();
    AtomicLong refused = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < rounds; round++) {
        Almanac almanac = Almanac.open(target);
        CyclicBarrier start = new CyclicBarrier(THREADS + 1);
        List<Future<Void>> lookups = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
          int first = t * 31 + round;
          lookups.add(
              threads.submit(
                  () -> {
                    start.await();
                    lookUpUntilClosed(almanac, first, answered);
                    refused.incrementAndGet();
                    return null;
                  }));
        }
        start.await();
        almanac.close();
        for (Future<Void> lookup : lookups) {
          lookup.get(300, TimeUnit.SECONDS);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    // Every thread goes on until it is told, so each is told once a round.
    assertEquals((long) rounds * THREADS, refused.get());
    assertTrue(answered.get() > 0, "some lookups must come before the close");
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("right answers", answered.get());
    outcomes.put("told that it is closed", refused.get());
    outcomes.put("anything else", 0L);
    Trial.record(
        getClass(),
        12,
        "closed while in use",
        THREADS + " threads look up, another closes",
        rounds,
        outcomes);
  }

  private static void lookUpUntilClosed(Almanac almanac, int first, AtomicLong answered) {
    long[] ids = new long[100];
    int[] codes = new int[100];
    for (int i = 0; ; i++) {
      int id = (first + i * 7) % ID_COUNT;
      try {
        switch (i % 4) {
          case 0 -> assertEquals(expectedCode(id), almanac.code(id));
          case 1 -> assertEquals(Almanac.ABSENT, almanac.code(-1L - id));
          case 2 -> assertEquals(expectedCode(id), almanac.code(Integer.toString(id)));
          default -> {
            for (int k = 0; k < ids.length; k++) {
              ids[k] = (id + k * 13) % ID_COUNT;
            }
            almanac.codes(ids, codes);
            for (int k = 0; k < ids.length; k++) {
              assertEquals(expectedCode((int) ids[k]), codes[k]);
            }
          }
        }
        answered.incrementAndGet();
      } catch (IllegalStateException e) {
        assertTrue(e.getMessage().startsWith("the almanac is closed: path="), e::toString);
        return;
      }
    }
  }

  @Test
  void openingAndClosingLeavesNothingBehind() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "skipped: there is no /proc");
    Path target = SampleRows.dense(0, 100, 5).build(folder, Layout.AUTO).toRealPath();
    assertTrue(OwnProcess.mappingsSettleAt(target, 0), "nothing maps the file before");
    int rounds = Trial.count(300, 10_000);
    for (int round = 0; round < rounds; round++) {
      try (Almanac almanac = Almanac.open(target)) {
        assertEquals(expectedOfSmall(round % 100), almanac.code(round % 100));
        assertEquals(0, OwnProcess.descriptors(target), "an open almanac must hold no descriptor");
      }
    }
    assertTrue(
        OwnProcess.mappingsSettleAt(target, 0),
        () -> "mappings must go: found=" + OwnProcess.mappings(target));
    assertEquals(0, OwnProcess.descriptors(target));

    // The controls: what stays open is seen by the same eyes.
    try (Almanac almanac = Almanac.open(target);
        FileChannel channel = FileChannel.open(target)) {
      assertEquals(1, OwnProcess.mappings(target));
      assertEquals(1, OwnProcess.descriptors(target));
      assertTrue(channel.isOpen() && almanac.code(1) >= 0);
    }
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("descriptors left", OwnProcess.descriptors(target));
    outcomes.put("mappings left after a collection", 0L);
    Trial.record(getClass(), 12, "opened and closed", "open, look up, close", rounds, outcomes);
  }

  private static int expectedOfSmall(int id) {
    return (int) (id * 7919L % 5);
  }
}
