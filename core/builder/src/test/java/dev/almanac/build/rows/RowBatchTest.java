package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A batch gives a sink the rows that it was given, and their texts, each time that it is filled.
 */
class RowBatchTest {
  private static final String HALF_OF_A_PAIR = "a\ud83d";
  private static final int FILLS = 12;

  private final SplittableRandom random = new SplittableRandom(11);
  private final RowBatch batch = new RowBatch();

  /** Calls that a sink is to get, as {@link Calls} writes them. */
  private final List<String> expected = new ArrayList<>();

  /** The calls that a sink got, with what the batch said was the text of the row. */
  private static final class Calls implements RowSink {
    private final RowBatch batch;
    final List<String> list = new ArrayList<>();

    Calls(RowBatch batch) {
      this.batch = batch;
    }

    private void add(int line, String kind, String id, String date) {
      list.add(line + " " + kind + " " + id + "|" + date + " " + batch.rowText());
    }

    private static String text(byte[] bytes, int from, int to) {
      return new String(bytes, from, to - from, UTF_8);
    }

    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> row) {}

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
      add(line, "text", text(bytes, idFrom, idTo), text(bytes, dateFrom, dateTo));
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) {
      add(line, "number", Long.toString(id), text(bytes, dateFrom, dateTo));
    }

    @Override
    public void noDate(int line, byte[] bytes, int idFrom, int idTo) {
      add(line, "text without date", text(bytes, idFrom, idTo), "null");
    }

    @Override
    public void noDate(int line, long id) {
      add(line, "number without date", Long.toString(id), "null");
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String row) {
      list.add(line + " " + reason + " " + found + " " + row);
    }

    @Override
    public void end(long lineCount) {}
  }

  private @Nullable String text(int most) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    String character = List.of("7", "\u00e9", "\u4e2d", "\ud83d\ude00").get(random.nextInt(4));
    String text = character.repeat(random.nextInt(most)) + random.nextInt(100);
    return random.nextInt(9) == 0 ? text + HALF_OF_A_PAIR : text;
  }

  private static boolean isHalf(@Nullable String text) {
    return text != null && text.endsWith(HALF_OF_A_PAIR);
  }

  private static String shown(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return RowText.of(bytes, 0, bytes.length);
  }

  private void expect(String kind, String id, @Nullable String date) {
    int line = expected.size();
    if (isHalf(id) || isHalf(date)) {
      expected.add(
          line + " INVALID_UTF8 found=half of a surrogate pair " + RowText.of(id + "|" + date));
    } else {
      String row = shown(id) + "|" + shown(String.valueOf(date));
      String without = date == null ? " without date" : "";
      expected.add(line + " " + kind + without + " " + id + "|" + date + " " + row);
    }
  }

  private void add(int mostChars) {
    String date = text(mostChars);
    if (random.nextBoolean()) {
      long id = random.nextLong() >> random.nextInt(64);
      batch.add(id, date);
      expect("number", Long.toString(id), date);
      return;
    }
    String id = text(mostChars);
    batch.add(id, date);
    if (id == null) {
      expected.add(expected.size() + " EMPTY_ID id=null " + RowText.of("null|" + date));
    } else {
      expect("text", id, date);
    }
  }

  @Test
  void aSinkIsGivenTheRowsInTheirOrderWithTheirTexts() throws IOException {
    for (int fill = 0; fill < FILLS; fill++) {
      batch.clear();
      expected.clear();
      assertEquals(0, batch.count());
      // Short rows, and some that are longer than all before.
      int mostChars = fill % 3 == 2 ? 30_000 : 12;
      for (int n = random.nextInt(1, 60); n > 0 && !batch.isFull(); n--) {
        add(mostChars);
      }
      assertEquals(expected.size(), batch.count());
      Calls calls = new Calls(batch);
      batch.giveTo(calls);
      for (int i = 0; i < expected.size(); i++) {
        assertTrue(expected.get(i).equals(calls.list.get(i)), "fill " + fill + ", row " + i);
      }
      assertEquals(expected.size(), calls.list.size());
    }
  }

  /** Otherwise, a thread would read all rows of a source alone, and hold them. */
  @Test
  void aBatchIsFullOfFewRowsIfTheyAreLong() {
    int shortRows = rowsUntilFull("7", "d");
    assertTrue(rowsUntilFull("7", "d".repeat(10_000)) < shortRows);
    assertTrue(rowsUntilFull("d".repeat(10_000), null) < shortRows);
    batch.clear();
    int numbers = 0;
    for (; !batch.isFull(); numbers++) {
      batch.add(numbers, null);
    }
    assertEquals(shortRows, numbers);
  }

  private int rowsUntilFull(String id, @Nullable String date) {
    batch.clear();
    int rows = 0;
    for (; !batch.isFull(); rows++) {
      batch.add(id, date);
    }
    return rows;
  }
}
