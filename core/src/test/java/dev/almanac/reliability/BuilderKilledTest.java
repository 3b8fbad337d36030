package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.reliability.Editions.Found;
import dev.almanac.reliability.Strace.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 5, the builder dies: whatever it was doing, the target is the old file or the new one,
 * whole, and the next build leaves nothing of it behind.
 *
 * <p>What SIGKILL leaves is what lies in the file system at that moment. So most trials freeze the
 * builder, copy the folder, and look at the copy: thousands of deaths of one process. Others kill
 * it.
 */
@Timeout(1_800)
class BuilderKilledTest {
  private static final int SEED = 5;

  @TempDir Path folder;

  private Editions editions;

  @BeforeEach
  void editions() throws IOException {
    editions = Editions.in(folder);
  }

  /** What was found after the deaths of builders. */
  private final class Deaths {
    final Map<Found, Long> found = new EnumMap<>(Found.class);
    long withLeftovers;
    long leftByTheNextBuild;
    long count;

    /** {@code target} is as a dead builder left it. */
    void examine(Path target) throws IOException {
      count++;
      found.merge(editions.found(target), 1L, Long::sum);
      withLeftovers += Editions.leftovers(target).isEmpty() ? 0 : 1;
      Editions.aMinuteLater(target);
      Editions.build(editions.newRows(), target);
      assertEquals(Found.NEW, editions.found(target));
      leftByTheNextBuild += Editions.leftovers(target).isEmpty() ? 0 : 1;
    }

    /** The same, of a builder that is frozen now. */
    void examineCopy(Path target) throws IOException {
      Path copy = folder.resolve("copy");
      Editions.copy(target.getParent(), copy);
      examine(copy.resolve(target.getFileName()));
      Editions.delete(copy);
    }

    long times(Found what) {
      return found.getOrDefault(what, 0L);
    }

    void assertHarmless() {
      assertEquals(count, times(Found.OLD) + times(Found.NEW), () -> "found: " + found);
      assertEquals(0, leftByTheNextBuild, "the next build must leave nothing of a dead one");
    }

    void record(String part, String tried) {
      Map<String, Long> outcomes = new LinkedHashMap<>();
      outcomes.put("old file, whole", times(Found.OLD));
      outcomes.put("new file, whole", times(Found.NEW));
      outcomes.put("no file or a broken one", times(Found.NOTHING) + times(Found.BROKEN));
      outcomes.put("something left after the next build", leftByTheNextBuild);
      Trial.record(BuilderKilledTest.class, 5, part, tried, count, outcomes);
    }
  }

  private static void requireStrace() throws IOException {
    String missing = Strace.missing();
    assumeTrue(missing == null, missing);
  }

  /** The calls of a publish by this builder, in order. */
  private List<Call> publishCalls(BuilderProcess builder, Path target) throws IOException {
    Strace strace =
        Strace.attach(
            builder.mainThread(), false, folder.resolve("trace"), "-e", "trace=%file,%desc");
    editions.putOld(target);
    assertTrue(builder.ask(editions, target).startsWith("published"));
    return Strace.publish(strace.detach(), target);
  }

  @Test
  void aBuilderKilledBeforeAnyCallOfAPublishLeavesAWholeFile() throws IOException {
    requireStrace();
    Path target = editions.oldIn(folder, "target");
    List<Call> calls;
    BuilderProcess next = BuilderProcess.start(folder);
    try {
      calls = publishCalls(next.awaitReady(), target);
      Deaths deaths = new Deaths();
      int trials = Trial.count(1, calls.size() + 1);
      for (int i = 0; i < trials; i++) {
        // The last is the first sync of the file, which another thread does.
        boolean firstSync = i == calls.size();
        Call call = calls.get(Trial.full() ? i % calls.size() : calls.size() / 2);
        try (BuilderProcess builder = next) {
          // The next one warms up while this one dies.
          next = i + 1 < trials ? BuilderProcess.start(folder) : null;
          builder.awaitReady();
          editions.putOld(target);
          Strace strace =
              Strace.attach(
                  firstSync ? builder.pid() : builder.mainThread(),
                  firstSync,
                  folder.resolve("trace"),
                  "-e",
                  "trace=%file,%desc",
                  "-e",
                  firstSync
                      ? "inject=fdatasync:signal=KILL"
                      : "inject=" + call.name() + ":signal=KILL:when=" + call.ordinal());
          builder.ask("build", editions.newRows(), target);
          assertNull(builder.answer(), () -> "a builder must die at " + call.step());
          builder.exit();
          List<Call> seen = strace.detach();
          assertTrue(
              firstSync || seen.get(seen.size() - 1).sameStep(call),
              () -> "expected=" + call.line() + " found=" + seen.get(seen.size() - 1).line());
          deaths.examine(target);
        }
      }
      deaths.assertHarmless();
      deaths.record(
          "killed at each call",
          "SIGKILL before each file call of a publish, from the first write of the sealed file");
    } finally {
      if (next != null) {
        next.close();
      }
    }
  }

