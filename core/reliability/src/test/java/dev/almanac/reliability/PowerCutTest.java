package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.reliability.Editions.Found;
import dev.almanac.reliability.Strace.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hazard 7, a power cut: the file system as the disk has it, mounted again, holds the old file or
 * the new one, whole; once success was reported, the new one.
 *
 * <p>The file system lies on a loop device. What the disk has is what has reached the file behind
 * the device: a copy of that, while the builder stands still, is a power cut, and does not disturb
 * the builder. The other way, shutting the file system down under the builder, is tried too.
 */
@Timeout(1_800)
class PowerCutTest {
  /** A file system, and how to make and mount a small one. */
  enum FileSystem {
    EXT4("16M", List.of("mkfs.ext4", "-q"), "loop"),
    // The smallest that mkfs.xfs makes; a copy is mounted beside the original, with the same UUID.
    XFS("300M", List.of("mkfs.xfs", "-q"), "loop,nouuid");

    final String size;
    final List<String> make;
    final String options;

    FileSystem(String size, List<String> make, String options) {
      this.size = size;
      this.make = make;
      this.options = options;
    }
  }

  @TempDir Path folder;

  private Editions editions;
  private BuilderProcess builder;
  private final List<Path> mounted = new ArrayList<>();

  @BeforeEach
  void builder() throws IOException {
    String missing = Command.notRoot();
    missing = missing == null ? Strace.missing() : missing;
    assumeTrue(missing == null, missing);
    editions = Editions.in(folder);
    builder = BuilderProcess.shared();
  }

  @AfterEach
  void unmountAll() throws IOException {
    for (Path mount : List.copyOf(mounted)) {
      Command.must("umount", "-l", mount.toString());
    }
  }

  private Path image() {
    return folder.resolve("image");
  }

  /** A default build has time for the first alone. */
  private static void requireTime(FileSystem fileSystem) {
    assumeTrue(
        Trial.full() || fileSystem == FileSystem.EXT4, "it takes long: with -Preliability only");
  }

  /** Makes the file system with the old edition on it, safe on disk; gives the target. */
  private Path fileSystem(FileSystem fileSystem) throws IOException {
    requireTime(fileSystem);
    String missing = Command.missing(fileSystem.make.get(0), "mount", "truncate", "sync");
    assumeTrue(missing == null, missing);
    Command.must("truncate", "-s", fileSystem.size, image().toString());
    List<String> make = new ArrayList<>(fileSystem.make);
    make.add(image().toString());
    Command.must(make.toArray(String[]::new));
    Path mount = mount(image(), "mount", fileSystem);
    Path target = editions.oldIn(mount, "target");
    Command.must("sync", "-f", mount.toString());
    return target;
  }

  private Path mount(Path image, String name, FileSystem fileSystem) throws IOException {
    Path mount = Files.createDirectories(folder.resolve(name));
    Command result =
        Command.run("mount", "-o", fileSystem.options, image.toString(), mount.toString());
    assumeTrue(result.exit() == 0, () -> "the test needs loop mounts: " + result.output());
    mounted.add(mount);
    return mount;
  }

