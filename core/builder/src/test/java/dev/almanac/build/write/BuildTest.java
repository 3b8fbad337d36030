package dev.almanac.build.write;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.PageOracle;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildException;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import dev.almanac.build.SplitRows;
import dev.almanac.build.choice.DateRules;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.workspace.Phases;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole builds, and what stops one. */
class BuildTest {
  @TempDir Path folder;

  private Path target() {
    return folder.resolve("dates.almanac");
  }

  private static RowSource rows(String... lines) {
    return new SplitRows(List.of(lines), 1);
  }

  private static List<String> lines(SampleRows rows) {
    List<String> lines = new ArrayList<>();
    rows.dateById().forEach((id, date) -> lines.add(id + "|" + date));
    return lines;
  }

  private static BuildReport build(AlmanacBuilder builder, SampleRows rows, Path target)
      throws IOException {
    return builder.threads(2).build(new SplitRows(lines(rows), 100), target);
  }

  private void assertNoTarget(String message, Path target) {
    AlmanacBuilder builder = AlmanacBuilder.create();
    RowSource source =
        () -> {
          throw new AssertionError("no source is opened");
        };
    IOException refused = assertThrows(IOException.class, () -> builder.build(source, target));
    assertTrue(refused.getMessage().endsWith(message + target), refused.getMessage());
  }

