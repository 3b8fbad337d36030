package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each option of {@code build}: what it does to the file, beside what is built without it. */
class BuildOptionsTest {
  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void nameTarget() {
    target = folder.resolve("dates.almanac");
  }

  private InProcess.Result run(String rows, Object... options) {
    List<Object> arguments = new ArrayList<>(List.of("build", "-o", target));
    arguments.addAll(List.of(options));
    arguments.add("-");
    return InProcess.runWithInput(rows, arguments.toArray());
  }

  /** The rows of the file that is built, in the order of their texts. */
  private List<String> built(String rows, Object... options) {
    InProcess.Result result = run(rows, options);
    assertEquals(ExitStatus.DONE, result.status(), result.error());
    return dump();
  }

  private List<String> dump() {
    return InProcess.run("dump", target).done().output().lines().sorted().toList();
  }

  private String refusal(String rows, Object... options) {
    return run(rows, options).refusal(ExitStatus.FAILED);
  }

  @Test
  void datesAreReadAsTheOptionsSay() {
    assertEquals(
        List.of("1|2024-02-29", "2|2023-12-31"),
        built("1|29.02.2024\n2|20231231\n", "--date-format", "dd.MM.uuuu", "--date-format=basic"));
    assertEquals(
        List.of("1|2024-03-01"),
        built("1|1. März 2024\n", "--date-format", "d. MMMM uuuu", "--locale", "de"));
    assertTrue(
        refusal("1|1. März 2024\n", "--date-format", "d. MMMM uuuu").contains("date"), "English");
    assertEquals(
        List.of("1|1950-02-01", "2|2049-02-01"),
        built("1|01.02.50\n2|01.02.49\n", "--date-format", "dd.MM.uu", "--century-from", "1950"));
    assertEquals(
        List.of("1|29.02.2024"),
        built("1|29.02.2024\n", "--date-format", "dd.MM.uuuu", "--keep-date-text"));
    assertEquals(
        List.of("2|2024-02-29"), built("1|NULL\n2|2024-02-29\n3|\n", "--null=NULL", "--null="));
    assertTrue(
        run("1|2024-02-29\n", "--locale", "d_e_")
            .refusal(ExitStatus.USAGE)
            .startsWith("a locale must be a language tag, such as de or pt-BR: locale=d_e_"));
  }

  @Test
  void rowsAreReadAsTheOptionsSay() throws IOException {
    assertEquals(
        List.of("b|2024-02-29"),
        built("x,b,2024-02-29\n", "--delimiter=,", "--id-column=2", "--date-column=3"));
    assertEquals(
        List.of("b|2024-02-29"),
        built(
            "when;id\n2024-02-29;b\n",
            "--delimiter=;",
            "--header",
            "--id-column=id",
            "--date-column=when"));
    assertEquals(
        List.of("0|2024-02-29", "1|2024-03-01"),
        built("x|2024-02-29\nx|2024-03-01\n", "--id-column=row"));
    assertEquals(
        List.of("b|2024-02-29"), built("1\n2\n \u00a0b |2024-02-29\n", "--skip-lines=2", "--trim"));
    assertEquals(
        List.of("a,b|2024-02-29"), built("\"a,b\",2024-02-29\n", "--quoted", "--delimiter=,"));
    assertEquals(
        List.of("a,b|2024-02-29"), built("a\\,b,2024-02-29\n", "--escaped", "--delimiter=,"));
    Object[] quoted = {"--quoted", "--delimiter=,", "--date-column=3", "--max-quoted-lines=3"};
    assertEquals(List.of("1|2024-02-29"), built("1,\"a\nb\nc\",2024-02-29\n", quoted));
    assertTrue(refusal("1,\"a\nb\nc\nd\",2024-02-29\n", quoted).contains("lines"));
    assertEquals(List.of("007|2024-02-29"), built("007|2024-02-29\n", "--ids=text"));
    assertEquals(
        List.of("1|2024-02-29", "2|2024-03-01"),
        built("2|2024-03-01\n", Files.writeString(folder.resolve("one"), "1|2024-02-29\n")));
  }

