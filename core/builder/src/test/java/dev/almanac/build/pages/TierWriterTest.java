package dev.almanac.build.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.IdKind;
import dev.almanac.build.BuildException;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiers that are written are, byte for byte, those into which a model inserts entry by entry. */
class TierWriterTest {
  private static final int HEADERS_OFFSET = 192;
  private static final int HEADER_BYTES = 64;

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(44);

  /** An ID, its entry in the store, and the hash of its key. */
  private record Entry(String id, byte[] key, int code, byte[] bytes, long hash) {}

  private static Entry entry(Shape shape, String id, int code) {
    byte[] key = id.getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(2_048).order(ByteOrder.LITTLE_ENDIAN);
    long hash;
    if (shape.text()) {
      hash = Xxh64.hash(key, 0, key.length);
      if (key.length > 127) {
        bytes.put((byte) (key.length % 128 + 128)).put((byte) (key.length / 128));
      } else {
        bytes.put((byte) key.length);
      }
      bytes.put(key);
    } else {
      hash = Xxh64.hash(Long.parseLong(id));
      bytes.putLong(Long.parseLong(id));
    }
    for (int i = 0; i < shape.codeBytes(); i++) {
      bytes.put((byte) (code >> 8 * i));
    }
    return new Entry(id, key, code, Arrays.copyOf(bytes.array(), bytes.position()), hash);
  }

  private static int compareIds(Shape shape, Entry a, Entry b) {
    return shape.text()
        ? Arrays.compareUnsigned(a.key, b.key)
        : Long.compare(Long.parseLong(a.id), Long.parseLong(b.id));
  }

  private List<Entry> entries(Shape shape, int count, IntFunction<String> id) {
    Set<String> ids = new TreeSet<>();
    for (int i = 0; ids.size() < count; i++) {
      ids.add(id.apply(i));
    }
    List<Entry> entries = new ArrayList<>();
    for (String one : ids) {
      entries.add(entry(shape, one, random.nextInt(shape.dateCount())));
    }
    return entries;
  }

  private String randomNumber() {
    return Long.toString(random.nextLong() >> random.nextInt(64));
  }

  /** Many that begin alike, of bytes from all of UTF-8. */
  private String randomText() {
    String start =
        List.of("", "a", "aa", "ä", "\u7fff", "A-", "\ud83d\ude00").get(random.nextInt(7));
    String end = Long.toString(random.nextLong() >>> random.nextInt(40, 64), 36);
    return start.repeat(random.nextInt(3)) + end;
  }

  /** Each spooler writes its own blocks, as the spooler of a thread does. */
  private void spool(Spool spool, Shape shape, List<Entry> entries, int spoolerCount)
      throws IOException {
    int[] codes = IntStream.range(0, shape.dateCount()).toArray();
    List<EntrySpooler> spoolers = new ArrayList<>();
    for (int i = 0; i < spoolerCount; i++) {
      spoolers.add(new EntrySpooler(spool, shape, codes, null, false, false));
    }
    for (Entry entry : entries) {
      EntrySpooler spooler = spoolers.get(random.nextInt(spoolerCount));
      if (shape.text()) {
        spooler.add(entry.hash, entry.key, 0, entry.key.length, entry.code);
      } else {
        spooler.add(Long.parseLong(entry.id), entry.code);
      }
    }
    for (EntrySpooler spooler : spoolers) {
      spooler.end();
    }
    spool.map();
  }

  private static StoreGeometry geometry(
      int segmentCount, int slotCount, int keyBits, int chunkBytes, int chunkCount) {
    int freeListBytes = (chunkCount + 63) / 64 * 8;
    int entrySpaceOffset = 4 * slotCount + 64 + freeListBytes;
    return new StoreGeometry(
        segmentCount,
        HEADERS_OFFSET,
        HEADER_BYTES,
        HEADERS_OFFSET + (long) HEADER_BYTES * segmentCount,
        StoreGeometry.align(entrySpaceOffset + (long) chunkBytes * chunkCount, 64),
        slotCount,
        keyBits,
        4 * slotCount,
        entrySpaceOffset,
        chunkBytes,
        chunkCount);
  }

  /** What a store holds after its entries were inserted, and the longest probe. */
  private record Model(ByteBuffer store, int longestProbe) {}

  private static Model model(Shape shape, StoreGeometry g, List<Entry> entries) {
    ByteBuffer store = ByteBuffer.allocate((int) g.storeBytes()).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, List<Entry>> bySegment = new HashMap<>();
    for (Entry entry : entries) {
      int segment = (int) (entry.hash & 0x7FFFFFFF) % g.segmentCount();
      bySegment.computeIfAbsent(segment, s -> new ArrayList<>()).add(entry);
    }
    int longestProbe = 0;
    for (Map.Entry<Integer, List<Entry>> segment : bySegment.entrySet()) {
      Comparator<Entry> order =
          Comparator.<Entry>comparingInt(entry -> g.slotKey(entry.hash) % g.slotCount())
              .thenComparing(
                  (a, b) -> Integer.compareUnsigned(g.slotKey(a.hash), g.slotKey(b.hash)))
              .thenComparing((a, b) -> compareIds(shape, a, b));
      segment.getValue().sort(order);
      longestProbe = Math.max(longestProbe, insert(store, g, segment.getKey(), segment.getValue()));
    }
    return new Model(store, longestProbe);
  }

