package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.OwnProcess;
import dev.almanac.SampleRows;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.pages.DirectPageWriter;
import dev.almanac.build.pages.ForgedFile;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last look at a file: it must hold what the rows came to, and find it. */
class SelfCheckTest {
  @TempDir Path folder;

  private static void check(Path file, Fingerprint expected) throws IOException {
    try (Parallel threads = new Parallel(2)) {
      SelfCheck.run(threads, file, expected);
    }
  }

  /** The fingerprint of the rows; of one of them another date, or none, if {@code code} says so. */
  private static Fingerprint expected(Path file, SampleRows rows, String odd, int code)
      throws IOException {
    Fingerprint all = new Fingerprint();
    try (Almanac almanac = Almanac.open(file)) {
      for (Map.Entry<String, String> row : rows.dateById().entrySet()) {
        String id = row.getKey();
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        boolean number = almanac.idKind() == IdKind.LONG;
        if (!id.equals(odd) || code >= 0) {
          all.add(
              number ? Long.parseLong(id) : Xxh64.hash(bytes, 0, bytes.length),
              id.equals(odd) ? code : almanac.dictionary().code(LocalDate.parse(row.getValue())));
        }
      }
    }
    return all;
  }

  @Test
  void aFileOfOtherRowsIsRefused() throws IOException {
    int part = 0;
    for (SampleRows rows :
        List.of(
            SampleRows.dense(7, 5_000, 20),
            SampleRows.sparse(8_000, 20),
            SampleRows.orders(1_024, 20),
            SampleRows.texts(513, 20))) {
      Path of = folder.resolve("part-" + part++);
      Files.createDirectory(of);
      Path file = rows.build(of, Layout.AUTO);
      String some = rows.dateById().keySet().iterator().next();
      check(file, expected(file, rows, null, 0));
      for (Fingerprint wrong :
          List.of(
              expected(file, rows, some, -1), expected(file, rows, some, 21), new Fingerprint())) {
        String message =
            assertThrows(IllegalStateException.class, () -> check(file, wrong)).getMessage();
        assertTrue(
            message.startsWith(
                "the file must hold what the rows came to: idCount="
                    + rows.dateById().size()
                    + " expected="
                    + rows.dateById().size()
                    + " fingerprint="),
            message);
        assertTrue(message.endsWith(" expected=" + wrong), message);
      }
    }
  }

  /** Every entry is there, and a lookup does not reach one of them. */
  @Test
  void anIdThatALookupDoesNotFindIsNamed() throws IOException {
    for (SampleRows rows : List.of(SampleRows.sparse(700, 20), SampleRows.texts(700, 20))) {
      Path of = folder.resolve("ids-" + rows.dateById().keySet().iterator().next().length());
      Files.createDirectory(of);
      Path file = rows.build(of, Layout.ENTRIES);
      Fingerprint expected = expected(file, rows, null, 0);
      check(file, expected);
      ForgedFile forged = ForgedFile.of(file);
      StoreGeometry g = forged.footer.geometry();
      int tiers = (int) g.tiersOffset();
      boolean lost = false;
      for (int from = 1; !lost; from++) {
        // The first full slot of a run, moved after an empty one.
        int to = from + 1;
        while (slot(forged, to) != 0 || slot(forged, to - 1) != 0) {
          to++;
        }
        if (slot(forged, from) != 0 && slot(forged, from - 1) == 0) {
          int moved = slot(forged, from);
          forged.bytes.putInt(tiers + to * StoreGeometry.SLOT_BYTES, moved);
          forged.bytes.putInt(tiers + from * StoreGeometry.SLOT_BYTES, 0);
          try (Almanac almanac = Almanac.open(file)) {
            // A lookup that guesses the entry right needs no slot.
            String[] ids = rows.dateById().keySet().toArray(String[]::new);
            int[] codes = new int[ids.length];
            almanac.codes(ids, codes);
            lost = Arrays.stream(codes).anyMatch(code -> code < 0);
          }
          if (!lost) {
            forged.bytes.putInt(tiers + to * StoreGeometry.SLOT_BYTES, 0);
            forged.bytes.putInt(tiers + from * StoreGeometry.SLOT_BYTES, moved);
          }
        }
      }
      String message =
          assertThrows(IllegalStateException.class, () -> check(file, expected)).getMessage();
      String id = message.replaceAll(".*id=(\\S+) code=.*", "$1");
      try (Almanac almanac = Almanac.open(file)) {
        assertEquals(Almanac.ABSENT, almanac.code(id));
        assertEquals(
            "a lookup must find what was put in: id="
                + id
                + " code=-1 expected="
                + almanac.dictionary().code(LocalDate.parse(rows.dateById().get(id))),
            message);
      }
    }
  }

  private static int slot(ForgedFile forged, int position) {
    return forged.bytes.getInt(
        (int) forged.footer.geometry().tiersOffset() + position * StoreGeometry.SLOT_BYTES);
  }

  /** An ID that is gone from the pages, though the footer counts it. */
  @Test
  void anIdThatIsMissingIsCounted() throws IOException {
    SampleRows rows = SampleRows.dense(7, 700, 20);
    Path file = rows.build(folder, Layout.AUTO);
    Fingerprint expected = expected(file, rows, null, 0);
    ForgedFile forged = ForgedFile.of(file);
    assertEquals(Layout.DIRECT, forged.footer.pages().layout());
    DirectPageWriter.putCode(
        forged.bytes,
        (int) PageLayout.dataOffset(forged.footer.geometry()),
        forged.footer.pages(),
        5,
        -1);
    String message =
        assertThrows(IllegalStateException.class, () -> check(file, expected)).getMessage();
    assertTrue(
        message.startsWith(
            "the file must hold what the rows came to: idCount=699 expected=700 fingerprint="),
        message);
  }

  /** Every code must mean its day and its text, and there must be no other codes. */
  @Test
  void aDateThatIsNotThatOfTheRowsIsRefused() throws IOException {
    int dates = 9;
    Path file = SampleRows.dense(7, 200, dates).build(folder, Layout.AUTO);
    long[] days = new long[dates];
    List<String> texts = new ArrayList<>();
    for (int code = 0; code < dates; code++) {
      texts.add(SampleRows.date(code));
      days[code] = LocalDate.parse(texts.get(code)).toEpochDay();
    }
    SelfCheck.checkDates(file, new DateCollector.Sorted(days, texts, new int[0]));
    assertEquals(0, OwnProcess.descriptors(file.toRealPath()));
    for (int code = 0; code < dates; code++) {
      long[] otherDays = days.clone();
      otherDays[code]++;
      List<String> otherTexts = new ArrayList<>(texts);
      otherTexts.set(code, "x");
      assertEquals(
          String.format(
              "a code must mean the date of its rows: code=%d date=%s epochDay=%d expected=%s"
                  + " expectedEpochDay=%d",
              code, texts.get(code), days[code], texts.get(code), days[code] + 1),
          refusedDates(file, otherDays, texts));
      assertTrue(refusedDates(file, days, otherTexts).contains("code=" + code + " date="));
    }
    for (int count : new int[] {dates - 1, dates + 1}) {
      assertEquals(
          "the file must hold the dates of the rows: dateCount=" + dates + " expected=" + count,
          refusedDates(file, Arrays.copyOf(days, count), texts));
    }
  }

  private static String refusedDates(Path file, long[] days, List<String> texts) {
    DateCollector.Sorted other = new DateCollector.Sorted(days, texts, new int[0]);
    return assertThrows(IllegalStateException.class, () -> SelfCheck.checkDates(file, other))
        .getMessage();
  }
}
