package dev.almanac.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Sinks that keep the numbers of the splits alone, and wait after each has begun. */
  private static RowSink numbered(List<Long> numbers, CountDownLatch mayGoOn) {
    return (RowSink)
        Proxy.newProxyInstance(
            RowSink.class.getClassLoader(),
            new Class<?>[] {RowSink.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("begin")) {
                numbers.add((Long) arguments[0]);
                mayGoOn.await();
              }
              return null;
            });
  }

  /** Two splits; the second begins when it may. */
  private static RowSource.Splits lateSplits(CountDownLatch taken, CountDownLatch mayBegin) {
    AtomicInteger next = new AtomicInteger();
    return new RowSource.Splits() {
      @Override
      public boolean next(RowSink sink) throws IOException {
        int split = next.getAndIncrement();
        if (split == 1) {
          taken.countDown();
          try {
            mayBegin.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        }
        if (split < 2) {
          sink.begin(split, "late", 0, () -> "");
        }
        return split < 2;
      }

      @Override
      public void close() {}
    };
  }

  /**
   * A thread that comes to the next source waits until the last split of this one has begun, though
   * not until it has ended; an interrupt ends the waiting.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(300)
  void theNextSourceBeginsWhenTheLastSplitBeforeHasBegun(boolean interrupt) throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch mayBegin = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(0);
    List<Long> firstNumbers = new CopyOnWriteArrayList<>();
    List<Long> nextNumbers = new CopyOnWriteArrayList<>();
    RowSource late = () -> lateSplits(taken, mayBegin);
    RowSource.Splits splits =
        RowSource.concat(late, new SplitRows(List.of("7|2024-03-01"), 1)).open();
    assertTrue(splits.next(numbered(firstNumbers, open)));
    FutureTask<Boolean> last = new FutureTask<>(() -> splits.next(numbered(firstNumbers, mayEnd)));
    new Thread(last).start();
    taken.await();
    AtomicBoolean interruptKept = new AtomicBoolean();
    FutureTask<Boolean> next =
        new FutureTask<>(
            () -> {
              try {
                return splits.next(numbered(nextNumbers, open));
              } finally {
                interruptKept.set(Thread.currentThread().isInterrupted());
              }
            });
    Thread waiting = new Thread(next);
    waiting.start();
    while (waiting.getState() != Thread.State.WAITING && !next.isDone()) {
      Thread.onSpinWait();
    }
    if (interrupt) {
      waiting.interrupt();
      Throwable thrown = assertThrows(ExecutionException.class, next::get).getCause();
      assertEquals(InterruptedIOException.class, thrown.getClass());
      assertTrue(interruptKept.get());
    }
    mayBegin.countDown();
    if (!interrupt) {
      assertTrue(next.get());
      assertEquals(List.of(2L), nextNumbers);
    }
    mayEnd.countDown();
    assertTrue(last.get());
    assertEquals(List.of(0L, 1L), firstNumbers);
  }

  @Test
  void theFilesAreThoseOfAllSources() {
    Path a = folder.resolve("a");
    Path b = folder.resolve("b");
    Path c = folder.resolve("c");
    assertEquals(
        List.of(a, b, c),
        List.copyOf(
            RowSource.concat(
                    DelimitedRows.of(a),
                    new SplitRows(List.of(), 1),
                    DelimitedRows.of(List.of(b, c)))
                .files()));
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
    assertEquals("closing", failure.getSuppressed()[0].getMessage());
    assertEquals(0, open.get());
    failure =
        assertThrows(
            IOException.class, () -> RowSource.concat(counted, counted, counted).open().close());
    assertEquals("closing", failure.getMessage());
    assertEquals(2, failure.getSuppressed().length);
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
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyCallOfASinkIsForwardedAsItIs(boolean answer) throws IOException {
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
                    Object answered = method.invoke(sink, arguments);
                    assertEquals(method.getReturnType() == boolean.class ? answer : null, answered);
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
                  return method.getReturnType() == boolean.class ? answer : null;
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
