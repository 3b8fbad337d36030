package dev.almanac.build.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildException;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSource;
import dev.almanac.build.SplitRows;
import dev.almanac.build.base.Base;
import dev.almanac.build.base.ChangedPages;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.choice.DateRules;
import dev.almanac.build.choice.InputLedger;
import dev.almanac.build.choice.RowSpooler;
import dev.almanac.build.choice.SpooledRows;
import dev.almanac.build.chronicle.StoreCreation;
import dev.almanac.build.pages.KeySpooler;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Phases;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The entries, or the keys of pages, that rows come to: those of a naive map, in the pages that are
 * right for it, and the same for rows that come to the same.
 */
class EntryStageTest {
  private static final String NONE = "none";

  @TempDir Path folder;

  /** Each part that a phase told, as {@code phase done/total}. */
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  /**
   * What was made.
   *
   * @param dateById what the entries say; of keys, the key and its low number as text
   */
  private record Made(
      @Nullable PagePlan pages,
      @Nullable IdShape texts,
      IdKind kind,
      List<String> dates,
      Map<String, String> dateById,
      List<Set<String>> partitions,
      long idCount,
      long entryCount,
      long lowestId,
      long highestId,
      int longestIdBytes,
      double textEntriesBytes) {}

  private static BuildOptions options(Layout layout, DuplicatePolicy policy) {
    return options(layout, policy, null);
  }

  private static BuildOptions options(Layout layout, DuplicatePolicy policy, @Nullable Path base) {
    return new BuildOptions(
        base,
        null,
        policy,
        BadRowPolicy.fail(),
        IdKind.AUTO,
        DateRules.DEFAULT.withNullTexts(Set.of(NONE)),
        0,
        layout,
        2,
        1L << 28,
        null,
        null);
  }

  /** What a test does with entries. */
  private interface Use<R> {
    R of(Entries entries, FileStage fileStage, Workspace workspace) throws IOException;
  }

  private Made make(List<String> lines, IdKind kind, BuildOptions options) throws IOException {
    return make(lines, kind, options, (entries, fileStage, workspace) -> made(entries));
  }

