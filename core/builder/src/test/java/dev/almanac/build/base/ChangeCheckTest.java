package dev.almanac.build.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.OwnProcess;
import dev.almanac.PageOracle;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.SplitRows;
import dev.almanac.build.pages.ForgedFile;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The last look at a changed base: it must differ from the base by the changes alone. */
class ChangeCheckTest {
  private static final int DATES = 30;

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(1129);
  private final Map<Long, String> old = new TreeMap<>();

  /** The changes, each with the code that the new file must have. */
  private final Map<Long, Integer> changes = new TreeMap<>();

  private Path base() {
    return folder.resolve("base");
  }

  private Path changed() {
    return folder.resolve("changed");
  }

  private static void build(Map<Long, String> rows, Path file) throws IOException {
    AlmanacBuilder.create()
        .threads(2)
        .build(
            new SplitRows(
                rows.entrySet().stream().map(row -> row.getKey() + "|" + row.getValue()).toList(),
                1_000),
            file);
  }

  /** A base and a full build of its changes: IDs that come, that go, and that have another date. */
  private void build(int idCount, long highest) throws IOException {
    for (int i = 0; i < DATES; i++) {
      old.put((long) i, SampleRows.date(i));
    }
    old.put(highest, SampleRows.date(0));
    while (old.size() < idCount) {
      old.put(random.nextLong(DATES, highest), SampleRows.date(random.nextInt(DATES)));
    }
    Map<Long, String> rows = new TreeMap<>(old);
    while (changes.size() < 40) {
      long id = random.nextLong(DATES, highest);
      if (!old.containsKey(id)) {
        int code = random.nextInt(DATES);
        changes.put(id, code);
        rows.put(id, SampleRows.date(code));
      }
    }
    // The first place of the first page, too.
    changes.put(0L, 7);
    rows.put(0L, SampleRows.date(7));
    // More go than come.
    for (long id : old.keySet().stream().skip(DATES).limit(70).toList()) {
      if (changes.size() < 93) {
        changes.put(id, MergedKeys.REMOVED);
        rows.remove(id);
      } else {
        int code = DATES - 1 - (int) (id % 7);
        changes.put(id, code);
        rows.put(id, SampleRows.date(code));
      }
    }
    build(old, base());
    changeLastBuckets(rows);
    build(rows, changed());
  }

  /** Other dates in the last buckets of hashed pages, after which comes the first one. */
  private void changeLastBuckets(Map<Long, String> rows) throws IOException {
    Footer footer = PageOracle.footer(base());
    if (footer.pages().layout() != Layout.HASHED) {
      return;
    }
    HashedPages pages = new HashedPages(footer.pages(), footer.entryCount());
    long last = (1L << footer.pages().pageBits()) - 1;
    rows.replaceAll(
        (id, date) -> {
          boolean isLast = (pages.bucket(pages.mix(id - footer.pages().firstKey())) & last) == last;
          if (id < DATES || !isLast) {
            return date;
          }
          changes.put(id, 3);
          return SampleRows.date(3);
        });
  }

  private void check(Map<Long, Integer> said) throws IOException {
    try (Base base = Base.open(base(), IdKind.LONG);
        Parallel threads = new Parallel(2);
        ChangeCheck check =
            new ChangeCheck(
                base,
                changed(),
                said.keySet().stream().mapToLong(Long::longValue).toArray(),
                said.values().stream().mapToInt(Integer::intValue).toArray())) {
      check.run(threads);
    }
  }

  private String refused(Map<Long, Integer> said) {
    return assertThrows(IllegalStateException.class, () -> check(said)).getMessage();
  }

  private static String answer(long id, int found, int expected) {
    return "a changed base must answer as the base and its changes: code of id="
        + id
        + " found="
        + found
        + " expected="
        + expected;
  }

  /** Leaves each change out, says another code of it, and says one that did not happen. */
  private void eachChangeMustBeTheOneThatWasMeant() throws IOException {
    check(changes);
    Map<Long, Integer> said = new TreeMap<>(changes);
    int n = 0;
    for (Map.Entry<Long, Integer> change : changes.entrySet()) {
      long id = change.getKey();
      int code = change.getValue();
      int before = old.containsKey(id) ? dateOf(old.get(id)) : MergedKeys.REMOVED;
      if (n++ % 9 != 0) {
        continue;
      }
      if (before != code) {
        said.remove(id);
        assertEquals(answer(id, code, before), refused(said));
      }
      said.put(id, code == 3 ? 4 : 3);
      assertEquals(answer(id, code, code == 3 ? 4 : 3), refused(said));
      said.put(id, code);
    }
    said.put(1L, 7);
    assertEquals(answer(1, 1, 7), refused(said));
  }

