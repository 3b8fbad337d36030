package dev.almanac.build.pages;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.IdKind;
import dev.almanac.build.BuildException;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan of a store is the first that holds its fullest segment, by counting alone. */
class SegmentCountsTest {
  private static final int[] CODES = new int[300];

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(55);

  /** An entry by the hash of its key and its size. */
  private record Entry(long hash, int bytes) {}

  private interface Spooling {
    void to(EntrySpooler spooler) throws IOException;
  }

  private StorePlan plan(Shape shape, int partitionCount, Spooling spooling) throws IOException {
    try (Spool spool = new Spool(folder.resolve("entries"), partitionCount);
        Parallel threads = new Parallel(2)) {
      EntrySpooler spooler = new EntrySpooler(spool, shape, CODES, null, false, false);
      spooling.to(spooler);
      return SegmentCounts.plan(threads, spool, shape, spooler.end());
    }
  }

  /** What the fullest segment has: its entries, or the chunks of them. */
  private static int fullest(
      List<Entry> entries, int segmentCount, int chunkBytes, boolean chunks) {
    int[] counts = new int[segmentCount];
    for (Entry entry : entries) {
      counts[(int) (entry.hash & 0x7FFFFFFF) % segmentCount] +=
          chunks ? (entry.bytes + chunkBytes - 1) / chunkBytes : 1;
    }
    int most = 1;
    for (int count : counts) {
      most = Math.max(most, count);
    }
    return most;
  }

  /** At most 2^14 slots, two thirds full, of 32 bits, which 3 bits of the hash and a chunk fit. */
  private static boolean fits(int entryCount, int chunkCount) {
    int slotBits = 0;
    while (1L << slotBits < entryCount) {
      slotBits++;
    }
    return entryCount <= (1 << 14) * 2 / 3 && chunkCount <= 1L << Math.min(30, 29 - slotBits);
  }

  /** The plan of the first number of segments, from a number on, that holds its fullest. */
  private static StorePlan expected(
      Shape shape, List<Entry> entries, int firstCount, int chunkBytes) {
    for (int count = firstCount; ; count = rounded(count + Math.max(1, count / 64))) {
      int most = fullest(entries, count, chunkBytes, false);
      int mostChunks = fullest(entries, count, chunkBytes, true);
      if (fits(most, mostChunks)) {
        return new StorePlan(
            count, most, mostChunks, chunkBytes, shape.codeBytes(), shape.text(), entries.size());
      }
    }
  }

  /** The next multiple of the largest power of two that leaves groups of 128 segments or more. */
  private static int rounded(int count) {
    int groups = 1;
    while (groups * 2 * 128 <= count) {
      groups *= 2;
    }
    return (count + groups - 1) / groups * groups;
  }

  private static List<Entry> numbers(long[] ids, int bytes) {
    List<Entry> entries = new ArrayList<>();
    for (long id : ids) {
      entries.add(new Entry(Xxh64.hash(id), bytes));
    }
    return entries;
  }

