package dev.almanac.tutorial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.DateDictionary;
import dev.almanac.DateLookup;
import dev.almanac.EditionDiff;
import dev.almanac.HostCache;
import dev.almanac.IdKind;
import dev.almanac.LiveAlmanac;
import dev.almanac.LiveOptions;
import dev.almanac.ShardedAlmanac;
import dev.almanac.VerifyReport;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DateFormat;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSource;
import dev.almanac.build.RowSource.Row;
import dev.almanac.build.ShardSet;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library in numbered lessons, each a program that can be read by itself. All of them use the
 * public API alone, and real files.
 *
 * <p>Lessons 1 to 4 are what most programs need: build a file, look dates up, share the file with
 * other processes, look many IDs up. Lessons 5 to 8 are about rows: where they come from, and what
 * happens to bad ones. Lessons 9 to 12 replace, follow, change and check a file. Lesson 13 passes a
 * file as a {@code Map}. Lessons 14 and 15 are for several hosts.
 */
@TestMethodOrder(MethodOrderer.MethodName.class)
class TutorialTest {
  private static final LocalDate LEAP_DAY = LocalDate.of(2024, 2, 29);
  private static final LocalDate NEW_YEARS_EVE = LocalDate.of(2023, 12, 31);

  @TempDir Path folder;

  /**
   * A file is built once, from rows of an ID and a date, and never changes. A reader opens it and
   * looks dates up.
   */
  @Test
  void lesson01BuildAFileAndLookADateUp() throws IOException {
    Path rows = folder.resolve("orders.txt");
    Files.writeString(
        rows,
        """
        1234567|C1|2024-02-29|9.99
        42|C2|2023-12-31|1.00
        """);
    Path target = folder.resolve("orders.almanac");

    // Columns count from 1. Every option that is not set has a default.
    BuildReport report =
        AlmanacBuilder.create()
            .ids(IdKind.LONG)
            .build(DelimitedRows.of(rows).delimiter('|').idColumn(1).dateColumn(3), target);

    assertEquals(2, report.rowCount());
    assertEquals(2, report.idCount());

    try (Almanac dates = Almanac.open(target)) {
      assertEquals(LEAP_DAY, dates.date(1234567));
      assertEquals(NEW_YEARS_EVE, dates.date(42));

      // An ID that no row has is absent: its date is null, and that is not an error.
      assertNull(dates.date(43));

      assertEquals(2, dates.size());
      assertEquals(report.edition(), dates.edition());
    }
  }

  /**
   * A date code is the number of a date in the dictionary of the file. Codes are {@code int}s in
   * the order of the dates, so a program that compares or groups dates can work with codes and make
   * a {@link LocalDate} at the end. {@link Almanac#ABSENT} stands for an ID that is not there.
   */
  @Test
  void lesson02WorkWithDateCodes() throws IOException {
    Path target = build("orders.almanac", "1|2024-02-29\n2|2023-12-31\n3|2024-02-29\n");
    DateDictionary dictionary;

    try (Almanac dates = Almanac.open(target)) {
      dictionary = dates.dictionary();

      // Each distinct date is stored once.
      assertEquals(2, dictionary.size());
      assertEquals(dates.code(1), dates.code(3));
      assertEquals(LEAP_DAY, dictionary.date(dates.code(1)));
      assertEquals(Almanac.ABSENT, dates.code(4));

      // The order of the codes is the order of the dates.
      assertTrue(dates.code(2) < dates.code(1));

      // So a range of dates is a range of codes. Here are the IDs of the year 2024.
      int first = dictionary.ceiling(LocalDate.of(2024, 1, 1));
      int last = dictionary.floor(LocalDate.of(2024, 12, 31));
      List<Long> idsOf2024 = new ArrayList<>();
      dates.entries().codes(first, last).forEach((id, code) -> idsOf2024.add(id));
      assertEquals(List.of(1L, 3L), idsOf2024.stream().sorted().toList());
    }
    // The dictionary is an object on the heap. It stays valid after close().
    assertEquals(LEAP_DAY, dictionary.date(1));
  }

