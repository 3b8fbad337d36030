package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A heap of 256 MB does, whatever the number of rows, of threads, of bad rows and of dates, and
 * whether the size of the input is known or not: each build in a JVM of its own.
 */
@Timeout(1_800)
class LittleMemoryTest {
  @TempDir Path folder;

  private void assertBuilt(String expected, String what, Object input, int threads)
      throws IOException, InterruptedException {
    BlockingQueue<SiblingJvm.Said> said = new LinkedBlockingQueue<>();
    List<String> launcher =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            // In seconds an optimizing compiler takes more than it gives.
            Trial.full() ? "-XX:TieredStopAtLevel=4" : "-XX:TieredStopAtLevel=1");
    List<String> lines = new ArrayList<>();
    try (SiblingJvm sibling =
        SiblingJvm.start(said, launcher, LittleMemoryBuild.class, what, input, threads, folder)) {
      assertNotNull(sibling);
      // The end of what it says is a null.
      for (String line = take(said); line != null; line = take(said)) {
        lines.add(line);
      }
    }
    assertEquals(List.of(expected, "built"), lines, what + " threads=" + threads);
  }

  private static String take(BlockingQueue<SiblingJvm.Said> said) throws InterruptedException {
    return said.take().line();
  }

  private void record(String part, String tried, long builds) {
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("built, every row looked up with its date", builds);
    outcomes.put("OutOfMemoryError, refused, or wrong", 0L);
    Trial.record(LittleMemoryTest.class, 8, part, tried + ", -Xmx256m", builds, outcomes);
  }

  /** A build takes seconds, so the default run makes the hardest of a kind. */
  private static void onceUnlessFull(boolean hardest) {
    assumeTrue(hardest || Trial.full(), "one of its kind is enough: all with -Preliability");
  }

  @ParameterizedTest
  @CsvSource({"unknown, 2", "unknown, 16", "texts, 64", "mixed, 16"})
  void inputOfUnknownSizeIsBuiltByAnyNumberOfThreads(String what, int threads) throws Exception {
    onceUnlessFull(threads == 64 || what.equals("unknown") && threads == 16);
    int rows = Trial.count(300_000, 5_000_000);
    assertBuilt("rows=" + rows + " ids=" + rows, what, rows, threads);
    record("256 mb " + what + " " + threads + " threads", rows + " rows from an iterator", 1);
  }

  @ParameterizedTest
  @CsvSource({"base, 16", "base-texts, 16"})
  void aBaseThatIsSpooledFits(String what, int threads) throws Exception {
    onceUnlessFull(what.equals("base-texts"));
    int ids = Trial.count(300_000, 5_000_000);
    assertBuilt("rows=2 ids=" + (ids + 1), what, ids, threads);
    record("256 mb " + what + " " + threads + " threads", ids + " IDs in a base, two rows", 1);
  }

  @ParameterizedTest
  @CsvSource({"2", "64"})
  void badRowsTakeNoHeap(int threads) throws Exception {
    onceUnlessFull(threads == 64);
    int bad = Trial.count(3_000_000, 10_000_000);
    Path rows = folder.resolve("rows.txt");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(rows))) {
      byte[] lineFeeds = new byte[1 << 16];
      java.util.Arrays.fill(lineFeeds, (byte) '\n');
      for (int left = bad; left > 0; left -= lineFeeds.length) {
        out.write(lineFeeds, 0, Math.min(left, lineFeeds.length));
      }
      out.write("7|2024-02-29\n".getBytes(StandardCharsets.UTF_8));
    }
    assertBuilt("rows=" + (bad + 1) + " ids=1", "bad", rows, threads);
    try (Stream<String> rejects = Files.lines(folder.resolve("rejects.txt"))) {
      assertEquals(bad, rejects.count());
    }
    record("256 mb bad rows " + threads + " threads", bad + " bad rows, listed", 1);
  }

  @ParameterizedTest
  @CsvSource({"2", "16"})
  void manyDistinctDatesFit(int threads) throws Exception {
    onceUnlessFull(threads == 16);
    int dates = 600_000;
    assertBuilt("rows=" + dates + " ids=" + dates, "dates", dates, threads);
    record("256 mb dates " + threads + " threads", dates + " distinct dates", 1);
  }

  @Test
  void fewIdsWithManyDatesFit() throws Exception {
    int rows = 4_096 * Trial.count(450, 1_200);
    assertBuilt("rows=" + rows + " ids=4096", "snapshots", rows, 2);
    record("256 mb snapshots", rows + " rows of 4,096 IDs, each day another date of each", 1);
  }

  @Test
  void compressedInputFitsWhateverItsSize() throws Exception {
    int count = Trial.count(2_000_000, 45_000_000);
    Path rows = folder.resolve("rows.zst");
    try (OutputStream out =
        new BufferedOutputStream(new ZstdOutputStream(Files.newOutputStream(rows)), 1 << 16)) {
      for (int i = 0; i < count; i++) {
        out.write((100_000_000 + i + "|2024-01-01\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    assertBuilt("rows=" + count + " ids=" + count, "file", rows, 2);
    record("256 mb compressed", count + " rows in " + Files.size(rows) + " bytes of zstd", 1);
  }
}
