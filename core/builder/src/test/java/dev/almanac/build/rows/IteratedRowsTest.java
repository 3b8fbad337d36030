package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.RowSource;
import dev.almanac.build.RowSource.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class IteratedRowsTest {
  @Test
  void rowsComeWithTheirNumberAsTheLine() throws IOException {
    List<Row> rows =
        List.of(
            new Row("7", "2024-02-29"), new Row("", ""), new Row("\u00e9\ud83d\ude00", "\u4e2d"));
    RecordedRows recorded = RecordedRows.of(RowSource.of(rows.iterator()), 1);
    assertEquals(
        List.of("rows:1 7=2024-02-29", "rows:2 =", "rows:3 \u00e9\ud83d\ude00=\u4e2d"),
        recorded.rows);
    assertEquals(List.of("rows=3"), recorded.lineCounts);
  }

  @Test
  void aRowWithoutIdOrDateIsBad() throws IOException {
    List<Row> rows =
        Arrays.asList(
            new Row(null, "d"), new Row("7", null), null, new Row(null, null), new Row("8", "d"));
    RecordedRows recorded = RecordedRows.of(RowSource.of(rows.iterator()), 1);
    assertEquals(List.of("rows:5 8=d"), recorded.rows);
    assertEquals(
        List.of(
            "rows:1 EMPTY_ID id=null [null|d]",
            "rows:2 BAD_DATE date=null [7|null]",
            "rows:3 TOO_FEW_COLUMNS row=null [null]",
            "rows:4 EMPTY_ID id=null [null|null]"),
        recorded.bad);
  }

  @Test
  void halfOfASurrogatePairIsBadAndNoQuestionMark() throws IOException {
    List<Row> rows =
        List.of(
            new Row("a\ud83d", "d"),
            new Row("\ude00a", "d"),
            new Row("\ud83d\ud83d\ude00", "d"),
            new Row("a", "\ude00\ud83d"),
            new Row("\ud83d\ude00", "d"));
    RecordedRows recorded = RecordedRows.of(RowSource.of(rows.iterator()), 1);
    assertEquals(List.of("rows:5 \ud83d\ude00=d"), recorded.rows);
    assertEquals(4, recorded.bad.size());
    for (int i = 0; i < 4; i++) {
      assertEquals(
          "rows:"
              + (i + 1)
              + " INVALID_UTF8 found=half of a surrogate pair ["
              + rows.get(i).id()
              + "|"
              + rows.get(i).date()
              + "]",
          recorded.bad.get(i));
    }
  }

  @Test
  @Tag("slow")
  void manyRowsKeepTheirOrderWhateverTheThreads() throws IOException {
    int rowCount = 100_000;
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < rowCount; i++) {
      expected.add("rows:" + (i + 1) + " " + i + "=d" + i % 7);
    }
    RowSource source =
        RowSource.of(
            () ->
                IntStream.range(0, rowCount)
                    .mapToObj(i -> new Row(String.valueOf(i), "d" + i % 7)));
    for (int threadCount = 1; threadCount <= 2; threadCount++) {
      try (RowSource.Splits splits = source.open()) {
        RecordedRows recorded = RecordedRows.of(splits, threadCount);
        assertEquals(expected, recorded.rows);
        assertTrue(recorded.splitCount > 3, "splits=" + recorded.splitCount);
        assertEquals(rowCount, splits.done());
        assertEquals(-1, splits.total());
      }
    }
  }

  @Test
  @Tag("slow")
  void rowsOfAnySizeFit() throws IOException {
    String large = "\u4e2d".repeat(200_000);
    List<Row> rows = List.of(new Row(large, "d"), new Row("7", large), new Row(large, large));
    assertEquals(
        List.of("rows:1 " + large + "=d", "rows:2 7=" + large, "rows:3 " + large + "=" + large),
        RecordedRows.of(RowSource.of(rows.iterator()), 1).rows);
  }

  /** A batch is filled again and again: its bad rows are not those of the batch before. */
  @Test
  void badRowsOfEachBatchAreItsOwn() throws IOException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 10_000; i += 999) {
      expected.add("rows:" + (i + 1) + " EMPTY_ID id=null [null|d" + i + "]");
    }
    RowSource source =
        RowSource.of(
            () ->
                IntStream.range(0, 10_000)
                    .mapToObj(i -> new Row(i % 999 == 0 ? null : "7", "d" + i)));
    assertEquals(expected, RecordedRows.of(source, 1).bad);
  }

  /** The first and the last character of each length in UTF-8. */
  @Test
  void everyLengthOfACharacterIsEncoded() throws IOException {
    for (int point :
        new int[] {1, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff}) {
      String text = Character.toString(point);
      String two = text + text;
      assertEquals(
          List.of("rows:1 " + text + "=" + two),
          RecordedRows.of(RowSource.of(List.of(new Row(text, two)).iterator()), 1).rows);
    }
  }

  @Test
  void anIteratorIsReadOnlyOnce() throws IOException {
    RowSource source = RowSource.of(List.of(new Row("7", "d")).iterator());
    assertEquals(1, RecordedRows.of(source, 1).rows.size());
    assertEquals(
        "an iterator must be read only once; a second pass needs a new one",
        assertThrows(IOException.class, source::open).getMessage());
  }

  @Test
  void aStreamIsAskedForAnewAndClosedOnce() throws IOException {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    RowSource source =
        RowSource.of(
            () -> {
              opened.incrementAndGet();
              return List.of(new Row("7", "d")).stream().onClose(closed::incrementAndGet);
            });
    for (int pass = 1; pass <= 2; pass++) {
      assertEquals(List.of("rows:1 7=d"), RecordedRows.of(source, 1).rows);
      assertEquals(pass, opened.get());
      assertEquals(pass, closed.get());
    }
  }

  @Test
  void whatTheIteratorThrowsComesThroughAndTheRowsDoNotJustEnd() throws IOException {
    IllegalStateException failure = new IllegalStateException("no more paper");
    RowSource source =
        RowSource.of(
            () ->
                IntStream.range(0, 10)
                    .mapToObj(
                        i -> {
                          if (i == 5) {
                            throw failure;
                          }
                          return new Row("7", "d");
                        }));
    try (RowSource.Splits splits = source.open()) {
      assertSame(
          failure, assertThrows(IllegalStateException.class, () -> RecordedRows.of(splits, 1)));
      assertSame(
          failure, assertThrows(IllegalStateException.class, () -> RecordedRows.of(splits, 1)));
    }
  }
}
