package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 14, another user on the host: what he plants under the target's name or under a temporary
 * one is never followed, written to, waited for or swept; the mode of the file does not depend on
 * the umask; of two builders one wins, whole.
 */
@Timeout(1_800)
class OtherUserTest {
  private static final String OTHER_UID = "12345";
  private static final String VICTIM = "a file of the builder's that nobody may touch";

  @TempDir Path folder;

  private Editions editions;
  private Path shared;
  private Path target;
  private Path victim;

  @BeforeEach
  void aFolderLikeTmp() throws IOException {
    editions = Editions.in(folder);
    victim =
        Files.writeString(Files.createDirectory(folder.resolve("private")).resolve("v"), VICTIM);
    // The other user must be able to reach it, whatever the mode of the folder of all tests.
    shared = Files.createTempDirectory("almanac-shared");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    Command.must("chmod", "1777", shared.toString());
    target = shared.resolve("sample.almanac");
  }

  @AfterEach
  void delete() throws IOException {
    Editions.delete(shared);
  }

  private static void requireRoot() throws IOException {
    String missing = Command.notRoot();
    missing = missing == null ? Command.missing("setpriv", "mkfifo") : missing;
    assumeTrue(missing == null, missing);
  }

  /** A command of the other user, {@code $S} the folder and {@code $V} the builder's file. */
  private void plant(String command) throws IOException {
    Command.must(
        "setpriv",
        "--reuid=" + OTHER_UID,
        "--regid=" + OTHER_UID,
        "--clear-groups",
        "env",
        "S=" + shared,
        "V=" + victim,
        "sh",
        "-ec",
        command);
  }

  private static String mode(Path path) throws IOException {
    return Command.must("stat", "-c", "%F %a %U", path.toString()).trim();
  }

  private void clear() throws IOException {
    Command.must("find", shared.toString(), "-mindepth", "1", "-delete");
  }

  private static final Map<String, String> AT_THE_TARGET =
      Map.of(
          "a symbolic link to a file", "ln -s $V $S/sample.almanac",
          "a symbolic link to nothing", "ln -s $S/nothing $S/sample.almanac",
          "a pipe", "mkfifo $S/sample.almanac",
          "a hard link to a file of his", "echo his >$S/his; ln $S/his $S/sample.almanac",
          "a file", "echo his >$S/sample.almanac");

  private static final Map<String, String> AT_TEMPORARY_NAMES =
      Map.of(
          "a folder with a pipe for a lock",
              "mkdir -m 777 $S/.sample.almanac.almanac-1; mkfifo -m 666"
                  + " $S/.sample.almanac.almanac-1/lock",
          "a folder with a link for a lock",
              "mkdir -m 777 $S/.sample.almanac.almanac-1; ln -s $V"
                  + " $S/.sample.almanac.almanac-1/lock",
          "a folder that is closed", "mkdir -m 000 $S/.sample.almanac.almanac-1",
          "a link to a folder", "ln -s $(dirname $V) $S/.sample.almanac.almanac-1",
          "a file", "echo his >$S/.sample.almanac.almanac-1",
          "a pipe", "mkfifo $S/.sample.almanac.almanac-1",
          "a folder with a dead lock",
              "mkdir -m 777 $S/.sample.almanac.almanac-1; echo >$S/.sample.almanac.almanac-1/lock;"
                  + " chmod 666 $S/.sample.almanac.almanac-1/lock");

