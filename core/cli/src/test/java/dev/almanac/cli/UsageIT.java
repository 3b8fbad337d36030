package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
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
