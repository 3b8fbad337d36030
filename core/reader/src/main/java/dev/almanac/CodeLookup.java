package dev.almanac;

import dev.almanac.read.SealedFile;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DateLookup} of one edition, which can therefore give codes. Holds the batches of dates:
 * they are batches of codes that the dictionary translates.
 */
abstract class CodeLookup implements DateLookup {
  /** As {@link Almanac#codes(long[], int, int[], int, int)}. */
  public abstract void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length);

  /** As {@link Almanac#codes(CharSequence[], int, int[], int, int)}. */
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

  abstract boolean isClosed();

  /** The file or the files of this edition. */
  abstract List<SealedFile> files();

  /** What the footers of the files say. */
  abstract List<AlmanacInfo> infos();

  @Override
  public final @Nullable LocalDate date(UUID id) {
    return dictionary().dateOrNull(code(id));
  }

  @Override
  public final void dates(long[] ids, @Nullable LocalDate[] dates) {
    inBatches(
        ids.length,
        dates.length,
        (from, codes, count) -> codes(ids, from, codes, 0, count),
        (from, codes, count) -> dictionary().dates(codes, count, dates, from));
  }

  @Override
  public final void dates(CharSequence[] ids, @Nullable LocalDate[] dates) {
    inBatches(
        ids.length,
        dates.length,
        (from, codes, count) -> codes(ids, from, codes, 0, count),
        (from, codes, count) -> dictionary().dates(codes, count, dates, from));
  }

  @Override
  public final void epochDays(long[] ids, long[] days) {
    inBatches(
        ids.length,
        days.length,
        (from, codes, count) -> codes(ids, from, codes, 0, count),
        (from, codes, count) -> dictionary().epochDays(codes, count, days, from));
  }

  @Override
  public final void epochDays(CharSequence[] ids, long[] days) {
    inBatches(
        ids.length,
        days.length,
        (from, codes, count) -> codes(ids, from, codes, 0, count),
        (from, codes, count) -> dictionary().epochDays(codes, count, days, from));
  }

  private interface Batch {
    void run(int from, int[] codes, int count);
  }

  private void inBatches(int idCount, int answerCount, Batch lookUp, Batch translate) {
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
