package dev.almanac.reliability;

import static dev.almanac.reliability.TruncatedWhileMappedTest.count;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.reliability.TruncatedWhileMappedTest.Compiler;
import dev.almanac.reliability.TruncatedWhileMappedTest.WithEveryCompiler;
import dev.almanac.reliability.TruncationWorker.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 11, the other half: the disk under a mapped file is lost. The file system lies on a loop
 * device, whose backing file is cut short; from then on the device has no such blocks, and reading
 * a page that is not in memory yet is an I/O error, for a mapping the signal SIGBUS.
 */
class LostDeviceTest {
  @TempDir Path folder;

  private Path mount;
  private String device = "";

  @BeforeEach
  void requirePrograms() throws IOException {
    String missing = Command.notRoot();
    missing =
        missing == null
            ? Command.missing("losetup", "mkfs.ext4", "mount", "umount", "truncate", "blockdev")
            : missing;
    assumeTrue(missing == null, missing);
    mount = Files.createDirectory(folder.resolve("mount"));
  }

  @AfterEach
  void detach() throws IOException {
    if (!device.isEmpty()) {
      Command.run("umount", "-l", mount.toString());
      Command.run("losetup", "-d", device);
    }
  }

  private Path image() {
    return folder.resolve("image");
  }

  /** A file for each way of reading, on a device of which nothing is in memory. */
  private void putOnDevice(Path files) throws IOException {
    Command.must("truncate", "-s", "16M", image().toString());
    Command.must("mkfs.ext4", "-q", image().toString());
    Command attached = Command.run("losetup", "-f", "--show", image().toString());
    assumeTrue(attached.exit() == 0, () -> "the test needs a loop device: " + attached.output());
    device = attached.output().trim();
    // Every page by itself, not with its neighbours.
    Command.must("blockdev", "--setra", "0", device);
    Command mounted = Command.run("mount", device, mount.toString());
    assumeTrue(mounted.exit() == 0, () -> "the test needs loop mounts: " + mounted.output());
    for (Way way : Way.SEALED) {
      Files.copy(files.resolve(way.name()), mount.resolve(way.name()));
    }
    // Mounted again, since what was written just now is in memory.
    Command.must("umount", mount.toString());
    Command.must("mount", "-o", "ro", device, mount.toString());
  }

  private void loseDevice() throws IOException {
    Command.must("truncate", "-s", "4096", image().toString());
    Command.must("losetup", "-c", device);
  }

  @WithEveryCompiler
  void aDeviceThatIsLostUnderItsReadersEndsInAnErrorAndNotInTheJvm(
      int javaVersion, Compiler compiler) throws Exception {
    assumeTrue(
        Trial.full() || compiler == Compiler.C1 && javaVersion == 17,
        "skipped: only one of them in a default build");
    Path java = TruncatedWhileMappedTest.java(javaVersion);
    // The interpreter needs no warming up, and takes long for it.
    boolean interpreted = compiler == Compiler.INTERPRETER;
    int rounds = Trial.count(50, interpreted ? 200 : 1_000);
    List<String> lines = read(java, compiler, interpreted ? 10 : 1_000, rounds, true);
    Map<String, Long> sums = new LinkedHashMap<>();
    for (String line : lines) {
      assertEquals(0, count(line, "unnamed"), lines::toString);
      assertEquals(0, count(line, "silent"), lines::toString);
      assertTrue(count(line, "named") + count(line, "late") > 0, lines::toString);
      sums.merge("answered from memory", count(line, "answered"), Long::sum);
      sums.merge("refused by name", count(line, "named"), Long::sum);
      sums.merge("the JVM's InternalError", count(line, "late"), Long::sum);
      String way =
          Way.valueOf(line.split(" ")[0]).isSingle() ? "single lookups" : "batches and walks";
      sums.merge(
          "of these with a wrong answer before it, " + way, count(line, "wrongFirst"), Long::sum);
      sums.merge("other errors", count(line, "unnamed"), Long::sum);
      sums.merge("wrong answers without an error", count(line, "silent"), Long::sum);
    }
    Trial.record(
        LostDeviceTest.class,
        11,
        "device lost, JDK " + javaVersion + ", " + compiler,
        rounds + " rounds of lookups behind the loss in each of " + lines.size() + " ways",
        (long) rounds * lines.size(),
        sums);
  }

  /** The control: it is the loss that ends lookups. */
  @Test
  void withoutALossEveryLookupIsAnswered() throws Exception {
    assumeTrue(Trial.full(), "skipped: a control for the full run");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    for (String line : read(java, Compiler.C1, 100, 100, false)) {
      assertEquals(100, count(line, "answered"), line);
    }
  }

  /** What the worker says of each way of reading. */
  private List<String> read(Path java, Compiler compiler, int warmUps, int rounds, boolean lose)
      throws Exception {
    TruncatedRows.NUMBERS_HASHED.build(folder);
    TruncatedRows.TEXTS_ENTRIES.build(folder);
    Path files = Files.createDirectory(folder.resolve("files"));
    for (Way way : Way.SEALED) {
      Files.copy(
          (way.isText() ? TruncatedRows.TEXTS_ENTRIES : TruncatedRows.NUMBERS_HASHED).file(folder),
          files.resolve(way.name()));
    }
    putOnDevice(files);
    BlockingQueue<SiblingJvm.Said> said = new LinkedBlockingQueue<>();
    List<String> lines = new ArrayList<>();
    try (SiblingJvm worker =
        SiblingJvm.start(
            said,
            List.of(java.toString(), compiler.flag, "-Xmx128m"),
            LostDeviceWorker.class,
            files,
            mount,
            warmUps,
            rounds)) {
      assertEquals("ready", SiblingJvm.next(said).line());
      if (lose) {
        loseDevice();
        Command whole = Command.run("cat", mount.resolve(Way.SINGLE.name()).toString());
        assertNotEquals(0, whole.exit(), "what is not in memory must be lost");
      }
      worker.tell("go");
      for (String line = SiblingJvm.next(said).line(); line != null; ) {
        lines.add(line);
        line = SiblingJvm.next(said).line();
      }
    }
    assertTrue(lines.remove(TruncationWorker.DONE), () -> "the JVM must live: " + lines);
    assertEquals(Way.SEALED.size(), lines.size(), lines::toString);
    return lines;
  }
}
