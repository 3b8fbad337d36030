package dev.almanac.cli;

import dev.almanac.Almanac;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Option(
      names = "--id-column",
      paramLabel = "N|NAME",
      defaultValue = "1",
      converter = Column.Converter.class,
      description = "The ID's column, counted from 1 or by header name. Default: ${DEFAULT-VALUE}")
  private Column idColumn;

  @Mixin private RowOptions rowOptions;

  @Option(
      names = "--date-name",
      paramLabel = "NAME",
      defaultValue = "date",
      description = "With --header, the new column's name. Default: ${DEFAULT-VALUE}")
  private String dateName;

  @Override
  public Integer call() throws Exception {
    if (idColumn.number() == 0) {
      rowOptions.requireHeaderFor(idColumn);
    }
    String newName = rowOptions.header() ? dateName : null;
    try (Almanac almanac = Almanac.open(file.path())) {
      new RowJoiner(almanac, rowOptions.delimiter(), idColumn, newName)
          .join(StandardInput.stream(), StandardOutput.stream());
    }
    return ExitStatus.DONE;
  }
}
