package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.PageOracle;
import dev.almanac.SampleRows;
import dev.almanac.ShardedAlmanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.PlannedHeap;
import dev.almanac.build.chronicle.StockCheck;
import dev.almanac.build.pages.BlockSample;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.Mix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Builds of IDs that come in runs, which are far apart. */
class BlocksTest {
  private static final int DATES = 300;

  @TempDir Path folder;

  /** Runs of IDs: where run {@code i} begins is up to {@code first}. */
  private static SampleRows runs(int runCount, int length, LongUnaryOperator first) {
    SampleRows rows = new SampleRows();
    for (int run = 0; run < runCount; run++) {
      long from = first.applyAsLong(run);
      for (int i = 0; i < length; i++) {
        rows.add(from + i, SampleRows.date((run * 31 + i) % DATES));
      }
    }
    return rows;
  }

  private static LongUnaryOperator anywhere(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return run -> random.nextLong() >> 3;
  }

  /** Aligned runs of a power of two are what blocks of that size are best for. */
  private static LongUnaryOperator aligned(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return run -> random.nextLong() >> 3 & -1L << Directory.MAX_BLOCK_BITS;
  }

  private Footer build(SampleRows rows, Layout layout) throws IOException {
    Path target = rows.build(folder, layout);
    assertEquals(List.of(), Almanac.verify(target).damages());
    try (Almanac almanac = Almanac.open(target)) {
      rows.assertAnsweredBy(almanac);
    }
    return PageOracle.footer(target);
  }

