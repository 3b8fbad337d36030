package dev.almanac.reliability;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.reliability.Editions.Found;
import dev.almanac.reliability.Strace.Call;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
 * it, a thousand at random times among them; those can be made in {@link Pieces}.
 */
@Timeout(1_800)
class BuilderKilledTest {
  private static final int SEED = 5;

  /** How many are killed side by side, each in a folder of its own. */
  private static final int SIDE_BY_SIDE = 2;

  /** How many builds each of them takes the time of, before it kills. */
  private static final int BUILDS_TIMED = 5;

  /** In the files of builders that are killed by the thousand. */
  private static final int IDS = 300;

  /**
   * How long a child may take to notice that its parent is dead: it looks when it has warmed up,
   * which takes a second, or many on a machine that is busy.
   */
  private static final int CHILD_SECONDS = 120;

  // What came out of a kill.
  private static final String OLD = "old file, whole";
  private static final String NEW = "new file, whole";
  private static final String NEITHER = "no file or a broken one";
  private static final String OLD_AFTER_ITS_ANSWER = "killed when it had answered, yet not the new";
  private static final String LEFT_BY_THE_KILL = "killed in the middle, its folder left";
  private static final String LEFT_BY_THE_NEXT_BUILD = "something left after the next build";
  private static final String HAD_A_CHILD = "with a child alive when it was killed";
  private static final String CHILD_LIVED_ON =
      "a child alive " + CHILD_SECONDS + " s after its builder";

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
      editions.buildNew(target);
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
      outcomes.put(OLD, times(Found.OLD));
      outcomes.put(NEW, times(Found.NEW));
      outcomes.put(NEITHER, times(Found.NOTHING) + times(Found.BROKEN));
      outcomes.put(LEFT_BY_THE_NEXT_BUILD, leftByTheNextBuild);
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
        Strace.attach(builder.mainThread(), false, folder.resolve("trace"), "trace=%file,%desc");
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
                  "trace=%file,%desc",
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
    stopAfterAnyCall(
        "stopped after each call",
        "stopped after each file call of the building thread, a whole build; the folder copied as a"
            + " death would leave it");
  }

  @Test
  void aBuilderThatStopsAfterAnyCallLeavesAWholeFileWhereThatIsItsBase() throws IOException {
    editions = Editions.deltaIn(folder);
    stopAfterAnyCall(
        "stopped after each call, the target its base",
        "stopped after each file call of a builder that changes its own target by a few rows");
  }

  private void stopAfterAnyCall(String part, String tried) throws IOException {
    requireStrace();
    Path target = editions.oldIn(folder, "target");
    Deaths deaths = new Deaths();
    stopAtEachCall(editions.command(), target, Trial.count(9, 1), () -> deaths.examineCopy(target));
    assertTrue(deaths.times(Found.OLD) > 0 && deaths.times(Found.NEW) > 0);
    assertTrue(deaths.withLeftovers > 0, "a builder must have been stopped in the middle");
    deaths.assertHarmless();
    deaths.record(part, tried);
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
    stopAtRandom(
        "stopped at random",
        "stopped at random times; the folder copied as a death would leave it");
  }

  @Test
  void aBuilderThatStopsAtARandomTimeLeavesAWholeFileWhereThatIsItsBase() throws Exception {
    editions = Editions.deltaIn(folder);
    stopAtRandom(
        "stopped at random, the target its base",
        "stopped at random times, a builder that changes its own target by a few rows");
  }

  private void stopAtRandom(String part, String tried) throws Exception {
    BuilderProcess builder = BuilderProcess.shared();
    Path target = editions.oldIn(folder, "target");
    SplittableRandom random = new SplittableRandom(SEED);
    Deaths deaths = new Deaths();
    int trials = Trial.count(8, 1_000);
    while (deaths.count < trials) {
      editions.putOld(target);
      builder.ask(editions.command(), editions.newRows(), target);
      while (deaths.count < trials && !builder.answered()) {
        TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
        builder.freeze();
        deaths.examineCopy(target);
        builder.thaw();
      }
      assertTrue(builder.answer().startsWith("published"));
    }
    deaths.assertHarmless();
    deaths.record(part, tried);
  }

  @Test
  void aBuilderKilledAtARandomTimeLeavesAWholeFile() throws Exception {
    int trials = Trial.count(0, 1_000);
    assumeTrue(trials > 0, "the builders to copy take seconds to start: with -Preliability only");
    killAtRandomTimes(
        trials,
        Builder.COPY,
        "killed at random",
        "SIGKILL to a builder, a fork of one that has built before: half of them at random times of"
            + " the whole build, half from when the sealed file grows on");
  }

  /**
   * The JVM that creates the store loses its parent, and must neither live on nor be in the way.
   */
  @Test
  void aBuilderWithAChildKilledAtARandomTimeLeavesAWholeFile() throws Exception {
    int trials = Trial.count(0, 100);
    assumeTrue(trials > 0, "each trial takes two new JVMs: with -Preliability only");
    killAtRandomTimes(
        trials,
        Builder.WITH_A_CHILD,
        "killed at random, store made by a child",
        "the same with a builder in a JVM of its own, whose store is created by a child JVM that is"
            + " left without a parent");
  }

  @Test
  void aBuilderKilledAtARandomTimeLeavesAWholeFileWhereThatIsItsBase() throws Exception {
    int trials = Trial.count(0, 100);
    assumeTrue(trials > 0, "each trial takes a new JVM: with -Preliability only");
    killAtRandomTimes(
        trials,
        Builder.OF_ITS_TARGET,
        "killed at random, the target its base",
        "SIGKILL at random times to a builder in a separate JVM that changes its target by a few"
            + " rows");
  }

  /** Who is killed. */
  private enum Builder {
    /** A copy of a builder, which creates its store itself. */
    COPY("killed"),

    /** A separate JVM. A child JVM creates its store. */
    WITH_A_CHILD("killed-with-child"),

    /** A separate JVM. Its target is its base. */
    OF_ITS_TARGET("killed-delta");

    final String pieces;

    Builder(String pieces) {
      this.pieces = pieces;
    }
  }

  private void killAtRandomTimes(int count, Builder kind, String part, String tried)
      throws Exception {
    Pieces trials = new Pieces(kind.pieces, count);
    List<Callable<Integer>> killers = new ArrayList<>();
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
      Path own = folder.resolve("builder-" + i);
      killers.add(
          () -> {
            try (Killer killer = new Killer(kind, own)) {
              return killer.killAll(trials);
            }
          });
    }
    sideBySide(killers);
    assumeTrue(
        trials.done() == count,
        () -> trials.done() + " of " + count + " are made; the next run goes on with the others");
    trials.end();
    assertEquals(count, trials.times(OLD) + trials.times(NEW));
    assertEquals(0, trials.times(OLD_AFTER_ITS_ANSWER));
    assertEquals(0, trials.times(LEFT_BY_THE_NEXT_BUILD));
    assertEquals(0, trials.times(CHILD_LIVED_ON));
    assertTrue(
        trials.times(LEFT_BY_THE_KILL) * 2 > count,
        () -> "most must be killed in the middle: " + trials.times(LEFT_BY_THE_KILL));
    assertTrue(trials.times(OLD) > 0 && trials.times(NEW) > 0);
    assertTrue(kind != Builder.WITH_A_CHILD || trials.times(HAD_A_CHILD) > 0);
    List<String> outcomes = new ArrayList<>(List.of(OLD, NEW, NEITHER, OLD_AFTER_ITS_ANSWER));
    outcomes.addAll(List.of(LEFT_BY_THE_KILL, LEFT_BY_THE_NEXT_BUILD));
    if (kind == Builder.WITH_A_CHILD) {
      outcomes.addAll(List.of(HAD_A_CHILD, CHILD_LIVED_ON));
    }
    Map<String, Long> times = new LinkedHashMap<>();
    outcomes.forEach(outcome -> times.put(outcome, trials.times(outcome)));
    Trial.record(BuilderKilledTest.class, 5, part, tried, count, times);
  }

  /** Runs each task in a thread of its own. */
  private static <T> List<T> sideBySide(List<Callable<T>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * Has one builder after the other build in a folder of its own, and kills them: each other one at
   * some time of its build, and the rest at some time from when the sealed file grows on, which is
   * the shorter part and the more delicate. Builders are copies of one, or, with a child, JVMs of
   * their own.
   */
  private final class Killer implements AutoCloseable {
    private final Builder kind;
    private final Editions few;
    private final Path scratch;
    private final Path target;
    private BuilderProcess builder;
    private ProcessHandle copy;
    private long buildNanos;
    private long publishNanos;

    Killer(Builder kind, Path folder) throws IOException {
      this.kind = kind;
      scratch = Files.createDirectories(folder.resolve("scratch"));
      few = kind == Builder.OF_ITS_TARGET ? Editions.deltaIn(scratch) : Editions.in(scratch, IDS);
      target = few.oldIn(folder, "target");
    }

    /** The next builder begins to build. */
    private BuilderProcess begin() throws IOException {
      few.putOld(target);
      if (kind != Builder.COPY) {
        builder = BuilderProcess.startWithChild(scratch).awaitReady();
        builder.ask(few.command(), few.newRows(), target);
        return builder;
      }
      if (builder == null) {
        builder = BuilderProcess.startToCopy(scratch, few.newRows()).awaitReady();
      }
      copy = builder.copy(few, target);
      return builder;
    }

    /** SIGKILL; it is dead when this returns. */
    private void kill() throws IOException {
      if (copy == null) {
        builder.kill();
      } else {
        builder.kill(copy);
      }
    }

    /** Makes trials while there are some, and gives how many. */
    int killAll(Pieces trials) throws Exception {
      int made = 0;
      try {
        takeTimes();
        for (int trial = trials.next(); trial >= 0; trial = trials.next()) {
          trials.add(trial, make(trial));
          made++;
        }
      } catch (Exception | AssertionError e) {
        trials.fail();
        throw e;
      }
      return made;
    }

    /** Lets some live, to see how long a build takes. */
    private void takeTimes() throws IOException {
      long[] whole = new long[BUILDS_TIMED];
      long[] publish = new long[BUILDS_TIMED];
      for (int i = 0; i < BUILDS_TIMED; i++) {
        BuilderProcess builder = begin();
        long start = System.nanoTime();
        awaitSealed();
        long sealed = System.nanoTime();
        assertTrue(builder.answer().startsWith("published"));
        whole[i] = System.nanoTime() - start;
        publish[i] = System.nanoTime() - sealed;
        assertEquals(Found.NEW, few.found(target));
        kill();
      }
      Arrays.sort(whole);
      Arrays.sort(publish);
      // A tenth longer than it takes: some are killed when they have answered.
      buildNanos = whole[BUILDS_TIMED / 2] * 11 / 10;
      publishNanos = publish[BUILDS_TIMED / 2] * 11 / 10;
    }

    /** Waits until there is a file that will be published, or has been. */
    private void awaitSealed() throws IOException {
      boolean sealed = false;
      long start = System.nanoTime();
      while (!sealed && !builder.answered()) {
        assertTrue(
            System.nanoTime() - start < TimeUnit.MINUTES.toNanos(5),
            "a builder must not stand still");
        BuilderProcess.pause();
        for (String name : Editions.leftovers(target)) {
          sealed |= Files.exists(target.resolveSibling(name).resolve("sealed"));
        }
      }
    }

    /** Lets a builder build for a time, kills it, and says what came out. */
    private List<String> make(int trial) throws IOException {
      double when = new SplittableRandom(((long) trial << 32) + SEED).nextDouble();
      BuilderProcess builder = begin();
      if (trial % 2 != 0) {
        awaitSealed();
      }
      long start = System.nanoTime();
      long after = (long) (when * (trial % 2 == 0 ? buildNanos : publishNanos));
      for (long left = after; left > 0; left = after - (System.nanoTime() - start)) {
        LockSupport.parkNanos(left);
      }
      boolean answered = builder.answered();
      kill();
      List<String> seen = new ArrayList<>();
      if (!children().isEmpty()) {
        seen.add(HAD_A_CHILD);
      }
      Found found = few.found(target);
      seen.add(found == Found.OLD ? OLD : found == Found.NEW ? NEW : NEITHER);
      if (answered && found != Found.NEW) {
        seen.add(OLD_AFTER_ITS_ANSWER);
      }
      if (!Editions.leftovers(target).isEmpty()) {
        seen.add(LEFT_BY_THE_KILL);
      }
      // At once, when a child may still be in the dead one's folder.
      few.buildNew(target);
      assertEquals(Found.NEW, few.found(target));
      boolean left = !Editions.leftovers(target).isEmpty();
      if (!childrenEnd()) {
        seen.add(CHILD_LIVED_ON);
      }
      if (left || !Editions.leftovers(target).isEmpty()) {
        seen.add(LEFT_BY_THE_NEXT_BUILD);
      }
      return seen;
    }

    @Override
    public void close() throws IOException {
      if (builder != null) {
        builder.close();
      }
    }

    private boolean childrenEnd() throws IOException {
      long start = System.nanoTime();
      while (!children().isEmpty()) {
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(CHILD_SECONDS)) {
          return false;
        }
        BuilderProcess.pause();
      }
      return true;
    }

    /**
     * The processes that were told of the target's folder, as only a child is: by their numbers.
     */
    private List<String> children() throws IOException {
      List<String> children = new ArrayList<>();
      if (kind == Builder.COPY) {
        return children;
      }
      try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
        for (Path process : processes) {
          try {
            if (Files.readString(process.resolve("cmdline"), ISO_8859_1)
                .contains(target.getParent().toString())) {
              children.add(process.getFileName().toString());
            }
          } catch (IOException e) {
            // It has ended.
          }
        }
      }
      return children;
    }
  }
}
