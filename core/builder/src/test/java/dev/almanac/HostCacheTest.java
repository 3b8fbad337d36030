package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCacheTest {
  @TempDir private static Path built;

  private static DistinctEditions editions;

  @TempDir Path folder;

  @BeforeAll
  static void build() throws IOException {
    editions = new DistinctEditions(built.resolve("editions"), 4, 1_000);
  }

  private Path install(int number) throws IOException {
    return HostCache.install(editions.file(number), editions.digest(number), folder);
  }

  private static String nameOf(int number) {
    return editions.digest(number) + ".almanac";
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  private void age(int number, int seconds) throws IOException {
    Files.setLastModifiedTime(
        folder.resolve(nameOf(number)), FileTime.from(Instant.now().minusSeconds(seconds)));
  }

  @Test
  void anEditionIsCopiedOnce() throws IOException {
    Path cache = folder.resolve("not/yet");
    AtomicInteger opened = new AtomicInteger();
    EditionSource source =
        () -> {
          opened.incrementAndGet();
          return Files.newInputStream(editions.file(1));
        };
    Path installed = HostCache.install(source, editions.digest(1), cache);
    Object inode = inode(installed);
    assertEquals(installed, HostCache.install(source, editions.digest(1).toUpperCase(), cache));
    assertEquals(1, opened.get());
    assertEquals(inode, inode(installed));
    assertEquals(cache.resolve(nameOf(1)), installed);
    assertEquals(-1, Files.mismatch(editions.file(1), installed));
    assertEquals(
        "r--r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(installed)));
    assertEquals(List.of(".lock", nameOf(1)), SampleRows.names(cache));
    try (Almanac almanac = Almanac.open(installed, editions.digest(1))) {
      assertEquals(1, almanac.code(7));
    }
  }

  @Test
  void threadsThatAskAtOnceGetOneCopy() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    AtomicInteger opened = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Object>> inodes = new ArrayList<>();
    try {
      for (int t = 0; t < 8; t++) {
        inodes.add(
            threads.submit(
                () -> {
                  start.await();
                  EditionSource source =
                      () -> {
                        opened.incrementAndGet();
                        return Files.newInputStream(editions.file(2));
                      };
                  return inode(HostCache.install(source, editions.digest(2), folder));
                }));
      }
      start.countDown();
      for (Future<Object> inode : inodes) {
        assertEquals(inodes.get(0).get(), inode.get(300, TimeUnit.SECONDS));
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, opened.get());
  }

  @Test
  void aCopyUnderWayIsReadableByItsOwnerAlone() throws IOException {
    String[] mode = new String[1];
    EditionSource source =
        () ->
            new FilterInputStream(Files.newInputStream(editions.file(0))) {
              @Override
              public void close() throws IOException {
                Path part = folder.resolve("." + editions.digest(0) + ".part");
                mode[0] = PosixFilePermissions.toString(Files.getPosixFilePermissions(part));
                super.close();
              }
            };
    HostCache.install(source, editions.digest(0), folder);
    assertEquals("rw-------", mode[0]);
  }

  @Test
  void anotherEditionIsRefused() throws IOException {
    String message =
        assertThrows(
                CorruptAlmanacException.class,
                () -> HostCache.install(editions.file(0), editions.digest(1), folder))
            .getMessage();
    assertTrue(
        message.startsWith(
            "the source must give the edition: found="
                + editions.digest(0)
                + " expected="
                + editions.digest(1)),
        message);
    assertEquals(List.of(".lock"), SampleRows.names(folder));
  }

  @Test
  void aDamagedSourceIsRefusedAndAWholeOneTakenNext() throws IOException {
    byte[] bytes = Files.readAllBytes(editions.file(0));
    for (int at : new int[] {0, bytes.length / 2, bytes.length - 1}) {
      bytes[at] ^= 1;
      assertThrows(
          CorruptAlmanacException.class,
          () ->
              HostCache.install(() -> new ByteArrayInputStream(bytes), editions.digest(0), folder));
      bytes[at] ^= 1;
      assertEquals(List.of(".lock"), SampleRows.names(folder));
    }
    assertThrows(
        CorruptAlmanacException.class,
        () ->
            HostCache.install(
                () -> new ByteArrayInputStream(bytes, 0, bytes.length - 1),
                editions.digest(0),
                folder));
    assertThrows(
        CorruptAlmanacException.class,
        () -> HostCache.install(InputStream::nullInputStream, editions.digest(0), folder));
    HostCache.install(() -> new ByteArrayInputStream(bytes), editions.digest(0), folder);
    assertTrue(Almanac.verify(folder.resolve(nameOf(0))).ok());
  }

  @Test
  void aSourceThatFailsLeavesNothing() throws IOException {
    IOException failure = new IOException("the source's own");
    EditionSource source =
        () ->
            new FilterInputStream(Files.newInputStream(editions.file(0))) {
              private int left = 3;

              @Override
              public int read(byte[] into, int from, int length) throws IOException {
                if (left-- == 0) {
                  throw failure;
                }
                return super.read(into, from, Math.min(length, 100));
              }
            };
    assertEquals(
        failure,
        assertThrows(
            IOException.class, () -> HostCache.install(source, editions.digest(0), folder)));
    assertEquals(List.of(".lock"), SampleRows.names(folder));
  }

  @Test
  void anInstalledFileThatWasDamagedIsReplaced() throws IOException {
    Path installed = install(0);
    Files.delete(installed);
    Files.write(installed, new byte[] {1, 2, 3});
    assertEquals(installed, install(0));
    assertTrue(Almanac.verify(installed).ok());
  }

  @Test
  void aFileUnderTheNameOfAnotherEditionIsReplaced() throws IOException {
    Files.copy(editions.file(1), folder.resolve(nameOf(0)));
    try (Almanac almanac = Almanac.open(install(0))) {
      assertEquals(0, almanac.code(7));
    }
  }

  @Test
  void whatAKilledCopierLeftIsRemoved() throws IOException {
    Files.writeString(folder.resolve("." + editions.digest(0) + ".part"), "left");
    Files.writeString(folder.resolve("." + editions.digest(3) + ".part"), "left");
    Files.writeString(folder.resolve("of-somebody-else.part"), "stays");
    install(0);
    assertEquals(List.of(".lock", nameOf(0), "of-somebody-else.part"), SampleRows.names(folder));
  }

  @Test
  void theNewestEditionsKeepTheirNames() throws IOException {
    install(0);
    age(0, 300);
    install(1);
    age(1, 200);
    try (Almanac old = Almanac.open(folder.resolve(nameOf(0)))) {
      install(2);
      assertEquals(
          List.of(".lock", nameOf(1), nameOf(2)).stream().sorted().toList(),
          SampleRows.names(folder));
      assertEquals(0, old.code(7), "whoever has it open keeps it");
    }
    assertThrows(NoSuchFileException.class, () -> Almanac.open(folder.resolve(nameOf(0))));
    age(2, 100);
    HostCache.install(() -> Files.newInputStream(editions.file(3)), editions.digest(3), folder, 1);
    assertEquals(List.of(".lock", nameOf(3)), SampleRows.names(folder));
    Path again = install(0);
    try (Almanac almanac = Almanac.open(again)) {
      assertEquals(0, almanac.code(7));
    }
  }

  @Test
  void whatIsThereCostsNoLockAndNoWrite() throws IOException {
    Path installed = install(0);
    Files.delete(folder.resolve(".lock"));
    FileTime before = Files.getLastModifiedTime(folder);
    EditionSource never =
        () -> {
          throw new AssertionError("the source must not be asked");
        };
    assertEquals(installed, HostCache.install(never, editions.digest(0), folder));
    assertFalse(Files.exists(folder.resolve(".lock")));
    assertEquals(before, Files.getLastModifiedTime(folder));
  }

  @Test
  void editionsAndCountsThatCannotBeAreRefused() {
    for (String edition : List.of("", "../../etc/passwd", "0".repeat(63), "g".repeat(64))) {
      assertEquals(
          "an edition must be 64 hexadecimal digits: edition=" + edition,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> HostCache.install(editions.file(0), edition, folder))
              .getMessage());
    }
    assertEquals(
        "at least the edition itself must be kept: keptEditions=0",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    HostCache.install(InputStream::nullInputStream, editions.digest(0), folder, 0))
            .getMessage());
  }

  @Test
  void aLockThatIsALinkIsRefused() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.createSymbolicLink(folder.resolve(".lock"), elsewhere);
    assertThrows(IOException.class, () -> install(0));
    assertFalse(Files.exists(elsewhere));
  }

  @Test
  void aSourceMustNotInstallIntoItsOwnFolder() throws IOException {
    EditionSource source =
        () -> {
          HostCache.install(editions.file(1), editions.digest(1), folder);
          return Files.newInputStream(editions.file(0));
        };
    assertEquals(
        "a source must not install into the folder that it is asked for: edition="
            + editions.digest(1)
            + " folder="
            + folder,
        assertThrows(
                IllegalStateException.class,
                () -> HostCache.install(source, editions.digest(0), folder))
            .getMessage());
    assertEquals(List.of(".lock"), SampleRows.names(folder));
  }
}
