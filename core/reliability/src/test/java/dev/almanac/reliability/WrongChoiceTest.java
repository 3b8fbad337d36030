package dev.almanac.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.almanac.Almanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RefusedRowException;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 17, a build chooses wrong: the file holds what the build chose, so the read-back check
 * finds nothing.
 */
@Timeout(3_600)
class WrongChoiceTest {
  private static final LocalDate FIRST_DAY = LocalDate.of(2020, 1, 1);
  private static final int IDS = 20_000;

  @TempDir Path folder;

  /** The days of the rows in the order of the input, and what each policy makes of them. */
  private static final class Expected {
    final int[] first = new int[IDS];
    final int[] last = new int[IDS];
    final long[] firstLine = new long[IDS];
    long conflictLine;
    int conflictId;
    int conflictDay;
  }

  /** {@code rowCount} rows of numbers, and a text at the end, or a number where there is none. */
  private static Expected write(Path file, int rowCount, String lastId) throws IOException {
    SplittableRandom random = new SplittableRandom(17);
    Expected expected = new Expected();
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (long line = 1; line <= rowCount; line++) {
        int id = random.nextInt(IDS);
        int day = random.nextInt(3_000);
        out.write(id + "|" + FIRST_DAY.plusDays(day) + "\n");
        expected.last[id] = day;
        if (expected.firstLine[id] == 0) {
          expected.firstLine[id] = line;
          expected.first[id] = day;
        } else if (expected.conflictLine == 0 && expected.first[id] != day) {
          expected.conflictLine = line;
          expected.conflictId = id;
          expected.conflictDay = day;
        }
      }
      out.write(lastId + "|2024-02-29\n");
    }
    return expected;
  }

  /** Under AUTO the kind is known only at the end, when a text turns up. */
  @Test
  void numbersThatATextMakesTextsKeepTheirDates() throws IOException {
    int rowCount = Trial.count(300_000, 4_000_000);
    Path rows = folder.resolve("rows.txt");
    Path target = folder.resolve("mixed.almanac");
    long compared = 0;
    long wrong = 0;
    long refused = 0;
    int builds = 0;
    for (String lastId : List.of("a text", "20000")) {
      Expected expected = write(rows, rowCount, lastId);
      for (int threads = 1; threads <= 8; threads += Trial.count(7, 1)) {
        for (DuplicatePolicy policy : List.of(DuplicatePolicy.LAST, DuplicatePolicy.FIRST)) {
          builds++;
          build(rows, target, policy, threads);
          int[] days = policy == DuplicatePolicy.LAST ? expected.last : expected.first;
          try (Almanac almanac = Almanac.open(target)) {
            for (int id = 0; id < IDS; id++) {
              compared++;
              LocalDate date = almanac.date(Integer.toString(id));
              wrong += FIRST_DAY.plusDays(days[id]).equals(date) ? 0 : 1;
            }
          }
        }
        builds++;
        int threadCount = threads;
        RefusedRowException e =
            assertThrows(
                RefusedRowException.class,
                () -> build(rows, target, DuplicatePolicy.FAIL, threadCount));
        assertEquals(
            "an ID must not have two dates: id=%d date=%s earlier date=%s earlier file=%s earlier line=%d, file=%s line=%d"
                .formatted(
                    expected.conflictId,
                    FIRST_DAY.plusDays(expected.conflictDay),
                    FIRST_DAY.plusDays(expected.first[expected.conflictId]),
                    rows,
                    expected.firstLine[expected.conflictId],
                    rows,
                    expected.conflictLine),
            e.getMessage());
        refused++;
      }
    }
    assertEquals(0, wrong, "IDs with a wrong date of " + compared);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("IDs compared", compared);
    outcomes.put("with a wrong date", wrong);
    outcomes.put("conflicts refused with both lines and dates right", refused);
    Trial.record(
        WrongChoiceTest.class,
        17,
        "mixed kinds",
        rowCount
            + " rows of "
            + IDS
            + " numbers and a text, or one more number, at the end; LAST, FIRST and FAIL; 1 to 8"
            + " threads",
        builds,
        outcomes);
  }

  private static BuildReport build(Path rows, Path target, DuplicatePolicy policy, int threads)
      throws IOException {
    return AlmanacBuilder.create()
        .onDuplicate(policy)
        .threads(threads)
        .build(DelimitedRows.of(rows), target);
  }

  /**
   * An input that ends early must not be taken for a whole one, even where bad rows are skipped.
   */
  @Test
  void noCutOfACompressedInputIsTakenForWhole() throws IOException {
    for (boolean zstd : new boolean[] {false, true}) {
      List<byte[]> parts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String text = "%d|2024-02-29\n%d|2024-1-1%d\n".formatted(2 * i, 2 * i + 1, i);
        parts.add(zstd ? zstd(text) : gzip(text));
      }
      cut(zstd ? "cut zstd" : "cut gzip", parts);
    }
  }

  private void cut(String part, List<byte[]> parts) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    List<Integer> ends = new ArrayList<>();
    for (byte[] each : parts) {
      whole.writeBytes(each);
      ends.add(whole.size());
    }
    long refused = 0;
    long sound = 0;
    long lost = 0;
    int step = Trial.count(5, 1);
    for (int length = 1; length <= whole.size(); length += step) {
      byte[] bytes = Arrays.copyOf(whole.toByteArray(), length);
      try {
        BuildReport report =
            AlmanacBuilder.create()
                .allowEmpty()
                .onBadRow(BadRowPolicy.skip().atMost(Long.MAX_VALUE))
                .build(
                    DelimitedRows.of(new ByteArrayInputStream(bytes), "cut"),
                    folder.resolve("cut.almanac"));
        int membersHere = ends.indexOf(length) + 1;
        if (membersHere > 0 && report.rowCount() == 2L * membersHere) {
          sound++;
        } else if (length > 1) {
          lost++;
        }
      } catch (IOException e) {
        refused++;
      }
    }
    assertEquals(0, lost, part);
    assertEquals(Trial.full() ? parts.size() : sound, sound, part);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("refused", refused);
    outcomes.put("cut between two, and all rows before it there", sound);
    outcomes.put("rows lost without a word", lost);
    Trial.record(
        WrongChoiceTest.class,
        17,
        part,
        "a file of " + parts.size() + " members or frames cut to every length, bad rows skipped",
        whole.size() / step,
        outcomes);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] zstd(String text) {
    try (ZstdCompressCtx compressor = new ZstdCompressCtx().setChecksum(true)) {
      return compressor.compress(text.getBytes(UTF_8));
    }
  }
}
