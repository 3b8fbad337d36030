package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.IdKind;
import dev.almanac.SampleRows;
import dev.almanac.ShardedAlmanac;
import dev.almanac.format.ShardManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What publishing a set does to the files of its directory, and what stops it. */
class ShardSetTest {
  private static final int SHARDS = 3;
  private static final int IDS = 20;
  private static final String UNPUBLISHED_PREFIX = ".almanac-shard-";

  @TempDir static Path built;
  @TempDir Path folder;

  /** IDs of pages that lie apart, since those of one page share a shard. */
  private static String id(IdKind kind, int n) {
    return kind == IdKind.LONG ? Long.toString(n * 4096L) : "ID " + n;
  }

  private static int shardOf(IdKind kind, String id) {
    return kind == IdKind.LONG
        ? ShardedAlmanac.route(Long.parseLong(id), SHARDS)
        : ShardedAlmanac.route(id, SHARDS);
  }

  private static String name(IdKind kind, int shard, int edition) {
    return kind + "-" + shard + "-" + edition;
  }

  /** All shards of each kind, in two editions with other dates. */
  @BeforeAll
  static void buildShards() throws IOException {
    for (IdKind kind : List.of(IdKind.LONG, IdKind.TEXT)) {
      for (int edition = 0; edition < 2; edition++) {
        List<List<RowSource.Row>> rows = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
          rows.add(new ArrayList<>());
        }
        for (int n = 0; n < IDS; n++) {
          String id = id(kind, n);
          rows.get(shardOf(kind, id)).add(new RowSource.Row(id, SampleRows.date(n + edition)));
        }
        for (int shard = 0; shard < SHARDS; shard++) {
          assertTrue(rows.get(shard).size() > 1, "IDs of each shard");
          AlmanacBuilder.create()
              .ids(kind)
              .build(
                  RowSource.of(rows.get(shard).iterator()),
                  built.resolve(name(kind, shard, edition)));
        }
      }
    }
  }

  private static Path given(Path directory, IdKind kind, int shard, int edition)
      throws IOException {
    String name = name(kind, shard, edition);
    return Files.copy(built.resolve(name), directory.resolve(name));
  }

  private List<Path> given(IdKind kind, int edition) throws IOException {
    List<Path> files = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      files.add(given(folder, kind, shard, edition));
    }
    return files;
  }

  private Set<String> names() throws IOException {
    return new TreeSet<>(SampleRows.names(folder));
  }

  /** A call that is refused leaves every file where it was, and no other. */
  private <T extends Exception> String refused(Class<T> type, Executable call) throws IOException {
    Set<String> before = names();
    T refused = assertThrows(type, call);
    assertEquals(before, names());
    return String.valueOf(refused.getMessage());
  }

  private void assertHolds(String edition, IdKind kind, int[] editionOfShard) throws IOException {
    try (ShardedAlmanac set = ShardedAlmanac.open(folder, edition)) {
      assertEquals(kind, set.idKind());
      assertEquals(SHARDS, set.shardCount());
      assertEquals(IDS, set.size());
      for (int n = 0; n < IDS; n++) {
        String id = id(kind, n);
        int of = editionOfShard[shardOf(kind, id)];
        assertEquals(LocalDate.parse(SampleRows.date(n + of)), set.date(id), id);
      }
    }
  }

  @Test
  void aPublishedSetHasItsFilesAlone() throws IOException {
    for (IdKind kind : List.of(IdKind.LONG, IdKind.TEXT)) {
      String edition = ShardSet.publish(folder, given(kind, 0));
      assertHolds(edition, kind, new int[SHARDS]);
      ShardSet.removeOldShards(folder);
      assertEquals(SHARDS + 1, names().size());
      assertTrue(names().stream().noneMatch(name -> name.startsWith(".")), "hidden files");
    }
  }

  @Test
  void theNextEditionKeepsTheOtherShards() throws IOException {
    for (IdKind kind : List.of(IdKind.LONG, IdKind.TEXT)) {
      String first = ShardSet.publish(folder, given(kind, 0));
      ShardSet.removeOldShards(folder);
      Set<String> before = names();
      assertEquals(first, ShardSet.publish(folder, Map.of()), "nothing is changed");
      assertEquals(before, names());
      int[] editions = new int[SHARDS];
      for (int shard = SHARDS - 1; shard >= 0; shard--) {
        editions[shard] = 1;
        assertHolds(
            ShardSet.publish(folder, Map.of(shard, given(folder, kind, shard, 1))), kind, editions);
      }
      assertEquals(SHARDS, ShardSet.removeOldShards(folder));
      assertEquals(SHARDS + 1, names().size());
    }
  }

  @Test
  void aSetOfNoShardsOrTooManyIsRefused() throws IOException {
    int most = ShardedAlmanac.MAX_SHARD_COUNT;
    for (int count : new int[] {0, most + 1}) {
      assertEquals(
          "the number of shards must be from 1 to " + most + ": shards=" + count,
          refused(
              IllegalArgumentException.class,
              () -> ShardSet.publish(folder, Collections.nCopies(count, folder))));
    }
    // As many as there may be; they are one file.
    Path shard = given(folder, IdKind.LONG, 0, 0);
    assertEquals(
        "a file must not be given as two shards: path=" + shard + " before=" + shard,
        refused(
            IllegalArgumentException.class,
            () -> ShardSet.publish(folder, Collections.nCopies(most, shard))));
    Path missing = folder.resolve("missing");
    assertEquals(
        missing + ": the directory of a set must be there",
        refused(NoSuchFileException.class, () -> ShardSet.publish(missing, List.of(shard))));
  }

  @Test
  void aShardInTheWrongPlaceIsRefused() throws IOException {
    for (IdKind kind : List.of(IdKind.LONG, IdKind.TEXT)) {
      List<Path> files = given(kind, 0);
      for (int shard = 1; shard < SHARDS; shard++) {
        List<Path> swapped = new ArrayList<>(files);
        Collections.swap(swapped, 0, shard);
        String message =
            refused(IllegalArgumentException.class, () -> ShardSet.publish(folder, swapped));
        String found = message.replaceFirst("id=(ID )?[0-9]+", "id=some");
        assertEquals(
            "an ID must be in the shard that route(id, shards) says: id=some shard=0 expected="
                + shard
                + " shards=3, path="
                + files.get(shard),
            found);
      }
    }
  }

  @Test
  void aShardOfAnotherSetIsRefused() throws IOException {
    ShardSet.publish(folder, given(IdKind.LONG, 0));
    Path text = given(folder, IdKind.TEXT, 1, 0);
    assertEquals(
        "the shards of a set must have IDs of one kind (build each with ids(kind), since AUTO looks"
            + " at the rows of one shard alone): idKind=TEXT expected=LONG, path="
            + text,
        refused(IllegalArgumentException.class, () -> ShardSet.publish(folder, Map.of(1, text))));
    Path other = given(folder, IdKind.LONG, 1, 1);
    for (int shard : new int[] {-1, SHARDS}) {
      assertEquals(
          "a shard must be one of the set: shard=" + shard + " shards=" + SHARDS,
          refused(
              IllegalArgumentException.class,
              () -> ShardSet.publish(folder, Map.of(shard, other))));
    }
    refused(IllegalArgumentException.class, () -> ShardSet.publish(folder, Map.of(0, other)));
    refused(
        IOException.class, () -> ShardSet.publish(folder, Map.of(0, folder.resolve("missing"))));
    refused(
        NoSuchFileException.class, () -> ShardSet.publish(folder.resolve("x"), Map.of(1, other)));
    int[] editions = {0, 1, 0};
    assertHolds(ShardSet.publish(folder, Map.of(1, other)), IdKind.LONG, editions);
  }

  /** The last step that can fail: a shard, or the manifest, cannot have its name. */
  @Test
  void aNameThatIsTakenLeavesTheOldSetAndNoTrace() throws IOException {
    String old = ShardSet.publish(folder, given(IdKind.LONG, 0));
    Set<String> before = names();
    Map<Integer, Path> changed = new TreeMap<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      changed.put(shard, given(folder, IdKind.LONG, shard, 1));
    }
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Map<Integer, Path> copies = new TreeMap<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      copies.put(shard, given(elsewhere, IdKind.LONG, shard, 1));
    }
    ShardSet.publish(elsewhere, List.copyOf(copies.values()));
    String last = SampleRows.names(elsewhere).get(SHARDS - 1);
    Path inTheWay = Files.createDirectories(folder.resolve(last).resolve("directory"));
    assertThrows(IOException.class, () -> ShardSet.publish(folder, changed));
    changed.values().forEach(file -> assertTrue(Files.exists(file), file::toString));
    assertTrue(
        names().stream().noneMatch(name -> name.startsWith(UNPUBLISHED_PREFIX)),
        "unpublished files");
    assertHolds(old, IdKind.LONG, new int[SHARDS]);
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    assertHolds(ShardSet.publish(folder, changed), IdKind.LONG, new int[] {1, 1, 1});
    // The shards of both editions and the manifest.
    before.addAll(SampleRows.names(elsewhere));
    before.add("elsewhere");
    assertEquals(before, names());
  }

  @Test
  void aDirectoryThatTakesNoLinksIsNamed() throws IOException {
    // Nobody can make a file there.
    Path directory = Path.of("/proc");
    Path single = folder.resolve("single");
    AlmanacBuilder.create()
        .ids(IdKind.LONG)
        .allowEmpty()
        .build(new SplitRows(List.of(), 1), single);
    String message = refused(IOException.class, () -> ShardSet.publish(directory, List.of(single)));
    assertEquals(
        "a shard must be on the file system of its set, which must have hard links: path="
            + single
            + " directory=/proc",
        message);
  }

  /** A shard that is given by the very name that it gets is not removed. */
  @Test
  void theFilesOfASetCanBePublishedAgain() throws IOException {
    String edition = ShardSet.publish(folder, given(IdKind.TEXT, 0));
    Set<String> before = names();
    Path link =
        Files.createSymbolicLink(folder.resolveSibling(folder.getFileName() + "-link"), folder);
    try {
      for (Path directory : List.of(folder, link)) {
        List<Path> files = new ArrayList<>();
        for (String name : before) {
          if (ShardManifest.isFileName(name)) {
            files.add(directory.resolve(name));
          }
        }
        assertEquals(edition, ShardSet.publish(folder, files));
        assertEquals(before, names());
        assertEquals(edition, ShardSet.publish(directory, Map.of(1, folder.resolve(files.get(1)))));
        assertHolds(edition, IdKind.TEXT, new int[SHARDS]);
      }
    } finally {
      Files.delete(link);
    }
  }

  /** All files that were made in the directory until the manifest had its name. */
  private static Set<String> made(WatchService watch) throws InterruptedException {
    Set<String> made = new TreeSet<>();
    while (!made.contains(ShardManifest.FILE_NAME)) {
      WatchKey key = watch.poll(1, TimeUnit.MINUTES);
      assertNotNull(key, made::toString);
      for (WatchEvent<?> event : key.pollEvents()) {
        made.add(String.valueOf(event.context()));
      }
      key.reset();
    }
    return made;
  }

  @Test
  void whateverAKilledPublisherLeavesIsRemoved() throws IOException, InterruptedException {
    List<Path> files = given(IdKind.LONG, 0);
    Set<String> made;
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      ShardSet.publish(folder, files);
      made = made(watch);
    }
    Set<String> kept = names();
    assertTrue(made.containsAll(kept), made::toString);
    made.removeAll(kept);
    assertEquals(SHARDS + 1, made.size(), "a link to each shard, and the manifest to be");
    for (String name : made) {
      Files.createFile(folder.resolve(name));
    }
    assertEquals(SHARDS + 1, ShardSet.removeOldShards(folder));
    assertEquals(kept, names());
  }

  /** Of the files that look like those of a set, only those of others go. */
  @Test
  void onlyShardsThatNoManifestNamesAreRemoved() throws IOException {
    String edition = ShardSet.publish(folder, given(IdKind.LONG, 0));
    Set<String> kept = names();
    String other = "0".repeat(64);
    for (String name :
        List.of(
            "shard-0000-" + other + ".almanac",
            "shard-4095-" + other + ".almanac",
            UNPUBLISHED_PREFIX,
            UNPUBLISHED_PREFIX + "anything")) {
      Files.createFile(folder.resolve(name));
    }
    for (String name :
        List.of(
            "shard-0000-" + other,
            "shard-0-" + other + ".almanac",
            "shard-0000-" + other + ".almanac.bak",
            "almanac-shard-",
            "a" + UNPUBLISHED_PREFIX)) {
      Files.createFile(folder.resolve(name));
      kept.add(name);
    }
    assertEquals(4, ShardSet.removeOldShards(folder));
    assertEquals(kept, names());
    assertEquals(0, ShardSet.removeOldShards(folder));
    assertHolds(edition, IdKind.LONG, new int[SHARDS]);
  }
}
