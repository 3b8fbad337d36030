package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.VerifyReport;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
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
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where widths change and numbers pass 31 and 32 bits. */
@Timeout(value = 900, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class EdgesTest {
  @TempDir Path folder;

  /** All-ones is no code, so 255 dates fit one byte and 256 do not. */
  @ParameterizedTest
  @CsvSource({"1,1", "254,1", "255,1", "256,2", "257,2", "65535,2", "65536,4"})
  void aCodeIsAsWideAsTheDatesNeed(int dateCount, int codeBytes) throws IOException {
    // Of many dates only one kind in a default run: they take a while.
    List<String> kinds =
        Trial.full() || dateCount < 1_000 ? List.of("dense", "sparse", "text") : List.of("dense");
    for (String kind : kinds) {
      SampleRows rows = new SampleRows();
      for (int i = 0; i < dateCount; i++) {
        String id = kind.equals("text") ? "t" + i : Long.toString(i * 3L);
        rows.add(id, SampleRows.date(i));
      }
      Layout layout = kind.equals("dense") ? Layout.AUTO : Layout.ENTRIES;
      Path target = rows.build(folder, layout);
      assertEquals(List.of(), Almanac.verify(target).damages());
      try (Almanac almanac = Almanac.open(target)) {
        assertEquals(dateCount, almanac.dictionary().size());
        assertEquals(
            kind.equals("dense") ? bits(dateCount) : 8 * codeBytes, almanac.info().codeBits());
        rows.assertAnsweredBy(almanac);
      }
    }
    Trial.record(
        EdgesTest.class,
        13,
        "dates " + dateCount,
        dateCount + " distinct dates, an ID each: dense, sparse and text IDs",
        3L * dateCount,
        Map.of("mismatches", 0L));
  }

  /** Of the number of dates, which is the code of an absent ID in the tightest case. */
  private static int bits(int dateCount) {
    return Math.max(1, Integer.toBinaryString(dateCount).length());
  }

  /** What lies across an offset of 2^31 and of 2^32. */
  private enum Across {
    TIERS_31_AND_32,
    HEADERS_31,
    HEADERS_32,
    DICTIONARY_31,
    DICTIONARY_32
  }

  private static final int SLOT_COUNT = 4096;
  private static final int KEY_BITS = 7;
  private static final int SEGMENT_COUNT = 20;
  private static final int HEADER_BYTES = 64;
  private static final int ENTRIES_PER_SEGMENT = Trial.count(40, 200);

  /**
   * Sparse files with a geometry that a build would not choose, laid out so that a section crosses
   * the offset: only what a lookup reads is written. Verify has nothing to check in them; the built
   * file below has.
   */
  @ParameterizedTest
  @EnumSource(Across.class)
  void aSectionMayLieAcrossTheOffsetsThatIntegersEndAt(Across across) throws IOException {
    boolean largeTiers = across == Across.TIERS_31_AND_32;
    // Eight such tiers are mapped together, as near to 2 GiB as it gets.
    long tierBytes = largeTiers ? (1L << 28) - 64 : 1 << 20;
    int dateCount = largeTiers ? 300 : 70_000;
    int codeBytes = DictionarySection.codeBytes(dateCount);
    int chunkBytes = Long.BYTES + codeBytes;
    int countersOffset = SLOT_COUNT * StoreGeometry.SLOT_BYTES;
    int chunkCount =
        (int)
            ((tierBytes - countersOffset - StoreGeometry.COUNTERS_BYTES - 200_000)
                / (chunkBytes + 1));
    int entrySpaceOffset =
        (countersOffset + StoreGeometry.COUNTERS_BYTES + (chunkCount + 7) / 8 + 63) / 64 * 64;
    long headersBytes = (long) SEGMENT_COUNT * HEADER_BYTES;
    long storeRest = headersBytes + SEGMENT_COUNT * tierBytes;
    long headersOffset =
        switch (across) {
          case TIERS_31_AND_32 -> 100L << 20;
          case HEADERS_31 -> (1L << 31) - headersBytes / 2;
          case HEADERS_32 -> (1L << 32) - headersBytes / 2;
          case DICTIONARY_31 -> (1L << 31) - 8192 - storeRest;
          case DICTIONARY_32 -> (1L << 32) - 8192 - storeRest;
        };
    StoreGeometry g =
        new StoreGeometry(
            SEGMENT_COUNT,
            headersOffset,
            HEADER_BYTES,
            headersOffset + headersBytes,
            tierBytes,
            SLOT_COUNT,
            KEY_BITS,
            countersOffset,
            entrySpaceOffset,
            chunkBytes,
            chunkCount);
    Path file = folder.resolve("across.almanac");
    Map<Long, Integer> pages = new LinkedHashMap<>();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      int longestProbe = writeTiers(channel, g, codeBytes, dateCount, pages);
      seal(channel, g, dateCount, pages.size(), longestProbe);
    }
    long lookups = 0;
    try (Almanac almanac = Almanac.open(file)) {
      long[] ids = new long[pages.size() * 2];
      int[] expected = new int[ids.length];
      int n = 0;
      for (Map.Entry<Long, Integer> page : pages.entrySet()) {
        ids[n] = page.getKey();
        expected[n++] = page.getValue();
        // An ID that is not there.
        ids[n] = page.getKey() + (1L << 40);
        expected[n++] = Almanac.ABSENT;
      }
      int[] codes = new int[ids.length];
      almanac.codes(ids, codes);
      for (int i = 0; i < ids.length; i++) {
        assertEquals(expected[i], codes[i], "batch id=" + ids[i]);
        assertEquals(expected[i], almanac.code(ids[i]), "id=" + ids[i]);
        lookups += 2;
      }
      for (int code = 0; code < dateCount; code += Trial.full() ? 1 : 17) {
        assertEquals(code, almanac.dictionary().epochDay(code));
        assertEquals(LocalDate.ofEpochDay(code).toString(), almanac.dictionary().text(code));
      }
    }
    // The section does lie there.
    long[] ofSection =
        switch (across) {
          case TIERS_31_AND_32 -> new long[] {g.tiersOffset(), g.storeBytes()};
          case HEADERS_31, HEADERS_32 -> new long[] {headersOffset, g.tiersOffset()};
          default -> new long[] {g.storeBytes(), Files.size(file)};
        };
    long at = across.name().endsWith("31") ? 1L << 31 : 1L << 32;
    assertTrue(ofSection[0] < at && ofSection[1] > at);
    Trial.record(
        EdgesTest.class,
        13,
        "across " + across.name().toLowerCase().replace('_', ' '),
        "lookups in a sparse file laid out so that the section crosses 2^31 or 2^32",
        lookups,
        Map.of("mismatches", 0L));
  }

  /**
   * Entries in the first, the last, and scattered chunks of every tier, and in those that cross
   * 2^31 and 2^32. Returns the longest probe.
   */
  private static int writeTiers(
      FileChannel channel, StoreGeometry g, int codeBytes, int dateCount, Map<Long, Integer> pages)
      throws IOException {
    List<List<Long>> keys = new ArrayList<>();
    for (int s = 0; s < SEGMENT_COUNT; s++) {
      keys.add(new ArrayList<>());
    }
    int full = 0;
    for (long key = -2_000; full < SEGMENT_COUNT; key++) {
      List<Long> of = keys.get(g.segment(Xxh64.hash(key)));
      if (of.size() < ENTRIES_PER_SEGMENT) {
        of.add(key);
        full += of.size() == ENTRIES_PER_SEGMENT ? 1 : 0;
      }
    }
    int longestProbe = 0;
    int crossings = 0;
    for (int s = 0; s < SEGMENT_COUNT; s++) {
      ByteBuffer slots =
          ByteBuffer.allocate(SLOT_COUNT * StoreGeometry.SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      long space = g.tierOffset(s) + g.entrySpaceOffset();
      int n = 0;
      for (long key : keys.get(s)) {
        int chunk = (int) ((long) n * (g.chunkCount() - 1) / (ENTRIES_PER_SEGMENT - 1));
        for (long at : new long[] {1L << 31, 1L << 32}) {
          int crossing = (int) Math.min((at - space) / g.chunkBytes(), Integer.MAX_VALUE);
          boolean here = at > space && crossing < g.chunkCount();
          // In the place of the entry that would come next behind it.
          if (here
              && chunk >= crossing
              && (long) (n - 1) * (g.chunkCount() - 1) / (ENTRIES_PER_SEGMENT - 1) < crossing) {
            chunk = crossing;
            crossings++;
          }
        }
        int slotKey = g.slotKey(Xxh64.hash(key));
        int position = slotKey & SLOT_COUNT - 1;
        int probe = 1;
        while (slots.getInt(position * StoreGeometry.SLOT_BYTES) != 0) {
          position = position + 1 & SLOT_COUNT - 1;
          probe++;
        }
        longestProbe = Math.max(longestProbe, probe);
        slots.putInt(position * StoreGeometry.SLOT_BYTES, slotKey | chunk << KEY_BITS);
        int code = (int) ((key * 128 & 0x7FFFFFFF) % dateCount);
        ByteBuffer entry = ByteBuffer.allocate(g.chunkBytes()).order(ByteOrder.LITTLE_ENDIAN);
        entry.putLong(key);
        if (codeBytes == 2) {
          entry.putShort((short) code);
        } else {
          entry.putInt(code);
        }
        write(channel, entry.flip(), space + (long) chunk * g.chunkBytes());
        pages.put(key, code);
        n++;
      }
      write(channel, slots.position(0), g.tierOffset(s));
      ByteBuffer count = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, n);
      write(channel, count, g.segmentHeaderOffset(s) + 8);
    }
    assertEquals(
        g.tiersOffset() < 1L << 31 && g.storeBytes() > 1L << 32 ? 2 : crossings,
        crossings,
        "an entry must lie across each of the offsets");
    return longestProbe;
  }

  private static void seal(
      FileChannel channel, StoreGeometry g, int dateCount, int idCount, int probe)
      throws IOException {
    long[] days = new long[dateCount];
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < dateCount; i++) {
      days[i] = i;
      texts.add(LocalDate.ofEpochDay(i).toString());
    }
    ByteBuffer dictionary = DictionarySection.encode(days, texts);
    long dictionaryOffset = StoreGeometry.align(g.storeBytes(), Footer.PAGE_BYTES);
    long contentBytes = dictionaryOffset + dictionary.limit();
    Footer footer =
        new Footer(
            g,
            dictionaryOffset,
            dictionary.limit(),
            0,
            BlockChecksums.crc(dictionary.duplicate()),
            0,
            IdKind.LONG,
            PageLayout.entries(dateCount),
            dateCount,
            idCount,
            idCount,
            0,
            0,
            8,
            probe,
            "2026.1",
            Footer.NO_EDITION);
    write(channel, dictionary, dictionaryOffset);
    write(channel, FooterBytes.encode(footer), footer.footerOffset());
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /**
   * More than 2^32 bytes of pages, by codes for a range that is all but empty: so everything of a
   * build of that size is there but the rows.
   */
  @Test
  void aFileOfMoreThan4GiBIsBuiltVerifiedAndRead() throws IOException {
    assumeTrue(Trial.full(), "takes 15 GB of disk and some minutes: only in full");
    assumeTrue(Files.getFileStore(folder).getUsableSpace() > 20L << 30, "takes 15 GB of free disk");
    int idCount = 270_000;
    int dateCount = 65_536;
    Path file = folder.resolve("large.almanac");
    AlmanacBuilder.create()
        .layout(Layout.DIRECT)
        .build(
            RowSource.of(
                () ->
                    IntStream.range(0, idCount)
                        .mapToObj(
                            n ->
                                new RowSource.Row(
                                    Long.toString(id(n)), SampleRows.date(n % dateCount)))),
            file);
    assertTrue(Files.size(file) > 1L << 32);
    VerifyReport verified = Almanac.verify(file);
    assertEquals(List.of(), verified.damages());
    assertEquals(idCount, verified.idCount());
    try (Almanac almanac = Almanac.open(file)) {
      long[] ids = IntStream.range(0, idCount).mapToLong(EdgesTest::id).toArray();
      int[] codes = new int[idCount];
      almanac.codes(ids, codes);
      for (int n = 0; n < idCount; n++) {
        assertEquals(n % dateCount, codes[n]);
        assertEquals(codes[n], almanac.code(ids[n]));
        assertEquals(Almanac.ABSENT, almanac.code(ids[n] + 1));
      }
      int[] visited = {0};
      almanac.forEach((id, code) -> visited[0]++);
      assertEquals(idCount, visited[0]);
    }
    assertFalse(Files.size(file) < 1L << 32);
    Trial.record(
        EdgesTest.class,
        13,
        "built file of more than 4 GiB",
        "a file of "
            + Files.size(file)
            + " bytes, built, verified, every ID looked up twice, its neighbour once",
        3L * idCount,
        new TreeMap<>(Map.of("mismatches", 0L, "damages that verify reports", 0L)));
  }

  private static long id(int n) {
    return (n - 135_000L) * 8192 + n % 4095;
  }
}