  private StorePlan planOfNumbers(long[] ids, Shape shape) throws IOException {
    return plan(
        shape,
        4,
        spooler -> {
          for (long id : ids) {
            spooler.add(id, 0);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "10922, 1", "10923, 2", "20966, 2", "20967, 3", "40000, 4"})
  void numbersByChanceTakeTheFewestSegments(int count, int firstCount) throws IOException {
    Shape shape = new Shape(IdKind.LONG, 300, null);
    long[] ids = random.longs(count).toArray();
    assertEquals(expected(shape, numbers(ids, 10), firstCount, 10), planOfNumbers(ids, shape));
  }

  /** All of one segment where there are three, and of two where there are four. */
  @Test
  void moreSegmentsAreTriedUntilTheFullestFits() throws IOException {
    Shape shape = new Shape(IdKind.LONG, 300, null);
    long[] ids =
        random.longs().filter(id -> (Xxh64.hash(id) & 0x7FFFFFFF) % 3 == 1).limit(21_500).toArray();
    StorePlan plan = planOfNumbers(ids, shape);
    assertEquals(expected(shape, numbers(ids, 10), 3, 10), plan);
    assertEquals(4, plan.segmentCount());
  }

  /** Each step of the hash of a number can be taken back. */
  private static long idOfHash(long hash) {
    long h = hash ^ hash >>> 32;
    h *= inverse(0x165667B19E3779F9L);
    h = h ^ h >>> 29 ^ h >>> 58;
    h *= inverse(0xC2B2AE3D27D4EB4FL);
    h ^= h >>> 33;
    h = Long.rotateRight((h - 0x85EBCA77C2B2AE63L) * inverse(0x9E3779B185EBCA87L), 27);
    h ^= 0x27D4EB2F165667C5L + 8;
    return Long.rotateRight(h * inverse(0x9E3779B185EBCA87L), 31) * inverse(0xC2B2AE3D27D4EB4FL);
  }

  private static long inverse(long odd) {
    long x = odd;
    for (int i = 0; i < 6; i++) {
      x *= 2 - odd * x;
    }
    return x;
  }

  /** From 2 on 33 numbers of segments are tried, each one more than the last. */
  @Test
  void numbersOfOneSegmentAreRefused() {
    long[] ids = new long[10_923];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = idOfHash((long) i << 31 | 77);
    }
    String message =
        assertThrows(
                BuildException.class, () -> planOfNumbers(ids, new Shape(IdKind.LONG, 1, null)))
            .getMessage();
    assertEquals(
        "IDs must spread over the segments, as all but chosen ones do: segmentCount="
            + (2 + 32)
            + " entryCount=10923 entriesOfTheFullest=10923 expectedAtMost=10922"
            + " chunksOfTheFullest=10923 expectedAtMost="
            + (1 << 15),
        message);
  }

  private List<byte[]> texts(int count, int shortest, int longest) {
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(shortest, longest + 1);
      String end = Integer.toString(i);
      texts.add(("x".repeat(Math.max(0, length - end.length())) + end).getBytes(US_ASCII));
    }
    return texts;
  }

  /** Of one length, of many, and so long that chunks and not entries decide. */
  @ParameterizedTest
  @CsvSource({
    "1, 3, 3",
    "50, 1, 1000",
    "10922, 8, 8",
    "10923, 8, 8",
    "9000, 5, 200",
    "300, 1, 1024"
  })
  void textsTakeAsManySegmentsAsTheirChunksFill(int count, int shortest, int longest)
      throws IOException {
    Shape shape = new Shape(IdKind.TEXT, 300, null);
    List<byte[]> texts = texts(count, shortest, longest);
    List<Entry> entries = new ArrayList<>();
    long[] countBySize = new long[2_048];
    for (byte[] text : texts) {
      int bytes = (text.length < 128 ? 1 : 2) + text.length + 2;
      entries.add(new Entry(Xxh64.hash(text, 0, text.length), bytes));
      countBySize[bytes]++;
    }
    StorePlan found =
        plan(
            shape,
            2,
            spooler -> {
              for (byte[] text : texts) {
                spooler.add(Xxh64.hash(text, 0, text.length), text, 0, text.length, 0);
              }
            });
    int chunkBytes = StorePlan.cheapestChunkBytes(countBySize, count);
    int firstCount = StorePlan.firstSegmentCount(countBySize, count, chunkBytes);
    assertEquals(expected(shape, entries, firstCount, chunkBytes), found);
  }

  /** Of texts as long as these a chunk of one byte would take more segments. */
  @ParameterizedTest
  @ValueSource(ints = {20, 400})
  void entriesThatFillTheirChunksTakeOneEach(int length) throws IOException {
    Shape shape = new Shape(IdKind.TEXT, 1, null);
    StorePlan found =
        plan(
            shape,
            1,
            spooler -> {
              for (byte[] text : texts(500, length, length)) {
                spooler.add(Xxh64.hash(text, 0, length), text, 0, length, 0);
              }
            });
    int bytes = (length < 128 ? 1 : 2) + length + 1;
    assertEquals(new StorePlan(1, 500, 500, bytes, 1, true, 500), found);
  }
}
