package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens where the readers call code of the application, and that calls back, throws or
 * blocks.
 */
class ForeignCodeTest {
  private static final LiveOptions WHEN_TOLD =
      LiveOptions.defaults().checkEvery(Duration.ofDays(365));

  @TempDir private Path folder;

  private final ExecutorService others = Executors.newCachedThreadPool();
  private DistinctEditions editions;
  private Path name;

  @BeforeEach
  void publishTheFirst() throws IOException {
    editions = new DistinctEditions(folder.resolve("editions"), 2, 20);
    name = folder.resolve("live.almanac");
    editions.publish(0, name);
  }

  @AfterEach
  void end() {
    others.shutdownNow();
  }

  /** A text that does something each time that a character is asked for. */
  private record Doing(String text, Runnable each) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      each.run();
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Test
  void anIdThatItselfLooksUpDisturbsNoLookup() throws IOException {
    SampleRows rows = SampleRows.texts(500, 30);
    String[] ids = rows.dateById().keySet().toArray(String[]::new);
    Path other = folder.resolve("other.almanac");
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO));
        Almanac another = Almanac.open(Files.copy(almanac.path(), other))) {
      int[] expected = new int[ids.length];
      almanac.codes(ids, expected);
      int[] inner = new int[40];
      CharSequence[] some = Arrays.copyOf(ids, inner.length, CharSequence[].class);
      Runnable lookUp =
          () -> {
            assertEquals(expected[3], another.code(ids[3]));
            almanac.codes(some, inner);
            assertArrayEquals(Arrays.copyOf(expected, inner.length), inner);
            another.codes(some, inner);
            assertArrayEquals(Arrays.copyOf(expected, inner.length), inner);
          };
      CharSequence[] lazy = new CharSequence[ids.length];
      for (int i = 0; i < ids.length; i++) {
        lazy[i] = i % 4 == 0 ? new Doing(ids[i], lookUp) : ids[i];
      }
      int[] found = new int[ids.length];
      almanac.codes(lazy, found);
      assertArrayEquals(expected, found);
      for (int i = 0; i < ids.length; i += 4) {
        assertEquals(expected[i], almanac.code(lazy[i]));
      }
      // A walk in a walk, and lookups in it.
      int[] visited = new int[1];
      almanac.forEachText(
          (id, code) -> {
            assertEquals(code, almanac.code(id));
            if (visited[0]++ < 3) {
              almanac.forEachText((again, codeAgain) -> visited[0] += 0);
              lookUp.run();
            }
          });
      assertEquals(ids.length, visited[0]);
    }
  }

  @Test
  void whatAnIdThrowsIsThrownAsItIsAndHarmsNothing() throws IOException {
    SampleRows rows = SampleRows.texts(100, 10);
    String[] ids = rows.dateById().keySet().toArray(String[]::new);
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO));
        LiveAlmanac live = LiveAlmanac.open(almanac.path(), WHEN_TOLD)) {
      for (Throwable thrown :
          List.of(
              new IndexOutOfBoundsException("mine"),
              new IllegalStateException("mine"),
              new InternalError("mine"))) {
        CharSequence[] some = Arrays.copyOf(ids, 40, CharSequence[].class);
        some[33] =
            new Doing(
                ids[33],
                () -> {
                  throw ForeignCodeTest.<RuntimeException>unchecked(thrown);
                });
        int[] codes = new int[40];
        assertSame(thrown, assertThrows(Throwable.class, () -> almanac.code(some[33])));
        assertSame(thrown, assertThrows(Throwable.class, () -> almanac.codes(some, codes)));
        assertSame(thrown, assertThrows(Throwable.class, () -> live.date(some[33])));
        assertSame(thrown, assertThrows(Throwable.class, () -> live.codes(some, codes)));
        assertEquals(rows.dateById().get(ids[33]), String.valueOf(almanac.date(ids[33])));
        assertEquals(rows.dateById().get(ids[33]), String.valueOf(live.date(ids[33])));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void aListenerThatBlocksDelaysNobodyElse() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> seen = new ArrayList<>();
    LiveOptions options =
        WHEN_TOLD.listener(
            state -> {
              seen.add(state.edition());
              told.countDown();
              awaitQuietly(goOn);
            });
    LiveAlmanac live = LiveAlmanac.open(name, options);
    editions.publish(1, name);
    Future<LiveState> blocked = others.submit(live::checkNow);
    assertTrue(told.await(300, TimeUnit.SECONDS));
    assertEquals(SampleRows.date(1), String.valueOf(live.date(7)));
    editions.publish(0, name);
    assertEquals(editions.digest(0), live.checkNow().edition());
    live.close();
    assertFalse(blocked.isDone());
    goOn.countDown();
    blocked.get(300, TimeUnit.SECONDS);
    assertEquals(List.of(editions.digest(1), editions.digest(0)), seen, "in order, by one thread");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aListenerMayCheckAndCloseAndThrowAnError() throws Exception {
    LiveAlmanac[] live = new LiveAlmanac[1];
    List<String> seen = new ArrayList<>();
    List<Throwable> reported = new ArrayList<>();
    live[0] =
        LiveAlmanac.open(
            name,
            WHEN_TOLD.listener(
                state -> {
                  seen.add(state.edition());
                  live[0].checkNow();
                  if (seen.size() == 2) {
                    live[0].close();
                  }
                  throw new StackOverflowError("the listener's own");
                }));
    Thread checker =
        new Thread(
            () -> {
              try {
                editions.publish(1, name);
                live[0].checkNow();
                editions.publish(0, name);
                live[0].checkNow();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    checker.setUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
    checker.start();
    checker.join(60_000);
    assertEquals(List.of(editions.digest(1), editions.digest(0)), seen);
    assertEquals(2, reported.size());
    assertTrue(reported.stream().allMatch(StackOverflowError.class::isInstance));
    assertThrows(IllegalStateException.class, () -> live[0].date(7));
  }

  @Test
  void aConditionMayLookUpButNotCheckAndItsErrorRefuses() throws Exception {
    LiveAlmanac[] live = new LiveAlmanac[1];
    List<String> dates = new ArrayList<>();
    live[0] =
        LiveAlmanac.open(
            name,
            WHEN_TOLD.accept(
                info -> {
                  if (live[0] != null) {
                    dates.add(String.valueOf(live[0].date(7)));
                    assertThrows(IllegalStateException.class, () -> live[0].checkNow());
                    throw new StackOverflowError("the condition's own");
                  }
                  return true;
                }));
    editions.publish(1, name);
    LiveState state = live[0].checkNow();
    assertEquals(List.of(SampleRows.date(0)), dates, "from the old edition");
    assertEquals(editions.digest(0), state.edition());
    assertTrue(state.failure().getCause() instanceof StackOverflowError);
    assertEquals(
        Runtime.version().feature() >= 22 ? 1 : state.mappedEditionCount(),
        state.mappedEditionCount(),
        "the refused edition is put away");
    live[0].close();
  }

  @Test
  void aConditionThatBlocksDelaysNeitherLookupsNorClose() throws Exception {
    CountDownLatch asked = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    LiveAlmanac live =
        LiveAlmanac.open(
            name,
            WHEN_TOLD.accept(
                info -> {
                  asked.countDown();
                  if (asked.getCount() == 0) {
                    awaitQuietly(goOn);
                  }
                  return true;
                }));
    editions.publish(1, name);
    Future<LiveState> blocked = others.submit(live::checkNow);
    assertTrue(asked.await(300, TimeUnit.SECONDS));
    assertEquals(SampleRows.date(0), String.valueOf(live.date(7)));
    live.close();
    goOn.countDown();
    assertThrows(Exception.class, () -> blocked.get(300, TimeUnit.SECONDS), "it is closed");
    assertThrows(IllegalStateException.class, () -> live.date(7));
  }

  @Test
  void aSourceMustNotInstallIntoTheFolderItIsAskedFor() throws IOException {
    Path cache = folder.resolve("cache");
    String edition = editions.digest(0);
    for (int inner : new int[] {0, 1}) {
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class,
              () ->
                  HostCache.install(
                      () -> {
                        HostCache.install(editions.file(inner), editions.digest(inner), cache);
                        return Files.newInputStream(editions.file(0));
                      },
                      edition,
                      cache));
      assertTrue(
          refused.getMessage().startsWith("a source must not install into the folder"),
          refused::getMessage);
    }
    Error own = new StackOverflowError("the source's own");
    assertSame(
        own,
        assertThrows(
            Error.class,
            () ->
                HostCache.install(
                    () -> {
                      throw own;
                    },
                    edition,
                    cache)));
    try (var files = Files.list(cache)) {
      assertEquals(List.of(cache.resolve(".lock")), files.toList(), "nothing is left");
    }
    assertEquals(
        cache.resolve(edition + ".almanac"), HostCache.install(editions.file(0), edition, cache));
  }
}
