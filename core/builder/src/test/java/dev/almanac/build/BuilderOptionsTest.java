package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each option reaches the build, alone and beside all others, and changes only what it says. */
class BuilderOptionsTest {
  private static final String[] ROWS = {
    "1|2024-02-29", "1|2024-03-01", "3|2024-03-01", "4|2024-02-29T10:00:00"
  };

  @TempDir Path folder;

  private Path old;
  private Path base;
  private Path temporary;
  private Path rejects;

  @BeforeEach
  void buildFiles() throws IOException {
    old = folder.resolve("old");
    base = folder.resolve("base");
    rejects = folder.resolve("rejects");
    temporary = Files.createDirectory(folder.resolve("temporary"));
    String day = "|2023-01-01";
    builder().build(new SplitRows(List.of("1" + day, "3" + day, "4" + day), 3), old);
    builder().build(new SplitRows(List.of("1|2024-02-29", "2|2023-12-31"), 2), base);
  }

  private static AlmanacBuilder builder() {
    return AlmanacBuilder.create().threads(1);
  }

  /** Rows that tell what they see each time that a split of two is asked for. */
  private static RowSource rows(Runnable seen, String... lines) {
    return () -> {
      RowSource.Splits splits = new SplitRows(List.of(lines), 2).open();
      return new RowSource.Splits() {
        @Override
        public boolean next(RowSink sink) throws IOException {
          seen.run();
          return splits.next(sink);
        }

        @Override
        public void close() throws IOException {
          splits.close();
        }
      };
    };
  }

  private static boolean isEmpty(Path directory) {
    return directory.toFile().list().length == 0;
  }

  /**
   * What a build made of the rows, which replace the old file. If the build was refused, the rule
   * alone.
   */
  private Map<String, String> seen(AlmanacBuilder builder, String... lines) throws IOException {
    Path target = folder.resolve("target");
    Files.deleteIfExists(target);
    Files.deleteIfExists(rejects);
    Files.copy(old, target);
    Map<String, String> seen = new TreeMap<>();
    RowSource rows =
        rows(() -> seen.put("spools", isEmpty(temporary) ? "at the target" : "temporary"), lines);
    BuildReport report;
    try {
      report = builder.build(rows, target);
    } catch (BuildException e) {
      assertArrayEquals(Files.readAllBytes(old), Files.readAllBytes(target));
      String message = String.valueOf(e.getMessage());
      return Map.of("refused", message.substring(0, message.indexOf(':')));
    }
    seen.put("kind", report.idKind().name());
    seen.put("layout", report.layout().name());
    seen.put("changes", String.valueOf(report.changes()));
    seen.put("left out", Long.toString(report.leftOutCount()));
    seen.put("rejects", Files.exists(rejects) ? Files.readString(rejects) : "no file");
    try (Almanac almanac = Almanac.open(target)) {
      List<String> dates = new ArrayList<>();
      for (long id = 1; id <= 4; id++) {
        int code = almanac.code(id);
        dates.add(code == Almanac.ABSENT ? "-" : almanac.dictionary().text(code));
      }
      seen.put("dates", String.join(" ", dates));
    }
    return seen;
  }

  private static Map<String, String> seenByDefault() {
    return new TreeMap<>(
        Map.of(
            "spools", "at the target",
            "kind", "LONG",
            "layout", "DIRECT",
            "changes", "null",
            "left out", "0",
            "rejects", "no file",
            "dates", "2024-03-01 - 2024-03-01 2024-02-29"));
  }

  /** Names of what was seen and values, in turn: what differs from a build without the option. */
  private void assertChanges(UnaryOperator<AlmanacBuilder> option, String... changes)
      throws IOException {
    Map<String, String> expected = seenByDefault();
    for (int i = 0; i < changes.length; i += 2) {
      expected.put(changes[i], changes[i + 1]);
    }
    assertEquals(expected, seen(option.apply(builder()), ROWS));
  }

  private void assertRefused(String rule, UnaryOperator<AlmanacBuilder> option) throws IOException {
    assertEquals(Map.of("refused", rule), seen(option.apply(builder()), ROWS));
  }

