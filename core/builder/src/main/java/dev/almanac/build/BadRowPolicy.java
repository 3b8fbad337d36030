package dev.almanac.build;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a build does with a row that it cannot use: too few columns, an empty or over-long ID,
 * invalid UTF-8, a date that does not parse.
 */
public final class BadRowPolicy {
  /** The default limit: this many bad rows, or 1 percent if that is more. */
  private static final long DEFAULT_COUNT = 10;

  private static final double DEFAULT_PERCENT = 1;

  private static final BadRowPolicy FAIL = new BadRowPolicy(false, null, 0, 0);

  private final boolean skips;
  private final @Nullable Path rejectsFile;
  private final long limitCount;
  private final double limitPercent;

  private BadRowPolicy(
      boolean skips, @Nullable Path rejectsFile, long limitCount, double limitPercent) {
    this.skips = skips;
    this.rejectsFile = rejectsFile;
    this.limitCount = limitCount;
    this.limitPercent = limitPercent;
  }

  /**
   * The first bad row, in the order of the input, stops the build with a {@link
   * RefusedRowException}. The default.
   */
  public static BadRowPolicy fail() {
    return FAIL;
  }

  /**
   * Bad rows are left out and counted by reason in {@link BuildReport#rejects()}. If more than 1
   * percent of all rows and more than 10 rows are bad, the build stops after it has read all rows:
   * a wrong delimiter or date format makes most rows bad. See {@link #atMost}, {@link
   * #atMostPercent}.
   */
  public static BadRowPolicy skip() {
    return new BadRowPolicy(true, null, DEFAULT_COUNT, DEFAULT_PERCENT);
  }

  /**
   * As {@link #skip()}, and each bad row is written to {@code rejectsFile} as {@code
   * file<TAB>line<TAB>reason<TAB>row}, in the order of the input. Tabs, line breaks and backslashes
   * in the row are written as in Java. The file is replaced; it is empty when every row was good.
   */
  public static BadRowPolicy skip(Path rejectsFile) {
    return new BadRowPolicy(
        true, Objects.requireNonNull(rejectsFile, "rejectsFile"), DEFAULT_COUNT, DEFAULT_PERCENT);
  }

  /**
   * The same policy with another limit: more than {@code limitCount} bad rows stop the build
   * immediately. {@link Long#MAX_VALUE} means no limit.
   *
   * @throws IllegalArgumentException if {@code limitCount} is negative
   * @throws IllegalStateException if this is {@link #fail()}, which has no limit
   */
  public BadRowPolicy atMost(long limitCount) {
    if (limitCount < 0) {
      throw new IllegalArgumentException(
          "the limit of bad rows must not be negative: limitCount=" + limitCount);
    }
    requireSkips();
    return new BadRowPolicy(true, rejectsFile, limitCount, 0);
  }

  /**
   * The same policy with a limit in percent of all rows. The build checks it after it has read all
   * rows.
   *
   * @throws IllegalArgumentException if {@code percent} is not from 0 to 100
   * @throws IllegalStateException if this is {@link #fail()}, which has no limit
   */
  public BadRowPolicy atMostPercent(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException(
          "the limit of bad rows must be from 0 to 100 percent: percent=" + percent);
    }
    requireSkips();
    return new BadRowPolicy(true, rejectsFile, 0, percent);
  }

  private void requireSkips() {
    if (!skips) {
      throw new IllegalStateException(
          "only skip() takes a limit of bad rows; fail() stops at the first");
    }
  }

  /** Whether bad rows are left out rather than fatal. */
  public boolean skips() {
    return skips;
  }

  /** Where bad rows are written, if anywhere. */
  public Optional<Path> rejectsFile() {
    return Optional.ofNullable(rejectsFile);
  }

  /** How many bad rows are tolerated whatever the number of rows; 0 for {@link #fail()}. */
  public long limitCount() {
    return limitCount;
  }

  /** What part of all rows may be bad where that is more than {@link #limitCount}; 0 to 100. */
  public double limitPercent() {
    return limitPercent;
  }
}
