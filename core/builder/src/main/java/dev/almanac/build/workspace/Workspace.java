package dev.almanac.build.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The temporary files of one build: a folder {@code .NAME.almanac-XXXX}, readable by its owner
 * alone, beside the target, and another in the temporary folder if that is elsewhere.
 *
 * <p>A lock on a file in it says that its builder lives. The lock is the kernel's, so it works
 * between containers that share a volume, and a killed builder loses it. Within one JVM, where
 * closing any channel of a file releases its lock, the name tells instead: it holds the process and
 * its start, so that another class loader of the same JVM leaves the folder alone. The next build
 * of the same target by the same user removes the folder of a builder that was killed.
 */
public final class Workspace implements AutoCloseable {
  private static final String LOCK = "lock";

  /** End of the name of a folder that has no builder and is about to be removed. */
  private static final String ENDED = ".ended";

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** Input that must have been read before the space for the rest is estimated. */
  private static final long SAMPLE_BYTES = 32 << 20;

  private final List<Path> folders = new CopyOnWriteArrayList<>();
  private final List<FileChannel> locks = new ArrayList<>();
  private final Path targetFolder;
  private final Path spoolFolder;
  private final Thread atExit = new Thread(this::removeQuietly, "almanac-cleanup");
  private boolean closed;
  private volatile boolean spaceForRowsChecked;

  /** Makes the folders, and removes those that killed builds of this target left. */
  public Workspace(Path target, @Nullable Path temporaryDirectory) throws IOException {
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

  /** The folder that a target is published in; {@code Build} has checked that there is one. */
  static Path folderOf(Path target) {
    return Objects.requireNonNull(target.toAbsolutePath().getParent(), "folder of target");
  }

  private Path create(Path parent, String prefix) throws IOException {
    Path folder;
    FileChannel lock;
    do {
      folder = Files.createTempDirectory(parent, prefix + thisProcess() + "-", OWNER_ONLY);
      lock = lock(folder);
      // Another builder may sweep the folder before it is locked.
    } while (lock == null);
    locks.add(lock);
    folder = folder.toRealPath();
    folders.add(folder);
    sweep(parent, prefix, Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
    return folder;
  }

  /**
   * This JVM's part of the names of its folders. Processes of two containers may have the same
   * number, but hardly at the same moment; then one leaves what the other left.
   */
  private static String thisProcess() {
    ProcessHandle process = ProcessHandle.current();
    long startMillis = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return Long.toString(process.pid(), Character.MAX_RADIX)
        + "."
        + Long.toString(startMillis, Character.MAX_RADIX);
  }

  /** Locks a new folder, or returns null if another builder took it for one that was left. */
  private static @Nullable FileChannel lock(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    FileChannel channel;
    try {
      channel = createFile(file, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      return null;
    }
    // Not lock(), which an interrupt would end with an error about the channel.
    if (channel.tryLock() != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return channel;
    }
    channel.close();
    return null;
  }

  /** Creates a file that does not exist yet, for its owner alone whatever the umask. */
  public static FileChannel createFile(Path path, StandardOpenOption... access) throws IOException {
    Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, access);
    return FileChannel.open(path, options, OWNER_ONLY_FILE);
  }

  private static void sweep(Path parent, String prefix, UserPrincipal owner) throws IOException {
    for (Path folder : entries(parent, entry -> isLeft(entry, prefix, owner))) {
      sweep(folder);
    }
  }

  /**
   * Removes the folder of a builder that was killed; leaves that of one that lives. What cannot be
   * removed stays for the next build: it must not stop this one.
   */
  static void sweep(Path folder) {
    try {
      Path ended = isEnded(folder) ? folder : claim(folder);
      if (ended != null) {
        delete(ended);
      }
    } catch (IOException e) {
      // Its builder, or another that swept, has removed it by now; or the child of a killed builder
      // has just made a file.
    }
  }

  private static boolean isEnded(Path folder) {
    return folder.getFileName().toString().endsWith(ENDED);
  }

  /**
   * Renames a folder whose lock is free, so that it is not taken for one of a living builder. Makes
   * the lock where there is none: its builder was killed before it made it, or is about to make it
   * and will find that the folder is taken. Returns null if a builder lives.
   */
  private static @Nullable Path claim(Path folder) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(LOCK),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      return lock == null ? null : end(folder);
    } catch (OverlappingFileLockException e) {
      // Another build of this JVM sweeps it.
      return null;
    }
  }