  @Test
  void anOptionAloneChangesWhatItSays() throws IOException {
    assertChanges(UnaryOperator.identity());
    assertChanges(
        b -> b.base(base),
        "changes",
        new BaseChanges(2, 0, 1).toString(),
        "dates",
        "2024-03-01 2023-12-31 2024-03-01 2024-02-29");
    assertChanges(
        b -> b.onDuplicate(DuplicatePolicy.FIRST), "dates", "2024-02-29 - 2024-03-01 2024-02-29");
    assertRefused("an ID must not have two dates", b -> b.onDuplicate(DuplicatePolicy.FAIL));
    assertChanges(b -> b.onBadRow(BadRowPolicy.skip(rejects)), "rejects", "");
    assertChanges(b -> b.ids(IdKind.TEXT), "kind", "TEXT");
    assertChanges(b -> b.ids(IdKind.LONG));
    assertRefused("a date must be written in the format", b -> b.dateFormat(DateFormat.basic()));
    assertChanges(b -> b.dateFormat(DateFormat.basic(), DateFormat.iso()));
    assertChanges(
        AlmanacBuilder::keepDateText, "dates", "2024-03-01 - 2024-03-01 2024-02-29T10:00:00");
    assertChanges(b -> b.nullDates("2024-03-01"), "dates", "- - - 2024-02-29", "left out", "2");
    assertChanges(b -> b.layout(Layout.ENTRIES), "layout", "ENTRIES");
    assertChanges(b -> b.temporaryDirectory(temporary), "spools", "temporary");
  }

  /** Each at the number of IDs at hand, and beyond it. */
  @Test
  void aLimitRefusesTheFile() throws IOException {
    assertChanges(b -> b.minIds(3));
    assertRefused("too few IDs to publish", b -> b.minIds(4));
    assertRefused("too few IDs to publish", b -> b.allowEmpty().minIds(4));
    assertChanges(b -> b.minIds(4).allowEmpty());
    String tooMany = "too many IDs change to publish (maxChanges, --max-changes)";
    assertChanges(b -> b.maxChanges(3));
    assertRefused(tooMany, b -> b.maxChanges(2));
    assertChanges(b -> b.maxChangesPercent(100));
    assertRefused(tooMany, b -> b.maxChangesPercent(99));
    assertChanges(b -> b.maxChanges(0).maxChangesPercent(100));
    assertRefused(tooMany, b -> b.maxChangesPercent(100).maxChanges(2));
    // Of the base, three changes are more than all its IDs.
    assertRefused(tooMany, b -> b.base(base).maxChangesPercent(100));
  }

  @Test
  void anEmptyFileIsPublishedIfItMayBe() throws IOException {
    assertEquals(
        Map.of(
            "refused",
            "no row gives an ID, and an empty file is published only with --allow-empty,"
                + " allowEmpty()"),
        seen(builder()));
    assertEquals("- - - -", seen(builder().allowEmpty()).get("dates"));
  }

  @Test
  void aTextThatMeansNoDateMayBeGivenTwice() throws IOException {
    assertChanges(
        b -> b.nullDates("", "2024-03-01", "2024-03-01"),
        "dates",
        "- - - 2024-02-29",
        "left out",
        "2");
  }

  /** No option undoes another, in either order. */
  @Test
  void allOptionsReachTheBuild() throws IOException {
    List<UnaryOperator<AlmanacBuilder>> options =
        List.of(
            b -> b.base(base),
            b -> b.maxChanges(1),
            b -> b.onDuplicate(DuplicatePolicy.FIRST),
            b -> b.onBadRow(BadRowPolicy.skip(rejects)),
            b -> b.ids(IdKind.TEXT),
            b -> b.dateFormat(DateFormat.basic(), DateFormat.iso()),
            AlmanacBuilder::keepDateText,
            b -> b.nullDates("2024-03-01"),
            b -> b.minIds(3),
            b -> b.layout(Layout.ENTRIES),
            b -> b.temporaryDirectory(temporary),
            b -> b.threads(2),
            b -> b.onProgress((phase, done, total) -> {}));
    Map<String, String> expected =
        Map.of(
            "spools", "temporary",
            "kind", "TEXT",
            "layout", "ENTRIES",
            "changes", new BaseChanges(1, 0, 0).toString(),
            "left out", "1",
            "rejects", "rows\t5\tBAD_DATE\t\n",
            "dates", "2024-02-29 2023-12-31 - 2024-02-29T10:00:00");
    String[] lines = Arrays.copyOf(ROWS, 5);
    lines[4] = "5|no";
    List<UnaryOperator<AlmanacBuilder>> reversed = new ArrayList<>(options);
    Collections.reverse(reversed);
    for (List<UnaryOperator<AlmanacBuilder>> order : List.of(options, reversed)) {
      AlmanacBuilder builder = builder();
      for (UnaryOperator<AlmanacBuilder> option : order) {
        builder = option.apply(builder);
      }
      assertEquals(expected, seen(builder, lines));
    }
  }

