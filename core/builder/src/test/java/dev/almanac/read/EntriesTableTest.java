package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntriesTableTest extends TableTest {
  private HandmadeFile file(int dateCount, int segmentCount, int slotCount, int keyBits)
      throws IOException {
    return HandmadeFile.ofNumbers(
        folder.resolve("handmade.almanac"), dateCount, segmentCount, slotCount, keyBits);
  }

  /** Random IDs with random codes; the code by ID. */
  private static Map<Long, Integer> fill(HandmadeFile file, int idCount) throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    Map<Long, Integer> codeById = new HashMap<>();
    for (int i = 0; i < idCount; i++) {
      long id = i % 3 == 0 ? i - idCount / 2 : random.nextLong();
      int code = random.nextInt(file.dateCount);
      codeById.put(id, code);
      file.put(id, code);
    }
    return codeById;
  }

  private static long[] probes(Map<Long, Integer> codeById) {
    SplittableRandom random = new SplittableRandom(9);
    List<Long> probes = new ArrayList<>(codeById.keySet());
    for (long id : codeById.keySet()) {
      probes.add(id + random.nextInt(-9, 10));
      probes.add(random.nextLong());
    }
    return probes.stream().mapToLong(Long::longValue).toArray();
  }

  private static void assertAnswers(SealedFile sealed, Map<Long, Integer> codeById) {
    LongTable table = LongTable.of(sealed);
    long[] probes = probes(codeById);
    int[] codes = batch(probes.length, found -> table.codes(probes, 0, found, 1, probes.length));
    for (int i = 0; i < probes.length; i++) {
      int expected = codeById.getOrDefault(probes[i], -1);
      assertEquals(expected, table.code(probes[i]), "id=" + probes[i]);
      assertEquals(expected, codes[i], "batch id=" + probes[i]);
    }
    assertEquals(codeById, walked(table.cursor()));
  }

  private static Map<Long, Integer> walked(LongCursor cursor) {
    Map<Long, Integer> visited = new HashMap<>();
    while (cursor.next()) {
      assertEquals(null, visited.put(cursor.id(), cursor.code()), "twice: id=" + cursor.id());
    }
    return visited;
  }

  /**
   * From tiers with room to full ones, of which each key bit that is missing lengthens a search.
   */
  @ParameterizedTest
  @CsvSource({
    "3, 1, 64, 8, 30",
    "3, 1, 64, 8, 62",
    "300, 1, 64, 6, 60",
    "70000, 1, 64, 1, 50",
    "3, 7, 32, 27, 150",
    "3, 8, 32, 7, 150"
  })
  void everyIdIsFoundHoweverFullTheTierIs(
      int dateCount, int segmentCount, int slotCount, int keyBits, int idCount) throws IOException {
    try (HandmadeFile file = file(dateCount, segmentCount, slotCount, keyBits)) {
      Map<Long, Integer> codeById = fill(file, idCount);
      assertAnswers(file.open(), codeById);
      assertEquals(List.of(), Verification.of(file.path).damages());
    }
  }

  /** What a batch works with is used again by the next one. */
  @Test
  void aBatchTakesNothingFromTheOneBefore() throws IOException {
    try (HandmadeFile file = file(3, 1, 256, 8)) {
      long[] ids = new long[64];
      long[] absent = new long[64];
      int[] expected = new int[64];
      for (int i = 0; i < 64; i++) {
        ids[i] = i;
        expected[i] = i % 3;
        file.put(i, i % 3);
        absent[i] = 1_000 + i;
      }
      LongTable table = LongTable.of(file.open());
      for (int round = 0; round < 3; round++) {
        int[] none = batch(64, found -> table.codes(absent, 0, found, 1, 64));
        assertArrayEquals(new int[64], Arrays.stream(none).map(code -> code + 1).toArray());
        assertArrayEquals(expected, batch(64, found -> table.codes(ids, 0, found, 1, 64)));
      }
    }
  }

  /** Three mappings of two tiers each, the last with one; and one for each tier. */
  @ParameterizedTest
  @CsvSource({"536870912, 5", "1073741824, 3"})
  void tiersMayFillSeveralMappings(long tierBytes, int segmentCount) throws IOException {
    try (HandmadeFile file =
        HandmadeFile.ofNumbers(
            folder.resolve("large.almanac"), 3, segmentCount, 64, 8, tierBytes)) {
      Map<Long, Integer> codeById = fill(file, 150);
      SealedFile sealed = file.open();
      assertEquals(3, sealed.regions().length);
      assertAnswers(sealed, codeById);
    }
  }

  @Test
  void someSegmentsMayBeWalkedAlone() throws IOException {
    try (HandmadeFile file = file(3, 4, 32, 8)) {
      Map<Long, Integer> codeById = fill(file, 60);
      LongTable table = LongTable.of(file.open());
      assertEquals(
          inSegments1And2(codeById, id -> file.g.segment(Xxh64.hash(id))),
          walked(table.cursor(1, 3)));
    }
  }

  @Test
  void aLookupInspectsNoMoreSlotsThanTheFooterSays() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 10)) {
      long[] ids = file.numbersAtHome(20, 10);
      for (long id : ids) {
        file.put(id, 1);
      }
      assertSearchIsBounded(
          file,
          (opened, index) -> LongTable.of(opened).code(ids[index]),
          (opened, index) -> inBatch(LongTable.of(opened), ids[index]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 255, 300, 65_535, 70_000})
  void aCodeThatIsNoneIsDamageInEveryWidth(int dateCount) throws IOException {
    try (HandmadeFile file = file(dateCount, 1, 64, 10)) {
      int width = file.codeBytes;
      int allOnes = file.allOnes();
      int[] wrong = dateCount == allOnes ? new int[] {allOnes} : new int[] {dateCount, allOnes};
      file.put(5, dateCount - 1);
      for (int code : wrong) {
        assertEquals(dateCount - 1, LongTable.of(file.open()).code(5));
        long at = file.entryOffset(0, 0) + Long.BYTES;
        for (int i = 0; i < width; i++) {
          file.putByte(at + i, code >> 8 * i);
        }
        LongTable table = LongTable.of(file.open());
        assertNoCode(
            code, file, () -> table.code(5), () -> inBatch(table, 5), () -> table.cursor().next());
        for (int i = 0; i < width; i++) {
          file.putByte(at + i, dateCount - 1 >> 8 * i);
        }
      }
    }
  }

  @Test
  void aSlotThatRefersOutsideItsMappingIsDamage() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 6)) {
      int position = file.put(5, 1);
      int key = file.slot(0, position) & 63;
      file.slot(0, position, key | 1 << 25 << 6);
      LongTable table = LongTable.of(file.open());
      assertRefersOutside(() -> table.code(5));
      assertRefersOutside(() -> inBatch(table, 5));
    }
  }

  @Test
  void noAnswerCountsOnceTheSealIsGone() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 8)) {
      long present = fill(file, 3).keySet().iterator().next();
      LongTable table = LongTable.of(file.open());
      assertNoAnswerCountsOnceTheSealIsGone(
          file,
          () -> table.cursor()::next,
          () -> table.code(987_654),
          () -> table.code(present),
          () -> inBatch(table, present),
          () -> inBatch(table, 987_654));
    }
  }

  /** Whatever stands behind the 32nd slot of a search is not looked at any more. */
  @Test
  void aLongSearchLooksAtTheSealOnItsWay() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 6)) {
      long[] ids = file.numbersAtHome(9, 41);
      for (int i = 0; i < 40; i++) {
        file.put(ids[i], 1);
      }
      file.slot(0, 9 + 36, 9 | 1 << 25 << 6);
      LongTable table = LongTable.of(file.open());
      assertRefersOutside(() -> table.code(ids[40]));
      file.takeSeal();
      assertDamaged(SEAL_IS_GONE, file, () -> table.code(ids[40]));
    }
  }

  @Test
  void aClosedFileSaysSo() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 8)) {
      long present = fill(file, 3).keySet().iterator().next();
      SealedFile sealed = file.open();
      LongTable table = LongTable.of(sealed);
      LongCursor cursor = table.cursor();
      assertFalse(sealed.isClosed());
      sealed.close();
      assertTrue(sealed.isClosed());
      assertClosed(file, () -> table.code(present), () -> inBatch(table, present), cursor::next);
    }
  }

  @Test
  void lookupsAllocateNothingAndBatchesNext() throws Exception {
    try (HandmadeFile file = file(3, 1, 64, 8)) {
      long[] ids = fill(file, 30).keySet().stream().mapToLong(Long::longValue).toArray();
      int[] codes = new int[ids.length];
      LongTable table = LongTable.of(file.open());
      assertAllocatesLessThan(8, () -> table.code(ids[0]));
      // Below JDK 25 an empty array each.
      assertAllocatesLessThan(64, () -> table.codes(ids, 0, codes, 0, ids.length));
    }
  }

  @Test
  void aWalkLooksAtTheSealOnItsWay() throws IOException {
    try (HandmadeFile file = file(3, 1, 1024, 10)) {
      fill(file, 600);
      assertEachStretchLooksAtTheSeal(file, 256, LongTable.of(file.open()).cursor()::next);
    }
  }
}
