package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.format.DictionarySection;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A dictionary by itself, compared with a tree of its days. */
class DateDictionaryTest {
  private static final int DATE_COUNT = 37;

  /** Days with gaps of 1 to 6, from before 1970 on, each with a text of another length. */
  private static long day(int code) {
    return -60 + 7L * code - code % 6;
  }

  private static String text(int code) {
    return "é".repeat(code % 5) + code;
  }

  private static DateDictionary dictionary(int dateCount) {
    long[] days = new long[dateCount];
    String[] texts = new String[dateCount];
    for (int code = 0; code < dateCount; code++) {
      days[code] = day(code);
      texts[code] = text(code);
    }
    return new DateDictionary(DictionarySection.encode(days, List.of(texts)), dateCount);
  }

  @Test
  void everyCodeHasItsDayDateAndText() {
    DateDictionary dictionary = dictionary(DATE_COUNT);
    assertEquals(DATE_COUNT, dictionary.size());
    for (int code = 0; code < DATE_COUNT; code++) {
      assertEquals(day(code), dictionary.epochDay(code));
      assertEquals(LocalDate.ofEpochDay(day(code)), dictionary.date(code));
      assertEquals(text(code), dictionary.text(code));
      assertSame(dictionary.date(code), dictionary.date(code), "a date is made once");
    }
    for (int code : new int[] {-1, DATE_COUNT}) {
      assertThrows(IndexOutOfBoundsException.class, () -> dictionary.date(code));
      assertThrows(IndexOutOfBoundsException.class, () -> dictionary.epochDay(code));
      assertThrows(IndexOutOfBoundsException.class, () -> dictionary.text(code));
    }
    assertNull(dictionary.dateOrNull(Almanac.ABSENT));
    assertEquals(dictionary.date(0), dictionary.dateOrNull(0));
  }

  @Test
  void everyDateFindsItsNeighbours() {
    for (int dateCount : new int[] {0, 1, 2, 3, 8, DATE_COUNT}) {
      DateDictionary dictionary = dictionary(dateCount);
      NavigableMap<Long, Integer> codes = new TreeMap<>();
      for (int code = 0; code < dateCount; code++) {
        codes.put(day(code), code);
      }
      for (long day = day(0) - 3; day <= day(DATE_COUNT) + 3; day++) {
        LocalDate date = LocalDate.ofEpochDay(day);
        assertEquals(codes.getOrDefault(day, Almanac.ABSENT), dictionary.code(date));
        var floor = codes.floorEntry(day);
        var ceiling = codes.ceilingEntry(day);
        assertEquals(floor == null ? Almanac.ABSENT : floor.getValue(), dictionary.floor(date));
        assertEquals(
            ceiling == null ? Almanac.ABSENT : ceiling.getValue(), dictionary.ceiling(date));
      }
    }
  }

  @Test
  void aBatchOfCodesIsTranslatedIntoItsPlaceAlone() {
    DateDictionary dictionary = dictionary(3);
    int[] codes = {2, Almanac.ABSENT, 0, 1};
    LocalDate[] dates = new LocalDate[5];
    dictionary.dates(codes, 3, dates, 1);
    assertArrayEquals(
        new LocalDate[] {null, dictionary.date(2), null, dictionary.date(0), null}, dates);
    long[] days = {7, 7, 7, 7, 7};
    dictionary.epochDays(codes, 3, days, 1);
    assertArrayEquals(new long[] {7, day(2), DateLookup.NO_DAY, day(0), 7}, days);
  }

  @Test
  void dictionariesAreTheSameIfTheirDatesAndTextsAre() {
    DateDictionary dictionary = dictionary(3);
    assertTrue(dictionary.sameAs(dictionary(3)));
    assertFalse(dictionary.sameAs(dictionary(4)));
    assertFalse(
        dictionary.sameAs(
            new DateDictionary(
                DictionarySection.encode(
                    new long[] {day(0), day(1), day(2)}, List.of(text(0), text(1), "other")),
                3)));
  }

  @Test
  void aLogNamesTheRange() {
    assertEquals("DateDictionary{size=0}", dictionary(0).toString());
    assertEquals(
        "DateDictionary{size=2 first=1969-11-02 last=1969-11-08}", dictionary(2).toString());
  }
}
