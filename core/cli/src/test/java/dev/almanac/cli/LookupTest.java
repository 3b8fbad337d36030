package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.cli.InProcess.Result;
import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** get, join, dump and info, over one file of numbers and one of texts. */
class LookupTest {
  private static final RowGenerator NUMBERS =
      RowGenerator.of(20_000).ids(IdShape.SPARSE).duplicates(0);
  private static final RowGenerator TEXTS = RowGenerator.of(3_000).ids(IdShape.TEXT);

  @TempDir static Path folder;
  private static Path numbers;
  private static Path texts;

  @BeforeAll
  static void buildFiles() throws Exception {
    numbers = SampleFile.build(NUMBERS, folder.resolve("numbers.almanac"));
    texts = SampleFile.build(TEXTS, folder.resolve("texts.almanac"));
  }

  private static String line(RowGenerator rows, long index) {
    return rows.id(index) + "\t" + rows.dateText(index) + "\n";
  }

  @Test
  void getPrintsALineForEachId() throws Exception {
    String one = NUMBERS.id(5);
    assertTrue(one.startsWith("-"), "a negative number must not be taken for an option");
    assertEquals(
        line(NUMBERS, 5) + line(NUMBERS, 19_995),
        InProcess.run("get", numbers, one, NUMBERS.id(19_995)).done().output());
    assertEquals(line(TEXTS, 4), InProcess.run("get", texts, TEXTS.id(4)).done().output());
  }

  @Test
  void getSaysWhichIdIsAbsentAndEndsWithNo() throws Exception {
    String there = NUMBERS.id(5);
    Result result =
        InProcess.run(
            "get",
            numbers,
            42,
            there,
            "0" + NUMBERS.id(15_000),
            "no-number",
            "-9223372036854775808");
    assertEquals(
        "42\t-\n"
            + line(NUMBERS, 5)
            + "0"
            + NUMBERS.id(15_000)
            + "\t-\nno-number\t-\n-9223372036854775808\t-\n",
        result.output());
    assertEquals(ExitStatus.NO, result.status());
    assertEquals(
        "almanac: not found, the file's IDs are plain decimals such as 42 or -7: id=0"
            + NUMBERS.id(15_000)
            + "\n",
        result.error());
  }

  @Test
  void getTakesIdsThatBeginWithADashBehindTwoDashes() throws Exception {
    Result result = InProcess.run("get", texts, "--", "-x", TEXTS.id(1));
    assertEquals("-x\t-\n" + line(TEXTS, 1), result.output());
  }

  @Test
  void getReadsIdsFromStandardInput() throws Exception {
    Result result =
        InProcess.runWithInput(NUMBERS.id(1) + "\n" + NUMBERS.id(2) + "\n", "get", numbers, "-")
            .done();
    assertEquals(line(NUMBERS, 1) + line(NUMBERS, 2), result.output());

    byte[] latin = (NUMBERS.id(1) + "\n\u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
    Result stopped = InProcess.runWithInput(latin, "get", numbers, "-");
    assertEquals(ExitStatus.FAILED, stopped.status());
    assertEquals(line(NUMBERS, 1), stopped.output());
    assertTrue(stopped.error().contains("an ID is not valid UTF-8"), stopped.error());
    assertTrue(stopped.error().endsWith("file=standard input line=2\n"), stopped.error());
  }

  @Test
  void dumpWritesEveryEntryOnce() throws Exception {
    checkDump(NUMBERS, InProcess.run("dump", numbers).done().output(), "|");
    checkDump(TEXTS, InProcess.run("dump", texts, "--delimiter", ";").done().output(), ";");
  }

  private static void checkDump(RowGenerator generator, String dump, String delimiter) {
    Map<String, String> dates = new HashMap<>();
    for (long index = 0; index < generator.rowCount(); index++) {
      dates.put(generator.id(index), generator.dateText(index));
    }
    dump.lines()
        .forEach(
            line -> {
              String[] fields = line.split(delimiter.equals("|") ? "\\|" : delimiter);
              assertEquals(2, fields.length, line);
              assertEquals(dates.remove(fields[0]), fields[1], line);
            });
    assertEquals(Map.of(), dates);
  }

  @Test
  void joinAppendsTheDateOfEveryRow() throws Exception {
    StringBuilder rows = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      boolean there = i % 3 != 0;
      String id = there ? NUMBERS.id(i % 20_000) : Integer.toString(i);
      rows.append("parcel ").append(i).append(',').append(id).append(",rest\n");
      expected
          .append("parcel ")
          .append(i)
          .append(',')
          .append(id)
          .append(",rest,")
          .append(there ? NUMBERS.dateText(i % 20_000) : "")
          .append('\n');
    }
    assertEquals(
        expected.toString(),
        InProcess.runWithInput(
                rows.toString(), "join", numbers, "--id-column", 2, "--delimiter", ",")
            .done()
            .output());
  }

