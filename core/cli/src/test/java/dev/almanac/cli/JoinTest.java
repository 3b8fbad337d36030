package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.cli.InProcess.Result;
import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinTest {
  private static final RowGenerator NUMBERS = RowGenerator.of(20_000).ids(IdShape.SPARSE);
  private static final RowGenerator TEXTS = RowGenerator.of(3_000).ids(IdShape.TEXT);

  @TempDir static Path folder;
  private static Path numbers;
  private static Path texts;
  private static Path few;

  @BeforeAll
  static void buildFiles() throws Exception {
    numbers = SampleFile.build(NUMBERS, folder.resolve("numbers.almanac"));
    texts = SampleFile.build(TEXTS, folder.resolve("texts.almanac"));
    few = build("few", Map.of("1", "2024-02-01", "2", "2024-02-02"));
  }

  private static Path build(String name, Map<String, String> dates) throws IOException {
    return SampleFile.build(dates, folder.resolve(name + ".almanac"));
  }

  private static String join(String rows, Object... arguments) {
    Result result = result(rows.getBytes(UTF_8), arguments);
    assertEquals(ExitStatus.DONE, result.status(), result.error());
    return result.output();
  }

  private static Result result(byte[] rows, Object... arguments) {
    List<Object> command = new ArrayList<>(List.of("join"));
    command.addAll(List.of(arguments));
    return InProcess.runWithInput(rows, command.toArray());
  }

  @Test
  void theDateOfEveryRowIsAppended() {
    StringBuilder rows = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      boolean there = i % 3 != 0;
      String id = there ? NUMBERS.id(i % 20_000) : Integer.toString(i);
      String row = "parcel " + i + "," + id + ",rest";
      rows.append(row).append('\n');
      expected.append(row).append(',');
      expected.append(there ? NUMBERS.dateText(i % 20_000) : "").append('\n');
    }
    Result result =
        result(rows.toString().getBytes(UTF_8), numbers, "--id-column", 2, "--delimiter", ",");
    assertEquals(expected.toString(), result.output());
    assertEquals("almanac: 20,000 of 30,000 rows matched\n", result.error());
    assertEquals(ExitStatus.DONE, result.status());
  }

  @Test
  void lineEndsAndEverythingThatIsNoIdStay() {
    String id = NUMBERS.id(7);
    String date = NUMBERS.dateText(7);
    assertEquals(
        String.join(
            "\n",
            id + "|||" + date + "\r",
            id + "|" + date,
            "+7||",
            "|x|",
            "007|",
            "",
            "9223372036854775808|",
            "-0|",
            "-|",
            id + "|" + date),
        join(
            String.join(
                "\n",
                id + "||\r",
                id,
                "+7|",
                "|x",
                "007",
                "",
                "9223372036854775808",
                "-0",
                "-",
                id),
            numbers));
    assertEquals(id + "|" + date + "\n\n", join(id + "\n\n", numbers));
  }

  @Test
  void textIdsAreLookedUpByTheirBytes() {
    List<String> rows = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      rows.add(TEXTS.id(i) + "|x");
      expected.add(TEXTS.id(i) + "|x|" + TEXTS.dateText(i));
    }
    rows.add("x".repeat(2_000) + "|");
    expected.add("x".repeat(2_000) + "||");
    assertEquals(String.join("\n", expected), join(String.join("\n", rows), texts));

    byte[] invalid = (TEXTS.id(1) + "\n\u00ff\u00fe\n").getBytes(StandardCharsets.ISO_8859_1);
    byte[] joined =
        (TEXTS.id(1) + "|" + TEXTS.dateText(1) + "\n\u00ff\u00fe|\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertArrayEquals(joined, result(invalid, texts).outputBytes());
  }

  @Test
  void aColumnIsFoundByItsNameAndTheNewOneIsNamed() {
    Object[] orders = {
      few, "--delimiter", ";", "--header", "--id-column", "order", "--date-name", "due"
    };
    assertEquals("a;order;due\r\nx;1;2024-02-01\r\n", join("a;order\r\nx;1\r\n", orders));
    assertEquals("order;due\n2;2024-02-02\n", join("\ufefforder\n2\n", orders));
    String refusal = result("a;b\n1;2\n".getBytes(UTF_8), orders).refusal(ExitStatus.FAILED);
    assertTrue(refusal.contains("column=order"), refusal);
    assertTrue(refusal.endsWith("file=standard input line=1"), refusal);
  }

  @Test
  void quotedFieldsAreReadAsBuildReadsThem() {
    assertEquals(
        "name,id,date\n"
            + "\"Smith, \"\"J\"\"\",1,2024-02-01\n"
            + "Bob,\"2\",2024-02-02\n"
            + "\"two\n"
            + "lines\",3,\n",
        join(
            "name,id\n\"Smith, \"\"J\"\"\",1\nBob,\"2\"\n\"two\nlines\",3\n",
            few,
            "--delimiter",
            ",",
            "--quoted",
            "--header",
            "--id-column",
            "id"));
  }

  @Test
  void blanksAreTrimmedAndLinesSkippedOnDemand() {
    assertEquals(" 1 |2024-02-01\n", join("title\n 1 \n", few, "--trim", "--skip-lines", 1));
  }

  @Test
  void fieldsAreEscapedAndQuotedOverLinesOnDemand() throws IOException {
    Path escaped = build("escaped", Map.of("a|b", "2024-02-01"));
    assertEquals("a\\|b|2024-02-01\n", join("a\\|b\n", escaped, "--escaped"));
    String row = "\"x\ny\nz\"|1\n";
    Object[] options = {few, "--quoted", "--id-column", 2, "--max-quoted-lines", 3};
    assertEquals(row.strip() + "|2024-02-01\n", join(row, options));
    options[5] = 2;
    String refusal = result(row.getBytes(UTF_8), options).refusal(ExitStatus.FAILED);
    assertTrue(refusal.contains("lines"), refusal);
    assertEquals(
        "join needs a column for the ID: --id-column=row; see 'almanac join --help'",
        result(new byte[0], few, "--id-column", "row").refusal(ExitStatus.USAGE));
    assertTrue(
        result(new byte[0], few, "--quoted", "--delimiter", "\"")
            .refusal(ExitStatus.USAGE)
            .endsWith("; see 'almanac join --help'"));
  }

  @Test
  void theFirstIdThatIsAbsentIsNamed() {
    String warning = result("x\ny\n".getBytes(UTF_8), texts).error();
    assertTrue(warning.endsWith("firstId=x\n"), warning);
    assertTrue(warning.startsWith("almanac: 0 of 2 rows matched\n"), warning);
    assertEquals("", result("1\n9\n".getBytes(UTF_8), few, "--json", "--quiet").error());
  }

  @Test
  void compressedRowsAreRead() throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write("1|x\n2|y\n".getBytes(UTF_8));
    }
    assertEquals(
        "1|x|2024-02-01\n2|y|2024-02-02\n", result(compressed.toByteArray(), few).output());
  }

  @Test
  void anotherEncodingIsRefusedAsBuildRefusesIt() throws IOException {
    byte[] rows = "1|2024-02-01\n".getBytes(UTF_16);
    Path input = Files.write(folder.resolve("utf-16.txt"), rows);
    String ofBuild =
        InProcess.run("build", input, "-o", folder.resolve("never.almanac"))
            .refusal(ExitStatus.FAILED);
    assertEquals(
        ofBuild.replace(input.toString(), StandardInput.NAME),
        result(rows, few).refusal(ExitStatus.FAILED));
  }

  @Test
  void linesThatEndInReturnsAreLines() {
    assertEquals(List.of("1|2024-02-01", "2|2024-02-02"), join("1\r2\r", few).lines().toList());
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"plain", "--quoted", "--escaped", "--trim", "--quoted --trim"})
  void whatBuildReadsFromRowsJoinFindsInThem(String dialect) throws IOException {
    Random random = new Random(5);
    String[] ids = {"7", "-1", "é", "a b", "x\"y", "'", "\ud83d\udcc5", "c.d", "007"};
    for (int run = 0; run < 20; run++) {
      StringBuilder rows = new StringBuilder();
      for (int row = 0; row < 50; row++) {
        String id = ids[random.nextInt(ids.length)] + random.nextInt(1_000);
        if (dialect.contains("quoted") && random.nextBoolean()) {
          id = "\"" + id.replace("\"", "\"\"") + ",\"";
        } else if (dialect.contains("escaped") && random.nextBoolean()) {
          id += "\\,";
        }
        if (dialect.contains("trim") && random.nextBoolean()) {
          id = " " + id + "\t";
        }
        rows.append("note,").append(id).append(",2024-02-");
        rows.append(10 + random.nextInt(10)).append(random.nextBoolean() ? "\r\n" : "\n");
      }
      List<Object> options = new ArrayList<>(List.of("--delimiter", ",", "--id-column", 2));
      if (!dialect.equals("plain")) {
        options.addAll(List.of(dialect.split(" ")));
      }
      Path file = folder.resolve("joined.almanac");
      List<Object> build = new ArrayList<>(List.of("build", "-", "-o", file, "--date-column", 3));
      build.addAll(options);
      build.addAll(List.of("--quiet", "--on-duplicate", "first"));
      assertEquals(
          ExitStatus.DONE,
          InProcess.runWithInput(rows.toString(), build.toArray()).status(),
          rows.toString());
      List<Object> join = new ArrayList<>(List.of(file, "--json"));
      join.addAll(options);
      Result result = result(rows.toString().getBytes(UTF_8), join.toArray());
      assertEquals("{\"matched\":50,\"unmatched\":0}\n", result.error(), rows.toString());
    }
  }

  @Test
  void aRowWithoutTheColumnIsNamedAndThoseBeforeItAreAnswered() {
    Result result = result("x|2\n3\n".getBytes(UTF_8), few, "--id-column", 2);
    assertEquals(
        "a row has too few columns: columns=1 expected=2 (--id-column, idColumn), file=standard"
            + " input line=2",
        result.refusal(ExitStatus.FAILED));
    assertEquals("x|2|2024-02-02\n", result.output());
    Result amidst = result("x|2\nx|1\n3\nx|1\n".getBytes(UTF_8), few, "--id-column", 2);
    assertTrue(amidst.refusal(ExitStatus.FAILED).endsWith("line=3"), amidst.error());
    assertEquals("x|2|2024-02-02\nx|1|2024-02-01\n", amidst.output());
  }

  @Test
  void aQuoteThatIsNotClosedIsNamed() {
    String refusal = result("\"1|x\n".getBytes(UTF_8), few, "--quoted").refusal(ExitStatus.FAILED);
    assertTrue(refusal.contains("quot") && refusal.endsWith("line=1"), refusal);
  }

  /** Rows that two stray quotation marks or a lone CR hide would get no date. */
  @Test
  void aRowWithinARowIsNamed() {
    Object[] quoted = {few, "--quoted", "--delimiter", ","};
    for (String rows : List.of("1,\"x\n1,a,c\n5,b\",c\n", "1,\"x\n2,y\",z\n")) {
      Result result = result(("2,x,z\n" + rows).getBytes(UTF_8), quoted);
      String refusal = result.refusal(ExitStatus.FAILED);
      assertTrue(refusal.startsWith("a row must not hold another row: found="), refusal);
      assertTrue(refusal.endsWith("file=standard input line=2"), refusal);
      assertEquals("2,x,z,2024-02-02\n", result.output());
      Object[] allowed = {few, "--quoted", "--delimiter", ",", "--max-quoted-lines", 9};
      assertTrue(result(rows.getBytes(UTF_8), allowed).error().contains("of 1 row matched"));
    }
    String refusal = result("7|a\n7|a\r1|b\n".getBytes(UTF_8), few).refusal(ExitStatus.FAILED);
    assertTrue(refusal.contains("found=1|b;"), refusal);
    // Lines whose IDs have no date, and the fields after one of several lines, are none.
    String unlike = "1,x\n1,\"x\n7,y\n2\n2,y,z\nx\"\n";
    assertTrue(join(unlike, quoted).endsWith("x\",2024-02-01\n"));
    assertEquals(
        "\"x\ny\",k,2,2024-02-02\n",
        join("\"x\ny\",k,2\n", few, "--quoted", "--delimiter", ",", "--id-column", 3));
  }

  @Test
  void longRowsAreTakenButNotOnesWithoutEnd() {
    String longRow = "1|" + "x".repeat(1_000_000);
    assertEquals((longRow + "|2024-02-01\n").repeat(3), join((longRow + "\n").repeat(3), few));
    String refusal =
        result(("1\n" + "x".repeat(3_000_000)).getBytes(UTF_8), few).refusal(ExitStatus.FAILED);
    assertTrue(refusal.endsWith("line=2"), refusal);
  }

  @Test
  void rowsOfWhichNoneMatchesAreSaidLoudly() {
    Result result = result("1,x\n".getBytes(UTF_8), few);
    assertEquals("1,x|\n", result.output());
    assertEquals(ExitStatus.NO, result.status());
    assertTrue(result.error().contains("NO ROW MATCHED"), result.error());
    assertTrue(result.error().contains("firstId=1,x, the file's IDs are numbers"), result.error());
    assertTrue(result("1,x\n".getBytes(UTF_8), few, "--quiet").error().contains("NO ROW MATCHED"));
    assertEquals("almanac: 0 of 0 rows matched\n", result(new byte[0], few).error());
    byte[] one = NUMBERS.id(0).getBytes(UTF_8);
    assertEquals("almanac: 1 of 1 row matched\n", result(one, numbers).error());
  }

  @Test
  void aDateThatWouldBreakTheRowIsQuotedOrRefused() throws IOException {
    Path rows = Files.writeString(folder.resolve("texts.txt"), "1|29, 2, 2024\n");
    Path file = folder.resolve("kept.almanac");
    InProcess.run(
            "build", rows, "-o", file, "--quiet", "--keep-date-text", "--date-format", "d, M, uuuu")
        .done();
    assertEquals("1,\"29, 2, 2024\"\n", join("1\n", file, "--delimiter", ",", "--quoted"));
    for (String id : List.of("1", "2")) {
      Result refused = result((id + "\n").getBytes(UTF_8), file, "--delimiter", ",");
      String message = refused.refusal(ExitStatus.FAILED);
      assertTrue(message.contains("date=29, 2, 2024"), message);
      assertEquals("", refused.output(), "before the first row, whether it has that date or not");
    }
  }
}
