package dev.almanac;

import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Looks up dates by ID: what {@link Almanac}, {@link LiveAlmanac} and {@link ShardedAlmanac} have
 * in common. Code that needs dates alone can take a {@code DateLookup}; it then works with one
 * file, with the newest edition of a name, and with a set of shards.
 *
 * <p>If the IDs are numbers, a text ID stands for the number whose canonical decimal it is: {@code
 * "7"} finds 7; {@code "07"} and {@code "+7"} are absent. If the IDs are texts, a number stands for
 * its canonical decimal. A text that cannot be an ID (empty, too long, with a lone surrogate) is
 * absent.
 *
 * <p>Safe for any number of threads. After {@link #close}, lookups throw {@link
 * IllegalStateException}. A lookup in a damaged file throws {@link java.io.UncheckedIOException}
 * whose cause is a {@link CorruptAlmanacException}. An exception of the caller's {@link
 * CharSequence} reaches the caller unchanged.
 */
public interface DateLookup extends AutoCloseable {
  /** Stands for "no day" in {@link #epochDays}; no date has this number of days. */
  long NO_DAY = Long.MIN_VALUE;

  /** The date of an ID, or null if it is absent. Allocates a date when it is first asked for. */
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
   * absent. All answers are of one edition. Faster than single lookups, see {@link
   * Almanac#codes(long[], int[])}.
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

  /** The kind of the IDs: {@link IdKind#LONG} or {@link IdKind#TEXT}. */
  IdKind idKind();

  /** The edition, as 64 hexadecimal digits. Two files of one edition give the same answers. */
  String edition();

  /** Releases the mappings, see {@link Almanac#close}. Closing twice does nothing. */
  @Override
  void close();
}
