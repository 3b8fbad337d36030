package dev.almanac;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Rows of a test: lines of a file for the build, and a {@code HashMap} filled row by row, which
 * says what must come out of it.
 */
public final class SampleRows {
  private static final long SEED = 20240229;

  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> dateById = new HashMap<>();

  /** The date text number {@code n}, from 0, of as many distinct ones as a test wants. */
  public static String date(int n) {
    return LocalDate.of(1, 1, 1).plusDays(n).toString();
  }

  public SampleRows add(String id, String date) {
    lines.add(id + '|' + date);
    dateById.put(id, date);
    return this;
  }

  public SampleRows add(long id, String date) {
    return add(Long.toString(id), date);
  }

  /** {@code idCount} IDs from {@code first} with dates of {@code dateCount} distinct ones. */
  public static SampleRows dense(long first, int idCount, int dateCount) {
    SampleRows rows = new SampleRows();
    for (int i = 0; i < idCount; i++) {
      rows.add(first + i, date((int) (i * 7919L % dateCount)));
    }
    return rows;
  }

  /** IDs from all 64 bits, of both signs. */
  public static SampleRows sparse(int idCount, int dateCount) {
    SplittableRandom random = new SplittableRandom(SEED);
    SampleRows rows = new SampleRows();
    while (rows.dateById.size() < idCount) {
      rows.add(random.nextLong(), date(random.nextInt(dateCount)));
    }
    return rows;
  }

  /** Runs of a hundred IDs or less, anywhere in a range of 10^13. */
  public static SampleRows clusters(int idCount, int dateCount) {
    SplittableRandom random = new SplittableRandom(SEED);
    SampleRows rows = new SampleRows();
    while (rows.dateById.size() < idCount) {
      long id = random.nextLong(10_000_000_000_000L);
      for (int i = random.nextInt(40); i < 100 && rows.dateById.size() < idCount; i++) {
        rows.add(id + i, date(random.nextInt(dateCount)));
      }
    }
    return rows;
  }

  /** Texts of different lengths that begin alike. */
  public static SampleRows texts(int idCount, int dateCount) {
    SplittableRandom random = new SplittableRandom(SEED);
    SampleRows rows = new SampleRows();
    for (int i = 0; i < idCount; i++) {
      rows.add("ORD-" + "x".repeat(random.nextInt(30)) + i, date(random.nextInt(dateCount)));
    }
    return rows;
  }

  /** Padded numbers, which pack into direct pages: {@code CUST-000000} and so on, but for gaps. */
  public static SampleRows customers(int idCount, int dateCount) {
    return packed(idCount, dateCount, (i, random) -> "CUST-%06d".formatted(i + i / 7));
  }

  /** Random digits of up to 64 bits, which pack into hashed pages. */
  public static SampleRows orders(int idCount, int dateCount) {
    return packed(idCount, dateCount, (i, random) -> "ORD-%08x-IB".formatted(random.nextInt()));
  }

  /** Random UUIDs, which pack into hashed pages with two numbers each. */
  public static SampleRows uuids(int idCount, int dateCount) {
    return packed(
        idCount,
        dateCount,
        (i, random) ->
            new UUID(
                    random.nextLong() & ~0xF000L | 0x4000L,
                    random.nextLong() & Long.MAX_VALUE >>> 1 | Long.MIN_VALUE)
                .toString());
  }

  private static SampleRows packed(
      int idCount, int dateCount, BiFunction<Integer, SplittableRandom, String> id) {
    SplittableRandom random = new SplittableRandom(SEED);
    SampleRows rows = new SampleRows();
    for (int i = 0; i < idCount; i++) {
      rows.add(id.apply(i, random), date(random.nextInt(dateCount)));
    }
    return rows;
  }

  /** The same rows in another order, which must not repeat an ID. */
  public SampleRows shuffled(long seed) {
    SampleRows rows = new SampleRows();
    rows.lines.addAll(lines);
    Collections.shuffle(rows.lines, new Random(seed));
    rows.dateById.putAll(dateById);
    return rows;
  }

  /** The ID's last date, by ID. */
  public Map<String, String> dateById() {
    return Collections.unmodifiableMap(dateById);
  }

  public int rowCount() {
    return lines.size();
  }

  /** Writes the rows, one a line. */
  public Path write(Path file) throws IOException {
    return write(file, lines);
  }

