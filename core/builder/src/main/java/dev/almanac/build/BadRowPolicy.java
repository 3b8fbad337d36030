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
  private static final BadRowPolicy FAIL = new BadRowPolicy(false, null, 0);

  private final boolean skips;
  private final @Nullable Path rejectsFile;
  private final long limitCount;

  private BadRowPolicy(boolean skips, @Nullable Path rejectsFile, long limitCount) {
    this.skips = skips;
    this.rejectsFile = rejectsFile;
    this.limitCount = limitCount;
  }

  /**
   * The first bad row, in the order of the input, stops the build with a {@link
   * RefusedRowException}. The default.
   */
  public static BadRowPolicy fail() {
    return FAIL;
  }

  /** Bad rows are left out and counted by reason in {@link BuildReport#rejects()}. */
  public static BadRowPolicy skip() {
    return new BadRowPolicy(true, null, Long.MAX_VALUE);
  }

  /**
   * As {@link #skip()}, and each bad row is written to {@code rejectsFile} as {@code
   * file<TAB>line<TAB>reason<TAB>row}, in the order of the input. Tabs, line breaks and backslashes
   * in the row are written as in Java. The file is replaced when the build publishes its result, or
   * throws a {@link BuildException}; it is empty when every row was good. If it cannot be written,
   * the build fails and both old files stay. It must not be an input or the target. A device or a
   * pipe is written directly.
   */
  public static BadRowPolicy skip(Path rejectsFile) {
    return new BadRowPolicy(
        true, Objects.requireNonNull(rejectsFile, "rejectsFile"), Long.MAX_VALUE);
  }

  /**
   * The same policy, but more than {@code limitCount} bad rows stop the build after all.
   *
   * @throws IllegalArgumentException if {@code limitCount} is negative
   * @throws IllegalStateException if this is {@link #fail()}, whose limit is none
   */
  public BadRowPolicy atMost(long limitCount) {
    if (limitCount < 0) {
      throw new IllegalArgumentException(
          "the limit of bad rows must not be negative: limitCount=" + limitCount);
    }
    if (!skips) {
      throw new IllegalStateException(
          "only skip() takes a limit of bad rows; fail() stops at the first");
    }
    return new BadRowPolicy(true, rejectsFile, limitCount);
  }

  /** Whether bad rows are left out rather than fatal. */
  public boolean skips() {
    return skips;
  }

  /** Where bad rows are written, if anywhere. */
  public Optional<Path> rejectsFile() {
    return Optional.ofNullable(rejectsFile);
  }

  /** How many bad rows are tolerated; 0 for {@link #fail()}. */
  public long limitCount() {
    return limitCount;
  }
}
