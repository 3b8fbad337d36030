package dev.almanac.build.choice;

import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.workspace.Percent;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is reported in the order of the input although several threads read it: the line of a row,
 * the first bad row, and the rejects file. A split reports when it ends. It is settled as soon as
 * all splits before it are.
 *
 * <p>{@code BadRowPolicy.fail()} is not a special case: its limit is 0 bad rows.
 */
public final class InputLedger implements Closeable {
  private final BadRowPolicy policy;
  private final @Nullable RejectsFile rejects;

  /** For bad rows that wait; null where at most one of a split does. */
  private final @Nullable Spool spool;

  private final Map<BadRowReason, Long> countByReason = new EnumMap<>(BadRowReason.class);
  private final TreeMap<Long, Ended> waiting = new TreeMap<>();
  private final List<String> sources = new ArrayList<>();
  private int[] sourceOfSplit = new int[64];
  private long[] firstLines = new long[64];
  private int settledCount;
  private long nextLine = 1;
  private long badCount;

  /** The first bad row, with its rule, where the limit depends on the number of rows. */
  private @Nullable FirstBad firstBad;

  private volatile @Nullable RefusedRowException refusal;

  /** Why a thread read no further. It comes after all splits that have ended. */
  private volatile @Nullable Exception failure;

  public InputLedger(BadRowPolicy policy, Workspace workspace) throws IOException {
    this.policy = policy;
    this.rejects =
        policy.rejectsFile().isPresent() ? new RejectsFile(policy.rejectsFile().get()) : null;
    try {
      this.spool =
          policy.skips() && isListed() ? new Spool(workspace.spoolFile("bad-rows"), 1) : null;
    } catch (IOException e) {
      if (rejects != null) {
        rejects.close();
      }
      throw e;
    }
  }

  /** Without a limit and without a rejects file, bad rows are only counted. */
  private boolean isListed() {
    return rejects != null || policy.limitCount() < Long.MAX_VALUE;
  }

  /** Whether the limit is known only when all rows are. */
  private boolean isLimitRelative() {
    return policy.limitPercent() > 0;
  }

  private record FirstBad(String ruleAndFindings, String source, long line) {}

  private record Ended(SplitLines lines, BadRows.OfSplit bad) {}

  /**
   * Which lines a split is, as {@link dev.almanac.build.RowSink} has them.
   *
   * @param source the file or other source
   * @param firstLine its first line; 0 where it follows the split before
   * @param lineCount how many it has
   */
  record SplitLines(String source, long firstLine, long lineCount) {}

  /** A place for the bad rows of a thread. */
  BadRows badRows() {
    return new BadRows(isListed(), spool);
  }

  /** A split has ended. Takes its bad rows. */
  synchronized void ended(long split, SplitLines lines, BadRows bad) throws IOException {
    if (split < settledCount || waiting.containsKey(split)) {
      throw new IllegalStateException(
          String.format(
              "the splits of a source must have numbers of their own: split=%s, source=%s",
              split, lines.source));
    }
    if (split > settledCount) {
      waiting.put(split, new Ended(lines, bad.take(true)));
      return;
    }
    settle(lines, bad.take(false));
    for (Ended next = waiting.remove((long) settledCount);
        next != null;
        next = waiting.remove((long) settledCount)) {
      settle(next.lines, next.bad);
    }
  }

  private void settle(SplitLines split, BadRows.OfSplit bad) throws IOException {
    if (settledCount == firstLines.length) {
      int length = (int) Math.min(RowPosition.MAX_SPLIT + 1L, 2L * settledCount);
      firstLines = Arrays.copyOf(firstLines, length);
      sourceOfSplit = Arrays.copyOf(sourceOfSplit, length);
    }
    if (sources.isEmpty() || !sources.get(sources.size() - 1).equals(split.source)) {
      if (split.firstLine == 0) {
        throw new IllegalStateException(
            String.format(
                "the first split of a source must have a first line: split=%s, source=%s",
                settledCount, split.source));
      }
      sources.add(split.source);
    }
    long firstLine = split.firstLine > 0 ? split.firstLine : nextLine;
    firstLines[settledCount] = firstLine;
    sourceOfSplit[settledCount] = sources.size() - 1;
    settledCount++;
    nextLine = firstLine + split.lineCount;
    if (!isListed() || isLimitRelative()) {
      bad.countByReason()
          .forEach(
              (reason, count) -> {
                countByReason.merge(reason, count, Long::sum);
                badCount += count;
              });
    }
    if (isListed()) {
      BadRows.forEach(
          bad,
          spool,
          (line, reason, found, row) -> {
            if (isLimitRelative()) {
              list(split.source, firstLine + line, reason, found, row);
            } else if (refusal == null) {
              settle(split.source, firstLine + line, reason, found, row);
            }
          });
    }
  }

