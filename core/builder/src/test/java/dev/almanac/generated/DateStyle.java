package dev.almanac.generated;

import java.time.LocalDate;
import java.time.Year;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the dates of a case are written, with a reader and a writer of its own: arithmetic and
 * regular expressions, not the formatters that the product uses.
 */
public enum DateStyle {
  ISO("iso", "(-?[0-9]{4}|[+-][0-9]{5,10})-([0-9]{2})-([0-9]{2})", "ymd") {
    @Override
    String write(LocalDate date, int variant) {
      return year(date) + "-" + two(date.getMonthValue()) + "-" + two(date.getDayOfMonth());
    }

    @Override
    OptionalLong epochDay(String text, int century) {
      return super.epochDay(withoutTime(text), century);
    }
  },
  BASIC("basic", "([0-9]{4})([0-9]{2})([0-9]{2})", "ymd") {
    @Override
    String write(LocalDate date, int variant) {
      return year(date) + two(date.getMonthValue()) + two(date.getDayOfMonth());
    }
  },
  DAY_FIRST("dd.MM.uuuu", "([0-9]{2})\\.([0-9]{2})\\.([0-9]{4})", "dmy") {
    @Override
    String write(LocalDate date, int variant) {
      return two(date.getDayOfMonth()) + "." + two(date.getMonthValue()) + "." + year(date);
    }
  },
  /** One day is written in several ways, since {@code 1} and {@code 01} are the same month. */
  LOOSE("uuuu/M/d", "([0-9]{4})/(0{0,16}[0-9]{1,3})/(0{0,16}[0-9]{1,3})", "ymd") {
    @Override
    String write(LocalDate date, int variant) {
      String month = Integer.toString(date.getMonthValue());
      String day = Integer.toString(date.getDayOfMonth());
      return year(date)
          + "/"
          + ((variant & 1) == 0 ? month : "0" + month)
          + "/"
          + ((variant & 2) == 0 ? day : "0" + day);
    }
  },
  DAY_OF_YEAR("uuuu-DDD", "([0-9]{4})-([0-9]{3})", "yo") {
    @Override
    String write(LocalDate date, int variant) {
      String day = Integer.toString(date.getDayOfYear());
      return year(date) + "-" + "0".repeat(3 - day.length()) + day;
    }
  },
  MONTH_FIRST("M/d/uuuu", "(0{0,16}[0-9]{1,3})/(0{0,16}[0-9]{1,3})/([0-9]{4})", "mdy") {
    @Override
    String write(LocalDate date, int variant) {
      return date.getMonthValue() + "/" + date.getDayOfMonth() + "/" + year(date);
    }
  },
  /** A year of two digits, in the century of the case. */
  SHORT_YEAR("d/M/uu", "(0{0,16}[0-9]{1,3})/(0{0,16}[0-9]{1,3})/([0-9]{2})", "dms") {
    @Override
    String write(LocalDate date, int variant) {
      return date.getDayOfMonth() + "/" + date.getMonthValue() + "/" + shortYear(date);
    }
  },
  /** As many digits as many a number of another column. */
  SIX_DIGITS("ddMMuu", "([0-9]{2})([0-9]{2})([0-9]{2})", "dms") {
    @Override
    String write(LocalDate date, int variant) {
      return two(date.getDayOfMonth()) + two(date.getMonthValue()) + shortYear(date);
    }
  },
  /** Longer than the sixteen bytes that the builder's table of dates takes, and shorter. */
  WORDY(
      "'the day is' dd 'of' MM 'in' uuuu",
      "the day is ([0-9]{2}) of ([0-9]{2}) in ([0-9]{4})",
      "dmy") {
    @Override
    String write(LocalDate date, int variant) {
      return "the day is "
          + two(date.getDayOfMonth())
          + " of "
          + two(date.getMonthValue())
          + " in "
          + year(date);
    }
  },
  /** Months by name, in English unless a builder is told otherwise. */
  ENGLISH(
      "d MMMM uuuu",
      "en",
      "",
      "January February March April May June July August September October November December"),
  GERMAN(
      "d. MMMM uuuu",
      "de",
      "\\.",
      "Januar Februar M\u00e4rz April Mai Juni Juli August September Oktober November Dezember"),
  /** By the same pattern as the English ones; some names are the same too. */
  FRENCH(
      "d MMMM uuuu",
      "fr",
      "",
      "janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre"
          + " d\u00e9cembre");

  /** What may stand behind an ISO day. */
  private static final Pattern TIME =
      Pattern.compile(
          "[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)([.,][0-9]{1,12})?)?"
              + "( ?(Z|z|UTC|GMT|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9]){0,2})(\\[.+])?)?");

  private static final Pattern TIMESTAMP =
      Pattern.compile("([+-]?[0-9]{4,}-[0-9]{2}-[0-9]{2})(.+)");

  private static final String[] TIMES = {
    "T00:00",
    " 23:59:59",
    "T12:00:00.123456Z",
    " 01:02:03,5+05:30",
    "T24:00",
    "T10",
    "t09:30z",
    " 10:11:60-0330",
    "T10:11 UTC",
    "T10:60",
    "T10:00+02:00[Europe/Paris]",
    "T10:00[x]",
    " "
  };

