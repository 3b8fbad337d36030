package dev.almanac.build.write;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The temporary files of one build: a folder {@code .NAME.almanac-XXXX}, readable by its owner
 * alone, beside the target, and another in the temporary folder if that is elsewhere. A lock on a
 * file in it says that its builder lives; a folder without one was left by a builder that was
 * killed, and the next build of the same target by the same user removes it.
 */
final class Workspace implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String UNLOCKED = "unlocked";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

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

  /** Makes the folders, and sweeps what killed builds of this target left. */
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
    Path folder;
    synchronized (OWN) {
      folder = Files.createTempDirectory(parent, prefix, OWNER_ONLY).toRealPath();
      folders.add(folder);
      OWN.add(folder);
      Path unlocked = folder.resolve(UNLOCKED);
      FileChannel channel = createFile(unlocked, StandardOpenOption.WRITE);
      locks.add(channel);
      // Not lock(), which an interrupt would end in an error of its own; nobody else looks at a
      // file of this name.
      if (channel.tryLock() == null) {
        throw new IOException("a new folder must not be locked: folder=" + folder);
      }
      // Locked before it has its name, or another builder could take the lock in between and sweep.
      Files.move(unlocked, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
    }
    sweep(parent, prefix, Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
    return folder;
  }

  /** Creates a file that does not exist yet, for its owner alone whatever the umask. */
  static FileChannel createFile(Path path, StandardOpenOption... access) throws IOException {
    Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, access);
    return FileChannel.open(path, options, OWNER_ONLY_FILE);
  }

  private static void sweep(Path parent, String prefix, UserPrincipal owner) throws IOException {
    for (Path folder : entries(parent, entry -> isLeft(entry, prefix, owner))) {
      sweep(folder);
    }
  }

  /** Removes the folder of a builder that was killed; leaves that of one that lives. */
  static void sweep(Path folder) throws IOException {
    try {
      synchronized (OWN) {
        if (!OWN.contains(folder.toRealPath()) && isDead(folder)) {
          delete(folder);
        }
      }
    } catch (NoSuchFileException e) {
      // Its builder has ended since it was listed, and has removed it by itself.
    } catch (DirectoryNotEmptyException e) {
      // The child of a killed builder has just made a file: the next build sweeps it.
    }
  }

  /**
   * Only a folder of our own user: in another's could lie a pipe that waits for ever when it is
   * opened, or a name that leads elsewhere by the time it is deleted.
   */
  private static boolean isLeft(Path entry, String prefix, UserPrincipal owner) {
    if (!entry.getFileName().toString().startsWith(prefix)) {
      return false;
    }
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(entry, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isDirectory() && attributes.owner().equals(owner);
    } catch (IOException e) {
      // Gone by now, or not for us to see.
      return false;
    }
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
      try {
        lock.close();
      } catch (IOException e) {
        // The folders go all the same, or no later build of this JVM would sweep them.
        failure = e;
      }
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
    try {
      for (Path file : entries(folder, file -> true)) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(folder);
  }

  /**
   * What lies in a folder. What goes wrong is an {@link IOException}, whatever the JDK makes of it:
   * it wraps an error of reading on, and lets a checked exception of its own out of closing.
   */
  private static List<Path> entries(Path folder, DirectoryStream.Filter<Path> filter)
      throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, filter)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("a folder must be closed: folder=" + folder, e);
    }
    return entries;
  }
}
