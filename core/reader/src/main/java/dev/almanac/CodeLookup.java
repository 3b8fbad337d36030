package dev.almanac;

import dev.almanac.read.SealedFile;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A {@link DateLookup} of one edition, so that it can give codes. */
abstract class CodeLookup implements DateLookup {
  /** As {@link Almanac#code(long)}. */
  public abstract int code(long id);

  /** As {@link Almanac#code(CharSequence)}. */
  public abstract int code(CharSequence id);

  /**
   * The codes of many IDs: {@code codes[i]} becomes the code of {@code ids[i]}, or {@link
   * Almanac#ABSENT}. Two to three times as fast as single lookups if these miss the processor's
   * caches, because the misses of a batch overlap. A few hundred IDs are enough. All arguments are
   * checked before anything is written.
   *
   * @throws IndexOutOfBoundsException if {@code codes} is shorter than {@code ids}
   */
  public final void codes(long[] ids, int[] codes) {
    codes(ids, 0, codes, 0, ids.length);
  }

  /** As {@link #codes(long[], int[])}, for text IDs. */
  public final void codes(CharSequence[] ids, int[] codes) {
    codes(ids, 0, codes, 0, ids.length);
  }

  /**
   * As {@link #codes(long[], int[])}, for ranges of the arrays.
   *
   * @throws IndexOutOfBoundsException if a range does not lie in its array; nothing is written then
   */
  public abstract void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length);

  /** As {@link #codes(long[], int, int[], int, int)}, for text IDs. */
  public abstract void codes(
      CharSequence[] ids, int idsOffset, int[] codes, int codesOffset, int length);

  /** As {@link Almanac#code(UUID)}. */
  public abstract int code(UUID id);

  /** The dictionary that the codes refer to. */
  public abstract DateDictionary dictionary();

  /** The number of IDs to look up together; their codes take four bytes each. */
  abstract int batchIds();

  /**
   * The same edition for another user, who closes it separately.
   *
   * @throws IllegalStateException if this is closed
   */
  abstract CodeLookup share();

  /** The file or the files of this edition. */
  abstract List<SealedFile> files();

  /** What the footers of the files say. */
  abstract List<AlmanacInfo> infos();

  @Override
  public final @Nullable LocalDate date(long id) {
    return dictionary().dateOrNull(code(id));
  }

  @Override
  public final @Nullable LocalDate date(CharSequence id) {
    return dictionary().dateOrNull(code(id));
  }

  @Override
  public final @Nullable LocalDate date(UUID id) {
    return dictionary().dateOrNull(code(id));
  }

  @Override
  public final void dates(long[] ids, @Nullable LocalDate[] dates) {
    dates(ids.length, numbers(ids), dates);
  }

  @Override
  public final void dates(CharSequence[] ids, @Nullable LocalDate[] dates) {
    dates(ids.length, texts(ids), dates);
  }

  @Override
  public final void epochDays(long[] ids, long[] days) {
    epochDays(ids.length, numbers(ids), days);
  }

  @Override
  public final void epochDays(CharSequence[] ids, long[] days) {
    epochDays(ids.length, texts(ids), days);
  }

  /** A part of a batch: {@code count} IDs or answers {@code from} an index, and their codes. */
  private interface Part {
    void run(int from, int[] codes, int count);
  }

  private Part numbers(long[] ids) {
    return (from, codes, count) -> codes(ids, from, codes, 0, count);
  }

  private Part texts(CharSequence[] ids) {
    return (from, codes, count) -> codes(ids, from, codes, 0, count);
  }

  private void dates(int idCount, Part lookUp, @Nullable LocalDate[] dates) {
    inParts(
        idCount,
        dates.length,
        lookUp,
        (from, codes, count) -> dictionary().dates(codes, count, dates, from));
  }

  private void epochDays(int idCount, Part lookUp, long[] days) {
    inParts(
        idCount,
        days.length,
        lookUp,
        (from, codes, count) -> dictionary().epochDays(codes, count, days, from));
  }

  private void inParts(int idCount, int answerCount, Part lookUp, Part translate) {
    Objects.checkFromIndexSize(0, idCount, answerCount);
    int[] codes = new int[Math.min(idCount, batchIds())];
    int done = 0;
    // At least once, so that a closed almanac is noticed.
    do {
      int count = Math.min(codes.length, idCount - done);
      lookUp.run(done, codes, count);
      translate.run(done, codes, count);
      done += count;
    } while (done < idCount);
  }
}
