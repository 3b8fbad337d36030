package dev.almanac.build.choice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.SplitRows;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a spooler is given, read back from its blocks as their drawing has them. */
class RowSpoolerTest {
  private static final int PARTITIONS = 8;
  private static final int BLOCK_BYTES = 1 << 12;
  private static final String NO_DATE = "none";

  /** A row; of the base if its split is negative. */
  private record Row(String id, String date, long split, int line) {}

  @TempDir Path folder;

  private Workspace workspace;
  private Spool spool;
  private InputLedger ledger;
  private DateCollector dates;
  private RowSpooler spooler;

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(folder.resolve("sample.almanac"), null);
    spool = new Spool(workspace.spoolFile("rows"), 2 * PARTITIONS);
    ledger = new InputLedger(BadRowPolicy.fail(), workspace);
    make(IdKind.AUTO, DateRules.DEFAULT.withNullTexts(Set.of("")));
  }

  @AfterEach
  void close() throws IOException {
    ledger.close();
    spool.close();
    workspace.close();
  }

  private void make(IdKind kind, DateRules rules) {
    dates = new DateCollector(rules, new MemoryBudget(1L << 28));
    spooler =
        new RowSpooler(
            spool, kind, dates, ledger, new MemoryBudget.Reading(1, BLOCK_BYTES, 1 << 16));
  }

  private SpooledRows counts() {
    return RowSpooler.spooled(spool, List.of(spooler));
  }

  /** The rows of all blocks; checks that those of an ID are in one partition of their half. */
  private List<Row> spooled() throws IOException {
    spooler.flush();
    DateCollector.Sorted sorted = dates.sort();
    List<Row> rows = new ArrayList<>();
    Map<String, Integer> partitionById = new HashMap<>();
    for (int partition = 0; partition < 2 * PARTITIONS; partition++) {
      for (int b = 0; b < spool.blockCount(partition); b++) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        spool.read(partition, b, block);
        long base = block.getLong();
        long count = block.getLong();
        assertTrue(count > 0, "no block is empty");
        for (long i = 0; i < count; i++) {
          String id;
          long packed;
          if (partition < PARTITIONS) {
            id = Long.toString(block.getLong());
            packed = block.getLong();
          } else {
            packed = block.getLong();
            byte[] bytes = new byte[block.getShort()];
            block.get(bytes);
            id = new String(bytes, UTF_8);
          }
          long position = base + (packed & (1L << 36) - 1);
          rows.add(
              new Row(
                  id,
                  sorted.textOf((int) (packed >>> 36)),
                  position < 0 ? -1 : position >>> 24,
                  position < 0 ? 0 : (int) (position & (1 << 24) - 1)));
          assertEquals(partition, partitionById.computeIfAbsent(id, partitionOf(partition)));
        }
        assertFalse(block.hasRemaining(), "a block is its rows");
      }
    }
    return rows;
  }

  private static Function<String, Integer> partitionOf(int partition) {
    return id -> partition;
  }

  private static Map<Row, Integer> counted(List<Row> rows) {
    Map<Row, Integer> counts = new HashMap<>();
    rows.forEach(row -> counts.merge(row, 1, Integer::sum));
    return counts;
  }

  private DateDictionary dictionary() throws IOException {
    Path file = folder.resolve("dates.almanac");
    AlmanacBuilder.create()
        .build(new SplitRows(List.of("1|2020-01-01", "2|2021-02-03", "3|1969-12-31"), 10), file);
    try (Almanac almanac = Almanac.open(file)) {
      // Its dictionary is a copy.
      return almanac.dictionary();
    }
  }

  private static boolean isNumber(String id) {
    try {
      return Long.toString(Long.parseLong(id)).equals(id);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  @Test
  void everyRowComesBackOnceWithItsDateAndItsPlace() throws IOException {
    SplittableRandom random = new SplittableRandom(31);
    DateDictionary dictionary = dictionary();
    List<String> ids = new ArrayList<>(List.of("0", "-1", "-0", "007", "9223372036854775807"));
    ids.addAll(List.of("-9223372036854775808", "9223372036854775808", "x".repeat(1_024), "ä"));
    while (ids.size() < 700) {
      ids.add(
          random.nextBoolean()
              ? Long.toString(random.nextLong() >> random.nextInt(64))
              : "id-" + "y".repeat(random.nextInt(20)) + random.nextInt(1_000));
    }
    List<Row> expected = new ArrayList<>();
    // Entries of a base come first.
    for (int i = 0; i < 300; i++) {
      String id = ids.get(i);
      int code = random.nextInt(3);
      if (isNumber(id) && random.nextBoolean()) {
        spooler.base(Long.parseLong(id), dictionary, code);
      } else {
        byte[] bytes = ("<" + id + ">").getBytes(UTF_8);
        spooler.base(bytes, 1, bytes.length - 1, dictionary, code);
      }
      expected.add(new Row(id, dictionary.text(code), -1, 0));
    }
    long split = 0;
    for (int round = 0; round < 16; round++) {
      spooler.begin(split, "ledger.txt", 1, () -> "");
      int line = random.nextInt(3);
      for (int i = 0; i < 200; i++) {
        expected.add(give(ids.get(random.nextInt(ids.size())), split, line, random, dictionary));
        line += 1 + random.nextInt(round == 7 ? 80_000 : 2);
      }
      spooler.end(line);
      // A block's rows lie within 4,096 splits: the last of them, the first beyond, and farther.
      split += List.of(1, 4_095, 4_096, 4_097, 3).get(random.nextInt(5));
    }
    assertEquals(counted(expected), counted(spooled()));
    assertEquals(300, counts().baseCount());
    assertEquals(3_200, spooler.rowCount());
    assertEquals(0, counts().badLineCount());
    assertEquals(
        expected.stream().filter(row -> row.date.equals(NO_DATE)).count(), counts().noDateCount());
    assertEquals(
        expected.stream().filter(row -> !row.date.equals(NO_DATE) && !isNumber(row.id)).count(),
        counts().textRowCount());
    assertEquals(Long.MIN_VALUE, counts().lowestId());
    assertEquals(Long.MAX_VALUE, counts().highestId());
    assertEquals(3_500, counts().count());
  }

  /** Gives a row by one of the ways in which a source can. */
  private Row give(
      String id, long split, int line, SplittableRandom random, DateDictionary dictionary)
      throws IOException {
    String date = List.of("2020-01-01", "2024-02-29", "2021-02-03", "").get(random.nextInt(4));
    byte[] bytes = ("<" + id + "|" + date + ">").getBytes(UTF_8);
    int idTo = 1 + id.getBytes(UTF_8).length;
    int dateTo = bytes.length - 1;
    boolean asNumber = isNumber(id) && random.nextBoolean();
    boolean coded = !date.isEmpty() && random.nextInt(3) == 0;
    int code = random.nextInt(3);
    if (coded && asNumber) {
      spooler.row(line, Long.parseLong(id), dictionary, code);
    } else if (coded) {
      spooler.row(line, bytes, 1, idTo, dictionary, code);
    } else if (date.isEmpty() && random.nextBoolean()) {
      if (asNumber) {
        spooler.noDate(line, Long.parseLong(id));
      } else {
        spooler.noDate(line, bytes, 1, idTo);
      }
    } else if (asNumber) {
      spooler.row(line, Long.parseLong(id), bytes, idTo + 1, dateTo);
    } else {
      spooler.row(line, bytes, 1, idTo, idTo + 1, dateTo);
    }
    return new Row(
        id, coded ? dictionary.text(code) : date.isEmpty() ? NO_DATE : date, split, line);
  }

  @Test
  void theSpanOfNumbersIsThatOfAllRows() throws IOException {
    assertEquals(Long.MAX_VALUE, counts().lowestId());
    assertEquals(Long.MIN_VALUE, counts().highestId());
    spooler.begin(0, "ledger.txt", 1, () -> "");
    spooler.noDate(0, 17L);
    spooler.noDate(1, -4L);
    spooler.end(2);
    assertEquals(-4, counts().lowestId());
    assertEquals(17, counts().highestId());
  }

  @Test
  void neighboursShareAPartitionAndAllPartitionsAreUsed() throws IOException {
    spooler.begin(0, "ledger.txt", 1, () -> "");
    for (int i = 0; i < 1_000; i++) {
      spooler.row(2 * i, i * 1_000L - 500_000, bytes("2024-01-01"), 0, 10);
      byte[] row = bytes("text-" + i + "2024-01-01");
      spooler.row(2 * i + 1, row, 0, row.length - 10, row.length - 10, row.length);
    }
    spooler.end(2_000);
    assertEquals(2_000, spooled().size());
    Map<Long, Integer> partitionOfNeighbours = new HashMap<>();
    Set<Integer> used = new HashSet<>();
    for (int partition = 0; partition < 2 * PARTITIONS; partition++) {
      for (int b = 0; b < spool.blockCount(partition); b++) {
        used.add(partition);
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        spool.read(partition, b, block);
        for (int at = 16; partition < PARTITIONS && at < block.limit(); at += 16) {
          long neighbours = Math.floorDiv(block.getLong(at), 4_096);
          Integer other = partitionOfNeighbours.putIfAbsent(neighbours, partition);
          assertTrue(other == null || other == partition, () -> "neighbours=" + neighbours);
        }
      }
    }
    assertEquals(2 * PARTITIONS, used.size());
  }

  /** Rows of one partition, more than its block holds, and texts of all lengths likewise. */
  @Test
  void blocksAreFilledToTheLastRow() throws IOException {
    SplittableRandom random = new SplittableRandom(32);
    List<Row> expected = new ArrayList<>();
    spooler.begin(0, "ledger.txt", 1, () -> "");
    for (int line = 0; line < 1_600; line++) {
      boolean text = line % 2 == 0;
      String id = text ? "x".repeat(1 + random.nextInt(1_024)) : Integer.toString(line);
      byte[] row = bytes(id + "2024-01-01");
      spooler.row(line, row, 0, row.length - 10, row.length - 10, row.length);
      expected.add(new Row(id, "2024-01-01", 0, line));
    }
    spooler.end(1_600);
    assertEquals(counted(expected), counted(spooled()));
    int numericBlocks = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      numericBlocks += spool.blockCount(partition);
    }
    // 255 rows of 16 bytes and a header in 4,096.
    assertEquals(4, numericBlocks);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** The refusal of a row, or null. */
  private String refusal(String id, String date) throws IOException {
    byte[] row = bytes("<" + id + "|" + date + ">");
    int idTo = 1 + bytes(id).length;
    return refusal(row, 1, idTo, idTo + 1, row.length - 1);
  }

  private String refusal(byte[] row, int idFrom, int idTo, int dateFrom, int dateTo)
      throws IOException {
    InputLedger own = new InputLedger(BadRowPolicy.fail(), workspace);
    ledger.close();
    ledger = own;
    make(kind, rules);
    spooler.begin(0, "ledger.txt", 41, () -> "the row");
    spooler.row(2, row, idFrom, idTo, dateFrom, dateTo);
    assertEquals(1, spooler.rowCount());
    spooler.end(3);
    try {
      own.finish(1);
      assertEquals(0, counts().badLineCount());
      return null;
    } catch (RefusedRowException e) {
      assertEquals(43, e.line());
      assertEquals("ledger.txt", e.source());
      assertEquals(1, counts().badLineCount());
      String message = e.getMessage();
      return message.substring(0, message.lastIndexOf(", file=ledger.txt line=43"));
    }
  }

  private IdKind kind = IdKind.AUTO;
  private DateRules rules = DateRules.DEFAULT;

  @Test
  void eachBadIdIsRefusedByItsRule() throws IOException {
    String control = "an ID must not have control characters: id=";
    for (char c : new char[] {0, '\t', 0x1f, 0x7f, 0x80, 0x9f}) {
      // Blanks at an end are shown in quotation marks.
      String shown = Character.isWhitespace(c) ? "'a" + c + "'" : "a" + c;
      assertEquals(control + shown, refusal("a" + c, "2024-01-01"));
      assertEquals(control + "a" + c + "b", refusal("a" + c + "b", "2024-01-01"));
    }
    for (String good : List.of("a ", "~", "\u00a0x", "\u00c2", "\u20ac", "\u0101", " ")) {
      assertNull(refusal(good, "2024-01-01"), good);
    }
    assertEquals("an ID must not be empty: id=", refusal("", "2024-01-01"));
    assertNull(refusal("ä".repeat(512), "2024-01-01"));
    assertEquals(
        "an ID must take at most 1,024 bytes: idBytes=1025",
        refusal("ä".repeat(512) + "x", "2024-01-01"));
    byte[] broken = {'|', (byte) 0xe4, '|', '2', '0', '2', '4', '-', '0', '1', '-', '0', '1'};
    assertEquals("a field must be valid UTF-8: id=\ufffd", refusal(broken, 1, 2, 3, 13));
    broken[1] = 'a';
    assertNull(refusal(broken, 1, 2, 3, 13));
    assertNull(refusal("1.0", "2024-01-01"));
    kind = IdKind.LONG;
    assertEquals(
        "an ID must be a canonical signed 64-bit decimal: id='1 '", refusal("1 ", "2024-01-01"));
    assertNull(refusal("-9223372036854775808", "2024-01-01"));
    assertNull(refusal("12", "2024-01-01"));
    kind = IdKind.TEXT;
    assertNull(refusal("1 ", "2024-01-01"));
  }

  @Test
  void eachBadDateIsRefusedByItsRule() throws IOException {
    String hint = "; if that means no date, say so with --null TEXT, nullDates(TEXT)";
    String rule = "a date must be written in the format: ";
    assertEquals(rule + "date=yesterday format=iso", refusal("1", "yesterday"));
    assertEquals(rule + "date=NULL format=iso" + hint, refusal("a", "NULL"));
    assertEquals(rule + "date= -  format=iso" + hint, refusal("a", " - "));
    assertEquals(rule + "date= format=iso" + hint, refusal("1", ""));
    int most = 256;
    assertTrue(refusal("1", "x".repeat(most)).startsWith(rule + "date=xxx"));
    assertEquals(
        rule + "dateBytes=" + (most + 1) + " format=iso", refusal("1", "x".repeat(most + 1)));
    byte[] broken = {'1', '|', '2', (byte) 0xe4};
    assertEquals("a field must be valid UTF-8: date=2\ufffd", refusal(broken, 0, 1, 2, 4));
    // The ID comes first.
    assertEquals("an ID must not be empty: id=", refusal("", "yesterday"));
    rules = rules.withNullTexts(Set.of("NULL", "-"));
    assertNull(refusal("1", "NULL"));
    assertNull(refusal("a", "-"));
  }

  @Test
  void theNullOfASourceIsABadRowUnlessNoDateWasAskedFor() throws IOException {
    make(IdKind.AUTO, DateRules.DEFAULT);
    spooler.begin(0, "orders", 1, () -> "the row");
    spooler.noDate(0, 7L);
    spooler.noDate(1, bytes("x"), 0, 1);
    spooler.noDate(2, bytes("8"), 0, 1);
    spooler.end(3);
    assertEquals(3, counts().badLineCount());
    assertEquals(0, counts().noDateCount());
    assertEquals(List.of(), spooled());
    RefusedRowException refused = assertThrows(RefusedRowException.class, () -> ledger.finish(3));
    assertEquals(
        "a date must be written in the format: date=null; if that means no date, say so with"
            + " --null TEXT, nullDates(TEXT), file=orders line=1",
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\u0001", "2024-01-01"})
  void anIdWithoutADateIsCheckedToo(String id) throws IOException {
    spooler.begin(0, "orders", 1, () -> "the row");
    byte[] bytes = bytes(id);
    spooler.noDate(0, bytes, 0, bytes.length);
    spooler.row(1, bytes, 0, bytes.length, dictionary(), 0);
    spooler.end(2);
    boolean good = id.length() == 10;
    assertEquals(good ? 2 : 0, spooled().size());
    assertEquals(good ? 0 : 2, counts().badLineCount());
  }

  @Test
  void badRowsOfSeveralLinesCountTheirLines() throws IOException {
    spooler.begin(0, "ledger.txt", 1, () -> "the row");
    spooler.spans(3);
    spooler.row(0, bytes("|"), 0, 0, 1, 1);
    spooler.row(3, bytes("|"), 0, 0, 1, 1);
    spooler.spans(2);
    spooler.row(4, bytes("a2024-01-01"), 0, 1, 1, 11);
    spooler.end(6);
    assertEquals(4, counts().badLineCount());
    assertEquals(3, spooler.rowCount());
    List<BuildRemark> remarks = RowRemarks.of(List.of(spooler.remarks()), ledger, 3);
    assertEquals(
        List.of(
            "1 of 3 rows has an ID that is not a number, so all IDs are texts, the first id=a"
                + " file=ledger.txt line=5",
            "2 rows have several lines, the longest lines=3 file=ledger.txt line=1"),
        remarks.stream().map(BuildRemark::text).toList());
    assertEquals(
        "a row must span a line at least: lineCount=0, source=ledger.txt",
        assertThrows(IllegalStateException.class, () -> spooler.spans(0)).getMessage());
  }

  @Test
  void aRowIsToldFromAHeaderByItsFields() {
    make(IdKind.AUTO, DateRules.DEFAULT.withNullTexts(Set.of("-")));
    assertTrue(spooler.isRow("1", "2024-01-01"));
    assertTrue(spooler.isRow("id", "2024-01-01"));
    assertFalse(spooler.isRow("id", "date"));
    assertFalse(spooler.isRow("1", "-"));
    assertFalse(spooler.isRow("", "2024-01-01"));
    make(IdKind.LONG, DateRules.DEFAULT);
    assertFalse(spooler.isRow("id", "2024-01-01"));
    assertTrue(spooler.isRow("-9223372036854775808", "2024-01-01"));
  }

  private void assertBroken(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
  }

  /** The last that is allowed, and the first that is not. */
  @Test
  void splitsAndLinesAscendWithinTheirLimits() throws IOException {
    byte[] date = bytes("2024-01-01");
    assertBroken(
        "a first line must not be negative: firstLine=-1, source=x",
        () -> spooler.begin(0, "x", -1, () -> ""));
    spooler.begin(0, "x", 1, () -> "");
    spooler.spans(1);
    spooler.row(3, 7L, date, 0, 10);
    assertBroken(
        "the lines of a split must ascend: line=3 previous=3, source=x",
        () -> spooler.row(3, 8L, date, 0, 10));
    spooler.row(4, 8L, date, 0, 10);
    int last = (1 << 24) - 1;
    spooler.row(last, 9L, date, 0, 10);
    assertBroken(
        "a row must begin within the first 2^24 lines of its split: line=16777216, source=x",
        () -> spooler.row(last + 1, 8L, date, 0, 10));
    assertBroken(
        "a split must have the lines of its rows: lineCount=16777215 lastLine=16777215, source=x",
        () -> spooler.end(last));
    spooler.end(last + 1);
    assertBroken(
        "the splits that a sink is given must have rising numbers: split=0 previous=0, source=x",
        () -> spooler.begin(0, "x", 1, () -> ""));
    int most = Integer.MAX_VALUE - 8;
    spooler.begin(most, "x", 0, () -> "");
    spooler.row(0, 7L, date, 0, 10);
    assertBroken(
        "a split must end before the source returns: split=" + most + ", source=x",
        spooler::requireEnded);
    spooler.end(1);
    spooler.requireEnded();
    assertBroken(
        "a source must have fewer splits: split=2147483640 expectedAtMost=2147483639, source=x",
        () -> spooler.begin(most + 1, "x", 1, () -> ""));
    assertEquals(
        Set.of(
            new Row("7", "2024-01-01", 0, 3),
            new Row("8", "2024-01-01", 0, 4),
            new Row("9", "2024-01-01", 0, last),
            new Row("7", "2024-01-01", most, 0)),
        Set.copyOf(spooled()));
  }

  @Test
  void badRowsBeyondTheLimitOfWhatIsListedAreCounted() throws IOException {
    ledger.close();
    ledger = new InputLedger(BadRowPolicy.skip().atMostPercent(100), workspace);
    make(IdKind.AUTO, DateRules.DEFAULT);
    spooler.begin(0, "x", 1, () -> "");
    for (int line = 0; line < 30; line += 3) {
      spooler.bad(line, BadRowReason.TOO_FEW_COLUMNS, "columns=1", "1");
      spooler.row(line + 1, 7L, bytes("today"), 0, 5);
      spooler.row(line + 2, bytes("7today"), 0, 1, 1, 6);
    }
    spooler.end(30);
    ledger.finish(30);
    assertEquals(
        Map.of(BadRowReason.TOO_FEW_COLUMNS, 10L, BadRowReason.BAD_DATE, 20L), ledger.rejects());
    assertEquals(30, counts().badLineCount());
    assertEquals(30, spooler.rowCount());
  }

  @Test
  void textsAreLookedAtWithAndWithoutADate() throws IOException {
    make(IdKind.TEXT, DateRules.DEFAULT.withNullTexts(Set.of("")));
    spooler.begin(0, "x", 1, () -> "");
    spooler.row(0, bytes("AB-17 2024-01-01"), 0, 5, 6, 16);
    assertEquals("AB-17", String.valueOf(counts().texts().shape()));
    spooler.noDate(1, bytes("AB-28"), 0, 5);
    assertEquals("AB-[12][78]", String.valueOf(counts().texts().shape()));
    spooler.row(2, bytes(" a2024-01-01"), 0, 2, 2, 12);
    spooler.noDate(3, bytes("b "), 0, 2);
    spooler.end(4);
    String found = BuildRemark.Kind.ID_WITH_BLANKS.found();
    assertEquals(
        List.of("2 rows have " + found + ", the first id=' a' file=x line=3"),
        RowRemarks.of(List.of(spooler.remarks()), ledger, 4).stream()
            .map(BuildRemark::text)
            .toList());
  }
}
