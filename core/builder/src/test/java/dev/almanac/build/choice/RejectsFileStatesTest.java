package dev.almanac.build.choice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.SampleRows;
import dev.almanac.build.BadRowReason;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands under the name of the rejects file, step by step. */
@Timeout(60)
class RejectsFileStatesTest {
  private static final String OLD = "of the build before\n";
  private static final String ADDED = "caf\u00e9\t7\tBAD_DATE\tx|\u00e9\n";

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void oldFile() throws IOException {
    file = Files.writeString(folder.resolve("rejects.txt"), OLD);
  }

  private static void add(RejectsFile rejects) throws IOException {
    rejects.add("caf\u00e9", 7, BadRowReason.BAD_DATE, "x|\u00e9".getBytes(UTF_8));
  }

  private void assertFolder(String text) throws IOException {
    assertEquals(text, Files.readString(file));
    assertEquals(List.of("rejects.txt"), SampleRows.names(folder));
  }

  @Test
  void rowsAreThereOncePublishedAndNotBefore() throws IOException {
    try (RejectsFile rejects = new RejectsFile(file)) {
      add(rejects);
      assertEquals(OLD, Files.readString(file));
      rejects.finish();
      rejects.finish();
      assertEquals(OLD, Files.readString(file));
      rejects.publish();
      assertEquals(ADDED, Files.readString(file));
      rejects.publish();
    }
    assertFolder(ADDED);
  }

  @Test
  void publishingFinishes() throws IOException {
    try (RejectsFile rejects = new RejectsFile(file)) {
      add(rejects);
      add(rejects);
      rejects.publish();
      assertEquals(ADDED + ADDED, Files.readString(file));
      assertThrows(ClosedChannelException.class, () -> addMuch(rejects));
    }
    assertFolder(ADDED + ADDED);
  }

  private static void addMuch(RejectsFile rejects) throws IOException {
    for (int i = 0; i < 10_000; i++) {
      add(rejects);
    }
  }

  @Test
  void whatIsNotPublishedLeavesTheOldFile() throws IOException {
    try (RejectsFile rejects = new RejectsFile(file)) {
      addMuch(rejects);
    }
    assertFolder(OLD);
    try (RejectsFile rejects = new RejectsFile(file)) {
      add(rejects);
      rejects.finish();
    }
    assertFolder(OLD);
  }

  @Test
  void nothingCanBeWrittenToAFileThatIsClosed() throws IOException {
    RejectsFile rejects = new RejectsFile(file);
    rejects.close();
    assertThrows(ClosedChannelException.class, () -> addMuch(rejects));
  }

  @Test
  void aDirectoryIsRefused() {
    assertEquals(
        "the rejects must go to a file, not a directory: rejects=" + folder,
        assertThrows(IOException.class, () -> new RejectsFile(folder)).getMessage());
  }

  @Test
  void aLinkStaysAndItsFileIsReplaced() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path real = Files.move(file, elsewhere.resolve("real.txt"));
    Files.createSymbolicLink(file, real);
    try (RejectsFile rejects = new RejectsFile(file)) {
      add(rejects);
      rejects.publish();
    }
    assertTrue(Files.isSymbolicLink(file));
    assertFalse(Files.isSymbolicLink(real));
    assertEquals(ADDED, Files.readString(real));
    assertEquals(List.of("real.txt"), SampleRows.names(elsewhere));
  }

  /** As {@code /dev/stderr} leads to a log: what is written to the log later would be lost. */
  @Test
  void aFileBehindADescriptorIsNotReplaced() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "no descriptors with names");
    try (FileChannel log = FileChannel.open(file, StandardOpenOption.WRITE);
        Stream<Path> all = Files.list(descriptors)) {
      Path descriptor = all.filter(each -> isLinkTo(each, file)).findFirst().orElseThrow();
      Path link = Files.createSymbolicLink(folder.resolve("stderr"), descriptor);
      for (Path path : List.of(descriptor, link)) {
        String message = assertThrows(IOException.class, () -> new RejectsFile(path)).getMessage();
        assertTrue(message.contains("must not replace a file that is open"), message);
      }
      assertEquals(OLD.length(), log.size());
    }
    assertEquals(OLD, Files.readString(file));
    assertEquals(List.of("rejects.txt", "stderr"), SampleRows.names(folder));
  }

  private static boolean isLinkTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file.toRealPath());
    } catch (IOException e) {
      return false; // Closed since the list was made.
    }
  }

  /** A rename would replace it. */
  @Test
  void aPipeStaysAPipeAndGetsTheRows() throws Exception {
    Path pipe = folder.resolve("pipe");
    Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(mkfifo.waitFor() == 0, "no named pipes");
    CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> text(pipe));
    try (RejectsFile rejects = new RejectsFile(pipe)) {
      add(rejects);
      assertEquals(List.of("pipe", "rejects.txt"), SampleRows.names(folder));
      rejects.publish();
      assertEquals(ADDED, read.get(50, TimeUnit.SECONDS));
    }
    assertTrue(Files.exists(pipe) && !Files.isRegularFile(pipe));
    assertEquals(List.of("pipe", "rejects.txt"), SampleRows.names(folder));
  }

  /** As {@code /dev/stderr} leads to a pipe, which has no path. */
  @Test
  void aLinkToAPipeWithoutAPathIsWrittenTo() throws Exception {
    Process cat = new ProcessBuilder("cat").start();
    try {
      Path link = Path.of("/proc/" + cat.pid() + "/fd/0");
      assumeTrue(Files.isSymbolicLink(link), "no /proc");
      try (RejectsFile rejects = new RejectsFile(link)) {
        add(rejects);
        rejects.publish();
      }
      cat.getOutputStream().close();
      assertEquals(ADDED, new String(cat.getInputStream().readAllBytes(), UTF_8));
    } finally {
      cat.destroy();
    }
  }

  private static String text(Path pipe) {
    try {
      return Files.readString(pipe);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
