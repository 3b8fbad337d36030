package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AllocationTest {
  private static final int LOOKUPS = 1_000_000;
  private static final int IDS = 1 << 12;

  /** What the measurement itself, and compilation in mid-flight, may take. */
  private static final long ALLOWED_BYTES = 16 << 10;

  private static final long EMPTY_ARRAY_BYTES = 16;

  @TempDir Path folder;

  private interface Lookups {
    long run(int count);
  }

  private static void assertLookupsAllocateNothing(IntUnaryOperator lookup) {
    assertAllocates(
        0,
        count -> {
          long sum = 0;
          for (int i = 0; i < count; i++) {
            sum += lookup.applyAsInt(i);
          }
          return sum;
        });
  }

  private static void assertABatchAllocatesNothing(Almanac almanac, String[] ids) {
    CharSequence[] some = Arrays.copyOf(ids, 500, CharSequence[].class);
    int[] codes = new int[500];
    assertBatchesAllocateNothing(
        500,
        count -> {
          long sum = 0;
          for (int done = 0; done < count; done += some.length) {
            almanac.codes(some, codes);
            sum += codes[0];
          }
          return sum;
        });
  }

  /** Below JDK 25 each batch makes an empty array, see {@code SealedFile.endBatch}. */
  private static void assertBatchesAllocateNothing(int batchIds, Lookups lookups) {
    assertAllocates(
        Runtime.version().feature() < 25 ? EMPTY_ARRAY_BYTES * (LOOKUPS / batchIds) : 0, lookups);
  }

  private static void assertAllocates(long bytes, Lookups lookups) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = lookups.run(LOOKUPS / 10);
    long before = threads.getCurrentThreadAllocatedBytes();
    sum += lookups.run(LOOKUPS);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(
        allocated < bytes + ALLOWED_BYTES,
        "bytes allocated by " + LOOKUPS + " lookups: " + allocated + " sum=" + sum);
  }

  @Test
  void theMeasurementSeesALookupThatAllocates() throws IOException {
    try (Almanac almanac = Almanac.open(SampleRows.dense(0, IDS, 50).build(folder, Layout.AUTO))) {
      assertThrows(
          AssertionError.class,
          () -> assertLookupsAllocateNothing(i -> almanac.code(Long.toString(i & 2 * IDS - 1))));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"ENTRIES", "BLOCKS"})
  void numbersAreLookedUpWithoutAllocation(Layout layout) throws IOException {
    try (Almanac almanac = Almanac.open(SampleRows.dense(0, IDS, 50).build(folder, layout))) {
      assertLookupsAllocateNothing(i -> almanac.code(i & 2 * IDS - 1));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED", "BLOCKS"})
  void batchesAreLookedUpWithoutAllocation(Layout layout) throws IOException {
    try (Almanac almanac = Almanac.open(SampleRows.dense(0, IDS, 50).build(folder, layout))) {
      long[] ids = new long[500];
      int[] codes = new int[500];
      assertBatchesAllocateNothing(
          500,
          count -> {
            long sum = 0;
            for (int done = 0; done < count; done += ids.length) {
              for (int i = 0; i < ids.length; i++) {
                ids[i] = (done * 31 + i * 17) & 2 * IDS - 1;
              }
              almanac.codes(ids, codes);
              sum += codes[done % 500];
            }
            return sum;
          });
    }
  }

  @Test
  void datesAreLookedUpWithoutAllocation() throws IOException {
    try (Almanac almanac = Almanac.open(SampleRows.dense(0, IDS, 50).build(folder, Layout.AUTO))) {
      assertLookupsAllocateNothing(i -> almanac.date(i & 2 * IDS - 1) == null ? 1 : 2);
    }
  }

  /** As entries, and as numbers. */
  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"ENTRIES", "AUTO"})
  void textsAreLookedUpWithoutAllocation(Layout layout) throws IOException {
    SampleRows rows = SampleRows.texts(IDS / 2, 50).add("caf\u00e9 \ud83d\ude00", "2024-02-29");
    String[] ids = rows.dateById().keySet().toArray(String[]::new);
    StringBuilder builder = new StringBuilder(ids[0]);
    try (Almanac almanac = Almanac.open(rows.build(folder, layout))) {
      assertEquals(layout == Layout.AUTO, almanac.info().idPattern() != null);
      assertLookupsAllocateNothing(
          i -> almanac.code(ids[i % ids.length]) + almanac.code(builder) + almanac.code((long) i));
      assertABatchAllocatesNothing(almanac, ids);
    }
  }

  @Test
  void uuidsAreLookedUpWithoutAllocation() throws IOException {
    SampleRows rows = SampleRows.uuids(IDS / 2, 50);
    String[] texts = rows.dateById().keySet().toArray(String[]::new);
    UUID[] ids = Arrays.stream(texts).map(UUID::fromString).toArray(UUID[]::new);
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO))) {
      assertEquals("UUID, lower case", almanac.info().idPattern());
      assertLookupsAllocateNothing(i -> almanac.code(ids[i % ids.length]));
      assertABatchAllocatesNothing(almanac, texts);
    }
  }

  @Test
  void decimalsOfANumericFileAreLookedUpWithoutAllocation() throws IOException {
    SampleRows rows = SampleRows.sparse(IDS, 50);
    String[] ids = rows.dateById().keySet().toArray(String[]::new);
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO))) {
      assertLookupsAllocateNothing(i -> almanac.code(ids[i % ids.length]));
    }
  }
}