  /** Keeps a bad row that was counted. */
  private void list(String source, long line, BadRowReason reason, String found, byte[] row)
      throws IOException {
    if (firstBad == null) {
      firstBad = new FirstBad(reason.rule() + ": " + found, source, line);
    }
    if (rejects != null) {
      rejects.add(source, line, reason, row);
    }
  }

  private void settle(String source, long line, BadRowReason reason, String found, byte[] row)
      throws IOException {
    if (badCount == policy.limitCount()) {
      String rule = reason.rule() + ": " + found;
      refusal =
          new RefusedRowException(
              badCount == 0
                  ? rule
                  : "bad rows must be at most "
                      + policy.limitCount()
                      + ", and here is one more: "
                      + rule,
              source,
              line);
      return;
    }
    badCount++;
    countByReason.merge(reason, 1L, Long::sum);
    if (rejects != null) {
      rejects.add(source, line, reason, row);
    }
  }

  /**
   * A thread met an {@link IOException} or a {@link RuntimeException}, such as a header that the
   * source refuses, after the splits that the source has given.
   */
  public synchronized void failed(Exception e) {
    if (failure == null) {
      failure = e;
    } else if (failure != e) {
      failure.addSuppressed(e);
    }
  }

  /** Whether a line was refused or a thread failed, so that no further split is needed. */
  public boolean isDecided() {
    return refusal != null || failure != null;
  }

  /**
   * Ends the input, once all splits have ended: throws the refusal of the first refused line, if
   * there is one, or says that there are too many bad rows; else finishes the rejects file, to be
   * published with the result.
   */
  public synchronized void finish(long rowCount) throws IOException {
    if (refusal != null) {
      throw refusal;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof IOException e) {
      throw e;
    }
    long limit = Math.max(policy.limitCount(), Percent.of(rowCount, policy.limitPercent()));
    if (firstBad != null && badCount > limit) {
      throw new RefusedRowException(
          String.format(
              "bad rows must be at most %s, and there are %s of %s (--max-bad-rows, atMost,"
                  + " atMostPercent); the first: %s",
              limit, badCount, rowCount, firstBad.ruleAndFindings),
          firstBad.source,
          firstBad.line);
    }
    Map.Entry<Long, Ended> next = waiting.firstEntry();
    if (next != null) {
      // What waits after a gap was never settled.
      throw new IllegalStateException(
          String.format(
              "the numbers of a source's splits must have no gap: missing=%s next=%s, source=%s",
              settledCount, next.getKey(), next.getValue().lines.source));
    }
    if (rejects != null) {
      rejects.finish();
    }
    if (spool != null) {
      spool.delete();
    }
  }

  /** Gives the rejects file its name. */
  public synchronized void publishRejects() throws IOException {
    if (rejects != null) {
      rejects.publish();
    }
  }

  /**
   * How many bad rows of a split are told apart; those beyond are only counted: they are as good as
   * the first beyond the limit.
   */
  long listedCount() {
    return rejects != null
        ? Long.MAX_VALUE
        : isLimitRelative() ? 1 : Math.min(policy.limitCount(), Long.MAX_VALUE - 1) + 1;
  }

  /** The bad rows left out, by reason. */
  public synchronized Map<BadRowReason, Long> rejects() {
    return new EnumMap<>(countByReason);
  }

  /** The source and the line of a row, for a message. */
  public synchronized RefusedRowException refuse(String ruleAndFindings, long position) {
    return new RefusedRowException(ruleAndFindings, source(position), line(position));
  }

  public synchronized String source(long position) {
    return sources.get(sourceOfSplit[RowPosition.split(position)]);
  }

  public synchronized long line(long position) {
    return firstLines[RowPosition.split(position)] + RowPosition.line(position);
  }

  @Override
  public void close() throws IOException {
    try {
      if (rejects != null) {
        rejects.close();
      }
    } finally {
      if (spool != null) {
        spool.close();
      }
    }
  }
}
