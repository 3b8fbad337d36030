package dev.almanac;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches in every form, of lengths around those that are looked up together. */
class BatchesTest {
  private static final int DATE_COUNT = 50;
  private static final int[] LENGTHS = {0, 1, 2, 511, 512, 513, 1_023, 1_024, 1_025, 1_900};

  @TempDir private static Path folder;

  /** What the batches ask. */
  enum Ids {
    NUMBERS,
    TEXTS
  }

  private static final Map<String, Integer> CODES = new TreeMap<>();
  private static Almanac numbers;
  private static Almanac texts;

  @BeforeAll
  static void build() throws IOException {
    SampleRows rows = new SampleRows();
    List<String> ids = new ArrayList<>(List.of("" + Long.MIN_VALUE, "" + Long.MAX_VALUE, "-1"));
    for (int i = 0; i < 1_000; i++) {
      ids.add(Integer.toString(i));
    }
    for (int i = 0; i < ids.size(); i++) {
      CODES.put(ids.get(i), i * 7 % DATE_COUNT);
      rows.add(ids.get(i), SampleRows.date(i * 7 % DATE_COUNT));
    }
    numbers = Almanac.open(rows.build(Files.createDirectory(folder.resolve("n")), Layout.AUTO));
    // One more text makes texts of all.
    rows.add("text", SampleRows.date(0));
    texts = Almanac.open(rows.build(Files.createDirectory(folder.resolve("t")), Layout.AUTO));
    assertEquals(IdKind.TEXT, texts.idKind());
  }

  @AfterAll
  static void close() {
    numbers.close();
    texts.close();
  }

  private static Almanac file(Ids ids) {
    return ids == Ids.NUMBERS ? numbers : texts;
  }

  /** IDs, the lowest number among them, absent numbers, and texts that no number writes. */
  private static String[] probes(int length) {
    List<String> some =
        List.of("" + Long.MIN_VALUE, "", "007", "-", "-9223372036854775809", "5000", "-1", "+1");
    String[] probes = new String[length];
    for (int i = 0; i < length; i++) {
      probes[i] = i % 3 == 0 ? some.get(i / 3 % some.size()) : Integer.toString(i * 31 % 1_100);
    }
    return probes;
  }

