package dev.almanac;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.format.Footer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.VanillaChronicleMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge of the format: stock Chronicle Map itself, on a copy that it may write to. */
class StockChronicleMapTest {
  @TempDir Path folder;

  private Path writableCopy(Path sealed) throws IOException {
    Path copy = folder.resolve("copy.dat");
    Files.copy(sealed, copy);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    return copy;
  }

  private static <K> ChronicleMap<K, byte[]> open(Class<K> keyType, Path copy) throws IOException {
    return ChronicleMapBuilder.of(keyType, byte[].class).createPersistedTo(copy.toFile());
  }

  /** The entry of each number in a file of entries. */
  private static Map<Long, byte[]> numbers(SampleRows rows, Almanac almanac) {
    int width = almanac.info().codeBits() / 8;
    Map<Long, byte[]> values = new HashMap<>();
    for (String id : rows.dateById().keySet()) {
      byte[] value = new byte[width];
      putCode(value, 0, width, almanac.code(id));
      values.put(Long.parseLong(id), value);
    }
    return values;
  }

  private static void putCode(byte[] into, int at, int width, int code) {
    for (int i = 0; i < width; i++) {
      into[at + i] = (byte) (code >> 8 * i);
    }
  }

  private static Map<String, byte[]> texts(SampleRows rows, Almanac almanac) {
    int width = almanac.info().codeBits() / 8;
    Map<String, byte[]> values = new HashMap<>();
    for (String id : rows.dateById().keySet()) {
      byte[] value = new byte[width];
      putCode(value, 0, width, almanac.code(id));
      values.put(id, value);
    }
    return values;
  }

  /**
   * That stock holds these entries and no others: by key, by iteration, by size. {@code toName}
   * makes a key comparable.
   */
  private static <K, N> void assertHolds(
      ChronicleMap<K, byte[]> stock,
      Map<N, byte[]> expected,
      Function<N, K> toKey,
      Function<K, N> toName) {
    assertEquals(expected.size(), stock.longSize());
    expected.forEach(
        (name, value) ->
            assertArrayEquals(value, stock.get(toKey.apply(name)), () -> "key=" + name));
    Map<N, byte[]> iterated = new HashMap<>();
    // Stock hands out the same array for every entry.
    stock.forEach(
        (key, value) ->
            assertNull(
                iterated.put(toName.apply(key), value.clone()),
                () -> "twice: key=" + toName.apply(key)));
    assertEquals(expected.keySet(), iterated.keySet());
    iterated.forEach(
        (name, value) -> assertArrayEquals(expected.get(name), value, () -> "key=" + name));
  }

  /**
   * Puts, overwrites, removes, and grows the map well beyond what it was sized for; then all that
   * once more after a reopen.
   */
  private static <K, N> void assertStaysUsable(
      Class<K> keyType,
      Path copy,
      Map<N, byte[]> held,
      Function<Integer, N> newName,
      Function<N, K> toKey,
      Function<K, N> toName)
      throws IOException {
    Map<N, byte[]> expected = new HashMap<>(held);
    int valueBytes = held.values().iterator().next().length;
    for (int round = 0; round < 2; round++) {
      try (ChronicleMap<K, byte[]> stock = open(keyType, copy)) {
        assertHolds(stock, expected, toKey, toName);
        int i = 0;
        for (N name : held.keySet()) {
          if (i % 3 == round) {
            stock.remove(toKey.apply(name));
            expected.remove(name);
          } else if (i % 7 == 0) {
            byte[] value = new byte[valueBytes];
            Arrays.fill(value, (byte) i);
            stock.put(toKey.apply(name), value);
            expected.put(name, value);
          }
          i++;
        }
        assertHolds(stock, expected, toKey, toName);
        // More than one tier for each segment can take; a map of this size may grow to two each,
        // and no further.
        for (int n = 0; n <= held.size() * 3 / 4 - round * held.size() / 3; n++) {
          byte[] value = new byte[valueBytes];
          Arrays.fill(value, (byte) (n + round));
          N name = newName.apply(n + round * 1_000_000);
          stock.put(toKey.apply(name), value);
          expected.put(name, value);
        }
        assertHolds(stock, expected, toKey, toName);
      }
    }
    try (ChronicleMap<K, byte[]> stock = open(keyType, copy)) {
      assertHolds(stock, expected, toKey, toName);
      assertTrue(
          ((VanillaChronicleMap<?, ?, ?>) stock).hasExtraTierBulks(),
          "the map must have grown beyond its tiers");
    }
  }

