package dev.almanac.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.SampleRows;
import dev.almanac.build.rows.ConcatenatedRows;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcatenatedRowsTest {
  @TempDir Path folder;

  @RepeatedTest(5)
  void theLastOfAllSourcesWinsWhateverTheThreads() throws IOException {
    SplittableRandom random = new SplittableRandom(17);
    List<RowSource> sources = new ArrayList<>();
    Map<String, String> expected = new HashMap<>();
    int rowCount = 0;
    for (int s = 0; s < 40; s++) {
      List<String> lines = new ArrayList<>();
      // Some have no rows, and some fewer splits than there are threads.
      int rows = s % 7 == 3 ? 0 : random.nextInt(1, 2_000);
      for (int i = 0; i < rows; i++) {
        String id = Integer.toString(random.nextInt(500));
        String date = SampleRows.date(random.nextInt(900));
        lines.add(id + "|" + date);
        expected.put(id, date);
      }
      rowCount += rows;
      sources.add(new SplitRows(lines, random.nextInt(1, 300)));
    }
    Path target = folder.resolve("all.almanac");
    BuildReport report =
        AlmanacBuilder.create()
            .threads(6)
            .build(RowSource.concat(sources.toArray(RowSource[]::new)), target);
    assertEquals(rowCount, report.rowCount());
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(expected.size(), almanac.size());
      expected.forEach((id, date) -> assertEquals(date, String.valueOf(almanac.date(id))));
    }
  }

  /** A thread that has a split in hand and has not begun it yet holds the next source up. */
  @Test
  void aSplitThatBeginsLateComesBeforeTheNextSource() throws Exception {
    RowSource late =
        () -> {
          AtomicInteger next = new AtomicInteger();
          return new RowSource.Splits() {
            @Override
            public boolean next(RowSink sink) throws IOException {
              int split = next.getAndIncrement();
              if (split >= 2) {
                return false;
              }
              if (split == 1) {
                try {
                  Thread.sleep(300);
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              }
              sink.begin(split, "late", split + 1, () -> "");
              byte[] row = "7|2024-02-29".getBytes(UTF_8);
              sink.row(0, row, 0, 1, 2, row.length);
              sink.end(1);
              return true;
            }

            @Override
            public void close() {}
          };
        };
    Path target = folder.resolve("late.almanac");
    AlmanacBuilder.create()
        .threads(3)
        .build(RowSource.concat(late, new SplitRows(List.of("7|2024-03-01"), 1)), target);
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals("2024-03-01", String.valueOf(almanac.date(7)));
    }
  }

  @Test
  void everySourceThatWasOpenedIsClosedWhateverFails() {
    AtomicInteger open = new AtomicInteger();
    RowSource counted =
        () -> {
          open.incrementAndGet();
          return new RowSource.Splits() {
            @Override
            public boolean next(RowSink sink) {
              return false;
            }

            @Override
            public void close() throws IOException {
              open.decrementAndGet();
              throw new IOException("closing");
            }
          };
        };
    RowSource missing =
        () -> {
          throw new IOException("missing");
        };
    IOException failure =
        assertThrows(IOException.class, RowSource.concat(counted, counted, missing)::open);
    assertEquals("missing", failure.getMessage());
    assertEquals(0, open.get());
    assertThrows(IOException.class, () -> RowSource.concat(counted, counted).open().close());
    assertEquals(0, open.get());
  }

  @Test
  void progressIsKnownIfEachSourceKnowsIts() throws IOException {
    RowSource lines = new SplitRows(List.of("7|2024-02-29"), 1);
    try (RowSource.Splits splits = RowSource.concat(lines, lines).open()) {
      assertEquals(-1, splits.total());
      assertFalse(RowSource.concat().open().next(null));
    }
  }

  /** One that is not would be the interface's default, and turn a row into another one. */
  @Test
  void everyMethodOfASinkIsForwarded() {
    Class<?> forwarding =
        Arrays.stream(ConcatenatedRows.class.getDeclaredClasses())
            .filter(RowSink.class::isAssignableFrom)
            .findFirst()
            .orElseThrow();
    for (Method method : RowSink.class.getMethods()) {
      assertTrue(
          Arrays.stream(forwarding.getDeclaredMethods())
              .anyMatch(
                  own ->
                      own.getName().equals(method.getName())
                          && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())),
          method::toString);
    }
  }
}
