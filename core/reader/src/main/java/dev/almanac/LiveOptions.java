package dev.almanac;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * How a {@link LiveAlmanac} looks for the next edition. Values: each method gives other options and
 * leaves these as they are.
 */
public final class LiveOptions {
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(365);
  private static final LiveOptions DEFAULTS =
      new LiveOptions(Duration.ofSeconds(1), false, info -> true, state -> {}, 4);

  private final Duration checkInterval;
  private final boolean verified;
  private final Predicate<AlmanacInfo> acceptance;
  private final Consumer<LiveState> listener;
  private final int oldEditionCount;

  private LiveOptions(
      Duration checkInterval,
      boolean verified,
      Predicate<AlmanacInfo> acceptance,
      Consumer<LiveState> listener,
      int oldEditionCount) {
    this.checkInterval = checkInterval;
    this.verified = verified;
    this.acceptance = acceptance;
    this.listener = listener;
    this.oldEditionCount = oldEditionCount;
  }

  /**
   * The name is checked every second; every whole edition is accepted after the checks of {@link
   * Almanac#open}; nobody is told; at most four old editions wait for the collector.
   */
  public static LiveOptions defaults() {
    return DEFAULTS;
  }

  /**
   * How long the answer to "is this still the newest edition?" holds. A check takes one {@code
   * stat()} of the name, and only where that shows another file, an open.
   *
   * @param interval from zero (every lookup checks) to 365 days
   */
  public LiveOptions checkEvery(Duration interval) {
    if (interval.isNegative() || interval.compareTo(LONGEST_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "the interval must be from 0 to 365 days: interval=" + interval);
    }
    return new LiveOptions(interval, verified, acceptance, listener, oldEditionCount);
  }

  /**
   * Whether {@link Almanac#verify} must find a new file whole before it comes into service. Takes
   * the time to read and hash the file, in the thread that happens to check; the others go on with
   * the old edition meanwhile. Without it footer and dictionary are checked.
   */
  public LiveOptions verified(boolean whole) {
    return new LiveOptions(checkInterval, whole, acceptance, listener, oldEditionCount);
  }

  /**
   * What an edition must be to come into service. Editions are digests and have no order, and a
   * file does not say when it was built; so "at least" is said by the content, {@code info ->
   * info.idCount() >= 1_000_000} say, and "this one alone" by {@code info ->
   * info.edition().equals(digest)}. An exception of the predicate refuses the edition too.
   */
  public LiveOptions accept(Predicate<AlmanacInfo> condition) {
    return new LiveOptions(
        checkInterval,
        verified,
        Objects.requireNonNull(condition, "condition"),
        listener,
        oldEditionCount);
  }

  /**
   * Who is told when another edition has come into service, and when a check fails that did not
   * fail in this way before. Called in the thread that checked, between its lookup and the answer,
   * so it should be brief. What it throws goes to the thread's handler of uncaught exceptions.
   */
  public LiveOptions listener(Consumer<LiveState> told) {
    return new LiveOptions(
        checkInterval, verified, acceptance, Objects.requireNonNull(told, "told"), oldEditionCount);
  }

  /**
   * How many old editions may stay mapped until the garbage collector comes by itself. When a
   * switch leaves more, it asks for a collection ({@link System#gc}): a reader that allocates
   * nothing would otherwise hold on to the disk space of every edition that it has seen. {@link
   * Integer#MAX_VALUE} never asks; 0 asks at every switch.
   *
   * @param count from 0
   */
  public LiveOptions oldEditions(int count) {
    if (count < 0) {
      throw new IllegalArgumentException(
          "the number of old editions must not be negative: count=" + count);
    }
    return new LiveOptions(checkInterval, verified, acceptance, listener, count);
  }

  Duration checkInterval() {
    return checkInterval;
  }

  boolean verified() {
    return verified;
  }

  Predicate<AlmanacInfo> acceptance() {
    return acceptance;
  }

  Consumer<LiveState> listener() {
    return listener;
  }

  int oldEditionCount() {
    return oldEditionCount;
  }
}
