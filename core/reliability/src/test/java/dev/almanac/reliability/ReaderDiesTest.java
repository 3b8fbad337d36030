package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import dev.almanac.SampleRows;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 9: readers die, or would meddle if they could. Eight processes look up; one after the
 * other is killed. What a reader asks of the kernel is traced.
 */
class ReaderDiesTest {
  private static final int READERS = 8;

  /** How many start at a time to take the places of the killed. */
  private static final int NEXT = 2;

  private static final int IDS = 20_000;
  private static final int DATES = 500;
  private static final int LONGEST_HURRY_MILLIS = 30;

  @TempDir Path folder;

  private final BlockingQueue<SiblingJvm.Said> said = new LinkedBlockingQueue<>();
  private final List<SiblingJvm> readers = new ArrayList<>();
  private Path file;
  private String edition;
  private FileTime modified;

  @BeforeEach
  void build() throws IOException {
    file = folder.resolve("dates.almanac");
    List<RowSource.Row> rows = new ArrayList<>();
    for (int id = 0; id < IDS; id++) {
      rows.add(new RowSource.Row(Integer.toString(id), SampleRows.date(id % DATES)));
    }
    edition = AlmanacBuilder.create().build(RowSource.of(rows.iterator()), file).edition();
    modified = Files.getLastModifiedTime(file);
  }

  @AfterEach
  void end() {
    readers.forEach(SiblingJvm::close);
  }

  private SiblingJvm start(int offset) throws IOException {
    return SiblingJvm.start(said, LookupWorker.class, file, IDS, DATES, offset);
  }

