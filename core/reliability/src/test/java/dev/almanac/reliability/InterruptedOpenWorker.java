package dev.almanac.reliability;

import dev.almanac.Almanac;
import dev.almanac.LiveAlmanac;
import dev.almanac.LiveOptions;
import dev.almanac.OwnProcess;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Opens a file again and again in a thread that is interrupted all the time, and says what is left:
 * {@code opened=N interrupted=N mappings=N descriptors=N wrong=N errors=N}.
 */
final class InterruptedOpenWorker {
  private InterruptedOpenWorker() {}

  /** A way to open; returns whether the answers were right. */
  private interface Opening {
    boolean open(Path file) throws IOException;
  }

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    int opens = Integer.parseInt(arguments[1]);
    boolean isVirtual = arguments[2].equals("virtual");
    Opening opening =
        switch (arguments[3]) {
          case "open" -> InterruptedOpenWorker::open;
          case "live" -> InterruptedOpenWorker::follow;
          default -> InterruptedOpenWorker::mapDirectly;
        };
    long[] counts = new long[4];
    AtomicBoolean ended = new AtomicBoolean();
    Runnable opener =
        () -> {
          // Ends when it has seen as many interrupts.
          while (counts[1] < opens) {
            try {
              counts[2] += opening.open(file) ? 0 : 1;
              counts[0]++;
            } catch (ClosedByInterruptException e) {
              Thread.interrupted();
              counts[1]++;
            } catch (Throwable e) {
              counts[3]++;
              e.printStackTrace();
            }
            counts[1] += Thread.interrupted() ? 1 : 0;
          }
          ended.set(true);
        };
    Thread thread = isVirtual ? virtual(opener) : new Thread(opener);
    thread.start();
    while (!ended.get()) {
      thread.interrupt();
      long until = System.nanoTime() + 100_000;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
    thread.join();
    boolean settled = OwnProcess.mappingsSettleAt(file, 0);
    System.out.println(
        "opened=%d interrupted=%d mappings=%d descriptors=%d wrong=%d errors=%d"
            .formatted(
                counts[0],
                counts[1],
                settled ? 0 : OwnProcess.mappings(file),
                OwnProcess.descriptors(file),
                counts[2],
                counts[3]));
  }

  /** By reflection, since this is compiled for Java 17. */
  private static Thread virtual(Runnable task) throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    return (Thread)
        Class.forName("java.lang.Thread$Builder")
            .getMethod("unstarted", Runnable.class)
            .invoke(builder, task);
  }

  private static boolean open(Path file) throws IOException {
    try (Almanac almanac = Almanac.open(file)) {
      return almanac.code(7) == 0 && almanac.code(8) == 0;
    }
  }

  private static boolean follow(Path file) throws IOException {
    LiveOptions options = LiveOptions.defaults().checkEvery(Duration.ZERO);
    try (LiveAlmanac live = LiveAlmanac.open(file, options)) {
      live.date(7);
      return live.date(8) != null;
    }
  }

  /** The control: what an open did, in the thread that is interrupted. */
  private static boolean mapDirectly(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size()).get(0) != 77;
    }
  }
}
