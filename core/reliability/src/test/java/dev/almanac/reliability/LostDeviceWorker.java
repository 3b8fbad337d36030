package dev.almanac.reliability;

import dev.almanac.reliability.TruncationWorker.Outcomes;
import dev.almanac.reliability.TruncationWorker.Reading;
import dev.almanac.reliability.TruncationWorker.Way;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * A process whose files lie on a device that is lost while they are mapped. Says that it is ready
 * when it has mapped them, looks up when it gets a line, and then prints a line for each way of
 * reading and ends with {@value TruncationWorker#DONE}.
 */
final class LostDeviceWorker {
  /**
   * What became of the rounds of a way of reading, each of which ended in one of the first five.
   */
  private static final class Rounds {
    private long answered;
    private long named;
    private long late;
    private long unnamed;

    /** Gave a wrong answer, and no error told of it. */
    private long silent;

    /** Gave a wrong answer before the error of the JVM arrived. */
    private long wrongFirst;

    private void read(Reading reading, int round, int one) {
      long wrongBefore = TruncationWorker.wrongAnswers;
      Outcomes outcomes = new Outcomes("round " + round);
      try {
        // Pages that are in memory still answer, so an answer is no fault here.
        outcomes.call(reading, round, false);
        outcomes.settle(one, false);
      } catch (InternalError e) {
        // Between the two, or thrown into the handler of another.
        outcomes.late++;
      }
      boolean wrong = TruncationWorker.wrongAnswers > wrongBefore;
      if (outcomes.unnamed > 0) {
        unnamed++;
      } else if (outcomes.named > 0) {
        named++;
      } else if (outcomes.late > 0) {
        late++;
        wrongFirst += wrong ? 1 : 0;
      } else if (wrong) {
        silent++;
      } else {
        answered++;
      }
    }

    @Override
    public String toString() {
      return "answered="
          + answered
          + " named="
          + named
          + " late="
          + late
          + " unnamed="
          + unnamed
          + " silent="
          + silent
          + " wrongFirst="
          + wrongFirst;
    }
  }

  private LostDeviceWorker() {}

  /** Usage: WARM-FOLDER FOLDER WARM-UPS ROUNDS: each folder has a file of each way's name. */
  public static void main(String[] args) throws Exception {
    Path warmFolder = Path.of(args[0]);
    Path folder = Path.of(args[1]);
    int warmUps = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    Map<Way, Reading> readings = new EnumMap<>(Way.class);
    for (Way way : Way.SEALED) {
      Reading warm = way.open(warmFolder.resolve(way.name()));
      for (int round = 0; round < warmUps; round++) {
        warm.answers(round);
      }
      readings.put(way, way.open(folder.resolve(way.name())));
    }
    System.out.println("ready");
    in.readLine();
    for (Map.Entry<Way, Reading> entry : readings.entrySet()) {
      Rounds found = new Rounds();
      for (int round = 0; round < rounds; round++) {
        found.read(entry.getValue(), round, Math.min(1, rounds));
      }
      System.out.println(entry.getKey() + " " + found);
    }
    System.out.println(TruncationWorker.DONE);
  }
}
