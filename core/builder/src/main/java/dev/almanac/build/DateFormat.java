package dev.almanac.build;

import dev.almanac.build.rows.DatePattern;
import dev.almanac.build.rows.IsoTimestamp;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the rows write dates. Strict: 30 February is not a date. Names of months can be in upper or
 * lower case. A time of day and an offset are ignored: the day is taken as written. Immutable and
 * safe for any number of threads.
 */
public final class DateFormat {
  private static final DateFormat ISO = new DateFormat("iso", "uuuu-MM-dd", Locale.ROOT, null);
  private static final DateFormat BASIC = new DateFormat("basic", "uuuuMMdd", Locale.ROOT, null);

  private final String name;
  private final String pattern;
  private final Locale locale;
  private final @Nullable Integer centuryFrom;
  private final DateTimeFormatter formatter;

  private DateFormat(String name, String pattern, Locale locale, @Nullable Integer centuryFrom) {
    this.name = name;
    this.pattern = pattern;
    this.locale = locale;
    this.centuryFrom = centuryFrom;
    this.formatter =
        name.equals("basic")
            ? DatePattern.EIGHT_DIGITS
            : DatePattern.formatter(pattern, locale, centuryFrom);
  }

  /**
   * {@code 2024-02-29}, also with a time of day after it, as ISO 8601 and databases write it:
   * {@code 2024-02-29T23:30:00.5-05:00}, {@code 2024-02-29 23:30}, {@code 2024-02-29T23:30Z}. The
   * day is the one that is written; an offset does not move it. The default.
   */
  public static DateFormat iso() {
    return ISO;
  }

  /** {@code 20240229}: eight digits. */
  public static DateFormat basic() {
    return BASIC;
  }

  /**
   * Any pattern of {@link DateTimeFormatter} that yields a day, resolved strictly: {@code
   * dd.MM.uuuu}, {@code d-MMM-uuuu HH:mm}. Write the year as {@code uuuu}; a year of two digits,
   * {@code uu}, also needs {@link #centuryFrom}.
   *
   * @throws IllegalArgumentException if it is not a pattern, or one that no day or the wrong day
   *     comes from, such as {@code yyyy-MM-dd}, {@code uuuu-MM-DD}, {@code YYYY-MM-dd}, {@code
   *     uuuu-mm-dd} or {@code hh} without {@code a}; the message has the pattern that was meant
   */
  public static DateFormat pattern(String pattern) {
    DatePattern.check(Objects.requireNonNull(pattern, "pattern"));
    return new DateFormat(pattern, pattern, DatePattern.defaultLocale(pattern), null);
  }

  /**
   * {@code iso}, {@code basic}, or else a pattern, as the command line writes it.
   *
   * @throws IllegalArgumentException as {@link #pattern} does
   */
  public static DateFormat of(String nameOrPattern) {
    switch (nameOrPattern) {
      case "iso":
        return ISO;
      case "basic":
        return BASIC;
      default:
        return pattern(nameOrPattern);
    }
  }

  /**
   * The same format with the names of months and days in another language. Default: English, and
   * the weeks of ISO 8601. Has no effect on {@link #iso()} and {@link #basic()}.
   */
  public DateFormat locale(Locale names) {
    Objects.requireNonNull(names, "names");
    return this == ISO || this == BASIC ? this : new DateFormat(name, pattern, names, centuryFrom);
  }

  /**
   * The same format, with years of two digits taken from the hundred years that begin with {@code
   * firstYear}: with 1950, {@code 49} is 2049 and {@code 50} is 1950. Has no effect on a pattern
   * whose year is not {@code uu}.
   *
   * @throws IllegalArgumentException if {@code firstYear} is not from 1 to 9900
   */
  public DateFormat centuryFrom(int firstYear) {
    if (firstYear < 1 || firstYear > 9900) {
      throw new IllegalArgumentException(
          "a century must begin with a year from 1 to 9900: centuryFrom=" + firstYear);
    }
    return DatePattern.hasShortYear(pattern)
        ? new DateFormat(name, pattern, locale, firstYear)
        : this;
  }

  /**
   * Refuses a year of two digits without its century, as {@link AlmanacBuilder#dateFormat} does.
   *
   * @throws IllegalArgumentException if {@link #centuryFrom} is needed
   */
  void requireCentury() {
    if (centuryFrom == null && DatePattern.hasShortYear(pattern)) {
      throw new IllegalArgumentException(
          "a year of two digits needs its century; write uuuu, or say where it begins, such as"
              + " centuryFrom(1950), --century-from 1950: format="
              + name);
    }
  }

  /**
   * The date that {@code text} writes.
   *
   * @throws DateTimeException if it is not a date in this format
   * @throws IllegalArgumentException if the year has two digits and {@link #centuryFrom} was not
   *     called
   */
  public LocalDate parse(String text) {
    requireCentury();
    return LocalDate.parse(this == ISO ? IsoTimestamp.day(text) : text, formatter);
  }

  /** {@code iso}, {@code basic} or the pattern. */
  @Override
  public String toString() {
    return name;
  }
}
