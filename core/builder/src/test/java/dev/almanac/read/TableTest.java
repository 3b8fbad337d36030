package dev.almanac.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.almanac.CorruptAlmanacException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of both tables expect of a lookup that cannot answer, and of a search. */
abstract class TableTest {
  static final String SEAL_IS_GONE =
      "a sealed file must not be cut short or written while it is read: the seal at its end is"
          + " gone";

  @TempDir Path folder;

  /** An answer to the ID of an index, given in some way. */
  @FunctionalInterface
  interface Way {
    int code(SealedFile sealed, int index);
  }

  static void assertDamaged(String rule, HandmadeFile file, Executable... lookups) {
    for (Executable lookup : lookups) {
      UncheckedIOException thrown = assertThrows(UncheckedIOException.class, lookup);
      assertTrue(thrown.getCause() instanceof CorruptAlmanacException, thrown::toString);
      assertEquals(rule + ", path=" + file.path, thrown.getCause().getMessage());
    }
  }

  static void assertNoCode(int code, HandmadeFile file, Executable... lookups) {
    assertDamaged(
        "a date code must be in the dictionary: code=" + code + " dateCount=" + file.dateCount,
        file,
        lookups);
  }

  static void assertRefersOutside(Executable lookup) {
    UncheckedIOException thrown = assertThrows(UncheckedIOException.class, lookup);
    assertTrue(
        thrown.getCause().getMessage().startsWith("what a sealed file refers to must lie in it"),
        thrown::toString);
  }

  static void assertClosed(HandmadeFile file, Executable... lookups) {
    for (Executable lookup : lookups) {
      assertEquals(
          "the almanac is closed: path=" + file.path,
          assertThrows(IllegalStateException.class, lookup).getMessage());
    }
  }

  /**
   * That with the seal gone no lookup answers, nor a walk that is new, begun or at its end. With
   * the seal again, the unknown ID is one.
   *
   * @param walk gives a new cursor's {@code next}
   */
  static void assertNoAnswerCountsOnceTheSealIsGone(
      HandmadeFile file, Supplier<BooleanSupplier> walk, IntSupplier unknown, Executable... lookups)
      throws IOException {
    BooleanSupplier begun = walk.get();
    assertTrue(begun.getAsBoolean());
    BooleanSupplier ended = walk.get();
    while (ended.getAsBoolean()) {
      continue;
    }
    file.takeSeal();
    assertDamaged(SEAL_IS_GONE, file, lookups);
    assertDamaged(
        SEAL_IS_GONE,
        file,
        unknown::getAsInt,
        () -> walk.get().getAsBoolean(),
        begun::getAsBoolean,
        ended::getAsBoolean);
    file.seal();
    assertEquals(-1, unknown.getAsInt(), "the control: with the seal again, an answer");
  }

  /** The codes that a batch gives from place 1 on; those around them must stay as they are. */
  static int[] batch(int count, Consumer<int[]> lookup) {
    int[] codes = new int[count + 2];
    codes[0] = 77;
    codes[count + 1] = 78;
    lookup.accept(codes);
    assertEquals(77, codes[0]);
    assertEquals(78, codes[count + 1]);
    return Arrays.copyOfRange(codes, 1, count + 1);
  }

  /** Those of the IDs that lie in the second or third segment. */
  static <K> Map<K, Integer> inSegments1And2(Map<K, Integer> codeById, ToIntFunction<K> segment) {
    Map<K, Integer> there = new HashMap<>(codeById);
    there.keySet().removeIf(id -> segment.applyAsInt(id) != 1 && segment.applyAsInt(id) != 2);
    return there;
  }

  /**
   * Ten IDs lie one behind the other. One that lies further on than the footer says is not met:
   * that bounds every lookup. A batch looks at eight slots together, whatever the footer says.
   */
  static void assertSearchIsBounded(HandmadeFile file, Way single, Way inBatch) throws IOException {
    assertEquals(10, file.longestProbe);
    SealedFile sealed = file.open();
    assertEquals(1, single.code(sealed, 9));
    assertEquals(1, inBatch.code(sealed, 9));
    file.longestProbe = 9;
    sealed = file.open();
    assertEquals(-1, single.code(sealed, 9));
    assertEquals(-1, inBatch.code(sealed, 9));
    assertEquals(1, single.code(sealed, 8));
  }

  static final long[] MOSTLY_ABSENT = {
    0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, -1L << 33, 1L << 62
  };

