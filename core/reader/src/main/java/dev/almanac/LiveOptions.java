package dev.almanac;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * How a {@link LiveAlmanac} looks for the next edition. Immutable: each method returns new options.
 *
 * <p>The defaults: the name is checked every second; every edition that passes the checks of {@link
 * Almanac#open} is accepted; no listener; below Java 22, a garbage collection is requested when
 * more than four old editions wait for one.
 */
public final class LiveOptions {
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(365);
  private static final LiveOptions DEFAULTS = new LiveOptions();

  Duration checkInterval = Duration.ofSeconds(1);
  boolean verified;
  Predicate<AlmanacInfo> acceptance = info -> true;
  Consumer<LiveState> listener = state -> {};
  int oldEditionCount = 4;
  boolean keepsPrevious;

  private LiveOptions() {}

  /** The defaults. */
  public static LiveOptions defaults() {
    return DEFAULTS;
  }

  private LiveOptions with(Consumer<LiveOptions> change) {
    LiveOptions copy = new LiveOptions();
    copy.checkInterval = checkInterval;
    copy.verified = verified;
    copy.acceptance = acceptance;
    copy.listener = listener;
    copy.oldEditionCount = oldEditionCount;
    copy.keepsPrevious = keepsPrevious;
    change.accept(copy);
    return copy;
  }

  /**
   * How long the answer to "is this still the newest edition?" holds. A check opens the file, reads
   * its footer and closes it: some ten microseconds on a local disk.
   *
   * @param interval from zero (every lookup checks) to 365 days
   */
  public LiveOptions checkEvery(Duration interval) {
    if (interval.isNegative() || interval.compareTo(LONGEST_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "the interval must be from 0 to 365 days: interval=" + interval);
    }
    return with(copy -> copy.checkInterval = interval);
  }

  /**
   * Whether {@link Almanac#verify} must find a new file undamaged before it is put into service.
   * Takes the time to read and hash the file, in the thread that checks; other threads use the old
   * edition meanwhile. Default: false, only footer and dictionary are checked.
   */
  public LiveOptions verified(boolean whole) {
    return with(copy -> copy.verified = whole);
  }

  /**
   * The condition that an edition must meet to be put into service, such as {@code info ->
   * info.idCount() >= 1_000_000}. Editions are digests, which have no order, and a file does not
   * record when it was built. In a set of shards, each shard must meet the condition.
   *
   * <p>Called in the thread that checks. Lookups of other threads, and lookups that the condition
   * itself makes in this {@link LiveAlmanac}, use the old edition meanwhile. Other calls of {@link
   * LiveAlmanac#checkNow} wait. An exception or error of the condition refuses the edition.
   */
  public LiveOptions accept(Predicate<AlmanacInfo> condition) {
    Objects.requireNonNull(condition, "condition");
    return with(copy -> copy.acceptance = condition);
  }

  /**
   * Called when another edition has been put into service, and when a check fails with another
   * failure than before. Calls come one at a time, in the order of the events, in a thread that has
   * just checked, before its lookup returns. No lock is held: a listener may look up, pin, check
   * and close. If it blocks, only this thread and later events wait. An exception or error goes to
   * the thread's handler of uncaught exceptions.
   */
  public LiveOptions listener(Consumer<LiveState> told) {
    Objects.requireNonNull(told, "told");
    return with(copy -> copy.listener = told);
  }

  /**
   * How many unused old editions, with their disk space, may wait for the garbage collector. When a
   * switch leaves more, another thread requests a collection ({@link System#gc}); {@link
   * Integer#MAX_VALUE} never requests one. Has no effect on Java 22 and later, where an old edition
   * is unmapped as soon as it is unused.
   *
   * @param count from 0
   */
  public LiveOptions oldEditions(int count) {
    if (count < 0) {
      throw new IllegalArgumentException(
          "the number of old editions must not be negative: count=" + count);
    }
    return with(copy -> copy.oldEditionCount = count);
  }

  /**
   * Whether the previous edition stays open after a switch, until the next switch, so that {@link
   * LiveAlmanac#pinPrevious} and an {@link EditionDiff} can tell what has changed. Costs its
   * mapping, and the disk space of its file if that was deleted. Default: false.
   */
  public LiveOptions keepPrevious(boolean kept) {
    return with(copy -> copy.keepsPrevious = kept);
  }
}
