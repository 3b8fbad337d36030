package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entries of a file as rows. */
class AlmanacRowsTest {
  /** Of which a split has at most this many, about. */
  private static final int IDS_PER_SPLIT = 1 << 16;

  @TempDir Path folder;

  private final Map<String, String> dates = new TreeMap<>();

  /** An almanac of this many IDs, numbers or texts, with gaps between them. */
  private Almanac almanac(IdKind kind, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String id = (kind == IdKind.TEXT ? "order " : "") + (3L * i - 50);
      dates.put(id, SampleRows.date(i % 300));
    }
    Path file = folder.resolve("sample.almanac");
    AlmanacBuilder.create()
        .ids(kind)
        .build(
            RowSource.of(
                () ->
                    dates.entrySet().stream()
                        .map(e -> new RowSource.Row(e.getKey(), e.getValue()))),
            file);
    return Almanac.open(file);
  }

  private static Map<String, String> withoutLines(RecordedRows recorded, Path file) {
    Map<String, String> found = new TreeMap<>();
    for (int i = 0; i < recorded.rows.size(); i++) {
      String at = file + ":" + (i + 1) + " ";
      String row = recorded.rows.get(i);
      assertTrue(row.startsWith(at), row);
      String id = row.substring(at.length(), row.indexOf('='));
      String date = row.substring(row.indexOf('=') + 1);
      assertEquals(null, found.put(id.startsWith("#") ? id.substring(1) : id, date));
    }
    return found;
  }

  private void assertAllRows(IdKind kind, int count, int threads) throws IOException {
    try (Almanac almanac = almanac(kind, count)) {
      RowSource rows = RowSource.of(almanac);
      for (int pass = 1; pass <= 2; pass++) {
        try (RowSource.Splits splits = rows.open()) {
          assertEquals(0, splits.done());
          assertEquals(count, splits.estimatedRowCount());
          RecordedRows recorded = RecordedRows.of(splits, threads);
          assertEquals(dates, withoutLines(recorded, almanac.path()));
          assertEquals(kind == IdKind.LONG ? count : 0, recorded.numericIds.size());
          assertEquals(count / IDS_PER_SPLIT + 1, recorded.splitCount);
          // In bytes, as texts would have them, about.
          assertEquals(32L * count, splits.total());
          assertEquals(splits.total(), splits.done());
          assertEquals(List.of(), splits.remarks());
        }
      }
      assertEquals(count, almanac.size()); // Still open.
    }
  }

  @Test
  void everyEntryIsARow() throws IOException {
    assertAllRows(IdKind.LONG, 100, 1);
    dates.clear();
    assertAllRows(IdKind.TEXT, 100, 1);
  }

  @Test
  void manyEntriesComeInSplits() throws IOException {
    assertAllRows(IdKind.LONG, IDS_PER_SPLIT, 2);
  }

  /** Calls back for each row. */
  private interface OnRow {
    void accept(Supplier<String> row) throws IOException;
  }

  private record Rows(OnRow onRow, List<Supplier<String>> begun) implements RowSink {
    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> row) {
      begun.add(row);
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo)
        throws IOException {
      onRow.accept(begun.get(0));
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) throws IOException {
      onRow.accept(begun.get(0));
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String row) {
      throw new AssertionError(found);
    }

    @Override
    public void end(long lineCount) {}
  }

  private static Rows rows(OnRow onRow) {
    return new Rows(onRow, new ArrayList<>());
  }

  @Test
  void aRowThatIsRefusedIsShownAsItWouldBeWritten() throws IOException {
    for (IdKind kind : new IdKind[] {IdKind.LONG, IdKind.TEXT}) {
      dates.clear();
      try (Almanac almanac = almanac(kind, 60);
          RowSource.Splits splits = RowSource.of(almanac).open()) {
        Map<String, String> shown = new TreeMap<>();
        Rows sink =
            rows(
                row -> {
                  String[] fields = row.get().split("\\|", -1);
                  assertEquals(2, fields.length);
                  shown.put(fields[0], fields[1]);
                });
        while (splits.next(sink)) {}
        assertEquals(dates, shown);
      }
    }
  }

  @Test
  void whatTheSinkThrowsComesThrough() throws IOException {
    for (IdKind kind : new IdKind[] {IdKind.LONG, IdKind.TEXT}) {
      dates.clear();
      IOException failure = new IOException("no space");
      try (Almanac almanac = almanac(kind, 5);
          RowSource.Splits splits = RowSource.of(almanac).open()) {
        Rows sink =
            rows(
                row -> {
                  throw failure;
                });
        assertSame(failure, assertThrows(IOException.class, () -> splits.next(sink)));
      }
    }
  }

  @Test
  void anInterruptEndsTheReading() throws IOException {
    try (Almanac almanac = almanac(IdKind.LONG, 5);
        RowSource.Splits splits = RowSource.of(almanac).open()) {
      Rows sink = rows(row -> {});
      Thread.currentThread().interrupt();
      assertThrows(InterruptedIOException.class, () -> splits.next(sink));
      assertTrue(Thread.interrupted());
      assertEquals(List.of(), sink.begun);
    }
  }

  @Test
  void thereIsNothingAfterTheLastSplit() throws IOException {
    try (Almanac almanac = almanac(IdKind.LONG, 5);
        RowSource.Splits splits = RowSource.of(almanac).open()) {
      Rows sink = rows(row -> {});
      assertTrue(splits.next(sink));
      assertFalse(splits.next(sink));
      assertFalse(splits.next(sink));
    }
    assertThrows(NullPointerException.class, () -> RowSource.of((Almanac) null));
  }
}
