package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.DistinctEditions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 10: the file is replaced under readers that look up without pause. Eight processes follow
 * the name while edition after edition is published under it; every answer tells which edition gave
 * it, so a batch of two is seen.
 */
class ReplacedUnderLoadTest {
  private static final int EDITIONS = 6;
  private static final int IDS = 20_000;
  private static final int READERS = 8;

  /** So many of them look up in one thread. */
  private static final int ALONE = 6;

  private static final int PUBLISHES_AT_A_TIME = 20;
  private static final long INTERVAL_MILLIS = 2;
  private static final long NEVER_MILLIS = 86_400_000;

  /** Long enough for every reader to be late, were it late. */
  private static final long AFTERWARDS_MILLIS = 150;

  @TempDir private static Path built;

  private static DistinctEditions editions;

  @TempDir Path folder;

  private Path name;
  private final BlockingQueue<SiblingJvm.Said> said = new LinkedBlockingQueue<>();
  private final List<SiblingJvm> readers = new ArrayList<>();

  @BeforeAll
  static void build() throws IOException {
    editions = new DistinctEditions(built.resolve("editions"), EDITIONS, IDS);
  }

  @BeforeEach
  void publishTheFirst() throws IOException {
    name = folder.resolve("live.almanac");
    editions.publish(0, name);
  }

  private void startReader(long intervalMillis, int threadCount, boolean keepsAPin)
      throws IOException {
    String digests =
        IntStream.range(0, EDITIONS).mapToObj(editions::digest).collect(Collectors.joining(","));
    readers.add(
        SiblingJvm.start(
            said, EditionReader.class, name, intervalMillis, threadCount, IDS, digests, keepsAPin));
  }

  private void awaitReaders() throws InterruptedException {
    for (int i = 0; i < readers.size(); i++) {
      assertEquals("ready", SiblingJvm.next(said).line());
    }
  }

  /** Stops the readers and gives what each saw, in the order of their starts. */
  private List<EditionReader.Sight> stopReaders(int newest) throws InterruptedException {
    readers.forEach(reader -> reader.tell(Integer.toString(newest)));
    Map<SiblingJvm, EditionReader.Sight> sights = new LinkedHashMap<>();
    readers.forEach(reader -> sights.put(reader, null));
    for (int ended = 0; ended < readers.size(); ) {
      SiblingJvm.Said next = SiblingJvm.next(said);
      if (next.line() == null) {
        ended++;
      } else if (!next.line().equals(EditionReader.MIXTURE)) {
        sights.put(next.who(), EditionReader.Sight.parse(next.line()));
      }
    }
    return List.copyOf(sights.values());
  }

  /**
   * Publishes the edition that the readers must end with, and gives the time when it had the name.
   */
  private long publishLast(int number) throws Exception {
    editions.publish(number, name);
    long publishedNanos = System.nanoTime();
    Thread.sleep(AFTERWARDS_MILLIS);
    return publishedNanos;
  }

