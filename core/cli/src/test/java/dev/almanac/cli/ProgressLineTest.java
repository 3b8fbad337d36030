package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  @Test
  void aTerminalSeesABarThatIsWipedAtTheEnd() throws Exception {
    try (ProgressLine line =
        new ProgressLine(new PrintStream(output, true, StandardCharsets.UTF_8), true)) {
      Thread.sleep(150);
      line.at("read", 50, 200);
    }
    String shown = output.toString(StandardCharsets.UTF_8);
    assertTrue(
        shown.matches("\r\\[#{7}\\.{23}] 25%  read  0\\.\\d\\d s\u001b\\[K\r\u001b\\[K"), shown);
  }

  @Test
  void aBarIsNotDrawnForEveryCall() throws Exception {
    try (ProgressLine line =
        new ProgressLine(new PrintStream(output, true, StandardCharsets.UTF_8), true)) {
      Thread.sleep(150);
      for (int i = 0; i < 1_000; i++) {
        line.at("read", i, -1);
      }
    }
    assertTrue(output.toString(StandardCharsets.UTF_8).chars().filter(c -> c == '[').count() < 20);
  }

  @Test
  void aQuickBuildSaysNothingWhereThereIsNoTerminal() {
    try (ProgressLine line =
        new ProgressLine(new PrintStream(output, true, StandardCharsets.UTF_8), false)) {
      line.at("read", 50, 200);
    }
    assertEquals("", output.toString(StandardCharsets.UTF_8));
  }
}