  private static SampleRows rows(int idCount) {
    SampleRows rows = SampleRows.dense(-1_000, idCount - 1_000, 300);
    SampleRows.sparse(1_000, 300).dateById().forEach(rows::add);
    return rows;
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000, 30_000})
  void stockReadsEveryNumberOfAFileOfEntries(int idCount) throws IOException {
    SampleRows rows = rows(idCount);
    Path target = rows.build(folder, Layout.ENTRIES);
    byte[] sealed = Files.readAllBytes(target);
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(Layout.ENTRIES, almanac.info().layout());
      Map<Long, byte[]> numbers = numbers(rows, almanac);
      assertTrue(idCount < 30_000 || almanac.info().segmentCount() > 1, "several segments");
      try (ChronicleMap<Long, byte[]> stock = open(Long.class, writableCopy(target))) {
        assertHolds(stock, numbers, Function.identity(), Function.identity());
        for (long key = -5_000_000_000L; key < 5_000_000_000L; key += 33_333_333L) {
          assertEquals(numbers.containsKey(key), stock.containsKey(key));
          assertArrayEquals(numbers.get(key), stock.get(key));
        }
      }
    }
    assertArrayEquals(
        sealed, Files.readAllBytes(target), "the file itself, of which stock saw a copy");
  }

  /** What stock finds under each key, decoded by the words of the format, is the rows. */
  @ParameterizedTest
  @CsvSource({"DIRECT, 3000", "DIRECT, 90000", "HASHED, 3000", "HASHED, 30000", "BLOCKS, 30000"})
  void stockReadsEveryPage(Layout layout, int idCount) throws IOException {
    SampleRows rows =
        switch (layout) {
          case DIRECT -> SampleRows.dense(-1_000, idCount - 1_000, 300);
          case BLOCKS -> SampleRows.clusters(idCount, 300);
          default -> rows(idCount);
        };
    Path target = rows.build(folder, layout);
    Footer footer = PageOracle.footer(target);
    assertEquals(layout, footer.pages().layout());
    try (Almanac almanac = Almanac.open(target);
        ChronicleMap<Long, byte[]> stock = open(Long.class, writableCopy(target))) {
      assertEquals(footer.entryCount(), stock.longSize());
      Map<Long, Integer> codes = PageOracle.codes(footer, stock::get, target);
      assertEquals(rows.dateById().size(), codes.size());
      codes.forEach(
          (id, code) ->
              assertEquals(
                  rows.dateById().get(Long.toString(id)),
                  almanac.dictionary().date(code).toString()));
      Map<Long, byte[]> iterated = new HashMap<>();
      stock.forEach((key, value) -> assertNull(iterated.put(key, value.clone())));
      for (long page = 0; page < footer.entryCount(); page++) {
        assertArrayEquals(stock.get(page), iterated.get(page));
      }
      assertNull(stock.get(footer.entryCount()));
      assertNull(stock.get(-1L));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000, 30_000})
  void stockReadsATextFile(int idCount) throws IOException {
    SampleRows rows = SampleRows.texts(idCount, 300);
    for (String id :
        new String[] {
          "caf\u00e9", "\ud83d\ude00", "e".repeat(127), "e".repeat(128), "e".repeat(1024), "7"
        }) {
      rows.add(id, SampleRows.date(id.length() % 300));
    }
    Path target = rows.build(folder, Layout.AUTO);
    try (Almanac almanac = Almanac.open(target);
        ChronicleMap<byte[], byte[]> stock = open(byte[].class, writableCopy(target))) {
      assertHolds(
          stock, texts(rows, almanac), id -> id.getBytes(UTF_8), key -> new String(key, UTF_8));
      for (String absent : new String[] {"x", "ORD-", "ORD-1x", "e".repeat(126)}) {
        assertNull(stock.get(absent.getBytes(UTF_8)));
      }
    }
  }

  @Test
  void stockReadsFilesOfNoneAndOne() throws IOException {
    try (ChronicleMap<Long, byte[]> stock =
        open(Long.class, writableCopy(new SampleRows().build(folder, Layout.AUTO)))) {
      assertEquals(0, stock.longSize());
      assertNull(stock.get(0L));
    }
    Files.delete(folder.resolve("copy.dat"));
    try (ChronicleMap<Long, byte[]> stock =
        open(
            Long.class,
            writableCopy(new SampleRows().add(-9, "2024-02-29").build(folder, Layout.ENTRIES)))) {
      assertEquals(1, stock.longSize());
      assertArrayEquals(new byte[1], stock.get(-9L));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 30_000})
  void aCopyOfANumericFileStaysUsable(int idCount) throws IOException {
    SampleRows rows = SampleRows.sparse(idCount, 200);
    Path target = rows.build(folder, Layout.ENTRIES);
    Map<Long, byte[]> held;
    try (Almanac almanac = Almanac.open(target)) {
      held = numbers(rows, almanac);
    }
    assertStaysUsable(
        Long.class,
        writableCopy(target),
        held,
        n -> n * 0x9E3779B97F4A7C15L,
        Function.identity(),
        Function.identity());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 20_000})
  void aCopyOfATextFileStaysUsable(int idCount) throws IOException {
    SampleRows rows = SampleRows.texts(idCount, 200);
    Path target = rows.build(folder, Layout.ENTRIES);
    Map<String, byte[]> held;
    try (Almanac almanac = Almanac.open(target)) {
      held = texts(rows, almanac);
    }
    assertStaysUsable(
        byte[].class,
        writableCopy(target),
        held,
        n -> "new " + "x".repeat(n % 30) + n,
        id -> id.getBytes(UTF_8),
        key -> new String(key, UTF_8));
  }
}
