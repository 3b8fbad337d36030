package dev.almanac.cli;

import dev.almanac.build.BuildProgress;
import dev.almanac.report.Figures;
import java.io.PrintStream;
import java.time.Duration;

/** Shows how far a build is: a bar that moves on a terminal, a line every few seconds elsewhere. */
final class ProgressLine implements BuildProgress, AutoCloseable {
  private static final int BAR_COLUMNS = 30;
  private static final long TERMINAL_MILLIS = 100;
  private static final long LOG_MILLIS = 5_000;

  private final PrintStream output;
  private final boolean terminal;
  private final long started = System.nanoTime();
  private long shown = started;
  private boolean barShown;
  private boolean closed;

  /** On standard error. */
  ProgressLine() {
    this(System.err, StandardOutput.errorIsTerminal());
  }

  ProgressLine(PrintStream output, boolean terminal) {
    this.output = output;
    this.terminal = terminal;
  }

  @Override
  public synchronized void at(String phase, long done, long total) {
    long now = System.nanoTime();
    if (closed
        || now - shown < Duration.ofMillis(terminal ? TERMINAL_MILLIS : LOG_MILLIS).toNanos()) {
      return;
    }
    shown = now;
    String time = Figures.duration(Duration.ofNanos(now - started));
    if (terminal) {
      output.print("\r" + bar(done, total) + "  " + phase + "  " + time + "\u001b[K");
      output.flush();
      barShown = true;
    } else {
      output.println("almanac: " + phase + " " + part(done, total) + " after " + time);
    }
  }

  private static String bar(long done, long total) {
    int filled = total <= 0 ? 0 : (int) Math.min(BAR_COLUMNS, (double) done / total * BAR_COLUMNS);
    return "[" + "#".repeat(filled) + ".".repeat(BAR_COLUMNS - filled) + "] " + part(done, total);
  }

  private static String part(long done, long total) {
    return total <= 0 ? Figures.count(done) : Math.min(100, (int) (100.0 * done / total)) + "%";
  }

  /** Wipes the bar. */
  @Override
  public synchronized void close() {
    closed = true;
    if (barShown) {
      output.print("\r\u001b[K");
      output.flush();
      barShown = false;
    }
  }
}