  /** Waits for the builder's mappings to be collected, which keep a file system busy. */
  private void unmount(Path mount) throws IOException {
    Command result = Command.run("umount", mount.toString());
    for (int i = 0; i < 100 && result.exit() != 0; i++) {
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        throw new IOException("a test must not be interrupted", e);
      }
      result = Command.run("umount", mount.toString());
    }
    // Not lazily: a file system that is still in use would not be read from its disk again.
    assertEquals(0, result.exit(), result.output());
    mounted.remove(mount);
  }

  /** The power fails now: what does a machine find that starts again from this disk? */
  private Found afterPowerCut(FileSystem fileSystem, Path target) throws IOException {
    Path copy = folder.resolve("copy");
    Command.must("cp", "--sparse=always", image().toString(), copy.toString());
    Path mount = mount(copy, "again", fileSystem);
    try {
      return editions.found(mount.resolve(folder.resolve("mount").relativize(target)));
    } finally {
      unmount(mount);
      Files.delete(copy);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFileIsWholeAfterAPowerCutAtAnyCall(FileSystem fileSystem) throws IOException {
    Path target = fileSystem(fileSystem);
    Map<Found, Long> before = new EnumMap<>(Found.class);
    String answer =
        builder.askAndLook(
            "build",
            editions.newRows(),
            target,
            Trial.count(40, 1),
            folder.resolve("trace"),
            () -> before.merge(afterPowerCut(fileSystem, target), 1L, Long::sum));
    assertTrue(answer.startsWith("published"), answer);
    Found after = afterPowerCut(fileSystem, target);
    assertEquals(Found.NEW, after, "success was reported");
    long count = before.values().stream().mapToLong(Long::longValue).sum();
    long whole = before.getOrDefault(Found.OLD, 0L) + before.getOrDefault(Found.NEW, 0L);
    assertEquals(count, whole, () -> "found: " + before);
    assertTrue(before.getOrDefault(Found.OLD, 0L) > 0);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("before success was reported: old file, whole", before.get(Found.OLD));
    outcomes.put(
        "before success was reported: new file, whole", before.getOrDefault(Found.NEW, 0L));
    outcomes.put("after success was reported: new file, whole", 1L);
    outcomes.put("no file or a broken one", count - whole);
    Trial.record(
        PowerCutTest.class,
        7,
        "disk copied, " + fileSystem,
        "what the disk of "
            + fileSystem
            + " has is copied after each file call of the building thread and once after success,"
            + " and mounted again",
        count + 1,
        outcomes);
  }

  /** Shuts down without writing anything out, or after writing the journal alone. */
  @ParameterizedTest
  @EnumSource
  void aFileIsWholeAfterTheFileSystemIsShutDownAtAnyCall(FileSystem fileSystem) throws IOException {
    String missing = Command.missing("xfs_io");
    assumeTrue(missing == null, missing);
    Path target = fileSystem(fileSystem);
    Strace plan =
        Strace.attach(builder.mainThread(), false, folder.resolve("trace"), "trace=%file,%desc");
    assertTrue(builder.ask(editions, target).startsWith("published"));
    List<Call> calls = Strace.publish(plan.detach(), target);
    unmount(mounted.get(0));
    Map<Found, Long> found = new EnumMap<>(Found.class);
    int trials = Trial.count(1, calls.size());
    for (int i = 0; i < trials; i++) {
      Call call = calls.get(Trial.full() ? i : calls.size() / 2);
      mount(image(), "mount", fileSystem);
      editions.putOld(target);
      Command.must("sync", "-f", mounted.get(0).toString());
      Strace strace =
          Strace.attach(
              builder.mainThread(),
              false,
              folder.resolve("trace"),
              "trace=%file,%desc",
              "inject=" + call.name() + ":signal=STOP:when=" + call.ordinal());
      try {
        builder.ask("build", editions.newRows(), target);
        while (!builder.frozen()) {
          assertTrue(!builder.answered(), () -> "the builder must stop: " + call.line());
          BuilderProcess.pause();
        }
        shutDown(i % 2 == 0);
      } finally {
        strace.close();
        builder.thaw();
      }
      // What a builder answers when the file system goes under it is hazard 6.
      builder.answer();
      unmount(mounted.get(0));
      mount(image(), "mount", fileSystem);
      found.merge(editions.found(target), 1L, Long::sum);
      unmount(mounted.get(0));
    }
    mount(image(), "mount", fileSystem);
    editions.putOld(target);
    Command.must("sync", "-f", mounted.get(0).toString());
    assertTrue(builder.ask(editions, target).startsWith("published"));
    shutDown(false);
    unmount(mounted.get(0));
    mount(image(), "mount", fileSystem);
    assertEquals(Found.NEW, editions.found(target), "success was reported");
    long whole = found.getOrDefault(Found.OLD, 0L) + found.getOrDefault(Found.NEW, 0L);
    assertEquals(trials, whole, () -> "found: " + found);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("before success was reported: old file, whole", found.getOrDefault(Found.OLD, 0L));
    outcomes.put("before success was reported: new file, whole", found.getOrDefault(Found.NEW, 0L));
    outcomes.put("after success was reported: new file, whole", 1L);
    outcomes.put("no file or a broken one", trials - whole);
    Trial.record(
        PowerCutTest.class,
        7,
        "shut down, " + fileSystem,
        fileSystem
            + " is shut down after each file call of a publish, its journal written out or not, and"
            + " once after success, and mounted again",
        trials + 1,
        outcomes);
  }

  private void shutDown(boolean journalFirst) throws IOException {
    Command.must(
        "xfs_io", "-x", "-c", journalFirst ? "shutdown -f" : "shutdown", mounted.get(0).toString());
  }

  /** With the protection taken out: no sync of anything, of the file alone, of the folder alone. */
  @ParameterizedTest
  @EnumSource
  void theTrialFindsASyncThatIsFakedOrLeftOut(FileSystem fileSystem) throws IOException {
    Path target = fileSystem(fileSystem);
    Found nothing = withFakes(fileSystem, target, "inject=fsync,fdatasync:retval=0");
    assertNotEquals(Found.NEW, nothing, "no sync at all must be found");
    // The second of the building thread is that of the folder.
    Found folderLeftOut = withFakes(fileSystem, target, "inject=fsync:retval=0:when=2");
    assertNotEquals(Found.NEW, folderLeftOut, "a folder that is not synced must be found");
    Trial.record(
        PowerCutTest.class,
        7,
        "control, " + fileSystem,
        "a power cut after success, with every sync faked, and with the folder's sync left out",
        2,
        Map.of("success was reported, and the new file was not there", 2L));
  }

  private Found withFakes(FileSystem fileSystem, Path target, String injection) throws IOException {
    editions.putOld(target);
    Command.must("sync", "-f", target.getParent().toString());
    Strace strace =
        Strace.attach(
            builder.pid(), true, folder.resolve("trace"), "trace=fsync,fdatasync", injection);
    String answer = builder.ask(editions, target);
    assertTrue(strace.detach().stream().anyMatch(Call::injected));
    assertTrue(answer.startsWith("published"), answer);
    return afterPowerCut(fileSystem, target);
  }
}
