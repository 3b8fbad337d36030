package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import dev.almanac.build.ShardSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A set of shards gets its next edition from the shards that change, and a cache takes those. */
class EvolvingSetTest {
  private static final int SHARDS = 6;
  private static final LiveOptions WHEN_TOLD =
      LiveOptions.defaults().checkEvery(Duration.ofDays(1)).keepPrevious(true);

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(3);
  private final Map<String, String> map = new TreeMap<>();

  private Path directory(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private static int shardOf(String id) {
    return ShardedAlmanac.route(Long.parseLong(id), SHARDS);
  }

  private static Map<Integer, List<RowSource.Row>> byShard(Map<String, String> rows) {
    Map<Integer, List<RowSource.Row>> shards = new TreeMap<>();
    rows.forEach(
        (id, date) ->
            shards
                .computeIfAbsent(shardOf(id), shard -> new ArrayList<>())
                .add(new RowSource.Row(id, date)));
    return shards;
  }

  private static AlmanacBuilder builder() {
    return AlmanacBuilder.create().ids(IdKind.LONG).allowEmpty().nullDates("").threads(2);
  }

  private String publishAll(Path directory) throws IOException {
    Map<Integer, List<RowSource.Row>> rows = byShard(map);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < SHARDS; i++) {
      Path file = directory.resolve("part-" + i);
      builder().build(RowSource.of(rows.getOrDefault(i, List.of()).iterator()), file);
      files.add(file);
    }
    return ShardSet.publish(directory, files);
  }

  /** Builds the shards that have rows, each from the one before, and publishes those. */
  private static String publishChanges(Path directory, Map<String, String> rows)
      throws IOException {
    Map<Integer, Path> changed = new TreeMap<>();
    try (ShardedAlmanac set = ShardedAlmanac.open(directory)) {
      for (Map.Entry<Integer, List<RowSource.Row>> shard : byShard(rows).entrySet()) {
        Path file = directory.resolve("next-" + shard.getKey());
        builder()
            .base(set.shard(shard.getKey()).path())
            .build(RowSource.of(shard.getValue().iterator()), file);
        changed.put(shard.getKey(), file);
      }
    }
    return ShardSet.publish(directory, changed);
  }

  /** Some changes of two shards, which are also put into the map. */
  private Map<String, String> changes() {
    Map<String, String> rows = new TreeMap<>();
    Set<Integer> shards = new TreeSet<>();
    while (rows.size() < 40) {
      String id = Long.toString(random.nextInt(100_000));
      if (shards.size() < 2) {
        shards.add(shardOf(id));
      }
      if (shards.contains(shardOf(id))) {
        rows.put(id, random.nextInt(4) == 0 ? "" : SampleRows.date(random.nextInt(900)));
      }
    }
    rows.forEach(
        (id, date) -> {
          if (date.isEmpty()) {
            map.remove(id);
          } else {
            map.put(id, date);
          }
        });
    return rows;
  }

  @Tag("long")
  @Test
  void onlyShardsThatChangeAreBuiltPublishedAndFetched() throws IOException {
    for (int n = 0; n < 3_000; n++) {
      map.put(Integer.toString(random.nextInt(100_000)), SampleRows.date(random.nextInt(300)));
    }
    Path directory = directory("set");
    Path cache = folder.resolve("cache");
    Set<String> fetched = new TreeSet<>();
    HostCache.SetSource source =
        name -> {
          fetched.add(name);
          return Files.newInputStream(directory.resolve(name));
        };
    String edition = publishAll(directory);
    HostCache.installSet(source, edition, cache);
    assertEquals(1 + SHARDS, fetched.size());
    try (LiveAlmanac live = LiveAlmanac.open(cache, WHEN_TOLD)) {
      assertNull(live.pinPreviousSet());
      for (int day = 0; day < 5; day++) {
        String before = edition;
        Map<String, String> old = new TreeMap<>(map);
        Set<String> names = Set.copyOf(SampleRows.names(directory));
        edition = publishChanges(directory, changes());
        assertEquals(publishAll(directory("full-" + day)), edition, "as all shards built anew");
        Set<String> written = new TreeSet<>(SampleRows.names(directory));
        written.removeAll(names);
        assertTrue(written.size() <= 2, () -> "shards that were written: " + written);
        fetched.clear();
        assertEquals(cache, HostCache.installSet(source, edition, cache));
        written.add("shards.manifest");
        assertEquals(written, fetched);
        fetched.clear();
        HostCache.installSet(source, edition, cache);
        assertEquals(Set.of(), fetched, "it is there");
        live.checkNow();
        assertEquals(edition, live.edition());
        assertEquals(map.size(), live.state().idCount());
        assertEquals(map.size() - old.size(), live.state().idCountChange());
        map.forEach((id, date) -> assertEquals(LocalDate.parse(date), live.date(id)));
        try (ShardedAlmanac previous = live.pinPreviousSet()) {
          assertNotNull(previous);
          assertEquals(before, previous.edition());
          old.forEach((id, date) -> assertEquals(LocalDate.parse(date), previous.date(id)));
        }
      }
    }
    // The files of the set and of the one before.
    assertTrue(SampleRows.names(cache).size() <= 2 + SHARDS + 2, () -> "" + cache);
  }

