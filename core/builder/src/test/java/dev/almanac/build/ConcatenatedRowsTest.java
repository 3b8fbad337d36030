package dev.almanac.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcatenatedRowsTest {
  @TempDir Path folder;

  @RepeatedTest(5)
  @Tag("slow")
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

  /** A source of one split, or of none, that knows how far it is. */
  private static RowSource known(long done, long total, long rowCount, String remark) {
    return () ->
        new RowSource.Splits() {
          @Override
          public boolean next(RowSink sink) {
            return false;
          }

          @Override
          public long done() {
            return done;
          }

          @Override
          public long total() {
            return total;
          }

          @Override
          public long estimatedRowCount() {
            return rowCount;
          }

          @Override
          public List<String> remarks() {
            return List.of(remark);
          }

          @Override
          public void close() {}
        };
  }

  @Test
  void progressIsKnownIfEachSourceKnowsIts() throws IOException {
    try (RowSource.Splits splits =
        RowSource.concat(known(3, 0, 700, "a"), known(5, 110, 0, "b"), known(1, 2, 4, "c"))
            .open()) {
      assertEquals(9, splits.done());
      assertEquals(112, splits.total());
      assertEquals(704, splits.estimatedRowCount());
      assertEquals(List.of("a", "b", "c"), splits.remarks());
    }
    for (int unknown = 0; unknown < 3; unknown++) {
      RowSource[] sources = new RowSource[3];
      Arrays.fill(sources, known(1, 5, 6, ""));
      sources[unknown] = known(1, -1, -1, "");
      try (RowSource.Splits splits = RowSource.concat(sources).open()) {
        assertEquals(-1, splits.total());
        assertEquals(-1, splits.estimatedRowCount());
      }
    }
    assertFalse(RowSource.concat().open().next(null));
  }

  /** A call that is not would be the interface's default, and turn a row into another one. */
  @Test
  void everyCallOfASinkIsForwardedAsItIs() throws IOException {
    List<List<Object>> given = new ArrayList<>();
    List<List<Object>> received = new ArrayList<>();
    RowSource source =
        () ->
            new RowSource.Splits() {
              private boolean ended;

              @Override
              public boolean next(RowSink sink) throws IOException {
                if (ended) {
                  return false;
                }
                ended = true;
                for (Method method : RowSink.class.getMethods()) {
                  Object[] arguments = arguments(method, given.size());
                  given.add(call(method, arguments));
                  try {
                    Object answer = method.invoke(sink, arguments);
                    assertEquals(method.getReturnType() == boolean.class ? true : null, answer);
                  } catch (ReflectiveOperationException e) {
                    throw new IOException(e);
                  }
                }
                return true;
              }

              @Override
              public void close() {}
            };
    RowSink recording =
        (RowSink)
            Proxy.newProxyInstance(
                RowSink.class.getClassLoader(),
                new Class<?>[] {RowSink.class},
                (proxy, method, arguments) -> {
                  received.add(call(method, arguments));
                  return method.getReturnType() == boolean.class ? true : null;
                });
    RowSource.Splits splits = RowSource.concat(source).open();
    assertTrue(splits.next(recording));
    assertFalse(splits.next(recording));
    assertEquals(given, received);
  }

  private static List<Object> call(Method method, Object[] arguments) {
    List<Object> call = new ArrayList<>(List.of(method.getName()));
    call.addAll(Arrays.asList(arguments));
    return call;
  }

  /** Arguments that are all different. */
  private static Object[] arguments(Method method, int number) {
    Class<?>[] types = method.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      int value = 100 * number + i;
      arguments[i] =
          types[i] == int.class
              ? (Object) value
              : types[i] == long.class
                  ? (Object) (long) value
                  : types[i] == byte[].class
                      ? new byte[] {1}
                      : types[i] == String.class
                          ? "text-" + value
                          : types[i] == BadRowReason.class
                              ? BadRowReason.BAD_QUOTES
                              : types[i] == Supplier.class ? (Supplier<String>) () -> "row" : null;
    }
    return arguments;
  }
}
