package dev.almanac.cli;

import dev.almanac.Almanac;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code almanac join}. */
@Command(
    name = "join",
    description = {
      "Appends to each row the date of its ID.",
      "Copies delimited rows from standard input to standard output. The date becomes the last"
          + " column, empty if the file does not hold the ID. Line ends stay as they are."
    },
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = {
      "  almanac join orders.almanac --id-column 2 --delimiter , \\",
      "      < parcels.csv > dated.csv"
    })
final class JoinCommand implements Callable<Integer> {
  @Mixin private FileArgument file;

  @Mixin private DialectOptions dialect;

  @Option(
      names = "--date-name",
      paramLabel = "NAME",
      defaultValue = "date",
      description = "With --header, the new column's name. Default: ${DEFAULT-VALUE}")
  private String dateName;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (dialect.idColumn().number() == 0) {
      dialect.requireHeaderFor(dialect.idColumn());
    }
    String newName = dialect.header() ? dateName : null;
    try (Almanac almanac = Almanac.open(file.path())) {
      new RowJoiner(almanac, dialect.delimiter(), dialect.idColumn(), newName)
          .join(Streams.of(spec).in(), Streams.of(spec).out());
    }
    return ExitStatus.DONE;
  }
}
