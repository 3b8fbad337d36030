package dev.almanac.cli;

import dev.almanac.build.BuildProgress;
import dev.almanac.report.Figures;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Shows how far a build is, as a whole: a bar that moves on a terminal, a line every few seconds
 * elsewhere. The bar fits 40 columns.
 */
final class ProgressLine implements BuildProgress, AutoCloseable {
  private static final int BAR_COLUMNS = 10;
  private static final long TERMINAL_MILLIS = 100;
  private static final long LOG_MILLIS = 5_000;

  /** Below this part of a build, the time left is a guess that would jump. */
  private static final double GUESSABLE = 0.03;

  /**
   * Where each phase begins in the time of a whole build, in percent: a rough guess, not measured
   * figures. Only the bar and the time left depend on it.
   */
  private static final Map<String, Share> SHARES =
      Map.of(
          "read", new Share(0, 60),
          "merge", new Share(60, 75),
          "sort", new Share(60, 75),
          "plan", new Share(75, 77),
          "create", new Share(77, 80),
          "write", new Share(80, 88),
          "seal", new Share(88, 92),
          "check", new Share(92, 99),
          "publish", new Share(99, 100));

  private final PrintStream output;
  private final boolean terminal;
  private final LongSupplier clock;
  private final long started;
  private final Thread interruption = new Thread(this::endLine, "progress-end");
  private long shown;
  private int columns;

  /** The highest part that was shown: a bar does not go back. */
  private double reached;

  private boolean closed;

  private record Share(int from, int to) {}

  private ProgressLine(PrintStream output, boolean terminal) {
    this(output, terminal, System::nanoTime);
    Runtime.getRuntime().addShutdownHook(interruption);
  }

  /**
   * For tests: a clock that they can set.
   *
   * @param terminal whether a line can be drawn over itself
   */
  ProgressLine(PrintStream output, boolean terminal, LongSupplier clock) {
    this.output = output;
    this.terminal = terminal;
    this.clock = clock;
    started = clock.getAsLong();
    shown = started;
  }

  /** On standard error, unless nothing but errors is wanted. */
  static ProgressLine on(PrintStream errors, boolean quiet) {
    return new ProgressLine(
        quiet ? new PrintStream(OutputStream.nullOutputStream()) : errors,
        StandardOutput.errorIsTerminal() && !"dumb".equals(System.getenv("TERM")));
  }

  /** Whether the bar knows how long this phase takes. */
  static boolean knows(String phase) {
    return SHARES.containsKey(phase);
  }

  @Override
  public synchronized void at(String phase, long done, long total) {
    long now = clock.getAsLong();
    if (closed
        || now - shown < Duration.ofMillis(terminal ? TERMINAL_MILLIS : LOG_MILLIS).toNanos()) {
      return;
    }
    shown = now;
    Duration elapsed = Duration.ofNanos(now - started);
    double part = part(phase, done, total);
    if (terminal) {
      draw(bar(part) + "  " + phase + "  " + left(part, elapsed));
    } else {
      output.println(
          "almanac: "
              + phase
              + ", "
              + (part < 0 ? Figures.bytes(done) + " read" : percent(part) + " of the build")
              + " after "
              + Figures.duration(elapsed));
    }
  }

  /** The part of the build that is done, from 0 to 1, or -1 where the input has no known end. */
  private double part(String phase, long done, long total) {
    Share share = SHARES.get(phase);
    if (share == null) {
      return reached;
    }
    if (total <= 0 && phase.equals("read")) {
      return -1;
    }
    double ofPhase = total <= 0 ? 0 : Math.min(1, (double) done / total);
    reached = Math.max(reached, (share.from + ofPhase * (share.to - share.from)) / 100);
    return reached;
  }

  private static String bar(double part) {
    int filled = (int) (Math.max(0, part) * BAR_COLUMNS);
    return "["
        + "#".repeat(filled)
        + ".".repeat(BAR_COLUMNS - filled)
        + "] "
        + (part < 0 ? "" : percent(part));
  }

  private static String percent(double part) {
    return (int) (100 * part) + "%";
  }

  private static String left(double part, Duration elapsed) {
    if (part < GUESSABLE) {
      return Figures.duration(elapsed);
    }
    long seconds = Math.round(elapsed.toMillis() / 1e3 * (1 - part) / part);
    return (seconds < 100 ? seconds + " s" : Math.round(seconds / 60.0) + " min") + " left";
  }

  /** Draws over what is there, with blanks rather than with a terminal's codes. */
  private void draw(String line) {
    output.print("\r" + line + " ".repeat(Math.max(0, columns - line.length())));
    output.flush();
    columns = line.length();
  }

  /** Leaves the bar as it is, and the line to whatever the shell prints next. */
  synchronized void endLine() {
    if (columns > 0) {
      output.println();
      output.flush();
    }
    closed = true;
  }

  /** Wipes the bar. */
  @Override
  public void close() {
    synchronized (this) {
      if (columns > 0) {
        draw("");
        output.print("\r");
        output.flush();
      }
      columns = 0;
      closed = true;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(interruption);
    } catch (IllegalStateException e) {
      // The JVM is ending.
    }
  }
}
