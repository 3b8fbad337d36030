package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeterminismTest {
  @TempDir Path folder;

  private enum Kind {
    SPARSE(SampleRows.sparse(60_000, 500)),
    DENSE(SampleRows.dense(-20_000, 40_000, 500)),
    DENSE_AND_SPARSE(denseAndSparse()),
    TEXT(SampleRows.texts(25_000, 500)),
    MIXED(mixed()),
    FEW(SampleRows.sparse(5, 3));

    private final SampleRows rows;

    Kind(SampleRows rows) {
      this.rows = rows;
    }

    private static SampleRows denseAndSparse() {
      SampleRows rows = SampleRows.dense(0, 30_000, 500);
      SampleRows.sparse(4_000, 500).dateById().forEach(rows::add);
      return rows;
    }

    private static SampleRows mixed() {
      return SampleRows.dense(0, 30_000, 500).add("not a number", SampleRows.date(7));
    }
  }

  private void assertSame(Path expected, AlmanacBuilder builder, RowSource rows, String how)
      throws IOException {
    Path target = folder.resolve("other.almanac");
    builder.build(rows, target);
    assertEquals(-1, Files.mismatch(expected, target), how);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theSameRowsGiveTheSameBytes(Kind kind) throws IOException {
    Path rowsFile = kind.rows.write(folder.resolve("rows.txt"));
    Path expected = folder.resolve("expected.almanac");
    AlmanacBuilder.create().threads(1).build(DelimitedRows.of(rowsFile), expected);

    for (int threads = 1; threads <= 3; threads++) {
      if (threads > 1) {
        assertSame(
            expected,
            AlmanacBuilder.create().threads(threads),
            DelimitedRows.of(rowsFile),
            "threads=" + threads);
      }
      Path shuffled = kind.rows.shuffled(threads).write(folder.resolve("shuffled.txt"));
      assertSame(
          expected,
          AlmanacBuilder.create().threads(threads),
          DelimitedRows.of(shuffled),
          "shuffled, threads=" + threads);
    }
    assertSame(
        expected,
        AlmanacBuilder.create(),
        DelimitedRows.of(kind.rows.write(folder, 5)),
        "several files");
    // A source of unknown length is partitioned differently, and its splits are small.
    assertSame(
        expected,
        AlmanacBuilder.create(),
        DelimitedRows.of(new ByteArrayInputStream(Files.readAllBytes(rowsFile)), "stream"),
        "stream");
    List<RowSource.Row> list = new ArrayList<>();
    kind.rows.dateById().forEach((id, date) -> list.add(new RowSource.Row(id, date)));
    assertSame(expected, AlmanacBuilder.create(), RowSource.of(list.iterator()), "iterator");
    List<Path> thrice = List.of(rowsFile, rowsFile, rowsFile);
    assertSame(
        expected, AlmanacBuilder.create(), DelimitedRows.of(thrice), "every row three times");
    assertSame(
        expected,
        AlmanacBuilder.create()
            .temporaryDirectory(Files.createDirectory(folder.resolve("temporary"))),
        DelimitedRows.of(rowsFile),
        "another temporary folder");
  }

  @Test
  void aKindThatIsAskedForGivesTheBytesOfTheOneThatIsFound() throws IOException {
    Path numbers = SampleRows.sparse(3_000, 50).write(folder.resolve("numbers.txt"));
    Path expected = folder.resolve("expected.almanac");
    AlmanacBuilder.create().build(DelimitedRows.of(numbers), expected);
    assertSame(
        expected, AlmanacBuilder.create().ids(IdKind.LONG), DelimitedRows.of(numbers), "LONG");
    Path texts =
        SampleRows.dense(0, 3_000, 50)
            .add("x", SampleRows.date(1))
            .write(folder.resolve("texts.txt"));
    AlmanacBuilder.create().build(DelimitedRows.of(texts), expected);
    assertSame(expected, AlmanacBuilder.create().ids(IdKind.TEXT), DelimitedRows.of(texts), "TEXT");
  }

  /** Pages that cannot hold as many IDs as there are rows may hold the IDs that there are. */
  @Test
  void rowsOfTheSameIdsDoNotChooseTheLayout() throws IOException {
    SampleRows rows = new SampleRows().add(60, SampleRows.date(1)).add(57, SampleRows.date(2));
    Path once = rows.write(folder.resolve("once.txt"));
    Path expected = folder.resolve("expected.almanac");
    BuildReport report =
        AlmanacBuilder.create().layout(Layout.HASHED).build(DelimitedRows.of(once), expected);
    assertEquals(Layout.HASHED, report.layout());
    assertSame(
        expected,
        AlmanacBuilder.create().layout(Layout.HASHED),
        DelimitedRows.of(Collections.nCopies(30, once)),
        "every row thirty times");
  }

  @Test
  void theLayoutThatIsFoundIsAsGoodAsTheSmallest() throws IOException {
    Map<String, SampleRows> kinds =
        Map.of(
            "dense",
            SampleRows.dense(0, 20_000, 50),
            "sparse",
            SampleRows.sparse(12_000, 50),
            "both",
            Kind.DENSE_AND_SPARSE.rows);
    for (Map.Entry<String, SampleRows> each : kinds.entrySet()) {
      Path rows = each.getValue().write(folder.resolve("rows.txt"));
      BuildReport chosen =
          AlmanacBuilder.create().build(DelimitedRows.of(rows), folder.resolve("chosen.almanac"));
      for (Layout layout : Layout.values()) {
        BuildReport forced =
            AlmanacBuilder.create()
                .layout(layout)
                .build(DelimitedRows.of(rows), folder.resolve("forced.almanac"));
        assertTrue(
            chosen.fileBytes() <= forced.fileBytes(),
            () -> each.getKey() + " layout=" + layout + " chosen=" + chosen.layout());
      }
    }
  }

  @Test
  void otherRowsGiveAnotherEdition() throws IOException {
    assertNotEquals(edition("2024-01-01", "2024-01-02"), edition("2024-01-02", "2024-01-01"));
  }

  private String edition(String dateOf1, String dateOf2) throws IOException {
    Path rows = new SampleRows().add(1, dateOf1).add(2, dateOf2).write(folder.resolve("two.txt"));
    return AlmanacBuilder.create()
        .build(DelimitedRows.of(rows), folder.resolve("two.almanac"))
        .edition();
  }
}
