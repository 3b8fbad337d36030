package dev.almanac.build.rows;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Patterns of {@link DateTimeFormatter} as people write them: makes the formatter, and refuses the
 * patterns that compile but yield no day, or only for some of the rows. Each is a known slip, so
 * the message can give the pattern that was meant.
 */
public final class DatePattern {
  /** Days that tell the fields apart: a leap day, and turns of a year within a week. */
  private static final List<ZonedDateTime> SAMPLES =
      List.of(
          LocalDate.of(2024, 2, 29).atTime(13, 14, 15).atZone(ZoneOffset.UTC),
          LocalDate.of(2021, 1, 3).atStartOfDay(ZoneOffset.UTC),
          LocalDate.of(1999, 11, 30).atTime(23, 59).atZone(ZoneOffset.UTC),
          LocalDate.of(2019, 12, 31).atTime(1, 2).atZone(ZoneOffset.UTC));

  /** The century of the samples, for a pattern whose own is not known yet. */
  private static final int SAMPLE_CENTURY = 1950;

  /**
   * Year, month and day. The pattern {@code uuuuMMdd} also reads a sign and a longer year, and so
   * takes {@code -7327361260214}, a number, for a day of the year -732736126.
   */
  public static final DateTimeFormatter EIGHT_DIGITS =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4)
          .appendValue(ChronoField.MONTH_OF_YEAR, 2)
          .appendValue(ChronoField.DAY_OF_MONTH, 2)
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private DatePattern() {}

  /** Letters of one kind in a row, outside quotes: {@code [from, to)} of the pattern. */
  private record Run(char letter, int from, int to) {
    int length() {
      return to - from;
    }
  }

  /**
   * The formatter: strict, upper and lower case alike.
   *
   * @param centuryFrom the first year of the century of {@code uu}, or null
   * @throws IllegalArgumentException if it is not a pattern
   */
  public static DateTimeFormatter formatter(
      String pattern, Locale locale, @Nullable Integer centuryFrom) {
    DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder().parseCaseInsensitive();
    int done = 0;
    if (centuryFrom != null) {
      for (Run run : runs(pattern)) {
        if (isShortYear(run)) {
          builder
              .appendPattern(pattern.substring(done, run.from()))
              .appendValueReduced(ChronoField.YEAR, 2, 2, centuryFrom);
          done = run.to();
        }
      }
    }
    return builder
        .appendPattern(pattern.substring(done))
        .toFormatter(locale)
        .withResolverStyle(ResolverStyle.STRICT);
  }

  /** English names; where the pattern counts weeks, those of ISO 8601, which no language has. */
  public static Locale defaultLocale(String pattern) {
    return runs(pattern).stream().anyMatch(run -> "YwWec".indexOf(run.letter()) >= 0)
        ? Locale.ROOT
        : Locale.ENGLISH;
  }

  /** Whether the year has two digits. */
  public static boolean hasShortYear(String pattern) {
    return runs(pattern).stream().anyMatch(DatePattern::isShortYear);
  }

  private static boolean isShortYear(Run run) {
    return run.letter() == 'u' && run.length() == 2;
  }

  /**
   * Refuses a pattern that no day comes from, or a wrong one.
   *
   * @throws IllegalArgumentException with the pattern that was meant, where that can be told
   */
  public static void check(String pattern) {
    try {
      formatter(pattern, defaultLocale(pattern), SAMPLE_CENTURY);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(
              "a date format must be iso, basic or a pattern: format=%s reason=%s",
              pattern, e.getMessage()),
          e);
    }
    List<String> slips = new ArrayList<>();
    String meant = meant(pattern, slips);
    if (!slips.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "a date format must name one day, but %s: format=%s%s",
              String.join(", and ", slips), pattern, namesDays(meant) ? " meant=" + meant : ""));
    }
    if (!namesDays(pattern)) {
      throw new IllegalArgumentException(
          "a date format must name one day, by year, month and day: format=" + pattern);
    }
  }

  /** The pattern with each slip put right; says of each what the letters mean. */
  private static String meant(String pattern, List<String> slips) {
    List<Run> runs = runs(pattern);
    IntPredicate has = letter -> runs.stream().anyMatch(run -> run.letter() == letter);
    boolean month = has.test('M') || has.test('L');
    StringBuilder meant = new StringBuilder();
    int done = 0;
    for (Run run : runs) {
      String letters = pattern.substring(run.from(), run.to());
      String right = letters;
      switch (run.letter()) {
        case 'y':
          if (!has.test('G')) {
            right = run.length() == 2 ? "uu" : "uuuu";
            slips.add(letters + " is the year of an era");
          }
          break;
        case 'Y':
          if (!has.test('w') && !has.test('W')) {
            right = run.length() == 2 ? "uu" : "uuuu";
            slips.add(letters + " is the year that a week belongs to");
          }
          break;
        case 'u':
          if (run.length() == 1 || run.length() == 3) {
            right = "uuuu";
            slips.add(letters + " takes 24 for the year 24");
          }
          break;
        case 'D':
          if (month) {
            right = run.length() == 1 ? "d" : "dd";
            slips.add(letters + " is the day of the year");
          }
          break;
        case 'm':
          if (!month && !has.test('D') && !has.test('w')) {
            right = letters.replace('m', 'M');
            slips.add(letters + " is the minute");
          }
          break;
        case 'h', 'K':
          if (!has.test('a') && !has.test('B')) {
            right = run.length() == 1 ? "H" : "HH";
            slips.add(letters + " is the hour of half a day");
          }
          break;
        default:
          break;
      }
      meant.append(pattern, done, run.from()).append(right);
      done = run.to();
    }
    return meant.append(pattern.substring(done)).toString();
  }

  /** Whether each sample comes back from its text. */
  private static boolean namesDays(String pattern) {
    DateTimeFormatter formatter = formatter(pattern, defaultLocale(pattern), SAMPLE_CENTURY);
    try {
      for (ZonedDateTime sample : SAMPLES) {
        if (!LocalDate.parse(formatter.format(sample), formatter).equals(sample.toLocalDate())) {
          return false;
        }
      }
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static List<Run> runs(String pattern) {
    List<Run> runs = new ArrayList<>();
    boolean quoted = false;
    for (int at = 0; at < pattern.length(); ) {
      char letter = pattern.charAt(at);
      int to = at + 1;
      if (letter == '\'') {
        quoted = !quoted;
      } else if (!quoted && (letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z')) {
        while (to < pattern.length() && pattern.charAt(to) == letter) {
          to++;
        }
        runs.add(new Run(letter, at, to));
      }
      at = to;
    }
    return runs;
  }
}