  /** Writes the rows to {@code count} files, a split of rows each. */
  public List<Path> write(Path folder, int count) throws IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(
          write(
              folder.resolve("part-" + i),
              lines.subList(
                  (int) ((long) lines.size() * i / count),
                  (int) ((long) lines.size() * (i + 1) / count))));
    }
    return files;
  }

  private static Path write(Path file, Collection<String> lines) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file, UTF_8)) {
      for (String line : lines) {
        writer.write(line);
        writer.write('\n');
      }
    }
    return file;
  }

  /** Builds {@code folder/sample.almanac} with the builder's defaults but for the layout. */
  public Path build(Path folder, Layout layout) throws IOException {
    Path target = folder.resolve("sample.almanac");
    AlmanacBuilder builder = AlmanacBuilder.create().allowEmpty().layout(layout);
    builder.build(DelimitedRows.of(write(folder.resolve("rows.txt"))), target);
    return target;
  }

  /** The names in a folder, sorted. */
  public static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Asks for every ID in every way, and for as many that are not there. */
  public void assertAnsweredBy(Almanac almanac) {
    assertEquals(dateById.size(), almanac.size());
    assertDictionary(almanac.dictionary());
    if (almanac.idKind() == IdKind.LONG) {
      assertNumbers(almanac);
    } else {
      assertTexts(almanac);
    }
  }

  private void assertDictionary(DateDictionary dictionary) {
    assertTrue(dictionary.size() >= dateById.values().stream().distinct().count());
    for (int code = 0; code < dictionary.size(); code++) {
      LocalDate date = dictionary.date(code);
      assertEquals(LocalDate.parse(dictionary.text(code)), date);
      assertEquals(date.toEpochDay(), dictionary.epochDay(code));
      assertEquals(code, dictionary.code(date));
      assertTrue(code == 0 || dictionary.date(code - 1).isBefore(date));
    }
  }

  private void assertNumbers(Almanac almanac) {
    DateDictionary dictionary = almanac.dictionary();
    long[] probes = numericProbes();
    int[] codes = new int[probes.length];
    LocalDate[] dates = new LocalDate[probes.length];
    almanac.codes(probes, codes);
    almanac.dates(probes, dates);
    for (int i = 0; i < probes.length; i++) {
      long id = probes[i];
      String text = dateById.get(Long.toString(id));
      int code = almanac.code(id);
      assertEquals(text, code == Almanac.ABSENT ? null : dictionary.text(code), () -> "id=" + id);
      assertEquals(code, almanac.code(Long.toString(id)));
      assertEquals(code, codes[i], () -> "batch id=" + id);
      LocalDate date = text == null ? null : LocalDate.parse(text);
      assertEquals(date, almanac.date(id));
      assertEquals(date, almanac.date(Long.toString(id)));
      assertEquals(date, dates[i]);
    }
    Map<Long, LocalDate> expected = new HashMap<>();
    dateById.forEach((id, date) -> expected.put(Long.parseLong(id), LocalDate.parse(date)));
    Map<Long, LocalDate> visited = new HashMap<>();
    almanac.forEach(
        (id, code) -> assertNull(visited.put(id, dictionary.date(code)), () -> "twice: id=" + id));
    assertEquals(expected, visited);
    assertEquals(expected, almanac.asMap());
    assertTrue(almanac.asMap().equals(expected));
  }

  private long[] numericProbes() {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    List<Long> probes = new ArrayList<>();
    dateById.keySet().forEach(id -> probes.add(Long.parseLong(id)));
    List<Long> near = List.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE);
    int absent = 0;
    for (int i = 0; absent < Math.max(100, dateById.size()); i++) {
      long start =
          i % 3 != 0 && !dateById.isEmpty()
              ? probes.get(random.nextInt(dateById.size()))
              : random.nextLong();
      long probe =
          i < near.size()
              ? near.get(i)
              : i % 3 == 1
                  ? start + random.nextInt(-3, 4)
                  : i % 3 == 2 ? start ^ 1L << random.nextInt(64) : start;
      if (!dateById.containsKey(Long.toString(probe))) {
        probes.add(probe);
        absent++;
      }
    }
    Collections.shuffle(probes, new Random(SEED));
    return probes.stream().mapToLong(Long::longValue).toArray();
  }

  private void assertTexts(Almanac almanac) {
    DateDictionary dictionary = almanac.dictionary();
    String[] probes = textProbes();
    int[] codes = new int[probes.length];
    almanac.codes(probes, codes);
    for (int i = 0; i < probes.length; i++) {
      String id = probes[i];
      String text = dateById.get(id);
      int code = almanac.code(id);
      assertEquals(text, code == Almanac.ABSENT ? null : dictionary.text(code), () -> "id=" + id);
      assertEquals(code, almanac.code(new StringBuilder(id)));
      assertEquals(code, almanac.code(CharBuffer.wrap(id)));
      assertEquals(code, codes[i], () -> "batch id=" + id);
      assertEquals(text == null ? null : LocalDate.parse(text), almanac.date(id));
    }
    for (long id : numbersAsProbes()) {
      String text = dateById.get(Long.toString(id));
      int code = almanac.code(id);
      assertEquals(text, code == Almanac.ABSENT ? null : dictionary.text(code), () -> "id=" + id);
      assertEquals(text == null ? null : LocalDate.parse(text), almanac.date(id));
    }
    Map<String, LocalDate> expected = new HashMap<>();
    dateById.forEach((id, date) -> expected.put(id, LocalDate.parse(date)));
    Map<String, LocalDate> visited = new HashMap<>();
    almanac.forEachText(
        (id, code) -> assertNull(visited.put(id, dictionary.date(code)), () -> "twice: id=" + id));
    assertEquals(expected, visited);
    assertEquals(expected, almanac.asTextMap());
    assertTrue(almanac.asTextMap().equals(expected));
  }

  private String[] textProbes() {
    SplittableRandom random = new SplittableRandom(SEED + 2);
    List<String> probes = new ArrayList<>(dateById.keySet());
    int absent = 0;
    for (int i = 0; absent < Math.max(100, dateById.size()); i++) {
      String start = dateById.isEmpty() ? "a" : probes.get(random.nextInt(dateById.size()));
      String probe =
          switch (i % 4) {
            case 0 -> start + (char) ('a' + random.nextInt(26));
            case 1 -> start.substring(1);
            case 2 -> start.substring(0, start.length() - 1);
            default -> Long.toString(random.nextLong(), 36);
          };
      if (!dateById.containsKey(probe)) {
        probes.add(probe);
        absent++;
      }
    }
    Collections.shuffle(probes, new Random(SEED));
    return probes.toArray(String[]::new);
  }

  private List<Long> numbersAsProbes() {
    List<Long> numbers = new ArrayList<>(List.of(0L, 1L, -1L, 7L, Long.MIN_VALUE, Long.MAX_VALUE));
    for (String id : dateById.keySet()) {
      if (id.matches("-?[0-9]{1,18}")) {
        numbers.add(Long.parseLong(id));
      }
    }
    return numbers;
  }
}