  private static Path end(Path folder) throws IOException {
    return Files.move(
        folder,
        folder.resolveSibling(folder.getFileName() + ENDED),
        StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Only a folder of our own user: in another's could lie a pipe that waits forever when it is
   * opened, or a name that leads elsewhere by the time it is deleted. And not one of this JVM.
   */
  private static boolean isLeft(Path entry, String prefix, UserPrincipal owner) {
    String name = entry.getFileName().toString();
    if (!name.startsWith(prefix)
        || (name.startsWith(prefix + thisProcess() + "-") && !isEnded(entry))) {
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

  /** Where Chronicle Map makes its store. */
  public Path storeFile() {
    return targetFolder.resolve("store");
  }

  /** A file that will be renamed onto the target, so on its file system. */
  public Path sealedFile() {
    return targetFolder.resolve("sealed");
  }

  /** A file for rows or entries. */
  public Path spoolFile(String name) {
    return spoolFolder.resolve(name);
  }

  /** The folder of the store and of the sealed file. */
  public Path targetFolder() {
    return targetFolder;
  }

  /**
   * Refuses to go on once it shows, after some input, that the rest of the rows will not fit.
   *
   * @param done how far the input is read
   * @param total its size, or -1 where it is unknown
   * @param spooledBytes what the rows read so far take
   */
  public void requireSpaceForRows(long done, long total, long spooledBytes) throws IOException {
    if (spaceForRowsChecked || total <= 0 || done < SAMPLE_BYTES) {
      return;
    }
    spaceForRowsChecked = true;
    requireSpace(
        spoolFolder,
        (long) ((double) spooledBytes * (total - done) / done),
        "the rows of a build must fit its temporary folder");
  }

  /** Refuses to go on if the store and the file that is copied from it will not fit. */
  public void requireSpaceForStore(long storeBytes) throws IOException {
    requireSpace(
        targetFolder,
        2 * storeBytes,
        "the file and the store that it is copied from must fit the folder of its target");
  }

  /** Refuses to go on if a file that is copied from the base will not fit. */
  public void requireSpaceForCopy(long fileBytes) throws IOException {
    requireSpace(targetFolder, fileBytes, "the file must fit the folder of its target");
  }

  private static void requireSpace(Path folder, long neededBytes, String rule) throws IOException {
    // Not by FileStore, which opens a file to look the mount up, and without a descriptor to spare
    // says that there is none. This says 0 where it cannot tell: then the writes will.
    long usableBytes = folder.toFile().getUsableSpace();
    if (usableBytes > 0 && usableBytes < neededBytes) {
      throw new IOException(
          rule
              + ": neededBytes="
              + neededBytes
              + " usableBytes="
              + usableBytes
              + ", folder="
              + folder.getParent());
    }
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
        failure = e;
      }
    }
    for (Path folder : folders) {
      try {
        remove(folder);
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void removeQuietly() {
    for (Path folder : folders) {
      try {
        remove(folder);
      } catch (IOException | RuntimeException | LinkageError e) {
        // The JVM is going down; the next build removes what is left.
      }
    }
  }

  /**
   * Removes a folder with all that is in it, whatever put it there; links are removed, not
   * followed. Renamed first, so that a later build of this JVM removes what this one cannot.
   */
  private static void remove(Path folder) throws IOException {
    Path ended;
    try {
      ended = end(folder);
    } catch (NoSuchFileException e) {
      return;
    }
    delete(ended);
  }

  public static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      // What is in a folder comes before the folder.
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (NoSuchFileException e) {
      // Another build has removed the folder.
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e.getCause();
      }
    }
  }

  /**
   * The entries of a folder. Every failure is an {@link IOException}. The JDK wraps an error of
   * reading in another exception, and closing throws a checked exception.
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
