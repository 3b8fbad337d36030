package dev.almanac.cli;

import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import picocli.CommandLine.Option;

/** Which sample rows a command generates. */
final class SampleOptions {
  @Option(
      names = "--ids",
      paramLabel = "SHAPE",
      defaultValue = "dense",
      description =
          "dense (1, 2, 3...), gaps (runs of 1,000), sparse (any 64-bit numbers) or text."
              + " Default: ${DEFAULT-VALUE}")
  private IdShape ids;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Another seed gives other rows. Default: ${DEFAULT-VALUE}")
  private long seed;

  IdShape ids() {
    return ids;
  }

  long seed() {
    return seed;
  }

  /**
   * A generator of that many rows.
   *
   * @throws IllegalArgumentException if there can be no such rows
   */
  RowGenerator generator(long rows) {
    return RowGenerator.of(rows).ids(ids).seed(seed);
  }
}
