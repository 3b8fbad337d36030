package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.DistinctEditions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A program that opens and closes in a loop, by collector: with a heap so large that it hardly ever
 * collects, nothing but the library keeps it away from the limit of mappings.
 */
class OpenLoopTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "17, G1, 8g, files",
    "17, Serial, 8g, files",
    "17, Parallel, 8g, files",
    "17, Z, 4g, files",
    "17, G1, 8g, file",
    "17, Serial, 8g, file",
    "17, Parallel, 8g, file",
    "17, Z, 4g, file",
    "25, G1, 8g, files",
    "25, Serial, 8g, files",
    "25, Parallel, 8g, files",
    "25, Z, 4g, files",
    "25, G1, 8g, file",
    "25, Serial, 8g, file",
    "25, Parallel, 8g, file",
    "25, Z, 4g, file"
  })
  void openingAndClosingInALoopEndsNoJvm(
      int javaVersion, String collector, String heap, String what) throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/maps")), "skipped: there is no /proc");
    assumeTrue(
        Trial.full() || collector.equals("G1") && what.equals("files"), "skipped: in a full run");
    int opens = Trial.count(2_500, 60_000);
    Path java = TruncatedWhileMappedTest.java(javaVersion);
    Path file = folder.toRealPath().resolve("edition");
    DistinctEditions.build(0, 1, 20, file);
    Command worker =
        Command.run(
            java.toString(),
            "-XX:+Use" + collector + "GC",
            // Its first size too: a heap that grows collects on the way.
            "-Xms" + (Trial.full() ? heap : "64m"),
            "-Xmx" + (Trial.full() ? heap : "512m"),
            "-cp",
            System.getProperty("java.class.path"),
            OpenLoopWorker.class.getName(),
            file.toString(),
            Integer.toString(opens),
            what);
    assertEquals(0, worker.exit(), worker.output());
    String line = worker.output().trim();
    assertEquals(opens, count(line, "opened"), line);
    assertEquals(0, count(line, "wrong"), line);
    // A thousand may wait for the collector, and the JVM has its own.
    assertTrue(count(line, "mostMappings") < 20_000, line);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("opened, looked up and closed without a fault", count(line, "opened"));
    outcomes.put("most mappings of the process", count(line, "mostMappings"));
    outcomes.put("collections", count(line, "collections"));
    Trial.record(
        getClass(),
        12,
        "in a loop, " + what + ", JDK " + javaVersion + ", " + collector + " " + heap,
        what.equals("files")
            ? "open, look up, close a file that is replaced before each opening"
            : "open, look up, close one file",
        opens,
        outcomes);
  }

  private static long count(String line, String name) {
    return Long.parseLong(line.replaceAll("(?s).*\\b" + name + "=(\\d+).*", "$1"));
  }
}
