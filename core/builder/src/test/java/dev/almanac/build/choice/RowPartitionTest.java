package dev.almanac.build.choice;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildException;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a partition chooses, against a naive map: with memory for all of it, and with memory for so
 * little that it is read in many parts.
 */
class RowPartitionTest {
  private static final long PLENTY = 1 << 26;

  /** Room for the fewest rows that a partition ever has room for: 1,024, and 64 KiB of texts. */
  private static final long LITTLE = 1 << 16;

  @TempDir Path folder;

  /** A row, or an entry of the base: its ID as text, its date and its position. */
  private record Row(String id, int date, long position) {}

  /** What comes out of a partition. */
  private record Chosen(
      Map<String, Integer> dateById,
      long duplicates,
      long conflicts,
      long leftOut,
      BaseChanges changes,
      DuplicateChoice.Conflict first) {}

  private static Row row(String id, int date, int index) {
    // Positions of many splits, so that blocks need several bases.
    return new Row(id, date, RowPosition.of(index / 7 * 1_000L, index % 7));
  }

  private Chosen choose(boolean text, List<Row> rows, DuplicatePolicy policy, long heapBytes)
      throws IOException {
    return choose(text, rows, policy, heapBytes, false);
  }

  private Chosen choose(
      boolean text, List<Row> rows, DuplicatePolicy policy, long heapBytes, boolean givesNoDates)
      throws IOException {
    Map<String, Integer> dateById = new HashMap<>();
    List<Long> numbers = new ArrayList<>();
    try (Spool spool = new Spool(folder.resolve("rows-" + System.nanoTime()), 2)) {
      write(spool, text, rows);
      RowPartition partition = new RowPartition(spool, policy, heapBytes, givesNoDates);
      partition.forEach(
          text ? 1 : 0,
          (key, date, bytes, from, length) -> {
            String id = text ? new String(bytes, from, length, UTF_8) : Long.toString(key);
            assertNull(dateById.put(id, date), "an ID comes once: " + id);
            numbers.add(key);
            if (text) {
              byte[] utf8 = id.getBytes(UTF_8);
              assertEquals(Xxh64.hash(utf8, 0, utf8.length), key);
            }
          });
      if (heapBytes == PLENTY) {
        assertEquals(numbers.stream().sorted(Long::compareUnsigned).toList(), numbers);
      }
      return new Chosen(
          dateById,
          partition.choices().duplicateCount(),
          partition.choices().conflictCount(),
          partition.choices().leftOutCount(),
          partition.choices().changes(),
          partition.firstConflict());
    }
  }

  /** Blocks of a few rows each, in the order given, which need not be that of the positions. */
  private static void write(Spool spool, boolean text, List<Row> rows) throws IOException {
    for (int from = 0; from < rows.size(); ) {
      ByteBuffer block = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
      long base = rows.get(from).position;
      block.position(RowBlock.HEADER_BYTES);
      int to = from;
      while (to < rows.size()
          && to - from < 60
          && RowBlock.spans(base, rows.get(to).position)
          && block.remaining() > 1_100) {
        Row row = rows.get(to++);
        long packed = RowBlock.pack(row.date, row.position - base);
        if (text) {
          byte[] id = row.id.getBytes(UTF_8);
          block.putLong(packed).putShort((short) id.length).put(id);
        } else {
          block.putLong(Long.parseLong(row.id)).putLong(packed);
        }
      }
      block.putLong(0, base).putLong(Long.BYTES, to - from);
      spool.append(text ? 1 : 0, block.flip());
      from = to;
    }
  }

  private static Chosen naive(List<Row> rows, DuplicatePolicy policy) {
    return naive(rows, policy, false);
  }

