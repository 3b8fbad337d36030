package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Directory;
import dev.almanac.format.HashedPages;
import dev.almanac.format.Mix;
import dev.almanac.format.PageLayout;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that are written are, byte for byte, those of {@link PageModel}. */
class PageWriterTest {
  private static final long HEADERS_OFFSET = 192;
  private static final int HEADER_BYTES = 64;

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(33);

  private static StoreGeometry geometry(PagePlan plan) {
    int chunkBytes = (int) plan.pages().entryBytes();
    int slotCount = Math.max(64, 2 * Integer.highestOneBit(plan.pageCount()));
    int freeListBytes = (plan.pageCount() + 63) / 64 * 8;
    int entrySpaceOffset = 4 * slotCount + 64 + freeListBytes;
    return new StoreGeometry(
        1,
        HEADERS_OFFSET,
        HEADER_BYTES,
        HEADERS_OFFSET + HEADER_BYTES,
        StoreGeometry.align(entrySpaceOffset + (long) chunkBytes * plan.pageCount(), 64),
        slotCount,
        17,
        4 * slotCount,
        entrySpaceOffset,
        chunkBytes,
        plan.pageCount());
  }

  /** Two writers take turns, as two threads do. False if keys do not fit. */
  private boolean write(PagePlan plan, Spool keys, PageWriter.Place place, Path file, int probe)
      throws IOException {
    try (FileChannel channel = open(file)) {
      PageWriter[] writers = {
        PageWriter.of(KeySource.of(keys, plan), plan, place, channel),
        PageWriter.of(KeySource.of(keys, plan), plan, place, channel)
      };
      for (int partition = plan.partitionCount() - 1; partition >= 0; partition--) {
        if (!writers[partition % 2].write(partition)) {
          return false;
        }
      }
      assertEquals(probe, Math.max(writers[0].longestProbe(), writers[1].longestProbe()));
      return true;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private Spool spool(PagePlan plan, List<PageModel.Key> keys) throws IOException {
    Spool spool = new Spool(folder.resolve("keys"), plan.partitionCount());
    KeySpooler spooler = new KeySpooler(spool, plan);
    for (PageModel.Key key : keys) {
      spooler.add(key.key(), key.low(), key.code());
    }
    spooler.flush();
    return spool;
  }

  /** The pages of a data store: before the data of each its number, around the data zeros. */
  private static void assertStore(PagePlan plan, PageModel model, Path file) throws IOException {
    StoreGeometry g = geometry(plan);
    ByteBuffer expected = ByteBuffer.allocate((int) g.storeBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int page = 0; page < plan.pageCount(); page++) {
      int entry = (int) g.tiersOffset() + g.entrySpaceOffset() + page * g.chunkBytes();
      expected.putLong(entry, page);
      expected.put((entry + 8 + 63) / 64 * 64, model.pages.get(page));
    }
    assertBytes(expected.array(), Files.readAllBytes(file));
  }

  /** What was not written at the end of the file is as good as zeros. */
  private static void assertBytes(byte[] expected, byte[] found) {
    assertTrue(found.length <= expected.length, "nothing lies after the pages");
    byte[] whole = Arrays.copyOf(found, expected.length);
    assertEquals(-1, Arrays.mismatch(expected, whole), "the first byte that differs");
  }

  private void assertWritten(PagePlan plan, PageModel model, List<PageModel.Key> keys)
      throws IOException {
    Path file = folder.resolve("pages");
    Files.deleteIfExists(file);
    try (Spool spool = spool(plan, keys)) {
      PageWriter.Place place = PageWriter.Place.ofStore(geometry(plan));
      assertEquals(model.fits, write(plan, spool, place, file, model.longestProbe));
    }
    if (model.fits) {
      assertStore(plan, model, file);
    }
  }

  private static PagePlan directPlan(
      long firstKey, int codeBits, int pageBits, int pageCount, int pagesOfPartition) {
    long highest = ((long) pageCount << pageBits) - 1;
    int partitionCount = (pageCount + pagesOfPartition - 1) / pagesOfPartition;
    return new PagePlan(
        new PageLayout(
            Layout.DIRECT, firstKey, PageLayout.bits(highest), 0, codeBits, pageBits, 0, 0),
        pageCount,
        partitionCount,
        pageBits + Integer.numberOfTrailingZeros(pagesOfPartition),
        null);
  }

  private List<PageModel.Key> someOf(long first, long end, int count, int codeBits) {
    Map<Long, PageModel.Key> keys = new HashMap<>();
    for (long key : new long[] {first, end - 1}) {
      keys.put(key, new PageModel.Key(key, 0, 0));
    }
    while (keys.size() < count) {
      long key = random.nextLong(first, end);
      keys.put(key, new PageModel.Key(key, 0, random.nextInt((1 << codeBits) - 1)));
    }
    return new ArrayList<>(keys.values());
  }

  /** Partitions of some pages, the last of which is shorter, with codes of every width. */
  @ParameterizedTest
  @CsvSource({
    "0, 1, 9, 1, 1",
    "-77, 2, 9, 5, 2",
    "1000, 7, 9, 7, 4",
    "-9000000000, 8, 10, 8, 1",
    "5, 11, 9, 6, 2",
    "0, 13, 9, 9, 4",
    "0, 16, 9, 3, 4",
    "0, 21, 9, 4, 1",
    "77, 29, 9, 5, 2"
  })
  void directCodesLieAtTheirBits(
      long firstKey, int codeBits, int pageBits, int pageCount, int pagesOfPartition)
      throws IOException {
    PagePlan plan = directPlan(firstKey, codeBits, pageBits, pageCount, pagesOfPartition);
    long codes = (long) pageCount << pageBits;
    for (long count : new long[] {2, codes / 3, codes * 9 / 10}) {
      List<PageModel.Key> keys = someOf(firstKey, firstKey + codes, (int) count, codeBits);
      assertWritten(plan, PageModel.direct(plan.pages(), pageCount, firstKey, keys), keys);
    }
  }

  /** A writer has room for 1 MiB: for some pages of a partition, for one, for less than one. */
  @ParameterizedTest
  @CsvSource({"17, 20, 32", "19, 3, 2", "20, 3, 1"})
  void aPartitionMayBeLargerThanTheRoomOfAWriter(int pageBits, int pageCount, int pagesOfPartition)
      throws IOException {
    PagePlan plan = directPlan(0, 12, pageBits, pageCount, pagesOfPartition);
    List<PageModel.Key> keys = someOf(0, (long) pageCount << pageBits, 5_000, 12);
    assertWritten(plan, PageModel.direct(plan.pages(), pageCount, 0, keys), keys);
  }

  private static PagePlan hashedPlan(
      int keyBits, int lowBits, int codeBits, int pageBits, int pageCount, int partitionCount) {
    long buckets = (long) pageCount << pageBits;
    PageLayout layout =
        new PageLayout(
            Layout.HASHED,
            lowBits > 0 ? 0 : -12_345,
            keyBits,
            lowBits,
            codeBits,
            pageBits,
            HashedPages.slotBytes(keyBits, lowBits, codeBits, buckets),
            77);
    return new PagePlan(
        layout,
        pageCount,
        partitionCount,
        keyBits - Integer.numberOfTrailingZeros(partitionCount),
        null);
  }

  private PageModel.Key randomKey(PageLayout layout) {
    long key = layout.firstKey() + (random.nextLong() & -1L >>> -layout.keyBits());
    long low = layout.lowKeyBits() == 0 ? 0 : random.nextLong() >>> -layout.lowKeyBits();
    return new PageModel.Key(key, low, random.nextInt((1 << layout.codeBits()) - 1));
  }

  private List<PageModel.Key> randomKeys(PageLayout layout, int count) {
    Set<List<Long>> ids = new HashSet<>();
    List<PageModel.Key> keys = new ArrayList<>();
    while (keys.size() < count) {
      PageModel.Key key = randomKey(layout);
      if (ids.add(List.of(key.key(), key.low()))) {
        keys.add(key);
      }
    }
    return keys;
  }

  private static int slots(PagePlan plan) {
    return plan.pageCount() * (64 / (plan.pages().slotBytes() + 1)) << plan.pages().pageBits();
  }

  /** From almost empty buckets to ones that are too full, with slots of 3 to 20 bytes. */
  @ParameterizedTest
  @CsvSource({
    "14, 0, 2, 3, 4, 2", "20, 0, 9, 4, 4, 1", "24, 0, 9, 2, 6, 2", "32, 0, 8, 4, 8, 4",
    "40, 0, 7, 5, 3, 1", "48, 0, 8, 3, 8, 8", "55, 0, 12, 5, 2, 2", "64, 0, 8, 6, 1, 1",
    "12, 40, 9, 3, 4, 2", "24, 60, 2, 4, 4, 4", "30, 64, 13, 4, 2, 2", "64, 1, 9, 3, 8, 4",
    "44, 64, 21, 4, 4, 2", "64, 33, 29, 2, 16, 4", "40, 55, 9, 5, 2, 1"
  })
  void hashedKeysLieInTheirBuckets(
      int keyBits, int lowBits, int codeBits, int pageBits, int pageCount, int partitionCount)
      throws IOException {
    PagePlan plan = hashedPlan(keyBits, lowBits, codeBits, pageBits, pageCount, partitionCount);
    for (int percent : new int[] {1, 75, 88, 94, 97, 100}) {
      List<PageModel.Key> keys = randomKeys(plan.pages(), slots(plan) * percent / 100);
      assertWritten(plan, PageModel.hashed(plan.pages(), pageCount, keys), keys);
    }
  }

  @Test
  void aPartitionOfHashedPagesMayBeLargerThanTheRoomOfAWriter() throws IOException {
    PagePlan plan = hashedPlan(40, 0, 8, 8, 130, 1);
    List<PageModel.Key> keys = randomKeys(plan.pages(), 3_000);
    assertWritten(plan, PageModel.hashed(plan.pages(), 130, keys), keys);
  }

  /** Random keys whose home is the bucket, fewer where the bucket has fewer. */
  private List<PageModel.Key> keysOfHome(PagePlan plan, long bucket, int count) {
    HashedPages pages = new HashedPages(plan.pages(), plan.pageCount());
    long first = pages.firstMixed(bucket);
    Map<Long, PageModel.Key> keys = new TreeMap<>();
    while (keys.size() < count) {
      long mixed = first + random.nextLong(1 << 12);
      long low = plan.isWide() ? random.nextLong() >>> -plan.pages().lowKeyBits() : 0;
      long key = plan.pages().firstKey() + pages.unmix(mixed, low);
      keys.put(mixed, new PageModel.Key(key, low, random.nextInt(100)));
    }
    return new ArrayList<>(keys.values());
  }

  /** At the seam of a page too, after whose last bucket comes its first. */
  @ParameterizedTest
  @CsvSource({"40, 0, 3", "40, 0, 14", "40, 0, 15", "52, 64, 15", "60, 10, 7"})
  void asManyKeysOfAHomeFitAsSevenBucketsHold(int keyBits, int lowBits, int bucket)
      throws IOException {
    PagePlan plan = hashedPlan(keyBits, lowBits, 7, 4, 2, 1);
    int most = 7 * (64 / (plan.pages().slotBytes() + 1));
    for (int count = most - 1; count <= most + 1; count++) {
      List<PageModel.Key> keys = keysOfHome(plan, 16 + bucket, count);
      // Neighbours that are pushed on.
      keys.addAll(keysOfHome(plan, 16 + (bucket + 2) % 16, 2));
      PageModel model = PageModel.hashed(plan.pages(), 2, keys);
      assertEquals(count <= most, model.fits);
      assertWritten(plan, model, keys);
    }
  }

  /** Wide keys of one mixed number are in the order of their low numbers. */
  @Test
  void keysOfOneMixedNumberFitUpToSevenBuckets() throws IOException {
    PagePlan plan = hashedPlan(50, 64, 7, 4, 2, 2);
    HashedPages pages = new HashedPages(plan.pages(), plan.pageCount());
    int most = 7 * pages.slotCount;
    for (int count : new int[] {2, most, most + 1, 2 * most}) {
      List<PageModel.Key> keys = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        long low = random.nextLong();
        keys.add(new PageModel.Key(pages.unmix(0x1_2345_6789_ABCDL, low), low, i));
      }
      keys.addAll(randomKeys(plan.pages(), 5));
      PageModel model = PageModel.hashed(plan.pages(), 2, keys);
      assertEquals(count <= most, model.fits);
      assertWritten(plan, model, keys);
    }
  }

  /** More keys than a partition has slots are not even kept. */
  @Test
  void aPartitionOfMoreKeysThanSlotsDoesNotFit() throws IOException {
    PagePlan plan = hashedPlan(40, 0, 7, 4, 4, 2);
    int slots = slots(plan);
    try (Spool spool = spool(plan, randomKeys(plan.pages(), 4 * slots));
        FileChannel file = open(folder.resolve("pages"))) {
      PageWriter.Place place = PageWriter.Place.ofStore(geometry(plan));
      PageWriter writer = PageWriter.of(KeySource.of(spool, plan), plan, place, file);
      assertFalse(writer.read(0));
      assertEquals(slots / 2 + 1, writer.count);
      assertEquals(slots / 2, writer.keyLimit());
      assertTrue(writer.keys.length < slots / 2 + (1 << 12));
      assertFalse(writer.write(1));
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** As a change of a base does it: keys are inserted in any order, for all buckets or some. */
  @Test
  void insertedKeysFillAPageOrARunOfItsBuckets() {
    PagePlan plan = hashedPlan(40, 0, 7, 4, 3, 1);
    HashedPages pages = new HashedPages(plan.pages(), plan.pageCount());
    int filled = 0;
    int passed = 0;
    for (int round = 0; round < 30; round++) {
      List<PageModel.Key> keys = randomKeys(plan.pages(), slots(plan) * (60 + round) / 100);
      PageModel model = PageModel.hashed(plan.pages(), 3, keys);
      HashedPageWriter writer = new HashedPageWriter(plan, geometry(plan));
      for (int page = 0; page < 3; page++) {
        insert(writer, pages, keys, 16 * page, 16 * page + 16);
        ByteBuffer whole = buffer(8 + 16 * 64);
        boolean pageFits = model.pages.get(page).length > 0;
        assertEquals(pageFits, writer.fillPage(page, whole, 8));
        if (pageFits) {
          assertArrayEquals(
              model.pages.get(page), Arrays.copyOfRange(whole.array(), 8, whole.capacity()));
          int[] waiting = model.waiting.get(page);
          int start = random.nextInt(1, 15);
          int end = random.nextInt(start + 1, 17);
          if (waiting[start - 1] == 0) {
            insert(writer, pages, keys, 16 * page + start, 16 * page + end);
            ByteBuffer run = buffer(8 + 16 * 64);
            boolean fits = writer.fillRun(page, start, end - start, run, 8);
            assertEquals(waiting[end - 1] == 0, fits);
            if (fits) {
              byte[] expected = new byte[16 * 64];
              System.arraycopy(
                  model.pages.get(page), 64 * start, expected, 64 * start, 64 * (end - start));
              assertArrayEquals(expected, Arrays.copyOfRange(run.array(), 8, run.capacity()));
            }
            filled += fits ? 1 : 0;
            passed += fits ? 0 : 1;
          }
        }
      }
    }
    assertTrue(filled > 10 && passed > 2, filled + " and " + passed);
  }

  private static void insert(
      HashedPageWriter writer, HashedPages pages, List<PageModel.Key> keys, int from, int to) {
    writer.count = 0;
    for (PageModel.Key key : keys) {
      long mixed = pages.mix(key.key() + 12_345);
      if (pages.bucket(mixed) >= from && pages.bucket(mixed) < to) {
        writer.insert(mixed, key.code());
      }
    }
  }

  /** One more key than the partition has slots. */
  @Test
  void moreKeysThanSlotsCannotBeInserted() {
    PagePlan plan = hashedPlan(40, 0, 7, 2, 1, 1);
    HashedPageWriter writer = new HashedPageWriter(plan, geometry(plan));
    for (int i = 0; i < slots(plan); i++) {
      assertTrue(writer.count <= writer.keyLimit());
      writer.insert(random.nextLong(1L << 40), 1);
    }
    assertEquals(writer.keyLimit(), writer.count);
    for (int more = 0; more < 3; more++) {
      writer.insert(5, 1);
      assertEquals(writer.keyLimit() + 1, writer.count);
      assertFalse(writer.fillRun(0, 0, 4, buffer(8 + 4 * 64), 8));
      assertFalse(writer.fillPage(0, buffer(8 + 4 * 64), 8));
    }
  }

  private static PagePlan blockPlan(
      long firstKey, int keyBits, int codeBits, int pageBits, int blockCount, int partitionCount) {
    int blockKeyBits = keyBits - 5;
    int codePages = (int) (((long) blockCount << 5) + (1L << pageBits) - 1 >> pageBits);
    int indexBits = PageLayout.codeBits(blockCount);
    int pageCount = 2 * ((blockCount + 63) / 64);
    PageLayout buckets =
        new PageLayout(
            Layout.HASHED,
            0,
            blockKeyBits,
            0,
            indexBits,
            4,
            HashedPages.slotBytes(blockKeyBits, 0, indexBits, (long) pageCount << 4),
            9);
    return new PagePlan(
        new PageLayout(
            Layout.BLOCKS,
            firstKey,
            keyBits,
            0,
            codeBits,
            pageBits,
            0,
            0,
            new Directory(5, blockCount, buckets, pageCount, 1)),
        codePages,
        partitionCount,
        blockKeyBits - Integer.numberOfTrailingZeros(partitionCount),
        new PagePlan(buckets, pageCount, 2, blockKeyBits - 1, null));
  }

  private Map<Long, Set<Long>> randomBlocks(int count, int blockKeyBits) {
    Map<Long, Set<Long>> places = new TreeMap<>();
    while (places.size() < count) {
      Set<Long> ofBlock = new HashSet<>();
      int placeCount = random.nextInt(1, 33);
      while (ofBlock.size() < placeCount) {
        ofBlock.add(random.nextLong(32));
      }
      places.put(random.nextLong(1L << blockKeyBits), ofBlock);
    }
    return places;
  }

  /** A partition may begin and end in the middle of a page, at a whole byte. */
  @ParameterizedTest
  @CsvSource({
    "0, 40, 7, 9, 40, 1", "-65536, 40, 9, 9, 200, 4", "65536, 33, 2, 10, 333, 8",
    "0, 50, 13, 9, 100, 2", "0, 40, 21, 9, 97, 4", "-131072, 30, 1, 9, 500, 8"
  })
  void codesOfBlocksLieInTheOrderOfTheMixedBlocks(
      long firstKey, int keyBits, int codeBits, int pageBits, int blockCount, int partitionCount)
      throws IOException {
    PagePlan plan = blockPlan(firstKey, keyBits, codeBits, pageBits, blockCount, partitionCount);
    Mix mix = new Mix(keyBits - 5, 9);
    Map<Long, Set<Long>> places = randomBlocks(blockCount, keyBits - 5);
    List<Long> inOrder = new ArrayList<>(places.keySet());
    inOrder.sort((a, b) -> Long.compareUnsigned(mix.mix(a), mix.mix(b)));
    List<PageModel.Key> keys = new ArrayList<>();
    List<PageModel.Key> indexes = new ArrayList<>();
    List<PageModel.Key> blocks = new ArrayList<>();
    long[] firstBlocks = new long[partitionCount + 1];
    for (int index = 0; index < blockCount; index++) {
      long block = inOrder.get(index);
      blocks.add(new PageModel.Key(block, 0, index));
      for (long place : places.get(block)) {
        int code = random.nextInt((1 << codeBits) - 1);
        keys.add(new PageModel.Key(firstKey + 32 * block + place, 0, code));
        indexes.add(new PageModel.Key(32L * index + place, 0, code));
      }
      firstBlocks[1 + plan.partitioner().partition(firstKey + 32 * block, 0)]++;
    }
    Arrays.parallelPrefix(firstBlocks, Long::sum);
    PagePlan directory = Objects.requireNonNull(plan.directory());
    try (Spool spool = spool(plan, keys);
        Spool ofDirectory = new Spool(folder.resolve("blocks"), directory.partitionCount())) {
      assertCodesOfBlocks(plan, firstBlocks, spool, ofDirectory, indexes);
      assertDirectory(plan, directory, ofDirectory, blocks);
    }
  }

  private void assertCodesOfBlocks(
      PagePlan plan,
      long[] firstBlocks,
      Spool spool,
      Spool ofDirectory,
      List<PageModel.Key> indexes)
      throws IOException {
    Path file = folder.resolve("pages");
    PageWriter.Place place = PageWriter.Place.ofStore(geometry(plan));
    try (FileChannel channel = open(file)) {
      List<BlockPageWriter> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        writers.add(
            new BlockPageWriter(
                KeySource.of(spool, plan), plan, place, channel, firstBlocks, ofDirectory));
      }
      for (int partition = plan.partitionCount() - 1; partition >= 0; partition--) {
        assertTrue(writers.get(partition % 2).write(partition));
        assertEquals(1, writers.get(partition % 2).longestProbe());
      }
      for (BlockPageWriter writer : writers) {
        writer.flushBlocks();
      }
    }
    assertStore(plan, PageModel.direct(plan.pages(), plan.pageCount(), 0, indexes), file);
  }

  /** From the next multiple of 4,096 after the store on, without page numbers. */
  private void assertDirectory(
      PagePlan plan, PagePlan directory, Spool spool, List<PageModel.Key> blocks)
      throws IOException {
    Path file = folder.resolve("directory");
    StoreGeometry g = geometry(plan);
    PageModel model = PageModel.hashed(directory.pages(), directory.pageCount(), blocks);
    assertTrue(model.fits);
    assertTrue(
        write(
            directory,
            spool,
            PageWriter.Place.ofDirectory(g, directory),
            file,
            model.longestProbe));
    int offset = (int) (g.storeBytes() + 4095) / 4096 * 4096;
    int pageBytes = 64 * 16 + 64;
    byte[] expected = new byte[offset + directory.pageCount() * pageBytes];
    for (int page = 0; page < directory.pageCount(); page++) {
      System.arraycopy(model.pages.get(page), 0, expected, offset + page * pageBytes, 64 * 16);
    }
    assertBytes(expected, Files.readAllBytes(file));
  }

  /** As stock Chronicle Map inserts the pages, one after the other. */
  @ParameterizedTest
  @ValueSource(ints = {1, 8, 9, 60, 700})
  void theIndexFindsEachPage(int pageCount) throws IOException {
    PagePlan plan = directPlan(0, 1, 9, pageCount, 1);
    StoreGeometry g = geometry(plan);
    ByteBuffer expected =
        buffer((int) g.tiersOffset() + g.entrySpaceOffset())
            .putInt((int) HEADERS_OFFSET + 8, pageCount)
            .putInt((int) HEADERS_OFFSET + 12, pageCount);
    int tier = (int) g.tiersOffset();
    for (int page = 0; page < pageCount; page++) {
      int key = g.slotKey(Xxh64.hash(page));
      int position = key % g.slotCount();
      while (expected.getInt(tier + 4 * position) != 0) {
        position = (position + 1) % g.slotCount();
      }
      expected.putInt(tier + 4 * position, key | page << g.keyBits());
      int free = tier + 4 * g.slotCount() + 64 + page / 8;
      expected.put(free, (byte) (expected.get(free) | 1 << page % 8));
    }
    Path file = folder.resolve("index");
    try (FileChannel channel = open(file)) {
      new PageIndex(g, pageCount).write(channel);
    }
    assertArrayEquals(expected.array(), Files.readAllBytes(file));
  }

  /** An array that grows is there twice, and a sort has as much again; then come the pages. */
  @Test
  void aWriterTakesTheMemoryOfItsArrays() {
    long out = 1 << 20;
    PagePlan numbers = hashedPlan(40, 0, 7, 4, 4, 2);
    assertEquals(out + 3 * (8 + 4) * 1_000, PageWriter.bytes(numbers, 1_000));
    // Wide keys have a low number too, and the order that they were read in.
    PagePlan wide = hashedPlan(40, 55, 9, 5, 2, 1);
    assertEquals(out + 3 * (8 + 8 + 4 + 4) * 1_000, PageWriter.bytes(wide, 1_000));
    PagePlan large = directPlan(0, 12, 20, 1, 1);
    assertEquals((12 << 20) / 8 + 64 + 3 * (8 + 4) * 1_000, PageWriter.bytes(large, 1_000));
    // A block of 1,024 keys for each partition of the directory.
    PagePlan blocks = blockPlan(0, 40, 7, 9, 40, 1);
    assertEquals(out + 3 * (8 + 4) * 1_000 + 2 * 1_024 * (8 + 4), PageWriter.bytes(blocks, 1_000));
  }
}