  /** An argument that each option takes. */
  private Object argument(Class<?> type) {
    return Map.<Class<?>, Object>ofEntries(
            Map.entry(Path.class, folder),
            Map.entry(int.class, 1),
            Map.entry(long.class, 1L),
            Map.entry(double.class, 1.0),
            Map.entry(DuplicatePolicy.class, DuplicatePolicy.FIRST),
            Map.entry(BadRowPolicy.class, BadRowPolicy.skip()),
            Map.entry(IdKind.class, IdKind.TEXT),
            Map.entry(Layout.class, Layout.ENTRIES),
            Map.entry(DateFormat[].class, new DateFormat[] {DateFormat.basic()}),
            Map.entry(String[].class, new String[] {"none"}),
            Map.entry(BuildProgress.class, (BuildProgress) (phase, done, total) -> {}))
        .get(type);
  }

  @Test
  void everyOptionGivesItsBuilder() throws ReflectiveOperationException {
    List<String> options = new ArrayList<>();
    for (Method method : AlmanacBuilder.class.getDeclaredMethods()) {
      if (method.getReturnType() == AlmanacBuilder.class
          && !Modifier.isStatic(method.getModifiers())) {
        AlmanacBuilder builder = AlmanacBuilder.create();
        Object[] arguments =
            Arrays.stream(method.getParameterTypes()).map(this::argument).toArray();
        assertSame(builder, method.invoke(builder, arguments), method::getName);
        options.add(method.getName());
      }
    }
    Collections.sort(options);
    assertEquals(
        "allowEmpty base dateFormat heapBytes ids keepDateText layout maxChanges"
            + " maxChangesPercent minIds nullDates onBadRow onDuplicate onProgress"
            + " temporaryDirectory threads",
        String.join(" ", options),
        "the options that the tests above try, and the size of the heap");
  }

  @Test
  void theRowsAreTakenByThatManyThreads() throws IOException {
    for (int threads = 1; threads <= 3; threads++) {
      CountDownLatch missing = new CountDownLatch(threads);
      Set<Thread> found = ConcurrentHashMap.newKeySet();
      Runnable meet =
          () -> {
            if (found.add(Thread.currentThread())) {
              missing.countDown();
            }
            try {
              missing.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };
      AlmanacBuilder.create().threads(threads).build(rows(meet, ROWS), folder.resolve("target"));
      assertEquals(threads, found.size());
      assertEquals(0, missing.getCount());
    }
  }

  /** As far as the source says; one that does not say has no end that is known. */
  @Test
  void theListenerHearsHowFarTheRowsAre() throws IOException {
    for (boolean says : new boolean[] {true, false}) {
      List<String> heard = Collections.synchronizedList(new ArrayList<>());
      RowSource rows =
          () -> {
            RowSource.Splits splits = new SplitRows(List.of(ROWS), 2).open();
            return new RowSource.Splits() {
              @Override
              public boolean next(RowSink sink) throws IOException {
                // The listener hears of a phase only when it has lasted a while.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                return heard.isEmpty() || splits.next(sink);
              }

              @Override
              public long done() {
                return says ? 7 : RowSource.Splits.super.done();
              }

              @Override
              public long total() {
                return says ? 77 : RowSource.Splits.super.total();
              }

              @Override
              public void close() {}
            };
          };
      builder()
          .onProgress((phase, done, total) -> heard.add(phase + " " + done + " of " + total))
          .build(rows, folder.resolve("target"));
      assertEquals(says ? "read 7 of 77" : "read 0 of -1", heard.get(0));
    }
  }
}
