package dev.almanac.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The temporary files of one build: a folder {@code .NAME.almanac-XXXX}, readable by its owner
 * alone, beside the target, and another in the temporary folder if that is elsewhere. A lock on a
 * file in it says that its builder lives; a folder without one was left by a builder that was
 * killed, and the next build of the same target removes it.
 */
final class Workspace implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * Folders of the builds of this JVM, whose locks a channel of this JVM must not even try: that
   * would release them.
   */
  private static final Set<Path> OWN = new HashSet<>();

  private final List<Path> folders = new ArrayList<>();
  private final List<FileChannel> locks = new ArrayList<>();
  private final Path targetFolder;
  private final Path spoolFolder;
  private final Thread atExit = new Thread(this::deleteQuietly, "almanac-cleanup");
  private boolean closed;

  /** Sweeps what killed builds of this target left, and makes the folders. */
  Workspace(Path target, @Nullable Path temporaryDirectory) throws IOException {
    Path parent = folderOf(target);
    String prefix = "." + target.getFileName() + ".almanac-";
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      this.targetFolder = create(parent, prefix);
      this.spoolFolder =
          temporaryDirectory == null || Files.isSameFile(temporaryDirectory, parent)
              ? targetFolder
              : create(temporaryDirectory, prefix);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The folder that a target is published in; {@link Build} has checked that there is one. */
  static Path folderOf(Path target) {
    return Objects.requireNonNull(target.toAbsolutePath().getParent(), "folder of target");
  }

  private Path create(Path parent, String prefix) throws IOException {
    sweep(parent, prefix);
    synchronized (OWN) {
      Path folder = Files.createTempDirectory(parent, prefix, OWNER_ONLY).toRealPath();
      folders.add(folder);
      OWN.add(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      locks.add(channel);
      // Not lock(), which an interrupt would end in an error of its own; nobody else knows the
      // folder yet.
      if (channel.tryLock() == null) {
        throw new IOException("a new folder must not be locked: folder=" + folder);
      }
      return folder;
    }
  }

  private static void sweep(Path parent, String prefix) throws IOException {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(parent, entry -> isLeft(entry, prefix))) {
      for (Path folder : left) {
        synchronized (OWN) {
          if (!OWN.contains(folder.toRealPath()) && isDead(folder)) {
            delete(folder);
          }
        }
      }
    }
  }

  private static boolean isLeft(Path entry, String prefix) {
    return entry.getFileName().toString().startsWith(prefix)
        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isDead(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (NoSuchFileException e) {
      // Killed between the folder and its lock, or just about to lock it: leave a young one alone.
      return System.currentTimeMillis() - Files.getLastModifiedTime(folder).toMillis() > 60_000;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Where Chronicle Map makes its store. */
  Path storeFile() {
    return targetFolder.resolve("store");
  }

  /** A file that will be renamed onto the target, so on its file system. */
  Path sealedFile() {
    return targetFolder.resolve("sealed");
  }

  /** A file for rows or entries. */
  Path spoolFile(String name) {
    return spoolFolder.resolve(name);
  }

  /** Where the spools go. */
  Path spoolFolder() {
    return spoolFolder;
  }

  /** Where the sealed file grows. */
  Path targetFolder() {
    return targetFolder;
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // Shutting down already: the hook runs, or has run.
    }
    IOException failure = null;
    for (FileChannel lock : locks) {
      lock.close();
    }
    for (Path folder : folders) {
      try {
        delete(folder);
      } catch (IOException e) {
        failure = e;
      }
      synchronized (OWN) {
        OWN.remove(folder);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void deleteQuietly() {
    for (Path folder : folders) {
      try {
        delete(folder);
      } catch (IOException | UncheckedIOException e) {
        // The JVM is going down; the next build sweeps what is left.
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(folder);
  }
}