  @Test
  void aSetWithAShardThatIsNotItsOwnIsRefused() throws IOException {
    map.put("7", "2024-02-29");
    Path directory = directory("set");
    String edition = publishAll(directory);
    Path file = directory.resolve("next");
    builder().build(RowSource.of(List.of(new RowSource.Row("7", "2024-03-01")).iterator()), file);
    int other = (shardOf("7") + 1) % SHARDS;
    assertThrows(
        IllegalArgumentException.class, () -> ShardSet.publish(directory, Map.of(other, file)));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> ShardSet.publish(directory, Map.of(SHARDS, file)));
    assertEquals("a shard must be one of the set: shard=6 shards=6", refused.getMessage());
    assertEquals(edition, ShardSet.publish(directory, Map.of()));
    ShardSet.publish(directory, Map.of(shardOf("7"), file));
    try (ShardedAlmanac set = ShardedAlmanac.open(directory)) {
      assertEquals(LocalDate.of(2024, 3, 1), set.date(7));
    }
  }

  @Test
  void aSetThatIsDamagedOrAnotherIsNotInstalled() throws IOException {
    map.put("7", "2024-02-29");
    Path directory = directory("set");
    String edition = publishAll(directory);
    Path cache = folder.resolve("cache");
    HostCache.installSet(directory, edition, cache);
    map.put("8", "2024-02-29");
    String next = publishChanges(directory, Map.of("8", "2024-02-29"));
    CorruptAlmanacException other =
        assertThrows(
            CorruptAlmanacException.class,
            () -> HostCache.installSet(directory, "0".repeat(64), cache));
    assertTrue(other.getMessage().contains(next), other::getMessage);
    HostCache.SetSource cut =
        name ->
            name.startsWith("shard-")
                ? new ByteArrayInputStream(new byte[100])
                : Files.newInputStream(directory.resolve(name));
    assertThrows(CorruptAlmanacException.class, () -> HostCache.installSet(cut, next, cache));
    try (ShardedAlmanac set = ShardedAlmanac.open(cache, edition)) {
      assertNull(set.date(8), "the set that was there stays");
    }
    HostCache.installSet(directory, next, cache);
    try (ShardedAlmanac set = ShardedAlmanac.open(cache, next)) {
      assertEquals(LocalDate.of(2024, 2, 29), set.date(8));
    }
  }

  @Test
  void theEditionBeforeIsComparedWithTheNewOne() throws IOException {
    Path file = folder.resolve("dates.almanac");
    map.put("7", "2024-02-29");
    map.put("8", "2024-02-29");
    builder().build(RowSource.of(rows()), file);
    try (LiveAlmanac live = LiveAlmanac.open(file, WHEN_TOLD)) {
      assertNull(live.pinPrevious());
      for (int day = 1; day < 4; day++) {
        map.put("7", "2024-03-0" + day);
        builder().base(file).build(RowSource.of(rows()), file);
        live.checkNow();
        try (Almanac before = live.pinPrevious();
            Almanac now = live.pin()) {
          assertNotNull(before);
          EditionDiff.Summary summary = EditionDiff.of(before, now).summary();
          assertEquals(1, summary.changedCount());
          assertEquals(1, summary.unchangedCount());
        }
      }
      if (Runtime.version().feature() >= 22) {
        assertEquals(2, live.state().mappedEditionCount(), "all older ones are unmapped");
      }
    }
    try (LiveAlmanac forgetful = LiveAlmanac.open(file)) {
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, forgetful::pinPrevious);
      assertEquals(
          "the options must say keepPrevious(true) to keep the edition before: path=" + file,
          refused.getMessage());
    }
  }

  private Iterator<RowSource.Row> rows() {
    return map.entrySet().stream()
        .map(entry -> new RowSource.Row(entry.getKey(), entry.getValue()))
        .iterator();
  }

  /** The cache deletes shards of older sets, and shards that were copied halfway. */
  @Test
  void aCacheKeepsTheFilesOfTheSetAndOfTheOneBefore() throws IOException {
    Path directory = directory("set");
    Path cache = directory("cache");
    Path other = Files.createFile(cache.resolve("of-somebody-else"));
    Files.createFile(cache.resolve("." + "0".repeat(64) + ".part"));
    Files.createFile(cache.resolve(".shards.manifest.part"));
    List<Set<String>> sets = new ArrayList<>();
    List<String> editions = new ArrayList<>();
    map.put("7", "2024-02-29");
    editions.add(publishAll(directory));
    for (int day = 1; day < 4; day++) {
      if (day > 1) {
        editions.add(publishChanges(directory, Map.of("7", "2024-03-0" + day)));
        ShardSet.removeOldShards(directory);
      }
      sets.add(new TreeSet<>(SampleRows.names(directory)));
      assertEquals(cache, HostCache.installSet(directory, editions.get(day - 1), cache));
      Set<String> expected = new TreeSet<>(sets.get(day - 1));
      expected.addAll(sets.get(Math.max(0, day - 2)));
      expected.addAll(Set.of(".lock", other.getFileName().toString()));
      assertEquals(expected, new TreeSet<>(SampleRows.names(cache)));
    }
    // What is there is not copied; a shard that somebody damaged is.
    Set<String> asked = new TreeSet<>();
    HostCache.SetSource source =
        name -> {
          asked.add(name);
          return Files.newInputStream(directory.resolve(name));
        };
    assertEquals(cache, HostCache.installSet(source, editions.get(2), cache));
    assertEquals(Set.of(), asked);
    String shard = sets.get(2).iterator().next();
    Files.delete(cache.resolve(shard));
    Files.writeString(cache.resolve(shard), "damaged");
    HostCache.installSet(source, editions.get(2).toUpperCase(Locale.ROOT), cache);
    assertEquals(Set.of("shards.manifest", shard), asked);
    ShardedAlmanac.open(cache, editions.get(2)).close();
  }
}
