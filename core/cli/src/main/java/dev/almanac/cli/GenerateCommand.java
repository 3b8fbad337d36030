package dev.almanac.cli;

import dev.almanac.generator.RowGenerator;
import dev.almanac.generator.RowOrder;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code almanac generate}. */
@Command(
    name = "generate",
    description = {
      "Generates sample rows, id|customer|date|amount.",
      "About 40 bytes each, the same for the same seed."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac generate --rows 30000001 -o orders.txt",
      "  almanac generate --rows 1000 --ids sparse | almanac build - --date-column 3 \\",
      "      --ids long -o orders.almanac"
    })
final class GenerateCommand implements Callable<Integer> {
  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Rows with distinct IDs. Default: ${DEFAULT-VALUE}")
  private long rows;

  @Mixin private SampleOptions sample;

  @Option(
      names = "--dates",
      paramLabel = "N",
      defaultValue = "" + RowGenerator.DEFAULT_DATE_COUNT,
      description = "Distinct dates to choose from. Default: ${DEFAULT-VALUE}")
  private int dates;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      defaultValue = "shuffled",
      description = "shuffled or sorted. Default: ${DEFAULT-VALUE}")
  private RowOrder order;

  @Option(
      names = "--duplicates",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Further rows that repeat an ID, half of them with another date. Default:"
              + " ${DEFAULT-VALUE}")
  private long duplicates;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "-",
      description = "Where the rows go. Default: standard output")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    RowGenerator generator =
        Arguments.accepted(
            spec, () -> sample.generator(rows).dates(dates).order(order).duplicates(duplicates));
    if (StandardOutput.isDash(output)) {
      generator.writeTo(Streams.of(spec).out());
    } else {
      try (OutputStream stream = Files.newOutputStream(output)) {
        generator.writeTo(stream);
      }
    }
    return ExitStatus.DONE;
  }
}