  private static int[] expected(String[] probes) {
    return Arrays.stream(probes).mapToInt(id -> CODES.getOrDefault(id, Almanac.ABSENT)).toArray();
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void aBatchOfBytesGivesTheCodeOfEach(Ids ids) {
    for (int length : LENGTHS) {
      String[] probes = probes(length);
      int[] starts = new int[length + 1];
      int[] ends = new int[length + 1];
      ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
      for (int i = 0; i < length; i++) {
        utf8.write('|');
        starts[i] = utf8.size();
        utf8.writeBytes(probes[i].getBytes(UTF_8));
        ends[i] = utf8.size();
      }
      int[] codes = new int[length + 2];
      codes[length] = 77;
      file(ids).codes(utf8.toByteArray(), starts, ends, codes, length);
      assertEquals(77, codes[length], "only what was asked is written");
      assertArrayEquals(expected(probes), Arrays.copyOf(codes, length));
      for (int i = 0; i < length; i += 97) {
        assertEquals(codes[i], file(ids).code(utf8.toByteArray(), starts[i], ends[i]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void aBatchOfTextsGivesTheCodeDateAndDayOfEach(Ids ids) {
    for (int length : LENGTHS) {
      String[] probes = probes(length);
      assertAnswers(
          expected(probes),
          codes -> file(ids).codes(probes, codes),
          dates -> file(ids).dates(probes, dates),
          days -> file(ids).epochDays(probes, days));
    }
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void aBatchOfNumbersGivesTheCodeDateAndDayOfEach(Ids ids) {
    for (int length : LENGTHS) {
      long[] probes = new long[length];
      for (int i = 0; i < length; i++) {
        probes[i] = i % 50 == 0 ? Long.MIN_VALUE : i % 50 == 1 ? -1 : i * 31 % 1_100;
      }
      assertAnswers(
          expected(Arrays.stream(probes).mapToObj(Long::toString).toArray(String[]::new)),
          codes -> file(ids).codes(probes, codes),
          dates -> file(ids).dates(probes, dates),
          days -> file(ids).epochDays(probes, days));
    }
  }

  /** Looks up codes, dates and days, each in an array that has room for one more. */
  private static void assertAnswers(
      int[] expected,
      Consumer<int[]> codesOf,
      Consumer<LocalDate[]> datesOf,
      Consumer<long[]> daysOf) {
    int[] codes = new int[expected.length];
    codesOf.accept(codes);
    assertArrayEquals(expected, codes);
    LocalDate[] dates = new LocalDate[expected.length + 1];
    dates[expected.length] = LocalDate.EPOCH;
    datesOf.accept(dates);
    long[] days = new long[expected.length + 1];
    days[expected.length] = 77;
    daysOf.accept(days);
    for (int i = 0; i < expected.length; i++) {
      LocalDate date = expected[i] < 0 ? null : LocalDate.parse(SampleRows.date(expected[i]));
      assertEquals(date, dates[i]);
      assertEquals(date == null ? DateLookup.NO_DAY : date.toEpochDay(), days[i]);
    }
    assertEquals(LocalDate.EPOCH, dates[expected.length]);
    assertEquals(77, days[expected.length]);
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void rangesOutsideTheArraysAreRefusedBeforeAnythingIsWritten(Ids ids) {
    Almanac almanac = file(ids);
    byte[] utf8 = {'1', '2', '3'};
    int[] two = {0, 0};
    int[] codes = {77, 77};
    assertOutOfBounds(() -> almanac.code(utf8, 1, 4));
    assertOutOfBounds(() -> almanac.code(utf8, 2, 1));
    assertOutOfBounds(() -> almanac.codes(utf8, two, new int[] {1}, codes, 2));
    assertOutOfBounds(() -> almanac.codes(utf8, new int[] {0}, two, codes, 2));
    assertOutOfBounds(() -> almanac.codes(utf8, two, two, new int[1], 2));
    assertOutOfBounds(() -> almanac.codes(utf8, two, new int[] {4, 1}, codes, 2));
    assertOutOfBounds(() -> almanac.codes(new long[2], 1, codes, 0, 2));
    assertOutOfBounds(() -> almanac.codes(new String[] {"1", "2"}, 0, codes, 1, 2));
    assertOutOfBounds(() -> almanac.dates(new long[2], new LocalDate[1]));
    assertOutOfBounds(() -> almanac.epochDays(new String[] {"1", "2"}, new long[1]));
    assertArrayEquals(new int[] {77, 77}, codes);
  }

  private static void assertOutOfBounds(Runnable lookup) {
    assertThrows(IndexOutOfBoundsException.class, lookup::run);
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void aBatchOfNothingAfterCloseIsRefusedToo(Ids ids) throws IOException {
    Almanac closed = Almanac.open(file(ids).path());
    closed.close();
    assertClosed(() -> closed.codes(new byte[0], new int[0], new int[0], new int[0], 0));
    assertClosed(() -> closed.codes(new long[0], new int[0]));
    assertClosed(() -> closed.codes(new String[0], new int[0]));
    assertClosed(() -> closed.dates(new String[0], new LocalDate[0]));
    assertClosed(() -> closed.epochDays(new long[0], new long[0]));
    assertClosed(() -> closed.code("no number"));
    assertClosed(() -> closed.code(new byte[] {'x'}, 0, 1));
    assertClosed(() -> closed.code(new UUID(1, 2)));
  }

  private static void assertClosed(Runnable lookup) {
    assertThrows(IllegalStateException.class, lookup::run);
  }

  @Test
  void aFileSaysWhatItIs() {
    AlmanacInfo info = numbers.info();
    assertEquals(numbers.path(), info.path());
    assertEquals(numbers.edition(), info.edition());
    assertEquals(CODES.size(), info.idCount());
    assertEquals(CODES.size(), numbers.size());
    assertEquals(Long.MIN_VALUE, info.lowestId());
    assertEquals(Long.MAX_VALUE, info.highestId());
    assertEquals(DATE_COUNT, info.dateCount());
    assertEquals(LocalDate.parse(SampleRows.date(0)), info.firstDate());
    assertEquals(LocalDate.parse(SampleRows.date(DATE_COUNT - 1)), info.lastDate());
    assertEquals(info, numbers.infos().get(0));
    assertEquals(
        "Almanac{path=%s idKind=LONG idCount=%s edition=%s}"
            .formatted(numbers.path(), CODES.size(), numbers.edition()),
        numbers.toString());
    assertNull(texts.info().lowestId());
    assertNull(texts.info().highestId());
    assertEquals(CODES.size() + 1, texts.info().idCount());
  }

  @Test
  void aFileWithoutIdsHasNoRangeAndNoDates() throws IOException {
    Path empty = new SampleRows().build(Files.createDirectory(folder.resolve("e")), Layout.AUTO);
    try (Almanac almanac = Almanac.open(empty)) {
      assertNull(almanac.info().lowestId());
      assertNull(almanac.info().highestId());
      assertNull(almanac.info().firstDate());
      assertNull(almanac.info().lastDate());
      assertTrue(Almanac.verify(empty).ok());
    }
    assertEquals(List.of(), Almanac.verify(numbers.path()).damages());
  }

  @Test
  void aFileOfAnotherEditionIsRefused() throws IOException {
    Almanac.open(numbers.path(), numbers.edition()).close();
    String message =
        assertThrows(
                CorruptAlmanacException.class, () -> Almanac.open(numbers.path(), texts.edition()))
            .getMessage();
    assertTrue(message.startsWith("the file must be the expected edition: "), message);
  }

  @Test
  void aSharedFileIsClosedByEachForItself() throws IOException {
    Almanac first = Almanac.open(numbers.path());
    try (Almanac second = first.share()) {
      first.close();
      assertEquals(CODES.get("7"), second.code(7));
      assertThrows(IllegalStateException.class, first::share);
      assertEquals(1, second.files().size());
    }
  }

  @Test
  void viewsAndWalksAreThoseOfTheKind() {
    assertEquals(LocalDate.parse(SampleRows.date(CODES.get("7"))), numbers.asMap().get(7L));
    assertEquals(LocalDate.parse(SampleRows.date(0)), texts.asTextMap().get("text"));
    assertThrows(IllegalStateException.class, numbers::asTextMap);
    assertThrows(IllegalStateException.class, texts::asMap);
    int[] count = new int[2];
    numbers.forEach((id, code) -> count[0] += CODES.get(Long.toString(id)) == code ? 1 : 0);
    texts.forEachText((id, code) -> count[1] += CODES.getOrDefault(id, 0) == code ? 1 : 0);
    assertArrayEquals(new int[] {CODES.size(), CODES.size() + 1}, count);
    UUID uuid = new UUID(1, 2);
    assertEquals(Almanac.ABSENT, numbers.code(uuid));
    assertEquals(Almanac.ABSENT, texts.code(uuid));
    assertNull(numbers.date(uuid));
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void aSingleIdHasItsCodeAndDate(Ids ids) {
    CODES.forEach(
        (id, code) -> {
          LocalDate date = LocalDate.parse(SampleRows.date(code));
          assertEquals(code, file(ids).code(id));
          assertEquals(code, file(ids).code(Long.parseLong(id)));
          assertEquals(date, file(ids).date(id));
          assertEquals(date, file(ids).date(Long.parseLong(id)));
        });
    assertNull(file(ids).date("007"));
    assertNull(file(ids).date(5_000));
  }

  @Test
  void aDamagedFileIsNotOkAndAnotherVersionIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(numbers.path());
    Path copy = folder.resolve("damaged");
    bytes[bytes.length / 2] ^= 1;
    Files.write(copy, bytes);
    assertFalse(Almanac.verify(copy).ok());
    bytes[bytes.length / 2] ^= 1;
    Files.write(copy, bytes);
    assertTrue(Almanac.verify(copy).ok());
    assertEquals(7, new UnsupportedFormatException(7, 1, copy).foundVersion());
    assertTrue(Almanac.availableBytes().orElseThrow() > 0, "Linux says");
  }

  @Test
  void aFileIsLoadedToItsEnd() {
    AtomicLong loaded = new AtomicLong();
    numbers.preload(loaded::set);
    assertEquals(numbers.info().fileBytes(), loaded.get());
    numbers.preload();
    assertTrue(numbers.residentBytes() > 0);
  }
}
