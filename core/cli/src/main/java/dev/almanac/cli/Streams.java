package dev.almanac.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What a command reads and writes.
 *
 * @param in rows and IDs
 * @param out results; unbuffered
 * @param err progress, counts and errors
 */
record Streams(InputStream in, OutputStream out, PrintStream err) {
  /** Those of the process, in UTF-8 whatever the locale. */
  static Streams standard() {
    return new Streams(
        StandardInput.stream(),
        StandardOutput.stream(),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
  }

  /** The command at the root, which has the streams of all. */
  interface Owner {
    Streams streams();
  }

  /** Those of a command. */
  static Streams of(CommandSpec command) {
    return ((Owner) command.root().userObject()).streams();
  }

  /** Prints a result. */
  void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Prints a message, one line. */
  void say(String message) {
    err.println("almanac: " + message);
  }
}