  private static Directory directory(Footer footer) {
    assertEquals(Layout.BLOCKS, footer.pages().layout());
    return Objects.requireNonNull(footer.pages().directory());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 40",
    "2, 400",
    "15, 200",
    "16, 200",
    "17, 200",
    "100, 100",
    "4096, 3",
    "65537, 1"
  })
  void runsOfAnyLengthAreFound(int length, int runCount) throws IOException {
    // The last two are the ends of all numbers.
    LongUnaryOperator anywhere = anywhere(length);
    SampleRows rows =
        runs(
            runCount + 2,
            length,
            run ->
                run == runCount
                    ? Long.MIN_VALUE
                    : run > runCount ? Long.MAX_VALUE - length + 1 : anywhere.applyAsLong(run));
    Directory directory = directory(build(rows, Layout.BLOCKS));
    assertEquals(
        rows.dateById().keySet().stream()
            .mapToLong(id -> Math.floorDiv(Long.parseLong(id), 1L << directory.blockBits()))
            .distinct()
            .count(),
        directory.blockCount());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void alignedRunsGetBlocksOfTheirSize(int bits) throws IOException {
    int runCount = bits < 8 ? 400 : Math.max(2, 15_360 >> bits);
    SampleRows rows = runs(runCount, 1 << bits, aligned(bits));
    Directory directory = directory(build(rows, Layout.AUTO));
    assertEquals(bits, directory.blockBits());
    assertEquals(runCount, directory.blockCount());
  }

  @Test
  void aRunMayCrossZero() throws IOException {
    LongUnaryOperator anywhere = anywhere(1);
    directory(
        build(runs(300, 100, run -> run == 0 ? -50 : anywhere.applyAsLong(run)), Layout.AUTO));
  }

  @Test
  void textsThatAreNumbersLieInBlocksToo() throws IOException {
    SampleRows rows = new SampleRows();
    SplittableRandom random = new SplittableRandom(8);
    for (int run = 0; run < 300; run++) {
      long first = random.nextLong(10_000_000_000L) * 1000;
      for (int i = 0; i < 100; i++) {
        rows.add(String.format("C%013d", first + i), SampleRows.date(i));
      }
    }
    directory(build(rows, Layout.AUTO));
  }

  @Test
  void theSameIdsGiveTheSameBytesInAnyOrderWithAnyThreadsAndHeap() throws IOException {
    SampleRows rows = runs(2_000, 40, anywhere(5));
    Path expected = folder.resolve("expected.almanac");
    BuildReport report =
        AlmanacBuilder.create()
            .threads(1)
            .build(DelimitedRows.of(rows.write(folder.resolve("rows.txt"))), expected);
    assertEquals(Layout.BLOCKS, report.layout());
    Path shuffled = rows.shuffled(3).write(folder.resolve("shuffled.txt"));
    Path other = folder.resolve("other.almanac");
    AlmanacBuilder sixteen = AlmanacBuilder.create().threads(16);
    PlannedHeap.of(sixteen, 16 << 20).build(DelimitedRows.of(List.of(shuffled, shuffled)), other);
    assertEquals(-1, Files.mismatch(expected, other));
  }

  /** A base is of any layout, and the new file is what a build of all its IDs would be. */
  @ParameterizedTest
  @CsvSource({"BLOCKS", "HASHED"})
  void changesOfABaseGiveTheBytesOfAFullBuild(Layout layoutOfBase) throws IOException {
    SampleRows rows = runs(400, 100, anywhere(6));
    Path base = Files.move(rows.build(folder, layoutOfBase), folder.resolve("base.almanac"));
    String id = rows.dateById().keySet().iterator().next();
    SampleRows changes =
        new SampleRows().add(id, SampleRows.date(DATES - 1)).add(77, SampleRows.date(4));
    Path changed = folder.resolve("changed.almanac");
    AlmanacBuilder.create()
        .base(base)
        .build(DelimitedRows.of(changes.write(folder.resolve("changes.txt"))), changed);
    rows.add(id, SampleRows.date(DATES - 1)).add(77, SampleRows.date(4));
    directory(build(rows, Layout.AUTO));
    assertEquals(-1, Files.mismatch(changed, folder.resolve("sample.almanac")));
  }

  /** So that a changed base of IDs that lie alone is not read as a whole. */
  @ParameterizedTest
  @CsvSource({"30000, 1", "10000, 3", "2000, 15", "2000, 16", "300, 100"})
  void theSmallestBlocksOfABaseAreEstimatedFromAFewPages(int runCount, int length)
      throws IOException {
    SampleRows rows = runs(runCount, length, anywhere(length));
    long exact =
        rows.dateById().keySet().stream()
            .mapToLong(id -> Math.floorDiv(Long.parseLong(id), 1L << Directory.MIN_BLOCK_BITS))
            .distinct()
            .count();
    try (Almanac base = Almanac.open(rows.build(folder, Layout.HASHED))) {
      assertEquals(exact, BaseMerge.smallestBlocks(base), exact * 0.1);
    }
  }

  /** Blocks whose directory overflows under the first seed are built under another one. */
  @Test
  void blocksThatMeetInTheDirectoryNeedAnotherSeed() throws IOException {
    SampleRows chance = runs(2_000, 16, aligned(7));
    Directory first = directory(build(chance, Layout.AUTO));
    assertEquals(0, first.pages().seed());
    Footer footer = PageOracle.footer(folder.resolve("sample.almanac"));
    HashedPages pages = new HashedPages(first.pages(), first.pageCount());
    SplittableRandom random = new SplittableRandom(7);
    // So that range and counts stay, and with them the directory.
    SampleRows crafted =
        runs(
            2_000,
            16,
            run -> {
              long id = random.nextLong() >> 3 & -1L << Directory.MAX_BLOCK_BITS;
              while (run >= 1_900 && pages.bucket(mixed(pages, footer, id)) != 5
                  || id < footer.lowestId()
                  || id > footer.highestId()) {
                id = random.nextLong() >> 3 & -16L;
              }
              return id;
            });
    Directory directory = directory(build(crafted, Layout.AUTO));
    assertNotEquals(0, directory.pages().seed());
    Path before = Files.move(folder.resolve("sample.almanac"), folder.resolve("before"));
    build(crafted.shuffled(2), Layout.AUTO);
    assertEquals(-1, Files.mismatch(before, folder.resolve("sample.almanac")));
  }

  private static long mixed(HashedPages pages, Footer footer, long id) {
    return pages.mix(id - footer.pages().firstKey() >>> directory(footer).blockBits());
  }

  @Test
  void stockChronicleMapFindsThePages() throws IOException {
    Path file = runs(100, 100, anywhere(2)).build(folder, Layout.BLOCKS);
    directory(PageOracle.footer(file));
    assertEquals(List.of(), StockCheck.run(file, Files.createDirectory(folder.resolve("stock"))));
  }

  @Test
  void denseIdsOfAShardLieInBlocksOfThoseThatShareIt() throws IOException {
    SampleRows rows = new SampleRows();
    for (int id = 0; id < 200_000; id++) {
      if (ShardedAlmanac.route(id, 8) == 3) {
        rows.add(id, SampleRows.date(id % DATES));
      }
    }
    Directory directory = directory(build(rows, Layout.AUTO));
    assertEquals(12, directory.blockBits());
    assertEquals((rows.rowCount() + 4_095) / 4_096, directory.blockCount());
  }

  /** What the sample says of ranges that it does not have may be wrong: the count decides. */
  @Test
  void whereFarMoreBlocksAreCountedThanEstimatedTheOtherPagesAreTaken() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    SampleRows rows = new SampleRows();
    for (int run = 0; run < 60; run++) {
      long first = range(random, 0) << Directory.MAX_BLOCK_BITS;
      for (int i = 0; i < 400; i++) {
        rows.add(first + i, SampleRows.date(i % DATES));
      }
    }
    for (int i = 0; i < BlockSample.CAPACITY; i++) {
      rows.add(range(random, 1) << Directory.MAX_BLOCK_BITS, SampleRows.date(i % DATES));
    }
    BlockSample sample = new BlockSample();
    rows.dateById().keySet().forEach(id -> sample.add(Long.parseLong(id)));
    assertEquals(2 * 60, sample.blockCounts(rows.rowCount())[9]);
    Footer footer = build(rows, Layout.AUTO);
    assertEquals(Layout.HASHED, footer.pages().layout());
    Path expected = Files.move(folder.resolve("sample.almanac"), folder.resolve("expected"));
    rows.build(folder, Layout.HASHED);
    assertEquals(-1, Files.mismatch(expected, folder.resolve("sample.almanac")));
    assertEquals(
        rows.rowCount() - 60 * 400 + 60, directory(build(rows, Layout.BLOCKS)).blockCount());
  }

  /** A range of numbers that a sample of half of all ranges has, or has not. */
  private static long range(SplittableRandom random, long lowestBitOfHash) {
    while (true) {
      long range = random.nextLong() >> Directory.MAX_BLOCK_BITS;
      // As the sample has it: the high bits of a key, unsigned.
      long unsigned = range & -1L >>> Directory.MAX_BLOCK_BITS;
      if ((Mix.finish(unsigned) & 1) == lowestBitOfHash) {
        return range;
      }
    }
  }
}
