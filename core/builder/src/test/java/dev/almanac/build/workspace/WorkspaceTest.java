package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.SampleRows;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  private static final Path LOCKS = Path.of("/proc/locks");

  @TempDir private Path folder;

  private List<Path> listed() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Another builder of the same target may end at any moment. */
  @Test
  void aFolderThatIsGoneByTheTimeItWouldBeSweptIsNoFailure() throws IOException {
    Path gone = folder.resolve(".a.almanac-123");
    Workspace.sweep(gone);
    assertEquals(List.of(), listed());
  }

  @Test
  void aFolderWhoseLockNobodyHoldsIsSwept() throws IOException {
    Path left = Files.createDirectory(folder.resolve(".a.almanac-123"));
    Files.createFile(left.resolve("lock"));
    Files.createFile(left.resolve("store"));
    Workspace.sweep(left);
    assertEquals(List.of(), listed());
  }

  /** Its builder was killed before it made its lock. */
  @Test
  void aFolderWithoutALockIsSwept() throws IOException {
    Path left = Files.createDirectory(folder.resolve(".a.almanac-123"));
    Workspace.sweep(left);
    assertEquals(List.of(), listed());
  }

  @Test
  void aFolderWhoseLockIsHeldIsNotSwept() throws IOException {
    Path held = Files.createDirectory(folder.resolve(".a.almanac-123"));
    Path lock = held.resolve("lock");
    try (FileChannel channel = Workspace.createFile(lock, StandardOpenOption.WRITE)) {
      assertTrue(channel.lock().isValid());
      Workspace.sweep(held);
      assertEquals(List.of(held), listed());
      assertTrue(Files.exists(lock));
    }
    Workspace.sweep(held);
    assertEquals(List.of(), listed());
  }

  /** Paths longer than the system takes; nothing can be said of what lies there. */
  @Test
  void whatCannotBeRemovedIsAFailureForItsOwnBuilderAlone() throws IOException {
    String part = "/" + "x".repeat(200);
    Path left = Files.createDirectory(folder.resolve(".a.almanac-123"));
    Path deep = Files.createDirectories(Path.of(left + part.repeat(12)));
    Path further = Files.createDirectories(Path.of(folder + "/further" + part.repeat(12)));
    Path moved = Files.move(folder.resolve("further"), deep.resolve("further"));
    assertThrows(FileSystemException.class, () -> Workspace.delete(left));
    Workspace.sweep(left);
    Path ended = Path.of(left + ".ended");
    assertEquals(List.of(ended), listed());
    // So that it can be removed.
    Files.move(ended.resolve(left.relativize(moved)), folder.resolve("further"));
    assertTrue(Files.exists(further));
    Workspace.sweep(ended);
    assertEquals(List.of(folder.resolve("further")), listed());
  }

  @Test
  void nothingIsLeftWhereTheSecondFolderCannotBeMade() throws IOException {
    Path missing = folder.resolve("missing");
    assertThrows(
        NoSuchFileException.class, () -> new Workspace(folder.resolve("a"), missing).close());
    assertEquals(List.of(), listed());
  }

  /** Runs what the JVM runs when it exits in the middle of a build. */
  @Test
  void anExitOfTheJvmRemovesTheFolders() throws Exception {
    Set<Thread> before = hooks();
    try (Workspace workspace = new Workspace(folder.resolve("a"), null)) {
      Files.createFile(workspace.storeFile());
      Set<Thread> added = hooks();
      added.removeAll(before);
      assertEquals(1, added.size());
      Thread hook = added.iterator().next();
      hook.start();
      hook.join();
      assertEquals(List.of(), listed());
    }
    assertEquals(before, hooks());
  }

  private static Set<Thread> hooks() throws ReflectiveOperationException {
    Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
    hooks.setAccessible(true);
    Set<Thread> threads = new HashSet<>();
    ((Map<?, ?>) hooks.get(null)).keySet().forEach(each -> threads.add((Thread) each));
    return threads;
  }

  @Test
  void foldersInAFolderAreRemovedAndLinksAreNotFollowed() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Path precious = Files.createFile(kept.resolve("precious"));
    Path target = folder.resolve("a");
    try (Workspace workspace = new Workspace(target, null)) {
      Path logs = Files.createDirectories(workspace.targetFolder().resolve("logs/old"));
      Files.createFile(logs.resolve("application.log"));
      Files.createSymbolicLink(logs.resolve("link"), kept);
      Files.createSymbolicLink(workspace.targetFolder().resolve("link"), kept);
    }
    assertEquals(List.of(kept), listed());
    assertTrue(Files.exists(precious));

    Path left = Files.createDirectories(folder.resolve(".a.almanac-123/logs"));
    Files.createSymbolicLink(left.resolve("link"), kept);
    new Workspace(target, null).close();
    assertEquals(List.of(kept), listed());
    assertTrue(Files.exists(precious));
  }

  /** What a removal that was killed left. */
  @Test
  void aFolderThatHasEndedIsSweptWhoeverMadeIt() throws IOException {
    Path ended;
    try (Workspace workspace = new Workspace(folder.resolve("a"), null)) {
      ended = Path.of(workspace.targetFolder() + ".ended");
    }
    Files.createFile(Files.createDirectory(ended).resolve("store"));
    new Workspace(folder.resolve("a"), null).close();
    assertEquals(List.of(), listed());
  }

  @Test
  void aFolderOfThisJvmIsLeftAlone() throws IOException {
    try (Workspace first = new Workspace(folder.resolve("a"), null);
        Workspace second = new Workspace(folder.resolve("a"), null)) {
      assertTrue(Files.exists(first.targetFolder()));
      assertTrue(Files.exists(second.targetFolder()));
    }
    assertEquals(List.of(), listed());
  }

  /**
   * Two applications in one server have the library twice. If one opened the lock of the other and
   * closed it again, that lock would be gone, and a builder of another process would take the
   * folder for one that was left.
   */
  @Test
  void theLockOfAnotherClassLoaderOfThisJvmIsLeftAlone() throws Exception {
    assumeTrue(Files.isReadable(LOCKS), "needs " + LOCKS);
    Path target = folder.resolve("a");
    try (URLClassLoader other = copyOfTheLibrary();
        Workspace first = new Workspace(target, null)) {
      assertTrue(isLocked(first));
      Constructor<?> constructor =
          other.loadClass(Workspace.class.getName()).getDeclaredConstructor(Path.class, Path.class);
      constructor.setAccessible(true);
      ((AutoCloseable) constructor.newInstance(target, null)).close();
      assertTrue(isLocked(first));
    }
    assertEquals(List.of(), listed());
  }

  @Test
  void aLockEndsWithItsBuilder() throws Exception {
    assumeTrue(Files.isReadable(LOCKS), "needs " + LOCKS);
    Workspace workspace = new Workspace(folder.resolve("a"), null);
    assertTrue(isLocked(workspace));
    Object inode = inode(workspace);
    workspace.close();
    assertFalse(isLocked(inode));
  }

  @Test
  void rowsAndFilesHaveFoldersForTheirOwnerAlone() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path beside = Files.createDirectory(folder.resolve("beside"));
    try (Workspace workspace = new Workspace(beside.resolve("a"), elsewhere)) {
      assertEquals(beside.toRealPath(), workspace.targetFolder().getParent());
      assertEquals(workspace.targetFolder(), workspace.storeFile().getParent());
      assertEquals(workspace.targetFolder(), workspace.sealedFile().getParent());
      assertEquals(elsewhere.toRealPath(), workspace.spoolFile("rows").getParent().getParent());
      Workspace.createFile(workspace.spoolFile("rows"), StandardOpenOption.WRITE).close();
      assertPermissions("rw-------", workspace.spoolFile("rows"));
      for (Path each : List.of(workspace.targetFolder(), workspace.spoolFile("rows").getParent())) {
        assertPermissions("rwx------", each);
        assertPermissions("rw-------", each.resolve("lock"));
      }
      Path file = workspace.spoolFile("rows");
      assertThrows(
          FileAlreadyExistsException.class,
          () -> Workspace.createFile(file, StandardOpenOption.WRITE));
    }
    assertEquals(List.of(), SampleRows.names(elsewhere));
    assertEquals(List.of(), SampleRows.names(beside));
    try (Workspace workspace = new Workspace(beside.resolve("a"), beside)) {
      assertEquals(workspace.targetFolder(), workspace.spoolFile("rows").getParent());
    }
  }

  private static void assertPermissions(String expected, Path path) throws IOException {
    assertEquals(expected, PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void whatDoesNotFitIsRefusedWithItsSize() throws IOException {
    long tooMuch = 1L << 60;
    try (Workspace workspace = new Workspace(folder.resolve("a"), null)) {
      workspace.requireSpaceForStore(1 << 10);
      workspace.requireSpaceForCopy(1 << 10);
      assertNoSpace(
          "the file and the store that it is copied from must fit the folder of its target",
          2 * tooMuch,
          () -> workspace.requireSpaceForStore(tooMuch));
      assertNoSpace(
          "the file must fit the folder of its target",
          tooMuch,
          () -> workspace.requireSpaceForCopy(tooMuch));
      // Not yet, or not known.
      workspace.requireSpaceForRows((32 << 20) - 1, 1L << 50, tooMuch);
      workspace.requireSpaceForRows(32 << 20, -1, tooMuch);
      workspace.requireSpaceForRows(32 << 20, 0, tooMuch);
      // After a part of the input, the rest is expected to take as much a byte.
      assertNoSpace(
          "the rows of a build must fit its temporary folder",
          tooMuch,
          () -> workspace.requireSpaceForRows(32 << 20, 5L << 25, tooMuch / 4));
      // The workspace checks this once.
      workspace.requireSpaceForRows(32 << 20, 5L << 25, tooMuch / 4);
    }
    try (Workspace workspace = new Workspace(folder.resolve("a"), null)) {
      workspace.requireSpaceForRows(5L << 25, 5L << 25, tooMuch);
    }
  }

  private void assertNoSpace(String rule, long neededBytes, Executable work) throws IOException {
    String message = assertThrows(IOException.class, work).getMessage();
    assertTrue(
        message.startsWith(rule + ": neededBytes=" + neededBytes + " usableBytes="), message);
    assertTrue(message.endsWith(", folder=" + folder.toRealPath()), message);
  }

  private static URLClassLoader copyOfTheLibrary() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(new File(entry).toURI().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static boolean isLocked(Workspace workspace) throws IOException {
    return isLocked(inode(workspace));
  }

  private static Object inode(Workspace workspace) throws IOException {
    return Files.getAttribute(workspace.targetFolder().resolve("lock"), "unix:ino");
  }

  private static boolean isLocked(Object inode) throws IOException {
    return Files.readString(LOCKS).contains(":" + inode + " ");
  }
}
