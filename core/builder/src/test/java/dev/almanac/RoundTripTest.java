package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DateFormat;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {
  @TempDir Path folder;

  private void assertComesBack(SampleRows rows, Layout layout) throws IOException {
    Path target = rows.build(folder, layout);
    VerifyReport verified = Almanac.verify(target);
    assertEquals(List.of(), verified.damages());
    assertEquals(rows.dateById().size(), verified.idCount());
    try (Almanac almanac = Almanac.open(target)) {
      assertTrue(
          layout == Layout.AUTO
              || almanac.idKind() == IdKind.TEXT
              || almanac.info().layout() == layout);
      rows.assertAnsweredBy(almanac);
    }
  }

  @Test
  void denseIdsComeBack() throws IOException {
    assertComesBack(SampleRows.dense(1, 40_000, 300), Layout.AUTO);
  }

  @Test
  void clustersComeBackFromBlocks() throws IOException {
    SampleRows rows = SampleRows.clusters(20_000, 300);
    assertComesBack(rows, Layout.BLOCKS);
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO))) {
      assertEquals(Layout.BLOCKS, almanac.info().layout());
    }
    assertComesBack(rows, Layout.HASHED);
  }

  @Test
  void denseIdsAroundZeroComeBack() throws IOException {
    assertComesBack(SampleRows.dense(-3_000, 6_000, 17), Layout.AUTO);
  }

  @Test
  void denseIdsWithGapsComeBack() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    SampleRows rows = new SampleRows();
    long id = -70_000;
    for (int i = 0; i < 30_000; i++) {
      id += random.nextInt(100) == 0 ? random.nextInt(20_000) : 1 + random.nextInt(3);
      rows.add(id, SampleRows.date(random.nextInt(90)));
    }
    assertComesBack(rows, Layout.AUTO);
  }

  @Test
  void sparseIdsOfBothSignsComeBack() throws IOException {
    SampleRows rows = SampleRows.sparse(50_000, 1_000);
    for (long id :
        new long[] {
          Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE, Long.MAX_VALUE - 1, 0, 1, -1
        }) {
      rows.add(id, SampleRows.date((int) (id & 63)));
    }
    assertComesBack(rows, Layout.AUTO);
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"ENTRIES", "HASHED", "BLOCKS"})
  void everyLayoutGivesTheSameAnswers(Layout layout) throws IOException {
    SampleRows rows = SampleRows.dense(-2_000, 4_000, 260);
    SampleRows.sparse(300, 260).dateById().forEach(rows::add);
    for (long id :
        new long[] {
          Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 4_096, 1L << 40, (1L << 40) + 4_095
        }) {
      rows.add(id, SampleRows.date(259));
    }
    assertComesBack(rows, layout);
  }

  @ParameterizedTest
  @EnumSource(value = IdKind.class)
  void aFileOfNoRowsAnswersNothing(IdKind kind) throws IOException {
    Path target = folder.resolve("none.almanac");
    Path rows = new SampleRows().write(folder.resolve("rows.txt"));
    BuildReport report =
        AlmanacBuilder.create().ids(kind).allowEmpty().build(DelimitedRows.of(rows), target);
    assertEquals(0, report.idCount());
    assertEquals(0, report.dateCount());
    assertEquals(List.of(), Almanac.verify(target).damages());
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(kind == IdKind.TEXT ? IdKind.TEXT : IdKind.LONG, almanac.idKind());
      assertEquals(Almanac.ABSENT, almanac.code(0));
      assertEquals(Almanac.ABSENT, almanac.code("0"));
      assertEquals(Almanac.ABSENT, almanac.dictionary().floor(LocalDate.MAX));
      assertEquals(Almanac.ABSENT, almanac.dictionary().ceiling(LocalDate.MIN));
      assertEquals(null, almanac.info().firstDate());
      assertEquals(null, almanac.info().lowestId());
      assertEquals(null, almanac.info().highestId());
      assertEquals(0, almanac.info().bytesPerId());
      new SampleRows().assertAnsweredBy(almanac);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE})
  void aFileOfOneNumberAnswersIt(long id) throws IOException {
    assertComesBack(new SampleRows().add(id, "2024-02-29"), Layout.AUTO);
    assertComesBack(new SampleRows().add(id, "2024-02-29"), Layout.ENTRIES);
  }

  @Test
  void aFileOfOneTextAnswersIt() throws IOException {
    assertComesBack(new SampleRows().add("x", "2024-02-29"), Layout.AUTO);
  }

  @Test
  void textsOfEveryKindAndLengthComeBack() throws IOException {
    SampleRows rows = new SampleRows();
    List<String> ids =
        new ArrayList<>(
            List.of(
                "a",
                "\u00e9",
                "Stra\u00dfe",
                "na\u00efve caf\u00e9",
                "\u65e5\u672c\u8a9e",
                "\ud83d\ude00",
                "x\ud83d\ude00y",
                "\udbff\udfff",
                "\uffff",
                "with space",
                " leading",
                "trailing ",
                "trailing  ",
                "-0",
                "007",
                "+1",
                "--1",
                "-",
                "1e3",
                "9223372036854775808",
                "-9223372036854775809",
                "\u0661",
                "7 ",
                "'",
                "\"quoted\""));
    for (int length : new int[] {1, 7, 8, 9, 126, 127, 128, 129, 255, 256, 1023, 1024}) {
      ids.add("b".repeat(length));
      ids.add("c".repeat(length - 1) + "d");
    }
    ids.add("\u00e9".repeat(512));
    ids.add("\ud83d\ude00".repeat(256));
    ids.add("\u20ac".repeat(341) + "z");
    for (int i = 0; i < ids.size(); i++) {
      rows.add(ids.get(i), SampleRows.date(i));
    }
    for (long number : new long[] {0, 1, -1, 7, 42, Long.MAX_VALUE, Long.MIN_VALUE}) {
      rows.add(number, SampleRows.date((int) (number & 31)));
    }
    assertComesBack(rows, Layout.AUTO);
  }

  @Test
  void manyTextsComeBack() throws IOException {
    assertComesBack(SampleRows.texts(40_000, 500), Layout.AUTO);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 65, 129})
  void everySmallNumberOfTextsBuilds(int idCount) throws IOException {
    for (int length : new int[] {1, 1_000}) {
      SampleRows rows = new SampleRows();
      for (int i = 0; i < idCount; i++) {
        rows.add(
            Integer.toString(i, 36) + "-".repeat(length * (i + 1) / idCount), SampleRows.date(i));
      }
      assertComesBack(rows, Layout.AUTO);
    }
  }

  @Test
  void textsOfVeryDifferentLengthsComeBack() throws IOException {
    SplittableRandom random = new SplittableRandom(9);
    SampleRows rows = new SampleRows();
    for (int i = 0; i < 12_000; i++) {
      rows.add(
          i + "y".repeat(random.nextInt(10) == 0 ? random.nextInt(1_000) : random.nextInt(5)) + "z",
          SampleRows.date(i % 400));
    }
    assertComesBack(rows, Layout.AUTO);
  }

  @Test
  void oneTextAmongNumbersMakesTextsOfAll() throws IOException {
    SampleRows rows = SampleRows.dense(-500, 20_000, 40);
    rows.add("x", "2024-02-29");
    Path target = rows.build(folder, Layout.AUTO);
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(IdKind.TEXT, almanac.idKind());
      rows.assertAnsweredBy(almanac);
    }
  }

  @Test
  void numbersMayBeAskedToBeTexts() throws IOException {
    SampleRows rows = SampleRows.dense(-50, 100, 40);
    Path target = folder.resolve("texts.almanac");
    AlmanacBuilder.create()
        .ids(IdKind.TEXT)
        .build(DelimitedRows.of(rows.write(folder.resolve("rows.txt"))), target);
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(IdKind.TEXT, almanac.idKind());
      rows.assertAnsweredBy(almanac);
    }
  }

  @Test
  void inANumericFileOnlyCanonicalDecimalsAreThere() throws IOException {
    SampleRows rows = SampleRows.dense(0, 20, 3);
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO))) {
      assertTrue(almanac.code("7") >= 0);
      for (String id :
          new String[] {
            "", "07", "+7", "-0", " 7", "7 ", "7.0", "x", "\u0667", "18446744073709551623", "\ud83d"
          }) {
        assertEquals(Almanac.ABSENT, almanac.code(id), id);
        assertEquals(Almanac.ABSENT, almanac.code(new StringBuilder(id)), id);
      }
      CharSequence[] ids = {"7", "07", "8", "x"};
      int[] codes = new int[4];
      almanac.codes(ids, codes);
      assertEquals(
          List.of(almanac.code(7), -1, almanac.code(8), -1), Arrays.stream(codes).boxed().toList());
    }
  }

  @Test
  void aTextWithHalfAPairIsNeverThere() throws IOException {
    SampleRows rows =
        new SampleRows()
            .add("a?", "2024-02-29")
            .add("a\ufffd", "2024-03-01")
            .add("\ud83d\ude00", "2024-03-02");
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO))) {
      for (String id :
          new String[] {
            "a\ud83d",
            "a\ude00",
            "\ud83d",
            "\ude00",
            "\ude00\ud83d",
            "\ud83d\ud83d\ude00",
            "\ud83d\ude00\ud83d"
          }) {
        assertEquals(Almanac.ABSENT, almanac.code(id));
        assertEquals(Almanac.ABSENT, almanac.code(new StringBuilder(id)));
        assertEquals(Almanac.ABSENT, almanac.code(CharBuffer.wrap(id)));
        int[] codes = new int[1];
        almanac.codes(new CharSequence[] {id}, codes);
        assertEquals(Almanac.ABSENT, codes[0]);
      }
      assertEquals(Almanac.ABSENT, almanac.code(""));
      assertEquals(Almanac.ABSENT, almanac.code("a".repeat(5_000)));
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void aBatchMayBeginAndEndAnywhere(Layout layout) throws IOException {
    SampleRows rows = SampleRows.dense(0, 600, 50);
    try (Almanac almanac = Almanac.open(rows.build(folder, layout))) {
      long[] sorted = new long[420];
      for (int i = 0; i < sorted.length; i++) {
        sorted[i] = i * 2 - 100;
      }
      long[] random = new SplittableRandom(3).longs(sorted.length, -300, 900).toArray();
      for (long[] ids : new long[][] {sorted, random}) {
        int[] expected = Arrays.stream(ids).mapToInt(almanac::code).toArray();
        for (int offset = 0; offset <= 200; offset++) {
          for (int length = 0; length <= 200; length++) {
            int[] codes = new int[420];
            Arrays.fill(codes, 77);
            int to = (offset * 3 + length) % 200;
            almanac.codes(ids, offset, codes, to, length);
            assertEquals(
                -1, Arrays.mismatch(codes, to, to + length, expected, offset, offset + length));
            assertTrue(
                (to == 0 || codes[to - 1] == 77) && codes[to + length] == 77, "outside the range");
          }
        }
      }
    }
  }

  @Test
  void aBatchOfTextsMayBeginAndEndAnywhere() throws IOException {
    SampleRows rows = SampleRows.texts(400, 50);
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO))) {
      List<String> probes = new ArrayList<>(rows.dateById().keySet());
      for (int i = 0; i < probes.size(); i += 3) {
        probes.set(i, probes.get(i) + "!");
      }
      CharSequence[] ids = probes.toArray(CharSequence[]::new);
      int[] expected = Arrays.stream(ids).mapToInt(almanac::code).toArray();
      for (int offset = 0; offset <= 100; offset++) {
        for (int length = 0; length <= 200; length += 1 + offset % 3) {
          int[] codes = new int[401];
          Arrays.fill(codes, 77);
          almanac.codes(ids, offset, codes, 200 - offset, length);
          assertEquals(
              -1,
              Arrays.mismatch(
                  codes, 200 - offset, 200 - offset + length, expected, offset, offset + length));
          assertEquals(77, codes[200 - offset + length]);
        }
      }
    }
  }

  @Test
  void aBatchOutsideItsArraysIsRefused() throws IOException {
    try (Almanac almanac = Almanac.open(SampleRows.dense(0, 6, 5).build(folder, Layout.AUTO))) {
      assertThrows(IndexOutOfBoundsException.class, () -> almanac.codes(new long[3], new int[2]));
      assertThrows(
          IndexOutOfBoundsException.class, () -> almanac.codes(new long[3], 1, new int[3], 0, 3));
      assertThrows(
          IndexOutOfBoundsException.class, () -> almanac.codes(new long[3], 0, new int[3], 1, 3));
      assertThrows(
          IndexOutOfBoundsException.class, () -> almanac.codes(new long[3], -1, new int[3], 0, 1));
      assertThrows(
          IndexOutOfBoundsException.class, () -> almanac.codes(new long[3], 0, new int[3], 0, -1));
      assertThrows(
          IndexOutOfBoundsException.class, () -> almanac.dates(new long[3], new LocalDate[2]));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> almanac.codes(new CharSequence[] {"1", "2"}, new int[1]));
    }
  }

  @Test
  void whatIsOfTheOtherKindIsRefusedByName() throws IOException {
    try (Almanac numbers = Almanac.open(SampleRows.dense(0, 6, 5).build(folder, Layout.AUTO))) {
      String message = assertThrows(IllegalStateException.class, numbers::asTextMap).getMessage();
      assertEquals(
          "the IDs must be TEXT: idKind=LONG, use asMap(), path=" + numbers.path(), message);
      assertThrows(IllegalStateException.class, () -> numbers.forEachText((id, code) -> {}));
    }
    try (Almanac texts = Almanac.open(SampleRows.texts(6, 5).build(folder, Layout.AUTO))) {
      String message = assertThrows(IllegalStateException.class, texts::asMap).getMessage();
      assertEquals(
          "the IDs must be LONG: idKind=TEXT, use asTextMap(), path=" + texts.path(), message);
      assertThrows(IllegalStateException.class, () -> texts.forEach((id, code) -> {}));
    }
  }

  @Test
  void floorAndCeilingFindTheNeighboursOfADate() throws IOException {
    SampleRows rows =
        new SampleRows().add(1, "2024-01-10").add(2, "2024-01-20").add(3, "2024-01-30");
    try (Almanac almanac = Almanac.open(rows.build(folder, Layout.AUTO))) {
      DateDictionary d = almanac.dictionary();
      assertEquals(-1, d.floor(LocalDate.of(2024, 1, 9)));
      assertEquals(0, d.floor(LocalDate.of(2024, 1, 10)));
      assertEquals(0, d.floor(LocalDate.of(2024, 1, 19)));
      assertEquals(2, d.floor(LocalDate.MAX));
      assertEquals(0, d.ceiling(LocalDate.MIN));
      assertEquals(1, d.ceiling(LocalDate.of(2024, 1, 11)));
      assertEquals(2, d.ceiling(LocalDate.of(2024, 1, 30)));
      assertEquals(-1, d.ceiling(LocalDate.of(2024, 1, 31)));
      assertEquals(-1, d.code(LocalDate.of(2024, 1, 11)));
      assertEquals(1, d.code(LocalDate.of(2024, 1, 20)));
      for (int code : new int[] {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        assertThrows(IndexOutOfBoundsException.class, () -> d.date(code));
        assertThrows(IndexOutOfBoundsException.class, () -> d.text(code));
        assertThrows(IndexOutOfBoundsException.class, () -> d.epochDay(code));
      }
    }
  }

  @Test
  void severalTextsOfOneDateKeepTheirText() throws IOException {
    Path target = folder.resolve("texts.almanac");
    AlmanacBuilder.create()
        .dateFormat(DateFormat.pattern("d.M.uuuu"))
        .keepDateText()
        .build(
            RowSource.of(
                List.of(
                        new RowSource.Row("1", "05.1.2024"),
                        new RowSource.Row("2", "5.1.2024"),
                        new RowSource.Row("3", "4.1.2024"))
                    .iterator()),
            target);
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(
          List.of("4.1.2024", "05.1.2024", "5.1.2024"),
          List.of(
              almanac.dictionary().text(0),
              almanac.dictionary().text(1),
              almanac.dictionary().text(2)));
      assertEquals(1, almanac.code(1));
      assertEquals(2, almanac.code(2));
      assertEquals(0, almanac.code(3));
      assertEquals(LocalDate.of(2024, 1, 5), almanac.date(2));
      assertEquals(1, almanac.dictionary().code(LocalDate.of(2024, 1, 5)));
      assertEquals(2, almanac.dictionary().floor(LocalDate.of(2024, 1, 5)));
    }
  }

  @Test
  void theInfoSaysWhatTheReportSaid() throws IOException {
    SampleRows rows = SampleRows.dense(0, 5_000, 90);
    Path target = folder.resolve("sample.almanac");
    BuildReport report =
        AlmanacBuilder.create()
            .build(DelimitedRows.of(rows.write(folder.resolve("rows.txt"))), target);
    try (Almanac almanac = Almanac.open(target, report.edition())) {
      AlmanacInfo info = almanac.info();
      assertEquals(report.edition(), info.edition());
      assertEquals(report.edition(), almanac.edition());
      assertEquals(5_000, info.idCount());
      assertEquals(report.idCount(), info.idCount());
      assertEquals(90, info.dateCount());
      assertEquals(report.dateCount(), info.dateCount());
      assertEquals(report.layout(), info.layout());
      assertEquals(report.fileBytes(), info.fileBytes());
      assertEquals(target.toFile().length(), info.fileBytes());
      assertEquals(SampleRows.date(0), info.firstDate().toString());
      assertEquals(SampleRows.date(89), info.lastDate().toString());
      assertEquals(0, info.lowestId());
      assertEquals(4_999, info.highestId());
      assertEquals("2026.1", info.chronicleVersion());
      assertTrue(info.storeBytes() < info.fileBytes());
      assertTrue(info.load() > 0 && info.load() <= 1, () -> "load=" + info.load());
      assertEquals(5_000, report.rowCount());
      assertTrue(almanac.toString().contains(report.edition()));
      almanac.preload();
      assertTrue(almanac.residentBytes() > 0);
    }
  }
}