  @Test
  void ofTwoDatesTheOneThatIsAskedForIsTaken() {
    String rows = "1|2024-02-29\n1|2024-03-01\n";
    assertEquals(List.of("1|2024-03-01"), built(rows));
    assertEquals(List.of("1|2024-03-01"), built(rows, "--on-duplicate=last"));
    assertEquals(List.of("1|2024-02-29"), built(rows, "--on-duplicate=first"));
    assertTrue(refusal(rows, "--on-duplicate=fail").contains("2024-03-01"));
  }

  @Test
  void badRowsAreSkippedUpToTheLimit() {
    String rows = "1|2024-02-29\n2|no\n3|no\n4|2024-03-01\n";
    List<String> good = List.of("1|2024-02-29", "4|2024-03-01");
    assertTrue(refusal(rows).contains("line=2"));
    assertTrue(refusal(rows, "--on-bad-row=fail").contains("line=2"));
    assertEquals(good, built(rows, "--on-bad-row=skip"));
    assertEquals(good, built(rows, "--on-bad-row=skip", "--max-bad-rows=2"));
    assertEquals(good, built(rows, "--on-bad-row=skip", "--max-bad-rows=50%"));
    assertTrue(refusal(rows, "--on-bad-row=skip", "--max-bad-rows=1").contains("bad rows"));
    assertTrue(refusal(rows, "--on-bad-row=skip", "--max-bad-rows=49.9%").contains("bad rows"));
    assertTrue(
        run(rows, "--max-bad-rows=1")
            .refusal(ExitStatus.USAGE)
            .startsWith("--max-bad-rows needs --on-bad-row skip; see"));
  }

  @Test
  void whatIsReplacedMayChangeUpToTheLimit() {
    String four = "1|2024-02-29\n2|2024-02-29\n3|2024-02-29\n4|2024-02-29\n";
    built(four);
    String two =
        four.replace("1|2024-02-29", "1|2024-03-01").replace("4|2024-02-29", "5|2024-02-29");
    assertTrue(refusal(two, "--max-changes=2").contains("changes"));
    assertTrue(refusal(two, "--max-changes=74%").contains("changes"));
    assertEquals(
        List.of("1|2024-03-01", "2|2024-02-29"), built(two, "--max-changes=3").subList(0, 2));
    built(four);
    assertEquals(4, built(two, "--max-changes=75%").size());
    assertEquals(
        List.of("1|2024-03-01", "3|2024-02-29", "5|2024-02-29", "6|2024-12-24"),
        built("2|\n6|2024-12-24\n", "--base", target, "--null="));
  }

  @Test
  void aFileHasAsManyIdsAsAreDemanded() {
    assertEquals(2, built("1|2024-02-29\n2|2024-02-29\n", "--min-ids=2").size());
    assertTrue(refusal("1|2024-02-29\n", "--min-ids=2").contains("2"));
    assertTrue(refusal("").contains("ID"));
    assertEquals(List.of(), built("", "--allow-empty"));
    assertTrue(
        run("", "--allow-empty", "--min-ids=2")
            .refusal(ExitStatus.USAGE)
            .startsWith("--min-ids and --allow-empty exclude each other; see"));
  }

  @Test
  void temporaryFilesGoWhereTheOptionSays() {
    Path missing = folder.resolve("missing");
    assertTrue(
        refusal("1|2024-02-29\n", "--temp", missing).contains(missing.toString()), "not used");
  }

  @Test
  void aRemarkIsAWarningUnlessTheBuildIsQuiet() {
    String rows = "1|2024-02-29\n2|2024-02-29\nx|2024-02-29\n";
    InProcess.Result loud = run(rows);
    assertTrue(loud.error().startsWith("almanac: "), loud.error());
    assertEquals(1, loud.error().lines().count(), loud.error());
    assertTrue(loud.output().contains("\n  Note: "), loud.output());
    InProcess.Result quiet = run(rows, "--quiet");
    assertEquals("", quiet.error() + quiet.output());
    InProcess.Result blanks = run(" a|2024-02-29\nb|2024-02-29\n").done();
    assertTrue(blanks.output().contains("\n  Note: "), blanks.output());
  }

  @Test
  void columnsMustDiffer() {
    assertEquals(
        "the ID and the date must be in different columns: --id-column=2 --date-column=2; see"
            + " 'almanac build --help'",
        run("1|2024-02-29\n", "--id-column=2").refusal(ExitStatus.USAGE));
  }
}
