package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.reliability.Editions.Found;
import dev.almanac.reliability.Strace.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 6, calls that fail: a build that could not publish says so and leaves the old file; one
 * that could not make the name durable says just that; no sync is tried again.
 */
@Timeout(1_800)
class FailingCallsTest {
  private static final String TRACED = "trace=%file,%desc";
  private static final String PUBLISHED_BUT = "failed java.io.IOException: the file is published";

  /** What no build may answer, whatever fails under it. */
  private static final List<String> ACCIDENTS =
      List.of("NullPointer", "InternalError", "IllegalState", "NoSuchElement", "IndexOutOf");

  private enum Outcome {
    NEW_FILE_AND_SUCCESS("success, new file whole"),
    OLD_FILE_AND_FAILURE("failure named, old file whole"),
    PUBLISHED_BUT_NOT_DURABLE("\"published, but its folder must be synced\", new file whole"),
    NEW_FILE_AND_FAILURE("failure named, yet the new file is there"),
    ACCIDENT("a failure without a name"),
    FALSE_SUCCESS("success, but not the new file"),
    BROKEN("no file or a broken one"),
    SYNC_TRIED_AGAIN("a failed sync tried again"),
    LEFTOVERS("something left after the next build");

    final String words;

    Outcome(String words) {
      this.words = words;
    }
  }

  @TempDir Path folder;

  private Editions editions;
  private Path target;
  private BuilderProcess builder;
  private List<Call> calls;
  private final Map<Outcome, List<String>> outcomes = new TreeMap<>();

  @BeforeEach
  void builder() throws IOException {
    String missing = Strace.missing();
    assumeTrue(missing == null, missing);
    editions = Editions.in(folder);
    target = editions.oldIn(folder, "target");
    builder = BuilderProcess.shared();
    Strace strace = Strace.attach(builder.mainThread(), false, trace(), TRACED);
    assertTrue(builder.ask(editions, target).startsWith("published"));
    calls = Strace.publish(strace.detach(), target);
    assertEquals(Found.NEW, editions.found(target));
  }

  private Path trace() {
    return folder.resolve("trace");
  }

  private Call call(String step) {
    return calls.stream().filter(call -> call.step().equals(step)).findFirst().orElseThrow();
  }

  private static String once(Call call, String how) {
    return "inject=" + call.name() + ":" + how + ":when=" + call.ordinal();
  }

  private Outcome found(String answer) throws IOException {
    Found found = editions.found(target);
    if (found != Found.OLD && found != Found.NEW) {
      return Outcome.BROKEN;
    }
    if (answer.startsWith("published")) {
      return found == Found.NEW ? Outcome.NEW_FILE_AND_SUCCESS : Outcome.FALSE_SUCCESS;
    }
    if (ACCIDENTS.stream().anyMatch(answer::contains)) {
      return Outcome.ACCIDENT;
    }
    if (answer.startsWith(PUBLISHED_BUT)) {
      return found == Found.NEW ? Outcome.PUBLISHED_BUT_NOT_DURABLE : Outcome.FALSE_SUCCESS;
    }
    return found == Found.NEW ? Outcome.NEW_FILE_AND_FAILURE : Outcome.OLD_FILE_AND_FAILURE;
  }

  /** A build with a fault put in its way, and what becomes of it. */
  private String buildWith(String command, boolean allThreads, String injection)
      throws IOException {
    editions.putOld(target);
    Strace strace =
        Strace.attach(
            allThreads ? builder.pid() : builder.mainThread(),
            allThreads,
            trace(),
            TRACED,
            injection);
    builder.ask(command, editions.newRows(), target);
    String answer = builder.answer();
    List<Call> seen = strace.detach();
    assertTrue(seen.stream().anyMatch(Call::injected), () -> "must be injected: " + injection);
    Outcome outcome = triedAgain(seen) ? Outcome.SYNC_TRIED_AGAIN : found(answer);
    if (!Editions.leftovers(target).isEmpty()) {
      // By the same process, since a call that strace fails does not happen: a file that could not
      // be closed still is open there, and its lock held.
      builder.ask("build", editions.newRows(), target);
      String next = builder.answer();
      if (!next.startsWith("published") || !Editions.leftovers(target).isEmpty()) {
        outcome = Outcome.LEFTOVERS;
        // Not to be found again by the next trial.
        Editions.delete(target.getParent());
        Files.createDirectory(target.getParent());
      }
    }
    String fault =
        seen.stream().filter(Call::injected).findFirst().orElseThrow().step() + " " + injection;
    outcomes.computeIfAbsent(outcome, o -> new ArrayList<>()).add(fault + ": " + answer);
    return answer;
  }

