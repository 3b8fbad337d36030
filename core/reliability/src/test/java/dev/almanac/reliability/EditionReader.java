package dev.almanac.reliability;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.LiveAlmanac;
import dev.almanac.LiveOptions;
import dev.almanac.LiveState;
import dev.almanac.OwnProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Looks up in a live almanac without pause until told which edition is the newest, and then says
 * what it saw, in one line of numbers. The editions are those of {@link
 * dev.almanac.DistinctEditions}: edition {@code n} gives every ID the code {@code n}.
 *
 * <p>Arguments: the name, the interval in milliseconds, the number of threads, the number of IDs,
 * the digests of the editions, and whether to keep the first pinned edition.
 */
final class EditionReader {
  /**
   * What a reader saw.
   *
   * @param lastCode the edition that answered last
   * @param lastOtherNanos when the last batch began that another edition than the newest answered
   * @param mappedFiles editions mapped in the end, deleted ones too
   */
  record Sight(
      long batches,
      long mixed,
      long wrongPins,
      long errors,
      long switches,
      long failures,
      long lastCode,
      long lastOtherNanos,
      long mappedFiles) {

    static Sight parse(String line) {
      long[] n = Stream.of(line.split(" ")).mapToLong(Long::parseLong).toArray();
      return new Sight(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);
    }

    private String line() {
      return batches
          + " "
          + mixed
          + " "
          + wrongPins
          + " "
          + errors
          + " "
          + switches
          + " "
          + failures
          + " "
          + lastCode
          + " "
          + lastOtherNanos
          + " "
          + mappedFiles;
    }
  }

  /** What a reader says, once, when it has seen what it must not see. */
  static final String MIXTURE = "mixture";

  private static volatile boolean stopped;

  private final LiveAlmanac live;
  private final List<String> digests;
  private final long[] ids;
  private final int[] codes;

  /** When the last batch began that each edition answered. */
  private final long[] lastStartNanos;

  private long batches;
  private long mixed;
  private long wrongPins;
  private long errors;
  private boolean told;

  private EditionReader(LiveAlmanac live, int idCount, List<String> digests) {
    this.live = live;
    this.digests = digests;
    this.ids = new long[idCount];
    Arrays.setAll(ids, i -> i);
    this.codes = new int[idCount];
    this.lastStartNanos = new long[digests.size()];
    Arrays.fill(lastStartNanos, Long.MIN_VALUE);
  }

  public static void main(String[] arguments) throws Exception {
    Path name = Path.of(arguments[0]);
    LiveOptions options =
        LiveOptions.defaults().checkEvery(Duration.ofMillis(Long.parseLong(arguments[1])));
    int threadCount = Integer.parseInt(arguments[2]);
    int idCount = Integer.parseInt(arguments[3]);
    List<String> digests = List.of(arguments[4].split(","));
    try (LiveAlmanac live = LiveAlmanac.open(name, options)) {
      AtomicReference<Almanac> kept =
          new AtomicReference<>(Boolean.parseBoolean(arguments[5]) ? live.pin() : null);
      EditionReader[] readers = new EditionReader[threadCount];
      Thread[] threads = new Thread[threadCount];
      for (int i = 0; i < threadCount; i++) {
        readers[i] = new EditionReader(live, idCount, digests);
        threads[i] = new Thread(readers[i]::readUntilStopped);
        threads[i].start();
      }
      System.out.println("ready");
      int newest =
          Integer.parseInt(new BufferedReader(new InputStreamReader(System.in)).readLine());
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
      int lastCode = code(live, 0);
      System.out.println(sight(readers, newest, lastCode, live.state(), filesLeft(name)).line());
      if (kept.get() != null) {
        kept.get().code(0);
      }
    }
  }

  private static Sight sight(
      EditionReader[] readers, int newest, int lastCode, LiveState state, long mappedFiles) {
    long batches = 0;
    long mixed = 0;
    long wrongPins = 0;
    long errors = 0;
    long lastOther = Long.MIN_VALUE;
    for (EditionReader reader : readers) {
      batches += reader.batches;
      mixed += reader.mixed;
      wrongPins += reader.wrongPins;
      errors += reader.errors;
      for (int code = 0; code < reader.lastStartNanos.length; code++) {
        if (code != newest) {
          lastOther = Math.max(lastOther, reader.lastStartNanos[code]);
        }
      }
    }
    return new Sight(
        batches,
        mixed,
        wrongPins,
        errors,
        state.switchCount(),
        state.failureCount(),
        lastCode,
        lastOther,
        mappedFiles);
  }

  /**
   * How many files of this name, deleted ones too, are mapped when the collector has had its say.
   */
  private static long filesLeft(Path name) throws IOException, InterruptedException {
    Path folder = name.toRealPath().getParent();
    long mapped = OwnProcess.mappedFilesOf(folder);
    for (int tries = 0; tries < 200 && mapped > 1; tries++) {
      System.gc();
      Thread.sleep(10);
      mapped = OwnProcess.mappedFilesOf(folder);
    }
    return mapped;
  }

  private static int code(LiveAlmanac live, long id) {
    int[] codes = new int[1];
    live.codes(new long[] {id}, codes);
    return codes[0];
  }

  private void readUntilStopped() {
    while (!stopped) {
      try {
        readBatch();
        if (batches % 4 == 0) {
          readPinned();
        }
        if (live.date(batches % ids.length) == null || code(live, batches % ids.length) < 0) {
          mixed++;
        }
        if (!told && mixed > 0 && wrongPins > 0) {
          told = true;
          System.out.println(MIXTURE);
        }
      } catch (RuntimeException | Error e) {
        if (errors++ == 0) {
          e.printStackTrace();
        }
      }
    }
  }

  private void readBatch() {
    long start = System.nanoTime();
    DateDictionary dictionary = live.codes(ids, codes);
    batches++;
    if (dictionary.size() != digests.size() || areMixed()) {
      mixed++;
      return;
    }
    lastStartNanos[codes[0]] = start;
  }

  private boolean areMixed() {
    for (int code : codes) {
      if (code != codes[0] || code < 0) {
        return true;
      }
    }
    return false;
  }

  /** Two batches and a lookup on one pinned edition, which says itself which one it is. */
  private void readPinned() {
    try (Almanac pinned = live.pin()) {
      int expected = digests.indexOf(pinned.edition());
      for (int round = 0; round < 2; round++) {
        pinned.codes(ids, codes);
        if (codes[0] != expected || areMixed()) {
          wrongPins++;
        }
      }
      if (pinned.code(batches % ids.length) != expected) {
        wrongPins++;
      }
    }
  }
}