  @Test
  void whatCannotBeAFileIsNoTarget() throws IOException {
    assertNoTarget("the target must be a file: target=", Path.of("/"));
    assertNoTarget("the target must be a file, not a directory: target=", folder);
    Path inMissing = folder.resolve("missing").resolve("a");
    assertNoTarget("the target's folder must exist: target=", inMissing);
    assertThrows(NoSuchFileException.class, () -> AlmanacBuilder.create().build(rows(), inMissing));
    assertNoTarget(
        "the target's folder must exist: target=",
        Files.writeString(folder.resolve("file"), "").resolve("a"));
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertNoTarget("the target must be a regular file: target=", socket);
    }
  }

  /** Files of each layout that were just built answer as a map does. */
  private enum Ids {
    DENSE(Layout.DIRECT, SampleRows.dense(-500, 3_000, 40)),
    SPARSE(Layout.HASHED, SampleRows.sparse(2_000, 40)),
    CLUSTERS(Layout.BLOCKS, runs(800)),
    NUMBERS(Layout.ENTRIES, SampleRows.sparse(500, 40)),
    ORDERS(Layout.HASHED, SampleRows.orders(600, 40)),
    UUIDS(Layout.HASHED, SampleRows.uuids(400, 40)),
    TEXTS(Layout.ENTRIES, SampleRows.texts(300, 40));

    private final Layout layout;
    private final SampleRows rows;

    Ids(Layout layout, SampleRows rows) {
      this.layout = layout;
      this.rows = rows;
    }

    /** Runs of 16 numbers. With many runs, some blocks are not in their home. */
    private static SampleRows runs(int count) {
      SplittableRandom random = new SplittableRandom(9);
      SampleRows rows = new SampleRows();
      for (int run = 0; run < count; run++) {
        long first = random.nextLong(1L << 36) << 4;
        for (int i = 0; i < 16; i++) {
          rows.add(first + i, SampleRows.date(random.nextInt(300)));
        }
      }
      return rows;
    }

    AlmanacBuilder builder() {
      return AlmanacBuilder.create().layout(layout == Layout.ENTRIES ? layout : Layout.AUTO);
    }
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void aFileAnswersAsAMapOfItsRows(Ids ids) throws IOException {
    BuildReport report = build(ids.builder(), ids.rows, target());
    assertEquals(ids.layout, report.layout());
    assertEquals(ids.rows.dateById().size(), report.idCount());
    Footer footer = PageOracle.footer(target());
    assertEquals(report.edition(), footer.edition());
    assertEquals(report.fileBytes(), Files.size(target()));
    // The store is there when it is copied, and before that beside the entries.
    assertTrue(
        report.temporaryBytes() >= report.fileBytes() + footer.geometry().storeBytes(),
        report.toString());
    assertEquals(List.of(), Almanac.verify(target()).damages());
    try (Almanac almanac = Almanac.open(target())) {
      ids.rows.assertAnsweredBy(almanac);
    }
    assertEquals(List.of("dates.almanac"), SampleRows.names(folder), "nothing is left behind");
    assertFooter(ids, footer);
  }

  /** The range of numbers, and of narrow texts that of their keys. */
  private static void assertFooter(Ids ids, Footer footer) {
    Set<String> names = ids.rows.dateById().keySet();
    if (footer.idKind() == IdKind.LONG) {
      long[] numbers = names.stream().mapToLong(Long::parseLong).sorted().toArray();
      assertEquals(numbers[0], footer.lowestId());
      assertEquals(numbers[numbers.length - 1], footer.highestId());
      assertEquals(8, footer.longestIdBytes());
    } else {
      assertEquals(ids == Ids.ORDERS, footer.lowestId() < footer.highestId());
      assertEquals(ids == Ids.TEXTS, footer.shapeBytes() == 0);
      assertEquals(
          names.stream().mapToInt(String::length).max().orElse(0), footer.longestIdBytes());
    }
    assertEquals(names.size(), footer.idCount());
    assertEquals(ids.rows.dateById().values().stream().distinct().count(), footer.dateCount());
  }

  /** The rows of an edition, and then some that change it: the bytes of a build of all rows. */
  @ParameterizedTest
  @EnumSource(names = {"SPARSE", "CLUSTERS", "TEXTS"})
  void changesOfABaseGiveTheBytesOfAllRows(Ids ids) throws IOException {
    build(ids.builder(), ids.rows, target());
    Map<String, String> map = new TreeMap<>(ids.rows.dateById());
    SampleRows changes = new SampleRows();
    String[] names = map.keySet().toArray(String[]::new);
    for (int i = 0; i < names.length; i += 40) {
      changes.add(names[i], map.get(names[(i + 7) % names.length]));
    }
    SampleRows all = new SampleRows();
    map.forEach(all::add);
    changes.dateById().forEach(all::add);
    Path whole = folder.resolve("whole");
    build(ids.builder(), all, whole);
    Path changed = folder.resolve("changed");
    BuildReport report = build(ids.builder().base(target()), changes, changed);
    assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(changed));
    long changedCount =
        changes.dateById().entrySet().stream()
            .filter(entry -> !entry.getValue().equals(map.get(entry.getKey())))
            .count();
    assertEquals(changedCount, Objects.requireNonNull(report.changes()).changedCount());
    assertTrue(report.temporaryBytes() >= report.fileBytes());
  }

  private static void assertSeed(Path target, SampleRows rows, boolean first) throws IOException {
    Footer footer = PageOracle.footer(target);
    assertEquals(Layout.HASHED, footer.pages().layout());
    assertEquals(first, footer.pages().seed() == 0);
    try (Almanac almanac = Almanac.open(target)) {
      rows.assertAnsweredBy(almanac);
    }
  }

  /** Keys that were chosen so that they meet in one bucket do not under another seed. */
  @Test
  void keysOfOneBucketTakeAnotherSeed() throws IOException {
    int count = 400;
    PagePlan plan =
        Objects.requireNonNull(PagePlan.of(Layout.AUTO, count, Long.MIN_VALUE, Long.MAX_VALUE, 1));
    HashedPages pages = new HashedPages(plan.pages(), plan.pageCount());
    int fit = 7 * pages.slotCount;
    for (boolean first : new boolean[] {true, false}) {
      SampleRows rows = new SampleRows();
      rows.add(Long.MIN_VALUE, SampleRows.date(0)).add(Long.MAX_VALUE, SampleRows.date(0));
      for (int i = 0; i < (first ? fit - pages.slotCount : fit + 1); i++) {
        rows.add(Long.MIN_VALUE + pages.unmix(pages.firstMixed(3) + i, 0), SampleRows.date(0));
      }
      SampleRows others = SampleRows.sparse(count - rows.rowCount(), 1);
      others.dateById().keySet().forEach(id -> rows.add(id, SampleRows.date(0)));
      build(AlmanacBuilder.create(), rows, target());
      assertSeed(target(), rows, first);
    }
  }

  /** A source that counts as done, and fails when it is closed. */
  private static RowSource source(
      RowSource rows, List<String> remarks, boolean failsAtClose, boolean interrupts) {
    return () -> {
      RowSource.Splits splits = rows.open();
      return new RowSource.Splits() {
        @Override
        public boolean next(RowSink sink) throws IOException {
          if (interrupts) {
            Thread.currentThread().interrupt();
          }
          return splits.next(sink);
        }

        @Override
        public List<String> remarks() {
          return remarks;
        }

        @Override
        public void close() throws IOException {
          splits.close();
          if (failsAtClose) {
            throw new IOException("the source cannot be closed");
          }
        }
      };
    };
  }

  /** The file is in place and durable then, and saying otherwise would be wrong. */
  @Test
  void aBuildThatOnlyFailsToCloseItsSourceHasPublished() throws IOException {
    RowSource failing = source(rows("1|2024-02-29"), List.of(), true, false);
    BuildReport report = AlmanacBuilder.create().threads(1).build(failing, target());
    assertEquals(1, report.idCount());
    try (Almanac almanac = Almanac.open(target())) {
      assertEquals(report.edition(), almanac.edition());
    }
    RowSource bad = source(rows("1|no"), List.of(), true, false);
    IOException refused =
        assertThrows(
            IOException.class, () -> AlmanacBuilder.create().threads(1).build(bad, target()));
    assertTrue(refused.getMessage().startsWith("a date must"), refused.getMessage());
  }

  @Test
  void whatASourceRemarksIsInTheReport() throws IOException {
    BuildReport report =
        AlmanacBuilder.create()
            .threads(1)
            .build(source(rows("1|2024-02-29"), List.of("one", "two"), false, false), target());
    assertEquals(List.of("one", "two"), report.remarks().stream().map(BuildRemark::text).toList());
    assertEquals(
        List.of(BuildRemark.Kind.SOURCE, BuildRemark.Kind.SOURCE),
        report.remarks().stream().map(BuildRemark::kind).toList());
    assertEquals(List.of(1L, 1L), report.remarks().stream().map(BuildRemark::count).toList());
  }

  /** Rows that are good, those of a numeric base among them. */
  @Test
  void aRemarkSaysOfHowManyRows() throws IOException {
    List<String> lines =
        List.of("1|2024-02-29", "2|2024-02-29", "x|2024-02-29", "3|no", "4|no", "5|2024-02-29");
    BuildReport report =
        AlmanacBuilder.create()
            .threads(2)
            .onBadRow(BadRowPolicy.skip())
            .build(new SplitRows(lines, 2), target());
    assertRemark("1 of 4 rows has ", report);
    Path base = folder.resolve("base");
    build(AlmanacBuilder.create(), SampleRows.dense(0, 30, 2), base);
    RowSource rows = rows("1|2024-02-29", "x|2024-02-29");
    assertRemark(
        "1 of 32 rows has ", AlmanacBuilder.create().base(base).threads(1).build(rows, target()));
    Path texts = folder.resolve("texts");
    build(AlmanacBuilder.create().ids(IdKind.TEXT), SampleRows.dense(0, 30, 2), texts);
    assertRemark(
        "1 of 2 rows has ", AlmanacBuilder.create().base(texts).threads(1).build(rows, target()));
  }

  private static void assertRemark(String start, BuildReport report) {
    assertTrue(
        report.remarks().stream()
            .anyMatch(
                remark ->
                    remark.kind() == BuildRemark.Kind.TEXT_AMONG_NUMBERS
                        && remark.text().startsWith(start)),
        report.remarks().toString());
  }

  @Test
  void aThreadThatIsInterruptedStopsItsBuild() {
    RowSource source = source(rows("1|2024-02-29", "2|2024-02-29"), List.of(), false, true);
    InterruptedIOException stopped =
        assertThrows(
            InterruptedIOException.class,
            () -> AlmanacBuilder.create().threads(1).build(source, target()));
    assertEquals("the build was interrupted", stopped.getMessage());
    assertTrue(Files.notExists(target()));
  }

  @Test
  void aFewTextsUnlikeAllOthersAreRemarked() throws IOException {
    SampleRows rows = SampleRows.uuids(1_100, 20);
    rows.add("#".repeat(36), SampleRows.date(1));
    BuildReport report = build(AlmanacBuilder.create(), rows, target());
    assertEquals(Layout.ENTRIES, report.layout());
    assertEquals(
        List.of(BuildRemark.Kind.ID_UNLIKE_OTHERS),
        report.remarks().stream().map(BuildRemark::kind).toList());
    BuildReport asked = build(AlmanacBuilder.create().layout(Layout.ENTRIES), rows, target());
    assertEquals(List.of(), asked.remarks());
  }

  /** Two are added, two removed and one changed, of the ten of the file that is replaced. */
  @Test
  void moreChangesThanAllowedReplaceNothing() throws IOException {
    SampleRows old = SampleRows.dense(0, 10, 1);
    SampleRows next = SampleRows.dense(2, 10, 1).add(5, SampleRows.date(1));
    build(AlmanacBuilder.create().maxChanges(0), old, target());
    byte[] before = Files.readAllBytes(target());
    for (AlmanacBuilder refusing :
        List.of(
            AlmanacBuilder.create().maxChanges(4),
            AlmanacBuilder.create().maxChangesPercent(49.9))) {
      assertThrows(BuildException.class, () -> build(refusing, next, target()));
      assertArrayEquals(before, Files.readAllBytes(target()));
    }
    build(AlmanacBuilder.create().maxChangesPercent(50), next, target());
    build(AlmanacBuilder.create(), old, target());
    build(AlmanacBuilder.create().maxChanges(5), next, target());
    SampleRows more = new SampleRows().add(99, SampleRows.date(0));
    Path other = folder.resolve("other");
    assertThrows(
        BuildException.class,
        () -> build(AlmanacBuilder.create().base(target()).maxChanges(0), more, other));
    assertTrue(Files.notExists(other));
    // With a base, the file that is replaced does not count.
    build(AlmanacBuilder.create(), old, other);
    build(AlmanacBuilder.create().base(target()).maxChanges(1), more, other);
  }

  /** Pages of a base are changed on their way to the new file: no store is made. */
  @Test
  void aFewChangesAreMadeInAPassOfTheBase() throws IOException {
    build(AlmanacBuilder.create(), Ids.SPARSE.rows, target());
    SampleRows changes = new SampleRows().add(5, SampleRows.date(3));
    BuildReport report =
        build(AlmanacBuilder.create().base(target()), changes, folder.resolve("next"));
    assertEquals(
        List.of("read", "merge", "plan", "seal", "check", "publish"),
        List.copyOf(report.phases().keySet()));
    assertTrue(report.temporaryBytes() >= report.fileBytes());
    assertTrue(report.temporaryBytes() < 2 * report.fileBytes(), report.toString());
    assertEquals(Ids.SPARSE.rows.dateById().size() + 1, report.idCount());
  }

  /** A byte that no lookup reads, and a code that stays one: the checksums alone know. */
  @Test
  void aDamagedBaseIsRefused() throws IOException {
    build(AlmanacBuilder.create(), Ids.DENSE.rows, target());
    Footer footer = PageOracle.footer(target());
    Files.setPosixFilePermissions(target(), PosixFilePermissions.fromString("rw-------"));
    try (FileChannel file = FileChannel.open(target(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1}), footer.geometry().countersOffset() + 300);
    }
    Path next = folder.resolve("next");
    SampleRows changes = new SampleRows().add(5, SampleRows.date(3));
    assertThrows(
        CorruptAlmanacException.class,
        () -> build(AlmanacBuilder.create().base(target()), changes, next));
    assertTrue(Files.notExists(next));
  }

  /** It has no numbers, and so no lowest and no highest. */
  @Test
  void anEmptyFileSaysZeros() throws IOException {
    for (Layout layout : List.of(Layout.AUTO, Layout.ENTRIES)) {
      build(AlmanacBuilder.create().allowEmpty().layout(layout), new SampleRows(), target());
      Footer footer = PageOracle.footer(target());
      assertEquals(0, footer.lowestId());
      assertEquals(0, footer.highestId());
      assertEquals(0, footer.idCount());
    }
  }

  /** Rows of 16 bytes, and keys of 12, of which there are fewer: both are there at a time. */
  @Test
  void temporaryBytesAreThoseOfRowsAndKeys() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      lines.add(i % 1_000 + "|2024-02-29");
    }
    BuildReport report =
        AlmanacBuilder.create().threads(2).build(new SplitRows(lines, 1_000), target());
    assertTrue(report.temporaryBytes() >= 20_000 * 16 + 1_000 * 12, report.toString());
  }

  /** A source of {@code rowCount} rows that says how many it has. */
  private long temporaryBytes(int rowCount, long estimatedRowCount) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < rowCount; i++) {
      lines.add(i % 1_000 * 1_000_003L + "|2024-02-29");
    }
    RowSource.Splits splits = new SplitRows(lines, 1_000).open();
    RowSource source =
        () ->
            new RowSource.Splits() {
              @Override
              public boolean next(RowSink sink) throws IOException {
                return splits.next(sink);
              }

              @Override
              public long estimatedRowCount() {
                return estimatedRowCount;
              }

              @Override
              public void close() throws IOException {
                splits.close();
              }
            };
    return AlmanacBuilder.create().threads(1).build(source, target()).temporaryBytes();
  }

  /** Each partition has a block or more, and each block 16 bytes before its rows. */
  @Test
  void fewRowsHaveFewPartitions() throws IOException {
    long few = temporaryBytes(20_000, 20_000);
    assertEquals(few, temporaryBytes(20_000, 0));
    // Of 512 partitions, a thousand IDs reach more than 300.
    assertTrue(temporaryBytes(20_000, -1) > few + 16 * (300 - 3 * 16));
    assertTrue(temporaryBytes(20_000, 1L << 40) > few + 16 * (300 - 3 * 16));
  }

  @Test
  void aSplitThatIsNotEndedIsRefused() {
    RowSource source =
        () ->
            new RowSource.Splits() {
              @Override
              public boolean next(RowSink sink) throws IOException {
                byte[] row = "1|2024-02-29".getBytes(US_ASCII);
                sink.begin(0, "rows", 1, () -> "");
                sink.row(0, row, 0, 1, 2, row.length);
                return false;
              }

              @Override
              public void close() {}
            };
    assertThrows(
        IllegalStateException.class,
        () -> AlmanacBuilder.create().threads(1).build(source, target()));
    assertTrue(Files.notExists(target()));
  }

  /** A thread that fails waits for the split of another, in which a row comes before. */
  @Test
  void aBadRowIsReportedThoughALaterSplitFailsFirst() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger next = new AtomicInteger();
    RowSource source =
        () ->
            new RowSource.Splits() {
              @Override
              public boolean next(RowSink sink) throws IOException {
                int split = next.getAndIncrement();
                if (split == 1) {
                  failed.countDown();
                  throw new IOException("a later split fails");
                }
                try {
                  failed.await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
                byte[] row = "1|no".getBytes(US_ASCII);
                sink.begin(split, "rows", 1, () -> "");
                sink.row(0, row, 0, 1, 2, row.length);
                sink.end(1);
                return true;
              }

              @Override
              public void close() {}
            };
    assertThrows(
        RefusedRowException.class,
        () -> AlmanacBuilder.create().threads(2).build(source, target()));
  }

  /** The refusal is what is thrown; that its rejects are not listed is said with it. */
  @Test
  void rejectsThatCannotBeListedDoNotHideTheRefusal() throws IOException {
    Path rejects = folder.resolve("rejects");
    RowSource.Splits splits = rows("1|no").open();
    RowSource source =
        () ->
            new RowSource.Splits() {
              @Override
              public boolean next(RowSink sink) throws IOException {
                Files.createDirectories(rejects.resolve("in the way"));
                return splits.next(sink);
              }

              @Override
              public void close() throws IOException {
                splits.close();
              }
            };
    BuildException refused =
        assertThrows(
            BuildException.class,
            () ->
                AlmanacBuilder.create()
                    .threads(1)
                    .onBadRow(BadRowPolicy.skip(rejects))
                    .build(source, target()));
    assertEquals(1, refused.getSuppressed().length);
  }

  /** A source that says how far it is, in splits, and how many rows it has. */
  private static final class TellingRows implements RowSource {
    private final List<String> lines;
    private final long unit;
    private final long total;
    private final long estimatedRowCount;

    /**
     * @param unit what it says of a split
     */
    TellingRows(List<String> lines, long unit, long total, long estimatedRowCount) {
      this.lines = lines;
      this.unit = unit;
      this.total = total;
      this.estimatedRowCount = estimatedRowCount;
    }

    @Override
    public Splits open() throws IOException {
      Splits splits = new SplitRows(lines, 1_000).open();
      return new Splits() {
        private long done;

        @Override
        public boolean next(RowSink sink) throws IOException {
          boolean more = splits.next(sink);
          done += more ? unit : 0;
          return more;
        }

        @Override
        public long done() {
          return done;
        }

        @Override
        public long total() {
          return total;
        }

        @Override
        public long estimatedRowCount() {
          return estimatedRowCount;
        }

        @Override
        public void close() throws IOException {
          splits.close();
        }
      };
    }
  }

  /** What a build of one thread tells, and which files it had then. */
  private final class Told {
    final List<String> parts = new ArrayList<>();
    final Set<String> phasesWithRows = new TreeSet<>();

    BuildReport build(RowSource rows, Layout layout, @Nullable Path base) throws IOException {
      return Build.run(
          new BuildOptions(
              base,
              null,
              DuplicatePolicy.LAST,
              BadRowPolicy.fail(),
              IdKind.AUTO,
              DateRules.DEFAULT,
              0,
              layout,
              1,
              1L << 28,
              null,
              null),
          rows,
          target(),
          new Phases(this::add, 0));
    }

    private void add(String phase, long done, long total) {
      parts.add(phase + " " + done + "/" + total);
      try (Stream<Path> folders = Files.list(folder)) {
        if (folders.anyMatch(workspace -> Files.exists(workspace.resolve("rows")))) {
          phasesWithRows.add(phase);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static List<String> parts(String phase, int total) {
    return IntStream.rangeClosed(1, total).mapToObj(i -> phase + " " + i + "/" + total).toList();
  }

  /** Every part once; the rows are gone when the file is written. */
  @ParameterizedTest
  @EnumSource(names = {"AUTO", "ENTRIES"})
  void eachPhaseTellsItsPartsUpToTheWhole(Layout layout) throws IOException {
    Told told = new Told();
    told.build(new TellingRows(lines(Ids.SPARSE.rows), 5, 10, 2_000), layout, null);
    List<String> expected = new ArrayList<>(List.of("read 5/10", "read 10/10", "read 10/10"));
    expected.addAll(parts("sort", 32));
    expected.addAll(parts("write", 1));
    assertEquals(expected, told.parts);
    assertEquals(Set.of("read", "sort"), told.phasesWithRows);
  }

  /** One for 2^15 rows and entries of the base, a power of two, of numbers and of texts each. */
  @Test
  void theBaseCountsForThePartitions() throws IOException {
    Path base = folder.resolve("base");
    build(AlmanacBuilder.create(), SampleRows.dense(0, 1_000, 5), base);
    List<String> lines = lines(SampleRows.dense(0, 500, 3));
    for (int few : new int[] {0, 1}) {
      Told told = new Told();
      told.build(new TellingRows(lines, 1, 1, (32 << 15) - 1_000 - few), Layout.AUTO, base);
      assertEquals(
          parts("sort", few == 1 ? 2 * 16 : 2 * 32),
          told.parts.stream().filter(part -> part.startsWith("sort")).toList());
    }
  }

  /** Of 2^62 bytes, 2^25 give a block of rows: the others take petabytes. */
  @Test
  void rowsThatWillNotFitAreRefusedEarly() {
    List<String> lines = Collections.nCopies(3_000, "1|2024-02-29");
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                new Told()
                    .build(new TellingRows(lines, 1 << 24, 1L << 62, 3_000), Layout.AUTO, null));
    assertTrue(
        refused.getMessage().startsWith("the rows of a build must fit its temporary folder"),
        refused.getMessage());
    assertTrue(Files.notExists(target()));
  }
}
