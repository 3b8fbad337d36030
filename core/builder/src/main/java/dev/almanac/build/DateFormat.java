package dev.almanac.build;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Objects;

/**
 * How a date is written in the rows. Strict: 30 February is no date. Immutable and safe for any
 * number of threads.
 */
public final class DateFormat {
  private static final DateFormat ISO = new DateFormat("iso", "uuuu-MM-dd");
  private static final DateFormat BASIC = new DateFormat("basic", "uuuuMMdd");

  private final String name;
  private final DateTimeFormatter formatter;

  private DateFormat(String name, String pattern) {
    this.name = name;
    this.formatter =
        DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
  }

  /** {@code 2024-02-29}. The default. */
  public static DateFormat iso() {
    return ISO;
  }

  /** {@code 20240229}. */
  public static DateFormat basic() {
    return BASIC;
  }

  /**
   * Any pattern of {@link DateTimeFormatter} that yields a date, resolved strictly: write the year
   * as {@code uuuu}, since {@code yyyy} alone, the year of an era, names no day under strict rules.
   *
   * @throws IllegalArgumentException if the pattern is not one
   */
  public static DateFormat pattern(String pattern) {
    return new DateFormat(Objects.requireNonNull(pattern, "pattern"), pattern);
  }

  /** {@code iso}, {@code basic}, or else a pattern, as the command line writes it. */
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
   * The date that {@code text} writes.
   *
   * @throws DateTimeException if it writes none
   */
  public LocalDate parse(String text) {
    return LocalDate.parse(text, formatter);
  }

  /** {@code iso}, {@code basic} or the pattern. */
  @Override
  public String toString() {
    return name;
  }
}