  private static int insert(ByteBuffer store, StoreGeometry g, int segment, List<Entry> entries) {
    int tier = (int) g.tierOffset(segment);
    int longestProbe = 0;
    int chunk = 0;
    for (Entry entry : entries) {
      int position = g.slotKey(entry.hash) % g.slotCount();
      int probe = 1;
      for (; store.getInt(tier + 4 * position) != 0; probe++) {
        position = (position + 1) % g.slotCount();
      }
      longestProbe = Math.max(longestProbe, probe);
      store.putInt(tier + 4 * position, g.slotKey(entry.hash) | chunk << g.keyBits());
      store.put(tier + g.entrySpaceOffset() + chunk * g.chunkBytes(), entry.bytes);
      chunk += (entry.bytes.length + g.chunkBytes() - 1) / g.chunkBytes();
    }
    BitSet used = new BitSet();
    used.set(0, chunk);
    store.put(tier + g.countersOffset() + 64, used.toByteArray());
    int header = HEADERS_OFFSET + segment * HEADER_BYTES;
    store.putInt(header + 8, entries.size()).putInt(header + 12, chunk);
    return longestProbe;
  }

  /** Two writers take turns, as two threads do. */
  private void assertWritten(Shape shape, StoreGeometry g, int groupCount, List<Entry> entries)
      throws IOException {
    assertWritten(shape, g, groupCount, groupCount, 2, entries);
  }

  private void assertWritten(
      Shape shape,
      StoreGeometry g,
      int groupCount,
      int partitionCount,
      int spoolerCount,
      List<Entry> entries)
      throws IOException {
    Model model = model(shape, g, entries);
    Path file = folder.resolve("store");
    Files.deleteIfExists(file);
    ByteBuffer headers =
        ByteBuffer.allocate(HEADER_BYTES * g.segmentCount()).order(ByteOrder.LITTLE_ENDIAN);
    try (Spool spool = new Spool(folder.resolve("entries"), partitionCount);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      spool(spool, shape, entries, spoolerCount);
      TierWriter[] writers = {
        new TierWriter(spool, shape, groupCount, g, channel, headers),
        new TierWriter(spool, shape, groupCount, g, channel, headers)
      };
      for (int group = 0; group < groupCount; group++) {
        writers[group % 2].write(group);
      }
      assertEquals(
          model.longestProbe, Math.max(writers[0].longestProbe(), writers[1].longestProbe()));
    }
    byte[] found = Files.readAllBytes(file);
    assertEquals(g.storeBytes(), found.length);
    System.arraycopy(headers.array(), 0, found, HEADERS_OFFSET, headers.capacity());
    assertEquals(-1, Arrays.mismatch(model.store.array(), found), "the first byte that differs");
  }

  /** With few key bits many IDs share a key; with many bits no two IDs do. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 64, 18, 0", "1, 1, 64, 6, 40", "1, 1, 64, 18, 42", "1, 1, 128, 7, 80",
    "4, 2, 128, 9, 300", "6, 2, 64, 16, 200", "8, 8, 256, 20, 1300", "12, 4, 64, 30, 10"
  })
  void numbersLieInTheOrderOfTheirSlots(
      int segmentCount, int groupCount, int slotCount, int keyBits, int count) throws IOException {
    for (int dateCount : new int[] {255, 256, 65_535, 65_536}) {
      Shape shape = new Shape(IdKind.LONG, dateCount, null);
      List<Entry> entries = entries(shape, count, i -> randomNumber());
      int chunkBytes = 8 + (dateCount < 256 ? 1 : dateCount < 65_536 ? 2 : 4);
      int chunkCount = Math.max(1, slotCount * 3 / 4);
      StoreGeometry g = geometry(segmentCount, slotCount, keyBits, chunkBytes, chunkCount);
      assertWritten(shape, g, groupCount, entries);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 64, 6, 5, 40",
    "1, 1, 64, 4, 8, 20",
    "1, 1, 64, 2, 16, 9",
    "2, 2, 128, 16, 1, 160",
    "4, 2, 128, 9, 7, 300",
    "8, 4, 64, 12, 64, 240"
  })
  void textsLieInTheOrderOfTheirSlots(
      int segmentCount, int groupCount, int slotCount, int keyBits, int chunkBytes, int count)
      throws IOException {
    for (int dateCount : new int[] {7, 300, 70_000}) {
      Shape shape = new Shape(IdKind.TEXT, dateCount, null);
      List<Entry> entries = entries(shape, count, i -> randomText());
      StoreGeometry g =
          geometry(segmentCount, slotCount, keyBits, chunkBytes, slotCount * 40 / chunkBytes + 40);
      assertWritten(shape, g, groupCount, entries);
    }
  }

  /** Of one and of two bytes for the length, up to the longest, across blocks of 64 KiB. */
  @Test
  void longTextsTakeManyChunks() throws IOException {
    Shape shape = new Shape(IdKind.TEXT, 300, null);
    int[] lengths = {1, 126, 127, 128, 129, 255, 256, 1_023, 1_024};
    List<Entry> entries =
        entries(
            shape,
            260,
            i ->
                Integer.toString(i % 10) + "x".repeat(Math.max(0, lengths[i % 9] - 4)) + i % 1_000);
    assertWritten(shape, geometry(2, 256, 12, 40, 8_000), 2, 2, 1, entries);
    assertWritten(shape, geometry(1, 512, 8, 2_000, 300), 1, 1, 3, entries);
  }

