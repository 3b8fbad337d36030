package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Runs a command in this process, with streams of its own. */
final class InProcess {
  private InProcess() {}

  /** What a command printed, and how it ended. */
  record Result(int status, byte[] outputBytes, String error) {
    String output() {
      return new String(outputBytes, UTF_8);
    }

    /** The one JSON object that it printed, on one line; whole numbers are {@code Long}s. */
    @SuppressWarnings("unchecked")
    Map<String, Object> json() {
      assertEquals(1, output().lines().count(), output());
      return new GsonBuilder()
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .create()
          .fromJson(output(), Map.class);
    }

    /** Checks that it is done and said nothing on standard error. */
    Result done() {
      assertEquals("", error);
      assertEquals(ExitStatus.DONE, status);
      return this;
    }

    /** Checks that it failed with that status and one line, and returns the line's message. */
    String refusal(int expectedStatus) {
      assertEquals(expectedStatus, status, error);
      assertEquals(1, error.lines().count(), error);
      assertEquals("almanac: ", error.substring(0, Math.min(error.length(), 9)));
      return error.strip().substring("almanac: ".length());
    }
  }

  static Result run(Object... arguments) {
    return runWithInput("", arguments);
  }

  static Result runWithInput(String input, Object... arguments) {
    return runWithInput(input.getBytes(UTF_8), arguments);
  }

  static Result runWithInput(byte[] input, Object... arguments) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    return run(new ByteArrayInputStream(input), output, arguments);
  }

  /** Standard output goes to {@code output} as well. */
  static Result run(InputStream input, OutputStream output, Object... arguments) {
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    CommandLine commandLine =
        AlmanacCommand.commandLine(new Streams(input, output, new PrintStream(error, true, UTF_8)));
    ByteArrayOutputStream help = new ByteArrayOutputStream();
    commandLine.setOut(new PrintWriter(help, true, UTF_8));
    int status =
        commandLine.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    if (output instanceof ByteArrayOutputStream results) {
      results.writeBytes(help.toByteArray());
      return new Result(status, results.toByteArray(), error.toString(UTF_8));
    }
    return new Result(status, new byte[0], error.toString(UTF_8));
  }
}