  @Test
  void noReaderMixesFailsOrStaysBehind() throws Exception {
    int publishes = Trial.count(400, 10_000);
    int builds = Trial.count(2, 10);
    for (int i = 0; i < READERS; i++) {
      startReader(INTERVAL_MILLIS, i < ALONE ? 1 : 2, false);
    }
    try {
      awaitReaders();
      for (int i = 1; i < publishes; i++) {
        if (i % (publishes / builds) == 0) {
          DistinctEditions.build(i % EDITIONS, EDITIONS, IDS, name);
        } else {
          editions.publish(i % EDITIONS, name);
        }
        if (i % PUBLISHES_AT_A_TIME == 0) {
          Thread.sleep(1);
        }
      }
      int last = publishes % EDITIONS;
      long publishedNanos = publishLast(last);
      List<EditionReader.Sight> sights = stopReaders(last);
      long batches = 0;
      long switches = 0;
      for (int i = 0; i < READERS; i++) {
        EditionReader.Sight sight = sights.get(i);
        assertEquals(0, sight.mixed(), sight::toString);
        assertEquals(0, sight.wrongPins(), sight::toString);
        assertEquals(0, sight.errors(), sight::toString);
        assertEquals(0, sight.failures(), sight::toString);
        assertEquals(last, sight.lastCode(), sight::toString);
        assertEquals(1, sight.mappedFiles(), sight::toString);
        // Two threads of a reader: while one opens the new edition, the other may use the old one.
        if (i < ALONE) {
          assertTrue(
              isInTime(sight, publishedNanos, INTERVAL_MILLIS),
              () -> sight + " publishedNanos=" + publishedNanos);
        }
        assertTrue(sight.switches() >= 2, sight::toString);
        batches += sight.batches();
        switches += sight.switches();
      }
      Map<String, Long> outcomes = new LinkedHashMap<>();
      outcomes.put("batches of " + IDS + " IDs", batches);
      outcomes.put("switches seen by the readers", switches);
      outcomes.put("batches that mixed editions", 0L);
      outcomes.put("exceptions", 0L);
      outcomes.put("readers behind after the interval", 0L);
      outcomes.put("old editions still mapped at the end", 0L);
      Trial.record(
          ReplacedUnderLoadTest.class,
          10,
          "replaced under load",
          "publishes under "
              + READERS
              + " reader processes, "
              + builds
              + " of them by whole builds",
          publishes,
          outcomes);
    } finally {
      readers.forEach(SiblingJvm::close);
    }
  }

  private static boolean isInTime(
      EditionReader.Sight sight, long publishedNanos, long intervalMillis) {
    return sight.lastOtherNanos() <= publishedNanos + intervalMillis * 1_000_000;
  }

  /** The control: what no publisher may do is seen for what it is. */
  @Test
  @Timeout(300)
  void anOverwriteInPlaceIsSeenAsAMixture() throws Exception {
    startReader(INTERVAL_MILLIS, 1, false);
    try {
      awaitReaders();
      Files.setPosixFilePermissions(name, PosixFilePermissions.fromString("rw-r--r--"));
      List<byte[]> contents = new ArrayList<>();
      for (int number = 0; number < EDITIONS; number++) {
        contents.add(Files.readAllBytes(editions.file(number)));
        assertEquals(contents.get(0).length, contents.get(number).length);
      }
      try (FileChannel inPlace = FileChannel.open(name, StandardOpenOption.WRITE)) {
        SiblingJvm.Said seen = said.poll();
        for (int i = 0; seen == null; i++) {
          inPlace.write(ByteBuffer.wrap(contents.get(i % EDITIONS)), 0);
          seen = said.poll(1, TimeUnit.MILLISECONDS);
        }
        assertEquals(EditionReader.MIXTURE, seen.line());
      }
      EditionReader.Sight sight = stopReaders(0).get(0);
      assertTrue(sight.mixed() > 0, sight::toString);
      assertTrue(sight.wrongPins() > 0, sight::toString);
    } finally {
      readers.forEach(SiblingJvm::close);
    }
  }

  /** The control of the interval and of the mappings. */
  @Test
  void aReaderThatDoesNotCheckOrLetGoIsSeen() throws Exception {
    startReader(NEVER_MILLIS, 1, false);
    startReader(INTERVAL_MILLIS, 1, true);
    try {
      awaitReaders();
      long publishedNanos = publishLast(3);
      List<EditionReader.Sight> sights = stopReaders(3);
      EditionReader.Sight behind = sights.get(0);
      assertNotEquals(3, behind.lastCode(), behind::toString);
      assertFalse(isInTime(behind, publishedNanos, INTERVAL_MILLIS), behind::toString);
      EditionReader.Sight keeps = sights.get(1);
      assertEquals(3, keeps.lastCode(), keeps::toString);
      assertTrue(isInTime(keeps, publishedNanos, INTERVAL_MILLIS), keeps::toString);
      assertEquals(2, keeps.mappedFiles(), keeps::toString);
    } finally {
      readers.forEach(SiblingJvm::close);
    }
  }
}
