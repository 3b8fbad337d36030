package dev.almanac.build.write;

import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must be told in the order of the input although several threads read it: which line a row
 * stands in, which bad row is the first, and the rejects file. Splits report when they end; each is
 * settled as soon as all before it are.
 *
 * <p>{@code BadRowPolicy.fail()} is no case of its own: it is a limit of no bad rows.
 */
final class InputLedger implements Closeable {
  private final BadRowPolicy policy;
  private final @Nullable Writer rejects;
  private final Map<BadRowReason, Long> countByReason = new EnumMap<>(BadRowReason.class);
  private final Map<Long, Ended> waiting = new HashMap<>();
  private final List<String> sources = new ArrayList<>();
  private int[] sourceOfSplit = new int[64];
  private long[] firstLines = new long[64];
  private int settledCount;
  private long nextLine = 1;
  private long badCount;
  private volatile @Nullable RefusedRowException refusal;

  InputLedger(BadRowPolicy policy) throws IOException {
    this.policy = policy;
    Path file = policy.rejectsFile().orElse(null);
    this.rejects = file == null ? null : Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }

  /** One bad row of a split. */
  record Bad(int line, BadRowReason reason, String found, String row) {}

  /**
   * A split that has ended: its lines, as {@link dev.almanac.build.RowSink} has them, and its bad
   * rows.
   */
  record Ended(String source, long firstLine, long lineCount, List<Bad> bads) {}

  /** A split has ended. */
  synchronized void ended(long split, Ended ended) throws IOException {
    if (split < settledCount || waiting.putIfAbsent(split, ended) != null) {
      throw new IllegalStateException(
          "the splits of a source must have numbers of their own: split="
              + split
              + ", source="
              + ended.source);
    }
    for (Ended next = waiting.remove((long) settledCount);
        next != null;
        next = waiting.remove((long) settledCount)) {
      settle(next);
    }
  }

  private void settle(Ended split) throws IOException {
    if (settledCount == firstLines.length) {
      firstLines = Arrays.copyOf(firstLines, 2 * settledCount);
      sourceOfSplit = Arrays.copyOf(sourceOfSplit, 2 * settledCount);
    }
    if (sources.isEmpty() || !sources.get(sources.size() - 1).equals(split.source)) {
      if (split.firstLine == 0) {
        throw new IllegalStateException(
            "the first split of a source must have a first line: split="
                + settledCount
                + ", source="
                + split.source);
      }
      sources.add(split.source);
    }
    long firstLine = split.firstLine > 0 ? split.firstLine : nextLine;
    firstLines[settledCount] = firstLine;
    sourceOfSplit[settledCount] = sources.size() - 1;
    settledCount++;
    nextLine = firstLine + split.lineCount;
    for (Bad bad : split.bads) {
      settle(bad, split.source, firstLine + bad.line);
    }
  }

  private void settle(Bad bad, String source, long line) throws IOException {
    if (refusal != null) {
      return;
    }
    if (badCount == policy.limitCount()) {
      String rule = bad.reason.rule() + ": " + bad.found;
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
    countByReason.merge(bad.reason, 1L, Long::sum);
    if (rejects != null) {
      rejects.write(source + '\t' + line + '\t' + bad.reason + '\t' + oneLine(bad.row) + '\n');
    }
  }

  /** A quoted row can hold line breaks, and the rejects file has a line for each row. */
  private static String oneLine(String row) {
    StringBuilder line = new StringBuilder(row.length());
    row.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                  if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                    // Half of a pair has no UTF-8.
                    line.append(String.format("\\u%04x", c));
                  } else {
                    line.appendCodePoint(c);
                  }
                }
              }
            });
    return line.toString();
  }

  /** Whether a row was refused, so that reading on is of no use. */
  boolean refused() {
    return refusal != null;
  }

  /**
   * Throws the refusal, if there was one. All splits that were begun must have ended: what waits
   * behind a gap was never looked at.
   */
  synchronized void throwIfRefused() throws RefusedRowException {
    if (refusal != null) {
      throw refusal;
    }
    if (!waiting.isEmpty()) {
      long next = Collections.min(waiting.keySet());
      throw new IllegalStateException(
          "the numbers of a source's splits must have no gap: missing="
              + settledCount
              + " next="
              + next
              + ", source="
              + waiting.get(next).source);
    }
  }

  /** How many bad rows may be kept for one split: those beyond are as good as the first beyond. */
  long limitCount() {
    return policy.limitCount();
  }

  /** The bad rows left out, by reason. */
  synchronized Map<BadRowReason, Long> rejects() {
    return new EnumMap<>(countByReason);
  }

  /** The source and the line of a row, for a message. */
  synchronized RefusedRowException refuse(String ruleAndFindings, long position) {
    return new RefusedRowException(ruleAndFindings, source(position), line(position));
  }

  synchronized String source(long position) {
    return sources.get(sourceOfSplit[RowPosition.split(position)]);
  }

  synchronized long line(long position) {
    return firstLines[RowPosition.split(position)] + RowPosition.line(position);
  }

  @Override
  public void close() throws IOException {
    if (rejects != null) {
      rejects.close();
    }
  }
}
