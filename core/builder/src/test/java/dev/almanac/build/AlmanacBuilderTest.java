package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The options of a build, and what it reports. */
class AlmanacBuilderTest {
  @TempDir Path folder;

  private Path target() {
    return folder.resolve("dates.almanac");
  }

  private static void assertRefused(String message, Executable option) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, option).getMessage());
  }

  @Test
  void anOptionOutOfItsRangeIsRefused() {
    AlmanacBuilder builder = AlmanacBuilder.create();
    builder.threads(1).threads(1_024).minIds(1).maxChanges(0);
    builder.maxChangesPercent(0).maxChangesPercent(100);
    for (int threads : new int[] {0, 1_025}) {
      assertRefused(
          "the number of threads must be from 1 to 1,024: threads=" + threads,
          () -> builder.threads(threads));
    }
    assertRefused("the fewest IDs must be positive: minIds=0", () -> builder.minIds(0));
    assertRefused(
        "the limit of changes must not be negative: maxChanges=-1", () -> builder.maxChanges(-1));
    for (double percent : new double[] {-0.01, 100.01, Double.NaN}) {
      assertRefused(
          "the limit of changes must be from 0 to 100 percent: percent=" + percent,
          () -> builder.maxChangesPercent(percent));
      assertRefused(
          "the limit of bad rows must be from 0 to 100 percent: percent=" + percent,
          () -> BadRowPolicy.skip().atMostPercent(percent));
    }
    assertRefused("a build needs a date format: formats=0", builder::dateFormat);
    assertRefused(
        "the limit of bad rows must not be negative: limitCount=-1",
        () -> BadRowPolicy.skip().atMost(-1));
    assertEquals(0, BadRowPolicy.skip().atMost(0).limitCount());
    assertEquals(100, BadRowPolicy.skip().atMostPercent(100).limitPercent());
    assertThrows(IllegalStateException.class, () -> BadRowPolicy.fail().atMost(1));
    assertThrows(IllegalStateException.class, () -> BadRowPolicy.fail().atMostPercent(1));
  }

  @Test
  void aReportSaysWhatTheBuildCameTo() throws IOException {
    Path rows = folder.resolve("rows.csv");
    Files.writeString(
        rows,
        "7,2024-02-29\n7,2024-02-29\n7,2024-03-01\n8,\n9,2024-03-01\n\"10\n11\",no date\n"
            + "12,2024-03-02\n13,2024-13-01\n7,2024-03-01\n");
    Path rejects = folder.resolve("rejects");
    BuildReport report =
        AlmanacBuilder.create()
            .threads(2)
            .nullDates("")
            .onBadRow(BadRowPolicy.skip(rejects))
            .build(DelimitedRows.of(rows).delimiter(',').quoted(true), target());
    assertEquals(target(), report.path());
    assertEquals(IdKind.LONG, report.idKind());
    assertEquals(Layout.DIRECT, report.layout());
    assertEquals(9, report.rowCount());
    assertEquals(3, report.idCount());
    assertEquals(2, report.dateCount(), "2024-03-01 and 2024-03-02");
    assertEquals(2, report.duplicateCount());
    assertEquals(1, report.conflictCount());
    assertEquals(1, report.noDateCount());
    assertEquals(1, report.leftOutCount());
    assertEquals(2, report.rejectCount());
    assertEquals(
        Map.of(BadRowReason.BAD_DATE, 1L, BadRowReason.CONTROL_CHARACTER, 1L), report.rejects());
    assertEquals(3, report.rejectedLineCount());
    assertEquals(2, Files.readAllLines(rejects).size());
    assertEquals(Files.size(target()), report.fileBytes());
    assertEquals(Files.size(target()) / 3.0, report.bytesPerId());
    assertTrue(report.temporaryBytes() >= report.fileBytes());
    assertNull(report.idPattern());
    assertNull(report.changes());
    assertEquals(
        List.of("read", "sort", "plan", "create", "write", "seal", "check", "publish"),
        List.copyOf(report.phases().keySet()));
    assertEquals(
        report.elapsed(), report.phases().values().stream().reduce(Duration.ZERO, Duration::plus));
    assertEquals(
        List.of(BuildRemark.Kind.ROW_OF_SEVERAL_LINES),
        report.remarks().stream().map(BuildRemark::kind).toList());
    try (Almanac almanac = Almanac.open(target())) {
      assertEquals(almanac.edition(), report.edition());
    }
  }

  @Test
  void aReportOfAnEmptyFileDividesByNothing() throws IOException {
    BuildReport report =
        AlmanacBuilder.create().allowEmpty().build(new SplitRows(List.of(), 1), target());
    assertEquals(0, report.idCount());
    assertEquals(0.0, report.bytesPerId());
    assertEquals(Map.of(), report.rejects());
  }

  private BuildReport build(int idCount) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < idCount; i++) {
      rows.add(i + "|" + SampleRows.date(i % 3));
    }
    return AlmanacBuilder.create().threads(1).build(new SplitRows(rows, 3), target());
  }

  @Test
  void aWarningIsOfLessThanHalfOfTheIds() throws IOException {
    assertEquals(List.of(), build(8).remarks());
    assertEquals(List.of(), build(4).remarks());
    build(8);
    List<BuildRemark> remarks = build(3).remarks();
    assertEquals(
        List.of(BuildRemark.Kind.FEWER_IDS), remarks.stream().map(BuildRemark::kind).toList());
    assertEquals(3, remarks.get(0).count());
  }

  @Test
  void aRefusalOfTooFewIdsSaysWhereTheyWent() {
    List<String> rows = List.of("1|2024-02-29", "1|2024-03-01", "2|", "3|no", "4|no");
    assertEquals(
        "too few IDs to publish: ids=1 minIds=2 rows=5 badRows=2 idsWithoutDate=1, target="
            + target(),
        assertThrows(
                BuildException.class,
                () ->
                    AlmanacBuilder.create()
                        .minIds(2)
                        .nullDates("")
                        .onBadRow(BadRowPolicy.skip())
                        .build(new SplitRows(rows, 2), target()))
            .getMessage());
    assertFalse(Files.exists(target()));
  }

  @Test
  void theRejectsMustNotBeTheBase() throws IOException {
    build(3);
    byte[] base = Files.readAllBytes(target());
    assertRefused(
        "the rejects must not be the base: rejects=" + target(),
        () ->
            AlmanacBuilder.create()
                .base(target())
                .onBadRow(BadRowPolicy.skip(target()))
                .build(new SplitRows(List.of("7|2024-02-29"), 1), folder.resolve("next")));
    assertEquals(List.of("dates.almanac"), SampleRows.names(folder));
    assertEquals(base.length, Files.size(target()));
  }

  /** Each policy decides alike whichever of the threads meets a row. */
  @Test
  void aConflictNamesTheFirstSecondDate() {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rows.add(i + "|2024-02-29");
    }
    for (int i = 199; i >= 0; i--) {
      rows.add(i + "|2024-03-0" + (1 + i % 2));
    }
    for (int threads = 1; threads <= 4; threads++) {
      AlmanacBuilder builder =
          AlmanacBuilder.create().threads(threads).onDuplicate(DuplicatePolicy.FAIL);
      assertEquals(
          "an ID must not have two dates: id=199 date=2024-03-02 earlier date=2024-02-29"
              + " earlier file=rows earlier line=200, file=rows line=201",
          assertThrows(
                  RefusedRowException.class, () -> builder.build(new SplitRows(rows, 7), target()))
              .getMessage());
    }
  }

  @Test
  void aPolicyOfBadRowsIsWhatItWasMadeFrom() {
    Path rejects = folder.resolve("rejects");
    BadRowPolicy fail = BadRowPolicy.fail();
    assertFalse(fail.skips());
    assertEquals(Optional.empty(), fail.rejectsFile());
    assertEquals(0, fail.limitCount());
    assertEquals(0, fail.limitPercent());
    for (BadRowPolicy skip : List.of(BadRowPolicy.skip(), BadRowPolicy.skip(rejects))) {
      Optional<Path> file = skip.rejectsFile();
      assertEquals(10, skip.limitCount());
      assertEquals(1, skip.limitPercent());
      for (BadRowPolicy limited :
          List.of(skip, skip.atMost(3), skip.atMostPercent(0), skip.atMostPercent(3.5))) {
        assertTrue(limited.skips());
        assertEquals(file, limited.rejectsFile());
      }
      // Each limit replaces the other.
      assertEquals(3, skip.atMostPercent(7).atMost(3).limitCount());
      assertEquals(0, skip.atMostPercent(7).atMost(3).limitPercent());
      assertEquals(0, skip.atMost(3).atMostPercent(7).limitCount());
      assertEquals(7, skip.atMost(3).atMostPercent(7).limitPercent());
    }
    assertEquals(Optional.of(rejects), BadRowPolicy.skip(rejects).rejectsFile());
  }

  @Test
  void aRefusedRowSaysItsRuleAndItsPlace() {
    Set<String> rules = new HashSet<>();
    for (BadRowReason reason : BadRowReason.values()) {
      RowSource source =
          () ->
              new RowSource.Splits() {
                @Override
                public boolean next(RowSink sink) throws IOException {
                  sink.begin(0, "ledger.txt", 5, () -> "");
                  sink.bad(2, reason, "found=this", "a row");
                  sink.end(3);
                  return true;
                }

                @Override
                public void close() {}
              };
      RefusedRowException refused =
          assertThrows(
              RefusedRowException.class, () -> AlmanacBuilder.create().build(source, target()));
      assertEquals(reason.rule() + ": found=this, file=ledger.txt line=7", refused.getMessage());
      assertEquals("ledger.txt", refused.source());
      assertEquals(7, refused.line());
      assertTrue(reason.rule().matches("an? .+ (must|has) .+"), reason::rule);
      rules.add(reason.rule());
    }
    assertEquals(BadRowReason.values().length, rules.size(), "each rule is another");
  }

  @Test
  void changesAreAddedUp() {
    BaseChanges some = new BaseChanges(1, 20, 300);
    assertEquals(321, some.count());
    assertEquals(some, some.plus(BaseChanges.NONE));
    assertEquals(
        new BaseChanges(4_001, 50_020, 600_300),
        some.plus(new BaseChanges(4_000, 50_000, 600_000)));
  }

  @Test
  void aRemarkIsItsSentenceAndAWarningIfTheFileMayBeWrong() {
    for (BuildRemark.Kind kind : BuildRemark.Kind.values()) {
      BuildRemark remark = new BuildRemark(kind, 3, "three rows");
      assertEquals("three rows", remark.toString());
      boolean warning =
          switch (kind) {
            case TEXT_AMONG_NUMBERS, FEWER_IDS -> true;
            default -> false;
          };
      assertEquals(warning, remark.isWarning(), kind::name);
    }
  }

  @Test
  void aReportOfNumberedTextsHasWhatTheyLookLike() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 100; i < 400; i++) {
      rows.add("INV-" + i + "|" + SampleRows.date(i % 3));
    }
    BuildReport report = AlmanacBuilder.create().build(new SplitRows(rows, 100), target());
    assertEquals("INV-[1-3][0-9]{2}", report.idPattern());
    assertEquals(IdKind.TEXT, report.idKind());
  }
}
