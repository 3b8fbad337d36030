package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.DistinctEditions;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 10, one copy per host: many processes ask for an edition at once, and some are killed
 * midway, the one that copies among them.
 */
class InstalledAtOnceTest {
  private static final int PROCESSES = 20;
  private static final int EDITIONS = 3;
  private static final long SEED = 7;

  /** Longer than a copy takes, so that some copiers are killed after it. */
  private static final int LONGEST_WAIT_MILLIS = 45;

  @TempDir private static Path built;

  private static DistinctEditions editions;

  @TempDir Path folder;

  private final BlockingQueue<SiblingJvm.Said> said = new LinkedBlockingQueue<>();
  private final List<SiblingJvm> siblings = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeAll
  static void build() throws IOException {
    editions = new DistinctEditions(built.resolve("editions"), EDITIONS, 100_000);
  }

  @AfterEach
  void end() {
    siblings.forEach(SiblingJvm::close);
  }

  private void start(int count, boolean naive) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      siblings.add(SiblingJvm.start(said, EditionInstaller.class, naive));
    }
    for (int ready = 0; ready < count; ) {
      // Those that were killed may end only now.
      if ("ready".equals(SiblingJvm.next(said).line())) {
        ready++;
      }
    }
  }

  /** What came out of one round. */
  private record Round(int copies, int killed, int killedCopiers, Set<String> inodes) {}

  /** All ask at once; of those that copy and of those that wait, {@code kills} are killed. */
  private Round installAtOnce(Path cache, int number, int kills)
      throws IOException, InterruptedException {
    String order = cache + " " + editions.digest(number) + " " + editions.file(number);
    siblings.forEach(sibling -> sibling.tell(order));
    Set<SiblingJvm> waiting = new HashSet<>(siblings);
    Set<String> inodes = new HashSet<>();
    int copies = 0;
    int killed = 0;
    int killedCopiers = 0;
    while (!waiting.isEmpty()) {
      SiblingJvm.Said next = SiblingJvm.next(said);
      if (!siblings.contains(next.who())) {
        continue;
      }
      if (next.line() == null) {
        throw new AssertionError("a sibling must not end by itself");
      }
      if (next.line().startsWith("installed ")) {
        inodes.add(next.line().split(" ")[1]);
        waiting.remove(next.who());
        continue;
      }
      copies++;
      if (killed < kills) {
        Thread.sleep(random.nextInt(LONGEST_WAIT_MILLIS));
        boolean copier = random.nextInt(4) > 0;
        SiblingJvm victim = copier ? next.who() : siblings.get(random.nextInt(siblings.size()));
        siblings.remove(victim);
        waiting.remove(victim);
        victim.kill();
        killed++;
        killedCopiers += victim == next.who() ? 1 : 0;
      }
    }
    return new Round(copies, killed, killedCopiers, inodes);
  }

  @Test
  void oneProcessCopiesAndAllMapTheSameWholeFile() throws Exception {
    int rounds = Trial.count(4, 100);
    long copies = 0;
    long killed = 0;
    long killedCopiers = 0;
    start(PROCESSES, false);
    for (int i = 0; i < rounds; i++) {
      Path cache = Files.createDirectory(folder.resolve("cache-" + i));
      int number = i % EDITIONS;
      Round round = installAtOnce(cache, number, i % 4);
      Path installed = cache.resolve(editions.digest(number) + ".almanac");
      assertEquals(
          Set.of(Files.getAttribute(installed, "unix:ino").toString()),
          round.inodes,
          round::toString);
      assertTrue(round.copies <= 1 + round.killedCopiers, round::toString);
      assertEquals(editions.digest(number), Almanac.verify(installed).edition());
      assertTrue(Almanac.verify(installed).ok());
      assertEquals(List.of(".lock", installed.getFileName().toString()), SampleRows.names(cache));
      copies += round.copies;
      killed += round.killed;
      killedCopiers += round.killedCopiers;
      start(PROCESSES - siblings.size(), false);
    }
    assertTrue(killedCopiers > 0, "killedCopiers=" + killedCopiers);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("copies begun", copies);
    outcomes.put("processes killed", killed);
    outcomes.put("of them while or just after copying", killedCopiers);
    outcomes.put("rounds with a second copy, a part or a file that is not whole", 0L);
    Trial.record(
        InstalledAtOnceTest.class,
        10,
        "one copy per host",
        "rounds of " + PROCESSES + " processes that install one edition at once",
        rounds,
        outcomes);
  }

  /** The control: without the lock the same round shows copies side by side. */
  @Test
  void processesThatDoNotWaitForEachOtherAreSeenToCopyTwice() throws Exception {
    start(4, true);
    Round round = installAtOnce(Files.createDirectory(folder.resolve("cache")), 0, 0);
    assertTrue(round.copies > 1, round::toString);
  }
}
