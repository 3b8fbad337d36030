package dev.almanac.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A long count that need not be made in one run. What came out of each trial is a line of a file
 * below {@code target}, and the next run goes on with the trials that are not there. A trial that
 * fails takes the file with it: what it found cannot be left out by running the rest.
 *
 * <pre>{@code
 * mvn -Preliability -pl core/reliability -am test -Dtest=BuilderKilledTest -Dreliability.minutes=5    # until all are made
 * }</pre>
 */
final class Pieces {
  private static final long MINUTES =
      Long.getLong("reliability.minutes", TimeUnit.DAYS.toMinutes(1));

  private final Path file;
  private final int count;
  private final long startNanos = System.nanoTime();
  private final BitSet begun = new BitSet();
  private final Map<String, Long> outcomes = new HashMap<>();
  private int done;
  private boolean failed;

  /** Trials 0 to {@code count - 1} of the part {@code name}, of which some may have been made. */
  Pieces(String name, int count) throws IOException {
    this.count = count;
    file =
        Files.createDirectories(Path.of("target", "reliability"))
            .resolve(name + "-" + count + "-" + System.getProperty("java.version"));
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        List<String> fields = List.of(line.split("\t"));
        begun.set(Integer.parseInt(fields.get(0)));
        count(fields.subList(1, fields.size()));
      }
    }
  }

  private void count(List<String> cameOut) {
    cameOut.forEach(outcome -> outcomes.merge(outcome, 1L, Long::sum));
    done++;
  }

  /** The next trial to make, or -1 if there is none or the time of this run is over. */
  synchronized int next() {
    boolean over = System.nanoTime() - startNanos > TimeUnit.MINUTES.toNanos(MINUTES);
    int trial = begun.nextClearBit(0);
    if (failed || over || trial >= count) {
      return -1;
    }
    begun.set(trial);
    return trial;
  }

  synchronized void add(int trial, List<String> cameOut) throws IOException {
    List<String> fields = new ArrayList<>(List.of(Integer.toString(trial)));
    fields.addAll(cameOut);
    Files.writeString(
        file,
        String.join("\t", fields) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    count(cameOut);
  }

  /** A trial failed: no other is begun, and the next run begins with the first. */
  synchronized void fail() throws IOException {
    failed = true;
    Files.deleteIfExists(file);
  }

  /** How many are made. */
  synchronized int done() {
    return done;
  }

  synchronized long times(String outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }

  /** All are made and judged. */
  synchronized void end() throws IOException {
    Files.deleteIfExists(file);
  }
}
