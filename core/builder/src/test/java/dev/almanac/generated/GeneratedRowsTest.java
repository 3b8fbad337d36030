package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Short texts of the characters that matter, at many cuts, against rows read byte by byte. */
class GeneratedRowsTest {
  private static final int TEXTS = 6_000;

  /** A split that holds a whole text. */
  private static final int WHOLE = 500;

  private static String draw(SplittableRandom random, String characters, int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(1 + maxLength); n > 0; n--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  /** Often whole rows, some of which stand within others. */
  private static String text(SplittableRandom random, boolean quoted) {
    String characters = quoted ? "7,,\"\"\"\n\n\r\\ \u00a0x" : "7,,\n\n\r \u2003x";
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(4); n > 0; n--) {
      text.append(draw(random, characters, 6));
      String mark = quoted && random.nextInt(3) == 0 ? "\"" : "";
      text.append(random.nextInt(3) > 0 ? "\r7,7,x" + mark + "\n" : "7,7," + mark + "x\r7,7");
    }
    return text + draw(random, characters, 12);
  }

  private static BuildCase.Text dialect(SplittableRandom random, boolean quoted, byte[] bytes) {
    return new BuildCase.Text(
        ',',
        quoted && random.nextInt(4) > 0,
        quoted && random.nextInt(3) == 0,
        random.nextInt(3),
        random.nextBoolean(),
        0,
        false,
        random.nextInt(4),
        null,
        1 + random.nextInt(3),
        null,
        1 + random.nextInt(40),
        random.nextInt(4) == 0 ? WHOLE : 1 + random.nextInt(40),
        random.nextBoolean() ? 1_000 : 1 + random.nextInt(20),
        List.of(new BuildCase.Input(false, null, List.of(bytes), BuildCase.Packing.PLAIN, 0)));
  }

  /** Blanks are no part of a good row's fields, unless they are to stay. */
  private static boolean isRow(String id, String date) {
    return !id.isEmpty() && !id.contains("x") && date.equals("7");
  }

  @Test
  void everyRowIsAsReadByteByByte() throws IOException {
    SplittableRandom random = new SplittableRandom(15);
    Set<BadRowReason> reasons = EnumSet.noneOf(BadRowReason.class);
    for (int i = 0; i < TEXTS; i++) {
      boolean quoted = random.nextInt(3) > 0;
      String written = text(random, quoted);
      BuildCase.Text text = dialect(random, quoted, written.getBytes(UTF_8));
      List<String> expected = new ArrayList<>();
      for (NaiveRows.RawRow row :
          NaiveRows.of(text, List.of("in"), GeneratedRowsTest::isRow).rows) {
        expected.add(
            row.reason() != null
                ? bad(text, row.line(), row.reason(), row.found(), row.text())
                : good(
                    row.line(),
                    row.id() == null ? "#" + row.number() : new String(row.id(), UTF_8),
                    new String(row.date(), UTF_8),
                    row.text()));
        if (row.reason() != null) {
          reasons.add(row.reason());
        }
      }
      List<String> actual = new ArrayList<>();
      try (CaseSource source = new CaseSource(text, Path.of("unused"));
          RowSource.Splits splits = source.source().open()) {
        Recorder recorder = new Recorder(text, actual);
        while (splits.next(recorder)) {}
      }
      assertEquals(expected, actual, () -> text + "\n" + written.replace("\r", "<CR>"));
    }
    assertTrue(
        reasons.containsAll(
            Set.of(
                BadRowReason.TOO_FEW_COLUMNS,
                BadRowReason.ROW_TOO_LONG,
                BadRowReason.BAD_QUOTES,
                BadRowReason.ROW_WITHIN_ROW)),
        reasons::toString);
  }

  private static String good(long line, String id, String date, String row) {
    return line + " " + id + "=" + date + " [" + row + "]";
  }

  /** Of a row that is too long, it depends on the cuts how much is kept. */
  private static String bad(
      BuildCase.Text text, long line, BadRowReason reason, String found, String row) {
    boolean shown = reason != BadRowReason.ROW_TOO_LONG || text.splitBytes() == WHOLE;
    return line + " " + reason + " " + found + (shown ? " [" + row + "]" : "");
  }

  private static final class Recorder implements RowSink {
    private final BuildCase.Text dialect;
    private final List<String> rows;
    private long splitLine = 1;
    private Supplier<String> row = () -> "";
    private int nextLine;
    private int span = 1;

    Recorder(BuildCase.Text dialect, List<String> rows) {
      this.dialect = dialect;
      this.rows = rows;
    }

    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> rowText) {
      row = rowText;
      nextLine = 0;
    }

    @Override
    public void spans(int lineCount) {
      assertTrue(lineCount > 1);
      span = lineCount;
    }

    @Override
    public boolean isRow(String id, String date) {
      return GeneratedRowsTest.isRow(id, date);
    }

    private void add(int line, String text) {
      assertEquals(nextLine, line);
      nextLine += span;
      span = 1;
      rows.add(text);
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
      String id = new String(bytes, idFrom, idTo - idFrom, UTF_8);
      String date = new String(bytes, dateFrom, dateTo - dateFrom, UTF_8);
      add(line, good(splitLine + line, id, date, row.get()));
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) {
      String date = new String(bytes, dateFrom, dateTo - dateFrom, UTF_8);
      add(line, good(splitLine + line, "#" + id, date, row.get()));
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String text) {
      add(line, GeneratedRowsTest.bad(dialect, splitLine + line, reason, found, text));
    }

    @Override
    public void end(long lineCount) {
      assertTrue(lineCount == nextLine || lineCount == nextLine + 1);
      splitLine += lineCount;
    }
  }
}
