package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.RefusedRowException;
import dev.almanac.build.rows.Dialect.Column;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows one after the other, with the field of their ID. */
class RowReaderTest {
  private static final int MAX_ROW_BYTES = 100;
  private static final Dialect CSV = Dialect.DEFAULT.withDelimiter(',').withQuoted(true);

  /** A stream of which one call reads at most a given number of bytes. */
  private static InputStream stream(String text, int bytesAtOnce) {
    return new ByteArrayInputStream(text.getBytes(UTF_8)) {
      @Override
      public int read(byte[] bytes, int offset, int count) {
        return super.read(bytes, offset, Math.min(count, bytesAtOnce));
      }
    };
  }

  private static RowReader reader(Dialect dialect, String text, int bytesAtOnce)
      throws IOException {
    return RowReader.open(stream(text, bytesAtOnce), "in", dialect, MAX_ROW_BYTES);
  }

  /** Each row as {@code line id [row]}, the ID in question marks where there is none. */
  private static List<String> rows(RowReader reader) throws IOException {
    List<String> rows = new ArrayList<>();
    while (reader.next()) {
      String id =
          reader.hasId()
              ? new String(
                  reader.idBytes(), reader.idFrom(), reader.idTo() - reader.idFrom(), UTF_8)
              : "?";
      String row =
          new String(reader.bytes(), reader.from(), reader.textEnd() - reader.from(), UTF_8);
      rows.add(reader.line() + " " + id + " [" + row + "]");
    }
    assertFalse(reader.next());
    return rows;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void rowsComeWithTheirLinesAndTheirIdsHoweverTheyArrive(int bytesAtOnce) throws IOException {
    String text = "a,1,x\r\n\"two\r\nlines\",\"2\"\"\",y\n\nb,3\nc\nd,4";
    assertEquals(
        List.of(
            "1 1 [a,1,x]",
            "2 2\" [\"two\r\nlines\",\"2\"\"\",y]",
            "4 ? []",
            "5 3 [b,3]",
            "6 ? [c]",
            "7 4 [d,4]"),
        rows(reader(CSV.withId(Column.of(2)), text, bytesAtOnce)));
  }

  /** The line that is a row by itself, among rows where 1 and 2 have dates; "none" without one. */
  private static String rowWithin(Dialect dialect, String text) throws IOException {
    RowReader reader = reader(dialect, text, 1000);
    while (reader.next()) {
      RefusedRowException refusal =
          reader.severalRows(
              (bytes, from, to) ->
                  List.of("1", "2").contains(new String(bytes, from, to - from, UTF_8)));
      if (refusal != null) {
        String message = refusal.getMessage();
        assertTrue(message.startsWith("a row must not hold another row: found="), message);
        assertTrue(message.endsWith("file=in line=" + reader.line()), message);
        return message.substring(message.indexOf('=') + 1, message.indexOf("; look for"));
      }
    }
    return "none";
  }

  @Test
  void aLineWithADateIsARowWithinARow() throws IOException {
    assertEquals("1,a,c", rowWithin(CSV, "9,a,b\n8,\"x\n1,a,c\n5,b\",c\n"));
    assertEquals("2,b,", rowWithin(CSV, "9,a,b\n8,\"x\n7,a,c\n2,b,\n5,b\",c"));
    assertEquals("1,a,c", rowWithin(CSV, "9,a,b\n8,\"x\r\n1,a,c\r\n5,b\",c\r\n"));
    assertEquals(" 1 ,a,c", rowWithin(CSV.withTrimmed(true), "9,a,b\n8,\"x\n 1 ,a,c\n5,b\",c\n"));
    assertEquals("a,1", rowWithin(CSV.withId(Column.of(2)), "a,9\n\"x,8\na,1\n\",3\n"));
    // As the last line, too, where the first is a row but for the quotation mark.
    assertEquals("2,y\",z", rowWithin(CSV, "9,a,b\n1,\"x\n2,y\",z\n"));
    assertEquals("1|b", rowWithin(Dialect.DEFAULT, "9|a\n7|a\r1|b\n"));
    assertEquals("1|b", rowWithin(Dialect.DEFAULT.withMaxQuotedLines(3), "9|a\n7|a\r1|b\n"));
  }

  @Test
  void otherLinesOfARowAreNone() throws IOException {
    for (String text :
        List.of(
            "9,a,b\n1,\"x\ny\",z\n",
            "9,a,b\n8,\"x\n7,a,c\n6,b\",c\n",
            "9,a,b\n8,\"x\n1,a\n2\n1,a,b,c\n5,b\",c\n",
            "9,a,b\n8,\"x\n\n\n5,b\",c\n",
            "1,a,b\n2,a,b\n")) {
      assertEquals("none", rowWithin(CSV, text), text);
    }
    // A part of the first line is none, where it ends in LF or CR, and where there is no other.
    for (String text : List.of("9|a\n91|a\r7|b\n", "9|a\n91|a\n", "9|a\n91|a")) {
      assertEquals("none", rowWithin(Dialect.DEFAULT, text), text);
    }
    assertEquals("none", rowWithin(CSV, "9,a\n91,\"x\ny\"\n"));
    assertEquals("none", rowWithin(CSV.withId(Column.of(2)), "a,9\n,a,1\n\"x\ny\",1\n"));
    // The last line has the fields after one of several lines.
    assertEquals("none", rowWithin(CSV.withId(Column.of(3)), "a,b,9\n\"x\ny\",k,2\n"));
    String allowed = "9,a,b\n8,\"x\n1,a,c\n5,b\",c\n";
    assertEquals("none", rowWithin(CSV.withMaxQuotedLines(9), allowed));
  }

  @Test
  void theBytesOfARowAndItsLineBreakAreAllThatWasRead() throws IOException {
    String text = "1|a\r\n2|b\n\n3|c";
    RowReader reader = reader(Dialect.DEFAULT, text, 1000);
    StringBuilder copy = new StringBuilder();
    while (reader.next()) {
      copy.append(new String(reader.bytes(), reader.from(), reader.end() - reader.from(), UTF_8));
    }
    assertEquals(text, copy.toString());
  }

  @Test
  void aHeaderIsReadBehindTheLinesThatAreSkippedAndItsColumnFound() throws IOException {
    String text = "sep=,\nname,order\n\"Smith, J\",7\n";
    RowReader reader = reader(CSV.withSkippedLines(1).withId(Column.of("order")), text, 3);
    assertEquals(List.of("name", "order"), reader.header());
    assertEquals(2, reader.line());
    assertEquals(List.of("3 7 [\"Smith, J\",7]"), rows(reader));
    assertEquals(List.of(), reader(CSV.withHeader(true), "", 1).header());
    RowReader without = reader(CSV.withId(Column.of("id")), text, 1000);
    String message = assertThrows(RefusedRowException.class, without::header).getMessage();
    assertTrue(message.startsWith("a header must name the wanted column: column=id"), message);
    assertTrue(message.endsWith("file=in line=1"), message);
    RowReader twice = reader(CSV.withId(Column.of("id")), "id,x,id\n7,8,9\n", 1000);
    assertEquals(
        "a header must name a wanted column only once: column=id columns=3 found=[id, x, id],"
            + " file=in line=1",
        assertThrows(RefusedRowException.class, twice::header).getMessage());
  }

  @Test
  void nothingIsReadThatIsNotNeededForTheNextRow() throws IOException {
    // What comes first are the bytes that say whether the stream is compressed: its first line.
    RowReader reader = reader(Dialect.DEFAULT, "1|a\n2|b\n3|c\n4", 8);
    assertFalse(reader.isBuffered());
    assertTrue(reader.next());
    assertFalse(reader.isBuffered());
    assertTrue(reader.next());
    assertTrue(reader.isBuffered());
    assertTrue(reader.next());
    assertFalse(reader.isBuffered());
    assertTrue(reader.next());
    assertEquals(4, reader.line());
  }

  @Test
  void aRowMayBeLongerThanWhatIsReadAtOnce() throws IOException {
    String id = "7".repeat(100_000);
    String text = "1,x\n" + id + ",\"" + id + "\"\n2,y\n";
    InputStream stream = stream(text, 50_000);
    RowReader reader = RowReader.open(stream, "in", CSV, text.length());
    assertEquals(
        List.of("1 1 [1,x]", "2 " + id + " [" + id + ",\"" + id + "\"]", "3 2 [2,y]"),
        rows(reader));
  }

  /** The one byte more, or two, may be the line break of a row that fits. */
  @Test
  void aRowIsTooLongOnceItsLineBreakCannotFollow() throws IOException {
    String fits = "1,".concat("x".repeat(MAX_ROW_BYTES - 2));
    for (String end : List.of("\n", "\r\n", "")) {
      assertEquals(List.of("1 1 [" + fits + "]"), rows(reader(CSV, fits + end, 1)));
      RowReader tooLong = reader(CSV, fits + "x" + end, 1);
      assertTrue(tooLong.next());
      assertFalse(tooLong.hasId());
      assertEquals(
          "a row must take at most 1048576 bytes: bytes=101 expectedAtMost=100, file=in line=1",
          tooLong.refusal().getMessage());
    }
    RowReader endless = reader(CSV, fits + "xyz", 1);
    assertEquals(
        "a row must take at most 1048576 bytes: bytes>103, file=in line=1",
        assertThrows(RefusedRowException.class, endless::next).getMessage());
    int sound = 20;
    RowReader last = reader(CSV, "1,x\n".repeat(sound) + fits + "xyz", 1000);
    for (int i = 0; i < sound; i++) {
      assertTrue(last.next());
    }
    assertEquals(
        "a row must take at most 1048576 bytes: bytes>103, file=in line=" + (sound + 1),
        assertThrows(RefusedRowException.class, last::next).getMessage());
  }

  @Test
  void aRowWithoutAnIdSaysWhyAndARowWithoutAnEndIsRefused() throws IOException {
    RowReader few = reader(CSV.withId(Column.of(2)), "1\n", 1000);
    assertTrue(few.next());
    assertEquals(
        "a row has too few columns: columns=1 expected=2 (--id-column, idColumn), file=in line=1",
        few.refusal().getMessage());
    RowReader open = reader(CSV, "1,x\n\"2,x\n3,x\n", 1000);
    assertTrue(open.next());
    assertTrue(open.next());
    assertFalse(open.hasId());
    assertTrue(open.refusal().getMessage().startsWith("a quoted field must be closed: "));
    assertEquals(List.of("3 3 [3,x]"), rows(open));
    RowReader endless = reader(CSV, "1,x\n" + "2".repeat(10 * MAX_ROW_BYTES), 64);
    assertTrue(endless.next());
    String message = assertThrows(RefusedRowException.class, endless::next).getMessage();
    assertTrue(message.startsWith("a row must take at most "), message);
    assertTrue(message.endsWith("line=2"), message);
  }
}
