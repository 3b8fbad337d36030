package dev.almanac.generated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.EditionDiff;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildReport;
import dev.almanac.build.SplitRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A week of editions, each built from the one before and the day's rows. Every file must be, byte
 * for byte, what a build of the naive map's rows gives, and its changes those of the map. {@code
 * -Dseed=} makes one week alone.
 */
class WeekOfEditionsTest {
  private static final int DAYS = 7;
  private static final int WEEKS = 8;
  private static final LocalDate FIRST_DAY = LocalDate.of(1999, 12, 25);

  @TempDir Path folder;

  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, WEEKS);
  }

  /** What IDs look like. Number n has always the same ID, which is in no other shape's order. */
  private enum Ids {
    DENSE,
    DENSE_WITH_HOLES,
    ACCOUNTS,
    RANDOM,
    TEXTS,
    CUSTOMERS,
    NUMBERS_THEN_A_TEXT;

    String id(int n) {
      return switch (this) {
        case DENSE -> Integer.toString(n - 50);
        case DENSE_WITH_HOLES -> Long.toString(1_000_000_000_000L + n * 3L + n / 1_000 * 77_777L);
        case ACCOUNTS ->
            Long.toString(1_000_000_000L + (n * 0x9E3779B97F4A7C15L >>> 1) % 9_000_000_000L);
        case RANDOM -> Long.toString(new SplittableRandom(n).nextLong());
        case TEXTS -> "user" + new SplittableRandom(n).nextInt(1 << 30) + "@example.org";
        case CUSTOMERS -> String.format("CUST-%08d", n);
        case NUMBERS_THEN_A_TEXT -> n == 5 ? "five" : Integer.toString(n * 7);
      };
    }
  }

  private static String date(SplittableRandom random, int dates) {
    return FIRST_DAY.plusDays(random.nextInt(dates)).toString();
  }

  /** The rows of a day, which are also put into {@code map}. */
  private static List<String> rows(
      SplittableRandom random, Ids ids, int size, Map<String, String> map) {
    int count = random.nextInt(8) == 0 ? 0 : random.nextInt(1, 1 + size / 4);
    // On some days only few dates come, on some one that no other day has.
    int dates = random.nextInt(1, 400);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int n = random.nextInt(size * 5 / 4);
      String id = ids.id(n);
      // The one text of NUMBERS_THEN_A_TEXT stays, or a build of the map would be one of numbers.
      if (n != 5 && random.nextInt(4) == 0) {
        rows.add(id + "|");
        map.remove(id);
      } else {
        String date = date(random, dates);
        rows.add(id + "|" + date);
        map.put(id, date);
      }
    }
    return rows;
  }

  private static List<String> lines(Map<String, String> map) {
    return map.entrySet().stream().map(entry -> entry.getKey() + "|" + entry.getValue()).toList();
  }

  private static AlmanacBuilder builder(SplittableRandom random) {
    return AlmanacBuilder.create().allowEmpty().nullDates("").threads(random.nextInt(1, 5));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyEditionIsThatOfTheNaiveMap(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Ids ids = Ids.values()[(int) (seed % Ids.values().length)];
    int size = random.nextInt(20, 3_000);
    Map<String, String> map = new HashMap<>();
    for (int n = 0; n < size; n++) {
      map.put(ids.id(n), date(random, 300));
    }
    Path today = folder.resolve("day-0");
    builder(random).build(new SplitRows(lines(map), random.nextInt(1, 500)), today);
    int merged = 0;
    for (int day = 1; day <= DAYS; day++) {
      Path yesterday = today;
      boolean inPlace = random.nextBoolean();
      Path before = Files.copy(yesterday, folder.resolve("before-" + day));
      today = inPlace ? yesterday : folder.resolve("day-" + day);
      Map<String, String> old = Map.copyOf(map);
      List<String> rows = rows(random, ids, size, map);
      BuildReport report =
          builder(random).base(yesterday).build(new SplitRows(rows, random.nextInt(1, 300)), today);
      String which = "seed=" + seed + " day=" + day + " ids=" + ids;
      assertEquals(changes(old, map), report.changes(), which);
      assertEquals(rows.size(), report.rowCount(), which);
      merged += report.phases().containsKey("sort") ? 0 : 1;
      Path full = folder.resolve("full-" + day);
      builder(random).build(new SplitRows(lines(map), random.nextInt(1, 500)), full);
      assertArrayEquals(Files.readAllBytes(full), Files.readAllBytes(today), which);
      assertAnswers(map, old, today, which);
      assertEquals(map, applied(EditionDiff.of(before, today), old), which);
      assertEquals(old, applied(EditionDiff.of(today, before), map), which);
    }
    // Both ways are taken: merged with the base's pages, and with the base spooled.
    boolean mayMerge = ids.compareTo(Ids.TEXTS) < 0 && size > 500;
    assertTrue(mayMerge ? merged > 0 : ids.compareTo(Ids.TEXTS) < 0 || merged == 0, "seed=" + seed);
  }

  private static BaseChanges changes(Map<String, String> old, Map<String, String> now) {
    long added = now.keySet().stream().filter(id -> !old.containsKey(id)).count();
    long removed = old.keySet().stream().filter(id -> !now.containsKey(id)).count();
    long changed =
        now.entrySet().stream()
            .filter(entry -> old.containsKey(entry.getKey()))
            .filter(entry -> !old.get(entry.getKey()).equals(entry.getValue()))
            .count();
    return new BaseChanges(added, removed, changed);
  }

  private static void assertAnswers(
      Map<String, String> map, Map<String, String> old, Path file, String which)
      throws IOException {
    try (Almanac almanac = Almanac.open(file)) {
      assertEquals(map.size(), almanac.size(), which);
      assertEquals(
          Set.copyOf(map.values()).size(), almanac.dictionary().size(), which + ": dates in use");
      map.forEach(
          (id, date) -> assertEquals(date, String.valueOf(almanac.date(id)), () -> which + id));
      Set<String> gone = new HashSet<>(old.keySet());
      gone.removeAll(map.keySet());
      gone.forEach(id -> assertNull(almanac.date(id), () -> which + " id=" + id));
    }
  }

  private static Map<String, String> applied(EditionDiff diff, Map<String, String> from)
      throws IOException {
    Map<String, String> map = new HashMap<>(from);
    diff.forEach(
        change -> {
          assertEquals(
              change.before() == null ? null : change.before().toString(), map.get(change.id()));
          if (change.after() == null) {
            map.remove(change.id());
          } else {
            map.put(change.id(), change.after().toString());
          }
        });
    return map;
  }
}