  @Test
  void nothingPlantedIsFollowedOrWaitedFor() throws IOException {
    requireRoot();
    BuilderProcess builder = BuilderProcess.shared();
    Map<String, Long> outcomes = new LinkedHashMap<>();
    for (var plants : List.of(AT_THE_TARGET, AT_TEMPORARY_NAMES)) {
      for (var entry : plants.entrySet()) {
        plant(entry.getValue());
        String answer = builder.ask(editions, target);
        if (plants == AT_THE_TARGET && entry.getKey().equals("a pipe")) {
          assertTrue(answer.contains("the target must be a regular file"), answer);
          assertTrue(mode(target).startsWith("fifo"), mode(target));
          outcomes.merge("refused by name, nothing touched", 1L, Long::sum);
          clear();
          continue;
        }
        assertTrue(answer.startsWith("published"), () -> entry.getKey() + ": " + answer);
        assertEquals(Found.NEW, editions.found(target), entry.getKey());
        assertEquals("regular file 444 root", mode(target), entry.getKey());
        assertEquals(VICTIM, Files.readString(victim), entry.getKey());
        assertEquals(List.of("v"), dev.almanac.SampleRows.names(victim.getParent()));
        if (Files.exists(shared.resolve("his"))) {
          assertEquals("his\n", Files.readString(shared.resolve("his")));
        }
        if (plants == AT_TEMPORARY_NAMES) {
          assertEquals(
              List.of(".sample.almanac.almanac-1"),
              Editions.leftovers(target),
              "what is another's is not swept: " + entry.getKey());
        }
        outcomes.merge("new file, its mode and owner right, nothing else touched", 1L, Long::sum);
        clear();
      }
    }
    Trial.record(
        OtherUserTest.class,
        14,
        "planted",
        "links, pipes, files and folders of another user under the target's and a temporary name,"
            + " in a folder like /tmp",
        AT_THE_TARGET.size() + AT_TEMPORARY_NAMES.size(),
        outcomes);
  }

  /** A user like any other may not replace another's file in such a folder, and says so. */
  @Test
  void aBuilderWithoutPrivilegesLeavesWhatIsAnothers() throws IOException {
    requireRoot();
    assumeTrue(Trial.full(), "it takes a new JVM: with -Preliability only");
    try (BuilderProcess builder = BuilderProcess.start(folder).awaitReady()) {
      // What it reads must be within its reach.
      Path rows =
          Files.copy(editions.newRows(), shared.resolveSibling(shared.getFileName() + ".txt"));
      try {
        builder.ask("become", "54321", "-");
        assertEquals("became 54321", builder.answer());
        Map<String, Long> outcomes = new LinkedHashMap<>();
        for (var plants : List.of(AT_THE_TARGET, AT_TEMPORARY_NAMES)) {
          for (var entry : plants.entrySet()) {
            plant(entry.getValue());
            boolean held = plants == AT_THE_TARGET;
            String before = held ? mode(target) : "";
            builder.ask("build", rows, target);
            String answer = builder.answer();
            if (held) {
              assertTrue(
                  answer.startsWith("failed java.nio.file.FileSystemException")
                          && answer.contains("Operation not permitted")
                      || answer.contains("the target must be a regular file"),
                  () -> entry.getKey() + ": " + answer);
              assertEquals(before, mode(target));
              outcomes.merge("refused by name, nothing touched", 1L, Long::sum);
            } else {
              assertTrue(answer.startsWith("published"), () -> entry.getKey() + ": " + answer);
              assertEquals(Found.NEW, editions.found(target));
              assertTrue(mode(target).startsWith("regular file 444"));
              outcomes.merge("new file, its mode right, nothing else touched", 1L, Long::sum);
            }
            assertEquals(VICTIM, Files.readString(victim));
            clear();
          }
        }
        Trial.record(
            OtherUserTest.class,
            14,
            "planted, builder without privileges",
            "the same against a builder that is not root",
            AT_THE_TARGET.size() + AT_TEMPORARY_NAMES.size(),
            outcomes);
      } finally {
        Files.delete(rows);
      }
    }
  }

  @Test
  void theTrialFindsABuilderThatWritesInPlace() throws IOException {
    requireRoot();
    BuilderProcess builder = BuilderProcess.shared();
    // Not in a folder like /tmp: there the kernel of most hosts protects a link of another's.
    Command.must("chmod", "0777", shared.toString());
    plant("ln -s $V $S/sample.almanac");
    builder.ask("in-place", editions.newRows(), target);
    assertTrue(builder.answer().startsWith("published"));
    assertTrue(Files.isSymbolicLink(target), "written through, not replaced");
    assertArrayEquals(editions.newBytes(), Files.readAllBytes(victim));
    assertNotEquals("regular file 444 root", mode(target));
    Trial.record(
        OtherUserTest.class,
        14,
        "control",
        "a builder that writes onto the target, which is a link of another user",
        1,
        Map.of("the builder's own file overwritten", 1L));
  }

