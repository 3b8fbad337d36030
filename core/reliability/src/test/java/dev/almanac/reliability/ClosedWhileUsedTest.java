package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import dev.almanac.OwnProcess;
import dev.almanac.SampleRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
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
    Path target = SampleRows.dense(0, ID_COUNT, DATE_COUNT).build(folder, 4);
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
          lookup.get(60, TimeUnit.SECONDS);
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
    Path target = SampleRows.dense(0, 100, 5).build(folder, -1).toRealPath();
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
      assertFalse(OwnProcess.mappingsSettleAt(target, 0));
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

  /**
   * A process has some 65,000 mappings at most ({@code vm.max_map_count}). Those of closed almanacs
   * go with a collection, which the JDK itself asks for when a mapping fails; so more of them than
   * that are no fault. In a JVM of its own, since what else maps at that moment fails too.
   */
  @Test
  void closedAlmanacsMayHaveMoreMappingsThanAProcess() throws Exception {
    assumeTrue(Trial.full(), "skipped: takes as many mappings as a process may have");
    long limit = mappingLimit();
    Path target = SampleRows.dense(0, 100, 5).build(folder, -1).toRealPath();
    // A heap that is large enough not to need a collection of its own.
    Command closing =
        Command.run(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xms512m",
            "-Xmx512m",
            "-Xmn400m",
            "-cp",
            System.getProperty("java.class.path"),
            Opener.class.getName(),
            target.toString(),
            Long.toString(limit));
    assertEquals(0, closing.exit(), closing.output());
    long collections = Long.parseLong(closing.output().trim().replaceAll("(?s).*=", ""));
    assertTrue(collections > 0, closing.output());
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("opened, looked up and closed without a fault", limit);
    outcomes.put("collections that the JDK asked for", collections);
    Trial.record(
        getClass(),
        12,
        "the limit of mappings",
        "open, look up, close, three mappings each, vm.max_map_count=" + limit,
        limit,
        outcomes);
  }

  private static long mappingLimit() throws IOException {
    Path limitFile = Path.of("/proc/sys/vm/max_map_count");
    assumeTrue(Files.isReadable(limitFile), "skipped: there is no " + limitFile);
    long limit;
    try (BufferedReader reader = Files.newBufferedReader(limitFile)) {
      // Not readString: its first read is of one byte, and this file gives nothing to the second.
      limit = Long.parseLong(reader.readLine().trim());
    }
    assumeTrue(limit <= 100_000, "skipped: the limit is high: vm.max_map_count=" + limit);
    return limit;
  }

  /** Opens a file again and again, and says how often the JVM collected meanwhile. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) throws IOException {
      long limit = Long.parseLong(arguments[1]);
      for (long opens = 0; opens < limit; opens++) {
        try (Almanac almanac = Almanac.open(Path.of(arguments[0]))) {
          if (almanac.code(1) < 0) {
            throw new AssertionError("an ID must be found: opens=" + opens);
          }
        }
      }
      long collections =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .mapToLong(GarbageCollectorMXBean::getCollectionCount)
              .sum();
      System.out.println("collections=" + collections);
    }
  }
}
