package dev.almanac.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are numbers, against a map of texts. */
class PackedTextTableTest extends TableTest {
  private static final String HEX = "0123456789abcdef";

  private static IdShape shape(Iterable<String> texts) {
    IdShape.Collector collector = new IdShape.Collector();
    for (String text : texts) {
      byte[] utf8 = text.getBytes(UTF_8);
      collector.add(utf8, 0, utf8.length);
    }
    return collector.shape();
  }

  private static String random(SplittableRandom random, String alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** Texts of which each draws from all that a shape must have. */
  private static IdShape shapeOf(SplittableRandom random, Function<SplittableRandom, String> text) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      texts.add(text.apply(random));
    }
    return shape(texts);
  }

  private HandmadeFile direct(IdShape shape, int dateCount) throws IOException {
    long numbers = shape.highestKey() - Long.MIN_VALUE + 1;
    int pageCount = (int) ((numbers + 511) >> 9);
    PageLayout layout =
        new PageLayout(
            Layout.DIRECT,
            Long.MIN_VALUE,
            shape.keyBits(),
            0,
            PageLayout.codeBits(dateCount),
            9,
            0,
            0);
    return HandmadeFile.ofPackedTexts(
        folder.resolve("direct.almanac"), shape, layout, dateCount, pageCount);
  }

  private HandmadeFile hashed(IdShape shape, int dateCount, int pageBits, int pageCount)
      throws IOException {
    int codeBits = PageLayout.codeBits(dateCount);
    int lowKeyBits = shape.lowKeyBits();
    int slotBytes =
        HashedPages.slotBytes(shape.keyBits(), lowKeyBits, codeBits, (long) pageCount << pageBits);
    PageLayout layout =
        new PageLayout(
            Layout.HASHED,
            shape.isWide() ? 0 : Long.MIN_VALUE,
            shape.keyBits(),
            lowKeyBits,
            codeBits,
            pageBits,
            slotBytes,
            dateCount);
    return HandmadeFile.ofPackedTexts(
        folder.resolve("hashed.almanac"), shape, layout, dateCount, pageCount);
  }

  private static boolean hasRoom(HandmadeFile file, String id, int code) throws IOException {
    try {
      file.putPacked(id, code);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Fills a share of the slots. */
  private static Map<String, Integer> fill(
      HandmadeFile file, double share, Function<SplittableRandom, String> text) throws IOException {
    SplittableRandom random = new SplittableRandom(9);
    Map<String, Integer> codeById = new HashMap<>();
    int slots = (int) file.entryCount << file.pages.pageBits();
    slots *= HashedPages.slotCount(file.pages.slotBytes());
    for (int i = 0; i < 3 * slots && codeById.size() < share * slots; i++) {
      String id = text.apply(random);
      int code = random.nextInt(file.dateCount);
      if (!codeById.containsKey(id) && hasRoom(file, id, code)) {
        codeById.put(id, code);
      }
    }
    assertTrue(codeById.size() > share * slots * 2 / 3, "full: " + codeById.size());
    return codeById;
  }

  /** Of every text, all that differ in one byte, the next one and the one before among them. */
  private static List<String> neighbours(String text) {
    List<String> neighbours = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      for (int change : new int[] {1, -1, 5}) {
        char[] changed = text.toCharArray();
        changed[i] = (char) (changed[i] + change);
        neighbours.add(new String(changed));
      }
    }
    neighbours.add(text.substring(1));
    neighbours.add(text.substring(0, text.length() - 1));
    neighbours.add(text + text.charAt(text.length() - 1));
    neighbours.add(text.charAt(0) + text);
    return neighbours;
  }

  private static void assertAnswers(HandmadeFile file, Map<String, Integer> codeById)
      throws IOException {
    TextTable table = TextTable.of(file.open());
    List<String> ids = new ArrayList<>(codeById.keySet());
    codeById.keySet().stream().limit(150).forEach(id -> ids.addAll(neighbours(id)));
    ids.addAll(List.of("", "\ud800", "x".repeat(300), "\u00e9", "7", "-1"));
    int[] codes =
        batch(
            ids.size(), found -> table.codes(ids.toArray(String[]::new), 0, found, 1, ids.size()));
    int[] ofBytes = ofBytes(table, ids);
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      int expected = codeById.getOrDefault(id, -1);
      assertEquals(expected, table.code(id), () -> "id=" + id);
      assertEquals(expected, codes[i], () -> "batch id=" + id);
      if (!id.equals("\ud800")) {
        byte[] utf8 = ("<" + id + ">").getBytes(UTF_8);
        assertEquals(expected, table.code(utf8, 1, utf8.length - 2), () -> "bytes of id=" + id);
        assertEquals(expected, ofBytes[i], () -> "batch of bytes id=" + id);
      }
    }
    assertBatchOfShape(table, codeById);
    Map<String, Integer> walked = new HashMap<>();
    for (TextCursor cursor = table.cursor(); cursor.next(); ) {
      assertNull(walked.put(cursor.id(), cursor.code()), "twice: id=" + cursor.id());
      assertEquals(
          cursor.id(), new String(cursor.idBytes(), cursor.idOffset(), cursor.idLength(), UTF_8));
    }
    assertEquals(codeById, walked);
    assertEquals(List.of(), Verification.of(file.path).damages());
  }

  /** Where all texts have a number, their codes go into the array of the caller. */
  private static void assertBatchOfShape(TextTable table, Map<String, Integer> codeById) {
    String[] ids = codeById.keySet().toArray(String[]::new);
    int[] codes = batch(ids.length, found -> table.codes(ids, 0, found, 1, ids.length));
    for (int i = 0; i < ids.length; i++) {
      assertEquals(codeById.get(ids[i]), codes[i], ids[i]);
    }
  }

  private static int[] ofBytes(TextTable table, List<String> ids) {
    byte[] text = String.join("", ids).getBytes(UTF_8);
    int[] starts = new int[ids.size()];
    int[] ends = new int[ids.size()];
    int at = 0;
    for (int i = 0; i < ids.size(); i++) {
      starts[i] = at;
      at += ids.get(i).getBytes(UTF_8).length;
      ends[i] = at;
    }
    int[] codes = new int[ids.size()];
    table.codes(text, starts, ends, codes, ids.size());
    return codes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 200, 4_000})
  void paddedNumbersAreDirectPages(int dateCount) throws IOException {
    IdShape shape = shapeOf(new SplittableRandom(1), r -> "CUST-" + random(r, "0123456789", 3));
    try (HandmadeFile file = direct(shape, dateCount)) {
      SplittableRandom random = new SplittableRandom(dateCount);
      Map<String, Integer> codeById = new HashMap<>();
      for (int i = 0; i < 1_000; i++) {
        if (random.nextInt(4) > 0) {
          String id = "CUST-%03d".formatted(i);
          codeById.put(id, random.nextInt(dateCount));
          file.putPacked(id, codeById.get(id));
        }
      }
      assertAnswers(file, codeById);
    }
  }

  /** Lengths share no number, and one text may be the start of another. */
  @Test
  void severalLengthsLieSideBySide() throws IOException {
    Function<SplittableRandom, String> text =
        r -> "A" + random(r, "0123456789", r.nextInt(4)) + (r.nextBoolean() ? "\u00e9" : "");
    IdShape shape = shapeOf(new SplittableRandom(1), text);
    try (HandmadeFile file = direct(shape, 5)) {
      SplittableRandom random = new SplittableRandom(3);
      Map<String, Integer> codeById = new HashMap<>();
      for (int i = 0; i < 700; i++) {
        String id = text.apply(random);
        if (codeById.putIfAbsent(id, i % 5) == null) {
          file.putPacked(id, i % 5);
        }
      }
      assertTrue(codeById.size() > 200);
      assertAnswers(file, codeById);
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 200, 2, 3", "9, 4000, 3, 2", "12, 3, 0, 6", "16, 70, 4, 4"})
  void narrowTextsAreHashedPages(int hexDigits, int dateCount, int pageBits, int pageCount)
      throws IOException {
    Function<SplittableRandom, String> text = r -> "o-" + random(r, HEX, hexDigits) + "-z";
    IdShape shape = shapeOf(new SplittableRandom(2), text);
    assertEquals(4 * hexDigits, shape.keyBits());
    try (HandmadeFile file = hashed(shape, dateCount, pageBits, pageCount)) {
      assertAnswers(file, fill(file, 0.8, text));
    }
  }

  /** Slots of every width from nine bytes to fifteen, so full that keys are displaced. */
  @ParameterizedTest
  @CsvSource({
    "17, 9", "18, 9", "20, 9", "21, 10", "24, 11", "26, 12", "28, 13", "30, 14", "31, 15", "32, 15"
  })
  void wideTextsTakeTwoNumbers(int hexDigits, int slotBytes) throws IOException {
    Function<SplittableRandom, String> text = r -> random(r, HEX, hexDigits);
    IdShape shape = shapeOf(new SplittableRandom(3), text);
    assertTrue(shape.isWide());
    try (HandmadeFile file = hashed(shape, 3, 4, 4)) {
      assertEquals(slotBytes, file.pages.slotBytes());
      Map<String, Integer> codeById = fill(file, 0.85, text);
      assertTrue(file.longestProbe > 2);
      assertAnswers(file, codeById);
    }
  }

  /** Codes of up to 28 bits, beside which the rest begins anywhere in the two words. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 250, 4_000, 40_000})
  void wideTextsHaveCodesOfEveryWidth(int dateCount) throws IOException {
    for (int length : new int[] {20, 22, 25}) {
      Function<SplittableRandom, String> text = r -> random(r, "0123456789", length + r.nextInt(2));
      IdShape shape = shapeOf(new SplittableRandom(4), text);
      assertTrue(shape.isWide());
      try (HandmadeFile file = hashed(shape, dateCount, 3, 3)) {
        assertAnswers(file, fill(file, 0.8, text));
      }
    }
  }

  /** At the end of the lower word, at the beginning of the upper one, and after it. */
  @ParameterizedTest
  @CsvSource({"7, 63", "15, 64", "31, 65"})
  void theRestMayBeginInEitherWord(int dateCount, int firstBit) throws IOException {
    Function<SplittableRandom, String> text = r -> random(r, HEX, 31);
    try (HandmadeFile file = hashed(shapeOf(new SplittableRandom(4), text), dateCount, 4, 4)) {
      assertEquals(firstBit, file.pages.lowKeyBits() + file.pages.codeBits());
      assertAnswers(file, fill(file, 0.8, text));
    }
  }

  /** What the footer says bounds the way, whatever a bucket says of its reach. */
  @Test
  void wideKeysOfOneHomeAreFoundUpToTheLongestDistance() throws IOException {
    IdShape shape = shapeOf(new SplittableRandom(13), r -> random(r, HEX, 20));
    try (HandmadeFile file = hashed(shape, 3, 4, 2)) {
      HashedPages hashed = new HashedPages(file.pages, 2);
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < (HashedPages.MAX_DISTANCE + 1) * hashed.slotCount; i++) {
        ids.add(idAt(shape, hashed, 3, i, i));
        file.putPacked(ids.get(i), i % 3);
      }
      for (int probes = 1; probes <= HashedPages.MAX_DISTANCE + 1; probes++) {
        file.longestProbe = probes;
        TextTable table = TextTable.of(file.open());
        for (int i = 0; i < ids.size(); i++) {
          int expected = i < probes * hashed.slotCount ? i % 3 : -1;
          assertEquals(expected, table.code(ids.get(i)), "i=" + i);
          assertEquals(expected, inBatch(table, ids.get(i)), "i=" + i);
        }
      }
    }
  }

  /** The text whose home, rest and low number are these. */
  private static String idAt(IdShape shape, HashedPages hashed, long bucket, long rest, long low) {
    byte[] text = new byte[shape.longestIdBytes()];
    int length = shape.decode(hashed.unmix(hashed.mixed(bucket, rest), low), low, text, 0);
    return new String(text, 0, length, UTF_8);
  }

  /** All lows of one key, and all keys of one low. */
  @Test
  void eachOfTheTwoNumbersDecides() throws IOException {
    IdShape shape = shapeOf(new SplittableRandom(5), r -> random(r, HEX, 24));
    try (HandmadeFile file = hashed(shape, 3, 5, 2)) {
      Map<String, Integer> codeById = new HashMap<>();
      for (int i = 0; i < 40; i++) {
        codeById.put("0123456789abcdef" + "%08x".formatted(i), i % 3);
        codeById.put("%016x".formatted(i) + "01234567", i % 3);
      }
      for (Map.Entry<String, Integer> entry : codeById.entrySet()) {
        file.putPacked(entry.getKey(), entry.getValue());
      }
      assertAnswers(file, codeById);
    }
  }

  /** Buckets on both sides of the offsets at which a window ends, and keys displaced across. */
  @Test
  void wideKeysMayFillSeveralWindows() throws IOException {
    IdShape shape = shapeOf(new SplittableRandom(11), r -> random(r, HEX, 32));
    int pageBits = 14;
    int pageCount = 2_100;
    int dateCount = 4_000;
    HashedPages hashed = new HashedPages(wide(shape, dateCount, pageBits, pageCount), pageCount);
    try (HandmadeFile file =
        HandmadeFile.ofUnfilledPackedTexts(
            folder.resolve("large.almanac"),
            shape,
            wide(shape, dateCount, pageBits, pageCount),
            dateCount,
            pageCount)) {
      SplittableRandom random = new SplittableRandom(12);
      Map<String, Integer> codeById = new HashMap<>();
      for (int window = 1; window <= 2; window++) {
        long boundary = (long) window << Windows.SHIFT;
        PagesTest.clearBucketsAround(file, boundary);
        for (int i = -40; i < 40; i++) {
          int bucket = PagesTest.bucketAt(file, boundary) + i;
          // More than two buckets of keys for the last one before the boundary.
          for (int k = i == -1 ? 11 : 2; k > 0; k--) {
            long low = random.nextLong();
            long rest = random.nextLong() >>> Long.SIZE - hashed.restBits;
            String id = idAt(shape, hashed, bucket, rest, low);
            codeById.put(id, 1 + random.nextInt(dateCount - 1));
            file.putPacked(id, codeById.get(id));
          }
        }
      }
      assertTrue(file.longestProbe > 2);
      SealedFile sealed = file.open();
      assertEquals(3, sealed.regions().length);
      assertAnswersInWindows(file, TextTable.of(sealed), codeById);
    }
  }

  private static void assertAnswersInWindows(
      HandmadeFile file, TextTable table, Map<String, Integer> codeById) {
    List<String> ids = new ArrayList<>(codeById.keySet());
    codeById.keySet().stream().limit(50).forEach(id -> ids.addAll(neighbours(id)));
    int[] codes =
        batch(
            ids.size(), found -> table.codes(ids.toArray(String[]::new), 0, found, 1, ids.size()));
    int[] ofBytes = ofBytes(table, ids);
    for (int i = 0; i < ids.size(); i++) {
      int expected = codeById.getOrDefault(ids.get(i), -1);
      assertEquals(expected, table.code(ids.get(i)), ids.get(i));
      assertEquals(expected, codes[i], ids.get(i));
      assertEquals(expected, ofBytes[i], ids.get(i));
    }
    Map<String, Integer> walked = new HashMap<>();
    for (int window = 1; window <= 2; window++) {
      int page = (int) (((long) window << Windows.SHIFT) / file.pages.entryBytes());
      for (TextCursor cursor = table.cursor(page, page + 1); cursor.next(); ) {
        // What is a hole has the code 0.
        if (cursor.code() != 0) {
          walked.put(cursor.id(), cursor.code());
        }
      }
    }
    assertEquals(codeById, walked);
  }

  private static PageLayout wide(IdShape shape, int dateCount, int pageBits, int pageCount) {
    int codeBits = PageLayout.codeBits(dateCount);
    return new PageLayout(
        Layout.HASHED,
        0,
        shape.keyBits(),
        shape.lowKeyBits(),
        codeBits,
        pageBits,
        HashedPages.slotBytes(
            shape.keyBits(), shape.lowKeyBits(), codeBits, (long) pageCount << pageBits),
        0);
  }

  private HandmadeFile uuids(Map<String, Integer> codeById) throws IOException {
    SplittableRandom random = new SplittableRandom(6);
    Function<SplittableRandom, String> text =
        r ->
            new UUID(
                    r.nextLong() & ~0xF000L | 0x4000L,
                    r.nextLong() & Long.MAX_VALUE >>> 1 | Long.MIN_VALUE)
                .toString();
    IdShape shape = shapeOf(random, text);
    assertEquals("UUID, lower case", shape.pattern());
    HandmadeFile file = hashed(shape, 3, 4, 4);
    codeById.putAll(fill(file, 0.5, text));
    return file;
  }

  @Test
  void uuidsAreFoundWithoutATextInBetween() throws IOException {
    Map<String, Integer> codeById = new HashMap<>();
    try (HandmadeFile file = uuids(codeById)) {
      assertAnswers(file, codeById);
      TextTable table = TextTable.of(file.open());
      codeById.forEach(
          (id, code) -> {
            UUID uuid = UUID.fromString(id);
            assertEquals(code, table.code(uuid), id);
            assertEquals(
                -1,
                table.code(
                    new UUID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits() ^ 1)));
            assertEquals(-1, table.code(id.toUpperCase(Locale.ROOT) + "x"));
          });
      assertEquals(-1, table.code(new UUID(0, 0)));
      assertEquals(-1, table.code(new UUID(-1, -1)));
    }
  }

  @Test
  void aNumberIsItsDecimal() throws IOException {
    IdShape shape = shape(List.of("-0000", "-9999", "-5678", "-1111", "-2222", "-3", "0"));
    try (HandmadeFile file = direct(shape, 2)) {
      file.putPacked("-5222", 1);
      file.putPacked("0", 0);
      TextTable table = TextTable.of(file.open());
      assertEquals(1, table.code(-5222));
      assertEquals(0, table.code(0));
      assertEquals(-1, table.code(5222));
      assertEquals(-1, table.code(-3));
      assertEquals(-1, table.code(Long.MIN_VALUE));
      assertEquals(-1, table.code(new UUID(3, 4)));
    }
  }

  /** A number of every bit pattern belongs to a text, also the one that means no number. */
  @ParameterizedTest
  @ValueSource(strings = {"ffffffffffffffff", "7fffffffffffffff7fffffffffffffff"})
  void whatHasNoNumberIsNotTheTextOfThatNumber(String known) throws IOException {
    IdShape shape = shapeOf(new SplittableRandom(14), r -> random(r, HEX, known.length()));
    long[] key = {0};
    long[] low = {0};
    assertTrue(shape.encode(known, key, low, 0));
    assertTrue(IdShape.isNone(key[0], low[0]));
    try (HandmadeFile file = hashed(shape, 3, 4, 4)) {
      file.putPacked(known, 1);
      assertAnswers(file, Map.of(known, 1));
      assertEquals(-1, TextTable.of(file.open()).code(new UUID(1, 2)));
    }
  }

  /** The digits of the last position do not follow each other. */
  @Test
  void aUuidIsItsTextWhereItsBitsDoNotTell() throws IOException {
    UUID known = new UUID(7, 2);
    IdShape shape = shape(List.of(known.toString(), new UUID(7, 0).toString()));
    try (HandmadeFile file = direct(shape, 3)) {
      file.putPacked(known.toString(), 1);
      TextTable table = TextTable.of(file.open());
      assertTrue(IdShape.isNone(shape.key(known), 0));
      assertEquals(1, table.code(known));
      assertEquals(-1, table.code(new UUID(7, 0)));
      assertEquals(-1, table.code(new UUID(7, 1)));
    }
  }

  private enum Kind {
    DIRECT,
    NARROW,
    WIDE
  }

  /** Two texts with code 1. */
  private HandmadeFile one(Kind kind) throws IOException {
    IdShape shape =
        shapeOf(new SplittableRandom(7), r -> random(r, HEX, kind == Kind.WIDE ? 20 : 3));
    HandmadeFile file = kind == Kind.DIRECT ? direct(shape, 3) : hashed(shape, 3, 2, 2);
    file.putPacked(known(kind), 1);
    file.putPacked(known(kind).replace('a', 'b'), 1);
    return file;
  }

  private static String known(Kind kind) {
    return kind == Kind.WIDE ? "a1234567890123456789" : "a12";
  }

  @ParameterizedTest
  @EnumSource
  void noAnswerCountsOnceTheSealIsGone(Kind kind) throws IOException {
    try (HandmadeFile file = one(kind)) {
      TextTable table = TextTable.of(file.open());
      String known = known(kind);
      assertNoAnswerCountsOnceTheSealIsGone(
          file,
          () -> table.cursor()::next,
          () -> table.code(known.replace('a', 'c')),
          () -> table.code(known),
          () -> table.code("not of the shape"),
          () -> inBatch(table, known),
          () -> inBatch(table, known.replace('a', 'c')),
          () -> inBatch(table, "not of the shape"));
    }
  }

  /** Also of texts that do not lie in their home bucket. */
  @ParameterizedTest
  @ValueSource(ints = {12, 20})
  void noAnswerOfAFullFileCountsOnceTheSealIsGone(int hexDigits) throws IOException {
    Function<SplittableRandom, String> text = r -> random(r, HEX, hexDigits);
    try (HandmadeFile file = hashed(shapeOf(new SplittableRandom(15), text), 3, 3, 2)) {
      Map<String, Integer> codeById = fill(file, 0.85, text);
      assertTrue(file.longestProbe > 1);
      TextTable table = TextTable.of(file.open());
      codeById.forEach((id, code) -> assertEquals(code, table.code(id)));
      file.takeSeal();
      for (String id : codeById.keySet()) {
        assertDamaged(SEAL_IS_GONE, file, () -> table.code(id), () -> inBatch(table, id));
      }
    }
  }

  private static int inBatch(TextTable table, String id) {
    int[] codes = {77};
    table.codes(new String[] {id}, 0, codes, 0, 1);
    return codes[0];
  }

  @ParameterizedTest
  @EnumSource
  void aClosedFileSaysSo(Kind kind) throws IOException {
    try (HandmadeFile file = one(kind)) {
      SealedFile sealed = file.open();
      TextTable table = TextTable.of(sealed);
      TextCursor cursor = table.cursor();
      sealed.close();
      assertClosed(
          file,
          () -> table.code(known(kind)),
          () -> table.code("not of the shape"),
          () -> inBatch(table, known(kind)),
          cursor::next);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCodeThatIsNoneIsDamage(Kind kind) throws IOException {
    IdShape shape =
        shapeOf(new SplittableRandom(7), r -> random(r, HEX, kind == Kind.WIDE ? 20 : 3));
    for (int code : new int[] {5, 6}) {
      try (HandmadeFile file = kind == Kind.DIRECT ? direct(shape, 5) : hashed(shape, 5, 2, 2)) {
        file.putPacked(known(kind), code);
        TextTable table = TextTable.of(file.open());
        assertNoCode(
            code,
            file,
            () -> table.code(known(kind)),
            () -> inBatch(table, known(kind)),
            table.cursor()::next);
      }
    }
  }

  /** Pages one after the other are the file. */
  @ParameterizedTest
  @EnumSource
  void somePagesMayBeWalkedAlone(Kind kind) throws IOException {
    IdShape shape =
        shapeOf(new SplittableRandom(7), r -> random(r, HEX, kind == Kind.WIDE ? 20 : 3));
    try (HandmadeFile file = kind == Kind.DIRECT ? direct(shape, 3) : hashed(shape, 3, 3, 8)) {
      SplittableRandom random = new SplittableRandom(8);
      Map<String, Integer> codeById = new HashMap<>();
      for (int i = 0; i < 100; i++) {
        String id = random(random, HEX, known(kind).length());
        if (codeById.putIfAbsent(id, i % 3) == null) {
          file.putPacked(id, i % 3);
        }
      }
      TextTable table = TextTable.of(file.open());
      assertEquals(8, table.partCount());
      Map<String, Integer> walked = new HashMap<>();
      for (int part = 0; part < 8; part++) {
        int before = walked.size();
        for (TextCursor cursor = table.cursor(part, part + 1); cursor.next(); ) {
          assertNull(walked.put(cursor.id(), cursor.code()));
        }
        assertTrue(walked.size() - before < 60);
      }
      assertEquals(codeById, walked);
    }
  }

  @ParameterizedTest
  @EnumSource
  void lookupsAllocateNothingAndBatchesNext(Kind kind) throws Exception {
    try (HandmadeFile file = one(kind)) {
      TextTable table = TextTable.of(file.open());
      String[] ids = {known(kind), known(kind).replace('a', 'c'), "not of the shape"};
      assertAllocatesLessThan(8, () -> table.code(ids[0]));
      assertAllocatesLessThan(8, () -> table.code(ids[2]));
      assertOtherLookupsAllocateNothing(table, ids, new UUID(1, 2), ids[0]);
    }
  }

  @Test
  void lookupsOfTextsBeyondAsciiAllocateNothing() throws Exception {
    IdShape shape = shapeOf(new SplittableRandom(1), r -> random(r, HEX, 2) + "\u00e9");
    try (HandmadeFile file = direct(shape, 3)) {
      file.putPacked("a1\u00e9", 1);
      TextTable table = TextTable.of(file.open());
      assertEquals(1, table.code("a1\u00e9"));
      assertAllocatesLessThan(8, () -> table.code("a1\u00e9"));
    }
  }

  @Test
  void aWalkLooksAtTheSealOnItsWay() throws IOException {
    IdShape shape = shapeOf(new SplittableRandom(7), r -> random(r, HEX, 20));
    try (HandmadeFile file = hashed(shape, 3, 7, 1)) {
      fill(file, 0.8, r -> random(r, HEX, 20));
      assertEachStretchLooksAtTheSeal(file, 256, TextTable.of(file.open()).cursor()::next);
    }
  }

  @Test
  void aWalkLooksAtTheSealWhereItFindsNothing() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    IdShape shape = shapeOf(random, r -> random(r, HEX, 20));
    try (HandmadeFile file = hashed(shape, 4, 8, 1)) {
      int bucket = 0;
      while (bucket < 200) {
        if (bucket > 0) {
          file.clearBucket(bucket);
        }
        bucket = file.putPacked(random(random, HEX, 20), 5);
      }
      TextTable table = TextTable.of(file.open());
      assertALongWayLooksAtTheSeal(file, () -> table.cursor()::next);
    }
  }
}