  @Test
  void theModeDoesNotDependOnTheUmask() throws IOException {
    String missing = Strace.missing();
    assumeTrue(missing == null, missing);
    List<String> umasks = Trial.full() ? List.of("000", "022", "077", "777") : List.of("000");
    for (String umask : umasks) {
      BuilderProcess builder =
          Trial.full()
              ? BuilderProcess.start(
                  folder,
                  List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"),
                  true,
                  List.of("-Xmx64m"))
              : BuilderProcess.shared();
      try {
        builder.awaitReady();
        Strace strace =
            Strace.attach(builder.pid(), true, folder.resolve("trace"), "trace=openat,mkdir,chmod");
        assertTrue(builder.ask(editions, target).startsWith("published"));
        List<Call> calls = strace.detach();
        assertEquals("444", mode(target).split(" ")[2]);
        long created = 0;
        for (Call call : calls) {
          if (call.name().equals("mkdir")) {
            assertTrue(call.line().contains(", 0700)"), call::line);
          } else if (call.line().contains("O_CREAT") && call.line().contains(shared.toString())) {
            // Chronicle Map makes its store itself, within a folder that is the builder's alone.
            boolean store = call.line().contains("/store") || call.line().contains("/warm-up");
            assertTrue(
                store || call.line().contains("O_EXCL") && call.line().contains(", 0600)"),
                call::line);
            created++;
          }
        }
        assertTrue(created >= 4, "the temporary files must have been seen");
        Files.delete(target);
      } finally {
        if (Trial.full()) {
          builder.close();
        }
      }
    }
    Trial.record(
        OtherUserTest.class,
        14,
        "umask",
        "builds with umask " + String.join(", ", umasks),
        umasks.size(),
        Map.of(
            "file 0444, temporary files 0600 and created exclusively, folder 0700",
            (long) umasks.size()));
  }

  /** One is held up while it takes its lock: the moment at which the other could sweep it. */
  @Test
  void aBuilderThatIsJustAboutToLockIsNotSwept() throws IOException {
    String missing = Strace.missing();
    assumeTrue(missing == null, missing);
    BuilderProcess builder = BuilderProcess.shared();
    Strace plan =
        Strace.attach(builder.mainThread(), false, folder.resolve("trace"), "trace=fcntl");
    assertTrue(builder.ask(editions, target).startsWith("published"));
    Call lock =
        plan.detach().stream()
            .filter(call -> call.line().contains("F_WRLCK"))
            .findFirst()
            .orElseThrow();
    Strace strace =
        Strace.attach(
            builder.mainThread(),
            false,
            folder.resolve("trace"),
            "trace=fcntl",
            "inject=fcntl:delay_enter=1000000:when=" + lock.ordinal());
    builder.ask("build", editions.newRows(), target);
    while (Editions.leftovers(target).isEmpty()) {
      BuilderProcess.pause();
    }
    long others = 0;
    while (!builder.answered()) {
      Editions.build(editions.oldRows(), target);
      others++;
    }
    String answer = builder.answer();
    strace.detach();
    assertTrue(answer.startsWith("published"), answer);
    assertTrue(others > 1, "the other must have built in the meantime");
    assertEquals(List.of(), Editions.leftovers(target));
  }

  @Test
  void ofTwoBuildersOneWinsWhole() throws IOException {
    BuilderProcess builder = BuilderProcess.shared();
    int trials = Trial.count(3, 200);
    long oldWon = 0;
    List<String> others = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      builder.ask("build", editions.newRows(), target);
      Editions.build(editions.oldRows(), target);
      // A reader may look at any time.
      Found between = editions.found(target);
      String answer = builder.answer();
      Found found = editions.found(target);
      if (!answer.startsWith("published")
          || between == Found.BROKEN
          || between == Found.NOTHING
          || found == Found.BROKEN
          || found == Found.NOTHING
          || !Editions.leftovers(target).isEmpty()) {
        others.add(answer + " " + between + " " + found + " " + Editions.leftovers(target));
      }
      oldWon += found == Found.OLD ? 1 : 0;
      Files.delete(target);
    }
    assertEquals(List.of(), others);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("both succeed, the one's file whole", oldWon);
    outcomes.put("both succeed, the other's file whole", trials - oldWon);
    outcomes.put("a mixture, a failure, something left", 0L);
    Trial.record(
        OtherUserTest.class,
        14,
        "two builders",
        "two processes build one target at once",
        trials,
        outcomes);
    assertTrue(Files.notExists(target, LinkOption.NOFOLLOW_LINKS));
  }
}