  @Test
  void aBuilderThatStopsAfterAnyCallLeavesAWholeFile() throws IOException {
    requireStrace();
    Path target = editions.oldIn(folder, "target");
    Deaths deaths = new Deaths();
    stopAtEachCall("build", target, Trial.count(9, 1), () -> deaths.examineCopy(target));
    assertTrue(deaths.times(Found.OLD) > 0 && deaths.times(Found.NEW) > 0);
    assertTrue(deaths.withLeftovers > 0, "a builder must have been stopped in the middle");
    deaths.assertHarmless();
    deaths.record(
        "stopped after each call",
        "stopped after each file call of the building thread, a whole build; the folder copied as a death would leave it");
  }

  @Test
  void theTrialFindsAFileThatIsWrittenInPlace() throws IOException {
    requireStrace();
    Path target = editions.oldIn(folder, "target");
    Map<Found, Long> found = new EnumMap<>(Found.class);
    // Only what touches the target itself: the build before it is a build like any other.
    stopAtEachCall(
        "in-place",
        target,
        Trial.count(9, 1),
        () -> found.merge(editions.found(target), 1L, Long::sum));
    assertTrue(found.getOrDefault(Found.BROKEN, 0L) > 0, () -> "found: " + found);
    Trial.record(
        BuilderKilledTest.class,
        5,
        "control",
        "the same with a builder that writes onto the target itself",
        found.values().stream().mapToLong(Long::longValue).sum(),
        Map.of("a broken file found", found.get(Found.BROKEN)));
  }

  private void stopAtEachCall(String command, Path target, int step, BuilderProcess.Look look)
      throws IOException {
    String answer =
        BuilderProcess.shared()
            .askAndLook(command, editions.newRows(), target, step, folder.resolve("trace"), look);
    assertTrue(answer.startsWith("published"), answer);
  }

  @Test
  void aBuilderThatStopsAtARandomTimeLeavesAWholeFile() throws Exception {
    BuilderProcess builder = BuilderProcess.shared();
    Path target = editions.oldIn(folder, "target");
    SplittableRandom random = new SplittableRandom(SEED);
    Deaths deaths = new Deaths();
    int trials = Trial.count(8, 1_000);
    while (deaths.count < trials) {
      editions.putOld(target);
      builder.ask("build", editions.newRows(), target);
      while (deaths.count < trials && !builder.answered()) {
        TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
        builder.freeze();
        deaths.examineCopy(target);
        builder.thaw();
      }
      assertTrue(builder.answer().startsWith("published"));
    }
    deaths.assertHarmless();
    deaths.record(
        "stopped at random",
        "stopped at random times; the folder copied as a death would leave it");
  }

  @Test
  void aBuilderKilledAtARandomTimeLeavesAWholeFile() throws Exception {
    int trials = Trial.count(0, 20);
    assumeTrue(trials > 0, "each trial takes a new JVM: with -Preliability only");
    killAtRandomTimes(trials, true, 150, "killed at random", "SIGKILL at random times");
  }

  /**
   * The JVM that creates the store loses its parent, and must neither live on nor be in the way.
   */
  @Test
  void aBuilderWithAChildKilledAtARandomTimeLeavesAWholeFile() throws Exception {
    int trials = Trial.count(0, 6);
    assumeTrue(trials > 0, "each trial takes three new JVMs: with -Preliability only");
    killAtRandomTimes(
        trials,
        false,
        5_000,
        "killed at random, store made by a child",
        "SIGKILL at random times to a builder whose store is created by a child JVM");
  }

  private void killAtRandomTimes(
      int trials, boolean ownStore, int withinMillis, String part, String tried) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    Path target = editions.oldIn(folder, "target");
    Deaths deaths = new Deaths();
    BuilderProcess next = BuilderProcess.start(folder, List.of(), ownStore, List.of("-Xmx64m"));
    try {
      for (int i = 0; i < trials; i++) {
        try (BuilderProcess builder = next.awaitReady()) {
          next =
              i + 1 < trials
                  ? BuilderProcess.start(folder, List.of(), ownStore, List.of("-Xmx64m"))
                  : null;
          editions.putOld(target);
          builder.ask("build", editions.newRows(), target);
          TimeUnit.MILLISECONDS.sleep(random.nextInt(withinMillis));
          List<ProcessHandle> children = new ArrayList<>();
          ProcessHandle.of(builder.pid())
              .ifPresent(handle -> handle.descendants().forEach(children::add));
          builder.kill();
          deaths.examine(target);
          for (ProcessHandle child : children) {
            child.onExit().get(30, TimeUnit.SECONDS);
          }
          assertEquals(List.of(), Editions.leftovers(target));
        }
      }
    } finally {
      if (next != null) {
        next.close();
      }
    }
    deaths.assertHarmless();
    deaths.record(part, tried);
  }
}