  /**
   * Many IDs are looked up faster in a batch, because the waits for memory overlap. The results go
   * into arrays of the caller: codes, dates, or days since 1970-01-01. All answers of a call are of
   * one edition.
   */
  @Test
  void lesson03LookManyIdsUpInABatch() throws IOException {
    Path target = build("orders.almanac", "1|2024-02-29\n2|2023-12-31\n");
    long[] ids = {2, 7, 1};

    try (Almanac almanac = Almanac.open(target)) {
      int[] codes = new int[ids.length];
      almanac.codes(ids, codes);
      assertArrayEquals(new int[] {0, Almanac.ABSENT, 1}, codes);

      LocalDate[] dates = new LocalDate[ids.length];
      almanac.dates(ids, dates);
      assertArrayEquals(new LocalDate[] {NEW_YEARS_EVE, null, LEAP_DAY}, dates);

      long[] days = new long[ids.length];
      almanac.epochDays(ids, days);
      assertArrayEquals(
          new long[] {NEW_YEARS_EVE.toEpochDay(), DateLookup.NO_DAY, LEAP_DAY.toEpochDay()}, days);
    }
  }

  /**
   * A coordinator builds the file and starts workers. It gives each the path and the edition, which
   * is the SHA-256 of the content. A worker that opens the file with the edition reads exactly that
   * file, or fails. All processes map the same memory; a worker writes nothing and takes no lock.
   */
  @Test
  void lesson04ShareTheFileWithOtherProcesses() throws IOException, InterruptedException {
    Path target = folder.resolve("orders.almanac");
    Path rows = rows("rows.txt", "1|2024-02-29\n2|2023-12-31\n");
    String edition = AlmanacBuilder.create().build(DelimitedRows.of(rows), target).edition();

    List<Process> workers = new ArrayList<>();
    for (String id : List.of("1", "2")) {
      workers.add(
          new ProcessBuilder(
                  System.getProperty("java.home")
                      + File.separator
                      + "bin"
                      + File.separator
                      + "java",
                  "-Xmx32m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Worker.class.getName(),
                  target.toString(),
                  edition,
                  id)
              .redirectErrorStream(true)
              .start());
    }

    List<String> answers = new ArrayList<>();
    for (Process worker : workers) {
      answers.add(
          new String(worker.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
      assertEquals(0, worker.waitFor());
    }
    assertEquals(List.of("2024-02-29", "2023-12-31"), answers);

    // Another edition under the same name is refused. The message has both editions.
    AlmanacBuilder.create().build(DelimitedRows.of(rows("new.txt", "1|2025-01-01\n")), target);
    assertThrows(CorruptAlmanacException.class, () -> Almanac.open(target, edition));
  }

  /** The program of a worker: a path, an edition and an ID. */
  static final class Worker {
    public static void main(String[] arguments) throws IOException {
      try (Almanac dates = Almanac.open(Path.of(arguments[0]), arguments[1])) {
        System.out.println(dates.date(Long.parseLong(arguments[2])));
      }
    }
  }

  /**
   * An ID is a signed 64-bit integer or a text. A file has one kind. Give the kind, so that one odd
   * row is refused and cannot make a file of texts.
   */
  @Test
  void lesson05ChooseTheKindOfTheIds() throws IOException {
    Path numbers = build("numbers.almanac", "7|2024-02-29\n");
    Path texts = build("texts.almanac", "007|2024-02-29\nORD-17|2023-12-31\n");

    try (Almanac dates = Almanac.open(numbers)) {
      assertEquals(IdKind.LONG, dates.idKind());
      // A text finds a number that is written in the same way: without zeros and signs in front.
      assertEquals(LEAP_DAY, dates.date("7"));
      assertNull(dates.date("007"));
    }
    try (Almanac dates = Almanac.open(texts)) {
      assertEquals(IdKind.TEXT, dates.idKind());
      // Texts are compared byte by byte. Case counts, and nothing is trimmed.
      assertEquals(LEAP_DAY, dates.date("007"));
      assertNull(dates.date("7"));
      assertEquals(NEW_YEARS_EVE, dates.date("ORD-17"));
      assertNull(dates.date("ord-17"));
    }

    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () ->
                AlmanacBuilder.create()
                    .ids(IdKind.LONG)
                    .build(
                        DelimitedRows.of(rows("odd.txt", "7|2024-02-29\nN/A|2024-02-29\n")),
                        folder.resolve("odd.almanac")));
    assertEquals(2, refused.line());
  }

  /**
   * Rows come from files, streams, databases ({@code JdbcRows}) and from a program's own objects. A
   * source can be put together from others; then the rows of the last source come last.
   */
  @Test
  void lesson06TakeRowsFromAnywhere() throws IOException {
    RowSource today =
        RowSource.of(List.of(new Row("1", "2024-02-29"), new Row("2", "2024-02-29")).iterator());
    RowSource generated =
        RowSource.of(() -> LongStream.range(2, 5).mapToObj(id -> new Row("" + id, "2023-12-31")));
    Path target = folder.resolve("orders.almanac");

    AlmanacBuilder.create().build(RowSource.concat(today, generated), target);

    try (Almanac dates = Almanac.open(target)) {
      assertEquals(4, dates.size());
      assertEquals(LEAP_DAY, dates.date(1));
      // ID 2 has two rows. The last one wins, as in a map that is filled row by row.
      assertEquals(NEW_YEARS_EVE, dates.date(2));

      // The other way round: walk over the entries, in the order of the file.
      Map<Long, LocalDate> all = new TreeMap<>();
      dates.forEach((id, code) -> all.put(id, dates.dictionary().date(code)));
      assertEquals(
          Map.of(1L, LEAP_DAY, 2L, NEW_YEARS_EVE, 3L, NEW_YEARS_EVE, 4L, NEW_YEARS_EVE), all);
    }
  }

  /**
   * Dates of real exports have other formats, times, and texts that mean "no date". Each is a
   * choice of the builder; a date that no format reads is a bad row.
   */
  @Test
  void lesson07ReadDatesAsTheyAre() throws IOException {
    Path export =
        rows(
            "export.csv",
            """
            id,due
            1,29.02.2024
            2,2024-02-29T23:30:00-05:00
            3,NULL
            4,
            """);
    Path target = folder.resolve("due.almanac");

    BuildReport report =
        AlmanacBuilder.create()
            .dateFormat(DateFormat.iso(), DateFormat.pattern("dd.MM.uuuu"))
            .nullDates("NULL", "")
            .build(
                DelimitedRows.of(export).delimiter(',').idColumn("id").dateColumn("due"), target);

    try (Almanac dates = Almanac.open(target)) {
      assertEquals(LEAP_DAY, dates.date(1));
      // The day is the day as written. An offset does not move it.
      assertEquals(LEAP_DAY, dates.date(2));
      // An ID without a date is left out, and counted.
      assertNull(dates.date(3));
      assertEquals(2, dates.size());
      assertEquals(2, report.leftOutCount());
    }
  }

  /**
   * A row that cannot be used stops the build, unless the policy skips such rows. Either way
   * nothing is lost silently: the message names the line, or the report counts the rows and a file
   * lists them. A build that stops leaves the target as it was.
   */
  @Test
  void lesson08DecideWhatHappensToBadRows() throws IOException {
    Path rows = rows("rows.txt", "1|2024-02-29\n2|2024-02-30\n3\n");
    Path target = folder.resolve("orders.almanac");

    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () -> AlmanacBuilder.create().build(DelimitedRows.of(rows), target));
    assertEquals(2, refused.line());
    assertTrue(refused.getMessage().contains("2024-02-30"), refused.getMessage());
    assertFalse(Files.exists(target));

    Path rejects = folder.resolve("rejects.txt");
    BuildReport report =
        AlmanacBuilder.create()
            .onBadRow(BadRowPolicy.skip(rejects).atMost(2))
            .build(DelimitedRows.of(rows), target);

    assertEquals(1, report.idCount());
    assertEquals(
        Map.of(BadRowReason.BAD_DATE, 1L, BadRowReason.TOO_FEW_COLUMNS, 1L), report.rejects());
    assertEquals(2, Files.readAllLines(rejects).size());

    // An ID with two different dates is no bad row. By default its last row wins; FAIL refuses it.
    Path twice = rows("twice.txt", "1|2024-02-29\n1|2023-12-31\n");
    assertThrows(
        RefusedRowException.class,
        () ->
            AlmanacBuilder.create()
                .onDuplicate(DuplicatePolicy.FAIL)
                .build(DelimitedRows.of(twice), target));
  }

