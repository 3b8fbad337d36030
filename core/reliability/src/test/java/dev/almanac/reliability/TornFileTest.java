package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.format.Footer;
import dev.almanac.reliability.Specimen.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that lost their end, got a longer one, or consist of pages of several files. */
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class TornFileTest {
  private static final int PAGE_BYTES = 4096;

  @TempDir Path folder;

  /** One kind of damage: how often it was done, and what found it. */
  private final class Tally {
    private final Specimen specimen;
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private long count;

    Tally(Specimen specimen) {
      this.specimen = specimen;
    }

    void add(String what) throws IOException {
      assertFalse(Almanac.verify(specimen.path).ok(), () -> "verify must find it: " + what);
      outcomes.merge(specimen.use(), 1L, Long::sum);
      count++;
    }

    long refused() {
      return outcomes.getOrDefault(Outcome.REFUSED, 0L);
    }

    void record(String part, String tried) {
      Map<String, Long> result = new LinkedHashMap<>();
      result.put("found by verify", count);
      for (Outcome outcome : Outcome.values()) {
        result.put(outcome.words, outcomes.getOrDefault(outcome, 0L));
      }
      Trial.record(TornFileTest.class, 2, part, tried, count, result);
    }
  }

  private static SampleRows rows(String kind) {
    return kind.equals("text")
        ? new SampleRows().add("caf\u00e9", "2024-02-29").add("x".repeat(128), "2024-03-01")
        : SampleRows.dense(40, 40, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"numbers", "text"})
  void aFileThatIsCutShortIsFoundAtEveryLength(String kind) throws IOException {
    try (Specimen specimen = Specimen.build(folder, rows(kind), Layout.AUTO)) {
      Tally tally = new Tally(specimen);
      for (int length = specimen.whole.length - 1; length >= 0; length -= Trial.full() ? 1 : 61) {
        specimen.channel.truncate(length);
        tally.add("cut to " + length);
      }
      assertEquals(tally.count, tally.refused(), "open must refuse every file that was cut short");
      specimen.repair();
      specimen.assertWhole();
      tally.record(
          "cut short " + kind,
          "a file of " + specimen.whole.length + " bytes (" + kind + ") cut to every length");
    }
  }

  @Test
  void aFileThatGotLongerIsFound() throws IOException {
    try (Specimen specimen = Specimen.build(folder, rows("numbers"), Layout.AUTO)) {
      Tally tally = new Tally(specimen);
      byte[] noise = new byte[2 * PAGE_BYTES];
      new SplittableRandom(2).nextBytes(noise);
      byte[] wholeTwice = Arrays.copyOf(specimen.whole, 2 * specimen.whole.length);
      System.arraycopy(specimen.whole, 0, wholeTwice, specimen.whole.length, specimen.whole.length);
      int end = specimen.whole.length;
      for (int more = 1; more <= noise.length; more += Trial.full() ? 1 : 157) {
        // Zeros, noise, and, the worst, the file's own end once more: it ends in a valid footer.
        specimen.write(new byte[more], 0, more, end);
        tally.add(more + " zeros more");
        specimen.write(noise, 0, more, end);
        tally.add(more + " bytes of noise more");
        int again = Math.min(more, end);
        specimen.write(specimen.whole, end - again, again, end);
        specimen.channel.truncate(end + again);
        tally.add("its last " + again + " bytes once more");
        specimen.channel.truncate(end);
      }
      assertEquals(tally.count, tally.refused(), "open must refuse every file that got longer");
      specimen.assertWhole();
      tally.record(
          "extended",
          "1 to " + noise.length + " bytes appended: zeros, noise, and the file's own end again");
    }
  }

  /** Numbers in several segments, so that pages of every section are there. */
  private static final int ID_COUNT = 24_000;

  private static SampleRows edition(int of) {
    SampleRows rows = new SampleRows();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < ID_COUNT; i++) {
      // One row of sixteen has another date in each edition, and few IDs are of one edition only.
      int date = i % 16 == 0 ? (i + of) % 300 : i % 300;
      long id = random.nextLong();
      rows.add(i % 1000 == 999 ? id ^ of : id, SampleRows.date(date));
    }
    return rows;
  }

  private static byte[] page(byte[] file, int page) {
    return Arrays.copyOfRange(
        file, page * PAGE_BYTES, Math.min(file.length, (page + 1) * PAGE_BYTES));
  }

  @Test
  void aPageThatIsZeroedSwappedOrStaleIsFound() throws IOException {
    try (Specimen specimen = Specimen.build(folder, edition(1), Layout.ENTRIES);
        Specimen older = Specimen.build(folder, edition(0), Layout.ENTRIES)) {
      assertEquals(older.whole.length, specimen.whole.length, "editions of one geometry");
      assertNotEquals(older.footer.edition(), specimen.footer.edition());
      assertTrue(specimen.footer.geometry().segmentCount() > 1);
      int pageCount = (specimen.whole.length + PAGE_BYTES - 1) / PAGE_BYTES;
      Tally zeroed = new Tally(specimen);
      Tally stale = new Tally(specimen);
      Tally swapped = new Tally(specimen);
      int step = Trial.full() ? 1 : 29;
      for (int a = 0; a < pageCount; a += step) {
        byte[] mine = page(specimen.whole, a);
        replace(specimen, a, new byte[mine.length], zeroed);
        replace(specimen, a, page(older.whole, a), stale);
      }
      SplittableRandom random = new SplittableRandom(3);
      for (int n = 0; n < Trial.count(10, 1_000); n++) {
        // The last page may be a short one and keeps its place.
        int a = random.nextInt(pageCount - 1);
        int b = random.nextInt(pageCount - 1);
        if (Arrays.equals(page(specimen.whole, a), page(specimen.whole, b))) {
          continue;
        }
        specimen.write(specimen.whole, b * PAGE_BYTES, PAGE_BYTES, (long) a * PAGE_BYTES);
        replace(specimen, b, page(specimen.whole, a), swapped);
        specimen.repair(a * PAGE_BYTES, PAGE_BYTES);
      }
      specimen.assertWhole();
      // The control: a plain open misses most of them, so it is the checksums that find them.
      for (Tally tally : new Tally[] {zeroed, stale, swapped}) {
        assertTrue(tally.count > 0);
        assertTrue(
            tally.refused() < tally.count / 2,
            () -> "open must not know pages: refused=" + tally.refused() + " of " + tally.count);
      }
      String file = " of a file of " + pageCount + " pages";
      zeroed.record("page zeroed", "each page" + file + " that is not zero, zeroed");
      stale.record("page stale", "each page" + file + " that differs, from the edition before");
      swapped.record("pages swapped", "two different pages" + file + " swapped");
    }
  }

  /** Puts other bytes in the place of a page, unless they are the same. */
  private static void replace(Specimen specimen, int page, byte[] bytes, Tally tally)
      throws IOException {
    if (Arrays.equals(page(specimen.whole, page), bytes)) {
      return;
    }
    specimen.write(bytes, 0, bytes.length, (long) page * PAGE_BYTES);
    tally.add("page " + page);
    specimen.repair(page * PAGE_BYTES, bytes.length);
  }

  @Test
  void aMixOfTwoEditionsIsFound() throws IOException {
    try (Specimen specimen = Specimen.build(folder, edition(1), Layout.ENTRIES);
        Specimen older = Specimen.build(folder, edition(0), Layout.ENTRIES)) {
      int pageCount = (specimen.whole.length + PAGE_BYTES - 1) / PAGE_BYTES;
      Tally footers = new Tally(specimen);
      Tally torn = new Tally(specimen);
      int end = specimen.whole.length;
      // A footer of the other edition: alone, and with the checksums before it.
      int checksums = (int) specimen.footer.checksumsOffset();
      int dictionary = (int) specimen.footer.dictionaryOffset();
      for (int from : new int[] {end - Footer.BYTES, checksums, dictionary}) {
        specimen.write(older.whole, from, end - from, from);
        footers.add("the older edition from byte " + from);
        specimen.repair(from, end - from);
      }
      // A write over the old file that stopped on its way, which is why no build writes so.
      for (int page = 1; page < pageCount; page += Trial.full() ? 1 : 29) {
        int from = page * PAGE_BYTES;
        specimen.write(older.whole, from, end - from, from);
        if (!Arrays.equals(specimen.whole, 0, from, older.whole, 0, from)) {
          torn.add("the older edition from page " + page);
        }
        specimen.repair(from, end - from);
      }
      specimen.assertWhole();
      assertTrue(torn.refused() < torn.count, "the control: open alone misses some");
      footers.record(
          "footer of another edition",
          "the older edition's footer; its checksums and footer; its dictionary, checksums and"
              + " footer");
      torn.record(
          "torn",
          "an edition of " + pageCount + " pages over the one before, stopped behind each page");
    }
  }
}
