package dev.almanac.workers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The parent's end of one worker: its lines arrive in a queue that all workers share. Belongs to
 * the experiment's thread.
 */
final class WorkerProcess {
  private static final int KEPT_ERROR_CHARS = 2_000;
  private static final long EXIT_MILLIS = 5_000;

  /** A line that a worker wrote, or null after its last. */
  record Line(WorkerProcess worker, @Nullable String text) {}

  final int index;

  /** The processes to measure: this one, and any that it forked. */
  final List<Long> pids = new ArrayList<>();

  WorkerProtocol.@Nullable Outcome outcome;
  long nanos;

  /** Bytes of the protocol that it wrote between {@code go} and {@code exit}. */
  long protocolBytes;

  private final Process process;
  private final Thread outputReader;
  private final Thread errorReader;
  private final StringBuilder error = new StringBuilder();

  WorkerProcess(int index, List<String> command, BlockingQueue<Line> lines) throws IOException {
    this.index = index;
    process = new ProcessBuilder(command).start();
    pids.add(process.pid());
    outputReader = reader("output", () -> readOutput(lines));
    errorReader = reader("error", this::readError);
  }

  private Thread reader(String name, Runnable task) {
    Thread thread = new Thread(task, "worker-" + index + "-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void readOutput(BlockingQueue<Line> lines) {
    try (BufferedReader reader = process.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(new Line(this, line));
      }
    } catch (IOException e) {
      // The process was killed while it was read: the same as its end.
    }
    lines.add(new Line(this, null));
  }

  private void readError() {
    try (InputStream stream = process.getErrorStream();
        InputStreamReader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
      char[] chars = new char[512];
      for (int count = reader.read(chars); count >= 0; count = reader.read(chars)) {
        synchronized (error) {
          error.append(chars, 0, count);
          // The last words say why it ended.
          error.delete(0, Math.max(0, error.length() - KEPT_ERROR_CHARS));
        }
      }
    } catch (IOException e) {
      // As above.
    }
  }

  void send(String word) throws IOException {
    OutputStream input = process.getOutputStream();
    try {
      input.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
      input.flush();
    } catch (IOException e) {
      throw failed("a worker must listen until it is told to exit", "");
    }
  }

  /** An exception that says which rule this worker broke, how it ended and what it last said. */
  WorkerFailedException failed(String rule, String findings) {
    String ending = "running";
    try {
      if (process.waitFor(500, TimeUnit.MILLISECONDS)) {
        errorReader.join(500);
        ending = Integer.toString(process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String said;
    synchronized (error) {
      said = error.toString().strip();
    }
    return new WorkerFailedException(
        rule
            + ": "
            + (findings.isEmpty() ? "" : findings + " ")
            + "worker="
            + index
            + " pid="
            + process.pid()
            + " exit="
            + ending
            + (said.isEmpty() ? "" : " stderr=" + said));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Tells it to exit, and waits a moment for that. */
  void end() throws IOException, InterruptedException {
    send(WorkerProtocol.EXIT);
    if (!process.waitFor(EXIT_MILLIS, TimeUnit.MILLISECONDS)) {
      throw failed("a worker must end when it is told to", "limitMillis=" + EXIT_MILLIS);
    }
    if (process.exitValue() != 0) {
      throw failed("a worker must end with status 0", "");
    }
    outputReader.join();
  }

  /** Ends it whatever it does, and what it forked. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