  /**
   * That a file has these IDs with these codes, and no other: one by one, in a batch, in a walk.
   */
  static void assertAnswers(HandmadeFile file, Map<Long, Integer> codeById, long[] absent)
      throws IOException {
    LongTable table = LongTable.of(file.open());
    List<Long> asked = new ArrayList<>(codeById.keySet());
    for (long id : absent) {
      asked.add(id);
    }
    for (long id : codeById.keySet()) {
      asked.add(id - 1);
      asked.add(id + 1);
    }
    long[] ids = asked.stream().mapToLong(Long::longValue).toArray();
    int[] codes = batch(ids.length, found -> table.codes(ids, 0, found, 1, ids.length));
    for (int i = 0; i < ids.length; i++) {
      int expected = codeById.getOrDefault(ids[i], -1);
      assertEquals(expected, table.code(ids[i]), "id=" + ids[i]);
      assertEquals(expected, codes[i], "batch id=" + ids[i]);
    }
    Map<Long, Integer> walked = new HashMap<>();
    for (LongCursor cursor = table.cursor(); cursor.next(); ) {
      assertNull(walked.put(cursor.id(), cursor.code()), "twice: id=" + cursor.id());
      assertEquals(0, cursor.low());
    }
    assertEquals(codeById, walked);
    assertVisits(table, codeById);
  }

  /** That a visitor gets the entries of a range of codes: from the first quarter to the third. */
  private static void assertVisits(LongTable table, Map<Long, Integer> codeById) {
    int[] codes = codeById.values().stream().mapToInt(Integer::intValue).sorted().toArray();
    int first = codes[codes.length / 4];
    int last = codes[codes.length * 3 / 4];
    Map<Long, Integer> expected = new HashMap<>(codeById);
    expected.values().removeIf(code -> code < first || code > last);
    Map<Long, Integer> visited = new HashMap<>();
    table
        .cursor()
        .forEach(first, last, (id, code) -> assertNull(visited.put(id, code), "twice: id=" + id));
    assertEquals(expected, visited);
  }

  static int inBatch(LongTable table, long id) {
    int[] codes = {77};
    table.codes(new long[] {id}, 0, codes, 0, 1);
    return codes[0];
  }

  /**
   * By number, by UUID and in batches, of which the one of UTF-8 asks for {@code known} alone,
   * whose code is 1.
   */
  static void assertOtherLookupsAllocateNothing(
      TextTable table, String[] ids, UUID uuid, String known) throws Exception {
    // In the middle of the array.
    byte[] utf8 = ("-" + known).getBytes(UTF_8);
    int[] starts = {1};
    int[] ends = {utf8.length};
    int[] codes = new int[ids.length];
    assertAllocatesLessThan(16, () -> table.code(-12));
    assertAllocatesLessThan(16, () -> table.code(uuid));
    // Below JDK 25 an empty array each.
    assertAllocatesLessThan(64, () -> table.codes(ids, 0, codes, 0, ids.length));
    assertAllocatesLessThan(64, () -> table.codes(utf8, starts, ends, codes, 1));
    assertEquals(1, codes[0]);
  }

  /**
   * That calls allocate less than this each, once their working memory is there. In a new thread,
   * for which nobody has made any.
   */
  static void assertAllocatesLessThan(int bytes, Runnable call) throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int calls = 2_000;
    long[] allocated = {Long.MAX_VALUE};
    Thread thread =
        new Thread(
            () -> {
              for (int i = 0; i < calls / 10; i++) {
                call.run();
              }
              long before = threads.getCurrentThreadAllocatedBytes();
              for (int i = 0; i < calls; i++) {
                call.run();
              }
              allocated[0] = threads.getCurrentThreadAllocatedBytes() - before;
            });
    thread.start();
    thread.join();
    assertTrue(allocated[0] < (long) bytes * calls, () -> "allocated=" + allocated[0]);
  }

  /** That the next stretch of a walk is not read from a file that was cut meanwhile. */
  static void assertEachStretchLooksAtTheSeal(HandmadeFile file, int stretch, BooleanSupplier next)
      throws IOException {
    for (int i = 0; i < stretch; i++) {
      assertTrue(next.getAsBoolean());
    }
    file.takeSeal();
    assertDamaged(SEAL_IS_GONE, file, next::getAsBoolean);
  }

  /**
   * That a walk which finds nothing for long looks at the seal on its way: it does not take what a
   * cut left for a code.
   *
   * @param next of a new cursor, from which a long stretch without an ID leads to the code 5 of 4
   */
  static void assertALongWayLooksAtTheSeal(HandmadeFile file, Supplier<BooleanSupplier> next)
      throws IOException {
    BooleanSupplier cut = next.get();
    assertNoCode(5, file, () -> next.get().getAsBoolean());
    file.takeSeal();
    assertDamaged(SEAL_IS_GONE, file, cut::getAsBoolean);
  }
}
