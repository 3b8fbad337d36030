package dev.almanac.build.choice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.SampleRows;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the order in which splits end, the ledger tells what a reader of the input from its
 * first line to its last would tell.
 */
class InputLedgerTest {
  @TempDir Path folder;

  private Workspace workspace;

  private record Bad(int line, BadRowReason reason, String found, String row) {}

  /** A split with its bad rows; its first line is told only if {@code tellsLine}. */
  private record Split(
      String source, long firstLine, boolean tellsLine, long lineCount, List<Bad> bad) {}

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(folder.resolve("sample.almanac"), null);
  }

  @AfterEach
  void close() throws IOException {
    workspace.close();
  }

  private InputLedger ledger(BadRowPolicy policy) throws IOException {
    return new InputLedger(policy, workspace);
  }

  private Path rejects() {
    return folder.resolve("rejects.txt");
  }

  private static List<Split> draw(SplittableRandom random, int count, int bytes, int badPerSplit) {
    List<Split> splits = new ArrayList<>();
    long line = 1;
    for (int i = 0; i < count; i++) {
      boolean first = i % 50 == 0;
      if (first) {
        line = 1 + random.nextInt(3);
      }
      int lineCount = 1 + random.nextInt(40);
      List<Bad> bad = new ArrayList<>();
      for (int l = 0; l < lineCount; l++) {
        if (random.nextInt(40) < badPerSplit) {
          BadRowReason reason = BadRowReason.values()[random.nextInt(6)];
          bad.add(
              new Bad(l, reason, "id=" + l, i + "|" + "r".repeat(random.nextInt(bytes)) + "|" + l));
        }
      }
      boolean tells = first || random.nextBoolean();
      splits.add(new Split("input-" + i / 50, line, tells, lineCount, bad));
      line += lineCount;
    }
    return splits;
  }

  /** Ends all splits, in an order that {@code random} shuffles within some distance. */
  private static void end(InputLedger ledger, List<Split> splits, long seed, int threads)
      throws IOException {
    List<Integer> order = new ArrayList<>();
    for (int from = 0; from < splits.size(); from += threads) {
      List<Integer> some = new ArrayList<>();
      for (int i = from; i < Math.min(from + threads, splits.size()); i++) {
        some.add(i);
      }
      Collections.shuffle(some, new Random(seed + from));
      order.addAll(some);
    }
    // Each thread has a place, which it uses for split after split.
    List<BadRows> places = List.of(ledger.badRows(), ledger.badRows());
    for (int i : order) {
      Split split = splits.get(i);
      BadRows place = places.get(i % 2);
      for (Bad bad : split.bad) {
        if (place.count() < ledger.listedCount()) {
          place.add(bad.line, bad.reason, bad.found, bad.row);
        } else {
          place.count(bad.reason);
        }
      }
      assertEquals(split.bad.size(), place.count());
      ledger.ended(
          i,
          new InputLedger.SplitLines(
              split.source, split.tellsLine ? split.firstLine : 0, split.lineCount),
          place);
      assertEquals(0, place.count());
    }
  }

  private static String text(Split split, Bad bad) {
    return split.source + '\t' + (split.firstLine + bad.line) + '\t' + bad.reason + '\t' + bad.row;
  }

  private static List<String> lines(List<Split> splits) {
    return splits.stream()
        .flatMap(split -> split.bad.stream().map(bad -> text(split, bad)))
        .toList();
  }

  private static Map<BadRowReason, Long> counts(List<Split> splits) {
    Map<BadRowReason, Long> counts = new EnumMap<>(BadRowReason.class);
    splits.forEach(split -> split.bad.forEach(bad -> counts.merge(bad.reason, 1L, Long::sum)));
    return counts;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 200})
  void theRejectsAreThoseOfAReaderFromFirstToLast(int threads) throws IOException {
    SplittableRandom random = new SplittableRandom(41 + threads);
    // The second has splits whose bad rows exceed a block.
    for (int bytes : new int[] {10, 6_000}) {
      List<Split> splits = draw(random, bytes == 10 ? 110 : 8, bytes, bytes == 10 ? 10 : 39);
      long all = lines(splits).size();
      for (BadRowPolicy policy :
          List.of(
              BadRowPolicy.skip(rejects()).atMost(all),
              BadRowPolicy.skip(rejects()).atMost(Long.MAX_VALUE),
              BadRowPolicy.skip(rejects()).atMostPercent(100))) {
        try (InputLedger ledger = ledger(policy)) {
          end(ledger, splits, 7, threads);
          assertFalse(ledger.isDecided());
          ledger.finish(all);
          assertFalse(Files.exists(rejects()), "not before it is published");
          ledger.publishRejects();
          assertEquals(counts(splits), ledger.rejects());
        }
        List<String> found = Files.readAllLines(rejects());
        List<String> expected = lines(splits);
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < found.size(); i++) {
          String[] fields = expected.get(i).split("\t", -1);
          String row = fields[3];
          fields[3] = row.length() > 4_000 ? row.substring(0, 4_000) + "..." : row;
          assertEquals(String.join("\t", fields), found.get(i));
        }
        Files.delete(rejects());
      }
    }
  }

  @Test
  void everyPositionHasItsSourceAndLine() throws IOException {
    List<Split> splits = draw(new SplittableRandom(42), 300, 1, 0);
    try (InputLedger ledger = ledger(BadRowPolicy.fail())) {
      end(ledger, splits, 8, 300);
      ledger.finish(1);
      for (int i = 0; i < splits.size(); i++) {
        for (int line : new int[] {0, 5, (1 << 24) - 1}) {
          long position = ((long) i << 24) + line;
          assertEquals(splits.get(i).source, ledger.source(position));
          assertEquals(splits.get(i).firstLine + line, ledger.line(position));
          assertEquals(
              "rule: id=1, file=" + splits.get(i).source + " line=" + ledger.line(position),
              ledger.refuse("rule: id=1", position).getMessage());
        }
      }
    }
  }

  /** The first bad row beyond the limit in the order of the input, not of the ends. */
  @Test
  void theRowBeyondTheLimitIsTheFirstInTheInput() throws IOException {
    List<Split> splits = draw(new SplittableRandom(43), 120, 3, 10);
    List<String> lines = lines(splits);
    for (int limit : new int[] {0, 1, 17, lines.size() - 1}) {
      List<BadRowPolicy> policies = new ArrayList<>();
      policies.add(BadRowPolicy.skip().atMost(limit));
      policies.add(BadRowPolicy.skip(rejects()).atMost(limit));
      if (limit == 0) {
        policies.add(BadRowPolicy.fail());
      }
      for (BadRowPolicy policy : policies) {
        try (InputLedger ledger = ledger(policy)) {
          end(ledger, splits, 9, 120);
          assertTrue(ledger.isDecided());
          RefusedRowException refused =
              assertThrows(RefusedRowException.class, () -> ledger.finish(5_000));
          String[] first = lines.get(limit).split("\t", -1);
          assertEquals(first[0], refused.source());
          assertEquals(Long.parseLong(first[1]), refused.line());
          String rule = BadRowReason.valueOf(first[2]).rule() + ": id=";
          assertTrue(
              refused
                  .getMessage()
                  .startsWith(
                      limit == 0
                          ? rule
                          : "bad rows must be at most "
                              + limit
                              + ", and here is one more: "
                              + rule),
              refused.getMessage());
        }
        assertFalse(Files.exists(rejects()));
      }
    }
    try (InputLedger ledger = ledger(BadRowPolicy.skip().atMost(lines.size()))) {
      end(ledger, splits, 9, 120);
      ledger.finish(5_000);
      assertEquals(counts(splits), ledger.rejects());
    }
  }

  @Test
  void aLimitInPercentIsMetOnceAllRowsAreThere() throws IOException {
    List<Split> splits = draw(new SplittableRandom(44), 60, 3, 10);
    List<String> lines = lines(splits);
    int bad = lines.size();
    for (BadRowPolicy policy :
        List.of(
            BadRowPolicy.skip().atMostPercent(10),
            BadRowPolicy.skip(rejects()).atMostPercent(10))) {
      try (InputLedger ledger = ledger(policy)) {
        end(ledger, splits, 9, 60);
        assertFalse(ledger.isDecided());
        ledger.finish(10L * bad);
        assertEquals(counts(splits), ledger.rejects());
      }
      try (InputLedger ledger = ledger(policy)) {
        end(ledger, splits, 9, 60);
        RefusedRowException refused =
            assertThrows(RefusedRowException.class, () -> ledger.finish(10L * bad - 1));
        String[] first = lines.get(0).split("\t", -1);
        assertEquals(first[0], refused.source());
        assertEquals(Long.parseLong(first[1]), refused.line());
        assertTrue(
            refused
                .getMessage()
                .startsWith(
                    "bad rows must be at most "
                        + (bad - 1)
                        + ", and there are "
                        + bad
                        + " of "
                        + (10L * bad - 1)
                        + " (--max-bad-rows, atMost, atMostPercent); the first: "
                        + BadRowReason.valueOf(first[2]).rule()
                        + ": id="),
            refused.getMessage());
      }
    }
  }

  /** Ten bad rows do not stop a build by default, however few its rows are; eleven of 1,099 do. */
  @Test
  void theDefaultLimitIsTenOrOnePercent() throws IOException {
    for (int bad : new int[] {10, 11}) {
      List<Bad> rows = new ArrayList<>();
      for (int i = 0; i < bad; i++) {
        rows.add(new Bad(i, BadRowReason.BAD_DATE, "date=x", "1|x"));
      }
      List<Split> splits = List.of(new Split("a", 1, true, 2_000, rows));
      for (long rowCount : new long[] {bad, 1_099, 1_100}) {
        try (InputLedger ledger = ledger(BadRowPolicy.skip())) {
          end(ledger, splits, 1, 1);
          if (bad == 11 && rowCount < 1_100) {
            assertThrows(RefusedRowException.class, () -> ledger.finish(rowCount));
          } else {
            ledger.finish(rowCount);
            assertEquals(Map.of(BadRowReason.BAD_DATE, (long) bad), ledger.rejects());
          }
        }
      }
    }
  }

  @Test
  void noMoreBadRowsAreKeptThanSomebodyAsksFor() throws IOException {
    try (InputLedger ledger = ledger(BadRowPolicy.fail())) {
      assertEquals(1, ledger.listedCount());
    }
    try (InputLedger ledger = ledger(BadRowPolicy.skip().atMost(6))) {
      assertEquals(7, ledger.listedCount());
    }
    try (InputLedger ledger = ledger(BadRowPolicy.skip().atMost(Long.MAX_VALUE))) {
      assertEquals(Long.MAX_VALUE, ledger.listedCount());
    }
    try (InputLedger ledger = ledger(BadRowPolicy.skip().atMostPercent(3))) {
      assertEquals(1, ledger.listedCount());
    }
    try (InputLedger ledger = ledger(BadRowPolicy.skip(rejects()).atMost(3))) {
      assertEquals(Long.MAX_VALUE, ledger.listedCount());
    }
  }

  @Test
  void splitsHaveNumbersOfTheirOwnWithoutAGap() throws IOException {
    try (InputLedger ledger = ledger(BadRowPolicy.skip())) {
      BadRows place = ledger.badRows();
      InputLedger.SplitLines lines = new InputLedger.SplitLines("a", 1, 5);
      ledger.ended(2, lines, place);
      assertThrows(IllegalStateException.class, () -> ledger.ended(2, lines, place));
      ledger.ended(0, lines, place);
      assertThrows(IllegalStateException.class, () -> ledger.ended(0, lines, place));
      assertEquals(
          "the numbers of a source's splits must have no gap: missing=1 next=2, source=a",
          assertThrows(IllegalStateException.class, () -> ledger.finish(1)).getMessage());
      ledger.ended(1, lines, place);
      assertThrows(IllegalStateException.class, () -> ledger.ended(2, lines, place));
      ledger.finish(1);
    }
  }

  /** What a split of many bad rows holds, of some sizes around a block's. */
  @Test
  void badRowsComeBackInTheirOrder() throws IOException {
    for (boolean waits : new boolean[] {false, true}) {
      try (Spool spool = new Spool(folder.resolve("bad-" + waits), 1)) {
        BadRows rows = new BadRows(true, spool);
        SplittableRandom random = new SplittableRandom(46);
        for (int round = 0; round < 12; round++) {
          List<Bad> expected = new ArrayList<>();
          int most = List.of(0, 1, 30, 400).get(round % 4);
          for (int i = 0; i < most; i++) {
            // Among others the largest that there are: characters of three bytes, and escapes.
            String text = List.of("x", "\uffff", "\n", "\ud800").get(random.nextInt(4));
            Bad bad =
                new Bad(
                    random.nextInt(1 << 24),
                    BadRowReason.values()[random.nextInt(BadRowReason.values().length)],
                    "ä".repeat(random.nextInt(4_001)),
                    text.repeat(random.nextInt(round < 4 ? 10 : 4_001)));
            rows.add(bad.line, bad.reason, bad.found, bad.row);
            String row = bad.row.replace("\n", "\\n").replace("\ud800", "\\ud800");
            expected.add(new Bad(bad.line, bad.reason, bad.found, row));
          }
          BadRows.OfSplit taken = rows.take(waits);
          if (waits) {
            // The next split does not touch what waits.
            rows.add(5, BadRowReason.BAD_DATE, "found", "row");
          }
          List<Bad> found = new ArrayList<>();
          BadRows.forEach(
              taken,
              spool,
              (line, reason, of, row) ->
                  found.add(new Bad(line, reason, of, new String(row, UTF_8))));
          assertEquals(expected, found);
          if (waits) {
            rows.take(false);
          }
        }
      }
    }
  }

  @Test
  void aRowIsOneLineOfUtf8AndIsCut() throws IOException {
    BadRows rows = new BadRows(true, null);
    String row = "a\\b\nc\rd\te\ud83d\ude00\udfff\ud800" + "z";
    rows.add(1, BadRowReason.BAD_QUOTES, "f".repeat(4_001), row);
    rows.add(2, BadRowReason.BAD_QUOTES, "f".repeat(4_000), "g".repeat(4_001));
    rows.count(BadRowReason.BAD_DATE);
    assertEquals(3, rows.count());
    BadRows.OfSplit taken = rows.take(true);
    assertEquals(
        Map.of(BadRowReason.BAD_QUOTES, 2L, BadRowReason.BAD_DATE, 1L), taken.countByReason());
    List<String> found = new ArrayList<>();
    BadRows.forEach(
        taken, null, (line, reason, of, bytes) -> found.add(line + of + new String(bytes, UTF_8)));
    assertEquals(
        List.of(
            "1" + "f".repeat(4_000) + "..." + "a\\\\b\\nc\\rd\\te\ud83d\ude00\\udfff\\ud800z",
            "2" + "f".repeat(4_000) + "g".repeat(4_000) + "..."),
        found);
    BadRows counted = new BadRows(false, null);
    counted.add(1, BadRowReason.BAD_QUOTES, "f", "row");
    assertEquals(1, counted.count());
    BadRows.forEach(
        counted.take(false), null, (line, reason, of, bytes) -> assertNull(of, "not listed"));
  }

  @Test
  void whatIsNotPublishedLeavesNothing() throws IOException {
    List<String> before = SampleRows.names(folder);
    try (InputLedger ledger = ledger(BadRowPolicy.skip(rejects()))) {
      assertFalse(ledger.isDecided());
      assertEquals(before.size() + 1, SampleRows.names(folder).size());
    }
    assertEquals(before, SampleRows.names(folder));
  }
}