  private <R> R make(List<String> lines, IdKind kind, BuildOptions options, Use<R> use)
      throws IOException {
    try (Workspace workspace = new Workspace(folder.resolve("sample"), null);
        Parallel threads = new Parallel(2);
        StoreCreation storeCreation = new StoreCreation(threads, workspace.targetFolder());
        InputLedger ledger = new InputLedger(BadRowPolicy.fail(), workspace);
        Spool spool = new Spool(workspace.spoolFile("rows"), 32);
        RowSource.Splits splits = new SplitRows(lines, 7).open()) {
      DateCollector dates = new DateCollector(options.dateRules(), options.memory());
      List<RowSpooler> spoolers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        spoolers.add(
            new RowSpooler(
                spool,
                options.idKind(),
                dates,
                ledger,
                new MemoryBudget.Reading(2, 1 << 12, 1 << 16)));
      }
      for (int i = 0; splits.next(spoolers.get(i % 2)); i++) {
        // The spoolers take turns.
      }
      for (RowSpooler spooler : spoolers) {
        spooler.flush();
      }
      ledger.finish(lines.size());
      SpooledRows rows = RowSpooler.spooled(spool, spoolers);
      Phases phases =
          new Phases((phase, done, total) -> told.add(phase + " " + done + "/" + total), 0);
      phases.begin("sort");
      EntryStage stage = new EntryStage(options, workspace, threads, phases, ledger);
      try (@Nullable Base base =
              options.base() == null ? null : Base.open(options.base(), options.idKind());
          Entries entries =
              base == null
                  ? stage.make(kind, rows, dates)
                  : Objects.requireNonNull(stage.merge(base, rows, dates))) {
        FileStage fileStage =
            new FileStage(workspace, threads, storeCreation, phases, ledger, options.memory());
        return use.of(entries, fileStage, workspace);
      } catch (RefusedRowException e) {
        Set<String> names = new HashSet<>(SampleRows.names(workspace.targetFolder()));
        assertTrue(names.contains("rows"));
        assertFalse(names.contains("entries"), names.toString());
        throw e;
      }
    }
  }

  private static Made made(Entries entries) throws IOException {
    Map<String, String> dateById = new HashMap<>();
    List<Set<String>> partitions = new ArrayList<>();
    for (int partition = 0; partition < entries.spool.partitionCount(); partition++) {
      Set<String> ids = new TreeSet<>();
      partitions.add(ids);
      if (entries.pages == null) {
        readEntries(entries, partition, ids, dateById);
      } else {
        entries
            .keys()
            .read(
                partition,
                (key, low, code) -> {
                  ids.add(key + " " + low);
                  assertNull(dateById.put(key + " " + low, entries.dictionary.texts().get(code)));
                });
      }
    }
    return new Made(
        entries.pages,
        entries.shape.texts(),
        entries.shape.kind(),
        entries.dictionary.texts(),
        dateById,
        partitions,
        entries.totals.idCount,
        entries.totals.entryCount,
        entries.totals.lowestId,
        entries.totals.highestId,
        entries.totals.longestIdBytes,
        entries.shape.text() ? entries.totals.textEntriesBytes() : 0);
  }

  private static void readEntries(
      Entries entries, int partition, Set<String> ids, Map<String, String> dateById)
      throws IOException {
    ByteBuffer block = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int b = 0; b < entries.spool.blockCount(partition); b++) {
      entries.spool.read(partition, b, block);
      while (block.hasRemaining()) {
        String id;
        if (entries.shape.text()) {
          byte[] bytes = new byte[block.get()];
          block.get(bytes);
          id = new String(bytes, UTF_8);
        } else {
          id = Long.toString(block.getLong());
        }
        int code = entries.shape.codeBytes() == 1 ? block.get() & 0xFF : block.getShort() & 0xFFFF;
        ids.add(id);
        assertNull(dateById.put(id, entries.dictionary.texts().get(code)));
      }
    }
  }

  /** Kinds of IDs, each with its pages where they may be any. */
  private enum Ids {
    DENSE(Layout.DIRECT, SampleRows.dense(-500, 3_000, 40)),
    SPARSE(Layout.HASHED, SampleRows.sparse(2_000, 40)),
    CLUSTERS(Layout.BLOCKS, SampleRows.clusters(4_000, 300)),
    CUSTOMERS(Layout.DIRECT, SampleRows.customers(1_500, 40)),
    ORDERS(Layout.HASHED, SampleRows.orders(1_000, 40)),
    UUIDS(Layout.HASHED, SampleRows.uuids(600, 40)),
    ADDRESSES(Layout.ENTRIES, addresses(900)),
    MIXED(Layout.DIRECT, SampleRows.dense(-40, 800, 40).add("A-17", SampleRows.date(3))),
    ONE(Layout.DIRECT, SampleRows.dense(77, 1, 1)),
    NOTHING(Layout.DIRECT, new SampleRows());

    private final Layout layout;
    private final SampleRows rows;

    Ids(Layout layout, SampleRows rows) {
      this.layout = layout;
      this.rows = rows;
    }

    /** As varied as no pages hold. */
    private static SampleRows addresses(int count) {
      SplittableRandom random = new SplittableRandom(5);
      SampleRows rows = new SampleRows();
      for (int i = 0; i < count; i++) {
        rows.add(
            "%x.%x@mail%d.example".formatted(random.nextLong(), random.nextLong(), i % 10),
            SampleRows.date(i % 300));
      }
      return rows;
    }

    IdKind kind() {
      return rows.dateById().keySet().stream().allMatch(id -> id.matches("-?[0-9]+"))
          ? IdKind.LONG
          : IdKind.TEXT;
    }

    List<String> lines() {
      List<String> lines = new ArrayList<>();
      rows.dateById().forEach((id, date) -> lines.add(id + "|" + date));
      Collections.sort(lines);
      return lines;
    }

    /** Rows that come to the same: with earlier dates of some IDs, and IDs without a date. */
    List<String> noisyLines() {
      Random random = new Random(ordinal());
      List<String> lines = new ArrayList<>();
      for (String id : rows.dateById().keySet()) {
        for (int i = random.nextInt(3); i > 0; i--) {
          // Dates that nothing has in the end.
          lines.add(id + "|" + SampleRows.date(1_000 + random.nextInt(50)));
        }
      }
      String[] others =
          kind() == IdKind.LONG
              ? new String[] {"9223372036854775807", "-9223372036854775808", "1234567890123"}
              : new String[] {"#", "x".repeat(100), "12", "-999999999999", "CUST-x00000"};
      for (String other : others) {
        if (!rows.dateById().containsKey(other)) {
          lines.add(other + "|" + SampleRows.date(7));
          lines.add(other + "|" + NONE);
        }
      }
      lines.addAll(lines());
      return lines;
    }
  }

  private static long[] blockCounts(Set<Long> keys) {
    long[] counts = new long[Directory.MAX_BLOCK_BITS + 1];
    for (int bits = Directory.MIN_BLOCK_BITS; bits < counts.length; bits++) {
      Set<Long> blocks = new HashSet<>();
      for (long key : keys) {
        blocks.add(key >> bits);
      }
      counts[bits] = blocks.size();
    }
    return counts;
  }

  /** Key and low number of each ID, as text. */
  private static Map<String, String> keys(Ids ids, Made made, Set<Long> keys) {
    Map<String, String> keyById = new HashMap<>();
    for (String id : ids.rows.dateById().keySet()) {
      long[] key = {0};
      long[] low = {0};
      if (made.texts == null) {
        key[0] = Long.parseLong(id);
      } else {
        byte[] bytes = id.getBytes(UTF_8);
        assertTrue(made.texts.encode(bytes, 0, bytes.length, key, low, 0));
      }
      keys.add(key[0]);
      keyById.put(id, key[0] + " " + low[0]);
    }
    return keyById;
  }

  /** The pages for exactly these keys, or null where each ID has an entry. */
  private static @Nullable PagePlan expectedPages(
      Ids ids, Made made, Layout layout, Set<Long> keys) {
    if (layout == Layout.ENTRIES || made.kind == IdKind.TEXT && made.texts == null) {
      return null;
    }
    long count = ids.rows.dateById().size();
    int dates = made.dates.size();
    boolean wide = made.texts != null && made.texts.isWide();
    long lowest = keys.stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    long highest = keys.stream().mapToLong(Long::longValue).max().orElse(Long.MIN_VALUE);
    PagePlan plain =
        made.texts == null
            ? PagePlan.of(layout, count, lowest, highest, dates)
            : PagePlan.ofTexts(layout, made.texts, count, lowest, highest, dates);
    boolean mayHaveBlocks =
        !wide && count > 0 && layout != Layout.DIRECT && layout != Layout.HASHED;
    PagePlan blocks =
        mayHaveBlocks ? PagePlan.blocks(count, lowest, highest, dates, blockCounts(keys)) : null;
    PagePlan chosen = PagePlan.choose(layout, plain, blocks);
    return made.texts != null
            && chosen != null
            && chosen.bytes() > made.textEntriesBytes + (1 << 16)
        ? null
        : chosen;
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void whatIsMadeIsTheNaiveMapInItsPages(Ids ids) throws IOException {
    for (Layout layout : Layout.values()) {
      Made made = make(ids.lines(), ids.kind(), options(layout, DuplicatePolicy.LAST));
      assertEquals(
          new TreeSet<>(ids.rows.dateById().values()), new TreeSet<>(made.dates), "" + layout);
      Set<Long> keys = new HashSet<>();
      Map<String, String> expected = new HashMap<>();
      boolean packed = made.kind == IdKind.LONG || made.texts != null;
      Map<String, String> keyById = packed ? keys(ids, made, keys) : Map.of();
      PagePlan pages = expectedPages(ids, made, layout, keys);
      assertEquals(pages, made.pages, "" + layout);
      ids.rows
          .dateById()
          .forEach((id, date) -> expected.put(pages == null ? id : keyById.get(id), date));
      assertEquals(expected, made.dateById);
      assertEquals(pages == null ? expected.size() : 0, made.entryCount);
      if (pages != null) {
        assertPartitions(made, pages);
      }
      if (layout == Layout.AUTO) {
        assertEquals(ids.layout, pages == null ? Layout.ENTRIES : pages.pages().layout(), "" + ids);
      }
    }
  }

  private static void assertPartitions(Made made, PagePlan pages) {
    PagePlan.Partitioner partitioner = pages.partitioner();
    assertEquals(pages.partitionCount(), made.partitions.size());
    for (int partition = 0; partition < made.partitions.size(); partition++) {
      for (String key : made.partitions.get(partition)) {
        int space = key.indexOf(' ');
        assertEquals(
            partition,
            partitioner.partition(
                Long.parseLong(key.substring(0, space)), Long.parseLong(key.substring(space + 1))));
      }
    }
  }

  /** A file depends on nothing but what it answers. */
  @ParameterizedTest
  @EnumSource(Ids.class)
  void rowsThatComeToTheSameMakeTheSame(Ids ids) throws IOException {
    for (Layout layout : List.of(Layout.AUTO, Layout.HASHED, Layout.ENTRIES)) {
      Made expected = make(ids.lines(), ids.kind(), options(layout, DuplicatePolicy.LAST));
      Made found = make(ids.noisyLines(), ids.kind(), options(layout, DuplicatePolicy.LAST));
      assertEquals(expected, found, "" + layout);
    }
  }

  /** The dates that were guessed are right, and the shape of the texts is not. */
  @Test
  void aTextThatIsLeftOutDoesNotWidenTheShape() throws IOException {
    List<String> lines = Ids.CUSTOMERS.lines();
    Made expected = make(lines, IdKind.TEXT, options(Layout.AUTO, DuplicatePolicy.LAST));
    List<String> more = new ArrayList<>(lines);
    more.add("WIDER-" + lines.get(0));
    more.add("WIDER-" + lines.get(0).replaceAll("[|].*", "|" + NONE));
    assertEquals(expected, make(more, IdKind.TEXT, options(Layout.AUTO, DuplicatePolicy.LAST)));
  }

  /** Numbers are texts where that is asked for: they pack by their digits. */
  @Test
  void numbersMayBeMadeTexts() throws IOException {
    List<String> lines = Ids.DENSE.lines();
    Made made = make(lines, IdKind.TEXT, options(Layout.AUTO, DuplicatePolicy.LAST));
    assertEquals(IdKind.TEXT, made.kind);
    assertEquals(keys(Ids.DENSE, made, new HashSet<>()).size(), made.dateById.size());
    assertNotNull(made.texts);
    assertEquals("-500".length(), made.longestIdBytes);
  }

  /** The first second date is named, whichever partition has it, with both places. */
  @Test
  void theFirstConflictIsRefused() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      lines.add((i % 2 == 0 ? "" : "t") + i + "|2024-02-29");
    }
    for (int i = 5_999; i >= 0; i -= 3) {
      lines.add((i % 2 == 0 ? "" : "t") + i + "|2024-03-01");
    }
    String message =
        assertThrows(
                RefusedRowException.class,
                () -> make(lines, IdKind.TEXT, options(Layout.AUTO, DuplicatePolicy.FAIL)))
            .getMessage();
    assertEquals(
        "an ID must not have two dates: id=t5999 date=2024-03-01 earlier date=2024-02-29"
            + " earlier file=rows earlier line=6000, file=rows line=6001",
        message);
  }

  /** Of a store that was copied, and of what it was made from, nothing is left on the disk. */
  @Test
  void whatIsNotNeededIsGoneBeforeTheFileHasItsName() throws IOException {
    List<String> lines = new ArrayList<>();
    SampleRows.sparse(15_000, 1).dateById().forEach((id, date) -> lines.add(id + "|" + date));
    Path target = folder.resolve("sample");
    make(
        lines,
        IdKind.LONG,
        options(Layout.AUTO, DuplicatePolicy.LAST),
        (entries, fileStage, workspace) -> {
          long keysBytes = entries.spool.bytes();
          Set<String> seen = new TreeSet<>();
          Footer footer =
              fileStage.publish(
                  entries, target, file -> seen.addAll(SampleRows.names(file.getParent())));
          assertTrue(seen.containsAll(Set.of("rows", "sealed")));
          assertFalse(seen.contains("store") || seen.contains("entries"), seen.toString());
          // Keys of 12 bytes take more here than pages of 6.
          assertTrue(keysBytes > footer.fileBytes());
          assertTrue(
              fileStage.temporaryBytes() >= keysBytes + footer.geometry().storeBytes(),
              keysBytes + " " + footer);
          assertEquals(15_000, footer.idCount());
          return footer;
        });
    assertTrue(Files.exists(target));
  }

  /** The last look compares what is in the file with what the rows came to. */
  @ParameterizedTest
  @EnumSource(names = {"DENSE", "SPARSE", "CLUSTERS", "ORDERS", "ADDRESSES"})
  void aFileThatHoldsSomethingElseIsNotPublished(Ids ids) {
    Path target = folder.resolve("sample");
    String message =
        assertThrows(
                IllegalStateException.class,
                () ->
                    make(
                        ids.lines(),
                        ids.kind(),
                        options(Layout.AUTO, DuplicatePolicy.LAST),
                        (entries, fileStage, workspace) -> {
                          entries.totals.fingerprint.add(77, 1);
                          return fileStage.publish(entries, target, file -> {});
                        }))
            .getMessage();
    assertTrue(message.startsWith("the file must hold what the rows came to"), message);
    assertFalse(Files.exists(target));
  }

  /** Right when it is measured and written, and another one when the file is checked. */
  private static final class OtherTextLater extends AbstractList<String> {
    private final String text;
    private int reads;

    private OtherTextLater(String text) {
      this.text = text;
    }

    @Override
    public String get(int index) {
      return reads++ < 2 ? text : "x";
    }

    @Override
    public int size() {
      return 1;
    }
  }

  /** A code must mean the date of its rows. */
  @Test
  void aFileWithAnotherDateIsNotPublished() {
    Path target = folder.resolve("sample");
    String message =
        assertThrows(
                IllegalStateException.class,
                () ->
                    make(
                        Ids.ONE.lines(),
                        IdKind.LONG,
                        options(Layout.AUTO, DuplicatePolicy.LAST),
                        (entries, fileStage, workspace) -> {
                          DateCollector.Sorted dates = entries.dictionary;
                          Entries others =
                              new Entries(
                                  entries.spool,
                                  entries.shape,
                                  entries.totals,
                                  new DateCollector.Sorted(
                                      dates.epochDays(),
                                      new OtherTextLater(dates.texts().get(0)),
                                      dates.codeOfNumber()),
                                  entries.pages,
                                  null);
                          return fileStage.publish(others, target, file -> {});
                        }))
            .getMessage();
    assertTrue(message.startsWith("a code must mean the date of its rows: code=0"), message);
    assertFalse(Files.exists(target));
  }

  /** A base in which one ID changes to two dates: the file can have only one of them. */
  @Test
  void aChangedBaseThatAnswersSomethingElseIsNotPublished() throws IOException {
    Path base = folder.resolve("base");
    make(
        Ids.DENSE.lines(),
        IdKind.LONG,
        options(Layout.AUTO, DuplicatePolicy.LAST),
        (entries, fileStage, workspace) -> fileStage.publish(entries, base, file -> {}));
    Path target = folder.resolve("sample");
    BuildOptions options = options(Layout.AUTO, DuplicatePolicy.LAST, base);
    List<String> lines = List.of(Ids.DENSE.lines().get(0));
    String message =
        assertThrows(
                IllegalStateException.class,
                () ->
                    make(
                        lines,
                        IdKind.LONG,
                        options,
                        (entries, fileStage, workspace) -> {
                          try (Base other = Base.open(base, IdKind.LONG)) {
                            assertNotNull(entries.changedPages);
                            entries.changedPages =
                                ChangedPages.of(
                                    other,
                                    Objects.requireNonNull(entries.pages),
                                    new long[] {7, 7},
                                    new int[] {1, 2},
                                    2);
                            return fileStage.publish(entries, target, file -> {});
                          }
                        }))
            .getMessage();
    assertTrue(
        message.startsWith("a changed base must answer as the base and its changes"), message);
    assertFalse(Files.exists(target));
  }

  /** The pages of some keys, of which some meet in one bucket under the first seed. */
  private static List<String> linesOfOneBucket(HashedPages pages, int count) {
    List<String> lines = new ArrayList<>();
    lines.add(Long.MIN_VALUE + "|2024-02-29");
    lines.add(Long.MAX_VALUE + "|2024-02-29");
    for (int i = 0; i <= 7 * pages.slotCount; i++) {
      lines.add(Long.MIN_VALUE + pages.unmix(pages.firstMixed(3) + i, 0) + "|2024-02-29");
    }
    SampleRows others = SampleRows.sparse(count - lines.size(), 1);
    others.dateById().keySet().forEach(id -> lines.add(id + "|2024-02-29"));
    return lines;
  }

  /** Under another seed a key has another partition, as in files of more keys than a test has. */
  @Test
  void anotherSeedPartitionsTheKeysAnew() throws IOException {
    int count = 3_000;
    PagePlan whole =
        Objects.requireNonNull(PagePlan.of(Layout.AUTO, count, Long.MIN_VALUE, Long.MAX_VALUE, 1));
    int partitionCount = Integer.lowestOneBit(whole.pageCount());
    assertTrue(partitionCount > 1);
    PagePlan parts =
        new PagePlan(
            whole.pages(),
            whole.pageCount(),
            partitionCount,
            Long.SIZE - Integer.numberOfTrailingZeros(partitionCount),
            null);
    List<String> lines = linesOfOneBucket(new HashedPages(whole.pages(), whole.pageCount()), count);
    Path target = folder.resolve("sample");
    Footer footer =
        make(
            lines,
            IdKind.LONG,
            options(Layout.AUTO, DuplicatePolicy.LAST),
            (entries, fileStage, workspace) -> {
              assertEquals(whole, entries.pages);
              entries.pages = parts;
              try (Parallel threads = new Parallel(2)) {
                entries.repartition(threads, workspace.spoolFile("parts"));
              }
              return fileStage.publish(entries, target, file -> {});
            });
    assertNotEquals(0, footer.pages().seed());
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(count, almanac.size());
      for (String line : lines) {
        assertEquals(0, almanac.code(line.substring(0, line.indexOf('|'))), line);
      }
    }
  }

  /** No seed tells equal keys apart, which no build has: one that spread under none is refused. */
  @Test
  void keysThatSpreadUnderNoSeedAreRefused() {
    Path target = folder.resolve("sample");
    String message =
        assertThrows(
                BuildException.class,
                () ->
                    make(
                        Ids.SPARSE.lines(),
                        IdKind.LONG,
                        options(Layout.AUTO, DuplicatePolicy.LAST),
                        (entries, fileStage, workspace) -> {
                          KeySpooler same =
                              new KeySpooler(entries.spool, Objects.requireNonNull(entries.pages));
                          for (int i = 0; i < 500; i++) {
                            same.add(77, 0, 0);
                          }
                          same.flush();
                          return fileStage.publish(entries, target, file -> {});
                        }))
            .getMessage();
    assertEquals(
        "keys must spread over the buckets, as all but chosen ones do: seeds=64 idCount=2000",
        message);
    assertFalse(Files.exists(target));
    // The pages are one partition: each seed writes it once.
    assertEquals(64, Collections.frequency(told, "write 1/1"));
  }

  /** A check of the whole file that fails leaves the old one. */
  @Test
  void aFileThatFailsTheLastCheckIsNotPublished() throws IOException {
    Path target = Files.writeString(folder.resolve("sample"), "the old file");
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                make(
                    Ids.ONE.lines(),
                    IdKind.LONG,
                    options(Layout.AUTO, DuplicatePolicy.LAST),
                    (entries, fileStage, workspace) ->
                        fileStage.publish(
                            entries,
                            target,
                            file -> {
                              throw new IOException("no");
                            })));
    assertEquals("no", refused.getMessage());
    assertEquals("the old file", Files.readString(target));
  }

  private static void assertSorting(
      EntryStage.Sorting sorting,
      MemoryBudget memory,
      int wantedThreads,
      long largest,
      long ofBlocks) {
    int threads = sorting.threadCount();
    long rows = sorting.rowBytes();
    long share = memory.stepBytes() / threads;
    assertTrue(threads >= 1 && threads <= wantedThreads);
    if (threads > 1) {
      assertTrue(threads * (largest + ofBlocks) <= memory.stepBytes(), "all have room");
      assertTrue(rows >= largest);
    }
    if (threads < wantedThreads) {
      assertTrue((threads + 1) * (largest + ofBlocks) > memory.stepBytes(), "no room for more");
    }
    // Blocks of more than a quarter do not shrink the rows further.
    assertTrue(rows <= Math.max(share - ofBlocks, share - share / 4));
    assertTrue(rows >= share - ofBlocks);
    assertTrue(4 * rows > 3 * share - 16);
  }

  /** Threads that sort share the budget: each the rows of a partition, and its blocks. */
  @Test
  void theThreadsThatSortTakeTheirShareAndNoMore() throws IOException {
    MemoryBudget memory = new MemoryBudget(1 << 20);
    for (int largestBytes : new int[] {0, 1_600, 16_000, 64_000}) {
      try (Spool rows = new Spool(folder.resolve("rows-" + largestBytes), 4)) {
        rows.append(1, ByteBuffer.allocate(largestBytes / 2));
        rows.append(0, ByteBuffer.allocate(largestBytes));
        // 64 bytes of the heap for a row of 16.
        long largest = 4L * largestBytes;
        for (int blockCount : new int[] {1, 3, 16, 60, 1 << 20}) {
          for (int wanted = 1; wanted <= 8; wanted++) {
            assertSorting(
                EntryStage.Sorting.of(memory, wanted, rows, blockCount, 4_000),
                memory,
                wanted,
                largest,
                blockCount * 4_000L);
          }
        }
      }
    }
  }

  @Test
  void aPartHasRoomForItsKeys() {
    for (long count : new long[] {0, 1, 6, 7, 8, 1L << 40}) {
      for (int parts : new int[] {1, 2, 7, 256}) {
        long each = FileStage.perPart(count, parts);
        assertTrue(parts * each >= count && parts * (each - 1) <= count, count + " " + parts);
      }
    }
  }
}