  private static Chosen naive(List<Row> rows, DuplicatePolicy policy, boolean givesNoDates) {
    Map<String, Integer> base = new HashMap<>();
    Map<String, Row> winners = new HashMap<>();
    Map<String, Set<Integer>> dates = new HashMap<>();
    Map<String, Row> firsts = new HashMap<>();
    DuplicateChoice.Conflict first = null;
    List<Row> inOrder = new ArrayList<>(rows);
    inOrder.sort((a, b) -> Long.compare(a.position, b.position));
    for (Row row : inOrder) {
      if (row.position < 0) {
        base.put(row.id, row.date);
        continue;
      }
      Row earliest = firsts.putIfAbsent(row.id, row);
      int baseDate = base.getOrDefault(row.id, row.date);
      if (first == null && (earliest != null ? earliest.date : baseDate) != row.date) {
        first =
            earliest != null
                ? new DuplicateChoice.Conflict(
                    row.id, earliest.position, earliest.date, row.position, row.date)
                : new DuplicateChoice.Conflict(row.id, -1, baseDate, row.position, row.date);
      }
      dates.computeIfAbsent(row.id, id -> new HashSet<>()).add(row.date);
      if (policy == DuplicatePolicy.LAST) {
        winners.put(row.id, row);
      } else {
        winners.putIfAbsent(row.id, row);
      }
    }
    Map<String, Integer> dateById = new HashMap<>(base);
    int added = 0;
    int removed = 0;
    int changed = 0;
    for (Row winner : winners.values()) {
      Integer before = base.get(winner.id);
      if (before == null) {
        added += winner.date == DateCollector.NO_DATE ? 0 : 1;
      } else if (policy != DuplicatePolicy.LAST) {
        continue;
      } else if (winner.date == DateCollector.NO_DATE) {
        removed++;
      } else if (winner.date != before) {
        changed++;
      }
      dateById.put(winner.id, winner.date);
    }
    long leftOut = dateById.values().stream().filter(date -> date == DateCollector.NO_DATE).count();
    if (!givesNoDates) {
      dateById.values().removeIf(date -> date == DateCollector.NO_DATE);
    }
    long pairs = dates.values().stream().mapToLong(Set::size).sum();
    return new Chosen(
        dateById,
        rows.size() - base.size() - pairs,
        pairs - dates.size(),
        leftOut,
        new BaseChanges(added, removed, changed),
        policy == DuplicatePolicy.FAIL ? first : null);
  }

  private void assertChosen(boolean text, List<Row> rows) throws IOException {
    for (DuplicatePolicy policy : DuplicatePolicy.values()) {
      Chosen expected = naive(rows, policy);
      for (long heapBytes : new long[] {PLENTY, LITTLE}) {
        assertEquals(
            expected,
            choose(text, rows, policy, heapBytes),
            () -> policy + " text=" + text + " heapBytes=" + heapBytes);
      }
    }
  }

