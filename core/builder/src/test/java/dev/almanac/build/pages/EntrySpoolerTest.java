package dev.almanac.build.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.IdKind;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Directory;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The entries that a spooler makes, read back byte by byte. */
class EntrySpoolerTest {
  private static final int PARTITIONS = 4;

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(61);

  /** Two spoolers, as of two threads, and what they come to. */
  private EntrySpooler.Totals spool(
      Spool spool, Shape shape, int[] codeOfNumber, Map<String, Integer> numberById)
      throws IOException {
    List<EntrySpooler> spoolers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      spoolers.add(new EntrySpooler(spool, shape, codeOfNumber, null, shape.text(), false));
    }
    for (Map.Entry<String, Integer> entry : numberById.entrySet()) {
      EntrySpooler spooler = spoolers.get(random.nextInt(2));
      if (shape.text()) {
        byte[] bytes = ("<" + entry.getKey() + ">").getBytes(UTF_8);
        long hash = Xxh64.hash(bytes, 1, bytes.length - 2);
        spooler.add(hash, bytes, 1, bytes.length - 2, entry.getValue());
      } else {
        spooler.add(Long.parseLong(entry.getKey()), entry.getValue());
      }
    }
    EntrySpooler.Totals totals = new EntrySpooler.Totals();
    for (EntrySpooler spooler : spoolers) {
      totals.add(spooler.end());
    }
    return totals;
  }

  /** By ID, its code, from all blocks. */
  private static Map<String, Integer> codes(Spool spool, Shape shape) throws IOException {
    Map<String, Integer> codes = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int b = 0; b < spool.blockCount(partition); b++) {
        ByteBuffer block =
            ByteBuffer.allocate(EntrySpooler.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        spool.read(partition, b, block);
        assertTrue(block.hasRemaining(), "no block is empty");
        while (block.hasRemaining()) {
          String id;
          long hash;
          if (shape.text()) {
            int length = block.get();
            if (length < 0) {
              length = length & 0x7f | block.get() << 7;
            }
            byte[] bytes = new byte[length];
            block.get(bytes);
            id = new String(bytes, UTF_8);
            hash = Xxh64.hash(bytes, 0, length);
          } else {
            long number = block.getLong();
            id = Long.toString(number);
            hash = Xxh64.hash(number);
          }
          int code =
              switch (shape.codeBytes()) {
                case 1 -> block.get() & 0xff;
                case 2 -> block.getShort() & 0xffff;
                default -> block.getInt();
              };
          assertNull(codes.put(id, code), "an ID comes once");
          assertEquals(partition, Math.floorMod(hash, PARTITIONS));
        }
      }
    }
    return codes;
  }

  @ParameterizedTest
  @ValueSource(ints = {255, 256, 65_535, 65_536})
  void everyIdIsAnEntryOfItsPartition(int dateCount) throws IOException {
    int[] codeOfNumber = IntStream.range(0, dateCount).map(n -> dateCount - 1 - n).toArray();
    for (boolean text : new boolean[] {false, true}) {
      Shape shape = new Shape(text ? IdKind.TEXT : IdKind.LONG, dateCount, null);
      Map<String, Integer> numberById = new HashMap<>();
      for (int i = 0; i < 3_000; i++) {
        long number = random.nextLong() >> random.nextInt(60);
        int length = List.of(0, 126, 127, 128, 1_020).get(random.nextInt(5));
        numberById.put(
            text ? "x".repeat(length) + i : Long.toString(number), random.nextInt(dateCount));
      }
      if (text) {
        for (int length : new int[] {1, 127, 128, 1_023, 1_024}) {
          numberById.put("y".repeat(length), dateCount - 1);
        }
      }
      try (Spool spool = new Spool(folder.resolve("entries-" + text), PARTITIONS)) {
        EntrySpooler.Totals totals = spool(spool, shape, codeOfNumber, numberById);
        Map<String, Integer> expected = new HashMap<>();
        numberById.forEach((id, number) -> expected.put(id, codeOfNumber[number]));
        assertEquals(expected, codes(spool, shape));
        assertTotals(shape, totals, numberById, expected);
      }
    }
  }

  private static void assertTotals(
      Shape shape,
      EntrySpooler.Totals totals,
      Map<String, Integer> numberById,
      Map<String, Integer> codeById) {
    assertEquals(numberById.size(), totals.idCount);
    assertEquals(numberById.size(), totals.entryCount);
    BitSet used = new BitSet();
    numberById.values().forEach(used::set);
    assertEquals(used, totals.usedNumbers);
    Fingerprint fingerprint = new Fingerprint();
    long[] entryCountBySize = new long[2_048];
    Set<Integer> lengths = new HashSet<>();
    codeById.forEach(
        (id, code) -> {
          if (shape.text()) {
            int length = id.length();
            fingerprint.add(Xxh64.hash(id.getBytes(UTF_8), 0, length), code);
            lengths.add(length);
            entryCountBySize[(length > 127 ? 2 : 1) + length + shape.codeBytes()]++;
          } else {
            fingerprint.add(Long.parseLong(id), code);
          }
        });
    assertTrue(fingerprint.sameAs(totals.fingerprint));
    if (!shape.text()) {
      LongSummaryStatistics span =
          numberById.keySet().stream().mapToLong(Long::parseLong).summaryStatistics();
      assertEquals(span.getMin(), totals.lowestId);
      assertEquals(span.getMax(), totals.highestId);
    }
    assertEquals(lengths.stream().max(Integer::compare).orElse(0), totals.longestIdBytes);
    assertArrayEquals(entryCountBySize, totals.entryCountBySize);
  }

  @Test
  void theShapeOfTheTextsOfAllThreadsIsCollected() throws IOException {
    Map<String, Integer> numberById = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      numberById.put("AB-" + (100_000 + 7 * i), i % 3);
    }
    Shape shape = new Shape(IdKind.TEXT, 3, null);
    try (Spool spool = new Spool(folder.resolve("shape"), PARTITIONS)) {
      EntrySpooler.Totals totals = spool(spool, shape, new int[] {0, 1, 2}, numberById);
      assertEquals("AB-10[0-3][0-9]{3}", String.valueOf(totals.texts.shape()));
      assertTrue(totals.textEntriesBytes() > 500 * 11);
      // The same as numbers, which have an entry each where there are no pages.
      Shape packed = new Shape(IdKind.TEXT, 3, totals.texts.shape());
      try (Spool other = new Spool(folder.resolve("packed"), PARTITIONS)) {
        EntrySpooler.Totals again = spool(other, packed, new int[] {0, 1, 2}, numberById);
        assertEquals(500, again.entryCount);
        assertTrue(again.lowestId < again.highestId);
        assertEquals(codes(spool, shape), codes(other, packed));
      }
      numberById.put("\u00e4 quite another one", 1);
      try (Spool other = new Spool(folder.resolve("other"), PARTITIONS)) {
        assertNotEquals(
            packed.texts(), spool(other, shape, new int[] {0, 1, 2}, numberById).texts.shape());
      }
    }
  }

  /** Runs of numbers, half of them in either spooler. */
  @Test
  void theBlocksOfTheNumbersAreCountedOnlyWhereTheyAreSampled() throws IOException {
    Shape shape = new Shape(IdKind.LONG, 1, null);
    for (boolean samples : new boolean[] {false, true}) {
      EntrySpooler.Totals totals = new EntrySpooler.Totals();
      Set<Long> blocks = new HashSet<>();
      try (Spool spool = new Spool(folder.resolve("entries"), 1)) {
        for (int i = 0; i < 2; i++) {
          EntrySpooler spooler = new EntrySpooler(spool, shape, new int[1], null, false, samples);
          for (int run = 0; run < 50; run++) {
            long first = random.nextLong(-5_000_000_000L, 5_000_000_000L);
            for (long id = first; id < first + 20; id++) {
              spooler.add(id, 0);
              blocks.add(Math.floorDiv(id, 1L << Directory.MIN_BLOCK_BITS));
            }
          }
          totals.add(spooler.end());
        }
      }
      assertEquals(
          samples ? blocks.size() : 0, totals.sample.blockCounts(2_000)[Directory.MIN_BLOCK_BITS]);
    }
  }

  /** Entries of numbers with a code of one, two and four bytes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 1_000, 100_000})
  void aBlockHoldsAsManyEntriesAsFit(int dateCount) throws IOException {
    int entryBytes = 8 + (dateCount == 1 ? 1 : dateCount == 1_000 ? 2 : 4);
    int perBlock = (1 << 16) / entryBytes;
    Shape shape = new Shape(IdKind.LONG, dateCount, null);
    try (Spool spool = new Spool(folder.resolve("entries"), 1)) {
      EntrySpooler spooler = new EntrySpooler(spool, shape, new int[dateCount], null, false, false);
      for (long id = 0; id <= perBlock; id++) {
        spooler.add(id, 0);
      }
      spooler.end();
      assertEquals(2, spool.blockCount(0));
      assertEquals(perBlock * entryBytes, spool.blockBytes(0, 0));
      assertEquals(entryBytes, spool.blockBytes(0, 1));
    }
  }
}