  private void assertUntouched() throws IOException {
    assertEquals(edition, Almanac.verify(file).edition());
    assertTrue(Almanac.verify(file).ok());
    assertEquals(modified, Files.getLastModifiedTime(file));
    assertEquals(List.of("dates.almanac"), names());
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  /** Eight that look up, and the next ones, which start while the eight look up. */
  private final class Readers {
    final List<SiblingJvm> running = new ArrayList<>();
    private final Deque<SiblingJvm> next = new ArrayDeque<>();
    private final Map<SiblingJvm, Long> batches = new HashMap<>();
    private int starting;

    Readers() throws Exception {
      for (int i = 0; i < READERS + NEXT; i++) {
        startAnother();
      }
      while (running.size() < READERS) {
        join();
      }
    }

    void startAnother() throws IOException {
      readers.add(start(0));
      starting++;
    }

    /** Waits for the next thing said that is not of a reader that has started. */
    private SiblingJvm.Said hear() throws Exception {
      SiblingJvm.Said heard = SiblingJvm.next(said);
      while ("ready".equals(heard.line())) {
        ready(heard);
        heard = SiblingJvm.next(said);
      }
      return heard;
    }

    private void ready(SiblingJvm.Said heard) {
      assertEquals("ready", heard.line());
      next.add(heard.who());
      starting--;
    }

    /** Another is one of the eight. */
    void join() throws Exception {
      while (next.isEmpty()) {
        ready(SiblingJvm.next(said));
      }
      running.add(next.remove());
    }

    /** Kills one while it looks up without pause. */
    void kill(SiblingJvm victim, int afterMillis) throws Exception {
      running.remove(victim);
      victim.tell("hurry");
      Thread.sleep(afterMillis);
      victim.kill();
      SiblingJvm.Said end = hear();
      assertSame(victim, end.who(), "only the killed reader may end");
      assertNull(end.line());
    }

    /** Has each of those that are left look up one more batch, and say what it counted. */
    void assertAnswering() throws Exception {
      for (SiblingJvm reader : running) {
        reader.tell("count");
      }
      for (int i = 0; i < running.size(); i++) {
        count(hear());
      }
    }

    private void count(SiblingJvm.Said heard) {
      assertNotNull(heard.line(), "only the killed reader may end");
      String[] counts = heard.line().split(" ");
      assertEquals(0, Long.parseLong(counts[1]), heard.line());
      long before = batches.getOrDefault(heard.who(), 0L);
      assertTrue(Long.parseLong(counts[0]) > before, heard.line());
      batches.put(heard.who(), Long.parseLong(counts[0]));
    }

    /** All that are left stop, and say once more what they counted. */
    long stop() throws Exception {
      while (starting > 0) {
        ready(SiblingJvm.next(said));
      }
      running.addAll(next);
      for (SiblingJvm reader : running) {
        reader.tell("stop");
      }
      for (int ended = 0; ended < running.size(); ) {
        SiblingJvm.Said heard = hear();
        if (heard.line() == null) {
          ended++;
        } else {
          count(heard);
        }
      }
      assertTrue(batches.keySet().containsAll(running));
      return batches.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  @Test
  void siblingsOfAKilledReaderAnswerOn() throws Exception {
    int kills = Trial.count(6, 1_000);
    byte[] bytes = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(9);
    Readers eight = new Readers();
    long answered = 0;
    for (int i = 0; i < kills; i++) {
      eight.kill(eight.running.get(random.nextInt(READERS)), random.nextInt(LONGEST_HURRY_MILLIS));
      if (i + NEXT < kills) {
        eight.startAnother();
      }
      eight.assertAnswering();
      answered += eight.running.size();
      eight.join();
      assertArrayEquals(bytes, Files.readAllBytes(file));
      assertEquals(modified, Files.getLastModifiedTime(file));
    }
    long batches = eight.stop();
    assertUntouched();
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("siblings that answered on after a kill", answered);
    outcomes.put("batches of 512 IDs looked up, all right", batches);
    outcomes.put("wrong answers", 0L);
    outcomes.put("readers that ended unasked", 0L);
    outcomes.put("file or its time changed", 0L);
    Trial.record(
        ReaderDiesTest.class,
        9,
        "killed",
        "one of "
            + READERS
            + " reader processes killed at a random time, the seven others asked, and another"
            + " started",
        kills,
        outcomes);
  }

  @Test
  void aReaderThatExpectsAnotherFileNoticesSo() throws Exception {
    readers.add(start(1));
    assertEquals("ready", SiblingJvm.next(said).line());
    readers.get(0).tell("stop");
    assertTrue(Long.parseLong(SiblingJvm.next(said).line().split(" ")[1]) > 0);
  }

  /** The calls of a reader, and of one that maps for writing and locks, that name the file. */
  private List<String> traced(String... more) throws IOException {
    Path trace = folder.resolve("trace");
    List<String> command =
        new ArrayList<>(
            List.of(
                "strace",
                "-f",
                "-y",
                "-e",
                "trace=openat,mmap,mprotect,flock,fcntl,write,pwrite64,writev,ftruncate,fsync,msync",
                "-o",
                trace.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LookupWorker.class.getName(),
                file.toString(),
                Integer.toString(IDS),
                Integer.toString(DATES),
                "0"));
    command.addAll(List.of(more));
    Command run = Command.run(command);
    assertEquals(0, run.exit(), run.output());
    List<String> calls =
        Files.readAllLines(trace).stream().filter(call -> call.contains(file.toString())).toList();
    Files.delete(trace);
    return calls;
  }

  private static long meddling(List<String> calls) {
    Pattern meddling =
        Pattern.compile(
            "O_RDWR|O_WRONLY|PROT_WRITE|F_SETLK|F_OFD_SETLK|flock\\(|[0-9 ]write\\(|pwrite|writev|"
                + "ftruncate|sync\\(");
    return calls.stream().filter(call -> meddling.matcher(call).find()).count();
  }

  @Test
  void aReaderAsksTheKernelForNothingButToReadAndMap() throws Exception {
    String missing = Strace.missing();
    assumeTrue(missing == null, missing);
    List<String> calls = traced();
    assertTrue(calls.stream().anyMatch(call -> call.contains("MAP_SHARED")), calls::toString);
    assertEquals(0, meddling(calls), calls::toString);
    long control = meddling(traced("lock"));
    assertTrue(control >= 3, "a writable open, a writable mapping and a lock must be seen");
    assertUntouched();
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("calls that name the file", (long) calls.size());
    outcomes.put("opens or maps for writing, locks, writes, syncs", 0L);
    outcomes.put("control: of a reader that maps for writing and locks", control);
    Trial.record(ReaderDiesTest.class, 9, "traced", "a reader under strace", 1, outcomes);
  }

  @Test
  void anotherUserReadsFromAReadOnlyMount() throws Exception {
    String missing = Command.notRoot();
    missing = missing == null ? Command.missing("setpriv", "mount", "umount") : missing;
    assumeTrue(missing == null, missing);
    Path mount = Files.createTempDirectory("almanac-read-only");
    try {
      Command.must("mount", "--bind", folder.toString(), mount.toString());
      Command.must("mount", "-o", "remount,ro,bind", mount.toString());
      Path seen = mount.resolve(file.getFileName());
      Command refused = Command.run("touch", seen.toString());
      assertTrue(refused.exit() != 0, "the mount must be read-only");
      // Root that has given its privileges up: the class path may lie where only root can look.
      Command reader =
          Command.run(
              "setpriv",
              "--bounding-set=-all",
              "--inh-caps=-all",
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              LookupWorker.class.getName(),
              seen.toString(),
              Integer.toString(IDS),
              Integer.toString(DATES),
              "0");
      assertEquals(0, reader.exit(), reader.output());
      assertTrue(reader.output().lines().anyMatch(line -> line.endsWith(" 0")), reader.output());
    } finally {
      Command.run("umount", "-l", mount.toString());
      Files.delete(mount);
    }
    assertUntouched();
    Trial.record(
        ReaderDiesTest.class,
        9,
        "read-only mount",
        "a reader without privileges, the file 0444 on a read-only mount",
        1,
        Map.of("all answers right, nothing touched", 1L));
  }
}