  /** Several partitions may be of one group, and a group may have more than 64 blocks. */
  @Test
  void aGroupMayHaveManyBlocksOfSeveralPartitions() throws IOException {
    Shape shape = new Shape(IdKind.LONG, 5, null);
    List<Entry> entries = entries(shape, 700, i -> randomNumber());
    assertWritten(shape, geometry(4, 512, 12, 9, 300), 2, 8, 40, entries);
    assertWritten(shape, geometry(1, 1_024, 12, 9, 700), 1, 1, 150, entries);
  }

  /** A writer has room for 4,096 entries, and then for more. */
  @Test
  void aGroupMayHaveManyEntries() throws IOException {
    Shape shape = new Shape(IdKind.LONG, 5, null);
    List<Entry> entries = entries(shape, 6_200, i -> Integer.toString(i));
    assertWritten(shape, geometry(1, 16_384, 18, 9, 6_200), 1, entries);
  }

  /** Larger than the room of a writer, which is 1 MiB, in each of its parts. */
  @Test
  void aTierMayBeLargerThanTheRoomOfAWriter() throws IOException {
    Shape shape = new Shape(IdKind.TEXT, 5, null);
    List<Entry> entries = entries(shape, 1_500, i -> "y".repeat(990) + i);
    assertWritten(shape, geometry(1, 1 << 19, 20, 1_000, 3_000), 1, entries);
    assertWritten(shape, geometry(1, 2_048, 11, 1, 2_000_000), 1, entries);
  }

  /** IDs that meet are refused before any work that they make quadratic. */
  @Test
  void entriesOfOneHomeAreRefused() throws IOException {
    Shape shape = new Shape(IdKind.LONG, 5, null);
    List<Entry> entries = entries(shape, 400, Integer::toString);
    // Two key bits: at most three homes, and a search through 130 others.
    StoreGeometry g = geometry(1, 512, 2, 9, 400);
    BuildException refused =
        assertThrows(BuildException.class, () -> assertWritten(shape, g, 1, entries));
    assertTrue(
        refused.getMessage().startsWith("IDs must spread over the hash lookup"),
        refused.getMessage());
    assertTrue(refused.getMessage().endsWith(" segment=0 entryCount=400"), refused.getMessage());
  }

  /** A text comes before those that it begins. */
  @Test
  void textsThatBeginAlikeLieInTheirOrder() throws IOException {
    Shape shape = new Shape(IdKind.TEXT, 5, null);
    List<Entry> entries = entries(shape, 40, i -> (i % 2 == 0 ? "a" : "\u00e4").repeat(i / 2 + 1));
    assertWritten(shape, geometry(1, 64, 2, 8, 400), 1, entries);
  }

  /** The first segment is sound: what is wrong is said of the second. */
  @Test
  void theEntriesOfASegmentAreCountedAlone() throws IOException {
    Shape shape = new Shape(IdKind.LONG, 5, null);
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : entries(shape, 800, Integer::toString)) {
      if ((entry.hash & 1) == 1 || entries.size() < 10) {
        entries.add(entry);
      }
    }
    long first = entries.stream().filter(entry -> (entry.hash & 1) == 0).count();
    assertTrue(first > 0);
    BuildException refused =
        assertThrows(
            BuildException.class,
            () -> assertWritten(shape, geometry(2, 512, 2, 9, 500), 1, entries));
    assertTrue(
        refused.getMessage().endsWith(" segment=1 entryCount=" + (entries.size() - first)),
        refused.getMessage());
  }

  /** An array that grows is there twice, and a sort has as much again: 12 bytes an entry. */
  @Test
  void aWriterTakesTheMemoryOfItsArrays() {
    assertEquals(1 << 20, TierWriter.bytes(0));
    assertEquals((1 << 20) + 3 * (8 + 4) * 1_000_000L, TierWriter.bytes(1_000_000));
  }
}
