package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import dev.almanac.OwnProcess;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.Reference;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hazard 12: the kernel refuses to map a file, since the process may not have that much more
 * address space. Opening it ends in an error of its own and leaves nothing behind, and what does
 * fit is opened as before.
 */
class NoAddressSpaceTest {
  /** Long texts: a large file of few rows. */
  private static final int ID_COUNT = 16_000;

  /** What the JVM itself may need meanwhile. */
  private static final long LEAST_SPARE_BYTES = 4 << 20;

  @TempDir static Path folder;

  private static Path large;
  private static Path small;

  private static String id(int i) {
    return "ORD-" + "x".repeat(990) + i;
  }

  @BeforeAll
  static void build() throws IOException {
    large = build("large", ID_COUNT);
    small = build("small", 100);
  }

  private static Path build(String name, int idCount) throws IOException {
    Path target = folder.resolve(name);
    // Every date another, so that the dictionary is large too, and mapped or refused by itself.
    AlmanacBuilder.create()
        .build(
            RowSource.of(
                () ->
                    IntStream.range(0, idCount)
                        .mapToObj(i -> new RowSource.Row(id(i), SampleRows.date(i)))),
            target);
    return target.toRealPath();
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 25})
  void aFileThatDoesNotFitTheAddressSpaceIsRefusedByName(int javaVersion) throws Exception {
    assumeTrue(Trial.full() || javaVersion == 17, "skipped: only one of them in a default build");
    Path java = TruncatedWhileMappedTest.java(javaVersion);
    try (Limited process = new Limited(java)) {
      // From far too little to more than enough.
      long mostBytes = process.largeBytes + LEAST_SPARE_BYTES * 4;
      int steps = Trial.count(4, 200);
      long refused = 0;
      long refusedLate = 0;
      long opened = 0;
      for (int i = 0; i < steps; i++) {
        long spare = LEAST_SPARE_BYTES + (mostBytes - LEAST_SPARE_BYTES) * i / (steps - 1);
        String outcome = process.openWith(spare);
        if (outcome.equals("opened")) {
          opened++;
          assertTrue(spare > process.largeBytes, "it cannot fit: spare=" + spare);
        } else {
          // Not a word more: neither descriptors nor mappings are left, and the small file opened.
          String expected =
              "refused: descriptors=0 mappings=0 small=opened message=java.io.IOException: a file"
                  + " can be mapped only while the process has address space and fewer mappings"
                  + " than vm.max_map_count: bytes=<n>, path="
                  + large
                  + " mappedBefore=";
          assertEquals(
              expected,
              outcome.replaceAll("bytes=\\d+", "bytes=<n>").replaceAll("(?<=mappedBefore=).*", ""),
              "spare=" + spare);
          refused++;
          refusedLate += outcome.endsWith("mappedBefore=0") ? 0 : 1;
        }
      }
      assertTrue(refused > 0 && opened > 0, "refused=" + refused + " opened=" + opened);
      Map<String, Long> outcomes = new LinkedHashMap<>();
      outcomes.put("opened", opened);
      outcomes.put("refused by name, and a small file opened", refused);
      outcomes.put("of these after some of it had been mapped", refusedLate);
      outcomes.put("other errors, descriptors or mappings left", 0L);
      Trial.record(
          getClass(),
          12,
          "no address space, JDK " + javaVersion,
          "a ladder of RLIMIT_AS, "
              + LEAST_SPARE_BYTES
              + " to "
              + mostBytes
              + " bytes above what the process has, for a file of "
              + process.largeBytes,
          steps,
          outcomes);
    }
  }

  /** The controls: it is the limit that refuses, and without this library nobody names the file. */
  @Test
  void theTrialTellsLimitedFromUnlimitedAndNamedFromUnnamed() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    try (Limited process = new Limited(java)) {
      assertEquals("opened", process.open("large"));
      assertTrue(process.openWith(LEAST_SPARE_BYTES).startsWith("refused: "));
      process.limit(-1);
      assertEquals("opened", process.open("large"));
      process.limit(process.bytes() + LEAST_SPARE_BYTES);
      String plain = process.open("plain");
      assertTrue(plain.contains(" message=java.io.IOException: Map failed mapped"), plain);
      assertFalse(plain.contains(large.toString()), plain);
      process.limit(-1);
      // What stays is seen by the same eyes.
      assertEquals("kept: descriptors=1 mappings=1", process.open("kept"));
    }
  }

  /** A JVM that opens files, and whose address space is limited from outside. */
  private static final class Limited implements AutoCloseable {
    final long largeBytes = Files.size(large);
    private final BlockingQueue<SiblingJvm.Said> said = new LinkedBlockingQueue<>();
    private final SiblingJvm sibling;
    private final String pid;

    Limited(Path java) throws Exception {
      String missing = Command.missing("prlimit");
      assumeTrue(missing == null, missing);
      assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "skipped: there is no /proc");
      // Nothing that takes address space of its own later: no compiler threads, no growing heap, no
      // allocator for each thread.
      this.sibling =
          SiblingJvm.start(
              said,
              List.of(
                  "env",
                  "MALLOC_ARENA_MAX=1",
                  java.toString(),
                  "-Xint",
                  "-Xms48m",
                  "-Xmx48m",
                  "-XX:+UseSerialGC"),
              Opener.class,
              large,
              small);
      this.pid = SiblingJvm.next(said).line();
    }

    /** The address space that it has. */
    long bytes() throws InterruptedException {
      return Long.parseLong(ask("bytes"));
    }

    void limit(long bytes) throws IOException {
      String soft = bytes < 0 ? "unlimited" : Long.toString(bytes);
      Command.must("prlimit", "--pid", pid, "--as=" + soft + ":unlimited");
    }

    String open(String what) throws InterruptedException {
      return ask(what);
    }

    String openWith(long spareBytes) throws Exception {
      limit(bytes() + spareBytes);
      String outcome = open("large");
      limit(-1);
      return outcome;
    }

    private String ask(String what) throws InterruptedException {
      sibling.tell(what);
      String answer = SiblingJvm.next(said).line();
      if (answer == null) {
        throw new AssertionError("the JVM must live");
      }
      return answer;
    }

    @Override
    public void close() {
      sibling.close();
    }
  }

  /** The program of the sibling. */
  static final class Opener {
    private final Path large;
    private final Path small;

    private Opener(Path large, Path small) {
      this.large = large;
      this.small = small;
    }

    public static void main(String[] arguments) throws Exception {
      Opener opener = new Opener(Path.of(arguments[0]), Path.of(arguments[1]));
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
      // Loads what an opening needs, which takes address space too.
      opener.answer("large");
      opener.answer("plain");
      opener.answer("small");
      opener.answer("bytes");
      System.out.println(ProcessHandle.current().pid());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println(opener.answer(line));
      }
    }

    private String answer(String what) throws Exception {
      return switch (what) {
        case "bytes" -> Long.toString(OwnProcess.statusBytes("VmSize"));
        case "kept" -> kept();
        case "plain" -> tryToOpen(() -> mapPlainly(large));
        case "small" -> tryToOpen(() -> open(small));
        default -> tryToOpen(() -> open(large));
      };
    }

    private interface Opening {
      void open() throws IOException;
    }

    private String tryToOpen(Opening opening) throws Exception {
      String message;
      try {
        opening.open();
        settle();
        return "opened";
      } catch (IOException | RuntimeException | Error e) {
        message = e.toString();
      }
      long mappedBefore = OwnProcess.mappings(large);
      long descriptors = OwnProcess.descriptors(large);
      String openedSmall = "opened";
      try {
        open(small);
      } catch (IOException e) {
        openedSmall = e.toString();
      }
      settle();
      return "refused: descriptors="
          + descriptors
          + " mappings="
          + OwnProcess.mappings(large)
          + " small="
          + openedSmall
          + " message="
          + message
          + " mappedBefore="
          + mappedBefore;
    }

    /** Until the mappings of what was closed are gone. */
    private void settle() throws InterruptedException {
      OwnProcess.mappingsSettleAt(large, 0);
      OwnProcess.mappingsSettleAt(small, 0);
    }

    private static void open(Path file) throws IOException {
      try (Almanac almanac = Almanac.open(file)) {
        for (int i = 0; i < 100; i++) {
          if (!SampleRows.date(i).equals(String.valueOf(almanac.date(id(i))))) {
            throw new AssertionError("an ID must have its date: i=" + i);
          }
        }
      }
    }

    private static void mapPlainly(Path file) throws IOException {
      try (FileChannel channel = FileChannel.open(file)) {
        channel.map(MapMode.READ_ONLY, 0, channel.size()).get(0);
      }
    }

    private String kept() throws IOException {
      try (FileChannel channel = FileChannel.open(large)) {
        Object mapping = channel.map(MapMode.READ_ONLY, 0, channel.size());
        String found =
            "kept: descriptors="
                + OwnProcess.descriptors(large)
                + " mappings="
                + OwnProcess.mappings(large);
        Reference.reachabilityFence(mapping);
        return found;
      }
    }
  }
}
