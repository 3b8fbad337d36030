package dev.almanac.publish;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * Makes a finished file durable and gives it its name.
 *
 * <p>The order is what a power cut leaves whole: write, sync the file, rename, sync the folder.
 * Each step's failure is fatal, and a sync that failed is not tried again, since the kernel may
 * have dropped the pages it failed on (PostgreSQL's "fsyncgate", 2018).
 */
public final class Publication {
  private Publication() {}

  /**
   * Syncs, makes read-only, renames onto {@code target}, syncs the folder.
   *
   * @param file the finished file, open; on Linux it may be open for reading
   * @param temporary its name until now, on the file system of {@code target}
   */
  public static void publish(FileChannel file, Path temporary, Path target) throws IOException {
    makeReadOnly(temporary);
    file.force(true);
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = Objects.requireNonNull(target.toAbsolutePath().getParent(), "folder of target");
    // Too late to stop: the file has its name. An interrupt waits until that is durable.
    boolean interrupted = Thread.interrupted();
    try {
      syncFolder(folder);
    } catch (ClosedByInterruptException e) {
      interrupted |= Thread.interrupted();
      syncFolder(folder);
    } catch (IOException e) {
      throw new IOException(
          "the file is published, but its folder must be synced for the name to survive a power"
              + " cut: folder="
              + folder
              + " target="
              + target,
          e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void makeReadOnly(Path file) throws IOException {
    PosixFileAttributeView permissions =
        Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (permissions != null) {
      permissions.setPermissions(PosixFilePermissions.fromString("r--r--r--"));
    } else {
      Files.setAttribute(file, "dos:readonly", true);
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
