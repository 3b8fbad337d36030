package dev.almanac.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;

/** A program of the system, run to its end. */
record Command(int exit, String output) {
  static Command run(String... words) throws IOException {
    return run(List.of(words));
  }

  static Command run(List<String> words) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      return new Command(process.waitFor(), output);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException("a test must not be interrupted: command=" + words, e);
    }
  }

  /** Runs it, and says so if it fails. */
  static String must(String... words) throws IOException {
    Command command = run(words);
    if (command.exit != 0) {
      throw new IOException(
          "a command of a test must succeed: command="
              + List.of(words)
              + " exit="
              + command.exit
              + " output="
              + command.output);
    }
    return command.output;
  }

  /** Why a program cannot be had here, or null. */
  static String missing(String... programs) throws IOException {
    for (String program : programs) {
      if (run("sh", "-c", "command -v " + program).exit != 0) {
        return "the test needs a program that is not here: " + program;
      }
    }
    return null;
  }

  /** Why what only root may do cannot be tried here, or null. */
  static String notRoot() throws IOException {
    return must("id", "-u").trim().equals("0") ? null : "the test needs root";
  }
}
