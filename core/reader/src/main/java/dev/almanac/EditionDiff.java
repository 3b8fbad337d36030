package dev.almanac;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one edition changed against another: IDs added, removed, and given another day.
 *
 * <pre>{@code
 * EditionDiff.Summary summary =
 *     EditionDiff.of(yesterday, today)
 *         .forEach(change -> log(change.id(), change.before(), change.after()));
 * }</pre>
 *
 * <p>The files may have different layouts and kinds of IDs: a number and its canonical decimal are
 * the same ID. Two texts of one day are the same date.
 *
 * <p>Every ID of the older file is looked up in the newer one and, unless nothing was added, every
 * ID of the newer file in the older one, in batches. This takes memory for one batch and the two
 * dictionaries, whatever the number of IDs and changes. Equal editions take no lookup.
 *
 * <p>Safe for any number of threads. Consumers are called by the calling thread.
 */
public final class EditionDiff {
  private static final int BATCH_LENGTH = 4_096;

  private final Source before;
  private final Source after;

  private EditionDiff(Source before, Source after) {
    this.before = before;
    this.after = after;
  }

  /**
   * An ID that differs.
   *
   * @param id the ID, a number as its decimal
   * @param before its date in the older edition, or null if it was added
   * @param after its date in the newer edition, or null if it was removed
   */
  public record Change(String id, @Nullable LocalDate before, @Nullable LocalDate after) {
    /** Whether only the newer edition has the ID. */
    public boolean isAdded() {
      return before == null;
    }

    /** Whether only the older edition has the ID. */
    public boolean isRemoved() {
      return after == null;
    }
  }

  /**
   * How many IDs differ.
   *
   * @param addedCount IDs of the newer edition alone
   * @param removedCount IDs of the older edition alone
   * @param changedCount IDs of both with different dates
   * @param unchangedCount IDs of both with the same date
   * @param months the same by month, for each month with a difference, the earliest first
   */
  public record Summary(
      long addedCount,
      long removedCount,
      long changedCount,
      long unchangedCount,
      SortedMap<YearMonth, MonthCounts> months) {
    /** Whether no ID differs. */
    public boolean isEmpty() {
      return addedCount == 0 && removedCount == 0 && changedCount == 0;
    }
  }

  /**
   * How many IDs differ whose date lies in one month.
   *
   * @param addedCount added IDs
   * @param removedCount removed IDs, by the date that they had
   * @param changedCount changed IDs, by the date that they have now
   */
  public record MonthCounts(long addedCount, long removedCount, long changedCount) {}

  /** Compares two files. They are opened when the diff is asked for, and closed after it. */
  public static EditionDiff of(Path before, Path after) {
    Objects.requireNonNull(before, "before");
    Objects.requireNonNull(after, "after");
    return new EditionDiff(() -> Almanac.open(before), () -> Almanac.open(after));
  }

  /** Compares two open almanacs, which stay open. */
  public static EditionDiff of(Almanac before, Almanac after) {
    Objects.requireNonNull(before, "before");
    Objects.requireNonNull(after, "after");
    return new EditionDiff(before::share, after::share);
  }

  /**
   * Gives every difference to {@code consumer}: first the removed and the changed IDs in the order
   * of the older file, then the added ones in the order of the newer file.
   *
   * @return how many there were
   * @throws IOException if a file cannot be opened, as {@link Almanac#open(Path)} says
   */
  public Summary forEach(Consumer<? super Change> consumer) throws IOException {
    Objects.requireNonNull(consumer, "consumer");
    try (Almanac older = before.open();
        Almanac newer = after.open()) {
      Counter counter = new Counter(consumer);
      if (older.edition().equals(newer.edition())) {
        counter.unchangedCount = older.size();
        return counter.summary();
      }
      new Walk(older, newer) {
        @Override
        void visit(int i, long was, long is) {
          if (was == is) {
            counter.unchangedCount++;
          } else {
            counter.count(new Change(id(i), day(was), is == DateLookup.NO_DAY ? null : day(is)));
          }
        }
      }.run();
      if (newer.size() > counter.unchangedCount + counter.changedCount) {
        new Walk(newer, older) {
          @Override
          void visit(int i, long is, long was) {
            if (was == DateLookup.NO_DAY) {
              counter.count(new Change(id(i), null, day(is)));
            }
          }
        }.run();
      }
      return counter.summary();
    }
  }

