package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.rows.Dialect;
import dev.almanac.build.rows.Dialect.Column;
import dev.almanac.build.rows.RowReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Rows one after the other, in short texts that arrive in pieces, against rows read byte by byte.
 */
class GeneratedRowReaderTest {
  private static final int TEXTS = 4_000;

  private static String draw(SplittableRandom random, List<String> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static String text(SplittableRandom random) {
    List<String> characters =
        List.of("7", ",", ",", "\"", "\"", "\n", "\n", "\r", "\r\n", "\\", " ", "\u00a0", "x");
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(5); n > 0; n--) {
      text.append(draw(random, List.of("id,a,b\n", "a,id\n", "7,\"8\",9\r\n", "a,id,id\n", "\n")));
      for (int more = random.nextInt(8); more > 0; more--) {
        text.append(draw(random, characters));
      }
    }
    return text.toString();
  }

  private static BuildCase.Text dialect(SplittableRandom random, String text) {
    boolean header = random.nextInt(3) == 0;
    boolean named = header && random.nextBoolean();
    return new BuildCase.Text(
        ',',
        random.nextBoolean(),
        random.nextInt(3) == 0,
        1 + random.nextInt(3),
        random.nextBoolean(),
        random.nextInt(3),
        header,
        named ? BuildCase.DEFAULT : 1 + random.nextInt(3),
        named ? "id" : null,
        1,
        null,
        1 + random.nextInt(30),
        0,
        header || random.nextBoolean() ? 1_000 : 1 + random.nextInt(30),
        List.of(
            new BuildCase.Input(
                false, null, List.of(text.getBytes(UTF_8)), BuildCase.Packing.PLAIN, 0)));
  }

  private static RowReader open(BuildCase.Text text, Pieces stream) throws IOException {
    Dialect dialect =
        Dialect.DEFAULT
            .withDelimiter(text.delimiter())
            .withQuoted(text.quoted())
            .withEscaped(text.escaped())
            .withMaxQuotedLines(text.quotedLines())
            .withTrimmed(text.trimmed())
            .withSkippedLines(text.skippedLines())
            .withHeader(text.header())
            .withId(text.idName() != null ? Column.of(text.idName()) : Column.of(text.idColumn()));
    return RowReader.open(stream, "in", dialect, text.maxRowBytes());
  }

  /** Gives a few bytes at a time, sometimes nothing, and counts how often. */
  private static final class Pieces extends ByteArrayInputStream {
    private final int mostAtATime;
    private int reads;

    Pieces(byte[] bytes, int mostAtATime) {
      super(bytes);
      this.mostAtATime = mostAtATime;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) {
      reads++;
      return reads % 4 == 0 ? 0 : super.read(bytes, offset, Math.min(wanted, mostAtATime));
    }
  }

  /** How the first row that ends the reading is told: too long, or a header that is refused. */
  private static final String TOO_LONG = BadRowReason.ROW_TOO_LONG.rule();

  private static String withoutId(String ruleAndFindings, long line) {
    return ruleAndFindings + ", file=in line=" + line;
  }

  /** What is said of each row, up to one that is too long. */
  private static List<String> expected(BuildCase.Text text) {
    NaiveRows naive = NaiveRows.of(text, List.of("in"), (id, date) -> false);
    if (naive.refusal != null) {
      return List.of(
          naive.refusal.message().replace("must have the wanted", "must name the wanted"));
    }
    List<String> rows = new ArrayList<>();
    for (NaiveRows.RawRow row : naive.rows) {
      BadRowReason reason = row.reason();
      if (reason == BadRowReason.ROW_TOO_LONG) {
        rows.add(TOO_LONG);
        return rows;
      }
      String found = row.found().replace("--date-column, dateColumn", "--id-column, idColumn");
      rows.add(
          row.text().isEmpty()
              ? "empty"
              : reason != null
                  ? withoutId(reason.rule() + ": " + found, row.line())
                  : new String(row.id(), UTF_8) + " [" + row.text() + "]");
    }
    return rows;
  }

  /** A row whose bytes must stay where they are until the next read. */
  private record Buffered(int from, byte[] bytes) {}