  private final String format;
  private final Pattern pattern;
  private final String fields;

  /** Names of the months, or none. */
  private final List<String> months;

  private final @Nullable String language;

  DateStyle(String format, String regex, String fields) {
    this.format = format;
    this.pattern = Pattern.compile(regex);
    this.fields = fields;
    this.months = List.of();
    this.language = null;
  }

  DateStyle(String format, String language, String mark, String months) {
    this.format = format;
    this.months = List.of(months.split(" "));
    this.pattern =
        Pattern.compile(
            "(0{0,16}[0-9]{1,3})" + mark + " (" + months.replace(' ', '|') + ") ([0-9]{4})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    this.fields = "dny";
    this.language = language;
  }

  /** {@code iso}, {@code basic} or a pattern, as {@code DateFormat.of} takes it. */
  public String format() {
    return format;
  }

  /** Whether the year has two digits. */
  boolean hasShortYear() {
    return fields.indexOf('s') >= 0;
  }

  /** The language of the names of months, as a tag; null where months are numbers. */
  @Nullable String language() {
    return language;
  }

  /** Something that often is a time of the day behind a day. */
  static String time(int variant) {
    return TIMES[variant % TIMES.length];
  }

  /** How many there are. */
  static int timeCount() {
    return TIMES.length;
  }

  /** The day of an ISO timestamp; what is no timestamp itself. */
  static String withoutTime(String text) {
    Matcher matcher = TIMESTAMP.matcher(text);
    return matcher.matches() && TIME.matcher(matcher.group(2)).matches() ? matcher.group(1) : text;
  }

  /** {@code variant} chooses among the texts of one day, where there are several. */
  String write(LocalDate date, int variant) {
    String month = months.get(date.getMonthValue() - 1);
    return format
        .replace("uuuu", year(date))
        .replace("d", Integer.toString(date.getDayOfMonth()))
        .replace(
            "MMMM",
            variant == 0
                ? month
                : variant == 1
                    ? month.toUpperCase(Locale.ROOT)
                    : variant == 2 ? month.toLowerCase(Locale.ROOT) : mixed(month));
  }

  /** Every other letter is a capital. */
  private static String mixed(String month) {
    StringBuilder mixed = new StringBuilder();
    for (int i = 0; i < month.length(); i++) {
      char c = month.charAt(i);
      mixed.append(i % 2 == 0 ? Character.toLowerCase(c) : Character.toUpperCase(c));
    }
    return mixed.toString();
  }

  private long month(String name) {
    for (int i = 0; i < months.size(); i++) {
      if (months.get(i).equalsIgnoreCase(name)) {
        return i + 1;
      }
    }
    throw new AssertionError(name);
  }

  /**
   * The day since 1970-01-01 that the text writes, if any.
   *
   * @param century the first of the hundred years that a year of two digits is one of
   */
  OptionalLong epochDay(String text, int century) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    long year = 0;
    long month = 1;
    long day = 0;
    boolean ordinal = false;
    for (int i = 0; i < fields.length(); i++) {
      String group = matcher.group(i + 1);
      long value = fields.charAt(i) == 'n' ? month(group) : Long.parseLong(group);
      switch (fields.charAt(i)) {
        case 'y':
          year = value;
          break;
        case 's':
          year = century / 100 * 100 + value + (value < century % 100 ? 100 : 0);
          break;
        case 'm':
        case 'n':
          month = value;
          break;
        default:
          day = value;
          ordinal = fields.charAt(i) == 'o';
          break;
      }
    }
    if (this == ISO && matcher.group(1).equals("-0000")) {
      return OptionalLong.empty(); // There is no year minus zero.
    }
    if (Math.abs(year) > Year.MAX_VALUE || month < 1 || month > 12 || day < 1) {
      return OptionalLong.empty();
    }
    long firstDay = daysBefore(year);
    if (ordinal) {
      return day <= (isLeap(year) ? 366 : 365)
          ? OptionalLong.of(firstDay + day - 1)
          : OptionalLong.empty();
    }
    if (day > daysOf(year, month)) {
      return OptionalLong.empty();
    }
    for (int before = 1; before < month; before++) {
      firstDay += daysOf(year, before);
    }
    return OptionalLong.of(firstDay + day - 1);
  }

  /** From 1970-01-01 to the first day of the year. */
  private static long daysBefore(long year) {
    long y = year - 1;
    return 365 * y + Math.floorDiv(y, 4) - Math.floorDiv(y, 100) + Math.floorDiv(y, 400) - 719_162;
  }

  private static boolean isLeap(long year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  private static int daysOf(long year, long month) {
    if (month == 2) {
      return isLeap(year) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  private static String shortYear(LocalDate date) {
    return two(Math.floorMod(date.getYear(), 100));
  }

  private static String year(LocalDate date) {
    int year = date.getYear();
    String digits = Integer.toString(Math.abs(year));
    String padded = "0".repeat(Math.max(0, 4 - digits.length())) + digits;
    return year < 0 ? "-" + padded : year > 9999 ? "+" + padded : padded;
  }
}
