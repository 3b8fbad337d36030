package dev.almanac;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DateFormat;
import dev.almanac.build.RowSource;
import dev.almanac.build.ShardSet;
import dev.almanac.format.ShardManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedAlmanacTest {
  // Of the IDs that the test of the routing asks for, in a set of 1,000.
  private static final int[] ROUTES_OF_NUMBERS = {338, 357, 232, 219, 696, 700, 693, 905};
  private static final int[] ROUTES_OF_TEXTS = {975, 671, 894, 591};

  @TempDir static Path built;

  @TempDir Path folder;

  private static int route(String id, IdKind kind, int shardCount) {
    return kind == IdKind.LONG
        ? ShardedAlmanac.route(Long.parseLong(id), shardCount)
        : ShardedAlmanac.route(id, shardCount);
  }

  private List<Path> shards(SampleRows rows, IdKind kind, int shardCount) throws IOException {
    return shards(folder, rows, kind, shardCount);
  }

  /** Builds the shards of {@code rows} in {@code folder}, as any system that routes rows would. */
  private static List<Path> shards(Path folder, SampleRows rows, IdKind kind, int shardCount)
      throws IOException {
    List<List<RowSource.Row>> parts = new ArrayList<>();
    for (int i = 0; i < shardCount; i++) {
      parts.add(new ArrayList<>());
    }
    rows.dateById()
        .forEach(
            (id, date) -> parts.get(route(id, kind, shardCount)).add(new RowSource.Row(id, date)));
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < shardCount; i++) {
      Path file = folder.resolve("part-" + i);
      AlmanacBuilder.create()
          .ids(kind)
          .allowEmpty()
          .build(RowSource.of(parts.get(i).iterator()), file);
      files.add(file);
    }
    return files;
  }

  private static SampleRows rows(String shape) {
    return switch (shape) {
      case "dense" -> SampleRows.dense(-20_000, 60_000, 300);
      case "sparse" -> SampleRows.sparse(5_000, 300);
      case "numerals" -> SampleRows.dense(0, 3_000, 50);
      default -> SampleRows.texts(5_000, 300);
    };
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "dense,LONG,1",
    "dense,LONG,7",
    "sparse,LONG,4",
    "sparse,LONG,16",
    "texts,TEXT,5",
    "numerals,TEXT,3"
  })
  void everyIdIsAnsweredInEveryWay(String shape, IdKind kind, int shardCount) throws IOException {
    assertAnsweredInEveryWay(rows(shape), kind, shardCount);
  }

  /** Likewise, of a few rows. */
  @ParameterizedTest
  @EnumSource(names = {"LONG", "TEXT"})
  void aFewIdsAreAnsweredInEveryWay(IdKind kind) throws IOException {
    SampleRows rows = SampleRows.sparse(200, 30);
    // In a set of texts, beside numbers that are some.
    assertAnsweredInEveryWay(
        kind == IdKind.LONG ? rows : rows.add("x", SampleRows.date(3)), kind, 3);
  }

  private void assertAnsweredInEveryWay(SampleRows rows, IdKind kind, int shardCount)
      throws IOException {
    String edition = ShardSet.publish(folder, shards(rows, kind, shardCount));
    try (ShardedAlmanac set = ShardedAlmanac.open(folder, edition)) {
      assertEquals(kind, set.idKind());
      assertEquals(shardCount, set.shardCount());
      assertEquals(rows.dateById().size(), set.size());
      Map<String, LocalDate> visited = new HashMap<>();
      if (kind == IdKind.LONG) {
        set.forEach((id, code) -> visited.put(Long.toString(id), set.dictionary().date(code)));
        assertThrows(IllegalStateException.class, () -> set.forEachText((id, code) -> {}));
      } else {
        set.forEachText((id, code) -> visited.put(id, set.dictionary().date(code)));
        assertThrows(IllegalStateException.class, () -> set.forEach((id, code) -> {}));
      }
      Map<String, LocalDate> expected = new HashMap<>();
      rows.dateById().forEach((id, date) -> expected.put(id, LocalDate.parse(date)));
      assertEquals(expected, visited);
      assertDictionary(set.dictionary());
      assertAnswers(set, expected);
    }
  }

  private static void assertDictionary(DateDictionary dictionary) {
    for (int code = 1; code < dictionary.size(); code++) {
      assertTrue(dictionary.date(code - 1).isBefore(dictionary.date(code)));
    }
  }

  private static void assertAnswers(ShardedAlmanac set, Map<String, LocalDate> expected) {
    List<String> probes = new ArrayList<>(expected.keySet());
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 3_000; i++) {
      probes.add(Long.toString(random.nextLong()));
      probes.add(i + "x");
    }
    probes.addAll(List.of("", "07", "-0", "\uD800", "y".repeat(2_000), "-9223372036854775808"));
    Collections.shuffle(probes, new Random(1));
    int[] codes = new int[probes.size() + 2];
    set.codes(probes.toArray(String[]::new), 0, codes, 1, probes.size());
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      String probe = probes.get(i);
      LocalDate date = expected.get(probe);
      assertEquals(date, set.date(probe), () -> "id=" + probe);
      assertEquals(set.code(probe), codes[1 + i], () -> "batch id=" + probe);
      if (probe.matches("0|-?[1-9][0-9]{0,18}")) {
        long number = Long.parseLong(probe);
        numbers.add(number);
        assertEquals(date, set.date(number), () -> "number=" + probe);
      }
    }
    long[] ids = numbers.stream().mapToLong(Long::longValue).toArray();
    LocalDate[] dates = new LocalDate[ids.length];
    set.dates(ids, dates);
    int[] codesOfNumbers = new int[ids.length];
    set.codes(ids, codesOfNumbers);
    for (int i = 0; i < ids.length; i++) {
      assertEquals(expected.get(Long.toString(ids[i])), dates[i]);
      assertEquals(set.code(ids[i]), codesOfNumbers[i]);
    }
    assertFalse(numbers.isEmpty());
  }

  @Tag("long")
  @Test
  void aBatchLongerThanIsSortedAtATimeIsAnsweredWhole() throws IOException {
    SampleRows rows = SampleRows.dense(0, 10_000, 30);
    ShardSet.publish(folder, shards(rows, IdKind.LONG, 3));
    long[] ids = new long[300_000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i * 7919L % 12_000;
    }
    LocalDate[] dates = new LocalDate[ids.length];
    try (ShardedAlmanac set = ShardedAlmanac.open(folder)) {
      set.dates(ids, dates);
    }
    for (int i = 0; i < ids.length; i++) {
      String text = rows.dateById().get(Long.toString(ids[i]));
      assertEquals(text == null ? null : LocalDate.parse(text), dates[i]);
    }
  }

  @Test
  void codesAreThoseOfTheSetAlsoWhereShardsHaveOtherDates() throws IOException {
    // One date for each ID, so no two shards have the same dates.
    SampleRows rows = SampleRows.sparse(500, 1_000_000);
    ShardSet.publish(folder, shards(rows, IdKind.LONG, 4));
    try (ShardedAlmanac set = ShardedAlmanac.open(folder)) {
      assertNotEquals(set.shard(0).dictionary().size(), set.dictionary().size());
      List<String> sorted = rows.dateById().values().stream().distinct().sorted().toList();
      assertEquals(sorted.size(), set.dictionary().size());
      rows.dateById()
          .forEach((id, date) -> assertEquals(sorted.indexOf(date), set.code(Long.parseLong(id))));
    }
  }

  /** The layout of published sets stands on these: another answer would lose their IDs. */
  @Test
  void theRoutingOfVersion1NeverChanges() {
    int[] numbers = new int[8];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = ShardedAlmanac.route((i - 4) * 1_000_003L * 4096, 1000);
    }
    assertArrayEquals(new int[] {0}, new int[] {ShardedAlmanac.route(Long.MIN_VALUE, 1)});
    assertArrayEquals(ROUTES_OF_NUMBERS, numbers);
    int[] texts = new int[4];
    String[] ids = {"7", "ORD-17", "Ärger", "x".repeat(1024)};
    for (int i = 0; i < texts.length; i++) {
      texts[i] = ShardedAlmanac.route(ids[i], 1000);
    }
    assertArrayEquals(ROUTES_OF_TEXTS, texts);
    assertEquals(0, ShardedAlmanac.route("", 1000));
    assertEquals(0, ShardedAlmanac.route("x".repeat(1025), 1000));
  }

  @Test
  void aPageOfNumbersSharesAShardAndShardsAreEvenlyFull() {
    int[] pages = new int[16];
    for (long page = -8_000; page < 8_000; page++) {
      int shard = ShardedAlmanac.route(page * 4096, pages.length);
      assertEquals(shard, ShardedAlmanac.route(page * 4096 + 4095, pages.length));
      pages[shard]++;
    }
    for (int count : pages) {
      assertTrue(count > 850 && count < 1150, () -> "pages=" + count);
    }
  }

  @Test
  void aSetHasOneEditionWhateverTheFilesAreCalled() throws IOException {
    SampleRows rows = SampleRows.dense(0, 9_000, 30);
    String first = ShardSet.publish(folder, shards(rows, IdKind.LONG, 2));
    List<String> names = SampleRows.names(folder);
    assertEquals(3, names.size(), names::toString);
    String second = ShardSet.publish(folder, shards(rows.shuffled(3), IdKind.LONG, 2));
    assertEquals(first, second);
    assertEquals(names, SampleRows.names(folder));
    assertEquals(
        "r--r--r--",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve(ShardManifest.FILE_NAME))));
    String third =
        ShardSet.publish(folder, shards(rows.add(9_000, SampleRows.date(1)), IdKind.LONG, 2));
    assertNotEquals(first, third);
  }

  @Test
  void whoHasTheOldSetOpenKeepsIt() throws IOException {
    ShardSet.publish(folder, shards(SampleRows.dense(0, 5_000, 30), IdKind.LONG, 2));
    try (ShardedAlmanac old = ShardedAlmanac.open(folder)) {
      ShardSet.publish(folder, shards(SampleRows.dense(0, 6_000, 30), IdKind.LONG, 3));
      assertEquals(5_000, old.size());
      assertNull(old.date(5_500));
      try (ShardedAlmanac young = ShardedAlmanac.open(folder)) {
        assertEquals(
            LocalDate.parse(SampleRows.date((int) (5_500 * 7919L % 30))), young.date(5_500));
      }
      Files.writeString(folder.resolve("shard-notes.txt"), "of somebody else");
      assertEquals(2, ShardSet.removeOldShards(folder));
      assertEquals(LocalDate.parse(SampleRows.date(0)), old.date(0));
    }
    assertEquals(5, SampleRows.names(folder).size());
    assertEquals(0, ShardSet.removeOldShards(folder));
    try (ShardedAlmanac young = ShardedAlmanac.open(folder)) {
      assertEquals(6_000, young.size());
    }
  }

  @Test
  void withoutAWholeManifestNoShardIsRemoved() throws IOException {
    ShardSet.publish(folder, twoShards());
    Path manifest = folder.resolve(ShardManifest.FILE_NAME);
    byte[] whole = Files.readAllBytes(manifest);
    Files.delete(manifest);
    assertThrows(NoSuchFileException.class, () -> ShardSet.removeOldShards(folder));
    Files.write(manifest, Arrays.copyOf(whole, whole.length - 70));
    assertThrows(CorruptAlmanacException.class, () -> ShardSet.removeOldShards(folder));
    assertEquals(3, SampleRows.names(folder).size());
  }

  @Test
  void aClosedSetSaysSo() throws IOException {
    ShardSet.publish(folder, shards(SampleRows.dense(0, 500, 30), IdKind.LONG, 2));
    ShardedAlmanac set = ShardedAlmanac.open(folder);
    set.close();
    set.close();
    assertThrows(IllegalStateException.class, () -> set.code(1));
    assertThrows(IllegalStateException.class, () -> set.codes(new long[] {1}, new int[1]));
  }

  @BeforeAll
  static void buildTwoShards() throws IOException {
    shards(built, SampleRows.dense(0, 9_000, 30), IdKind.LONG, 2);
  }

  /** Two shards that nobody has published yet, for what is about their set. */
  private List<Path> twoShards() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : SampleRows.names(built)) {
      files.add(Files.copy(built.resolve(name), folder.resolve(name)));
    }
    return files;
  }

  @Test
  void shardsInTheWrongOrderAreNotPublished() throws IOException {
    List<Path> swapped = new ArrayList<>(twoShards());
    Collections.swap(swapped, 0, 1);
    List<String> before = SampleRows.names(folder);
    String message =
        assertThrows(IllegalArgumentException.class, () -> ShardSet.publish(folder, swapped))
            .getMessage();
    assertTrue(
        message.startsWith("an ID must be in the shard that route(id, shards) says: id=")
            && message.contains("shard=0 expected=1 shards=2")
            && message.endsWith("path=" + folder.resolve("part-1")),
        message);
    assertEquals(before, SampleRows.names(folder));
  }

  @Test
  void shardsOfDifferentKindsAreNotPublished() throws IOException {
    Path numbers = folder.resolve("numbers");
    Path texts = folder.resolve("texts");
    AlmanacBuilder.create()
        .ids(IdKind.LONG)
        .allowEmpty()
        .build(RowSource.of(Collections.emptyIterator()), numbers);
    AlmanacBuilder.create()
        .ids(IdKind.TEXT)
        .allowEmpty()
        .build(RowSource.of(Collections.emptyIterator()), texts);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> ShardSet.publish(folder, List.of(numbers, texts)))
            .getMessage();
    assertTrue(message.contains("IDs of one kind"), message);
    assertTrue(message.contains("idKind=TEXT expected=LONG"), message);
  }

  @Test
  void aSetWithoutShardsIsNotPublished() {
    assertThrows(IllegalArgumentException.class, () -> ShardSet.publish(folder, List.of()));
    assertThrows(
        NoSuchFileException.class, () -> ShardSet.publish(folder.resolve("none"), List.of(folder)));
  }

  @Test
  void aDirectoryWithoutAManifestIsNoSet() throws IOException {
    twoShards();
    String message =
        assertThrows(NoSuchFileException.class, () -> ShardedAlmanac.open(folder)).getMessage();
    assertTrue(message.contains("must have a manifest"), message);
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    ShardSet.publish(folder, twoShards());
    String name = SampleRows.names(folder).get(1);
    Files.delete(folder.resolve(name));
    String message =
        assertThrows(NoSuchFileException.class, () -> ShardedAlmanac.open(folder)).getMessage();
    assertTrue(message.contains(name) && message.contains("shard=1 shards=2"), message);
  }

  @Test
  void aShardOfAnotherEditionIsRefused() throws IOException {
    ShardSet.publish(folder, twoShards());
    Path second = folder.resolve(SampleRows.names(folder).get(1));
    Files.delete(second);
    AlmanacBuilder.create()
        .ids(IdKind.LONG)
        .allowEmpty()
        .build(RowSource.of(Collections.emptyIterator()), second);
    String message =
        assertThrows(CorruptAlmanacException.class, () -> ShardedAlmanac.open(folder)).getMessage();
    assertTrue(message.startsWith("the file must be the expected edition: found="), message);
  }

  @Test
  void aSetOfAnotherEditionThanExpectedIsRefused() throws IOException {
    String edition = ShardSet.publish(folder, twoShards());
    String other = "0".repeat(64);
    String message =
        assertThrows(CorruptAlmanacException.class, () -> ShardedAlmanac.open(folder, other))
            .getMessage();
    assertEquals(
        "the set must be the expected edition: found="
            + edition
            + " expected="
            + other
            + ", path="
            + folder.resolve(ShardManifest.FILE_NAME),
        message);
  }

  @Test
  void everyChangedByteOfAManifestIsFound() throws IOException {
    ShardSet.publish(folder, twoShards());
    Path path = folder.resolve(ShardManifest.FILE_NAME);
    byte[] whole = Files.readAllBytes(path);
    assertEquals(2, ShardManifest.decode(whole, path).shardCount());
    for (int at = 0; at < whole.length; at++) {
      for (int bit : new int[] {0, 5}) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) (1 << bit);
        assertThrows(IOException.class, () -> ShardManifest.decode(changed, path));
      }
      byte[] cut = Arrays.copyOf(whole, at);
      assertThrows(IOException.class, () -> ShardManifest.decode(cut, path));
    }
  }

  private void assertRefused(String rule, Function<String, String> change) throws IOException {
    Path path = folder.resolve(ShardManifest.FILE_NAME);
    if (!Files.exists(path)) {
      ShardSet.publish(folder, twoShards());
    }
    String whole = Files.readString(path, US_ASCII);
    Files.delete(path);
    Files.writeString(path, change.apply(whole), US_ASCII);
    IOException refused = assertThrows(IOException.class, () -> ShardedAlmanac.open(folder));
    assertTrue(refused.getMessage().contains(rule), refused::getMessage);
    assertTrue(refused.getMessage().endsWith("path=" + path), refused::getMessage);
    Files.writeString(path, whole, US_ASCII);
    ShardedAlmanac.open(folder).close();
  }

  @Test
  void aManifestThatIsNoneIsRefusedByItsRule() throws IOException {
    assertRefused("must begin with", text -> "");
    assertRefused("must begin with", text -> "\u007fELF" + text);
    assertRefused("formatVersion=2 supported=1", text -> text.replace("shards 1\n", "shards 2\n"));
    assertRefused("must not end here", text -> "almanac-shards 1\n");
    assertRefused("must be LONG or TEXT", text -> text.replace("ids LONG", "ids AUTO"));
    assertRefused("from 1 to 4096: shards=0", text -> text.replace("\nshards 2", "\nshards 0"));
    assertRefused("shards=999999999", text -> text.replace("\nshards 2", "\nshards 999999999"));
    assertRefused("and a number", text -> text.replace("\nshards 2", "\nshards -2"));
    assertRefused("a line for each shard", text -> text.replace("\nshards 2", "\nshards 3"));
    assertRefused("a line for each shard", text -> text + "more\n");
    assertRefused("must be short", text -> text + "x".repeat(ShardManifest.MAX_BYTES));
    assertRefused(
        "64 hexadecimal digits: shard=0",
        text -> text.replaceFirst("\n[0-9a-f]{64}", "\n../../../etc/passwd"));
    assertRefused(
        "the edition of the set must be that of its lines",
        text -> text.replaceFirst("\n[0-9a-f]", "\n").replaceFirst("([0-9a-f]{63})\n", "$10\n"));
    assertRefused("must be as it was written", text -> text.replace("\nshards 2", "\nshards 02"));
  }

  /** Mixed by hand, with a manifest that is right in itself. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aManifestOfAnotherKindThanItsShardsIsRefused(boolean swapped) throws IOException {
    ShardSet.publish(folder, twoShards());
    Path path = folder.resolve(ShardManifest.FILE_NAME);
    ShardManifest manifest = ShardManifest.decode(Files.readAllBytes(path), path);
    Files.delete(path);
    List<String> editions = new ArrayList<>(manifest.editions());
    if (swapped) {
      Collections.swap(editions, 0, 1);
    }
    Files.write(path, new ShardManifest(swapped ? IdKind.LONG : IdKind.TEXT, editions).encode());
    IOException refused = assertThrows(IOException.class, () -> ShardedAlmanac.open(folder));
    assertTrue(
        refused
            .getMessage()
            .contains(swapped ? "a shard that the manifest names" : "idKind=LONG expected=TEXT"),
        refused::getMessage);
  }

  @Test
  void aLinkAndAFileGivenTwiceAreRefusedAndNothingChanges() throws IOException {
    List<Path> shards = shards(SampleRows.dense(0, 500, 30), IdKind.LONG, 2);
    Path link = Files.createSymbolicLink(folder.resolve("link"), shards.get(0));
    Path name = Files.createLink(folder.resolve("second-name"), shards.get(0));
    assertEquals(
        "a shard must be a regular file, not a link to one: path=" + link,
        assertThrows(
                IOException.class, () -> ShardSet.publish(folder, List.of(link, shards.get(1))))
            .getMessage());
    assertEquals(
        "a file must not be given as two shards: path=" + name + " before=" + shards.get(0),
        assertThrows(
                IllegalArgumentException.class,
                () -> ShardSet.publish(folder, List.of(shards.get(0), name)))
            .getMessage());
    assertFalse(Files.exists(folder.resolve(ShardManifest.FILE_NAME)));
    Files.delete(name);
    ShardSet.publish(folder, shards);
    try (ShardedAlmanac set = ShardedAlmanac.open(folder)) {
      assertEquals(500, set.size());
    }
  }

  @Test
  void aPublishThatFailedIsMadeAgainWithTheSameArguments() throws IOException {
    List<Path> shards = shards(SampleRows.dense(0, 500, 30), IdKind.LONG, 2);
    // No file can be renamed onto a folder that is not empty.
    Path inTheWay = Files.createDirectories(folder.resolve(ShardManifest.FILE_NAME));
    Files.createFile(inTheWay.resolve("file"));
    assertThrows(IOException.class, () -> ShardSet.publish(folder, shards));
    for (Path shard : shards) {
      assertTrue(Files.exists(shard), "what was given is where it was");
    }
    Files.delete(inTheWay.resolve("file"));
    Files.delete(inTheWay);
    String edition = ShardSet.publish(folder, shards);
    assertFalse(Files.exists(shards.get(0)));
    try (ShardedAlmanac set = ShardedAlmanac.open(folder, edition)) {
      assertEquals(500, set.size());
    }
    try (var files = Files.list(folder)) {
      assertEquals(3, files.count(), "two shards and the manifest");
    }
  }

  @Test
  void aShardThatIsHandedOutIsClosedByItsUser() throws IOException {
    ShardSet.publish(folder, twoShards());
    ShardedAlmanac set = ShardedAlmanac.open(folder);
    Almanac shard = set.shard(0);
    long size = set.size();
    set.shard(0).close();
    assertEquals(size, set.size());
    assertEquals(null, set.date(Long.MAX_VALUE), "the set is open");
    set.close();
    assertEquals(Almanac.ABSENT, shard.code(Long.MAX_VALUE));
    shard.close();
    assertThrows(IllegalStateException.class, () -> shard.code(1));
    assertThrows(IllegalStateException.class, () -> set.shard(0));
  }

  @Test
  void aUuidFindsTheTextThatItWritesInEveryKindOfSource() throws IOException {
    SampleRows rows = SampleRows.uuids(500, 30);
    ShardSet.publish(folder, shards(rows, IdKind.TEXT, 3));
    Path file = rows.build(folder, Layout.AUTO);
    Path numbers =
        SampleRows.dense(0, 10, 3).build(Files.createDirectory(folder.resolve("n")), Layout.AUTO);
    try (ShardedAlmanac set = ShardedAlmanac.open(folder);
        LiveAlmanac live = LiveAlmanac.open(file);
        Almanac almanac = Almanac.open(file);
        Almanac ofNumbers = Almanac.open(numbers)) {
      for (DateLookup source : List.of(set, live, almanac)) {
        rows.dateById()
            .forEach(
                (id, date) ->
                    assertEquals(LocalDate.parse(date), source.date(UUID.fromString(id)), id));
        assertNull(source.date(new UUID(1, 2)));
      }
      assertNull(ofNumbers.date(new UUID(0, 7)));
    }
  }

  @Test
  void aSetIsFollowedAsAFileIs() throws IOException {
    LiveOptions atOnce = LiveOptions.defaults().checkEvery(java.time.Duration.ZERO);
    String first = ShardSet.publish(folder, shards(SampleRows.dense(0, 500, 30), IdKind.LONG, 2));
    try (LiveAlmanac live = LiveAlmanac.open(folder, atOnce.verified(true));
        ShardedAlmanac pinned = live.pinSet(first)) {
      assertEquals(500, live.size());
      assertEquals(first, live.edition());
      String second =
          ShardSet.publish(folder, shards(SampleRows.dense(0, 700, 30), IdKind.LONG, 3));
      assertEquals(700, live.size());
      assertEquals(second, live.edition());
      assertEquals(500, pinned.size(), "the pin stays");
      assertEquals(live.date(499), pinned.date(499));
      assertNull(pinned.date(600));
      assertThrows(IllegalStateException.class, live::pin);
      Files.delete(folder.resolve(ShardManifest.FILE_NAME));
      assertEquals(second, live.edition(), "without a manifest the old set answers");
      assertTrue(live.state().failure() instanceof NoSuchFileException);
    }
  }

  /** Shards that kept the texts of their dates: some of one day, and none of them alike. */
  @Test
  void textsOfOneDayAreInTheOrderOfTheirBytes() throws IOException {
    List<String> texts = List.of("29.02.2024", "29.2.2024", "2024-02-29", "2024-2-29", "1.3.2024");
    List<List<RowSource.Row>> parts = List.of(new ArrayList<>(), new ArrayList<>());
    for (int id = 0; id < 5; id++) {
      long number = id * 4096L * 31;
      parts
          .get(ShardedAlmanac.route(number, 2))
          .add(new RowSource.Row(Long.toString(number), texts.get(id)));
    }
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      assertFalse(parts.get(i).isEmpty());
      files.add(folder.resolve("part-" + i));
      AlmanacBuilder.create()
          .ids(IdKind.LONG)
          .dateFormat(DateFormat.pattern("d.M.uuuu"), DateFormat.pattern("uuuu-M-d"))
          .keepDateText()
          .build(RowSource.of(parts.get(i).iterator()), files.get(i));
    }
    ShardSet.publish(folder, files);
    try (ShardedAlmanac set = ShardedAlmanac.open(folder)) {
      List<String> ordered = new ArrayList<>();
      for (int code = 0; code < set.dictionary().size(); code++) {
        ordered.add(set.dictionary().text(code));
      }
      assertEquals(
          List.of("2024-02-29", "2024-2-29", "29.02.2024", "29.2.2024", "1.3.2024"), ordered);
      for (int id = 0; id < 5; id++) {
        assertEquals(texts.get(id), set.dictionary().text(set.code(id * 4096L * 31)));
      }
    }
  }

  @Test
  void aSetSaysWhatItIs() throws IOException {
    String edition = ShardSet.publish(folder, twoShards());
    try (ShardedAlmanac set = ShardedAlmanac.open(folder)) {
      assertEquals(folder, set.path());
      assertEquals(edition, set.edition());
      assertEquals(
          "ShardedAlmanac{path=%s shards=2 idKind=LONG idCount=9000 edition=%s}"
              .formatted(folder, edition),
          set.toString());
      assertEquals(2, set.files().size());
      assertEquals(
          List.of(set.shard(0).edition(), set.shard(1).edition()),
          set.infos().stream().map(AlmanacInfo::edition).toList());
      assertThrows(IndexOutOfBoundsException.class, () -> set.shard(2));
      ShardedAlmanac shared = set.share();
      shared.close();
      assertThrows(IllegalStateException.class, () -> shared.code(7));
      assertNotEquals(Almanac.ABSENT, set.code(7));
      int[] codes = {7, 7};
      assertThrows(
          IndexOutOfBoundsException.class, () -> set.codes(new long[] {1, 2}, 0, codes, 1, 2));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> set.codes(new CharSequence[] {"1", "2"}, 1, codes, 0, 2));
      assertArrayEquals(new int[] {7, 7}, codes);
    }
  }
}
