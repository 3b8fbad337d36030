package dev.almanac.build.choice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.build.BuildException;
import dev.almanac.build.DateFormat;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Footer;
import dev.almanac.format.IdShape;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DateCollectorTest {

  private static final MemoryBudget MEMORY = new MemoryBudget(1 << 28);

  /** Dates that were chosen to share a home in the table of a thread, more than it probes for. */
  @Test
  void datesThatMeetInTheTableOfAThreadKeepTheirNumbers() throws IOException {
    List<byte[]> texts = new ArrayList<>();
    LocalDate date = LocalDate.of(1, 1, 1);
    for (int n = 0; texts.size() < 300; n++) {
      byte[] text = date.plusDays(n).toString().getBytes(StandardCharsets.US_ASCII);
      ByteBuffer b = ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
      long low = b.getLong(0);
      long high = b.getLong(text.length - Long.BYTES);
      if ((Xxh64.hash(low ^ Long.rotateLeft(high, 31)) & 1023) == 5) {
        texts.add(text);
      }
    }
    DateCollector dates = new DateCollector(DateRules.DEFAULT, MEMORY);
    DateCache cache = new DateCache(dates, 1 << 24);
    for (int round = 0; round < 3; round++) {
      for (int n = 0; n < texts.size(); n++) {
        assertEquals(n, cache.number(texts.get(n), 0, texts.get(n).length));
      }
    }
    // No date is looked for in more than 64 places.
    for (int n : new int[] {0, 1, 62, 63}) {
      assertFalse(waits(dates, () -> cache.number(texts.get(n), 0, texts.get(n).length)));
    }
    for (int n : new int[] {64, 65, 66, 128, 299}) {
      assertTrue(waits(dates, () -> cache.number(texts.get(n), 0, texts.get(n).length)));
    }
  }

  @Test
  void datesAreSortedByDayAndTheTextsOfADayByTheirBytes() throws IOException {
    List<String> texts =
        List.of("6.1.1970", "1.1.2024", "06.01.1970", "31.12.1969", "6.01.1970", "06.1.1970");
    DateCollector dates =
        new DateCollector(
            DateRules.DEFAULT.withFormats(List.of(DateFormat.pattern("d.M.uuuu"))).withKeptText(),
            MEMORY);
    DateCache cache = new DateCache(dates, 1 << 24);
    for (int n = 0; n < texts.size(); n++) {
      byte[] text = texts.get(n).getBytes(StandardCharsets.US_ASCII);
      assertEquals(n, cache.number(text, 0, text.length));
    }
    DateCollector.Sorted sorted = dates.sort();
    assertEquals(
        List.of("31.12.1969", "06.01.1970", "06.1.1970", "6.01.1970", "6.1.1970", "1.1.2024"),
        sorted.texts());
    assertArrayEquals(
        new long[] {-1, 5, 5, 5, 5, LocalDate.of(2024, 1, 1).toEpochDay()}, sorted.epochDays());
    assertArrayEquals(new int[] {4, 5, 1, 0, 3, 2}, sorted.codeOfNumber());
  }

  /**
   * Texts of one day in formats of 6 to 30 bytes, in the midst of others as in a row, from several
   * threads' tables: one day is one number, or where texts are kept, one text is.
   */
  @Test
  void aDateHasOneNumberHoweverLongItsTextIs() throws IOException {
    List<String> patterns = List.of("d/M/uu", "d.M.uuuu", "uuuu-MM-dd", "EEEE, d MMMM uuuu");
    List<DateFormat> formats =
        patterns.stream().map(pattern -> DateFormat.pattern(pattern).centuryFrom(1950)).toList();
    for (boolean kept : new boolean[] {false, true}) {
      DateRules rules =
          DateRules.DEFAULT.withFormats(formats).withNullTexts(Set.of("", "n", "31/12/9999 0:00"));
      DateCollector dates = new DateCollector(kept ? rules.withKeptText() : rules, MEMORY);
      // The first has room for 512 dates, the second for all.
      List<DateCache> caches =
          List.of(
              new DateCache(dates, 0),
              new DateCache(dates, 1 << 24),
              new DateCache(dates, 1 << 20));
      Map<Object, Integer> numbers = new HashMap<>();
      List<LocalDate> days = new ArrayList<>();
      SplittableRandom random = new SplittableRandom(51);
      for (int i = 0; i < 6_000; i++) {
        DateCache cache = caches.get(random.nextInt(3));
        LocalDate day = LocalDate.of(1950, 1, 1).plusDays(random.nextInt(1 + i / 4));
        String pattern = patterns.get(random.nextInt(patterns.size()));
        String text = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(day);
        Object key = kept ? text : day;
        if (!numbers.containsKey(key)) {
          numbers.put(key, numbers.size());
          days.add(day);
        }
        assertEquals(numbers.get(key), number(cache, text), text);
        assertEquals(DateCollector.BAD_DATE, number(cache, text + "x"));
        assertEquals(DateCollector.NO_DATE, number(cache, i % 2 == 0 ? "" : "31/12/9999 0:00"));
      }
      DateCollector.Sorted sorted = dates.sort();
      assertEquals(days.size(), sorted.texts().size());
      for (Map.Entry<Object, Integer> entry : numbers.entrySet()) {
        int code = sorted.codeOfNumber()[entry.getValue()];
        assertEquals(entry.getKey().toString(), sorted.texts().get(code));
        assertEquals(entry.getKey().toString(), sorted.textOf(entry.getValue()));
        assertEquals(days.get(entry.getValue()).toEpochDay(), sorted.epochDays()[code]);
      }
      assertEquals("none", sorted.textOf(DateCollector.NO_DATE));
    }
  }

  /** The bytes stand between others, the last of the array among them. */
  private static int number(DateCache cache, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] row = new byte[3 + bytes.length];
    row[1] = '2';
    System.arraycopy(bytes, 0, row, 3, bytes.length);
    return cache.number(row, 3, row.length);
  }

  @Test
  void aTimestampIsItsDayUnlessItMeansNoDate() throws IOException {
    DateCollector dates =
        new DateCollector(DateRules.DEFAULT.withNullTexts(Set.of("0001-01-01T00:00:00")), MEMORY);
    DateCache cache = new DateCache(dates, 1 << 20);
    assertEquals(0, number(cache, "2024-02-29T10:11:12"));
    assertEquals(0, number(cache, "2024-02-29"));
    assertEquals(0, number(cache, "2024-02-29 23:59"));
    assertEquals(DateCollector.NO_DATE, number(cache, "0001-01-01T00:00:00"));
    assertEquals(1, number(cache, "0001-01-01T00:00:01"));
    assertEquals(1, number(cache, "0001-01-01"));
    assertEquals(DateCollector.BAD_DATE, number(cache, "2024-02-30T10:11:12"));
    assertEquals(2, number(cache, "+12024-02-29"));
    assertEquals(List.of("0001-01-01", "2024-02-29", "+12024-02-29"), dates.sort().texts());
    DateCollector kept = new DateCollector(DateRules.DEFAULT.withKeptText(), MEMORY);
    DateCache keptCache = new DateCache(kept, 1 << 20);
    assertEquals(0, number(keptCache, "2024-02-29T10:11:12"));
    assertEquals(1, number(keptCache, "2024-02-29"));
    DateCollector second =
        new DateCollector(
            DateRules.DEFAULT.withFormats(
                List.of(DateFormat.pattern("d.M.uuuu"), DateFormat.iso())),
            MEMORY);
    DateCache secondCache = new DateCache(second, 1 << 20);
    assertEquals(0, number(secondCache, "29.2.2024"));
    assertEquals(0, number(secondCache, "2024-02-29T10:11:12"));
  }

  @Test
  void whatIsNoDateIsToldApart() throws IOException {
    DateCollector dates = new DateCollector(DateRules.DEFAULT, MEMORY);
    DateCache cache = new DateCache(dates, 1 << 20);
    assertEquals(DateCollector.BAD_DATE, number(cache, ""));
    assertEquals(DateCollector.BAD_UTF8, number(cache, "\u00e4"));
    assertEquals(DateCollector.BAD_UTF8, number(cache, "\u00e4".repeat(256)));
    assertEquals(DateCollector.BAD_DATE, number(cache, "\u00e4".repeat(257)));
    assertFalse(cache.isDate("\u00e4".getBytes(StandardCharsets.ISO_8859_1)));
    assertFalse(cache.isDate(new byte[0]));
    assertTrue(cache.isDate("2024-01-01".getBytes(StandardCharsets.ISO_8859_1)));
    DateCollector none = new DateCollector(DateRules.DEFAULT.withNullTexts(Set.of("-")), MEMORY);
    assertFalse(new DateCache(none, 1).isDate(new byte[] {'-'}));
  }

  /** What is known of other texts does not make one a date. */
  @Test
  void aTextIsADateOnlyIfAFormatReadsIt() throws IOException {
    DateCollector german =
        new DateCollector(
            DateRules.DEFAULT.withFormats(List.of(DateFormat.pattern("d.M.uuuu"))), MEMORY);
    DateCache cache = new DateCache(german, 1 << 20);
    assertEquals(0, number(cache, "29.2.2024"));
    assertEquals(DateCollector.BAD_DATE, number(cache, "2024-02-29"));
    DateCollector digits =
        new DateCollector(
            DateRules.DEFAULT.withFormats(List.of(DateFormat.pattern("uuuuMMdd"))), MEMORY);
    DateCache digitCache = new DateCache(digits, 1 << 20);
    assertEquals(0, number(digitCache, "11111111"));
    assertEquals(DateCollector.BAD_DATE, number(digitCache, "111111111"));
    DateCollector swapped =
        new DateCollector(
            DateRules.DEFAULT.withFormats(
                List.of(DateFormat.iso(), DateFormat.pattern("uuuu-dd-MM'T'HH:mm"))),
            MEMORY);
    DateCache swappedCache = new DateCache(swapped, 1 << 20);
    assertEquals(0, number(swappedCache, "2024-31-01T10:00"));
    assertEquals(List.of("2024-01-31"), swapped.sort().texts());
  }

  @Test
  void datesThatAreNotWantedHaveNoCode() throws IOException {
    DateCollector dates = new DateCollector(DateRules.DEFAULT, MEMORY);
    DateCache cache = new DateCache(dates, 1 << 20);
    for (int i = 0; i < 5; i++) {
      assertEquals(i, number(cache, "202" + (9 - i) + "-01-01"));
    }
    BitSet wanted = new BitSet();
    wanted.set(1);
    wanted.set(4);
    DateCollector.Sorted sorted = dates.sort(wanted);
    assertEquals(List.of("2025-01-01", "2028-01-01"), sorted.texts());
    assertArrayEquals(new int[] {-1, 1, -1, -1, 0}, sorted.codeOfNumber());
    assertEquals(2, sorted.epochDays().length);
  }

  @Test
  void theDatesOfAnAlmanacAreKeptAsTheyWouldBeReadOrRefused() throws IOException {
    LocalDate day = LocalDate.of(2024, 2, 29);
    DateRules german = DateRules.DEFAULT.withFormats(List.of(DateFormat.pattern("d.M.uuuu")));
    DateCollector days = new DateCollector(german, MEMORY);
    assertEquals(0, days.number(day, "on 29 February"));
    assertEquals(0, days.number(day, "29.2.2024"));
    assertEquals(List.of("2024-02-29"), days.sort().texts());
    DateCollector texts = new DateCollector(german.withKeptText(), MEMORY);
    assertEquals(0, texts.number(day, "29.2.2024"));
    assertEquals(1, texts.number(day, "29.02.2024"));
    assertEquals(
        "an almanac's dates must be written in the format of the rows where their text is kept:"
            + " date=1.3.2024 day=2024-02-29 formats=[d.M.uuuu]",
        assertThrows(BuildException.class, () -> texts.number(day, "1.3.2024")).getMessage());
    assertThrows(BuildException.class, () -> texts.number(day, "2024-02-29"));
  }

  /** A pattern with a time of the day reads all of it: it means more than the day at its front. */
  @Test
  void onlyIsoTakesTheDayAtTheFrontOfATimestamp() throws IOException {
    DateCollector dates =
        new DateCollector(
            DateRules.DEFAULT.withFormats(List.of(DateFormat.pattern("uuuu-dd-MM'T'HH:mm"))),
            MEMORY);
    assertEquals(0, number(new DateCache(dates, 1 << 20), "2024-02-01T10:00"));
    assertEquals(List.of("2024-01-02"), dates.sort().texts());
  }

  /** Codes of one almanac, then of another, then of the first again: the codes differ, not days. */
  @Test
  void theCodesOfEachAlmanacAreTranslatedByItsOwnDictionary() throws IOException {
    List<DateDictionary> dictionaries = new ArrayList<>();
    for (String name : List.of("v1-customers", "v1-orders")) {
      try (Almanac almanac =
          Almanac.open(Path.of("src/test/resources/golden", name + ".almanac"))) {
        dictionaries.add(almanac.dictionary());
      }
    }
    DateCollector dates = new DateCollector(DateRules.DEFAULT, MEMORY);
    DateCache cache = new DateCache(dates, 1 << 20);
    for (int round : new int[] {0, 1, 0}) {
      DateDictionary dictionary = dictionaries.get(round);
      for (int code = dictionary.size() - 1; code >= 0; code--) {
        String day = dictionary.date(code).toString();
        int expected = cache.number(dictionary, code);
        assertEquals(number(cache, day), expected);
        assertFalse(waits(dates, () -> cache.number(dictionary, dictionary.size() - 1)));
      }
    }
    assertEquals(
        dictionaries.stream()
            .flatMap(each -> IntStream.range(0, each.size()).mapToObj(each::text))
            .distinct()
            .sorted()
            .toList(),
        dates.sort().texts());
  }

  /** Texts of each length that a table keeps, more of them than the table begins with. */
  @Test
  void aDateThatAThreadKnowsIsFoundWithoutWaitingForOthers() throws IOException {
    List<String> patterns =
        List.of(
            "d/M/uu",
            "d.M.uuuu",
            "uuuu-MM-dd",
            "d MMM uuuu",
            "uuuu.MMM.dd.",
            "uuuuMMdd HHmm",
            "uuuuMMdd HHmm'Z'",
            "uuuuMMdd HHmmss",
            "uuuuMMdd HHmmss'Z'");
    DateCollector dates =
        new DateCollector(
            DateRules.DEFAULT.withFormats(
                patterns.stream()
                    .map(pattern -> DateFormat.pattern(pattern).centuryFrom(1950))
                    .toList()),
            MEMORY);
    DateCache cache = new DateCache(dates, 1 << 24);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      LocalDateTime time = LocalDate.of(1999, 12, 1).plusDays(i).atTime(12, 0);
      for (String pattern : patterns) {
        texts.add(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time));
      }
    }
    assertEquals(
        IntStream.rangeClosed(6, 2 * Long.BYTES).boxed().collect(Collectors.toSet()),
        texts.stream().map(String::length).collect(Collectors.toSet()));
    for (int i = 0; i < texts.size(); i++) {
      assertEquals(i / patterns.size(), number(cache, texts.get(i)));
    }
    assertFalse(
        waits(
            dates,
            () -> {
              for (int i = 0; i < texts.size(); i++) {
                assertEquals(i / patterns.size(), number(cache, texts.get(i)));
              }
            }));
    DateCollector days = new DateCollector(DateRules.DEFAULT, MEMORY);
    DateCache dayCache = new DateCache(days, 1 << 20);
    assertEquals(0, number(dayCache, "2024-02-29"));
    for (String time : List.of("T01", " 23:59", "T10:11:12", "T10:11:12.123456789+01:00")) {
      boolean isTime = time.length() > 3;
      assertEquals(!isTime, waits(days, () -> number(dayCache, "2024-02-29" + time)), time);
    }
    // Another thread's table has its own.
    DateCache other = new DateCache(dates, 1 << 24);
    assertTrue(waits(dates, () -> number(other, "2000-01-01")));
  }

  /** 36 bytes a slot, of which half are used; at least 1,024 slots, and at most 2^20. */
  @Test
  void aThreadKeepsAsManyDatesAsItsMemoryHolds() throws IOException {
    LocalDate first = LocalDate.of(1900, 1, 1);
    for (int slots : new int[] {0, 1 << 10, 1 << 11, 1 << 13}) {
      DateCollector dates = new DateCollector(DateRules.DEFAULT, MEMORY);
      DateCache cache = new DateCache(dates, 36L * slots);
      int room = Math.max(slots, 1 << 10) / 2;
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i <= room; i++) {
          assertEquals(i, number(cache, first.plusDays(i).toString()));
        }
      }
      assertFalse(waits(dates, () -> number(cache, first.plusDays(room - 1).toString())));
      assertTrue(waits(dates, () -> number(cache, first.plusDays(room).toString())));
    }
  }

  /** Whether a thread that does this needs what all threads share, which another holds here. */
  private static boolean waits(DateCollector shared, Executable work) {
    AtomicReference<Throwable> failed = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.execute();
              } catch (Throwable e) {
                failed.set(e);
              }
            });
    boolean waits = false;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    synchronized (shared) {
      thread.start();
      while (thread.isAlive() && !waits) {
        ThreadInfo info = threads.getThreadInfo(thread.getId());
        LockInfo lock = info == null ? null : info.getLockInfo();
        waits = lock != null && lock.getIdentityHashCode() == System.identityHashCode(shared);
        Thread.onSpinWait();
      }
    }
    assertDoesNotThrow(() -> thread.join());
    assertNull(failed.get());
    return waits;
  }

  /** Each takes 128 bytes and 5 a byte of its text, wherever in a row the text stands. */
  @Test
  void textsOfDatesCountForTheHeapWithAllTheirBytes() throws IOException {
    DateCollector dates =
        new DateCollector(
            DateRules.DEFAULT.withKeptText(), new MemoryBudget(2 * 100 * (128 + 5 * 26)));
    DateCache cache = new DateCache(dates, 0);
    for (int i = 0; i < 100; i++) {
      assertEquals(i, number(cache, "2024-02-29T10:11:12.%06d".formatted(i)));
    }
    assertEquals(
        "distinct dates must fit the heap: dateCount=100 heapBytes=51600",
        assertThrows(BuildException.class, () -> number(cache, "2024-02-29T10:11:12.999999"))
            .getMessage());
  }

  @Test
  void moreDatesThanFitTheHeapAreRefused() throws IOException {
    // Half of the heap is for dates, each 128 bytes and 5 a byte of its text: 1,000 times 178.
    DateCollector dates = new DateCollector(DateRules.DEFAULT, new MemoryBudget(2 * 178_000));
    DateCache cache = new DateCache(dates, 0);
    LocalDate first = LocalDate.of(2000, 1, 1);
    for (int i = 0; i < 1_000; i++) {
      assertEquals(i, number(cache, first.plusDays(i).toString()));
    }
    String next = first.plusDays(1_000).toString();
    assertEquals(
        "distinct dates must fit the heap: dateCount=1000 heapBytes=356000",
        assertThrows(BuildException.class, () -> number(cache, next)).getMessage());
    assertTrue(cache.isDate(next.getBytes(StandardCharsets.ISO_8859_1)));
    assertEquals(999, number(cache, first.plusDays(999).toString()));
  }

  /** The limit of a dictionary, made small: the same sum decides, and is what the section takes. */
  @Test
  void datesThatJustFitTheDictionaryAreTakenAndOneByteMoreIsRefused() throws IOException {
    // The days and the ends of ten dates, the first end, and ten texts.
    int limit = 10 * (Long.BYTES + Integer.BYTES) + Integer.BYTES + 10 * "2024-01-01".length();
    for (int maxBytes : new int[] {limit, limit - 1}) {
      DateCollector dates = new DateCollector(DateRules.DEFAULT, MEMORY, maxBytes);
      DateCache cache = new DateCache(dates, 1 << 16);
      for (int n = 0; n < 9; n++) {
        assertEquals(n, number(cache, "2024-01-0" + (n + 1)));
      }
      if (maxBytes == limit) {
        assertEquals(9, number(cache, "2024-01-10"));
        DateCollector.Sorted sorted = dates.sort();
        assertEquals(
            limit, DictionarySection.encode(sorted.epochDays(), sorted.texts()).capacity());
      }
      int dateCount = maxBytes == limit ? 10 : 9;
      BuildException refused =
          assertThrows(BuildException.class, () -> number(cache, "2024-02-01"));
      assertEquals(
          "distinct dates must fit a dictionary of 1.75 GiB, or 2^28: dateCount="
              + dateCount
              + " textBytes="
              + 10 * (dateCount + 1),
          refused.getMessage());
      assertEquals(0, number(cache, "2024-01-01"), "a known date takes no more room");
    }
  }

  /** What the sum comes to may be more than an {@code int} holds. */
  @Test
  void theLongestDictionaryLeavesRoomForWhatFollowsIt() {
    long checksumsBytes = BlockChecksums.sectionBytes(2L << 40);
    assertTrue(
        DateCollector.MAX_SECTION_BYTES + IdShape.MAX_SECTION_BYTES + checksumsBytes
            < Integer.MAX_VALUE - Footer.BYTES);
  }
}
