package dev.almanac.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.almanac.format.Xxh64;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTableTest extends TableTest {
  private HandmadeFile file(
      int dateCount, int segmentCount, int slotCount, int keyBits, int chunkBytes)
      throws IOException {
    return HandmadeFile.ofTexts(
        folder.resolve("handmade.almanac"),
        dateCount,
        segmentCount,
        slotCount,
        keyBits,
        chunkBytes,
        64 * 1100 / chunkBytes,
        0);
  }

  /** Texts that differ in one character, the first, the last, or one between. */
  private static List<String> texts(int count) {
    int[] lengths = {1, 2, 7, 8, 9, 15, 16, 17, 126, 127, 128, 129, 255, 256, 1023, 1024};
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = lengths[i % lengths.length];
      char[] text = "x".repeat(length).toCharArray();
      int differing = i / lengths.length;
      int[] places = {0, length - 1, length / 2, Math.max(0, length - 8)};
      text[places[differing % places.length]] = (char) ('a' + differing);
      texts.add(new String(text));
    }
    return texts;
  }

  private static Map<String, Integer> fill(HandmadeFile file, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(10);
    Map<String, Integer> codeById = new HashMap<>();
    for (String text : texts(count)) {
      if (codeById.putIfAbsent(text, random.nextInt(file.dateCount)) == null) {
        file.put(text, codeById.get(text));
      }
    }
    for (String text : List.of("7", "-12", "\u00e9", "\ud83d\ude00", "12345678")) {
      codeById.put(text, random.nextInt(file.dateCount));
      file.put(text, codeById.get(text));
    }
    return codeById;
  }

  private static void assertAnswers(SealedFile sealed, Map<String, Integer> codeById) {
    TextTable table = TextTable.of(sealed);
    List<String> ids = new ArrayList<>(codeById.keySet());
    for (String known : codeById.keySet()) {
      // Others of the same length, and a longer and a shorter one.
      ids.add(known.substring(0, known.length() - 1) + '!');
      ids.add('!' + known.substring(1));
      ids.add(known + 'x');
      ids.add(known.substring(1));
    }
    ids.addAll(List.of("", "\ud800", "x".repeat(1025), "\u00e9".repeat(513)));
    int[] codes =
        batch(
            ids.size(), found -> table.codes(ids.toArray(String[]::new), 0, found, 1, ids.size()));
    assertArrayEquals(
        ids.stream().filter(id -> !id.equals("\ud800")).mapToInt(table::code).toArray(),
        batchOfBytes(table, ids.stream().filter(id -> !id.equals("\ud800")).toList()));
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      int expected = codeById.getOrDefault(id, -1);
      assertEquals(expected, table.code(id), () -> "id=" + id);
      byte[] utf8 = id.getBytes(UTF_8);
      if (!id.equals("\ud800")) {
        assertEquals(expected, table.code(utf8, 0, utf8.length), () -> "bytes of id=" + id);
      }
      assertEquals(expected, codes[i], () -> "batch id=" + id);
    }
    assertEquals(codeById.get("7"), table.code(7));
    assertEquals(codeById.get("-12"), table.code(-12));
    assertEquals(-1, table.code(8));
    assertEquals(codeById, walked(table.cursor()));
  }

  private static int[] batchOfBytes(TextTable table, List<String> ids) {
    int[] starts = new int[ids.size()];
    int[] ends = new int[ids.size()];
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    for (int i = 0; i < ids.size(); i++) {
      utf8.write('|');
      starts[i] = utf8.size();
      utf8.writeBytes(ids.get(i).getBytes(UTF_8));
      ends[i] = utf8.size();
    }
    int[] codes = new int[ids.size()];
    table.codes(utf8.toByteArray(), starts, ends, codes, ids.size());
    return codes;
  }

  /** What a batch works with is used again by the next one. */
  @Test
  void aBatchTakesNothingFromTheOneBefore() throws IOException {
    try (HandmadeFile file = file(3, 1, 256, 8, 16)) {
      Map<String, Integer> codeById = new HashMap<>();
      String[] absent = new String[64];
      for (int i = 0; i < 64; i++) {
        codeById.put("t" + i, i % 3);
        file.put("t" + i, i % 3);
        absent[i] = "absent" + i;
      }
      TextTable table = TextTable.of(file.open());
      String[] ids = codeById.keySet().toArray(String[]::new);
      int[] expected = codeById.values().stream().mapToInt(Integer::intValue).toArray();
      for (int round = 0; round < 3; round++) {
        int[] none = batch(64, found -> table.codes(absent, 0, found, 1, 64));
        assertArrayEquals(new int[64], Arrays.stream(none).map(code -> code + 1).toArray());
        assertArrayEquals(expected, batch(64, found -> table.codes(ids, 0, found, 1, 64)));
      }
    }
  }

  private static Map<String, Integer> walked(TextCursor cursor) {
    Map<String, Integer> visited = new HashMap<>();
    while (cursor.next()) {
      assertEquals(null, visited.put(cursor.id(), cursor.code()), "twice: id=" + cursor.id());
      assertEquals(
          cursor.id(), new String(cursor.idBytes(), cursor.idOffset(), cursor.idLength(), UTF_8));
    }
    return visited;
  }

  /** With few key bits every text is compared with every other. */
  @ParameterizedTest
  @CsvSource({
    "3, 1, 64, 8, 4, 58",
    "3, 1, 64, 1, 1, 50",
    "300, 1, 64, 6, 7, 58",
    "70000, 1, 64, 2, 16, 40",
    "3, 3, 64, 8, 32, 120",
    "3, 4, 64, 8, 64, 160"
  })
  void everyTextIsFoundHoweverFullTheTierIs(
      int dateCount, int segmentCount, int slotCount, int keyBits, int chunkBytes, int count)
      throws IOException {
    try (HandmadeFile file = file(dateCount, segmentCount, slotCount, keyBits, chunkBytes)) {
      Map<String, Integer> codeById = fill(file, count);
      assertAnswers(file.open(), codeById);
      assertEquals(List.of(), Verification.of(file.path).damages());
    }
  }

  @Test
  void tiersMayFillSeveralMappings() throws IOException {
    try (HandmadeFile file =
        HandmadeFile.ofTexts(folder.resolve("large.almanac"), 3, 5, 64, 8, 16, 4096, 1L << 29)) {
      Map<String, Integer> codeById = fill(file, 140);
      SealedFile sealed = file.open();
      assertEquals(3, sealed.regions().length);
      assertAnswers(sealed, codeById);
    }
  }

  @Test
  void someSegmentsMayBeWalkedAlone() throws IOException {
    try (HandmadeFile file = file(3, 4, 64, 8, 16)) {
      Map<String, Integer> codeById = fill(file, 100);
      TextTable table = TextTable.of(file.open());
      assertEquals(
          inSegments1And2(codeById, id -> file.g.segment(hash(id))), walked(table.cursor(1, 3)));
    }
  }

  private static long hash(String id) {
    byte[] utf8 = id.getBytes(UTF_8);
    return Xxh64.hash(utf8, 0, utf8.length);
  }

  private static int inBatch(TextTable table, String id) {
    int[] codes = {77};
    table.codes(new String[] {id}, 0, codes, 0, 1);
    return codes[0];
  }

  @Test
  void aLookupInspectsNoMoreSlotsThanTheFooterSays() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 10, 8)) {
      String[] ids = file.textsAtHome(20, 10);
      for (String id : ids) {
        file.put(id, 1);
      }
      assertSearchIsBounded(
          file,
          (opened, index) -> TextTable.of(opened).code(ids[index]),
          (opened, index) -> inBatch(TextTable.of(opened), ids[index]));
    }
  }

  /** A text has a code; there are no holes among texts. */
  @ParameterizedTest
  @ValueSource(ints = {3, 255, 300, 65_535, 70_000})
  void aCodeThatIsNoneIsDamageInEveryWidth(int dateCount) throws IOException {
    for (boolean allOnes : new boolean[] {false, true}) {
      try (HandmadeFile file = file(dateCount, 1, 64, 10, 8)) {
        int code = allOnes ? file.allOnes() : dateCount;
        file.put("known", code);
        TextTable table = TextTable.of(file.open());
        assertNoCode(
            code,
            file,
            () -> table.code("known"),
            () -> inBatch(table, "known"),
            () -> table.cursor().next());
      }
    }
  }

  @Test
  void noAnswerCountsOnceTheSealIsGone() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 8, 8)) {
      fill(file, 3);
      TextTable table = TextTable.of(file.open());
      assertNoAnswerCountsOnceTheSealIsGone(
          file,
          () -> table.cursor()::next,
          () -> table.code("nobody"),
          () -> table.code("7"),
          () -> table.code(7),
          () -> inBatch(table, "7"),
          () -> inBatch(table, "nobody"));
    }
  }

  /** Whatever stands behind the 32nd slot of a search is not looked at any more. */
  @Test
  void aLongSearchLooksAtTheSealOnItsWay() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 6, 8)) {
      String[] ids = file.textsAtHome(9, 41);
      for (int i = 0; i < 40; i++) {
        file.put(ids[i], 1);
      }
      file.slot(0, 9 + 36, 9 | 1 << 25 << 6);
      TextTable table = TextTable.of(file.open());
      assertRefersOutside(() -> table.code(ids[40]));
      assertRefersOutside(() -> inBatch(table, ids[40]));
      file.takeSeal();
      assertDamaged(SEAL_IS_GONE, file, () -> table.code(ids[40]));
    }
  }

  /** Also for what no ID can be, which needs no look into the file. */
  @Test
  void aClosedFileSaysSo() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 8, 8)) {
      fill(file, 3);
      SealedFile sealed = file.open();
      TextTable table = TextTable.of(sealed);
      TextCursor cursor = table.cursor();
      sealed.close();
      assertClosed(
          file,
          () -> table.code("7"),
          () -> table.code(7),
          () -> table.code(""),
          () -> inBatch(table, "7"),
          cursor::next);
    }
  }

  @Test
  void aUuidIsLookedUpAsTheTextThatItWrites() throws IOException {
    try (HandmadeFile file = file(3, 1, 64, 8, 8)) {
      UUID known = UUID.fromString("0123abcd-4567-89ef-fedc-ba9876543210");
      file.put(known.toString(), 2);
      file.put("0", 1);
      TextTable table = TextTable.of(file.open());
      assertEquals(2, table.code(known));
      assertEquals(-1, table.code(new UUID(0, 0)));
      assertEquals(-1, table.code(UUID.randomUUID()));
    }
  }

  @Test
  void lookupsAllocateNothingAndBatchesNext() throws Exception {
    try (HandmadeFile file = file(3, 1, 64, 8, 8)) {
      UUID uuid = new UUID(1, 2);
      String[] ids = {"7", "-12", "absent", uuid.toString()};
      for (String id : ids) {
        if (!id.equals("absent")) {
          file.put(id, 1);
        }
      }
      TextTable table = TextTable.of(file.open());
      assertAllocatesLessThan(16, () -> table.code(ids[1]));
      assertOtherLookupsAllocateNothing(table, ids, uuid, "7");
    }
  }

  @Test
  void aWalkLooksAtTheSealOnItsWay() throws IOException {
    try (HandmadeFile file = file(3, 1, 256, 8, 8)) {
      for (int i = 0; i < 140; i++) {
        file.put("t" + i, 1);
      }
      TextCursor cursor = TextTable.of(file.open()).cursor();
      assertEachStretchLooksAtTheSeal(file, 64, cursor::next);
    }
  }
}