  @Test
  void joinKeepsLineEndsAndEverythingThatIsNoId() throws Exception {
    String id = NUMBERS.id(7);
    String date = NUMBERS.dateText(7);
    String first = id + "||\r\n" + id + "\n+7|\n|x\n007\n\n9223372036854775808\n-0\n-\n";
    String expected =
        id
            + "|||"
            + date
            + "\r\n"
            + id
            + "|"
            + date
            + "\n+7||\n|x|\n007|\n|\n9223372036854775808|\n-0|\n-|\n";
    assertEquals(
        expected + id + "|" + date,
        InProcess.runWithInput(first + id, "join", numbers).done().output());
  }

  @Test
  void joinLooksTextIdsUpByTheirBytes() throws Exception {
    List<String> rows = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      rows.add(TEXTS.id(i) + "|x");
      expected.add(TEXTS.id(i) + "|x|" + TEXTS.dateText(i));
    }
    rows.add("x".repeat(2_000) + "|");
    expected.add("x".repeat(2_000) + "||");
    assertEquals(
        String.join("\n", expected),
        InProcess.runWithInput(String.join("\n", rows), "join", texts).done().output());

    byte[] invalid = (TEXTS.id(1) + "\n\u00ff\u00fe\n").getBytes(StandardCharsets.ISO_8859_1);
    byte[] joined =
        (TEXTS.id(1) + "|" + TEXTS.dateText(1) + "\n\u00ff\u00fe|\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertArrayEquals(joined, InProcess.runWithInput(invalid, "join", texts).done().outputBytes());
  }

  @Test
  void joinFindsAColumnByItsNameAndNamesItsOwn() throws Exception {
    String id = NUMBERS.id(7);
    assertEquals(
        "a;order;due\r\n1;" + id + ";" + NUMBERS.dateText(7) + "\r\n",
        joinOrders("a;order\r\n1;" + id + "\r\n").done().output());
    assertEquals(
        "\ufefforder;due\n" + id + ";" + NUMBERS.dateText(7) + "\n",
        joinOrders("\ufefforder\n" + id + "\n").done().output());
    assertEquals(
        "the header must name the column: column=order header=a;b, file=standard input line=1",
        joinOrders("a;b\n1;2\n").refusal(ExitStatus.FAILED));
  }

  private static Result joinOrders(String rows) throws Exception {
    return InProcess.runWithInput(
        rows,
        "join",
        numbers,
        "--delimiter",
        ";",
        "--header",
        "--id-column",
        "order",
        "--date-name",
        "due");
  }

  @Test
  void joinNamesARowWithoutTheColumn() throws Exception {
    Result result = InProcess.runWithInput("1|2\n3\n", "join", numbers, "--id-column", 2);
    assertEquals(ExitStatus.FAILED, result.status());
    assertEquals(
        "almanac: a row must have the column: column=2 columns=1, file=standard input line=2\n",
        result.error());
  }

  @Test
  void joinTakesLongRowsButNotOnesWithoutEnd() throws Exception {
    String longRow = NUMBERS.id(7) + "|" + "x".repeat(1_000_000);
    assertEquals(
        (longRow + "|" + NUMBERS.dateText(7) + "\n").repeat(3),
        InProcess.runWithInput((longRow + "\n").repeat(3), "join", numbers).done().output());
    String message = InProcess.runWithInput("1\n" + "x".repeat(3_000_000), "join", numbers).error();
    assertTrue(message.contains("a row must take at most 1048576 bytes"), message);
    assertTrue(message.contains("line=2"), message);
  }

  @Test
  void infoSaysWhatTheFooterSays() throws Exception {
    String table = InProcess.run("info", numbers).done().output();
    assertTrue(table.matches("(?s).*\n  IDs +20,000, long\n.*"), table);
    assertTrue(table.matches("(?s).*\n  From, to +-[0-9]+, [0-9]+\n.*"), table);
    table.lines().skip(1).forEach(line -> assertTrue(line.length() <= 80, line));
    String ofTexts = InProcess.run("info", texts).done().output();
    assertTrue(ofTexts.contains("3,000, text\n") && !ofTexts.contains("From, to"), ofTexts);

    Map<String, Object> info = InProcess.run("info", texts, "--json").done().json();
    assertEquals("text", info.get("idKind"));
    assertEquals(3_000L, info.get("ids"));
    assertEquals(Files.size(texts), info.get("fileBytes"));
    assertEquals("entries", info.get("layout"));
    assertTrue(info.get("firstDate").toString().compareTo(info.get("lastDate").toString()) < 0);
  }
}
