package dev.almanac;

import dev.almanac.format.ShardManifest;
import dev.almanac.publish.Publication;
import dev.almanac.read.ManifestFile;
import dev.almanac.read.SealedFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one copy of an edition on each host, which any number of processes map.
 *
 * <pre>
 * directory/.lock               never read nor written; byte ranges of it are locked, one for each edition
 *           .EDITION.part       a copy under way, mode 0600, or left by a process that was killed
 *           EDITION.almanac     a whole copy, mode 0444
 * </pre>
 *
 * <p>The first process that asks for an edition copies it, the others wait for it. If it is killed,
 * the kernel releases its lock, and the next process that waits starts again. A copy is verified
 * ({@link Almanac#verify}) before it gets its name, so a file with the name is that edition.
 *
 * <p>The process that copied an edition removes the names of all but the newest editions. Processes
 * that have an old edition open keep it, and the kernel frees its space when the last of them
 * closes it. Keep as many editions as are asked for at the same time.
 *
 * <p>For the processes of one user on one host, also in containers that share the directory. The
 * directory must be on a disk of that host, not on a network file system. Everyone who can write to
 * it is trusted. Safe for any number of threads; those of one JVM take turns in a directory.
 *
 * <p>The source is read under the lock. If it blocks, the other processes wait. If it throws, the
 * caller gets that exception and nothing is left. If it installs into the same directory, that call
 * throws an {@link IllegalStateException}.
 */
public final class HostCache {
  /** How many editions keep their names by default: the one in use and its follower. */
  public static final int KEPT_EDITIONS = 2;

  private static final String LOCK = ".lock";
  private static final String SUFFIX = ".almanac";
  private static final Pattern EDITION = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern INSTALLED = Pattern.compile("[0-9a-f]{64}\\.almanac");
  private static final Pattern PART = Pattern.compile("\\.[0-9a-f]{64}\\.part");

  /** The byte of the lock file for sets, after those of all editions. */
  private static final long SET_LOCK_OFFSET = 1L << 60;

  /** As in a build: a file that is written front to back in large pieces lies in large pages. */
  private static final int PIECE_BYTES = 4 << 20;

  private static final Set<OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private HostCache() {}

  /** As {@link #install(EditionSource, String, Path, int)}, from a file, {@link #KEPT_EDITIONS}. */
  public static Path install(Path source, String edition, Path directory) throws IOException {
    return install(() -> Files.newInputStream(source), edition, directory);
  }

  /** As {@link #install(EditionSource, String, Path, int)}, with {@link #KEPT_EDITIONS}. */
  public static Path install(EditionSource source, String edition, Path directory)
      throws IOException {
    return install(source, edition, directory, KEPT_EDITIONS);
  }

  /**
   * The edition's file in {@code directory}; copies it if it is not there. If it is there, the call
   * reads its footer, and writes and locks nothing. If another process copies it, the call waits.
   *
   * @param source asked for the bytes if this process has to copy
   * @param edition the 64 hexadecimal digits of {@code BuildReport.edition()}
   * @param directory created if it is missing
   * @param keptEditions how many editions stay in the directory when this one is copied, this one
   *     included; from 1
   * @return the path to open. After {@code keptEditions} newer editions, {@link Almanac#open}
   *     throws {@link NoSuchFileException}: call again
   * @throws CorruptAlmanacException if the source does not give the complete file of this edition
   * @throws IOException if the source or the directory fails; nothing is left. A crash leaves a
   *     {@code .part}, which a later call removes
   */
  public static Path install(EditionSource source, String edition, Path directory, int keptEditions)
      throws IOException {
    String name = requireEdition(edition);
    if (keptEditions < 1) {
      throw new IllegalArgumentException(
          "at least the edition itself must be kept: keptEditions=" + keptEditions);
    }
    Path target = directory.resolve(name + SUFFIX);
    if (!isInstalled(target, name)) {
      Files.createDirectories(directory);
      Path folder = directory.toRealPath();
      locked(
          folder,
          name,
          lockOffset(name),
          locks -> {
            Path file = folder.resolve(name + SUFFIX);
            if (!isInstalled(file, name)) {
              copy(source, name, folder.resolve("." + name + ".part"), file);
              removeOld(locks, folder, name, keptEditions);
            }
          });
    }
    return target;
  }

  private static String requireEdition(String edition) {
    String name = edition.toLowerCase(Locale.ROOT);
    if (!EDITION.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "an edition must be 64 hexadecimal digits: edition=" + edition);
    }
    return name;
  }

  /** Gives the files of a set by their names. */
  @FunctionalInterface
  public interface SetSource {
    /** Opens a file of the set, the manifest {@code shards.manifest} or a shard. */
    InputStream open(String fileName) throws IOException;
  }

  /** As {@link #installSet(SetSource, String, Path)}, from the directory of a set. */
  public static Path installSet(Path source, String edition, Path directory) throws IOException {
    return installSet(name -> Files.newInputStream(source.resolve(name)), edition, directory);
  }

  /**
   * A set of shards in {@code directory}, which no other set uses. Copies the shards that are not
   * there, and then the manifest, so a set with one changed shard costs the copy of one shard. Each
   * shard is verified before it gets its name. Processes that have the previous set open keep it.
   * The files of the previous set stay until the next call that copies; those of older sets are
   * removed. A {@link LiveAlmanac} can follow the directory.
   *
   * <p>If the set is there, the call reads its footers, and writes and locks nothing. Processes
   * that install into one directory take turns.
   *
   * @param source asked for the manifest, and for each shard that is copied
   * @param edition the 64 hexadecimal digits that {@code ShardSet.publish} returned
   * @param directory created if it is missing
   * @return the directory, for {@link ShardedAlmanac#open(Path, String)}
   * @throws CorruptAlmanacException if the source does not give the complete files of this set
   * @throws IOException if the source or the directory fails; the previous set stays
   */
  public static Path installSet(SetSource source, String edition, Path directory)
      throws IOException {
    String name = requireEdition(edition);
    if (!isSetInstalled(directory, name)) {
      Files.createDirectories(directory);
      Path folder = directory.toRealPath();
      locked(
          folder,
          name,
          SET_LOCK_OFFSET,
          locks -> {
            if (!isSetInstalled(folder, name)) {
              copySet(source, name, folder);
            }
          });
    }
    return directory;
  }

  private static boolean isSetInstalled(Path directory, String edition) throws IOException {
    ShardManifest manifest = manifestIn(directory);
    if (manifest == null || !manifest.edition().equals(edition)) {
      return false;
    }
    for (int i = 0; i < manifest.shardCount(); i++) {
      if (!isInstalled(directory.resolve(manifest.fileName(i)), manifest.editions().get(i))) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable ShardManifest manifestIn(Path directory) throws IOException {
    try {
      return ManifestFile.read(directory);
    } catch (NoSuchFileException | CorruptAlmanacException | UnsupportedFormatException e) {
      return null;
    }
  }

  private static void copySet(SetSource source, String edition, Path folder) throws IOException {
    byte[] bytes;
    try (InputStream in = source.open(ShardManifest.FILE_NAME)) {
      bytes = in.readNBytes(ShardManifest.MAX_BYTES + 1);
    }
    Path target = ManifestFile.path(folder);
    ShardManifest manifest = ShardManifest.decode(bytes, target);
    if (!manifest.edition().equals(edition)) {
      throw new CorruptAlmanacException(
          "the source must give the edition: found=" + manifest.edition() + " expected=" + edition,
          target);
    }
    for (int i = 0; i < manifest.shardCount(); i++) {
      String name = manifest.fileName(i);
      String shard = manifest.editions().get(i);
      Path file = folder.resolve(name);
      if (!isInstalled(file, shard)) {
        copy(() -> source.open(name), shard, folder.resolve("." + shard + ".part"), file);
      }
    }
    ShardManifest before = manifestIn(folder);
    Path part = folder.resolve("." + ShardManifest.FILE_NAME + ".part");
    Files.deleteIfExists(part);
    try (FileChannel file = FileChannel.open(part, NEW_FILE, OWNER_ONLY)) {
      fill(file, new ByteArrayInputStream(bytes));
      Publication.publish(file, part, target);
    } finally {
      Files.deleteIfExists(part);
    }
    removeShardsBut(folder, manifest, before);
  }

  private static void removeShardsBut(
      Path folder, ShardManifest manifest, @Nullable ShardManifest before) throws IOException {
    Set<String> kept = new HashSet<>(manifest.fileNames());
    if (before != null) {
      kept.addAll(before.fileNames());
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (ShardManifest.isFileName(name) && !kept.contains(name)
            || PART.matcher(name).matches()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** What is done while a lock is held. */
  private interface Locked {
    void run(FileChannel locks) throws IOException;
  }

  private static void locked(Path folder, String name, long offset, Locked task)
      throws IOException {
    // The kernel's locks are the process's: closing one channel would release those of another. So
    // one at a time in this JVM for each folder, whatever its name and whichever class loader has
    // this class: an interned text is the same object for all.
    Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    Object turn = ("dev.almanac.HostCache:" + (key != null ? key : folder)).intern();
    if (Thread.holdsLock(turn)) {
      throw new IllegalStateException(
          "a source must not install into the folder that it is asked for: edition="
              + name
              + " folder="
              + folder);
    }
    synchronized (turn) {
      try (FileChannel locks =
              FileChannel.open(
                  folder.resolve(LOCK),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS);
          FileLock own = locks.lock(offset, 1, false)) {
        Objects.requireNonNull(own);
        task.run(locks);
      }
    }
  }

  /** The byte of an edition in the one lock file: a file for each could not be removed safely. */
  private static long lockOffset(String name) {
    return Long.parseLong(name.substring(0, 15), 16);
  }

  private static boolean isInstalled(Path target, String name) throws IOException {
    try {
      return SealedFile.lookAt(target).edition().equals(name);
    } catch (NoSuchFileException | CorruptAlmanacException | UnsupportedFormatException e) {
      // A file that somebody damaged is replaced.
      return false;
    }
  }

  private static void copy(EditionSource source, String name, Path part, Path target)
      throws IOException {
    // The lock is ours, so whoever wrote it is dead.
    Files.deleteIfExists(part);
    try (FileChannel file = FileChannel.open(part, NEW_FILE, OWNER_ONLY)) {
      try (InputStream in = source.open()) {
        fill(file, in);
      }
      VerifyReport report = Almanac.verify(part);
      if (!report.ok()) {
        throw new CorruptAlmanacException(
            "the source must give a whole almanac: expected=" + name + " found=" + report.damages(),
            part);
      }
      if (!report.edition().equals(name)) {
        throw new CorruptAlmanacException(
            "the source must give the edition: found=" + report.edition() + " expected=" + name,
            part);
      }
      Publication.publish(file, part, target);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void fill(FileChannel file, InputStream in) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (int n; (n = in.readNBytes(piece, 0, piece.length)) > 0; ) {
      for (ByteBuffer rest = ByteBuffer.wrap(piece, 0, n); rest.hasRemaining(); ) {
        file.write(rest);
      }
    }
  }

  private record Installed(Path path, FileTime since) {}

  /** Removes names beyond the newest, and what killed copiers left. */
  private static void removeOld(FileChannel locks, Path folder, String own, int kept)
      throws IOException {
    List<Installed> others = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String fileName = file.getFileName().toString();
        if (PART.matcher(fileName).matches()) {
          removeUnlessLocked(locks, file, fileName.substring(1, 65));
        } else if (INSTALLED.matcher(fileName).matches() && !fileName.startsWith(own)) {
          addIfThere(others, file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    others.sort(Comparator.comparing(Installed::since).reversed());
    for (Installed old : others.subList(Math.min(kept - 1, others.size()), others.size())) {
      removeUnlessLocked(locks, old.path, old.path.getFileName().toString().substring(0, 64));
    }
  }

  private static void addIfThere(List<Installed> others, Path file) throws IOException {
    try {
      others.add(new Installed(file, Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)));
    } catch (NoSuchFileException e) {
      // Another process has removed it.
    }
  }

  private static void removeUnlessLocked(FileChannel locks, Path file, String edition)
      throws IOException {
    try (FileLock lock = locks.tryLock(lockOffset(edition), 1, false)) {
      if (lock != null) {
        Files.deleteIfExists(file);
      }
    }
  }
}