  /** Takes all rows of a reader. */
  private static final class Taker {
    private final RowReader reader;
    private final Pieces stream;
    private final StringBuilder copy = new StringBuilder();
    private final List<Buffered> buffered = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();
    private boolean refused;

    Taker(RowReader reader, Pieces stream) {
      this.reader = reader;
      this.stream = stream;
    }

    private void keep() {
      byte[] bytes = Arrays.copyOfRange(reader.bytes(), reader.from(), reader.end());
      buffered.add(new Buffered(reader.from(), bytes));
      copy.append(new String(bytes, UTF_8));
    }

    private boolean next() throws IOException {
      for (Buffered each : buffered) {
        int to = each.from + each.bytes.length;
        assertTrue(Arrays.equals(each.bytes, Arrays.copyOfRange(reader.bytes(), each.from, to)));
      }
      boolean here = reader.isBuffered();
      int reads = stream.reads;
      boolean more = reader.next();
      if (here) {
        assertTrue(more);
        assertEquals(reads, stream.reads);
      } else {
        buffered.clear();
      }
      return more;
    }

    List<String> take(boolean header) throws IOException {
      try {
        if (header && !reader.header().isEmpty()) {
          keep();
        }
        while (next()) {
          keep();
          rows.add(row());
          if (rows.get(rows.size() - 1).equals(TOO_LONG)) {
            return rows;
          }
        }
      } catch (RefusedRowException e) {
        refused = true;
        String message = e.getMessage();
        rows.add(message.startsWith(TOO_LONG + ": bytes>") ? TOO_LONG : message);
      }
      return rows;
    }

    private String row() {
      int from = reader.from();
      if (reader.textEnd() == from) {
        assertFalse(reader.hasId());
        return "empty";
      }
      if (!reader.hasId()) {
        String message = reader.refusal().getMessage();
        return message.startsWith(TOO_LONG) ? TOO_LONG : message;
      }
      int idFrom = reader.idFrom();
      return new String(reader.idBytes(), idFrom, reader.idTo() - idFrom, UTF_8)
          + " ["
          + new String(reader.bytes(), from, reader.textEnd() - from, UTF_8)
          + "]";
    }
  }

  /** The text after the lines that are skipped, with LF at the end of each line. */
  private static String read(BuildCase.Text text, String written) {
    String rest = written.contains("\n") ? written : written.replace('\r', '\n');
    for (int n = 0; n < text.skippedLines(); n++) {
      int end = rest.indexOf('\n');
      rest = end < 0 ? "" : rest.substring(end + 1);
    }
    return rest;
  }

  private static String kind(List<String> rows) {
    String last = rows.isEmpty() ? "no row" : rows.get(rows.size() - 1);
    int end = last.indexOf(':');
    return end > 0 ? last.substring(0, end) : last.endsWith("]") ? "a row" : last;
  }

  @Test
  void everyRowIsAsReadByteByByte() throws IOException {
    SplittableRandom random = new SplittableRandom(14);
    Map<String, Integer> kinds = new TreeMap<>();
    for (int i = 0; i < TEXTS; i++) {
      String written = text(random);
      BuildCase.Text text = dialect(random, written);
      Pieces stream = new Pieces(written.getBytes(UTF_8), text.streamBytes());
      String what = text + "\n" + written.replace("\r", "<CR>");
      String rest = read(text, written);
      try (RowReader reader = open(text, stream)) {
        Taker taker = new Taker(reader, stream);
        List<String> rows = taker.take(text.header());
        if (text.header() && rest.isEmpty()) {
          assertEquals(List.of(), rows, what);
          continue;
        }
        List<String> expected = expected(text);
        String last = expected.isEmpty() ? "" : expected.get(expected.size() - 1);
        // An empty line at the end is a row here: it is copied.
        if (rows.size() == expected.size() + 1 && rows.get(expected.size()).equals("empty")) {
          rows.remove(expected.size());
        }
        assertEquals(expected, rows, what);
        if (!taker.refused && !last.equals(TOO_LONG)) {
          assertEquals(rest, taker.copy.toString(), what);
        }
        kinds.merge(kind(expected), 1, Integer::sum);
      }
    }
    assertEquals(8, kinds.size(), kinds::toString);
    assertTrue(kinds.values().stream().allMatch(count -> count >= 20), kinds::toString);
  }
}
