package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageIT {
  private static final List<String> COMMANDS =
      List.of(
          "build", "get", "join", "dump", "diff", "info", "verify", "workers", "demo", "generate");

  @TempDir Path folder;

  @Test
  void wrongArgumentsEndWithTheirStatusAndOneLine() throws Exception {
    assertEquals(
        "Missing required parameter: 'FILE'; see 'almanac info --help'",
        AlmanacJar.run("info").refusal(ExitStatus.USAGE));
  }

  @Test
  void helpGoesToStandardOutput() throws Exception {
    assertTrue(
        AlmanacJar.run("build", "--help").done().output().startsWith("Usage: almanac build"));
  }

  @Test
  void theVersionIsThatOfTheBuild() throws Exception {
    assertTrue(
        AlmanacJar.run("--version").done().output().matches("almanac \\d+\\.\\d+\\.\\d+\\S*\n"));
  }

  /** The builder's list of flags, so that a build needs no JVM beside this one. */
  @Test
  void theManifestOpensWhatTheBuilderAsksFor() throws Exception {
    List<String> expected =
        Files.readAllLines(
            Path.of("../builder/src/main/resources/dev/almanac/build/chronicle/chronicle.flags"));
    List<String> found = new ArrayList<>();
    try (JarFile jar = new JarFile(System.getProperty("almanac.jar"))) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      for (String kind : List.of("Add-Opens", "Add-Exports")) {
        for (String opened : manifest.getValue(kind).split(" ", -1)) {
          found.add("--" + kind.toLowerCase(Locale.ROOT) + "=" + opened + "=ALL-UNNAMED");
        }
      }
    }
    assertEquals(new TreeSet<>(expected), new TreeSet<>(found));
  }

  @Test
  void theCompletionScriptIsOneThatBashReads() throws Exception {
    String script = AlmanacJar.run("generate-completion").done().output();
    for (String command : COMMANDS) {
      assertTrue(script.contains("_picocli_almanac_" + command), command);
    }
    Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
    bash.getOutputStream().write(script.getBytes());
    bash.getOutputStream().close();
    assertEquals("", new String(bash.getInputStream().readAllBytes()));
    assertEquals(0, bash.waitFor());
  }

  @Test
  void aStackTraceIsShownOnDemandAlone() throws Exception {
    Path missing = folder.resolve("missing");
    String refusal = AlmanacJar.run("info", missing).refusal(ExitStatus.FAILED);
    assertEquals("there is no such file, path=" + missing + ", given as FILE", refusal);
    assertTrue(AlmanacJar.run("info", missing, "--stacktrace").error().contains("\tat "));
  }
}
