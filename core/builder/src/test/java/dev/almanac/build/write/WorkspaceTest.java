package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  @TempDir private Path folder;

  /** Another builder of the same target may end at any moment. */
  @Test
  void aFolderThatIsGoneByTheTimeItWouldBeSweptIsNoFailure() throws IOException {
    Path gone = folder.resolve(".a.almanac-123");
    Workspace.sweep(gone);
    assertFalse(Files.exists(gone));
  }

  @Test
  void aFolderWhoseLockNobodyHoldsIsSwept() throws IOException {
    Path left = Files.createDirectory(folder.resolve(".a.almanac-123"));
    Files.createFile(left.resolve("lock"));
    Files.createFile(left.resolve("store"));
    Workspace.sweep(left);
    assertFalse(Files.exists(left));
  }

  @Test
  void aYoungFolderWithoutALockIsLeftAlone() throws IOException {
    Path young = Files.createDirectory(folder.resolve(".a.almanac-123"));
    Workspace.sweep(young);
    assertTrue(Files.exists(young));
  }
}
