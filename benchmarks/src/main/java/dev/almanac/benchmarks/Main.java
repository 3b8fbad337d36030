package dev.almanac.benchmarks;

import dev.almanac.benchmarks.experiment.BuildComparison;
import dev.almanac.benchmarks.experiment.DeltaComparison;
import dev.almanac.benchmarks.experiment.Processes;
import dev.almanac.benchmarks.experiment.SideBySide;
import dev.almanac.benchmarks.experiment.Sizes;
import dev.almanac.benchmarks.experiment.Startup;
import dev.almanac.benchmarks.report.Report;
import java.util.Arrays;
import java.util.List;

/** The commands of the jar. */
public final class Main {
  private static final String USAGE =
      """
      java -jar benchmarks/target/benchmarks.jar COMMAND [OPTION...]

        lookups        the JMH questions for every store that they make sense for, kept as results
        jmh            JMH itself, with its own options
        sizes          bytes of every store for each ID
        startup        opening and the first lookup in a fresh JVM
        processes      what a second process gains, and what memory a worker has of its own
        builds         building, beside wc, cp, Python and the peers
        delta          the next edition from the last one and changes, beside a full build
        side-by-side   ten workers and a dictionary, in every way
        report         the tables and charts of the docs from the results
      """;

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    List<String> rest = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "lookups" -> LookupSuite.main(rest);
      case "sizes" -> Sizes.main(rest);
      case "startup" -> Startup.main(rest);
      case "processes" -> Processes.main(rest);
      case "builds" -> BuildComparison.main(rest);
      case "delta" -> DeltaComparison.main(rest);
      case "side-by-side" -> SideBySide.main(rest);
      case "report" -> Report.main(rest);
      case "jmh" -> org.openjdk.jmh.Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
      default -> {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
  }
}
