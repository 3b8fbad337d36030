package dev.almanac;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.build.AlmanacBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What tests need to run a program as a JVM of its own that has the library's jars. */
final class Application {
  /** The flags that let Chronicle Map run in the application's own JVM, as an argument file. */
  static final String CHRONICLE_FLAGS =
      "@"
          + Path.of("src/main/resources/dev/almanac/build/chronicle/chronicle.flags")
              .toAbsolutePath();

  /**
   * Libraries of the tests, or optional ones, which an application with the one dependency does not
   * get.
   */
  private static final Pattern NOT_AN_APPLICATIONS =
      Pattern.compile(
          ".*(test-classes|junit|jqwik|opentest4j|apiguardian|jspecify|slf4j-nop|/h2/|fastcsv|postgresql|sqlite|duckdb|zstd|"
              + "surefire|failsafe).*");

  private static final List<String> OPTIONS_FROM_OUTSIDE =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private Application() {}

  /** How a program ended, and what it printed. */
  record Result(int status, String out, String errors) {}

  static Path readerJar() {
    return jarOf(Almanac.class);
  }

  static Path builderJar() {
    return jarOf(AlmanacBuilder.class);
  }

  private static Path jarOf(Class<?> type) {
    Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    assertTrue(
        jar.toString().endsWith(".jar"), () -> "the tests must run against the jar: found=" + jar);
    return jar;
  }

  /** The library's two jars and what they depend on. */
  static List<Path> libraries() {
    return Stream.concat(
            Stream.of(readerJar().toString(), builderJar().toString()),
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)))
        .filter(entry -> entry.endsWith(".jar") && !NOT_AN_APPLICATIONS.matcher(entry).matches())
        .distinct()
        .map(Path::of)
        .toList();
  }

  static String classPath(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  static Path thisJava() {
    return Path.of(System.getProperty("java.home"));
  }

  static Path otherJava(int feature) throws IOException {
    Path parent = Path.of("/usr/lib/jvm");
    List<Path> found = List.of();
    if (Files.isDirectory(parent)) {
      try (Stream<Path> homes = Files.list(parent)) {
        found = homes.filter(home -> isJdk(home, feature)).sorted().toList();
      }
    }
    assumeTrue(!found.isEmpty(), "needs a JDK " + feature + " under " + parent);
    return found.get(0);
  }

  private static boolean isJdk(Path home, int feature) {
    try {
      return Files.exists(home.resolve("bin/javac"))
          && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + feature);
    } catch (IOException e) {
      return false;
    }
  }

  /** Compiles programs for Java 17, with every warning an error. */
  static void compile(Path to, List<String> options, Path... sources) {
    List<String> arguments =
        new ArrayList<>(List.of("--release", "17", "-Xlint:all", "-Werror", "-d", to.toString()));
    arguments.addAll(options);
    for (Path source : sources) {
      arguments.add(source.toString());
    }
    tool("javac", arguments);
  }

  /** Runs a tool of this JDK, which must succeed. */
  static void tool(String name, List<String> arguments) {
    assertEquals(
        0,
        ToolProvider.findFirst(name)
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new)),
        name);
  }

  static String launcher(Path javaHome) {
    return javaHome.resolve("bin/java").toString();
  }

  /** Starts a command that prints to the files {@code out} and {@code errors} of a folder. */
  static Process start(Path folderOfOutput, Path workingFolder, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workingFolder.toFile())
            .redirectOutput(folderOfOutput.resolve("out").toFile())
            .redirectError(folderOfOutput.resolve("errors").toFile());
    builder.environment().keySet().removeAll(OPTIONS_FROM_OUTSIDE);
    return builder.start();
  }

  /** Waits for the end of what {@link #start} started. */
  static Result result(Process process, Path folderOfOutput) throws Exception {
    if (!process.waitFor(300, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("a program must end: " + process.info().commandLine());
    }
    return new Result(
        process.exitValue(),
        Files.readString(folderOfOutput.resolve("out"), UTF_8),
        Files.readString(folderOfOutput.resolve("errors"), UTF_8));
  }
}
