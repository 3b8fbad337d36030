package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.reliability.Editions.Found;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 8, too little disk, heap, descriptors or file size: a build succeeds or says what it
 * lacked. It never takes its JVM down, and never publishes a file with holes.
 */
@Timeout(1_800)
class ScarceResourcesTest {
  /** How a refusal begins: what the system said, or a rule of this library. */
  private static final List<String> NAMED =
      List.of(
          "No space left on device",
          "File too large",
          "Too many open files",
          "usableBytes=",
          // With too few descriptors the JDK tells it that the disk is not mounted.
          "Chronicle Map must be able to create its store: Mount point not found",
          "OutOfMemoryError");

  @TempDir Path folder;

  private Editions editions;
  private Path mount;
  private final Map<String, List<String>> outcomes = new TreeMap<>();
  private static final String SUCCESS = "success, new file whole and without holes";
  private static final String REFUSED = "named refusal, old file whole";
  private static final String BAD = "anything else";

  @BeforeEach
  void editions() throws IOException {
    editions = Editions.in(folder);
  }

  @AfterEach
  void unmount() throws IOException {
    if (mount != null) {
      Command.must("umount", "-l", mount.toString());
    }
  }

  private Path tmpfs(String size) throws IOException {
    String missing = Command.notRoot();
    assumeTrue(missing == null, missing);
    Path folderOfMount = Files.createDirectories(folder.resolve("mount"));
    Command result =
        Command.run(
            "mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folderOfMount.toString());
    assumeTrue(result.exit() == 0, () -> "the test needs tmpfs mounts: " + result.output());
    mount = folderOfMount;
    return editions.oldIn(mount, "target");
  }

  /** Whether some of it has no block on disk. */
  static boolean sparse(Path file) throws IOException {
    String[] figures = Command.must("stat", "-c", "%b %B %s", file.toString()).trim().split(" ");
    return Long.parseLong(figures[0]) * Long.parseLong(figures[1]) < Long.parseLong(figures[2]);
  }

  private void judge(String what, BuilderProcess builder, String answer, Path target)
      throws IOException {
    Found found = editions.found(target);
    String outcome = BAD;
    if (answer != null && answer.startsWith("published")) {
      outcome = found == Found.NEW && !sparse(target) ? SUCCESS : BAD;
    } else if (answer != null && found == Found.OLD) {
      outcome = NAMED.stream().anyMatch(answer::contains) ? REFUSED : BAD;
    }
    outcomes
        .computeIfAbsent(outcome, o -> new ArrayList<>())
        .add(what + " " + found + ": " + (answer == null ? "died: " + builder.said() : answer));
  }

  private long times(String outcome) {
    return outcomes.getOrDefault(outcome, List.of()).size();
  }

  private void assertAndRecord(String part, String tried) {
    assertEquals(List.of(), outcomes.getOrDefault(BAD, List.of()));
    assertTrue(times(REFUSED) > 0, "something must have been scarce");
    assertTrue(times(SUCCESS) > 0, "something must have been enough");
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put(SUCCESS, times(SUCCESS));
    counts.put(REFUSED, times(REFUSED));
    counts.put("a broken file, holes, a dead JVM, an error without a name", times(BAD));
    Trial.record(
        ScarceResourcesTest.class, 8, part, tried, times(SUCCESS) + times(REFUSED), counts);
  }

  @Test
  void aDiskThatIsTooSmallIsNamed() throws IOException {
    BuilderProcess builder = BuilderProcess.shared();
    Path target = tmpfs("1m");
    int steps = Trial.count(4, 100);
    long mostBytes = 100L * 4096;
    for (int i = 0; i < steps; i++) {
      editions.putOld(target);
      long bytes = editions.oldBytes().length * 2L + mostBytes * i / (steps - 1);
      Command.must("mount", "-o", "remount,size=" + bytes, mount.toString());
      judge("size=" + bytes, builder, builder.ask(editions, target), target);
      assertEquals(List.of(), Editions.leftovers(target));
    }
    assertAndRecord("disk", "a ladder of sizes of a tmpfs, from too small to enough");
  }

  /** Somebody else takes what the build had seen to be free. */
  @Test
  void aDiskThatFillsUpMeanwhileIsNamed() throws Exception {
    String missing = Command.missing("fallocate");
    assumeTrue(missing == null, missing);
    BuilderProcess builder = BuilderProcess.shared();
    Path target = tmpfs("1m");
    SplittableRandom random = new SplittableRandom(8);
    int trials = Trial.count(3, 200);
    for (int i = 0; i < trials; i++) {
      editions.putOld(target);
      builder.ask("build", editions.newRows(), target);
      TimeUnit.MICROSECONDS.sleep(random.nextInt(Trial.count(2_000, 100_000)));
      builder.freeze();
      Command.run("sh", "-c", "head -c 2m /dev/zero > " + mount.resolve("other") + " 2>/dev/null");
      builder.thaw();
      judge("filled", builder, builder.answer(), target);
      Files.deleteIfExists(mount.resolve("other"));
      assertEquals(List.of(), Editions.leftovers(target));
    }
    outcomes.computeIfAbsent(SUCCESS, o -> new ArrayList<>()).add(builder.ask(editions, target));
    assertAndRecord("disk taken", "a tmpfs is filled by somebody else at random times of a build");
  }

  @Test
  void aFileThatMayNotGrowIsNamed() throws IOException {
    BuilderProcess builder = limitable();
    Path target = editions.oldIn(folder, "target");
    int steps = Trial.count(4, 150);
    long mostBytes = editions.newBytes().length * 2L;
    for (int i = 0; i < steps; i++) {
      judgeLimited(builder, target, "fsize", mostBytes * i / (steps - 1), -1);
      assertEquals(List.of(), Editions.leftovers(target));
    }
    assertAndRecord("file size", "a ladder of RLIMIT_FSIZE, from 0 to twice the file");
  }

  @Test
  void tooFewDescriptorsAreNamed() throws IOException {
    BuilderProcess builder = limitable();
    Path target = editions.oldIn(folder, "target");
    int mostCount = 160;
    int step = Trial.count(40, 1);
    for (int count = 0; count <= mostCount; count += step) {
      judgeLimited(builder, target, "nofile", count, 4096);
      assertTrue(builder.ask(editions, target).startsWith("published"));
      assertEquals(List.of(), Editions.leftovers(target));
    }
    assertAndRecord("descriptors", "a ladder of RLIMIT_NOFILE, from 0 to enough");
  }

  private static BuilderProcess limitable() throws IOException {
    String missing = Command.missing("prlimit");
    assumeTrue(missing == null, missing);
    return BuilderProcess.shared();
  }

  /** One build under a limit, which is {@code afterwards} when it has ended. */
  private void judgeLimited(
      BuilderProcess builder, Path target, String what, long count, long afterwards)
      throws IOException {
    editions.putOld(target);
    limit(builder, what, count);
    String answer = builder.ask(editions, target);
    limit(builder, what, afterwards);
    judge(what + "=" + count, builder, answer, target);
  }

  private static void limit(BuilderProcess builder, String what, long count) throws IOException {
    String limit = count < 0 ? "unlimited" : Long.toString(count);
    String hard = what.equals("fsize") ? "unlimited" : "4096";
    Command.must(
        "prlimit", "--pid", Long.toString(builder.pid()), "--" + what + "=" + limit + ":" + hard);
  }

  /** With a warm-up in the same heap: what does not start has said so too. */
  @Test
  void aHeapThatIsTooSmallIsNamed() throws IOException {
    assumeTrue(Trial.full(), "each trial takes a new JVM: with -Preliability only");
    Path target = editions.oldIn(folder, "target");
    for (int megabytes : new int[] {4, 8, 10, 12, 14, 16, 20, 24, 32, 48}) {
      editions.putOld(target);
      try (BuilderProcess builder =
          BuilderProcess.start(folder, List.of(), true, List.of("-Xmx" + megabytes + "m"))) {
        String answer;
        try {
          answer = builder.awaitReady().ask(editions, target);
        } catch (IOException e) {
          answer = "failed " + e.getMessage();
        }
        judge("Xmx=" + megabytes + "m", builder, answer, target);
        assertFalse(Files.exists(folder.resolve("hs_err")), "the JVM must not crash");
      }
      Editions.build(editions.newRows(), target);
      assertEquals(List.of(), Editions.leftovers(target));
    }
    assertAndRecord("heap", "a ladder of -Xmx, from 4 to 48 MiB");
  }

  /** A mapping of a file with holes on a full disk is what ends in SIGBUS. */
  @Test
  void theTrialFindsHolesAndAWriteThroughAMapping() throws IOException {
    Path target = tmpfs("1m");
    Path holes = mount.resolve("holes");
    try (RandomAccessFile file = new RandomAccessFile(holes.toFile(), "rw")) {
      file.setLength(1 << 19);
    }
    assertTrue(sparse(holes));
    assertFalse(sparse(target));
    BuilderProcess builder = BuilderProcess.shared();
    builder.ask("mapped", "-", target);
    judge("mapped", builder, builder.answer(), target);
    assertEquals(1, times(BAD), () -> "found: " + outcomes);
    Trial.record(
        ScarceResourcesTest.class,
        8,
        "control",
        "a file with holes; a program that fills one through a mapping on a tmpfs that is too"
            + " small",
        2,
        Map.of("found", 2L));
  }
}