  @Test
  @Tag("slow")
  void randomRowsAreSettledAsANaiveMapWould() throws IOException {
    SplittableRandom random = new SplittableRandom(71);
    for (int round = 0; round < 6; round++) {
      boolean text = round % 2 == 0;
      int ids = 1 + random.nextInt(round % 3 == 0 ? 10 : 3_000);
      int dates = 1 + random.nextInt(round % 4 == 0 ? 2 : 400);
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 8_000; i++) {
        int id = random.nextInt(ids);
        int date = random.nextInt(10) == 0 ? DateCollector.NO_DATE : random.nextInt(dates);
        rows.add(row(text ? "id-" + "x".repeat(id % 40) + id : Long.toString(id - 7L), date, i));
      }
      Collections.shuffle(rows, new Random(round));
      assertChosen(text, rows);
    }
  }

  @Test
  void theEntryOfABaseComesBeforeTheRows() throws IOException {
    SplittableRandom random = new SplittableRandom(74);
    for (int round = 0; round < 4; round++) {
      boolean text = round % 2 == 0;
      int ids = round < 2 ? 100 : 1_500;
      List<Row> rows = new ArrayList<>();
      for (int id = 0; id < ids; id += 1 + random.nextInt(3)) {
        rows.add(new Row(text ? "id-" + id : Long.toString(id - 9L), id % 5, RowPosition.BASE));
      }
      for (int i = 0; i < 1_800; i++) {
        // Runs of one ID that are short and long ones, with few dates and with many.
        int id = random.nextInt(1 + random.nextInt(ids));
        int date =
            random.nextInt(8) == 0 ? DateCollector.NO_DATE : random.nextInt(id % 3 == 0 ? 5 : 40);
        rows.add(row(text ? "id-" + id : Long.toString(id - 9L), date, i));
      }
      Collections.shuffle(rows, new Random(round));
      assertChosen(text, rows);
      for (DuplicatePolicy policy : DuplicatePolicy.values()) {
        assertEquals(
            naive(rows, policy, true), choose(text, rows, policy, PLENTY, true), policy.name());
      }
    }
  }

  /** A few rows of an ID in each order that they can come in, an ID for each order. */
  @Test
  void everyOrderOfAFewRowsIsSettledAlike() throws IOException {
    int none = DateCollector.NO_DATE;
    for (boolean text : new boolean[] {false, true}) {
      List<Row> rows = new ArrayList<>();
      for (int[] dates :
          new int[][] {{1, 1, 2}, {2, 1, 1}, {1, 2, 3}, {none, 1, 1}, {1, none, 2}}) {
        for (int baseDate = 0; baseDate < 3; baseDate++) {
          List<Row> one = new ArrayList<>();
          for (int i = 0; i < dates.length; i++) {
            one.add(new Row("", dates[i], i));
          }
          if (baseDate > 0) {
            one.add(new Row("", baseDate, RowPosition.BASE));
          }
          List<List<Row>> orders = new ArrayList<>();
          permute(one, 0, orders);
          for (List<Row> order : orders) {
            String id = (text ? "x" : "") + rows.size();
            long from = 10L * rows.size();
            order.forEach(
                row ->
                    rows.add(
                        new Row(
                            id, row.date, row.position < 0 ? row.position : from + row.position)));
          }
        }
      }
      assertChosen(text, rows);
    }
  }

  @Test
  void aRowThatDiffersIsNamedWithTheFirstRowOfItsIdRatherThanWithTheBase() throws IOException {
    List<Row> rows =
        List.of(
            new Row("5", 1, RowPosition.BASE),
            new Row("5", 1, RowPosition.of(0, 0)),
            new Row("5", 2, RowPosition.of(0, 1)));
    assertEquals(
        new DuplicateChoice.Conflict("5", RowPosition.of(0, 0), 1, RowPosition.of(0, 1), 2),
        choose(false, rows, DuplicatePolicy.FAIL, PLENTY).first);
    assertChosen(false, rows);
  }

  private static void permute(List<Row> rows, int from, List<List<Row>> into) {
    if (from == rows.size()) {
      into.add(List.copyOf(rows));
    }
    for (int i = from; i < rows.size(); i++) {
      Collections.swap(rows, from, i);
      permute(rows, from + 1, into);
      Collections.swap(rows, from, i);
    }
  }

  /** As a daily snapshot gives them: more pairs of ID and date than there is room for. */
  @ParameterizedTest
  @EnumSource(DuplicatePolicy.class)
  @Tag("slow")
  void fewIdsWithManyDatesAreSettledInLittleMemory(DuplicatePolicy policy) throws IOException {
    for (boolean text : new boolean[] {false, true}) {
      List<Row> rows = new ArrayList<>();
      for (int date = 0; date < 200; date++) {
        for (int id = 0; id < 100; id++) {
          rows.add(row((text ? "t" : "") + id, date, rows.size()));
        }
      }
      assertEquals(naive(rows, policy), choose(text, rows, policy, LITTLE));
    }
  }

  /** No row can be dropped for another, so that the partition is read in parts. */
  @Test
  void moreIdsThanFitAreReadInParts() throws IOException {
    for (boolean text : new boolean[] {false, true}) {
      List<Row> rows = new ArrayList<>();
      for (int id = 0; id < 1_100; id++) {
        rows.add(row((text ? "t" : "") + id, id % 7, id));
      }
      assertChosen(text, rows);
    }
  }

  /** However many rows there are of one ID, one of each date is all that must fit. */
  @Test
  void oneIdWithManyRowsAndFewDatesFits() throws IOException {
    for (String id : List.of("17", "x".repeat(1_000))) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 2_500; i++) {
        rows.add(row(id, i * 7 % 30, i));
      }
      assertChosen(id.length() > 2, rows);
    }
  }

  /**
   * With their lengths, 63 texts take 64,512 bytes of 65,536; the next has 1,022, or a few more.
   */
  @Test
  void theTextsMayFillTheirRoomToTheLastByte() throws IOException {
    for (int last = 1_020; last <= 1_024; last++) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 63; i++) {
        rows.add(row("y".repeat(1_020) + (10 + i), i, i));
      }
      rows.add(row("z".repeat(last), 7, 63));
      rows.add(row("z", 8, 64));
      for (DuplicatePolicy policy : DuplicatePolicy.values()) {
        assertEquals(naive(rows, policy), choose(true, rows, policy, LITTLE));
      }
    }
  }

  /** In one part, numbers come in their order, and texts in that of their hashes. */
  @Test
  void aPartitionSaysHowMuchHeapItTakesToBeReadInOnePart() throws IOException {
    for (boolean text : new boolean[] {false, true}) {
      try (Spool spool = new Spool(folder.resolve("heap-" + text), 2)) {
        List<Row> rows = new ArrayList<>();
        for (int id = 0; id < 5_000; id++) {
          rows.add(row((text ? "t" : "") + id, id % 7, id));
        }
        write(spool, text, rows);
        int index = text ? 1 : 0;
        long heapBytes = RowPartition.heapBytes(spool, index);
        List<Long> keys = new ArrayList<>();
        new RowPartition(spool, DuplicatePolicy.LAST, heapBytes, false)
            .forEach(index, (key, date, bytes, from, length) -> keys.add(key));
        assertEquals(5_000, keys.size());
        assertEquals(keys.stream().sorted(Long::compareUnsigned).toList(), keys);
        assertEquals(0, RowPartition.heapBytes(spool, 1 - index));
      }
    }
  }

  @Test
  void oneIdWithMoreDatesThanFitIsRefusedByName() {
    List<Row> rows = new ArrayList<>();
    for (int date = 0; date < 5_000; date++) {
      rows.add(row("17", date, date));
    }
    BuildException refused =
        assertThrows(BuildException.class, () -> choose(false, rows, DuplicatePolicy.LAST, LITTLE));
    assertTrue(
        refused
            .getMessage()
            .startsWith(
                "the dates of one ID, or of text IDs that have one hash, must fit the heap: rows="),
        refused.getMessage());
  }

  @Test
  void textsThatShareAHashAreToldApart() throws IOException {
    SplittableRandom random = new SplittableRandom(72);
    List<String> ids = new ArrayList<>();
    for (int pair = 0; pair < 10; pair++) {
      ids.addAll(textsOfOneHash(random));
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      rows.add(row(ids.get(random.nextInt(ids.size())), random.nextInt(30), i));
    }
    assertChosen(true, rows);
  }

  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  /** Two texts of 16 bytes: the second half of one is worked out back from the other's hash. */
  private static List<String> textsOfOneHash(SplittableRandom random) {
    while (true) {
      long first = printable(random);
      long other = printable(random);
      long second = printable(random);
      long mixed = mixed(first) ^ Long.rotateLeft(second * P2, 31) * P1 ^ mixed(other);
      long otherSecond = Long.rotateRight(mixed * inverse(P1), 31) * inverse(P2);
      String text = text(other, otherSecond);
      if (first != other && text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
        byte[] a = text(first, second).getBytes(ISO_8859_1);
        byte[] b = text.getBytes(ISO_8859_1);
        assertEquals(Xxh64.hash(a, 0, 16), Xxh64.hash(b, 0, 16));
        return List.of(text(first, second), text);
      }
    }
  }

  private static long mixed(long word) {
    return Long.rotateLeft(P5 + 16 ^ Long.rotateLeft(word * P2, 31) * P1, 27) * P1 + P4;
  }

  /** The inverse of an odd number modulo 2^64 (each step of Newton's method doubles the bits). */
  private static long inverse(long odd) {
    long x = odd;
    for (int i = 0; i < 6; i++) {
      x *= 2 - odd * x;
    }
    return x;
  }

  private static long printable(SplittableRandom random) {
    long word = 0;
    for (int i = 0; i < 8; i++) {
      word = word << 8 | random.nextInt('a', 'z' + 1);
    }
    return word;
  }

  private static String text(long first, long second) {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(first)
            .putLong(second)
            .array();
    return new String(bytes, ISO_8859_1);
  }

  @Test
  void theLongestAndTheShortestTextsFit() throws IOException {
    SplittableRandom random = new SplittableRandom(73);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      int id = random.nextInt(600);
      rows.add(row(id % 2 == 0 ? "y".repeat(1_020) + id : "" + (char) ('a' + id % 26), id % 9, i));
    }
    assertChosen(true, rows);
  }

  @Test
  void nothingIsPackedThatWouldBeCut() {
    assertEquals(5, RowBlock.date(RowBlock.pack(5, (1L << 36) - 1)));
    assertEquals((1L << 36) - 1, RowBlock.positionOffset(RowBlock.pack(5, (1L << 36) - 1)));
    assertEquals(DateCollector.NO_DATE, RowBlock.date(RowBlock.pack(DateCollector.NO_DATE, 0)));
    for (long offset : new long[] {-1, Long.MIN_VALUE, 1L << 36}) {
      assertThrows(IllegalArgumentException.class, () -> RowBlock.pack(5, offset));
      assertTrue(!RowBlock.spans(1_000, 1_000 + offset), () -> "offset=" + offset);
    }
    assertThrows(IllegalArgumentException.class, () -> RowBlock.pack(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> RowBlock.pack(1 << 28, 0));
    assertTrue(RowBlock.spans(1_000, 1_000 + (1L << 36) - 1));
  }
}
