package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An output that takes nothing: nobody reads it any more, or its disk is full. */
class ClosedOutputTest {
  @TempDir static Path folder;
  private static Path file;
  private static Path other;

  private int writes;

  @BeforeAll
  static void build() throws IOException {
    file = SampleFile.build(Map.of("1", "2024-02-29"), folder.resolve("dates.almanac"));
    other = SampleFile.build(Map.of("1", "2024-03-01"), folder.resolve("other.almanac"));
  }

  private InProcess.Result run(String command, IOException failure) {
    OutputStream output =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            writes++;
            throw failure;
          }
        };
    String[] words = command.replace("FILE", file.toString()).split(" ", -1);
    return InProcess.run(InputStream.nullInputStream(), output, (Object[]) words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get FILE 1",
        "dump FILE",
        "info FILE FILE",
        "verify --json FILE FILE",
        "diff FILE OTHER",
        "diff --json FILE OTHER"
      })
  void aCommandEndsQuietlyWhenNobodyReadsItAndSaysWhatElseFails(String command) {
    String words = command.replace("OTHER", other.toString());
    InProcess.Result closed = run(words, new ClosedOutputException(new IOException("Broken pipe")));
    assertEquals("", closed.error());
    assertEquals(ExitStatus.DONE, closed.status());
    assertEquals(1, writes, "nothing more is tried");
    InProcess.Result full = run(words, new IOException("the disk is full"));
    assertEquals(ExitStatus.FAILED, full.status());
    assertTrue(full.error().startsWith("almanac: the disk is full\n"), full.error());
  }

  @Test
  void aStackTraceIsPrintedOnDemand() {
    Path missing = folder.resolve("missing");
    String message = InProcess.run("info", missing).refusal(ExitStatus.FAILED);
    String trace = InProcess.run("info", missing, "--stacktrace").error();
    assertTrue(trace.startsWith("java.nio.file.NoSuchFileException: "), trace);
    assertTrue(trace.contains("\n\tat "), trace);
    assertTrue(trace.endsWith("\nalmanac: " + message + "\n"), trace);
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    String version = InProcess.run("--version").done().output();
    assertTrue(version.startsWith("almanac "), version);
    assertEquals(1, version.lines().count());
  }
}
