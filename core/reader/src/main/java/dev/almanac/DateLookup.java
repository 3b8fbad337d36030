package dev.almanac;

import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Dates by ID: what {@link Almanac}, {@link LiveAlmanac} and {@link ShardedAlmanac} have in common.
 * Code that only asks for dates takes this and works with one file, with the newest edition of a
 * name, and with a set of shards.
 *
 * <p>In a source of numbers a text ID is a number's canonical decimal: {@code "7"} is found when 7
 * is, {@code "07"} and {@code "+7"} are not. In a source of texts a number is its canonical
 * decimal. A text that no ID can be (empty, too long, with a lone surrogate) is absent.
 *
 * <p>Safe for any number of threads. After {@link #close} each method that looks up throws {@link
 * IllegalStateException}. A damaged file throws {@link java.io.UncheckedIOException} with a {@link
 * CorruptAlmanacException} as its cause. What a {@link CharSequence} of the caller throws is thrown
 * to the caller as it is.
 */
public interface DateLookup extends AutoCloseable {
  /** Stands for "no day" in {@link #epochDays}; no date has this number of days. */
  long NO_DAY = Long.MIN_VALUE;

  /** The date of an ID, or null if the ID is absent. */
  @Nullable LocalDate date(long id);

  /** The date of a text ID, or null if the ID is absent. */
  @Nullable LocalDate date(CharSequence id);

  /**
   * The date of the text ID that {@link UUID#toString} writes, in lower case with hyphens, or null
   * if that is absent. Makes no text of it.
   */
  @Nullable LocalDate date(UUID id);

  /**
   * The dates of many IDs: {@code dates[i]} becomes the date of {@code ids[i]}, or null if that is
   * absent. All answers are of one edition.
   *
   * @throws IndexOutOfBoundsException if {@code dates} is shorter than {@code ids}; nothing is
   *     written then
   */
  void dates(long[] ids, @Nullable LocalDate[] dates);

  /** As {@link #dates(long[], LocalDate[])}, for text IDs. */
  void dates(CharSequence[] ids, @Nullable LocalDate[] dates);

  /**
   * The dates of many IDs as days since 1970-01-01: {@code days[i]} becomes that of {@code ids[i]},
   * or {@link #NO_DAY} if that is absent. All answers are of one edition.
   *
   * @throws IndexOutOfBoundsException if {@code days} is shorter than {@code ids}; nothing is
   *     written then
   */
  void epochDays(long[] ids, long[] days);

  /** As {@link #epochDays(long[], long[])}, for text IDs. */
  void epochDays(CharSequence[] ids, long[] days);

  /** The number of IDs. */
  long size();

  /** Whether the IDs are numbers or texts. */
  IdKind idKind();

  /** The edition, 64 hexadecimal digits. Two sources of one edition give the same answers. */
  String edition();

  /** Releases the mappings. Closing twice does nothing. */
  @Override
  void close();
}