  /** Whether a file whose sync failed was synced, or published, all the same. */
  private static boolean triedAgain(List<Call> seen) {
    for (int i = 0; i < seen.size(); i++) {
      Call failed = seen.get(i);
      if (failed.injected() && failed.name().endsWith("sync")) {
        return seen.subList(i + 1, seen.size()).stream()
            .anyMatch(
                later ->
                    later.name().startsWith("rename") && !later.file().endsWith(".ended")
                        || later.name().endsWith("sync") && later.file().equals(failed.file()));
      }
    }
    return false;
  }

  private long times(Outcome outcome) {
    return outcomes.getOrDefault(outcome, List.of()).size();
  }

  private long trials() {
    return outcomes.values().stream().mapToLong(List::size).sum();
  }

  private void assertAllowed(Outcome... allowed) {
    Map<Outcome, List<String>> others = new TreeMap<>(outcomes);
    for (Outcome outcome : allowed) {
      others.remove(outcome);
    }
    assertEquals(Map.of(), others);
  }

  private void record(String part, String tried, Outcome... none) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      if (times(outcome) > 0 || List.of(none).contains(outcome)) {
        counts.put(outcome.words, times(outcome));
      }
    }
    Trial.record(FailingCallsTest.class, 6, part, tried, trials(), counts);
  }

  @Test
  void everyCallOfAPublishMayFail() throws IOException {
    List<Call> tried =
        Trial.full()
            ? calls
            : List.of(
                call("pwrite64 sealed"),
                call("fsync sealed"),
                call("rename sample.almanac"),
                call("fsync target"),
                call("getdents64 .sample.almanac.almanac-N.ended"),
                call("rmdir .sample.almanac.almanac-N.ended"));
    List<String> errors =
        Trial.full()
            ? List.of("EIO", "ENOSPC", "EDQUOT", "EROFS", "EACCES", "EMFILE")
            : List.of("EIO");
    for (String error : errors) {
      for (Call call : tried) {
        buildWith("build", false, once(call, "error=" + error));
        if (Trial.full()) {
          buildWith("build", false, once(call, "error=" + error) + "+");
        }
      }
      // The first sync of the file runs in a thread of its own, beside the check.
      buildWith("build", true, "inject=fdatasync:error=" + error);
    }
    assertAllowed(
        Outcome.NEW_FILE_AND_SUCCESS,
        Outcome.OLD_FILE_AND_FAILURE,
        Outcome.PUBLISHED_BUT_NOT_DURABLE);
    assertTrue(times(Outcome.PUBLISHED_BUT_NOT_DURABLE) > 0);
    record(
        "errors",
        "each file call of a publish fails with EIO, ENOSPC, EDQUOT, EROFS, EACCES, EMFILE: once,"
            + " and from then on",
        Outcome.NEW_FILE_AND_FAILURE,
        Outcome.ACCIDENT,
        Outcome.FALSE_SUCCESS,
        Outcome.BROKEN,
        Outcome.SYNC_TRIED_AGAIN,
        Outcome.LEFTOVERS);
  }

  @Test
  void aSyncThatFailsIsNamedAndTheLast() throws IOException {
    String file = buildWith("build", false, once(call("fsync sealed"), "error=EIO"));
    assertEquals("failed java.io.IOException: Input/output error", file);
    String name = buildWith("build", false, once(call("fsync target"), "error=EIO"));
    assertTrue(name.startsWith(PUBLISHED_BUT), name);
    assertTrue(name.endsWith("<- java.io.IOException: Input/output error"), name);
    assertAllowed(Outcome.OLD_FILE_AND_FAILURE, Outcome.PUBLISHED_BUT_NOT_DURABLE);
  }

  /** The limit on the size of a file cuts a write short; lifted in time, the next one succeeds. */
  @Test
  void aShortWriteIsContinued() throws Exception {
    String missing = Command.missing("prlimit");
    assumeTrue(missing == null, missing);
    Call first = call("pwrite64 sealed");
    // Behind the store, in the dictionary: no other file of the build is as long as that.
    long content = Long.parseLong(first.line().replaceAll(".* = ", ""));
    int trials = Trial.count(1, 20);
    for (int i = 0; i < trials; i++) {
      editions.putOld(target);
      long limit = content - 2_000L + 1_900L * i / trials;
      Strace strace =
          Strace.attach(
              builder.mainThread(),
              false,
              trace(),
              TRACED,
              "inject=pwrite64:delay_enter=500000:when=" + (first.ordinal() + 1));
      limitFileBytes(Long.toString(limit));
      builder.ask("build", editions.newRows(), target);
      while (!builder.answered() && sealedBytes() != limit) {
        BuilderProcess.pause();
      }
      limitFileBytes("unlimited");
      String answer = builder.answer();
      List<Call> seen = strace.detach();
      assertTrue(
          seen.stream()
              .filter(call -> call.sameStep(first))
              .anyMatch(call -> call.line().endsWith(" = " + limit)),
          () -> "a write must have been cut short: limit=" + limit + " answer=" + answer);
      outcomes.computeIfAbsent(found(answer), o -> new ArrayList<>()).add(answer);
    }
    assertAllowed(Outcome.NEW_FILE_AND_SUCCESS);
    record(
        "short writes",
        "the first write of the sealed file is cut short by a limit that is lifted before the"
            + " second",
        Outcome.FALSE_SUCCESS,
        Outcome.BROKEN);
  }

  private void limitFileBytes(String soft) throws IOException {
    Command.must(
        "prlimit", "--pid", Long.toString(builder.pid()), "--fsize=" + soft + ":unlimited");
  }

  private long sealedBytes() throws IOException {
    for (String name : Editions.leftovers(target)) {
      Path sealed = target.resolveSibling(name).resolve("sealed");
      if (Files.exists(sealed)) {
        return Files.size(sealed);
      }
    }
    return -1;
  }

  /** Of a file that is written in place, half is left; of a lost write, a hole. */
  @Test
  void theTrialFindsHalfAFileAndALostWrite() throws IOException {
    buildWith("in-place", false, "inject=write:error=ENOSPC:when=2");
    assertEquals(1, times(Outcome.BROKEN), () -> "found: " + outcomes);
    // The kernel says that it wrote the first bytes, and did not.
    buildWith("build", false, once(call("pwrite64 sealed"), "retval=100"));
    assertEquals(2, times(Outcome.BROKEN), () -> "found: " + outcomes);
    Trial.record(
        FailingCallsTest.class,
        6,
        "control",
        "a builder that writes onto the target meets ENOSPC; a write that says it wrote and did"
            + " not",
        2,
        Map.of("a broken file found", times(Outcome.BROKEN)));
  }

  @Test
  void thePublishedFileHasItsModeWhateverFailed() throws IOException {
    buildWith("build", false, once(call("rmdir .sample.almanac.almanac-N.ended"), "error=EIO"));
    assertEquals(
        "r--r--r--",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(target, LinkOption.NOFOLLOW_LINKS)));
    assertFalse(Files.isSymbolicLink(target));
    try (Stream<Path> files = Files.list(target.getParent())) {
      assertEquals(1, files.count());
    }
  }
}
