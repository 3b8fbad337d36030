package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateFormatTest {
  private static final LocalDate DAY = LocalDate.of(2024, 1, 31);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-01-31",
        "2024-01-31T00:00",
        "2024-01-31T23:59:59",
        "2024-01-31t10:11:12.123456789z",
        "2024-01-31 10:11:12,5",
        "2024-01-31T00:00:00Z",
        "2024-01-31T23:30:00-05:00",
        "2024-01-31T00:30:00+1400",
        "2024-01-31 10:11:12+00",
        "2024-01-31 10:11:12.5 +05:30",
        "2024-01-31 10:11:12 UTC",
        "2024-01-31T23:59:60Z",
        "2024-01-31T10:11:12+01:00:30",
        "2024-01-31T10:11:12+01:00[Europe/Paris]"
      })
  void isoKeepsTheDayOfATimestampAsItIsWritten(String text) {
    assertEquals(DAY, DateFormat.iso().parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-02-30T10:11",
        "2024-01-31T",
        "2024-01-31T10",
        "2024-01-31T24:00",
        "2024-01-31T10:60",
        "2024-01-31T10:11:61",
        "2024-01-31T10:11:12.",
        "2024-01-31T10:11:12.1234567890123",
        "2024-01-31T10:11:12+",
        "2024-01-31T10:11:12+24:00",
        "2024-01-31T10:11:12+01:",
        "2024-01-31T10:11:12[]",
        "2024-01-31T10:11:12+01:00[Europe/Paris",
        "2024-01-31T10:11:12+01:00[Europe/\u00e9]",
        "2024-01-31T10:11:12+01:00[ ]",
        "2024-01-31X10:11:12",
        "2024-01-31 ",
        "2024-01-31\u00a010:11",
        "2024-01-31T10:11 CET",
        "24-01-31T10:11",
        "\u0662024-01-31"
      })
  void isoRefusesWhatIsNotATimestamp(String text) {
    assertThrows(DateTimeException.class, () -> DateFormat.iso().parse(text));
  }

  @Test
  void yearsBeyondFourDigitsHaveTheirSign() {
    assertEquals(LocalDate.of(12024, 1, 31), DateFormat.iso().parse("+12024-01-31T10:11"));
    assertEquals(LocalDate.of(-44, 3, 15), DateFormat.iso().parse("-0044-03-15 12:00"));
    assertThrows(DateTimeException.class, () -> DateFormat.iso().parse("12024-01-31"));
  }

  @ParameterizedTest
  @CsvSource({
    "yyyy-MM-dd, uuuu-MM-dd, yyyy is the year of an era",
    "YYYY-MM-dd, uuuu-MM-dd, YYYY is the year that a week belongs to",
    "uuuu-MM-DD, uuuu-MM-dd, DD is the day of the year",
    "uuuu-mm-dd, uuuu-MM-dd, mm is the minute",
    "uuuu-MM-dd hh:mm:ss, uuuu-MM-dd HH:mm:ss, hh is the hour of half a day",
    "d.M.u, d.M.uuuu, u takes 24 for the year 24",
    "dd/MM/yy, dd/MM/uu, yy is the year of an era",
    "MM-DD, , DD is the day of the year"
  })
  void aPatternThatNamesNoDayIsRefusedWithTheOneThatWasMeant(
      String pattern, String meant, String why) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> DateFormat.pattern(pattern));
    String message = refused.getMessage();
    assertTrue(message.startsWith("a date format must "), message);
    assertTrue(message.contains(why), message);
    assertTrue(
        message.endsWith(": format=" + pattern + (meant == null ? "" : " meant=" + meant)),
        message);
    if (meant != null) {
      DateFormat.pattern(meant);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dd.MM", "HH:mm", "'uuuu-MM-dd'", "uuuu-MM", "uuuu-MM-dd'", "bogus"})
  void aPatternWithoutADayIsRefused(String pattern) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> DateFormat.of(pattern)).getMessage();
    assertTrue(message.startsWith("a date format must "), message);
    assertTrue(message.contains("format=" + pattern), message);
  }

  @ParameterizedTest
  @CsvSource({
    "dd.MM.uuuu, 31.01.2024",
    "d/M/uuuu, 31/1/2024",
    "uuuu/MM/dd HH:mm:ss, 2024/01/31 23:59:59",
    "uuuu-MM-dd'T'HH:mm[:ss]X, 2024-01-31T13:18Z",
    "d-MMM-uuuu, 31-JAN-2024",
    "d MMMM uuuu, 31 january 2024",
    "dd.MM.uuuu hh:mm a, 31.01.2024 11:59 PM",
    "yyyy-MM-dd G, 2024-01-31 AD",
    "uuuu-DDD, 2024-031",
    "YYYY-'W'ww-e, 2024-W05-4",
    "[uuuu-MM-dd][uuuuMMdd], 20240131"
  })
  void aPatternThatNamesADayIsTaken(String pattern, String text) {
    assertEquals(DAY, DateFormat.pattern(pattern).parse(text));
  }

  @Test
  void aYearOfTwoDigitsNeedsItsCentury() {
    DateFormat open = DateFormat.pattern("dd-MMM-uu");
    String message =
        assertThrows(IllegalArgumentException.class, () -> open.parse("18-FEB-24")).getMessage();
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> AlmanacBuilder.create().dateFormat(open))
            .getMessage());
    assertTrue(message.contains("--century-from 1950: format=dd-MMM-uu"), message);
    DateFormat format = open.centuryFrom(1950);
    assertEquals(LocalDate.of(2024, 2, 18), format.parse("18-FEB-24"));
    assertEquals(LocalDate.of(2049, 12, 31), format.parse("31-Dec-49"));
    assertEquals(LocalDate.of(1950, 1, 1), format.parse("01-jan-50"));
    assertEquals(
        LocalDate.of(1999, 12, 31),
        DateFormat.pattern("ddMMuu[HHmm]").centuryFrom(1920).parse("311299"));
    assertEquals(LocalDate.of(24, 2, 18), open.centuryFrom(1).parse("18-FEB-24"));
    assertEquals(LocalDate.of(100, 2, 18), open.centuryFrom(1).parse("18-FEB-00"));
    assertEquals(LocalDate.of(9924, 2, 18), open.centuryFrom(9900).parse("18-FEB-24"));
    // Java counts backwards from the year 0.
    assertThrows(IllegalArgumentException.class, () -> open.centuryFrom(0));
    assertThrows(IllegalArgumentException.class, () -> open.centuryFrom(9901));
  }

  @Test
  void aFormatGoesByItsNameOrItsPattern() {
    assertSame(DateFormat.iso(), DateFormat.of("iso"));
    assertSame(DateFormat.basic(), DateFormat.of("basic"));
    assertEquals(DAY, DateFormat.basic().parse("20240131"));
    assertThrows(DateTimeException.class, () -> DateFormat.basic().parse("2024-01-31"));
    assertEquals(DAY, DateFormat.of("d.M.uuuu").parse("31.1.2024"));
    for (String name : new String[] {"iso", "basic", "d.M.uuuu"}) {
      assertEquals(name, DateFormat.of(name).toString());
    }
  }

  /** Letters in quotes are text: these would be slips. */
  @Test
  void lettersInQuotesMeanNothing() {
    assertEquals(DAY, DateFormat.pattern("'Day' d'/'M'/'uuuu 'h'").parse("Day 31/1/2024 h"));
    assertEquals(DAY, DateFormat.pattern("'uu'd.M.uuuu").parse("uu31.1.2024"));
  }

  @Test
  void monthsHaveEnglishNames() {
    for (String month : "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")) {
      LocalDate day = DateFormat.pattern("d-MMM-uuuu").parse("7-" + month + "-2024");
      assertEquals(7, day.getDayOfMonth());
      assertEquals(month.toUpperCase(Locale.ROOT), day.getMonth().name().substring(0, 3));
      assertEquals(day, DateFormat.pattern("MMMM d, uuuu").parse(day.getMonth() + " 7, 2024"));
    }
    assertEquals(DAY, DateFormat.pattern("EEEE, d MMM uuuu").parse("Wednesday, 31 Jan 2024"));
  }

  @Test
  void monthsHaveTheirNamesInTheLocale() {
    DateFormat german = DateFormat.pattern("d. MMMM uuuu").locale(Locale.GERMAN);
    assertEquals(LocalDate.of(2024, 3, 31), german.parse("31. MÄRZ 2024"));
    assertThrows(DateTimeException.class, () -> german.parse("31. March 2024"));
    assertEquals(
        LocalDate.of(1999, 5, 1),
        DateFormat.pattern("d MMMM uu").locale(Locale.FRENCH).centuryFrom(1950).parse("1 mai 99"));
    assertSame(DateFormat.iso(), DateFormat.iso().locale(Locale.GERMAN).centuryFrom(1950));
  }

  /** A number of another column is no day of a year far away. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-7327361260214",
        "-20240229",
        "+20240229",
        "+120240229",
        "2024022",
        "202402290",
        "20230229"
      })
  void basicIsEightDigits(String text) {
    assertEquals(LocalDate.of(2024, 2, 29), DateFormat.basic().parse("20240229"));
    assertThrows(DateTimeException.class, () -> DateFormat.basic().parse(text));
  }
}
