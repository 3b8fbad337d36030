package dev.almanac.build;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.ShardedAlmanac;
import dev.almanac.format.ShardManifest;
import dev.almanac.publish.Publication;
import dev.almanac.read.ManifestFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Publishes files as one set, which {@link ShardedAlmanac} opens. To build a set with any system
 * that can send rows to a place: for {@code n} shards, send each row to place {@link
 * ShardedAlmanac#route(long, int) route(id, n)}, build a file there with {@link AlmanacBuilder#ids}
 * set and {@link AlmanacBuilder#allowEmpty}, and give the files in their order to {@link #publish}.
 */
public final class ShardSet {
  /** Of all that a publisher makes before it has its name, and leaves if it is killed. */
  private static final String UNPUBLISHED_PREFIX = ".almanac-shard-";

  private ShardSet() {}

  /**
   * Publishes files as one set, all or nothing. Gives each file a second name in {@code directory},
   * made from its edition, opens each by that name, renames the manifest onto its name, and then
   * removes the first names of the files. A process that has the old set open keeps it; a process
   * that opens the directory gets the old set or the new one, never a mixture.
   *
   * <p>A failure before the manifest has its name leaves the old set and all given files unchanged,
   * so you can make the same call again. A process that is killed can leave files that no manifest
   * names; {@link #removeOldShards} removes them.
   *
   * <p>Reads every ID of every shard to check that it is in the right shard, which takes about as
   * long as {@link Almanac#forEach}. The files of the previous set stay until {@link
   * #removeOldShards}.
   *
   * @param directory the directory of the set; it must exist, on the file system of the shards,
   *     which must have hard links
   * @param shards file {@code i} holds the IDs whose route is {@code i}, and can be empty.
   *     Different regular files, not links
   * @return the edition of the set: SHA-256 over the kind of the IDs and the editions of the shards
   * @throws IllegalArgumentException if there are no shards or too many, if a file is given twice,
   *     if their IDs are not of one kind, or if an ID lies in another shard than its own
   * @throws IOException if a shard is not a whole file, or cannot be given its name
   */
  public static String publish(Path directory, List<Path> shards) throws IOException {
    if (shards.isEmpty() || shards.size() > ShardedAlmanac.MAX_SHARD_COUNT) {
      throw new IllegalArgumentException(
          String.format(
              "the number of shards must be from 1 to %s: shards=%s",
              ShardedAlmanac.MAX_SHARD_COUNT, shards.size()));
    }
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(
          directory.toString(), null, "the directory of a set must be there");
    }
    SortedMap<Integer, Path> all = new TreeMap<>();
    for (int i = 0; i < shards.size(); i++) {
      all.put(i, shards.get(i));
    }
    return publish(directory, all, null);
  }

  /**
   * Publishes the next edition of the set in {@code directory}, with some new shards: as {@link
   * #publish(Path, List)}, for these alone. The new manifest names the other shards unchanged; they
   * are neither read nor written. To build a shard from the previous one, give {@link
   * AlmanacBuilder#base} the path of {@link ShardedAlmanac#shard}.
   *
   * @param changed the new files by the number of their shard; an empty map changes nothing
   * @return the edition of the set
   * @throws IllegalArgumentException if a number is not that of a shard, and as {@link
   *     #publish(Path, List)}
   * @throws IOException if there is no set, and as {@link #publish(Path, List)}
   */
  public static String publish(Path directory, Map<Integer, Path> changed) throws IOException {
    ShardManifest before = ManifestFile.read(directory);
    for (int shard : changed.keySet()) {
      if (shard < 0 || shard >= before.shardCount()) {
        throw new IllegalArgumentException(
            "a shard must be one of the set: shard=" + shard + " shards=" + before.shardCount());
      }
    }
    return publish(directory, new TreeMap<>(changed), before);
  }

  private static String publish(
      Path directory, SortedMap<Integer, Path> shards, @Nullable ShardManifest before)
      throws IOException {
    requireDistinctFiles(shards.values());
    ShardManifest manifest = manifestOf(shards, before);
    SortedMap<Integer, Path> links = new TreeMap<>();
    try {
      for (Map.Entry<Integer, Path> shard : shards.entrySet()) {
        links.put(shard.getKey(), link(directory, shard.getValue()));
      }
      nameShards(directory, manifest, links);
      publishManifest(directory, manifest);
    } finally {
      for (Path link : links.values()) {
        Files.deleteIfExists(link);
      }
    }
    removeGivenNames(directory, manifest, shards.values());
    return manifest.edition();
  }

  private static void requireDistinctFiles(Collection<Path> shards) throws IOException {
    Map<Object, Path> seen = new HashMap<>();
    for (Path shard : shards) {
      BasicFileAttributes found =
          Files.readAttributes(shard, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        throw new IOException("a shard must be a regular file, not a link to one: path=" + shard);
      }
      Object key = found.fileKey() != null ? found.fileKey() : shard.toRealPath();
      Path before = seen.put(key, shard);
      if (before != null) {
        throw new IllegalArgumentException(
            "a file must not be given as two shards: path=" + shard + " before=" + before);
      }
    }
  }

  /** Opens each shard and checks what it holds; the others are those of the set before. */
  private static ShardManifest manifestOf(
      SortedMap<Integer, Path> shards, @Nullable ShardManifest before) throws IOException {
    @Nullable IdKind idKind = before == null ? null : before.idKind();
    List<String> editions =
        before == null
            ? new ArrayList<>(Collections.nCopies(shards.size(), ""))
            : new ArrayList<>(before.editions());
    for (Map.Entry<Integer, Path> file : shards.entrySet()) {
      try (Almanac shard = Almanac.open(file.getValue())) {
        if (idKind == null) {
          idKind = shard.idKind();
        } else if (shard.idKind() != idKind) {
          throw new IllegalArgumentException(
              String.format(
                  "the shards of a set must have IDs of one kind (build each with ids(kind), since"
                      + " AUTO looks at the rows of one shard alone): idKind=%s expected=%s,"
                      + " path=%s",
                  shard.idKind(), idKind, shard.path()));
        }
        requireRouting(shard, file.getKey(), editions.size());
        editions.set(file.getKey(), shard.edition());
      }
    }
    return new ShardManifest(Objects.requireNonNull(idKind), editions);
  }

  private static void requireRouting(Almanac shard, int index, int shardCount) {
    if (shard.idKind() == IdKind.LONG) {
      shard.forEach(
          (id, code) ->
              requireRoute(shard, id, ShardedAlmanac.route(id, shardCount), index, shardCount));
    } else {
      shard.forEachText(
          (id, code) ->
              requireRoute(shard, id, ShardedAlmanac.route(id, shardCount), index, shardCount));
    }
  }

  private static void requireRoute(Almanac shard, Object id, int route, int index, int shardCount) {
    if (route != index) {
      throw new IllegalArgumentException(
          String.format(
              "an ID must be in the shard that route(id, shards) says: id=%s shard=%s expected=%s"
                  + " shards=%s, path=%s",
              id, index, route, shardCount, shard.path()));
    }
  }

  /** A second name for a shard, in the directory of the set; nothing that exists is changed. */
  private static Path link(Path directory, Path shard) throws IOException {
    Path link = directory.resolve(UNPUBLISHED_PREFIX + UUID.randomUUID());
    try {
      return Files.createLink(link, shard);
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException(
          String.format(
              "a shard must be on the file system of its set, which must have hard links: path=%s"
                  + " directory=%s",
              shard, directory),
          e);
    }
  }

  /** Each name is durable before the next step, so the manifest never names a file that is not. */
  private static void nameShards(
      Path directory, ShardManifest manifest, SortedMap<Integer, Path> links) throws IOException {
    for (Map.Entry<Integer, Path> link : links.entrySet()) {
      try (FileChannel shard = FileChannel.open(link.getValue(), StandardOpenOption.READ)) {
        Publication.publish(
            shard, link.getValue(), directory.resolve(manifest.fileName(link.getKey())));
      }
    }
    for (int i : links.keySet()) {
      Almanac.open(directory.resolve(manifest.fileName(i)), manifest.editions().get(i)).close();
    }
  }

  private static void publishManifest(Path directory, ShardManifest manifest) throws IOException {
    Path unpublished = Files.createTempFile(directory, UNPUBLISHED_PREFIX, "");
    try (FileChannel file = FileChannel.open(unpublished, StandardOpenOption.WRITE)) {
      ByteBuffer lines = ByteBuffer.wrap(manifest.encode());
      while (lines.hasRemaining()) {
        file.write(lines);
      }
      Publication.publish(file, unpublished, ManifestFile.path(directory));
    } finally {
      Files.deleteIfExists(unpublished);
    }
  }

  /** Removes the names that the shards had, unless one is the name of a shard of this very set. */
  private static void removeGivenNames(
      Path directory, ShardManifest manifest, Collection<Path> shards) throws IOException {
    Set<Path> names = new HashSet<>();
    Path folder = directory.toRealPath();
    for (int i = 0; i < manifest.shardCount(); i++) {
      names.add(folder.resolve(manifest.fileName(i)));
    }
    for (Path shard : shards) {
      Path parent = Objects.requireNonNull(shard.toAbsolutePath().getParent(), "folder of a shard");
      if (!names.contains(parent.toRealPath().resolve(shard.getFileName()))) {
        Files.deleteIfExists(shard);
      }
    }
  }

  /**
   * Removes what earlier sets and killed publishers left in {@code directory}: the shards that its
   * manifest does not name. A process that has the old set open keeps it; the disk space is free
   * when the last one closes it. A process that has read the old manifest and not yet opened all
   * shards finds one missing. So call this some seconds after {@link #publish}, and not while
   * another process publishes there.
   *
   * @return how many files were removed
   * @throws NoSuchFileException if there is no manifest: nothing is removed then
   * @throws dev.almanac.CorruptAlmanacException if the manifest is not whole: nothing is removed
   *     then
   * @throws IOException if a file cannot be removed
   */
  public static int removeOldShards(Path directory) throws IOException {
    ShardManifest manifest = ManifestFile.read(directory);
    Set<String> named = new HashSet<>(manifest.fileNames());
    int removed = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(UNPUBLISHED_PREFIX)
            || ShardManifest.isFileName(name) && !named.contains(name)) {
          Files.delete(file);
          removed++;
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return removed;
  }
}
