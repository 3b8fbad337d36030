package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the built jar as a user does, in a process of its own. */
final class AlmanacJar {
  private static final long LIMIT_SECONDS = 300;

  /**
   * The classes of the jar as a process has loaded them, which those that follow map in place of
   * loading them again: half of a start, and nothing else (class data sharing).
   */
  private static final Path CLASSES = Path.of("target", "almanac-classes.jsa").toAbsolutePath();

  private AlmanacJar() {}

  /** Runs a command; of its errors without the progress that a slow machine gets to see. */
  static InProcess.Result run(Object... arguments) throws IOException, InterruptedException {
    return runWithInput(new byte[0], arguments);
  }

  static InProcess.Result runWithInput(String input, Object... arguments)
      throws IOException, InterruptedException {
    return runWithInput(input.getBytes(StandardCharsets.UTF_8), arguments);
  }

  static InProcess.Result runWithInput(byte[] input, Object... arguments)
      throws IOException, InterruptedException {
    Path error = Files.createTempFile("almanac-it-", ".err");
    Path output = Files.createTempFile("almanac-it-", ".out");
    try {
      Process process =
          new ProcessBuilder(command(arguments))
              .redirectError(error.toFile())
              .redirectOutput(output.toFile())
              .start();
      try (OutputStream stream = process.getOutputStream()) {
        stream.write(input);
      } catch (IOException e) {
        // It ended without reading all of its input.
      }
      awaitEnd(process, arguments);
      return new InProcess.Result(
          process.exitValue(),
          Files.readAllBytes(output),
          Files.readString(error).replaceAll("(?m)^almanac: \\w+, .* after .*\n", ""));
    } finally {
      Files.delete(error);
      Files.delete(output);
    }
  }

  private static void awaitEnd(Process process, Object... arguments)
      throws IOException, InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("a command must end: arguments=" + Arrays.toString(arguments));
    }
  }

  /** Made by the first command that is run. */
  private static final class SharedClasses {
    static final String FLAG = leave();

    private SharedClasses() {}

    /** Lets the demo, which does a bit of everything, leave its classes behind. */
    private static String leave() {
      try {
        Files.deleteIfExists(CLASSES);
        Process process =
            new ProcessBuilder(
                    commandWith(
                        "-XX:ArchiveClassesAtExit=" + CLASSES,
                        "demo",
                        "--rows",
                        1_000,
                        "--processes",
                        1))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        awaitEnd(process);
        assertEquals(ExitStatus.DONE, process.exitValue());
      } catch (IOException | InterruptedException e) {
        throw new ExceptionInInitializerError(e);
      }
      // Not every JVM can.
      return Files.exists(CLASSES) ? "-XX:SharedArchiveFile=" + CLASSES : "-Xshare:auto";
    }
  }

  static List<String> command(Object... arguments) {
    return commandWith(SharedClasses.FLAG, arguments);
  }

  private static List<String> commandWith(String flag, Object... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                flag,
                // These processes live for a second: compiling well does not pay.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-jar",
                System.getProperty("almanac.jar", "target" + File.separator + "almanac.jar")));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  /** Names of what is in a folder, hidden files included. */
  static SortedSet<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
    }
  }
}
