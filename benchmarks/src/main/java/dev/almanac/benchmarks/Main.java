package dev.almanac.benchmarks;

import java.util.Arrays;
import java.util.List;

/** The commands of the jar. */
public final class Main {
  private static final String USAGE =
      """
      java -jar benchmarks/target/benchmarks.jar COMMAND [OPTION...]

        lookups        the JMH questions for every store that they make sense for, kept as results
        jmh            JMH itself, with its own options
        sizes          builds every store, and keeps the bytes for each ID
      """;

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    List<String> rest = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "lookups" -> LookupSuite.main(rest);
      case "jmh" -> org.openjdk.jmh.Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
      default -> {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
  }
}
