package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Builds of text IDs that are stored as the numbers that they stand for. */
class PackedTextsTest {
  private static final String LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_/. ";

  @TempDir Path folder;

  private BuildReport build(SampleRows rows, String name) throws IOException {
    return build(AlmanacBuilder.create(), rows, name);
  }

  private BuildReport build(AlmanacBuilder builder, SampleRows rows, String name)
      throws IOException {
    Path input = rows.write(folder.resolve(name + ".txt"));
    return builder.build(DelimitedRows.of(input), folder.resolve(name + ".almanac"));
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name + ".almanac"));
  }

  private void assertAnswers(SampleRows rows, String name) throws IOException {
    Path file = folder.resolve(name + ".almanac");
    assertEquals(List.of(), Almanac.verify(file).damages());
    try (Almanac almanac = Almanac.open(file)) {
      rows.assertAnsweredBy(almanac);
    }
  }

  /** For each of a few lengths, at each position a few letters of a random part of the alphabet. */
  private static SampleRows ofRandomShape(SplittableRandom random) {
    List<String[]> shapes = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      String[] shape = new String[random.nextInt(1, 30)];
      int most = random.nextBoolean() ? 3 : random.nextInt(1, 40);
      for (int p = 0; p < shape.length; p++) {
        int from = random.nextInt(LETTERS.length());
        shape[p] =
            random.nextInt(4) == 0
                ? LETTERS.substring(from, from + 1)
                : LETTERS.substring(
                    from, Math.min(LETTERS.length(), from + random.nextInt(1, most + 1)));
      }
      shapes.add(shape);
    }
    SampleRows rows = new SampleRows();
    for (int i = random.nextInt(1, 600); i > 0; i--) {
      StringBuilder id = new StringBuilder();
      for (String letters : shapes.get(random.nextInt(shapes.size()))) {
        id.append(letters.charAt(random.nextInt(letters.length())));
      }
      rows.add(id.toString(), SampleRows.date(random.nextInt(40)));
    }
    return rows;
  }

  @Test
  void textsOfRandomShapesComeBack() throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (int seed = 0; seed < 24; seed++) {
      SampleRows rows = ofRandomShape(new SplittableRandom(seed));
      layouts.add(build(AlmanacBuilder.create().ids(IdKind.TEXT), rows, "rows").layout());
      assertAnswers(rows, "rows");
    }
    assertTrue(layouts.contains(Layout.DIRECT) && layouts.contains(Layout.HASHED), "" + layouts);
  }

  private static SampleRows padded(int count) {
    SampleRows rows = new SampleRows();
    for (int i = 0; i < count; i++) {
      rows.add("CUST-%06d".formatted(i), SampleRows.date(i % 100));
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({
    "customers,DIRECT,CUST-00[0-3][0-9]{3}",
    "orders,HASHED,ORD-[0-9a-f]{8}-IB",
    "uuids,HASHED,'UUID, lower case'"
  })
  void reportAndInfoSayWhatTheIdsLookLike(String kind, Layout layout, String pattern)
      throws IOException {
    SampleRows rows =
        switch (kind) {
          case "customers" -> padded(4_000);
          case "orders" -> SampleRows.orders(3_000, 100);
          default -> SampleRows.uuids(3_000, 100);
        };
    BuildReport report = build(rows, "rows");
    assertEquals(layout, report.layout());
    assertEquals(pattern, report.idPattern());
    assertAnswers(rows, "rows");
    try (Almanac almanac = Almanac.open(folder.resolve("rows.almanac"))) {
      assertEquals(pattern, almanac.info().idPattern());
      assertEquals(layout, almanac.info().layout());
    }
  }

  /** What is left out must not widen the shape, narrow or wide, nor keep it from being one. */
  @ParameterizedTest
  @CsvSource({"CUST-0#000", "#UST-00000", "long", "12"})
  void anIdThatIsLeftOutLeavesNoTrace(String odd) throws IOException {
    String id = odd.equals("long") ? "x".repeat(300) : odd;
    for (SampleRows rows : List.of(SampleRows.customers(500, 20), SampleRows.uuids(500, 20))) {
      build(rows, "without");
      SampleRows with = rows.shuffled(1).add(id, "none");
      BuildReport report = build(AlmanacBuilder.create().nullDates("none"), with, "with");
      assertEquals(1, report.leftOutCount());
      assertArrayEquals(bytes("without"), bytes("with"));
    }
  }

  @Test
  void theChangesOfABaseGiveTheBytesOfAWholeBuild() throws IOException {
    SampleRows rows = SampleRows.customers(500, 20);
    build(rows.shuffled(1).add("#UST-00000", "2024-02-29"), "base");
    SampleRows changes =
        new SampleRows().add("#UST-00000", "none").add("CUST-000003", SampleRows.date(7));
    build(
        AlmanacBuilder.create().base(folder.resolve("base.almanac")).nullDates("none"),
        changes,
        "changed");
    build(rows.shuffled(2).add("CUST-000003", SampleRows.date(7)), "whole");
    assertArrayEquals(bytes("whole"), bytes("changed"));
  }

  @ParameterizedTest
  @EnumSource(
      value = IdKind.class,
      names = {"AUTO", "TEXT"})
  void numbersAmongTextsAreDecimals(IdKind kind) throws IOException {
    SampleRows rows = SampleRows.dense(-40, 3_000, 100).add("A-17", SampleRows.date(3));
    BuildReport report = build(AlmanacBuilder.create().ids(kind).threads(3), rows, "rows");
    assertEquals(Layout.DIRECT, report.layout());
    assertAnswers(rows, "rows");
  }

  @Test
  void numbersAloneMayBeTexts() throws IOException {
    SampleRows rows = SampleRows.dense(1_000, 3_000, 100);
    BuildReport report = build(AlmanacBuilder.create().ids(IdKind.TEXT), rows, "rows");
    assertEquals(Layout.DIRECT, report.layout());
    assertEquals("[1-3][0-9]{3}", report.idPattern());
    assertAnswers(rows, "rows");
  }

  @Test
  void entriesMayBeAskedFor() throws IOException {
    SampleRows rows = SampleRows.customers(300, 20);
    BuildReport report = build(AlmanacBuilder.create().layout(Layout.ENTRIES), rows, "rows");
    assertEquals(Layout.ENTRIES, report.layout());
    assertNull(report.idPattern());
    assertAnswers(rows, "rows");
  }

  /** A few digests of 128 bits with many dates would need buckets that stay empty. */
  @Test
  void pagesThatWouldTakeMuchMoreThanEntriesAreNotMade() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    SampleRows rows = new SampleRows();
    for (int i = 0; i < 1_100; i++) {
      rows.add(
          "%016x%016x".formatted(random.nextLong(), random.nextLong()), SampleRows.date(i % 1_030));
    }
    assertEquals(Layout.ENTRIES, build(rows, "rows").layout());
    assertAnswers(rows, "rows");
  }

  private BuildRemark onlyRemark(SampleRows rows) throws IOException {
    List<BuildRemark> remarks = build(rows, "rows").remarks();
    assertEquals(1, remarks.size(), remarks.toString());
    return remarks.get(0);
  }

  @Test
  void aFewIdsUnlikeAllOthersAreNamed() throws IOException {
    SampleRows rows = SampleRows.uuids(6_000, 100);
    String odd = "~".repeat(36);
    rows.add(odd, SampleRows.date(1)).add("z".repeat(36), SampleRows.date(1));
    for (int i = 0; i < 3; i++) {
      rows.add("~".repeat(i) + "!" + "~".repeat(35 - i), SampleRows.date(2));
    }
    BuildRemark remark = onlyRemark(rows);
    assertEquals(BuildRemark.Kind.ID_UNLIKE_OTHERS, remark.kind());
    assertEquals(5, remark.count());
    assertEquals(
        "5 rows have an ID unlike the others; without such rows, the IDs would be stored as"
            + " numbers, the first id="
            + odd
            + " file="
            + folder.resolve("rows.txt")
            + " line=6001",
        remark.text());
    assertAnswers(rows, "rows");
  }

  @Test
  void idsThatAreTooVariedGetNoRemark() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    SampleRows rows = new SampleRows();
    for (int i = 0; i < 3_000; i++) {
      rows.add(
          "%x.%x@mail%d.example".formatted(random.nextLong(), random.nextLong(), i % 10),
          SampleRows.date(i % 100));
    }
    BuildReport report = build(rows, "rows");
    assertEquals(Layout.ENTRIES, report.layout());
    assertEquals(List.of(), report.remarks());
    assertAnswers(rows, "rows");
  }

  /** One of a hundred rows is few, and one more is not; what stands once is rare, not twice. */
  @ParameterizedTest
  @CsvSource({"1980,20,1", "1978,21,0"})
  void onlyFewRowsAreNamed(int common, int odd, int remarks) throws IOException {
    SampleRows rows = SampleRows.uuids(common, 100);
    for (int i = 0; i < odd; i++) {
      rows.add("~".repeat(i) + "!" + "~".repeat(35 - i), SampleRows.date(2));
    }
    List<BuildRemark> found = build(rows, "rows").remarks();
    assertEquals(remarks, found.size(), found::toString);
    assertEquals(odd * remarks, found.stream().mapToLong(BuildRemark::count).sum());
  }

  /** The longest texts that can be numbers, and texts that are longer. */
  @Test
  void longTextsAreNamedToo() throws IOException {
    SampleRows rows = new SampleRows();
    for (int i = 0; i < 1_500; i++) {
      rows.add("x".repeat(249) + (100_000 + i), SampleRows.date(i % 100));
    }
    rows.add("y".repeat(256), SampleRows.date(1)).add("x".repeat(300), SampleRows.date(1));
    assertEquals(2, onlyRemark(rows).count());
    assertAnswers(rows, "rows");
  }

  @Test
  void numbersAmongTextsAreNamedInstead() throws IOException {
    SampleRows rows = SampleRows.uuids(2_000, 100).add(17, SampleRows.date(1));
    for (int i = 0; i < 5; i++) {
      rows.add("~".repeat(i) + "!" + "~".repeat(35 - i), SampleRows.date(2));
    }
    assertEquals(
        List.of(),
        build(rows, "rows").remarks().stream()
            .filter(remark -> remark.kind() == BuildRemark.Kind.ID_UNLIKE_OTHERS)
            .toList());
  }
}
