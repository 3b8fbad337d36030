package dev.almanac.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a power cut leaves of a publication: {@code reliability.PowerCutTest}. */
class PublicationTest {
  private static final int ROUNDS = 40;

  @TempDir private Path folder;

  private Path target;
  private Path temporary;

  @BeforeEach
  void names() throws IOException {
    target = folder.resolve("published");
    temporary = folder.resolve("temporary");
    Files.writeString(target, "old");
  }

  private FileChannel write(String content) throws IOException {
    Files.deleteIfExists(temporary);
    FileChannel file =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
    return file;
  }

  @Test
  void aPublishedFileHasItsNameAndIsReadOnly() throws IOException {
    try (FileChannel file = write("new")) {
      Publication.publish(file, temporary, target);
    }
    assertEquals("new", Files.readString(target));
    assertEquals("r--r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    assertFalse(Files.exists(temporary));
    assertFalse(Thread.interrupted());
  }

  @Test
  void aFileThatCannotBeSyncedKeepsItsTemporaryName() throws IOException {
    FileChannel file = write("new");
    file.close();
    assertThrows(ClosedChannelException.class, () -> Publication.publish(file, temporary, target));
    assertEquals("old", Files.readString(target));
    assertTrue(Files.exists(temporary));
  }

  @Test
  void anInterruptBeforeTheNameIsGivenStopsIt() throws IOException {
    try (FileChannel file = write("new")) {
      Thread.currentThread().interrupt();
      assertThrows(
          ClosedByInterruptException.class, () -> Publication.publish(file, temporary, target));
      assertTrue(Thread.interrupted(), "who interrupts must still find it so");
    }
    assertEquals("old", Files.readString(target));
  }

  /** A thread that waits for the name and then interrupts the thread that made it. */
  private Thread interrupterOnceThereIsTheTarget() {
    Thread publisher = Thread.currentThread();
    return new Thread(
        () -> {
          while (!Files.exists(target)) {
            Thread.onSpinWait();
          }
          publisher.interrupt();
        });
  }

  /** The interrupt comes while the folder is synced, as a rule. */
  @Test
  @Timeout(300)
  void anInterruptBehindTheNameIsKeptForLater() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Files.delete(target);
      Thread interrupter = interrupterOnceThereIsTheTarget();
      try (FileChannel file = write("round " + round)) {
        interrupter.start();
        Publication.publish(file, temporary, target);
      }
      while (interrupter.isAlive()) {
        Thread.onSpinWait();
      }
      assertTrue(Thread.interrupted(), "an interrupt must not be lost");
      assertEquals("round " + round, Files.readString(target));
    }
  }

  /**
   * Lowers the limit of descriptors of this very process, so that the folder cannot be opened; who
   * puts it back was started before, since starting takes descriptors too.
   */
  @Test
  @Timeout(300)
  void aFolderThatCannotBeSyncedHasAnOutcomeOfItsOwn() throws Exception {
    try (FileChannel file = write("first")) {
      // Brings in every class that the second one needs.
      Publication.publish(file, temporary, target);
    }
    assertThrows(IOException.class, () -> FileChannel.open(folder.resolve("none")));
    IOException thrown = null;
    try (FileChannel file = write("second")) {
      Process limiter = limiter();
      try (Writer orders = limiter.outputWriter();
          BufferedReader answers = limiter.inputReader()) {
        String answer = answers.readLine();
        assumeTrue("lowered".equals(answer), "needs prlimit: " + answer);
        try {
          Publication.publish(file, temporary, target);
        } catch (IOException e) {
          thrown = e;
        } finally {
          orders.write("go\n");
          orders.flush();
        }
        assertEquals("raised", answers.readLine());
      }
    }
    assertNotNull(thrown, "a folder that was not synced must be told of");
    assertEquals(
        "the file is published, but its folder must be synced for the name to survive a power cut:"
            + " folder="
            + folder
            + " target="
            + target,
        thrown.getMessage());
    assertEquals(FileSystemException.class, thrown.getCause().getClass());
    assertEquals("second", Files.readString(target));
  }

  /** Lowers this process's limit of descriptors at once, and puts it back when it reads a line. */
  private static Process limiter() throws IOException {
    return new ProcessBuilder(
            "sh",
            "-c",
            "soft=$(prlimit --pid $0 --nofile -o SOFT --noheadings | tr -d ' ')"
                + " && prlimit --pid $0 --nofile=3: && echo lowered"
                + " && { read go; prlimit --pid $0 --nofile=$soft: && echo raised; }",
            Long.toString(ProcessHandle.current().pid()))
        .redirectErrorStream(true)
        .start();
  }

  /** What no test can see without a power cut but in the calls of this very thread. */
  @Test
  @Timeout(300)
  void theFileIsSyncedBeforeItHasItsNameAndTheFolderAfterwards() throws Exception {
    Path trace = folder.resolve("trace");
    try (FileChannel file = write("new")) {
      Process strace = strace(trace, "trace=fsync,rename");
      try {
        Publication.publish(file, temporary, target);
      } finally {
        end(strace);
      }
    }
    assertEquals(
        List.of(
            "fsync(<" + temporary + ">",
            "rename(\"" + temporary + "\", \"" + target + "\"",
            "fsync(<" + folder + ">"),
        calls(trace, "fsync", "rename"));
  }

  /** The folder is opened so slowly that the interrupt comes before it is synced. */
  @Test
  @Timeout(300)
  void aFolderWhoseSyncIsInterruptedIsSyncedAllTheSame() throws Exception {
    Files.delete(target);
    Thread interrupter = interrupterOnceThereIsTheTarget();
    Path trace = folder.resolve("trace");
    try (FileChannel file = write("new")) {
      Process strace =
          strace(
              trace,
              "trace=openat,fsync",
              "-P",
              folder.toString(),
              "-e",
              "inject=openat:delay_enter=200000:when=1");
      boolean interrupted;
      try {
        interrupter.start();
        Publication.publish(file, temporary, target);
        while (interrupter.isAlive()) {
          Thread.onSpinWait();
        }
      } finally {
        interrupted = Thread.interrupted();
        end(strace);
      }
      assertTrue(interrupted, "an interrupt must not be lost");
    }
    assertEquals(Set.of("fsync(<" + folder + ">"), Set.copyOf(calls(trace, "fsync")));
  }

  /** Also after a failure: a thread that is traced cannot be traced by the next test. */
  private static void end(Process strace) throws InterruptedException {
    strace.destroy();
    strace.waitFor();
  }

  /** The calls with these names that were traced and succeeded, without descriptors. */
  private static List<String> calls(Path trace, String... names) throws IOException {
    return Files.readAllLines(trace).stream()
        .filter(line -> line.endsWith(" = 0"))
        .filter(line -> List.of(names).contains(line.substring(0, line.indexOf('('))))
        .map(line -> line.substring(0, line.indexOf(')')).replaceAll("\\(\\d+", "("))
        .toList();
  }

  /** Traces this thread from now on. */
  private static Process strace(Path trace, String... expressions) throws IOException {
    String thread = Path.of("/proc/thread-self").toRealPath().getFileName().toString();
    List<String> command = new ArrayList<>(List.of("strace", "-y", "-o", trace.toString()));
    command.addAll(List.of("-p", thread, "-e"));
    command.addAll(List.of(expressions));
    String answer = "none";
    Process strace = null;
    try {
      strace = new ProcessBuilder(command).redirectErrorStream(true).start();
      answer = strace.inputReader().readLine();
    } catch (IOException e) {
      answer = e.getMessage();
    }
    assumeTrue(answer != null && answer.contains("attached"), "needs strace: " + answer);
    return strace;
  }
}
