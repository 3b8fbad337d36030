package dev.almanac.workers;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/**
 * How a worker process and {@link WorkerExperiment} talk: lines of ASCII over the worker's standard
 * input and output.
 *
 * <pre>{@code
 * worker: ready [PID...]                       opened everything, has not read yet
 * parent: go
 * worker: done LOOKUPS FOUND CHECKSUM NANOS    has read
 * parent: exit                                 measured; now end
 * }</pre>
 *
 * <p>A process that forks its workers lists their process IDs after {@code ready}; they are
 * measured with it, and its {@code done} speaks for all of them. Standard input that ends means
 * that the parent is gone: the worker ends immediately. Standard error is free for messages.
 */
public final class WorkerProtocol {
  static final String READY = "ready";
  static final String GO = "go";
  static final String DONE = "done";
  static final String EXIT = "exit";

  /** The worker's exit status when its parent is gone. */
  private static final int ORPHANED = 75;

  private WorkerProtocol() {}

  /** What a worker does between {@code go} and {@code done}. */
  @FunctionalInterface
  public interface Reading {
    /** Reads, and says what it found. */
    Outcome read() throws IOException;
  }

  /**
   * What a worker found.
   *
   * @param lookupCount lookups
   * @param foundCount those that found something
   * @param checksum a sum over what was found, which does not depend on the order: workers of one
   *     experiment must agree
   */
  public record Outcome(long lookupCount, long foundCount, long checksum) {}

  /**
   * The worker's side: says that it is ready, waits, reads once, says what it found, waits for the
   * end. Returns when the parent says {@code exit}; the process ends on the spot if the parent is
   * gone.
   */
  @SuppressWarnings("UnnecessaryStringBuilder")
  public static void serve(Reading reading) throws IOException, InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch exit = new CountDownLatch(1);
    Thread listener = new Thread(() -> listen(go, exit), "parent-listener");
    listener.setDaemon(true);
    listener.start();
    // Standard output carries the protocol; anything else that prints there would break it.
    OutputStream output = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    say(output, READY);
    go.await();
    long start = System.nanoTime();
    Outcome outcome = reading.read();
    long nanos = System.nanoTime() - start;
    // By hand: the first "+" of a JVM links, and takes a megabyte for it just when memory is
    // measured.
    say(
        output,
        new StringBuilder(100)
            .append(DONE)
            .append(' ')
            .append(outcome.lookupCount)
            .append(' ')
            .append(outcome.foundCount)
            .append(' ')
            .append(outcome.checksum)
            .append(' ')
            .append(nanos)
            .toString());
    exit.await();
  }

  private static void listen(CountDownLatch go, CountDownLatch exit) {
    try (BufferedReader input =
        new BufferedReader(
            new InputStreamReader(
                new FileInputStream(FileDescriptor.in), StandardCharsets.US_ASCII),
            64)) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        if (line.equals(GO)) {
          go.countDown();
        } else if (line.equals(EXIT)) {
          exit.countDown();
          return;
        }
      }
    } catch (IOException e) {
      // As good as the end of the input.
    }
    Runtime.getRuntime().halt(ORPHANED);
  }

  private static void say(OutputStream output, String line) throws IOException {
    output.write(line.concat("\n").getBytes(StandardCharsets.US_ASCII));
  }
}
