package dev.almanac.build.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.format.StoreGeometry;
import dev.almanac.read.SealedFile;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link StockCheck} compares, in this process: a file with a copy of itself, of another file,
 * or one that was altered.
 */
class StockComparisonTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final int MOST_LISTED = 10;

  /** More than a byte can number, so that a code takes two. */
  private static final int DATES = 300;

  private static final long FIRST_ANCHOR = 4_000_000_000L;
  private static final String ANCHOR = "4000000[0-9]{3}";

  @TempDir Path folder;

  private int copies;

  private Path copy(Path file) throws IOException {
    Path copy = Files.copy(file, folder.resolve("copy-" + copies++));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    return copy;
  }

  private Path build(String name, SampleRows rows, Layout layout) throws IOException {
    return rows.build(Files.createDirectory(folder.resolve(name)), layout);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "direct",
        "gaps",
        "hashed",
        "blocks",
        "entries",
        "text",
        "customers",
        "orders",
        "uuids"
      })
  void aFileDoesNotDifferFromItsCopy(String layout) throws IOException {
    Path file = GOLDEN.resolve("v1-" + layout + ".almanac");
    assertEquals(List.of(), StockCheck.compare(file, copy(file)));
  }

  @Test
  void eachDifferenceIsALineInUtf8() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream answers =
        new PrintStream(new BufferedOutputStream(printed), false, StandardCharsets.ISO_8859_1);
    StockCheck.print(List.of("é", "b"), answers);
    assertEquals("é\nb", printed.toString(StandardCharsets.UTF_8));
  }

  private enum Ids {
    NUMBERS,
    TEXTS
  }

  /** Many IDs, and one of each date that stays. Texts as long as this are an entry each. */
  private static SampleRows rows(Ids ids, int count) {
    SampleRows rows =
        ids == Ids.NUMBERS
            ? SampleRows.sparse(count, DATES)
            : SampleRows.texts(count, DATES).add("e".repeat(1_024), SampleRows.date(0));
    for (int date = 0; date < DATES; date++) {
      rows.add(FIRST_ANCHOR + date, SampleRows.date(date));
    }
    return rows;
  }

  /** As {@code rows}, but the first IDs have the date of the ID before. */
  private static SampleRows withOtherDates(SampleRows rows, int count, Set<String> changed) {
    SampleRows others = new SampleRows();
    String before = "";
    for (Map.Entry<String, String> row : rows.dateById().entrySet()) {
      String date = row.getValue();
      if (changed.size() < count
          && !before.isEmpty()
          && !before.equals(date)
          && !row.getKey().matches(ANCHOR)) {
        changed.add(row.getKey());
        date = before;
      }
      others.add(row.getKey(), date);
      before = row.getValue();
    }
    return others;
  }

  private static List<String> messages(Path sealed, Path other, Set<String> ids)
      throws IOException {
    List<String> messages = new ArrayList<>();
    try (Almanac expected = Almanac.open(sealed);
        Almanac found = Almanac.open(other)) {
      assertEquals(expected.dictionary().size(), found.dictionary().size(), "codes mean the same");
      for (String id : ids) {
        messages.add(
            "stock must have the code of a lookup: id=%s found=%s expected=%s"
                .formatted(id, found.code(id), expected.code(id)));
      }
    }
    return messages;
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void eachIdWithAnotherCodeIsNamed(Ids ids) throws IOException {
    SampleRows rows = rows(ids, 2_000);
    Path sealed = build("sealed", rows, layout(ids));
    Set<String> changed = new TreeSet<>();
    Path other = build("other", withOtherDates(rows, 3, changed), layout(ids));
    assertEquals(3, changed.size());
    List<String> found = new ArrayList<>(StockCheck.compare(sealed, copy(other)));
    found.sort(null);
    List<String> expected = messages(sealed, other, changed);
    expected.sort(null);
    assertEquals(expected, found);
  }

  private static Layout layout(Ids ids) {
    return ids == Ids.NUMBERS ? Layout.ENTRIES : Layout.AUTO;
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void anIdMoreIsCountedAndNamed(Ids ids) throws IOException {
    SampleRows rows = rows(ids, 20);
    int count = rows.rowCount();
    Path sealed = build("sealed", rows, layout(ids));
    String more = ids == Ids.NUMBERS ? "7" : "ÄÖ-7";
    Path other = build("other", rows.add(more, SampleRows.date(0)), layout(ids));
    assertEquals(
        List.of(
            "stock must hold as many entries: found=" + (count + 1) + " expected=" + count,
            messages(sealed, other, Set.of(more)).get(0)),
        StockCheck.compare(sealed, copy(other)));
  }

  @Test
  void tenDifferencesAreListed() throws IOException {
    SampleRows rows = rows(Ids.NUMBERS, 100);
    Path sealed = build("sealed", rows, Layout.ENTRIES);
    Path other = build("other", withOtherDates(rows, 50, new TreeSet<>()), Layout.ENTRIES);
    assertEquals(MOST_LISTED, StockCheck.compare(sealed, copy(other)).size());
  }

  private static StoreGeometry geometry(Path file) throws IOException {
    SealedFile sealed = SealedFile.open(file);
    StoreGeometry geometry = sealed.footer().geometry();
    sealed.close();
    return geometry;
  }

  private static String pageMessage(StoreGeometry g, long page) {
    return "stock must find a page where a lookup computes it: page="
        + page
        + " offset="
        + (g.tiersOffset() + g.entrySpaceOffset() + page * g.chunkBytes());
  }

  @Test
  void eachPageThatDiffersIsNamedUpToTen() throws IOException {
    int ids = 60_000;
    Path sealed = build("sealed", SampleRows.dense(0, ids, DATES), Layout.DIRECT);
    Path other = build("other", SampleRows.dense(0, ids, DATES - 1), Layout.DIRECT);
    List<String> expected = new ArrayList<>();
    for (int page = 0; page < MOST_LISTED; page++) {
      expected.add(pageMessage(geometry(sealed), page));
    }
    assertEquals(expected, StockCheck.compare(sealed, copy(other)));
  }

  /** In the key, the first and the last byte of a page's value; in the file or in its copy. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aByteOfAPageIsADifference(boolean inTheFile) throws IOException {
    Path file = build("file", SampleRows.dense(0, 20_000, DATES), Layout.DIRECT);
    StoreGeometry g = geometry(file);
    assertNotEquals(1, g.chunkCount());
    for (int at : new int[] {0, Long.BYTES, g.chunkBytes() - 1}) {
      Path altered = copy(file);
      try (FileChannel channel =
          FileChannel.open(altered, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long offset = g.tiersOffset() + g.entrySpaceOffset() + g.chunkBytes() + at;
        ByteBuffer one = ByteBuffer.allocate(1);
        channel.read(one, offset);
        one.put(0, (byte) (one.get(0) ^ 0x40)).flip();
        channel.write(one, offset);
      }
      assertEquals(
          List.of(pageMessage(g, 1)),
          inTheFile ? StockCheck.compare(altered, copy(file)) : StockCheck.compare(file, altered),
          "at=" + at);
    }
  }
}