  /**
   * New data is a new file, built onto the same name. The name changes from the old file to the new
   * one in a single step. Who has the old file open keeps it, whole, until it is closed.
   */
  @Test
  void lesson09ReplaceAFileUnderItsReaders() throws IOException {
    Path target = build("orders.almanac", "1|2023-12-31\n");

    try (Almanac old = Almanac.open(target)) {
      build("orders.almanac", "1|2024-02-29\n");

      assertEquals(NEW_YEARS_EVE, old.date(1));
      try (Almanac fresh = Almanac.open(target)) {
        assertEquals(LEAP_DAY, fresh.date(1));
      }
    }
  }

  /**
   * A {@link LiveAlmanac} follows the name: it checks it once an interval, in a lookup, and goes on
   * with the new file. A batch that must see one edition pins it.
   */
  @Test
  void lesson10FollowTheNewestFile() throws IOException {
    Path target = build("orders.almanac", "1|2023-12-31\n");

    // An interval of zero checks in every lookup. The default is a second.
    LiveOptions options =
        LiveOptions.defaults().checkEvery(Duration.ZERO).accept(info -> info.idCount() >= 1);
    try (LiveAlmanac live = LiveAlmanac.open(target, options);
        Almanac pinned = live.pin()) {
      build("orders.almanac", "1|2024-02-29\n");

      assertEquals(LEAP_DAY, live.date(1));
      assertEquals(NEW_YEARS_EVE, pinned.date(1));

      // A bad file changes nothing: the last good edition answers, and the state tells why.
      Path broken = rows("broken", "not an almanac");
      Files.move(broken, target, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(LEAP_DAY, live.date(1));
      assertFalse(live.state().ok());
    }
  }

  /**
   * Tomorrow's file can be made from today's file and a few rows of changes. The result has the
   * same bytes as a build of all rows. A diff lists what changed.
   */
  @Test
  void lesson11ApplyADayOfChanges() throws IOException {
    Path monday = build("monday.almanac", "1|2023-12-31\n2|2023-12-31\n3|2023-12-31\n");
    // ID 1 gets another date, ID 2 goes, ID 4 comes.
    Path changes = rows("changes.txt", "1|2024-02-29\n2|\n4|2024-02-29\n");
    Path tuesday = folder.resolve("tuesday.almanac");

    AlmanacBuilder.create()
        .base(monday)
        .nullDates("")
        .maxChanges(3)
        .build(DelimitedRows.of(changes), tuesday);

    List<String> differences = new ArrayList<>();
    EditionDiff.of(monday, tuesday)
        .forEach(c -> differences.add(c.id() + " " + c.before() + " " + c.after()));
    assertEquals(
        List.of("1 2023-12-31 2024-02-29", "2 2023-12-31 null", "4 null 2024-02-29"),
        differences.stream().sorted().toList());

    Path full = build("full.almanac", "1|2024-02-29\n3|2023-12-31\n4|2024-02-29\n");
    assertEquals(-1, Files.mismatch(full, tuesday));
  }

  /**
   * {@code open} checks what a lookup relies on, and takes milliseconds. {@code verify} reads the
   * whole file and names the damaged block. Run it after a copy to another host.
   */
  @Test
  void lesson12CheckAFile() throws IOException {
    Path target = build("orders.almanac", "1|2024-02-29\n");
    assertTrue(Almanac.verify(target).ok());

    byte[] bytes = Files.readAllBytes(target);
    bytes[bytes.length / 2] ^= 1;
    Path damaged = Files.write(folder.resolve("damaged.almanac"), bytes);

    VerifyReport report = Almanac.verify(damaged);
    assertFalse(report.ok());
    assertFalse(report.damages().isEmpty());

    Path notAnAlmanac = rows("orders.txt", "1|2024-02-29\n");
    assertThrows(CorruptAlmanacException.class, () -> Almanac.open(notAnAlmanac));
  }

  /**
   * Code that expects a {@code Map} gets a view of the file. Its keys are {@code Long} objects, as
   * in any {@code Map<Long, ...>}: an {@code int} that is boxed is another key.
   */
  @Test
  void lesson13PassTheFileAsAMap() throws IOException {
    Path target = build("orders.almanac", "42|2023-12-31\n");

    try (Almanac dates = Almanac.open(target)) {
      Map<Long, LocalDate> map = dates.asMap();
      assertEquals(NEW_YEARS_EVE, map.get(42L));
      assertEquals(Map.of(42L, NEW_YEARS_EVE), map);
      assertThrows(UnsupportedOperationException.class, () -> map.put(1L, LEAP_DAY));

      // get(42) asks for an Integer. date(42) has no such trap.
      int id = 42;
      assertFalse(map.containsKey((Object) id));
      assertEquals(NEW_YEARS_EVE, dates.date(id));
    }
  }

  /**
   * Several hosts: each keeps one copy of an edition, whichever of its processes asks first. What
   * has the name in the cache was verified and is the edition that was asked for.
   */
  @Test
  void lesson14KeepOneCopyOnAHost() throws IOException {
    Path onTheServer = build("orders.almanac", "1|2024-02-29\n");
    String edition = Almanac.verify(onTheServer).edition();
    Path cache = folder.resolve("cache");

    // A source is anything that opens a stream, such as () -> uri.toURL().openStream().
    Path copy = HostCache.install(() -> Files.newInputStream(onTheServer), edition, cache);

    try (Almanac dates = Almanac.open(copy, edition)) {
      assertEquals(LEAP_DAY, dates.date(1));
    }
    // The next process of this host finds the copy and reads nothing from the source.
    assertEquals(
        copy,
        HostCache.install(
            () -> {
              throw new IOException("not asked");
            },
            edition,
            cache));
  }

  /**
   * A table that is too large for one file or one builder is a set of shards. The ID alone says in
   * which shard a row belongs, so any cluster can send the rows there. A set is read like a file.
   */
  @Test
  void lesson15SplitATableIntoShards() throws IOException {
    int shardCount = 3;
    List<Path> shards = new ArrayList<>();
    for (int shard = 0; shard < shardCount; shard++) {
      int own = shard;
      RowSource rows =
          RowSource.of(
              () ->
                  IntStream.range(0, 100_000)
                      .filter(id -> ShardedAlmanac.route(id, shardCount) == own)
                      .mapToObj(id -> new Row("" + id, LEAP_DAY.plusDays(id % 100).toString())));
      Path file = folder.resolve("shard-" + shard);
      AlmanacBuilder.create().ids(IdKind.LONG).allowEmpty().build(rows, file);
      shards.add(file);
    }
    Path set = Files.createDirectory(folder.resolve("set"));

    String edition = ShardSet.publish(set, shards);

    try (DateLookup dates = ShardedAlmanac.open(set, edition)) {
      assertEquals(100_000, dates.size());
      assertEquals(LEAP_DAY.plusDays(99), dates.date(99_999));
      assertNull(dates.date(100_000));
    }
  }

  /** Builds a file from rows of an ID and a date, with the defaults. */
  private Path build(String name, String rows) throws IOException {
    Path target = folder.resolve(name);
    AlmanacBuilder.create().build(DelimitedRows.of(rows(name + ".txt", rows)), target);
    return target;
  }

  private Path rows(String name, String rows) throws IOException {
    return Files.writeString(folder.resolve(name), rows);
  }
}
