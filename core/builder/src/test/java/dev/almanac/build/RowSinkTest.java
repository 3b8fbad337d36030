package dev.almanac.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sink and a source do that have no more than they must have, and the ready sources. */
class RowSinkTest {
  @TempDir Path folder;

  /** The calls that a sink must know. */
  private static final class Calls implements RowSink {
    final List<String> list = new ArrayList<>();

    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> row) {
      list.add("begin");
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
      String id = new String(bytes, idFrom, idTo - idFrom, UTF_8);
      String date = new String(bytes, dateFrom, dateTo - dateFrom, UTF_8);
      list.add(line + " " + id + "=" + date);
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) {
      list.add(line + " #" + id + "=" + new String(bytes, dateFrom, dateTo - dateFrom, UTF_8));
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String row) {
      list.add(line + " " + reason + " " + found + " " + row);
    }

    @Override
    public void end(long lineCount) {
      list.add("end");
    }
  }

  private Path build(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    AlmanacBuilder.create()
        .dateFormat(DateFormat.iso(), DateFormat.pattern("d.M.uuuu"))
        .keepDateText()
        .build(new SplitRows(List.of(lines), 2), file);
    return file;
  }

  @Test
  void aSinkThatKnowsTextsAloneGetsThem() throws IOException {
    Calls calls = new Calls();
    byte[] bytes = "..\u00e9x|".getBytes(UTF_8);
    try (Almanac dates = Almanac.open(build("dates", "1|2024-02-29", "2|1.3.2024"))) {
      DateDictionary dictionary = dates.dictionary();
      for (int code = 0; code < dictionary.size(); code++) {
        calls.row(code, -7, dictionary, code);
        for (int from = 0; from <= 2; from++) {
          byte[] before = bytes.clone();
          calls.row(9, bytes, from, 5, dictionary, code);
          assertArrayEquals(before, bytes);
        }
        calls.row(10, bytes, 2, 2, dictionary, code);
      }
    }
    List<String> expected = new ArrayList<>();
    for (String date : List.of("2024-02-29", "1.3.2024")) {
      expected.add(expected.size() / 5 + " #-7=" + date);
      for (String id : List.of("..\u00e9x", ".\u00e9x", "\u00e9x")) {
        expected.add("9 " + id + "=" + date);
      }
      expected.add("10 =" + date);
    }
    assertEquals(expected, calls.list);
  }

  @Test
  void aSinkThatKnowsNoNullsGetsBadRows() throws IOException {
    Calls calls = new Calls();
    calls.noDate(3, "..\u00e9x|".getBytes(UTF_8), 2, 5);
    calls.noDate(4, Long.MIN_VALUE);
    calls.spans(2);
    assertEquals(
        List.of(
            "3 BAD_DATE date=null \u00e9x|null", "4 BAD_DATE date=null -9223372036854775808|null"),
        calls.list);
    assertFalse(calls.isRow("1", "2024-02-29"), "it cannot tell");
  }

  @Test
  void aSourceThatSaysNothingOfItselfIsOfUnknownSize() throws IOException {
    RowSource source = new SplitRows(List.of(), 1);
    assertEquals(List.of(), source.files());
    try (RowSource.Splits splits = source.open()) {
      assertEquals(List.of(), splits.remarks());
      assertEquals(0, splits.done());
      assertEquals(-1, splits.total());
      assertEquals(-1, splits.estimatedRowCount());
    }
  }

  /** The same rows by an iterator, a stream, a file, and all of them one after the other. */
  @Test
  void theReadySourcesGiveTheSameFile() throws IOException {
    byte[] expected = Files.readAllBytes(build("lines", "7|2024-02-29", "x|2024-03-01"));
    List<RowSource.Row> rows =
        List.of(new RowSource.Row("7", "2024-02-29"), new RowSource.Row("x", "2024-03-01"));
    try (Almanac lines = Almanac.open(folder.resolve("lines"))) {
      List<RowSource> sources =
          List.of(RowSource.of(rows.iterator()), RowSource.of(rows::stream), RowSource.of(lines));
      for (RowSource source : sources.subList(1, 3)) {
        assertSame(expected, source);
      }
      assertSame(expected, RowSource.concat(sources.toArray(RowSource[]::new)));
    }
  }

  private void assertSame(byte[] expected, RowSource source) throws IOException {
    Path file = folder.resolve("file");
    AlmanacBuilder.create().keepDateText().build(source, file);
    assertArrayEquals(expected, Files.readAllBytes(file));
  }
}
