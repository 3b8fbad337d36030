package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
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

class ClosedTest {
  private static final int ROUNDS = 1_000;
  private static final int THREADS = 8;

  @TempDir Path folder;

  @Test
  void aLookupAfterCloseIsRefused() throws IOException {
    Path target = SampleRows.dense(0, 100, 5).build(folder, -1);
    Almanac almanac = Almanac.open(target);
    Map<Long, LocalDate> view = almanac.asMap();
    Iterator<Long> iterator = view.keySet().iterator();
    almanac.close();
    almanac.close();
    String message = assertThrows(IllegalStateException.class, () -> almanac.code(1)).getMessage();
    assertEquals("the almanac is closed: path=" + target, message);
    assertThrows(IllegalStateException.class, () -> almanac.code("1"));
    assertThrows(IllegalStateException.class, () -> almanac.date(1));
    assertThrows(IllegalStateException.class, () -> almanac.codes(new long[3], new int[3]));
    assertThrows(
        IllegalStateException.class, () -> almanac.codes(new CharSequence[] {"1"}, new int[1]));
    assertThrows(IllegalStateException.class, () -> almanac.dates(new long[3], new LocalDate[3]));
    assertThrows(IllegalStateException.class, () -> almanac.forEach((id, code) -> {}));
    assertThrows(IllegalStateException.class, () -> view.get(1L));
    assertThrows(IllegalStateException.class, iterator::next);
  }

  @Test
  void aTextLookupAfterCloseIsRefused() throws IOException {
    Almanac almanac = Almanac.open(SampleRows.texts(100, 5).build(folder, -1));
    almanac.close();
    assertThrows(IllegalStateException.class, () -> almanac.code("ORD-1"));
    assertThrows(IllegalStateException.class, () -> almanac.code("\ud800"));
    assertThrows(IllegalStateException.class, () -> almanac.code(""));
    assertThrows(IllegalStateException.class, () -> almanac.code(7));
    assertThrows(
        IllegalStateException.class, () -> almanac.codes(new CharSequence[] {"1"}, new int[1]));
    assertThrows(IllegalStateException.class, () -> almanac.forEachText((id, code) -> {}));
  }

  @Test
  void aLookupThatRacesWithCloseAnswersOrIsRefused() throws Exception {
    SampleRows rows = SampleRows.dense(0, 5_000, 50);
    Path target = rows.build(folder, 4);
    int[] expected = new int[5_000];
    try (Almanac almanac = Almanac.open(target)) {
      for (int id = 0; id < expected.length; id++) {
        expected[id] = almanac.code(id);
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    AtomicLong answered = new AtomicLong();
    AtomicLong refused = new AtomicLong();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Almanac almanac = Almanac.open(target);
        CyclicBarrier start = new CyclicBarrier(THREADS + 1);
        List<Future<Void>> lookups = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
          int first = t * 31 + round;
          lookups.add(
              threads.submit(
                  () -> {
                    start.await();
                    try {
                      lookUp(almanac, expected, first, answered);
                    } catch (IllegalStateException e) {
                      refused.incrementAndGet();
                    }
                    return null;
                  }));
        }
        start.await();
        Thread.onSpinWait();
        almanac.close();
        for (Future<Void> lookup : lookups) {
          lookup.get(30, TimeUnit.SECONDS);
        }
        assertThrows(IllegalStateException.class, () -> almanac.code(1));
      }
    } finally {
      threads.shutdownNow();
    }
    assertTrue(
        answered.get() > 0 && refused.get() > 0,
        () -> "both must have happened: answered=" + answered + " refused=" + refused);
  }

  private static void lookUp(Almanac almanac, int[] expected, int first, AtomicLong answered) {
    long[] ids = new long[100];
    int[] codes = new int[100];
    for (int i = 0; i < 400; i++) {
      int id = (first + i * 7) % expected.length;
      assertEquals(expected[id], almanac.code(id));
      if (i % 10 == 0) {
        for (int k = 0; k < ids.length; k++) {
          ids[k] = (id + k * 13) % expected.length;
        }
        almanac.codes(ids, codes);
        for (int k = 0; k < ids.length; k++) {
          assertEquals(expected[(int) ids[k]], codes[k]);
        }
      }
      answered.incrementAndGet();
    }
  }
}
