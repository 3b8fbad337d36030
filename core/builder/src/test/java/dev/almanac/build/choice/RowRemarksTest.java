package dev.almanac.build.choice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildRemark.Kind;
import dev.almanac.build.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowRemarksTest {
  @TempDir Path folder;

  private Workspace workspace;
  private InputLedger ledger;

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(folder.resolve("sample.almanac"), null);
    ledger = new InputLedger(BadRowPolicy.fail(), workspace);
    ledger.ended(0, new InputLedger.SplitLines("a.txt", 1, 100), ledger.badRows());
    ledger.ended(1, new InputLedger.SplitLines("b.txt", 1, 100), ledger.badRows());
  }

  @AfterEach
  void close() throws IOException {
    ledger.close();
    workspace.close();
  }

  /** Adds an ID that stands between other bytes. */
  private static void id(RowRemarks remarks, String id, long position) {
    byte[] bytes = ("' " + id + " '").getBytes(UTF_8);
    remarks.id(bytes, 2, bytes.length - 2, position);
  }

  private List<BuildRemark> of(RowRemarks... threads) {
    return RowRemarks.of(List.of(threads), ledger, 1_000);
  }

  private void assertKind(Kind kind, String... ids) {
    for (String id : ids) {
      RowRemarks remarks = new RowRemarks();
      id(remarks, id, 7);
      List<BuildRemark> found = of(remarks);
      assertEquals(
          kind == null ? List.of() : List.of(kind),
          found.stream().map(BuildRemark::kind).toList(),
          id);
      String shown = RowRemarks.shown(id);
      if (kind != null) {
        assertEquals(
            "1 row has " + kind.found() + ", the first id=" + shown + " file=a.txt line=8",
            found.get(0).text());
      }
    }
  }

  @Test
  void anIdIsRemarkedOnByItsSpelling() {
    assertKind(Kind.ID_WITH_BLANKS, " a", "a ", " ", "1 ", " \"a\"");
    assertKind(Kind.ID_IN_QUOTES, "\"a\"", "'a'", "\"\"", "''", "'7'");
    assertKind(Kind.ID_AS_FORMULA, "=\"001\"", "=\"\"");
    assertKind(
        Kind.ID_WITH_WIDE_BLANKS,
        "\u00a0a",
        "a\u00a0",
        "\u00a0",
        "\u2003a",
        "a\u2003",
        "\ufeffa",
        "a\u200b",
        "\u3000");
    assertKind(
        Kind.ID_LIKE_A_NUMBER,
        "1.0",
        "-1.5",
        ".5",
        "1.",
        "+5",
        "+0",
        "-0",
        "1,000",
        "12,345,678",
        "1,000.5",
        "1e5",
        "1E5",
        "1.5e10",
        "1e+5",
        "1e-5",
        "+1.5E-3",
        "-1e0",
        "1e308",
        "90,000");
    assertKind(
        null,
        "a",
        "007",
        "-7",
        "-00",
        "-",
        "+",
        ".",
        "e5",
        "1e",
        "1e+",
        "1e5e5",
        "1e0005",
        "97e9854357336640",
        "1e5.0",
        "1.2.3",
        "1.0,000",
        ",000",
        "1,00",
        "1e1,000",
        "1/2",
        "1:2",
        "--1",
        "1-2",
        "\"",
        "'",
        "\"a'",
        "'a\"",
        "=\"",
        "=a\"",
        "=\"a",
        "x=\"a\"",
        "\u00e4",
        "\u4e2d",
        "\u00e0\u00e0",
        "a\u00e4",
        "a\u4e2d");
  }

  @Test
  void theFirstInTheInputIsNamedWhicheverThreadMetIt() {
    RowRemarks one = new RowRemarks();
    RowRemarks other = new RowRemarks();
    id(one, "1.0", RowPosition.of(1, 3));
    id(one, "4.0", RowPosition.of(1, 9));
    id(other, "2.0", RowPosition.of(0, 98));
    id(other, "3.0", RowPosition.of(1, 2));
    byte[] text = "<x>".getBytes(UTF_8);
    one.add(Kind.TEXT_AMONG_NUMBERS, text, 1, 2, RowPosition.of(1, 3));
    other.add(Kind.TEXT_AMONG_NUMBERS, text, 1, 2, RowPosition.of(0, 98));
    String like = Kind.ID_LIKE_A_NUMBER.found();
    String among = Kind.TEXT_AMONG_NUMBERS.found();
    for (List<RowRemarks> threads : List.of(List.of(one, other), List.of(other, one))) {
      assertEquals(
          List.of(
              "2 of 3 rows have " + among + ", the first id=x file=a.txt line=99",
              "4 rows have " + like + ", the first id=2.0 file=a.txt line=99"),
          RowRemarks.of(threads, ledger, 3).stream().map(BuildRemark::text).toList());
      // Where all IDs are texts, nothing is odd about that.
      assertEquals(
          List.of(4L), RowRemarks.of(threads, ledger, 2).stream().map(BuildRemark::count).toList());
    }
    assertEquals(List.of(), of(new RowRemarks()));
  }

  /** Of hexadecimal digests some look like numbers. */
  @Test
  void fewTextsThatAreLikeNumbersAreChance() {
    byte[] text = "<x>".getBytes(UTF_8);
    for (int texts : new int[] {1, 2_999, 3_000}) {
      RowRemarks remarks = new RowRemarks();
      id(remarks, "1234e5", RowPosition.of(0, 1));
      id(remarks, "123e56", RowPosition.of(0, 2));
      for (int i = 0; i < texts; i++) {
        remarks.add(Kind.TEXT_AMONG_NUMBERS, text, 1, 2, RowPosition.of(0, 1));
      }
      assertEquals(
          texts < 3_000 ? List.of(2L) : List.of(),
          RowRemarks.of(List.of(remarks), ledger, texts).stream().map(BuildRemark::count).toList());
    }
  }

  @Test
  void theLongestRowIsNamedAndOfTwoTheFirst() {
    RowRemarks one = new RowRemarks();
    RowRemarks other = new RowRemarks();
    one.severalLines(3, RowPosition.of(1, 5));
    one.severalLines(2, RowPosition.of(1, 8));
    one.severalLines(3, RowPosition.of(1, 20));
    other.severalLines(3, RowPosition.of(0, 97));
    assertEquals(
        "3 rows have several lines, the longest lines=3 file=b.txt line=6", of(one).get(0).text());
    String text = "4 rows have several lines, the longest lines=3 file=a.txt line=98";
    assertEquals(text, of(one, other).get(0).text());
    assertEquals(text, of(other, one).get(0).text());
    other.severalLines(4, RowPosition.of(1, 50));
    text = "5 rows have several lines, the longest lines=4 file=b.txt line=51";
    assertEquals(text, of(one, other).get(0).text());
    assertEquals(text, of(other, one).get(0).text());
  }

  @Test
  void blanksAtAnEndAreShown() {
    for (String id : List.of(" a", "a ", "\u00a0a", "a\u2003", "\ta", " ")) {
      assertEquals("'" + id + "'", RowRemarks.shown(id));
    }
    for (String id : List.of("", "a", "a b", "\u200ba")) {
      assertEquals(id, RowRemarks.shown(id));
    }
  }
}