  private static int dateOf(String text) {
    for (int code = 0; ; code++) {
      if (SampleRows.date(code).equals(text)) {
        return code;
      }
    }
  }

  @Test
  void eachChangeOfHashedPagesMustBeTheOneThatWasMeant() throws IOException {
    build(3_000, (1L << 40) - 1);
    eachChangeMustBeTheOneThatWasMeant();
  }

  @Test
  void eachChangeOfDirectPagesMustBeTheOneThatWasMeant() throws IOException {
    build(30_000, 40_000);
    eachChangeMustBeTheOneThatWasMeant();
  }

  /** Flips a bit at each of some places of the store, of which the check must notice every one. */
  @Test
  void noOtherByteOfTheStoreMayDiffer() throws IOException {
    build(3_000, (1L << 40) - 1);
    ForgedFile forged = ForgedFile.of(changed());
    StoreGeometry g = forged.footer.geometry();
    assertEquals(Layout.HASHED, forged.footer.pages().layout());
    int pagesAt = (int) (g.tierOffset(0) + g.entrySpaceOffset());
    int dataAt = (int) PageLayout.dataOffset(g);
    for (int at : new int[] {0, pagesAt - 1}) {
      assertEquals(
          "a changed base must answer as the base and its changes: offset of other bytes found="
              + at
              + " expected=-1",
          refusedAt(forged, at));
    }
    int dataBytes = (int) forged.footer.pages().dataBytes();
    for (int at : new int[] {0, dataAt - pagesAt - 1, dataAt - pagesAt + dataBytes}) {
      if (at < g.chunkBytes()) {
        assertEquals(
            "a changed base must answer as the base and its changes: bytes beside the data of page"
                + " 0 from offset found="
                + at
                + " expected=-1",
            refusedAt(forged, pagesAt + at));
      }
    }
    check(changes);
  }

  private String refusedAt(ForgedFile forged, int at) throws IOException {
    forged.bytes.put(at, (byte) (forged.bytes.get(at) ^ 1));
    forged.reseal();
    String message = refused(changes);
    forged.bytes.put(at, (byte) (forged.bytes.get(at) ^ 1));
    forged.reseal();
    return message;
  }

  /** A bit of each bucket in turn, so that a key or a code is another one. */
  @Test
  void noOtherKeyOrCodeMayDiffer() throws IOException {
    build(1_000, (1L << 40) - 1);
    ForgedFile forged = ForgedFile.of(changed());
    int dataAt = (int) PageLayout.dataOffset(forged.footer.geometry());
    int lines = (int) forged.footer.pages().dataBytes() / 64;
    for (int line = 0; line < lines; line += 3) {
      int last = dataAt + line * 64 + 63 - random.nextInt(3);
      if (forged.bytes.get(dataAt + line * 64) == 0) {
        continue; // A bucket without keys.
      }
      String message = refusedAt(forged, last);
      assertTrue(
          message.startsWith("a changed base must answer as the base and its changes: "), message);
    }
    check(changes);
  }

  @Test
  void theLayoutAndTheDatesMustBeThoseOfTheBase() throws IOException {
    build(3_000, (1L << 40) - 1);
    Map<Long, String> rows = new TreeMap<>(old);
    rows.put(-1L, SampleRows.date(0));
    Files.delete(changed());
    build(rows, changed());
    assertTrue(refused(Map.of(-1L, 0)).startsWith("a changed base must keep its layout: found="));
    rows.remove(-1L);
    rows.remove((1L << 40) - 1);
    rows.put((1L << 40) - 2, SampleRows.date(0));
    build(rows, changed());
    assertTrue(
        refused(Map.of((1L << 40) - 1, -1, (1L << 40) - 2, 0))
            .startsWith("a changed base must keep its layout: found="));
    // A date comes before the others, so each code means another one.
    rows = new TreeMap<>(old);
    rows.replaceAll((id, date) -> date.equals(SampleRows.date(3)) ? "0000-01-01" : date);
    build(rows, changed());
    assertEquals(
        "a code of the base must mean its date: code=0 date=0000-01-01 expected=0001-01-01",
        refused(Map.of()));
  }

  /** What the new file must answer. */
  private Map<Long, Integer> expected() {
    Map<Long, Integer> expected = new TreeMap<>();
    old.forEach((id, date) -> expected.put(id, dateOf(date)));
    changes.forEach(
        (id, code) -> {
          if (code == MergedKeys.REMOVED) {
            expected.remove(id);
          } else {
            expected.put(id, code);
          }
        });
    return expected;
  }

