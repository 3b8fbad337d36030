package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressLineTest {
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong(Duration.ofHours(1).toNanos());

  private ProgressLine line(boolean terminal) {
    return new ProgressLine(
        new PrintStream(output, true, StandardCharsets.UTF_8), terminal, nanos::get);
  }

  private String shown() {
    return output.toString(StandardCharsets.UTF_8);
  }

  private void later(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void aTerminalSeesOneBarForTheWholeBuildAndTheTimeLeft() {
    try (ProgressLine line = line(true)) {
      later(Duration.ofSeconds(30));
      line.at("read", 1, 2);
      later(Duration.ofSeconds(30));
      line.at("sort", 0, 2);
    }
    assertEquals(
        "\r[###.......] 30%  read  70 s left"
            + "\r[######....] 60%  sort  40 s left"
            + "\r"
            + " ".repeat("[######....] 60%  sort  40 s left".length())
            + "\r",
        shown());
  }

  @Test
  void noPartOfABuildGoesBack() {
    int before = -1;
    try (ProgressLine line = line(true)) {
      for (String phase :
          List.of("read", "merge", "sort", "plan", "create", "write", "seal", "check", "publish")) {
        for (int done = 0; done <= 2; done++) {
          output.reset();
          later(Duration.ofSeconds(1));
          line.at(phase, done, 2);
          int percent = Integer.parseInt(shown().replaceAll("(?s).*] (\\d+)%.*", "$1"));
          assertTrue(percent >= before, shown());
          before = percent;
        }
      }
    }
    assertEquals(100, before);
  }

  @Test
  void everyLineFits40Columns() {
    try (ProgressLine line = line(true)) {
      for (String phase : List.of("publish", "read")) {
        for (long total : new long[] {-1, 1_000_000_000}) {
          later(Duration.ofHours(3));
          line.at(phase, 50_000_000, total);
        }
      }
    }
    for (String each : shown().split("\r")) {
      assertTrue(each.length() < 40, each);
    }
  }

  @Test
  void aBarHasNoCodesOfATerminal() {
    try (ProgressLine line = line(true)) {
      later(Duration.ofSeconds(1));
      line.at("read", 1, 2);
    }
    assertTrue(shown().chars().noneMatch(c -> c < ' ' && c != '\r'), shown());
  }

  @Test
  void aBuildThatIsInterruptedEndsItsLine() {
    ProgressLine line = line(true);
    line.endLine();
    assertEquals("", shown());
    line = line(true);
    later(Duration.ofSeconds(1));
    line.at("read", 1, 2);
    line.endLine();
    later(Duration.ofSeconds(1));
    line.at("sort", 1, 2);
    assertTrue(shown().endsWith(" left\n"), shown());
  }

  @Test
  void aBarIsNotDrawnForEveryCall() {
    try (ProgressLine line = line(true)) {
      for (int i = 0; i < 1_000; i++) {
        later(Duration.ofMillis(1));
        line.at("read", i, -1);
      }
    }
    assertEquals(10, shown().chars().filter(c -> c == '[').count());
  }

  @Test
  void aLogGetsALineNowAndThenWithAUnit() {
    try (ProgressLine line = line(false)) {
      line.at("read", 50, 200);
      later(Duration.ofSeconds(6));
      line.at("read", 28_000_000, -1);
      later(Duration.ofSeconds(6));
      line.at("write", 1, 2);
    }
    assertEquals(
        "almanac: read, 28.0 MB read after 6.00 s\nalmanac: write, 84% of the build after 12.0 s\n",
        shown());
  }

  @Test
  void everyPhaseOfABuildIsKnown(@TempDir Path folder) throws Exception {
    Path rows = Files.writeString(folder.resolve("rows.txt"), "1|2024-02-29\nx|2024-03-01\n");
    List<String> unknown = new ArrayList<>();
    BuildReport report =
        AlmanacBuilder.create().build(DelimitedRows.of(rows), folder.resolve("dates.almanac"));
    for (String phase : report.phases().keySet()) {
      if (!ProgressLine.knows(phase)) {
        unknown.add(phase);
      }
    }
    assertEquals(List.of(), unknown);
    assertFalse(ProgressLine.knows("unheard of"));
  }

  @Test
  void aBarIsDrawnAgainAfterATenthOfASecondAndALogLineAfterFive() {
    for (boolean terminal : new boolean[] {true, false}) {
      output.reset();
      Duration interval = terminal ? Duration.ofMillis(100) : Duration.ofSeconds(5);
      ProgressLine line = line(terminal);
      for (int i = 1; i <= 3; i++) {
        later(interval.minusNanos(1));
        line.at("read", i, 10);
        later(Duration.ofNanos(1));
        line.at("read", i, 10);
      }
      assertEquals(3, shown().split("read", -1).length - 1, shown());
    }
  }

  @Test
  void everyPartIsShownAsItIs() {
    try (ProgressLine line = line(true)) {
      later(Duration.ofSeconds(10));
      line.at("read", 10, -1);
      later(Duration.ofSeconds(10));
      line.at("read", 10, 0);
      later(Duration.ofSeconds(10));
      line.at("read", 1, 100);
      line.at("read", 90, 100);
      later(Duration.ofSeconds(10));
      line.at("read", 5, 100);
      later(Duration.ofSeconds(10));
      line.at("unheard of", 5, 100);
      later(Duration.ofSeconds(10));
      line.at("merge", 7, 0);
      later(Duration.ofHours(2));
      line.at("plan", 200, 100);
    }
    String drawn = shown().replaceAll(" *\r", "\n");
    assertEquals(
        """

        [..........]   read  10.0 s
        [..........]   read  20.0 s
        [..........] 0%  read  30.0 s
        [..........] 3%  read  22 min left
        [..........] 3%  unheard of  27 min left
        [######....] 60%  merge  40 s left
        [#######...] 77%  plan  36 min left

        """,
        drawn);
  }

  @Test
  void fromAHundredSecondsOnTheTimeLeftIsInMinutes() {
    for (int seconds : new int[] {99, 100}) {
      output.reset();
      try (ProgressLine line = line(true)) {
        later(Duration.ofSeconds(seconds));
        line.at("read", 5, 6); // Half of a build.
      }
      assertTrue(shown().contains(seconds < 100 ? "  99 s left" : "  2 min left"), shown());
    }
  }

  @Test
  void aLogLineSaysNoPercentOfNothing() {
    ProgressLine line = line(false);
    later(Duration.ofSeconds(5));
    line.at("read", 0, 100);
    assertEquals("almanac: read, 0% of the build after 5.00 s\n", shown());
  }

  @Test
  void aBarIsSeenWhenItIsDrawn() {
    PrintStream buffered =
        new PrintStream(new BufferedOutputStream(output), false, StandardCharsets.UTF_8);
    for (boolean closed : new boolean[] {true, false}) {
      output.reset();
      ProgressLine line = new ProgressLine(buffered, true, nanos::get);
      later(Duration.ofSeconds(1));
      line.at("read", 1, 2);
      int drawn = output.size();
      assertTrue(shown().endsWith(" left"), shown());
      if (closed) {
        line.close();
        assertEquals(2 * drawn + 1, output.size(), "over it, and back");
      } else {
        line.endLine();
        assertTrue(shown().endsWith(" left\n"), shown());
      }
    }
  }

  @Test
  void aShorterLineLeavesNothingOfALongerOne() {
    ProgressLine line = line(true);
    later(Duration.ofSeconds(30));
    line.at("unheard of", 0, 1);
    int longer = shown().length();
    later(Duration.ofSeconds(30));
    line.at("read", 1, 2);
    assertEquals(2 * longer, shown().length(), "as many columns");
    line.close();
    String last = "[###.......] 30%  read  2 min left";
    assertTrue(shown().endsWith(last + " \r" + " ".repeat(last.length()) + "\r"), shown());
    later(Duration.ofSeconds(30));
    int before = shown().length();
    line.at("read", 2, 2);
    line.close();
    assertEquals(before, shown().length(), "nothing comes after the end");
  }
}
