package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