  /** Whether every lookup and every entry of the new file is right. */
  private boolean isRight(Map<Long, Integer> expected) throws IOException {
    try (Almanac almanac = Almanac.open(changed())) {
      Map<Long, Integer> found = new TreeMap<>();
      almanac.forEach(found::put);
      for (Map<Long, ?> ids : List.of(old, changes)) {
        for (long id : ids.keySet()) {
          if (almanac.code(id) != expected.getOrDefault(id, -1)) {
            return false;
          }
        }
      }
      return found.equals(expected);
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Flips bits anywhere in the pages: whenever an answer is another one, the check says so. */
  @ParameterizedTest
  @CsvSource({"2500,1099511627775,HASHED", "1500,2000,DIRECT"})
  void noBitThatChangesAnAnswerMayDiffer(int idCount, long highest, Layout layout)
      throws IOException {
    build(idCount, highest);
    ForgedFile forged = ForgedFile.of(changed());
    assertEquals(layout, forged.footer.pages().layout());
    int dataAt = (int) PageLayout.dataOffset(forged.footer.geometry());
    int chunkBytes = forged.footer.geometry().chunkBytes();
    Map<Long, Integer> expected = expected();
    assertTrue(isRight(expected));
    int wrong = 0;
    int dataBytes = (int) forged.footer.pages().dataBytes();
    for (int i = 0; i < 80 + dataBytes / 64; i++) {
      // In the end, whether keys of a bucket lie in those after it.
      int at =
          dataAt
              + random.nextInt((int) forged.footer.entryCount()) * chunkBytes
              + (i < 80 ? random.nextInt(dataBytes) : (i - 80) * 64 + 63);
      int bit = i < 80 ? 1 << random.nextInt(8) : 1 << 7;
      forged.bytes.put(at, (byte) (forged.bytes.get(at) ^ bit));
      if (!isRight(expected)) {
        wrong++;
        assertThrows(RuntimeException.class, () -> check(changes), () -> "bit of byte " + at);
      }
      forged.bytes.put(at, (byte) (forged.bytes.get(at) ^ bit));
    }
    assertTrue(wrong > 30, "wrong=" + wrong);
    check(changes);
  }

  private static Footer with(Footer footer, long idCount, int longestProbe) {
    return new Footer(
        footer.geometry(),
        footer.dictionaryOffset(),
        footer.dictionaryBytes(),
        footer.shapeBytes(),
        footer.dictionaryCrc(),
        footer.checksumsCrc(),
        footer.idKind(),
        footer.pages(),
        footer.dateCount(),
        idCount,
        footer.entryCount(),
        footer.lowestId(),
        footer.highestId(),
        footer.longestIdBytes(),
        longestProbe,
        footer.chronicleVersion(),
        footer.edition());
  }

  @ParameterizedTest
  @CsvSource({"700,1099511627775", "1500,2000"})
  void theFooterMustCountTheIds(int idCount, long highest) throws IOException {
    build(idCount, highest);
    ForgedFile forged = ForgedFile.of(changed());
    long gained = forged.footer.idCount() - old.size();
    assertTrue(gained < 0, "more go than come");
    for (int more : new int[] {-1, 1}) {
      forged.reseal(
          with(forged.footer, forged.footer.idCount() + more, forged.footer.longestProbe()));
      assertEquals(
          "a changed base must answer as the base and its changes: IDs found="
              + (gained + more)
              + " expected="
              + gained,
          refused(changes));
    }
  }

  /** Lookups end after the longest probe, so keys whose bytes are those of the base get lost. */
  @Test
  void theLongestProbeMayNotLeaveOutAKey() throws IOException {
    build(7_000, (1L << 40) - 1);
    // Nothing changes, so that no line differs.
    Files.delete(changed());
    Files.copy(base(), changed());
    check(Map.of());
    ForgedFile forged = ForgedFile.of(changed());
    int longest = forged.footer.longestProbe();
    assertTrue(longest > 1, "keys away from home");
    for (int probe = 1; probe < longest; probe++) {
      forged.reseal(with(forged.footer, forged.footer.idCount(), probe));
      String message = refused(Map.of());
      assertTrue(
          message.matches(
              "a changed base must answer as the base and its changes: longest probe of page \\d+"
                  + " found="
                  + probe
                  + " expected=\\d"),
          message);
    }
    // A longer one loses nothing.
    forged.reseal(with(forged.footer, forged.footer.idCount(), longest + 1));
    check(Map.of());
  }

  @Test
  void bothFilesAreClosedAfterwards() throws IOException {
    build(700, 1_000);
    check(changes);
    assertThrows(IllegalStateException.class, () -> check(Map.of()));
    assertEquals(0, OwnProcess.descriptors(base().toRealPath()));
    assertEquals(0, OwnProcess.descriptors(changed().toRealPath()));
  }
}