  /**
   * Counts the differences.
   *
   * @throws IOException as {@link #forEach}
   */
  public Summary summary() throws IOException {
    return forEach(change -> {});
  }

  private static LocalDate day(long epochDay) {
    return LocalDate.ofEpochDay(epochDay);
  }

  private interface Source {
    Almanac open() throws IOException;
  }

  /** Looks every ID of one file up in the other, a batch at a time. */
  private abstract static class Walk {
    private final Almanac from;
    private final Almanac to;
    private final boolean numeric;
    private final int[] codes = new int[BATCH_LENGTH];
    private final int[] codesThere = new int[BATCH_LENGTH];
    private final long[] numbers;

    /** Texts as UTF-8, one after the other. */
    private byte[] texts = new byte[1 << 16];

    private final int[] textStarts;
    private final int[] textEnds;
    private int textBytes;
    private int count;

    Walk(Almanac from, Almanac to) {
      this.from = from;
      this.to = to;
      numeric = from.idKind() == IdKind.LONG;
      numbers = new long[numeric ? BATCH_LENGTH : 0];
      textStarts = new int[numeric ? 0 : BATCH_LENGTH];
      textEnds = new int[textStarts.length];
    }

    /**
     * Takes the i-th ID of the batch.
     *
     * @param epochDay its day
     * @param epochDayThere its day in the other file, or {@link DateLookup#NO_DAY}
     */
    abstract void visit(int i, long epochDay, long epochDayThere);

    String id(int i) {
      return numeric
          ? Long.toString(numbers[i])
          : new String(texts, textStarts[i], textEnds[i] - textStarts[i], StandardCharsets.UTF_8);
    }

    void run() {
      if (numeric) {
        from.forEach(
            (id, code) -> {
              numbers[count] = id;
              add(code);
            });
      } else {
        from.entries().forEachUtf8(this::addText);
      }
      lookUp();
    }

    private void addText(byte[] utf8, int start, int end, int code) {
      int length = end - start;
      if (length > texts.length - textBytes) {
        // Enough: one ID is far shorter than the array.
        texts = Arrays.copyOf(texts, 2 * texts.length);
      }
      System.arraycopy(utf8, start, texts, textBytes, length);
      textStarts[count] = textBytes;
      textBytes += length;
      textEnds[count] = textBytes;
      add(code);
    }

    private void add(int code) {
      codes[count++] = code;
      if (count == BATCH_LENGTH) {
        lookUp();
      }
    }

    private void lookUp() {
      if (numeric) {
        to.codes(numbers, 0, codesThere, 0, count);
      } else {
        to.codes(texts, textStarts, textEnds, codesThere, count);
      }
      for (int i = 0; i < count; i++) {
        int there = codesThere[i];
        visit(
            i,
            from.dictionary().epochDay(codes[i]),
            there == Almanac.ABSENT ? DateLookup.NO_DAY : to.dictionary().epochDay(there));
      }
      count = 0;
      textBytes = 0;
    }
  }

  /** Counts changes and passes them on. */
  private static final class Counter {
    private final Consumer<? super Change> consumer;
    private final SortedMap<YearMonth, MonthCounts> months = new TreeMap<>();
    private long addedCount;
    private long removedCount;
    private long changedCount;
    private long unchangedCount;

    Counter(Consumer<? super Change> consumer) {
      this.consumer = consumer;
    }

    void count(Change change) {
      int added = change.isAdded() ? 1 : 0;
      int removed = change.isRemoved() ? 1 : 0;
      int changed = 1 - added - removed;
      addedCount += added;
      removedCount += removed;
      changedCount += changed;
      LocalDate date = change.after() != null ? change.after() : change.before();
      months.merge(
          YearMonth.from(Objects.requireNonNull(date)),
          new MonthCounts(added, removed, changed),
          (some, more) ->
              new MonthCounts(
                  some.addedCount + more.addedCount,
                  some.removedCount + more.removedCount,
                  some.changedCount + more.changedCount));
      consumer.accept(change);
    }

    Summary summary() {
      return new Summary(
          addedCount,
          removedCount,
          changedCount,
          unchangedCount,
          Collections.unmodifiableSortedMap(months));
    }
  }
}
