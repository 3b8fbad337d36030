package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.cli.InProcess.Result;
import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** get, dump and info, over one file of numbers and one of texts. */
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
    String refusal = "an ID is not valid UTF-8: id=\ufffd, file=standard input line=2";
    assertEquals(refusal, stopped.refusal(ExitStatus.FAILED));
    byte[] unended = Arrays.copyOf(latin, latin.length - 1);
    assertEquals(
        refusal, InProcess.runWithInput(unended, "get", numbers, "-").refusal(ExitStatus.FAILED));
  }

  @Test
  void getNamesTheFirstIdThatIsNoPlainDecimal() throws Exception {
    for (String id : new String[] {"no-number", "007", "+7", "-0", "9223372036854775808"}) {
      assertEquals(
          "almanac: not found, the file's IDs are plain decimals such as 42 or -7: id=" + id + "\n",
          InProcess.runWithInput("42\n" + id + "\n008\n", "get", numbers, "-").error());
    }
    assertEquals("", InProcess.run("get", texts, "007").error());
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
  void infoSaysWhatTheFooterSays() throws Exception {
    String table = InProcess.run("info", numbers).done().output();
    assertTrue(table.matches("(?s).*\n  IDs +20,000, long\n.*"), table);
    assertTrue(table.matches("(?s).*\n  From, to +-[0-9]+, [0-9]+\n.*"), table);
    table.lines().skip(1).forEach(line -> assertTrue(line.length() <= 80, line));
    String ofTexts = InProcess.run("info", texts).done().output();
    assertTrue(ofTexts.contains("3,000, text\n") && !ofTexts.contains("From, to"), ofTexts);
    ofTexts.lines().skip(1).forEach(line -> assertTrue(line.length() <= 80, line));

    Map<String, Object> info = InProcess.run("info", texts, "--json").done().json();
    assertEquals("text", info.get("idKind"));
    assertEquals(3_000L, info.get("ids"));
    assertEquals(Files.size(texts), info.get("fileBytes"));
    assertEquals("hashed", info.get("layout"));
    assertTrue(info.get("idPattern").toString().contains("ORD-0000"), info.toString());
    assertTrue(info.get("firstDate").toString().compareTo(info.get("lastDate").toString()) < 0);
  }
}
