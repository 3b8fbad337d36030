package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.OwnProcess;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BuildException;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DateFormat;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSource;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Xxh64;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows that were chosen to make the build or the lookups slow. What is counted is work, probes
 * above all, since a clock says little on a busy machine.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class SlowTest {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  @TempDir Path folder;

  /** The ID whose hash this is: every step of XXH64 over eight bytes can be taken back. */
  private static long idOfHash(long hash) {
    long h = hash ^ hash >>> 32;
    h *= inverse(P3);
    h = h ^ h >>> 29 ^ h >>> 58;
    h *= inverse(P2);
    h ^= h >>> 33;
    h = Long.rotateRight((h - P4) * inverse(P1), 27) ^ P5 + 8;
    return Long.rotateRight(h * inverse(P1), 31) * inverse(P2);
  }

  /** The inverse of an odd number modulo 2^64 (each step of Newton's method doubles the bits). */
  private static long inverse(long odd) {
    long x = odd;
    for (int i = 0; i < 6; i++) {
      x *= 2 - odd * x;
    }
    return x;
  }

  private BuildReport build(LongStream ids) throws IOException {
    List<RowSource.Row> rows =
        ids.mapToObj(id -> new RowSource.Row(Long.toString(id), "2024-02-29")).toList();
    return AlmanacBuilder.create()
        .layout(Layout.ENTRIES)
        .build(RowSource.of(rows.iterator()), target());
  }

  private Path target() {
    return folder.resolve("slow.almanac");
  }

  @Test
  void theHashOfAnIdCanBeInverted() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      long hash = random.nextLong();
      assertEquals(hash, Xxh64.hash(idOfHash(hash)));
    }
  }

  /** The segment comes from the lowest 31 bits, whatever the number of segments. */
  @Test
  void moreIdsOfOneSegmentThanItHoldsAreRefusedByName() {
    int idCount = Trial.count(12_000, 1_000_000);
    BuildException refused =
        assertThrows(
            BuildException.class,
            () -> build(LongStream.range(0, idCount).map(i -> idOfHash(i << 31 | 77))));
    assertTrue(
        refused
            .getMessage()
            .startsWith(
                "IDs must spread over the segments, as all but chosen ones do: segmentCount="),
        refused.getMessage());
    assertTrue(
        refused.getMessage().contains(" entriesOfTheFullest=" + idCount + " expectedAtMost=10922"),
        refused.getMessage());
    assertTrue(Files.notExists(target()));
    record(
        "one segment",
        "IDs of one segment, whatever the number of segments, by inverting the hash",
        idCount,
        Map.of("refused by name", 1L));
  }

  /** All in one chain of the hash lookup: n IDs take n * n / 2 probes. */
  @Test
  void idsOfOneChainAreRefusedByName() {
    int idCount = 10_000;
    long chosen = probes(LongStream.range(0, idCount).map(i -> i << 31 | 77).toArray());
    long chance = probes(LongStream.range(0, idCount).map(Xxh64::hash).toArray());
    // The control: what it would have cost.
    assertTrue(chosen > 1_000 * chance, "chosen=" + chosen + " chance=" + chance);
    BuildException refused =
        assertThrows(
            BuildException.class,
            () -> build(LongStream.range(0, idCount).map(i -> idOfHash(i << 31 | 77))));
    assertEquals(
        "IDs must spread over the hash lookup, as all but chosen ones do: probes="
            + chosen
            + " expectedAtMost=44096 segment=0 entryCount="
            + idCount,
        refused.getMessage());
    Map<String, Long> result = new LinkedHashMap<>();
    result.put("refused by name", 1L);
    result.put("control: probes to find them all, had they been taken", chosen);
    result.put("probes to find as many random IDs", chance);
    record("one chain", "IDs of one home slot, by inverting the hash", idCount, result);
  }

  /** Each in a slot of its own, in a row: known IDs are found at once, unknown ones at the end. */
  @Test
  void idsThatFillSlotsInARowAreRefusedByName() {
    int idCount = 10_000;
    BuildException refused =
        assertThrows(
            BuildException.class,
            () -> build(LongStream.range(0, idCount).map(i -> idOfHash(1L << 40 | i))));
    assertTrue(
        refused
            .getMessage()
            .startsWith(
                "IDs must spread over the hash lookup, as all but chosen ones do:"
                    + " probesOfUnknownIds="),
        refused.getMessage());
    record(
        "one run",
        "IDs with a home slot each, one behind the other, by inverting the hash",
        idCount,
        Map.of("refused by name", 1L));
  }

  /** IDs that all meet in one of the partitions that the rows are sorted in. */
  private static LongStream idsOfOnePartition(int count) {
    return LongStream.iterate(0, q -> q + 1)
        .filter(q -> q * 0x9E3779B97F4A7C15L >>> 55 == 0)
        .limit(count / 4096 + 1)
        .flatMap(q -> LongStream.range(q << 12, q + 1 << 12))
        .limit(count);
  }

  /** A partition of all rows need not fit the heap: it is read in parts. */
  @Test
  void idsOfOnePartitionAreBuilt() throws IOException {
    int idCount = Trial.count(100_000, 2_000_000);
    BuildReport report =
        AlmanacBuilder.create()
            .build(
                RowSource.of(
                    () ->
                        idsOfOnePartition(idCount)
                            .mapToObj(id -> new RowSource.Row(Long.toString(id), "2024-02-29"))),
                target());
    assertEquals(idCount, report.idCount());
    Map<String, Long> result = new LinkedHashMap<>();
    result.put("built", 1L);
    long fit = Runtime.getRuntime().maxMemory() / 2 / 64;
    if (Trial.full() && fit < 1 << 24) {
      BuildReport inParts =
          AlmanacBuilder.create()
              .build(
                  RowSource.of(
                      () ->
                          idsOfOnePartition((int) fit + 1)
                              .mapToObj(id -> new RowSource.Row(Long.toString(id), "2024-02-29"))),
                  target());
      assertEquals(fit + 1, inParts.idCount());
      result.put("built, when there were more rows than fit the heap", 1L);
    }
    record(
        "one partition",
        idCount + " IDs, and more than fit the heap, that are all sorted together",
        result.size(),
        result);
  }

  /** The worst that an attacker gets published: as many of one chain as the build lets through. */
  @Test
  void theLongestChainThatIsLetThroughIsShort() throws IOException {
    int idCount = 10_900;
    build(LongStream.range(0, idCount).map(Xxh64::hash));
    Probes normal = probesOfFile();
    // In a default run only the neighbourhood of what a full one found.
    int low = Trial.count(100, 1);
    int high = Trial.count(103, 2_000);
    Probes worst = normal;
    int builds = 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      int chain = middle;
      builds++;
      try {
        build(
            LongStream.range(0, idCount)
                .map(i -> i < chain ? idOfHash(i << 31 | 77) : Xxh64.hash(i)));
        low = middle;
        worst = probesOfFile();
      } catch (BuildException e) {
        high = middle - 1;
      }
    }
    assertTrue(worst.longest >= 100 && worst.longest <= Footer.MAX_LONGEST_PROBE, worst::toString);
    assertTrue(worst.known <= 2.4 * normal.known, "worst=" + worst + " normal=" + normal);
    Map<String, Long> result = new LinkedHashMap<>();
    result.put("longest chain that is let through", (long) low);
    result.put("its longest probe, in slots", (long) worst.longest);
    result.put("longest probe of random IDs, in slots", (long) normal.longest);
    result.put("probes to find all IDs", worst.known);
    result.put("probes to find as many random IDs", normal.known);
    record(
        "chain let through",
        "the longest chain among " + idCount + " IDs that the build lets through, by bisection",
        builds,
        result);
  }

  /** The control of the refusals: none of the rows that come by chance may be taken for chosen. */
  @Test
  void rowsThatComeByChanceAreNeverRefused() throws IOException {
    int builds = Trial.count(4, 500);
    SplittableRandom random = new SplittableRandom(5);
    int longest = 0;
    for (int n = 0; n < builds; n++) {
      int idCount = random.nextInt(n % 2 == 0 ? 200 : 11_000);
      build(random.longs(idCount));
      longest = Math.max(longest, probesOfFile().longest);
    }
    record(
        "by chance",
        "files of up to 11,000 random IDs: none may be refused",
        builds,
        new TreeMap<>(Map.of("refused", 0L, "longest probe, in slots", (long) longest)));
  }

  private record Probes(int longest, long known) {}

  /** Counts from the file itself what the lookups of its IDs inspect. */
  private Probes probesOfFile() throws IOException {
    byte[] file = Files.readAllBytes(target());
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    Footer footer =
        FooterBytes.decode(
            b.slice(file.length - Footer.BYTES, Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN),
            file.length,
            target());
    StoreGeometry g = footer.geometry();
    int longest = 0;
    long known = 0;
    for (int segment = 0; segment < g.segmentCount(); segment++) {
      for (int position = 0; position < g.slotCount(); position++) {
        int slot = b.getInt((int) g.tierOffset(segment) + position * StoreGeometry.SLOT_BYTES);
        if (slot != 0) {
          int home = slot & (int) ((1L << g.keyBits()) - 1) & g.slotCount() - 1;
          int probe = (position - home & g.slotCount() - 1) + 1;
          longest = Math.max(longest, probe);
          known += probe;
        }
      }
    }
    assertEquals(footer.longestProbe(), longest);
    return new Probes(longest, known);
  }

  /** Probes that hashes take in a table of 2^14 slots, one segment, when each is looked up. */
  private static long probes(long[] hashes) {
    boolean[] full = new boolean[1 << 14];
    long probes = 0;
    for (long hash : hashes) {
      int position = (int) hash & full.length - 1;
      probes++;
      while (full[position]) {
        position = position + 1 & full.length - 1;
        probes++;
      }
      full[position] = true;
    }
    return probes;
  }

  /** A line that never ends, as far as a buffer goes. */
  private static InputStream longLine(long bytes) {
    InputStream line =
        new InputStream() {
          private long left = bytes;

          @Override
          public int read() {
            return left-- > 0 ? 'x' : -1;
          }

          @Override
          public int read(byte[] into, int from, int length) {
            int n = (int) Math.min(length, left);
            if (n <= 0) {
              return length == 0 ? 0 : -1;
            }
            Arrays.fill(into, from, from + n, (byte) 'x');
            left -= n;
            return n;
          }
        };
    return new SequenceInputStream(
        line, new ByteArrayInputStream("\n7|2024-02-29\n".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aLineOfAGibibyteIsRefusedByNameOrSkipped() throws IOException {
    long bytes = Trial.full() ? 1L << 30 : 1 << 24;
    for (boolean quoted : new boolean[] {false, true}) {
      RefusedRowException refused =
          assertThrows(
              RefusedRowException.class,
              () ->
                  AlmanacBuilder.create()
                      .build(DelimitedRows.of(longLine(bytes), "long").quoted(quoted), target()));
      assertTrue(
          refused
              .getMessage()
              .startsWith(
                  BadRowReason.ROW_TOO_LONG.rule() + ": bytes=" + bytes + " expectedAtMost="),
          refused.getMessage());
      assertTrue(refused.getMessage().length() < 20_000, "the message must not hold the line");
      Path rejects = folder.resolve("rejects-" + quoted);
      BuildReport report =
          AlmanacBuilder.create()
              .onBadRow(BadRowPolicy.skip(rejects))
              .build(DelimitedRows.of(longLine(bytes), "long").quoted(quoted), target());
      assertEquals(1, report.idCount());
      assertEquals(1L, report.rejects().get(BadRowReason.ROW_TOO_LONG));
      try (Almanac almanac = Almanac.open(target())) {
        assertEquals(LocalDate.of(2024, 2, 29), almanac.date(7));
      }
    }
    record(
        "long line",
        "a line of "
            + bytes
            + " bytes, plain and quoted, failing and skipping, in a heap of "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MB",
        4,
        new TreeMap<>(Map.of("refused by name", 2L, "skipped, the row behind it built", 2L)));
  }

  /** An ID for each, its date one of so many. */
  private static RowSource rowsOfDates(int idCount, int dateCount) {
    return RowSource.of(
        () ->
            IntStream.range(0, idCount)
                .mapToObj(n -> new RowSource.Row(Integer.toString(n), date(n % dateCount))));
  }

  /** Year 10000 and later are written with a sign, so there are more dates than fit any heap. */
  private static String date(int n) {
    return LocalDate.ofEpochDay(n - 1_000_000L).toString();
  }

  @Test
  void distinctDatesAreRefusedByNameBeforeTheyFillTheHeap() throws Exception {
    assumeTrue(Trial.full(), "reads millions of dates: only in full");
    Map<String, String> found = buildTenMillionDates("1g");
    Matcher refused =
        Pattern.compile("distinct dates must fit the heap: dateCount=(\\d+) heapBytes=(\\d+)")
            .matcher(String.valueOf(found.get("refused")));
    assertTrue(refused.matches(), found::toString);
    // Half the heap has room for 128 bytes a date and five times its text, of 10 or 11 bytes here.
    long count = Long.parseLong(refused.group(1));
    long halfBytes = Long.parseLong(refused.group(2)) / 2;
    assertTrue(count >= halfBytes / (128 + 5 * 11), found::toString);
    assertTrue(count <= halfBytes / (128 + 5 * 10), found::toString);
    assertTrue(Files.notExists(target()));
    Map<String, Long> result = new LinkedHashMap<>();
    result.put("refused by name", 1L);
    result.put("at the date number", count);
    putCosts(result, "until it was refused", found);
    record("dates that do not fit", "10,000,000 distinct dates in a heap of 1 GB", 1, result);
  }

  @Test
  void tenMillionDistinctDatesComeBackWhereTheyFit() throws Exception {
    assumeTrue(Trial.full(), "takes a heap of 6 GB: only in full");
    Map<String, String> found = buildTenMillionDates("6g");
    assertEquals("0", found.get("mismatches"), found::toString);
    Map<String, Long> result = new LinkedHashMap<>();
    result.put("mismatches", 0L);
    putCosts(result, "to build them", found);
    record(
        "dates that fit",
        "10,000,000 distinct dates, an ID each, in a heap of 6 GB: built, verified, every ID looked"
            + " up",
        TenMillionDates.COUNT,
        result);
  }

  private static void putCosts(Map<String, Long> result, String until, Map<String, String> found) {
    result.put("milliseconds " + until, Long.parseLong(found.get("millis")));
    result.put(
        "milliseconds to build as many IDs with 1,000 dates",
        Long.parseLong(found.get("normalMillis")));
    result.put("MB of memory at the peak", Long.parseLong(found.get("peakBytes")) / 1_000_000);
  }

  /** What a JVM with this heap says of them, a name and a value a line. */
  private Map<String, String> buildTenMillionDates(String heap) throws IOException {
    Command child =
        Command.run(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            TenMillionDates.class.getName(),
            target().toString());
    assertEquals(0, child.exit(), child.output());
    Map<String, String> found = new LinkedHashMap<>();
    child
        .output()
        .lines()
        .forEach(
            line -> found.put(line.replaceAll("=.*", ""), line.substring(1 + line.indexOf('='))));
    return found;
  }

  /** The child JVM of the tests above. */
  static final class TenMillionDates {
    static final int COUNT = 10_000_000;

    private TenMillionDates() {}

    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      build(COUNT / 10, 1_000, file); // Compiles what a build runs.
      System.out.println("normalMillis=" + build(COUNT, 1_000, file));
      Files.delete(file);
      long begun = System.nanoTime();
      try {
        System.out.println("millis=" + build(COUNT, COUNT, file));
        System.out.println("mismatches=" + mismatches(file));
      } catch (BuildException e) {
        System.out.println("millis=" + millisSince(begun));
        System.out.println("refused=" + e.getMessage());
      }
      System.out.println("peakBytes=" + OwnProcess.statusBytes("VmHWM"));
    }

    private static long build(int idCount, int dateCount, Path file) throws IOException {
      long begun = System.nanoTime();
      AlmanacBuilder.create()
          .dateFormat(DateFormat.iso())
          .build(rowsOfDates(idCount, dateCount), file);
      return millisSince(begun);
    }

    private static long millisSince(long begun) {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static long mismatches(Path file) throws IOException {
      long mismatches = Almanac.verify(file).ok() ? 0 : 1;
      try (Almanac almanac = Almanac.open(file)) {
        for (int n = 0; n < COUNT; n++) {
          int code = almanac.code(n);
          mismatches += code >= 0 && almanac.dictionary().epochDay(code) == n - 1_000_000L ? 0 : 1;
        }
      }
      return mismatches;
    }
  }

  private static void record(String part, String tried, long count, Map<String, Long> outcomes) {
    Trial.record(SlowTest.class, 15, part, tried, count, outcomes);
  }
}
