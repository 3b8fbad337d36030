package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DumpTest {
  @TempDir Path folder;

  /** Every text here is an ID that a source can give. */
  private static final List<String> ODD_IDS =
      List.of("a|2020-05-05", "a,b", "say \"hi\"", "\"", "\"quoted\"", "\ufeffx", " ", "é");

  private Path build(String name, Map<String, String> dates) throws IOException {
    return SampleFile.build(dates, folder.resolve(name));
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"|", ",", "tab", "-", "2", "x"})
  void buildReadsBackWhatDumpWritesOrDumpRefuses(String delimiter) throws IOException {
    List<String> refused = new ArrayList<>();
    for (String id : ODD_IDS) {
      Path file = build("odd.almanac", Map.of(id, "2024-02-29"));
      for (boolean quoted : new boolean[] {false, true}) {
        List<Object> dump = new ArrayList<>(List.of("dump", file, "--delimiter", delimiter));
        Path again = folder.resolve("again.almanac");
        List<Object> build =
            new ArrayList<>(
                List.of("build", "-", "-o", again, "--quiet", "--delimiter", delimiter));
        if (quoted) {
          dump.add("--quoted");
          build.add("--quoted");
        }
        InProcess.Result dumped = InProcess.run(dump.toArray());
        if (dumped.status() == ExitStatus.DONE) {
          InProcess.runWithInput(dumped.outputBytes(), build.toArray()).done();
          assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again), id);
        } else {
          String message = dumped.refusal(ExitStatus.FAILED);
          assertTrue(message.contains("--quoted puts it in quotes"), message);
          assertEquals(false, quoted, id);
          refused.add(id);
        }
      }
    }
    assertTrue(refused.contains("\ufeffx"), refused::toString);
  }

  @Test
  void aRefusalShowsWhatNobodySees() throws IOException {
    Path file = build("odd.almanac", Map.of("x|\u00a0y", "2024-02-29"));
    String message = InProcess.run("dump", file).refusal(ExitStatus.FAILED);
    assertTrue(message.endsWith("id=x|\\u00a0y delimiter=|"), message);
  }

  /** The builder refuses such IDs; a file may come from elsewhere. */
  @Test
  void lineBreaksAreGuardedToo() throws IOException {
    for (String field : List.of("x\ny", "x\r")) {
      ByteArrayOutputStream written = new ByteArrayOutputStream();
      ByteOutput output = new ByteOutput(written);
      byte[] bytes = field.getBytes(UTF_8);
      FieldWriter plain = new FieldWriter(output, '|', false);
      assertThrows(IOException.class, () -> plain.put(bytes, 0, bytes.length, "id"));
      new FieldWriter(output, '|', true).put(bytes, 0, bytes.length, "id");
      output.flush();
      assertEquals("\"" + field + "\"", written.toString(UTF_8));
    }
  }

  @Test
  void numbersAreGuardedToo() throws IOException {
    Path file = build("numbers.almanac", Map.of("-42", "2024-02-29"));
    String message = InProcess.run("dump", file, "--delimiter", "-").refusal(ExitStatus.FAILED);
    assertTrue(message.contains("date=2024-02-29 delimiter=-"), message);
    assertEquals(
        "\"-42\"-\"2024-02-29\"\n",
        InProcess.run("dump", file, "--delimiter", "-", "--quoted").done().output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "0", "9", "5", "|"})
  void numbersThatHoldTheDelimiterAreQuoted(String delimiter) throws IOException {
    List<String> ids = List.of("-1", "40", "79", "251");
    Map<String, String> dates = new TreeMap<>();
    Set<String> expected = new HashSet<>();
    for (String id : ids) {
      dates.put(id, "1111-11-11");
      expected.add(
          (id.contains(delimiter) ? '"' + id + '"' : id)
              + delimiter
              + (delimiter.equals("-") ? "\"1111-11-11\"" : "1111-11-11"));
    }
    Path file = build("digits.almanac", dates);
    List<String> rows = dump(file, "--quoted", "--delimiter", delimiter).lines().toList();
    assertEquals(ids.size(), rows.size());
    assertEquals(expected, Set.copyOf(rows));
  }

  @Test
  void aRangeOfDatesAndAHeaderCanBeAskedFor() throws IOException {
    Map<String, String> dates = new TreeMap<>();
    for (int day = 1; day <= 9; day++) {
      dates.put(Integer.toString(day), "2024-02-0" + day);
    }
    Path file = build("days.almanac", dates);
    List<String> range =
        dump(file, "--header", "--from", "2024-02-03", "--to", "2024-02-04").lines().toList();
    assertEquals("id|date", range.get(0));
    // The order is that of the file, which is not that of the IDs.
    assertEquals(Set.of("3|2024-02-03", "4|2024-02-04"), Set.copyOf(range.subList(1, 3)));
    assertEquals(3, range.size());
    assertEquals("9|2024-02-09\n", dump(file, "--from", "2024-02-09"));
    assertEquals("1|2024-02-01\n", dump(file, "--to", "2024-02-01"));
    assertEquals("5|2024-02-05\n", dump(file, "--from", "2024-02-05", "--to", "2024-02-05"));
    assertEquals("", dump(file, "--from", "2024-02-10"));
    assertEquals("", dump(file, "--to", "2024-01-31"));
    assertEquals(dump(file), dump(file, "--from", "2023-01-01", "--to", "2025-01-01"));
    assertEquals(9, dump(file).lines().count());
  }

  @Test
  void aRangeOfDatesOfTextIds() throws IOException {
    Path file = build("texts.almanac", Map.of("a", "2024-02-01", "b", "2024-02-02"));
    assertEquals("b|2024-02-02\n", dump(file, "--from", "2024-02-02"));
  }

  private static String dump(Path file, Object... options) {
    List<Object> arguments = new ArrayList<>(List.of("dump", file));
    arguments.addAll(List.of(options));
    return InProcess.run(arguments.toArray()).done().output();
  }
}
