package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code get} and {@code join} of an input that comes in pieces: the answers are those of a map,
 * and every line that has come whole is answered before more is asked for.
 */
class AnswersInPiecesTest {
  private static final int LINES = 300;
  private static final int LONGEST_ID = 1_024;

  @TempDir static Path folder;
  private static final Map<String, String> DATES = new HashMap<>();
  private static Path file;

  @BeforeAll
  static void build() throws IOException {
    for (int i = 0; i < 40; i++) {
      DATES.put("id " + i, "2024-02-" + (10 + i % 19));
      DATES.put("é".repeat(10 * i + 1), "2023-12-" + (10 + i % 19));
    }
    DATES.put("x".repeat(LONGEST_ID), "2022-01-31");
    file = SampleFile.build(DATES, folder.resolve("dates.almanac"));
  }

  private static List<String> ids(Random random, int count) {
    List<String> known = new ArrayList<>(DATES.keySet());
    known.sort(null);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = known.get(random.nextInt(known.size()));
      ids.add(random.nextInt(5) == 0 ? id + "?" : id);
    }
    return ids;
  }

  /** Counts the lines that have been answered. */
  private static final class Answers extends ByteArrayOutputStream {
    private int lineCount;

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      lineCount += lines(bytes, offset, length);
    }
  }

  private static int lines(byte[] bytes, int offset, int length) {
    int lines = 0;
    for (int i = offset; i < offset + length; i++) {
      lines += bytes[i] == '\n' ? 1 : 0;
    }
    return lines;
  }

  /** Gives a piece at a time, and sees at each call what has been answered. */
  private static final class Pieces extends InputStream {
    private final byte[] input;
    private final int mostBytes;
    private final Random random;
    private final Answers answers;
    private int given;
    private int lineCount;

    /** Calls that came before a whole line was answered. */
    private int lateCount;

    Pieces(String input, int mostBytes, Random random, Answers answers) {
      this.input = input.getBytes(UTF_8);
      this.mostBytes = mostBytes;
      this.random = random;
      this.answers = answers;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      lateCount += lineCount > answers.lineCount ? 1 : 0;
      if (given == input.length) {
        return -1;
      }
      int count = Math.min(Math.min(length, input.length - given), 1 + random.nextInt(mostBytes));
      System.arraycopy(input, given, target, offset, count);
      given += count;
      lineCount += lines(target, offset, count);
      return count;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 3_000, 1 << 20})
  void getAnswersEachLineWhenItHasCome(int mostBytes) {
    Random random = new Random(mostBytes);
    List<String> ids = ids(random, LINES);
    StringBuilder input = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      String end = i == LINES - 1 ? "" : random.nextInt(3) == 0 ? "\r\n" : "\n";
      input.append(ids.get(i)).append(end);
      expected.append(ids.get(i)).append('\t');
      expected.append(DATES.getOrDefault(ids.get(i), "-")).append('\n');
    }
    Answers answers = new Answers();
    Pieces pieces = new Pieces(input.toString(), mostBytes, random, answers);
    InProcess.Result result = InProcess.run(pieces, answers, "get", file, "-");
    assertEquals(expected.toString(), result.output());
    assertEquals("", result.error(), "texts are not expected to be numbers");
    assertEquals(ExitStatus.NO, result.status());
    assertEquals(0, pieces.lateCount);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 3_000, 1 << 20})
  void joinAnswersEachRowWhenItHasCome(int mostBytes) {
    Random random = new Random(mostBytes);
    List<String> ids = ids(random, LINES);
    StringBuilder input = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    long matched = 0;
    for (int i = 0; i < LINES; i++) {
      String end = i == LINES - 1 ? "" : random.nextInt(3) == 0 ? "\r\n" : "\n";
      String row = "n" + i + "|" + ids.get(i) + "|";
      if (random.nextInt(10) == 0) {
        input.append("\n");
        expected.append("\n");
      }
      String date = DATES.getOrDefault(ids.get(i), "");
      matched += date.isEmpty() ? 0 : 1;
      input.append(row).append(end);
      expected.append(row).append('|').append(date).append(end);
    }
    Answers answers = new Answers();
    Pieces pieces = new Pieces(input.toString(), mostBytes, random, answers);
    InProcess.Result result =
        InProcess.run(pieces, answers, "join", file, "--id-column", 2, "--json");
    assertEquals(expected.toString(), result.output());
    assertEquals(
        "{\"matched\":" + matched + ",\"unmatched\":" + (LINES - matched) + "}\n", result.error());
    assertEquals(ExitStatus.DONE, result.status());
    // What the input is can be told when its first bytes have come.
    assertTrue(pieces.lateCount <= 1, "late=" + pieces.lateCount);
  }

  /** Rows of one piece, whose IDs together are longer than the room for those of a batch. */
  @Test
  void joinTakesManyLongIdsAtATime() {
    List<String> ids = ids(new Random(1), 2_000);
    ids.add("x".repeat(LONGEST_ID));
    StringBuilder expected = new StringBuilder();
    ids.forEach(id -> expected.append(id + "|" + DATES.getOrDefault(id, "") + "\n"));
    byte[] input = (String.join("\n", ids) + "\n").getBytes(UTF_8);
    assertEquals(expected.toString(), InProcess.runWithInput(input, "join", file).output());
  }

  @Test
  void joinTakesIdsThatNoFileHolds() {
    StringBuilder rows = new StringBuilder();
    for (int length : new int[] {10, 66_000, 10, 300_000, 10, 90_000, 70_000, 90_000, 10}) {
      rows.append("id 1\n").append("y".repeat(length)).append('\n');
    }
    for (int i = 0; i < 1_000; i++) {
      rows.append("y".repeat(LONGEST_ID)).append('\n');
    }
    String expected =
        rows.toString().replace("y\n", "y|\n").replace("1\n", "1|" + DATES.get("id 1") + "\n");
    assertEquals(expected, InProcess.runWithInput(rows.toString(), "join", file).output());
  }

  @Test
  void getRefusesALineWithoutEnd() {
    String first = "id 1\t" + DATES.get("id 1") + "\n";
    for (int longest : new int[] {1 << 16, 1 << 20}) {
      InProcess.Result result =
          InProcess.runWithInput("id 1\n" + "x".repeat(longest), "get", file, "-");
      assertEquals(
          "a line is longer than any ID, file=standard input line=2",
          result.refusal(ExitStatus.FAILED));
      assertEquals(first, result.output());
    }
    String fits = "x".repeat((1 << 16) - 1);
    assertEquals(fits + "\t-\n", InProcess.runWithInput(fits, "get", file, "-").output());
  }

  @Test
  void getTakesAnEmptyLineForAnId() {
    assertEquals(
        "\t-\n\t-\n" + "id 1\t" + DATES.get("id 1") + "\n\r\t-\n",
        InProcess.runWithInput("\n\r\nid 1\n\r\r\n", "get", file, "-").output());
  }
}
