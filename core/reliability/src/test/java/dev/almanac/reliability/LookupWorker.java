package dev.almanac.reliability;

import dev.almanac.Almanac;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * Looks IDs up until standard input ends or {@code stop} comes, then one more batch, and says how
 * many batches there were and how many answers were wrong. It does so in bursts with pauses between
 * them, which leaves processor time to others. Told to {@code hurry}, it makes no more pauses;
 * asked to {@code count}, it says after one more batch what it would say at the end, and goes on.
 * ID {@code i} of the file has the code {@code (i + OFFSET) % DATES}.
 *
 * <p>Arguments: the file, how many IDs and dates it has, the offset, and optionally {@code lock},
 * which makes it map the file for writing and lock it, as a reader must not.
 */
final class LookupWorker {
  /** Batches between two pauses. */
  private static final int BURST = 4;

  private static final int PAUSE_MILLIS = 5;

  private static volatile boolean stopped;
  private static volatile boolean asked;
  private static volatile boolean hurried;

  private LookupWorker() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    int idCount = Integer.parseInt(arguments[1]);
    int dateCount = Integer.parseInt(arguments[2]);
    int offset = Integer.parseInt(arguments[3]);
    if (arguments.length > 4) {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        channel.map(MapMode.READ_WRITE, 0, 1);
        channel.lock().release();
      }
    }
    SplittableRandom random = new SplittableRandom(ProcessHandle.current().pid());
    long[] ids = new long[512];
    int[] codes = new int[ids.length];
    long batches = 0;
    long wrong = 0;
    try (Almanac dates = Almanac.open(file);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in))) {
      Thread listener = new Thread(() -> listen(input));
      listener.setDaemon(true);
      listener.start();
      boolean last;
      do {
        last = stopped;
        boolean count = asked;
        if (count) {
          asked = false;
        }
        for (int i = 0; i < ids.length; i++) {
          // Some beyond the last, which are absent.
          ids[i] = random.nextInt(idCount + idCount / 8);
        }
        dates.codes(ids, codes);
        for (int i = 0; i < ids.length; i++) {
          int expected = ids[i] < idCount ? (int) ((ids[i] + offset) % dateCount) : Almanac.ABSENT;
          if (codes[i] != expected || i % 16 == 0 && dates.code(ids[i]) != expected) {
            wrong++;
          }
        }
        if (batches++ == 0) {
          System.out.println("ready");
        }
        if (count) {
          System.out.println(batches + " " + wrong);
        }
        if (batches % BURST == 0 && !hurried && !stopped) {
          Thread.sleep(PAUSE_MILLIS);
        }
      } while (!last);
    }
    System.out.println(batches + " " + wrong);
  }

  private static void listen(BufferedReader input) {
    try {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        switch (line) {
          case "count" -> asked = true;
          case "hurry" -> hurried = true;
          case "stop" -> {
            return;
          }
          default -> throw new IllegalArgumentException("a command must be known: " + line);
        }
      }
    } catch (IOException e) {
      // As its end.
    } finally {
      stopped = true;
    }
  }
}
