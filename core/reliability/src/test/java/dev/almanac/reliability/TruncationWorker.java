package dev.almanac.reliability;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A process whose files are cut short while it reads them. Prints a line for each way of reading,
 * with what came out of it, and ends with {@value #DONE}; a process that does not was killed by its
 * mapping.
 */
final class TruncationWorker {
  static final String DONE = "done";
  static final int ID_COUNT = 3_000;
  static final int DATE_COUNT = 90;

  /** Lookups after the first that failed: none of them may give an answer either. */
  private static final int MORE_CALLS = 10;

  private static final int LOOKUPS = 64;

  private TruncationWorker() {}

  /** What the file of numbers holds, and that of texts. */
  private static TruncatedRows numbers = TruncatedRows.NUMBERS_HASHED;

  private static TruncatedRows texts = TruncatedRows.TEXTS_ENTRIES;

  private static long id(int i) {
    return numbers.numbers[i];
  }

  private static String text(int i) {
    return texts.texts[i];
  }

  /** The code of the date of an ID: every date is used, and codes go in the order of dates. */
  static int code(int i) {
    return i < ID_COUNT ? (int) (i * 7919L % DATE_COUNT) : Almanac.ABSENT;
  }

  static LocalDate date(int code) {
    return code < 0 ? null : LocalDate.of(2001, 2, 3).plusDays(code);
  }

  /** What is asked of a mapped file; one call is a few hundred answers, each compared. */
  interface Reading {
    void answers(int round);
  }

  private interface Opening {
    Reading open(Path file) throws IOException;
  }

  /**
   * Answers that are not in the rows, counted by the thread that reads. The error of a skipped read
   * may come while the exception that tells of one is being made, and take its place.
   */
  static long wrongAnswers;

  /** An answer that is not in the rows. */
  private static final class WrongAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongAnswer(String found) {
      super(found, null, false, false);
    }
  }

  private static void same(int i, int found) {
    if (found != code(i)) {
      wrongAnswers++;
      throw new WrongAnswer("i=" + i + " found=" + found + " expected=" + code(i));
    }
  }

  private static void same(int i, LocalDate found) {
    LocalDate expected = date(code(i));
    if (found == null ? expected != null : !found.equals(expected)) {
      wrongAnswers++;
      throw new WrongAnswer("i=" + i + " found=" + found + " expected=" + expected);
    }
  }

  /** Half of the IDs are in the file. */
  private static int place(int round, int n) {
    return (round * 31 + n * 17) % (2 * ID_COUNT);
  }

  private static void sameBatch(int round, int[] codes) {
    for (int n = 0; n < LOOKUPS; n++) {
      same(place(round, n), codes[n]);
    }
  }

  private static void sameCount(int entries) {
    if (entries != ID_COUNT) {
      wrongAnswers++;
      throw new WrongAnswer("entries=" + entries + " expected=" + ID_COUNT);
    }
  }

  /** Each has loops of its own, since what becomes of a bad read is up to how one is compiled. */
  enum Way {
    SINGLE(
        file -> {
          Almanac almanac = Almanac.open(file);
          return round -> {
            for (int n = 0; n < LOOKUPS; n++) {
              int i = place(round, n);
              same(i, almanac.code(id(i)));
            }
          };
        }),
    SINGLE_AGAIN_AND_AGAIN(
        file -> {
          Almanac almanac = Almanac.open(file);
          return round -> {
            int i = place(round, 0);
            for (int n = 0; n < LOOKUPS; n++) {
              same(i, almanac.code(id(i)));
            }
          };
        }),
    DATE(
        file -> {
          Almanac almanac = Almanac.open(file);
          return round -> {
            for (int n = 0; n < LOOKUPS; n++) {
              int i = place(round, n);
              same(i, almanac.date(id(i)));
            }
          };
        }),
    BATCH(
        file -> {
          Almanac almanac = Almanac.open(file);
          long[] ids = new long[LOOKUPS];
          int[] codes = new int[LOOKUPS];
          return round -> {
            for (int n = 0; n < LOOKUPS; n++) {
              ids[n] = id(place(round, n));
            }
            almanac.codes(ids, codes);
            sameBatch(round, codes);
          };
        }),
    FOR_EACH(
        file -> {
          Almanac almanac = Almanac.open(file);
          int[] seen = new int[1];
          return round -> {
            seen[0] = 0;
            almanac.forEach(
                (id, code) -> {
                  int i = numbers.place(id);
                  if (i < 0 || i >= ID_COUNT) {
                    wrongAnswers++;
                    throw new WrongAnswer("id=" + id + " code=" + code);
                  }
                  same(i, code);
                  seen[0]++;
                });
            sameCount(seen[0]);
          };
        }),
    TEXT(
        file -> {
          Almanac almanac = Almanac.open(file);
          return round -> {
            for (int n = 0; n < LOOKUPS; n++) {
              int i = place(round, n);
              same(i, almanac.code(text(i)));
            }
          };
        }),
    TEXT_BATCH(
        file -> {
          Almanac almanac = Almanac.open(file);
          String[] ids = new String[LOOKUPS];
          int[] codes = new int[LOOKUPS];
          return round -> {
            for (int n = 0; n < LOOKUPS; n++) {
              ids[n] = text(place(round, n));
            }
            almanac.codes(ids, codes);
            sameBatch(round, codes);
          };
        }),
    TEXT_FOR_EACH(
        file -> {
          Almanac almanac = Almanac.open(file);
          int[] seen = new int[1];
          return round -> {
            seen[0] = 0;
            almanac.forEachText(
                (id, code) -> {
                  int i = texts.place(id);
                  if (i < 0 || i >= ID_COUNT) {
                    wrongAnswers++;
                    throw new WrongAnswer("id=" + id + " code=" + code);
                  }
                  same(i, code);
                  seen[0]++;
                });
            sameCount(seen[0]);
          };
        }),
    /** The control: a mapped table that nobody looks at the end of. */
    WITHOUT_SEAL(
        file -> {
          MappedByteBuffer table;
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            table = channel.map(MapMode.READ_ONLY, 0, channel.size());
          }
          return round -> {
            for (int n = 0; n < LOOKUPS; n++) {
              int i = place(round, n);
              same(i, i < ID_COUNT ? table.getInt(i * Integer.BYTES) - 1 : Almanac.ABSENT);
            }
          };
        });

    /** All but the control. */
    static final Set<Way> SEALED = EnumSet.complementOf(EnumSet.of(WITHOUT_SEAL));

    private final Opening opening;

    Way(Opening opening) {
      this.opening = opening;
    }

    Reading open(Path file) throws IOException {
      return opening.open(file);
    }

    boolean isText() {
      return name().startsWith("TEXT");
    }

    /** Whether it looks up one ID at a time. */
    boolean isSingle() {
      return !name().endsWith("BATCH") && !name().endsWith("FOR_EACH");
    }
  }

  private enum Damage {
    CUT,
    ZEROS_TO_THE_END
  }

  private static volatile boolean damaged;

  /**
   * Usage: FOLDER NUMBERS TEXTS SIZES WARM-UPS: looks into the files of two {@link TruncatedRows}.
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    numbers = TruncatedRows.valueOf(args[1]);
    texts = TruncatedRows.valueOf(args[2]);
    int sizes = Integer.parseInt(args[3]);
    int warmUps = Integer.parseInt(args[4]);
    byte[] ofNumbers = Files.readAllBytes(numbers.file(folder));
    byte[] ofTexts = Files.readAllBytes(texts.file(folder));
    ByteBuffer plain = ByteBuffer.allocate(ID_COUNT * Integer.BYTES).order(ByteOrder.BIG_ENDIAN);
    for (int i = 0; i < ID_COUNT; i++) {
      plain.putInt(code(i) + 1);
    }
    Path target = Files.createTempFile(folder, "target", null);
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      for (Way way : Way.values()) {
        byte[] whole = way == Way.WITHOUT_SEAL ? plain.array() : way.isText() ? ofTexts : ofNumbers;
        run(way, target, whole, sizes, warmUps, reader);
      }
    } finally {
      reader.shutdownNow();
      Files.delete(target);
    }
    System.out.println(DONE);
  }

  private static void run(
      Way way, Path file, byte[] whole, int sizes, int warmUps, ExecutorService reader)
      throws Exception {
    Files.write(file, whole);
    Reading reading = way.open(file);
    for (int round = 0; round < warmUps; round++) {
      reading.answers(round);
    }
    Outcomes outcomes = new Outcomes("");
    for (int n = 0; n < sizes; n++) {
      int size = (int) ((long) whole.length * n / sizes);
      for (Damage damage : Damage.values()) {
        // A new file each time: the last one's mapping may still stand.
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.write(next, whole);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        outcomes.at = damage + " size=" + size + " of=" + whole.length;
        trial(way.open(file), file, size, whole.length, damage, reader, outcomes);
      }
      if (n % 500 == 499) {
        System.gc(); // The mappings of so many files.
      }
    }
    System.out.println(way + " " + outcomes);
  }

  /** What became of the calls that did not answer rightly. */
  static final class Outcomes {
    /** Ended in the documented exception. */
    long named;

    /** Met the error of the JVM while the file was being cut. */
    long late;

    /** Gave an answer that is not in the rows. */
    long wrong;

    /** Ended in any other error. */
    long unnamed;

    /** Gave an answer after the file had been cut. */
    long unnoticed;

    private final long wrongAnswersBefore = wrongAnswers;
    private String at;
    private String example = "";

    Outcomes(String at) {
      this.at = at;
    }

    /** Whether the call failed, in whatever way. */
    boolean call(Reading reading, int round, boolean cut) {
      try {
        return classify(reading, round, cut);
      } catch (InternalError e) {
        // Thrown into the handlers of another exception.
        fault(e, cut);
        return true;
      }
    }

    private boolean classify(Reading reading, int round, boolean cut) {
      try {
        reading.answers(round);
        if (cut) {
          unnoticed++;
          example(null);
        }
        return cut;
      } catch (WrongAnswer e) {
        wrong++;
        example(e);
      } catch (UncheckedIOException e) {
        if (e.getCause() instanceof CorruptAlmanacException) {
          named++;
        } else {
          unnamed++;
          example(e);
        }
      } catch (InternalError e) {
        fault(e, cut);
      } catch (RuntimeException e) {
        unnamed++;
        example(e);
      }
      return true;
    }

    private void fault(InternalError e, boolean cut) {
      if (cut) {
        unnamed++;
        example(e);
      } else {
        late++;
      }
    }

    /** Takes the error of a read that was skipped, if there is one yet to come. */
    void settle(int one, boolean cut) {
      try {
        if (new byte[one][one].length != one) {
          throw new AssertionError();
        }
      } catch (InternalError e) {
        fault(e, cut);
      }
    }

    private void example(Throwable e) {
      if (example.isEmpty()) {
        example = " first: " + at + ' ' + e;
      }
    }

    @Override
    public String toString() {
      return "named="
          + named
          + " late="
          + late
          + " wrong="
          + wrong
          + " overtaken="
          + (wrongAnswers - wrongAnswersBefore - wrong)
          + " unnamed="
          + unnamed
          + " unnoticed="
          + unnoticed
          + example;
    }
  }

  private static void trial(
      Reading reading,
      Path file,
      int size,
      int wholeBytes,
      Damage damage,
      ExecutorService reader,
      Outcomes outcomes)
      throws Exception {
    damaged = false;
    CountDownLatch begun = new CountDownLatch(1);
    Callable<Void> lookups =
        () -> {
          try {
            for (int round = size; !outcomes.call(reading, round, damaged); round++) {
              begun.countDown();
            }
          } catch (InternalError e) {
            outcomes.fault(e, false); // Between two calls.
          } finally {
            begun.countDown();
          }
          outcomes.settle(Math.min(1, wholeBytes), false);
          while (!damaged) {
            Thread.sleep(0, 100_000);
          }
          for (int more = 0; more < MORE_CALLS; more++) {
            outcomes.call(reading, size + more, true);
          }
          outcomes.settle(Math.min(1, wholeBytes), true);
          return null;
        };
    Future<Void> looking = reader.submit(lookups);
    // Not for ever: an error of the JVM may come instead of the count.
    begun.await(60, TimeUnit.SECONDS);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
      if (damage == Damage.ZEROS_TO_THE_END) {
        channel.write(ByteBuffer.wrap(new byte[wholeBytes - size]), size);
      }
    }
    damaged = true;
    try {
      looking.get(300, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof InternalError)) {
        throw e;
      }
      // So late that it met the end of the lookups, not a lookup.
      outcomes.fault((InternalError) e.getCause(), false);
    }
  }
}
