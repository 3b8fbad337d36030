package dev.almanac;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishTest {
  @TempDir Path folder;

  private Path target;

  @BeforeEach
  void names() {
    target = folder.resolve("sample.almanac");
  }

  private static RowSource oneRow(String date) {
    return RowSource.of(List.of(new RowSource.Row("1", date)).iterator());
  }

  @Test
  void anOpenReaderKeepsTheOldFile() throws IOException {
    SampleRows old = SampleRows.dense(0, 3_000, 20);
    SampleRows young = SampleRows.dense(1_000, 3_000, 30);
    try (Almanac before = Almanac.open(old.build(folder, Layout.AUTO))) {
      try (Almanac after = Almanac.open(young.build(folder, Layout.AUTO))) {
        old.assertAnsweredBy(before);
        young.assertAnsweredBy(after);
        assertFalse(before.edition().equals(after.edition()));
      }
      old.assertAnsweredBy(before);
    }
  }

  @Test
  void aPublishedFileIsReadOnlyAndAlone() throws IOException {
    SampleRows.dense(0, 100, 20).build(folder, Layout.AUTO);
    assertEquals("r--r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    assertEquals(List.of("rows.txt", "sample.almanac"), SampleRows.names(folder));
  }

  @Test
  void aBuilderMayBuildManyFiles() throws IOException {
    AlmanacBuilder builder = AlmanacBuilder.create();
    builder.build(oneRow("2024-01-01"), target);
    builder.build(oneRow("2024-01-01"), folder.resolve("second.almanac"));
    assertEquals(-1, Files.mismatch(target, folder.resolve("second.almanac")));
  }

  @Test
  void aTargetWithoutAFolderInItsNameIsInTheCurrentOne() throws IOException {
    Path name = Path.of("published-by-a-test.almanac");
    try {
      AlmanacBuilder.create().build(oneRow("2024-01-01"), name);
      assertTrue(Almanac.verify(name).ok());
    } finally {
      Files.deleteIfExists(name);
    }
  }

  @Test
  void aTargetThatIsAFolderIsRefused() throws IOException {
    Files.createDirectory(target);
    String message =
        assertThrows(
                IOException.class,
                () -> AlmanacBuilder.create().build(oneRow("2024-01-01"), target))
            .getMessage();
    assertEquals("the target must be a file, not a directory: target=" + target, message);
    assertEquals(List.of("sample.almanac"), SampleRows.names(folder));
    assertThrows(
        IOException.class, () -> AlmanacBuilder.create().build(oneRow("2024-01-01"), Path.of("/")));
  }

  @Test
  void aTargetInAMissingFolderIsRefused() {
    Path missing = folder.resolve("missing/sample.almanac");
    String message =
        assertThrows(
                NoSuchFileException.class,
                () -> AlmanacBuilder.create().build(oneRow("2024-01-01"), missing))
            .getMessage();
    assertEquals(
        folder.resolve("missing") + ": the target's folder must exist: target=" + missing, message);
    assertFalse(Files.exists(folder.resolve("missing")));
  }

  private Path leftover(String name, String... files) throws IOException {
    Path left = Files.createDirectory(folder.resolve(name));
    for (String file : files) {
      Files.writeString(left.resolve(file), "left");
    }
    return left;
  }

  @Test
  void whatAKilledBuildLeftIsSwept() throws IOException {
    leftover(".sample.almanac.almanac-123", "lock", "numbers", "sealed");
    leftover(".sample.almanac.almanac-456"); // Killed before it made its lock.
    AlmanacBuilder.create().build(oneRow("2024-01-01"), target);
    assertEquals(List.of("sample.almanac"), SampleRows.names(folder));
  }

  @Test
  void whatMayBeAnothersIsNotSwept() throws IOException {
    leftover(".other.almanac.almanac-123", "lock");
    Files.writeString(folder.resolve(".sample.almanac.almanac-file"), "a file");
    AlmanacBuilder.create().build(oneRow("2024-01-01"), target);
    assertEquals(
        List.of(".other.almanac.almanac-123", ".sample.almanac.almanac-file", "sample.almanac"),
        SampleRows.names(folder));
  }

  /**
   * A program that tries to lock the file, says whether it could, and keeps the lock until its
   * input ends.
   */
  private Process lockInAnotherProcess(Path lock) throws IOException {
    Path program =
        Files.writeString(
            folder.resolve("Locker.java"),
            """
            import java.nio.channels.FileChannel;
            import java.nio.channels.FileLock;
            import java.nio.file.Path;
            import java.nio.file.StandardOpenOption;

            class Locker {
              public static void main(String[] arguments) throws Exception {
                try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                  System.out.println(lock == null ? "refused" : "locked");
                  System.in.read();
                }
              }
            }
            """);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            program.toString(),
            lock.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String firstLine(Process process) throws IOException {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
  }

  @Test
  void whatALiveBuilderOfAnotherProcessUsesIsNotSwept() throws Exception {
    Path live = leftover(".sample.almanac.almanac-789", "lock", "numbers");
    Process builder = lockInAnotherProcess(live.resolve("lock"));
    try {
      assertEquals("locked", firstLine(builder));
      AlmanacBuilder.create().build(oneRow("2024-01-01"), target);
      assertEquals(List.of("lock", "numbers"), SampleRows.names(live));
    } finally {
      builder.destroyForcibly().waitFor();
    }
    AlmanacBuilder.create().build(oneRow("2024-01-01"), target);
    assertFalse(Files.exists(live));
  }

  /** Rows that wait in the middle until told to go on. */
  private static final class WaitingRows implements Iterator<RowSource.Row> {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    private int count;

    @Override
    public boolean hasNext() {
      return count < 10_000;
    }

    @Override
    public RowSource.Row next() {
      if (++count == 5_000) {
        reached.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return new RowSource.Row(Integer.toString(count), "2024-01-02");
    }
  }

  private record Running(Thread thread, AtomicReference<Throwable> failure) {
    static Running start(RowSource rows, Path target) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  AlmanacBuilder.create().threads(2).build(rows, target);
                } catch (Throwable e) {
                  failure.set(e);
                  if (!Thread.currentThread().isInterrupted()) {
                    e.addSuppressed(new AssertionError("the interrupt flag was not set"));
                  }
                }
              });
      thread.start();
      return new Running(thread, failure);
    }
  }

  /**
   * The second build may name the folder in another way; a process that has a file open twice loses
   * its lock with the first close.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", ".", "link"})
  void twoBuildsOfOneTargetInOneProcessDoNotDisturbEachOther(String detour) throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), folder);
    WaitingRows rows = new WaitingRows();
    Running first = Running.start(RowSource.of(rows), target);
    rows.reached.await();
    AlmanacBuilder.create()
        .build(oneRow("2024-01-01"), folder.resolve(detour).resolve("sample.almanac"));
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals("2024-01-01", almanac.date(1).toString());
    }
    String left =
        SampleRows.names(folder).stream()
            .filter(name -> name.startsWith("."))
            .findFirst()
            .orElseThrow();
    Process other = lockInAnotherProcess(folder.resolve(left).resolve("lock"));
    try {
      assertEquals("refused", firstLine(other), "the first build must still hold its lock");
    } finally {
      other.destroyForcibly().waitFor();
    }
    rows.goOn.countDown();
    first.thread().join();
    assertNull(first.failure().get());
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals("2024-01-02", almanac.date(1).toString());
      assertEquals(10_000, almanac.size());
    }
    assertEquals(List.of("Locker.java", "link", "sample.almanac"), SampleRows.names(folder));
  }

  @Test
  @Timeout(300)
  void anInterruptEndsABuildThatWaitsForRows() throws Exception {
    Files.write(target, new byte[] {1, 2, 3});
    Iterator<RowSource.Row> endless =
        new Iterator<>() {
          private long count;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public RowSource.Row next() {
            return new RowSource.Row(Long.toString(count++ % 100_000), "2024-01-02");
          }
        };
    Running build = Running.start(RowSource.of(endless), target);
    Thread.sleep(300);
    build.thread().interrupt();
    build.thread().join();
    assertStopped(build.failure().get());
    assertEquals(List.of("sample.almanac"), SampleRows.names(folder));
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(target));
  }

  private static void assertStopped(Throwable failure) {
    if (!(failure instanceof InterruptedIOException
        || failure instanceof ClosedByInterruptException)) {
      throw new AssertionError("an interrupted build must say so", failure);
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      assertFalse(suppressed instanceof AssertionError, suppressed::getMessage);
    }
  }

  /** Interrupts a build of some hundred milliseconds at forty different moments of it. */
  @Test
  @Timeout(300)
  void anInterruptLeavesNothingWhateverThePhase() throws Exception {
    Path rows = SampleRows.sparse(150_000, 400).write(folder.resolve("rows.txt"));
    long start = System.nanoTime();
    AlmanacBuilder.create().threads(2).build(DelimitedRows.of(rows), target);
    long buildNanos = System.nanoTime() - start;
    byte[] sealed = Files.readAllBytes(target);
    int stopped = 0;
    for (int i = 0; i < 40; i++) {
      Files.deleteIfExists(target);
      Running build = Running.start(DelimitedRows.of(rows), target);
      TimeUnit.NANOSECONDS.sleep(buildNanos * i / 40);
      build.thread().interrupt();
      build.thread().join();
      if (build.failure().get() != null) {
        assertStopped(build.failure().get());
        assertEquals(List.of("rows.txt"), SampleRows.names(folder), "round " + i);
        stopped++;
      } else {
        assertArrayEquals(sealed, Files.readAllBytes(target));
        assertEquals(List.of("rows.txt", "sample.almanac"), SampleRows.names(folder), "round " + i);
      }
    }
    assertTrue(stopped > 0, "some build must have been stopped");
  }
}
