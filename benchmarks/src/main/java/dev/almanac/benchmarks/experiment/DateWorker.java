package dev.almanac.benchmarks.experiment;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.generator.OrderIds;
import dev.almanac.workers.WorkerProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A worker that looks every ID up once and takes its date. Arguments: case, file, number of rows,
 * step from one ID to the next, number of this worker, number of workers. Naming no class outside
 * the JDK and this project, it runs with the reader's jar alone, unless the case is one of {@link
 * DateMaps}.
 */
final class DateWorker {
  /** One date in so many is added up, so that a wrong answer shows and the sum costs nothing. */
  private static final int SAMPLE_MASK = 1_023;

  private static final int BATCH = 1_024;

  /**
   * Short readings before a worker says that it is ready: its code is compiled then, and what
   * memory comes later is due to reading.
   */
  private static final int WARM_UP_READINGS = 100;

  private static final int WARM_UP_LOOKUPS = 10_000;

  /** What the IDs are that a worker asks for. */
  private enum IdText {
    /** Numbers. */
    NONE,
    DECIMAL,
    /** As {@link OrderIds}. */
    ORDER;

    String of(long number) {
      if (this == DECIMAL) {
        return Long.toString(number);
      }
      byte[] text = new byte[OrderIds.BYTES];
      OrderIds.put(text, 0, number);
      return new String(text, StandardCharsets.ISO_8859_1);
    }
  }

  private DateWorker() {}

  /** Finds the date of an ID, as a {@link LocalDate} or as its text; null if there is none. */
  interface Dates {
    Object date(long id) throws IOException;
  }

  public static void main(String[] arguments) throws Exception {
    String name = arguments[0];
    Path file = Path.of(arguments[1]);
    int rowCount = Integer.parseInt(arguments[2]);
    int stride = Integer.parseInt(arguments[3]);
    int worker = Integer.parseInt(arguments[4]);
    int workers = Integer.parseInt(arguments[5]);
    Walk walk = new Walk(rowCount, stride, (int) ((long) worker * rowCount / workers), rowCount);
    Walk warmUp = new Walk(rowCount, stride, walk.from, Math.min(rowCount, WARM_UP_LOOKUPS));
    switch (name) {
      case "almanac", "almanac-text", "almanac-orders" -> {
        try (Almanac dates = Almanac.open(file)) {
          // As a job that is about to read all of it would: the memory after start is the memory at
          // work.
          dates.preload();
          IdText text =
              switch (name) {
                case "almanac-text" -> IdText.DECIMAL;
                case "almanac-orders" -> IdText.ORDER;
                default -> IdText.NONE;
              };
          for (int i = 0; i < WARM_UP_READINGS; i++) {
            read(dates, warmUp, text);
          }
          WorkerProtocol.serve(() -> read(dates, walk, text));
        }
      }
      case "almanac-threads" -> {
        try (Almanac dates = Almanac.open(file)) {
          dates.preload();
          for (int i = 0; i < WARM_UP_READINGS; i++) {
            read(dates, warmUp, IdText.NONE);
          }
          WorkerProtocol.serve(() -> readByThreads(dates, rowCount, stride, workers));
        }
      }
      default -> {
        Dates dates = DateMaps.of(name, file, rowCount);
        for (int i = 0; i < WARM_UP_READINGS; i++) {
          read(dates, warmUp);
        }
        WorkerProtocol.serve(() -> read(dates, walk));
      }
    }
  }

  /**
   * So many of the IDs below {@code idCount}, from one on, in steps. With {@code length == idCount}
   * it visits each once, if the step is 1 or that of {@link
   * dev.almanac.benchmarks.stores.Accesses#stride}.
   */
  private record Walk(int idCount, int stride, int from, int length) {
    int next(int at) {
      int next = at + stride;
      return next >= idCount || next < 0 ? next - idCount : next;
    }
  }

  private static WorkerProtocol.Outcome read(Dates dates, Walk walk) throws IOException {
    long found = 0;
    long checksum = 0;
    int at = walk.from;
    for (int i = 0; i < walk.length; i++, at = walk.next(at)) {
      Object date = dates.date(at);
      if (date != null) {
        found++;
        if ((at & SAMPLE_MASK) == 0) {
          checksum += day(date instanceof LocalDate local ? local : LocalDate.parse((String) date));
        }
      }
    }
    return new WorkerProtocol.Outcome(walk.length, found, checksum);
  }

  private static WorkerProtocol.Outcome read(Almanac almanac, Walk walk, IdText text) {
    DateDictionary dictionary = almanac.dictionary();
    long[] ids = new long[BATCH];
    String[] texts = new String[BATCH];
    int[] codes = new int[BATCH];
    long found = 0;
    long checksum = 0;
    int at = walk.from;
    for (int done = 0; done < walk.length; ) {
      int length = Math.min(BATCH, walk.length - done);
      for (int i = 0; i < length; i++, at = walk.next(at)) {
        ids[i] = at;
        if (text != IdText.NONE) {
          texts[i] = text.of(at);
        }
      }
      if (text != IdText.NONE) {
        // The last batch is shorter; its rest asks again for IDs of the one before.
        almanac.codes(texts, codes);
      } else {
        almanac.codes(ids, 0, codes, 0, length);
      }
      for (int i = 0; i < length; i++) {
        if (codes[i] != Almanac.ABSENT) {
          LocalDate date = dictionary.date(codes[i]);
          found++;
          if ((ids[i] & SAMPLE_MASK) == 0) {
            checksum += day(date);
          }
        }
      }
      done += length;
    }
    return new WorkerProtocol.Outcome(walk.length, found, checksum);
  }

  private static WorkerProtocol.Outcome readByThreads(
      Almanac almanac, int rowCount, int stride, int threads) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<WorkerProtocol.Outcome>> futures = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        Walk walk =
            new Walk(rowCount, stride, (int) ((long) thread * rowCount / threads), rowCount);
        futures.add(executor.submit(() -> read(almanac, walk, IdText.NONE)));
      }
      long lookups = 0;
      long found = 0;
      long checksum = futures.get(0).get().checksum();
      for (Future<WorkerProtocol.Outcome> future : futures) {
        WorkerProtocol.Outcome outcome = future.get();
        lookups += outcome.lookupCount();
        found += outcome.foundCount();
        if (outcome.checksum() != checksum) {
          throw new IllegalStateException(
              "All threads find the same; checksum="
                  + outcome.checksum()
                  + ", expected="
                  + checksum);
        }
      }
      return new WorkerProtocol.Outcome(lookups, found, checksum);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      executor.shutdown();
    }
  }

  private static long day(LocalDate date) {
    return date.toEpochDay() - Rows.date(0).toEpochDay();
  }
}
