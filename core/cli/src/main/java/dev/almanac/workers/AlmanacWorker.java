package dev.almanac.workers;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A worker process that looks up the IDs of an almanac and checks every answer. Arguments: file,
 * order, lookups (0: as many as the file has IDs), index of this worker, seed.
 *
 * <p>The IDs come from the file itself, a thousand at a time, so that a worker needs no memory for
 * them; the lookups go through the same batch call that an application would use. What comes back
 * must be what the walk through the file found.
 */
public final class AlmanacWorker {
  /** Enough for a batch and, in random order, for the sample. */
  private static final int SEQUENTIAL_HEAP_MEGABYTES = 4;

  private static final int RANDOM_HEAP_MEGABYTES = 28;

  /**
   * Short readings before a worker says that it is ready, enough for the JIT compiler to finish.
   */
  private static final int WARM_UP_READINGS = 500;

  /** Long texts take their time, and then there is less to gain. */
  private static final long WARM_UP_NANOS = 1_000_000_000;

  /**
   * Of a short reading: it goes beyond a page, since batches within a page and across pages are
   * compiled apart.
   */
  private static final long WARM_UP_LOOKUPS = 10_000;

  /** Each is a JVM. */
  private static final int MAX_PROCESSES = 1_000;

  private AlmanacWorker() {}

  /**
   * Command lines for an experiment, one for each worker.
   *
   * @param lookupCount lookups of each worker; 0: as many as the file has IDs
   * @throws IllegalArgumentException if there is no process, or too many, or {@code lookupCount} is
   *     negative
   */
  public static List<List<String>> commands(
      Path file, int processCount, ReadingOrder order, long lookupCount, long seed) {
    requireProcessCount(processCount);
    if (lookupCount < 0) {
      throw new IllegalArgumentException("lookups must not be negative: lookups=" + lookupCount);
    }
    List<List<String>> commands = new ArrayList<>();
    for (int index = 0; index < processCount; index++) {
      commands.add(
          WorkerJvm.command(
              order == ReadingOrder.SEQUENTIAL ? SEQUENTIAL_HEAP_MEGABYTES : RANDOM_HEAP_MEGABYTES,
              AlmanacWorker.class,
              List.of(
                  file.toString(),
                  order.name().toLowerCase(Locale.ROOT),
                  Long.toString(lookupCount),
                  Integer.toString(index),
                  Long.toString(seed))));
    }
    return commands;
  }

  /**
   * Refuses a number of workers that no machine is meant to run.
   *
   * @throws IllegalArgumentException if there is no process, or too many
   */
  public static void requireProcessCount(int processCount) {
    if (processCount < 1 || processCount > MAX_PROCESSES) {
      throw new IllegalArgumentException(
          "worker processes must be from 1 to 1,000: processes=" + processCount);
    }
  }

  /** The worker. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 5) {
      throw new IllegalArgumentException(
          "a worker must have 5 arguments, FILE ORDER LOOKUPS INDEX SEED: arguments="
              + args.length);
    }
    try (Almanac almanac = Almanac.open(Path.of(args[0]))) {
      ReadingOrder order = ReadingOrder.valueOf(args[1].toUpperCase(Locale.ROOT));
      long lookups = Long.parseLong(args[2]);
      long lookupCount = lookups == 0 ? almanac.size() : lookups;
      // A worker is ready when it could work at full speed: the file's pages are mapped, the code
      // is compiled. So the memory after start is that of a worker at work, and what is added later
      // is due to reading.
      almanac.preload();
      WorkerProtocol.Reading reading =
          switch (order) {
            case SEQUENTIAL -> {
              warmUp(() -> readInFileOrder(almanac, WARM_UP_LOOKUPS));
              yield () -> readInFileOrder(almanac, lookupCount);
            }
            case RANDOM -> {
              IdSample sample = IdSample.of(almanac);
              long seed = Long.parseLong(args[4]) * 1_000_003 + Integer.parseInt(args[3]);
              warmUp(() -> sample.read(almanac, WARM_UP_LOOKUPS, seed));
              yield () -> sample.read(almanac, lookupCount, seed);
            }
          };
      WorkerProtocol.serve(reading);
    }
  }

  private static void warmUp(WorkerProtocol.Reading shortReading) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < WARM_UP_READINGS && System.nanoTime() - start < WARM_UP_NANOS; i++) {
      shortReading.read();
    }
  }

  private static WorkerProtocol.Outcome readInFileOrder(Almanac almanac, long lookupCount) {
    LookupBatch batch = new LookupBatch(almanac, lookupCount);
    try {
      while (batch.wanted() && almanac.size() > 0) {
        if (almanac.idKind() == IdKind.LONG) {
          almanac.forEach(batch::add);
        } else {
          almanac.forEachText(batch::add);
        }
      }
    } catch (LookupBatch.Enough e) {
      // Fewer lookups than IDs were asked for.
    }
    return batch.outcome();
  }
}
