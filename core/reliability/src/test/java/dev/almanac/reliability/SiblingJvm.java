package dev.almanac.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program of the tests in a JVM of its own, which is told by lines on its standard input and
 * tells by lines on its standard output.
 */
final class SiblingJvm implements AutoCloseable {
  /** What a sibling said; null for the end of what it says. */
  record Said(SiblingJvm who, String line) {}

  private final Process process;

  private SiblingJvm(Process process) {
    this.process = process;
  }

  /** Starts a program; its lines go to {@code said}, and what it complains of to the test's. */
  static SiblingJvm start(BlockingQueue<Said> said, Class<?> program, Object... arguments)
      throws IOException {
    return start(
        said,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx48m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"),
        program,
        arguments);
  }

  /** The same, with the launcher and the flags to start it with. */
  static SiblingJvm start(
      BlockingQueue<Said> said, List<String> launcher, Class<?> program, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    SiblingJvm sibling =
        new SiblingJvm(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    Thread reader = new Thread(() -> sibling.read(said), "sibling-" + sibling.process.pid());
    reader.setDaemon(true);
    reader.start();
    return sibling;
  }

  private void read(BlockingQueue<Said> said) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        said.add(new Said(this, line));
      }
    } catch (IOException e) {
      // The end of a process that was killed.
    }
    said.add(new Said(this, null));
  }

  /** The next thing that any of the siblings of this queue says. */
  static Said next(BlockingQueue<Said> said) throws InterruptedException {
    Said next = said.poll(300, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("a sibling must say something within 300 s");
    }
    return next;
  }

  void tell(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
