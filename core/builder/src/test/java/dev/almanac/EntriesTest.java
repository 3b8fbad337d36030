package dev.almanac;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks over all entries, over those of a range of codes, and over parts. */
class EntriesTest {
  private static final int DATE_COUNT = 23;

  @TempDir private static Path folder;

  private static final Map<String, SampleRows> ROWS = new LinkedHashMap<>();
  private static final Map<String, Almanac> FILES = new LinkedHashMap<>();

  @BeforeAll
  static void build() throws IOException {
    build("direct", SampleRows.dense(-7_000, 20_000, DATE_COUNT), Layout.DIRECT);
    build("hashed", SampleRows.sparse(5_000, DATE_COUNT), Layout.HASHED);
    build("entries", SampleRows.dense(0, 5_000, DATE_COUNT), Layout.ENTRIES);
    build("packed", SampleRows.orders(5_000, DATE_COUNT), Layout.AUTO);
    build("texts", SampleRows.texts(3_000, DATE_COUNT), Layout.ENTRIES);
  }

  private static void build(String name, SampleRows rows, Layout layout) throws IOException {
    ROWS.put(name, rows);
    FILES.put(name, Almanac.open(rows.build(Files.createDirectory(folder.resolve(name)), layout)));
  }

  @AfterAll
  static void close() {
    FILES.values().forEach(Almanac::close);
  }

  private interface Check {
    void on(String name, SampleRows rows, Almanac almanac);
  }

  private static void forEachFile(Check check) {
    FILES.forEach((name, almanac) -> check.on(name, ROWS.get(name), almanac));
  }

  /** "ID code" of each entry, in the order of the walk. */
  private static List<String> walk(Almanac almanac, Entries entries) {
    List<String> walked = new ArrayList<>();
    if (almanac.idKind() == IdKind.LONG) {
      entries.forEach((id, code) -> walked.add(id + " " + code));
      return walked;
    }
    entries.forEachText((id, code) -> walked.add(id + " " + code));
    List<String> asBytes = new ArrayList<>();
    entries.forEachUtf8(
        (utf8, start, end, code) ->
            asBytes.add(new String(utf8, start, end - start, UTF_8) + " " + code));
    assertEquals(walked, asBytes);
    return walked;
  }

  @Test
  void aWalkGivesEveryRowOnce() {
    forEachFile(
        (name, rows, almanac) -> {
          List<String> expected = new ArrayList<>();
          rows.dateById()
              .forEach(
                  (id, date) -> {
                    // The dates of these rows are the first ones, so a code is a date's number.
                    int code = 0;
                    while (!SampleRows.date(code).equals(date)) {
                      code++;
                    }
                    expected.add(id + " " + code);
                  });
          List<String> walked = walk(almanac, almanac.entries());
          expected.sort(null);
          walked.sort(null);
          assertEquals(expected, walked, name);
        });
  }

  @Test
  void partsInTheirOrderAreTheWhole() {
    forEachFile(
        (name, rows, almanac) -> {
          List<String> whole = walk(almanac, almanac.entries());
          for (int count : new int[] {1, 2, 3, 7, 64, Integer.MAX_VALUE}) {
            List<String> joined = new ArrayList<>();
            int filled = 0;
            for (int i = 0; i < Math.min(count, 64); i++) {
              List<String> part = walk(almanac, almanac.entries().part(i, count));
              filled += part.isEmpty() ? 0 : 1;
              joined.addAll(part);
            }
            if (count <= 64) {
              assertEquals(whole, joined, name + " in " + count);
              // Entries of these files lie in one segment, which is not parted.
              assertEquals(
                  count > 1 && almanac.info().layout() != Layout.ENTRIES,
                  filled > 1,
                  name + " in " + count + ": filled=" + filled);
            } else {
              assertEquals(List.of(), joined, "the first of very many parts are empty");
            }
          }
        });
  }

  @Test
  void aRangeOfCodesGivesTheEntriesOfTheseCodes() {
    forEachFile(
        (name, rows, almanac) -> {
          List<String> whole = walk(almanac, almanac.entries());
          int[][] ranges = {{0, DATE_COUNT - 1}, {3, 5}, {4, 4}, {0, 0}, {22, 40}, {5, 4}, {-1, 9}};
          for (int[] range : ranges) {
            List<String> expected =
                whole.stream()
                    .filter(
                        entry -> {
                          int code = Integer.parseInt(entry.substring(entry.indexOf(' ') + 1));
                          return range[0] != Almanac.ABSENT && code >= range[0] && code <= range[1];
                        })
                    .toList();
            Entries entries = almanac.entries().codes(range[0], range[1]);
            assertEquals(expected, walk(almanac, entries), name);
            List<String> inParts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
              inParts.addAll(walk(almanac, entries.part(i, 3)));
            }
            assertEquals(expected, inParts, name);
            assertEquals(
                walk(almanac, entries.part(1, 3)),
                walk(almanac, almanac.entries().part(1, 3).codes(range[0], range[1])));
          }
        });
  }

  @Test
  void aPartOutsideTheCountIsRefused() {
    Entries entries = FILES.get("direct").entries();
    assertThrows(IndexOutOfBoundsException.class, () -> entries.part(-1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> entries.part(2, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> entries.part(0, 0));
  }

  @Test
  void walksOverIdsOfTheOtherKindAreRefusedByName() {
    Almanac numbers = FILES.get("direct");
    Almanac texts = FILES.get("texts");
    assertEquals(
        "the IDs must be LONG: idKind=TEXT, use forEachText, path=" + texts.path(),
        assertThrows(IllegalStateException.class, () -> texts.entries().forEach((id, code) -> {}))
            .getMessage());
    assertEquals(
        "the IDs must be TEXT: idKind=LONG, use forEach, path=" + numbers.path(),
        assertThrows(
                IllegalStateException.class, () -> numbers.entries().forEachText((id, code) -> {}))
            .getMessage());
    assertThrows(
        IllegalStateException.class,
        () -> numbers.entries().forEachUtf8((utf8, start, end, code) -> {}));
  }
}
