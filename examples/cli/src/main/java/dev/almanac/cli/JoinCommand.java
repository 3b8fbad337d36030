package dev.almanac.cli;

import dev.almanac.Almanac;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code almanac join}. */
@Command(
    name = "join",
    description = {
      "Appends to each row the date of its ID.",
      "Copies delimited rows from standard input to standard output. The date becomes the last column, empty if the"
          + " file does not hold the ID. Line ends stay as they are."
    },
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  almanac join orders.almanac --id-column 2 --delimiter , < parcels.csv > dated.csv")
final class JoinCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "A file that build made.")
  private Path file;

  @Option(
      names = "--id-column",
      paramLabel = "N|NAME",
      defaultValue = "1",
      converter = Column.Converter.class,
      description = "The ID's column, counted from 1 or by header name. Default: ${DEFAULT-VALUE}")
  private Column idColumn;

  @Option(
      names = "--delimiter",
      paramLabel = "C",
      defaultValue = "|",
      converter = Delimiter.class,
      description = "What separates columns: one character, or tab. Default: ${DEFAULT-VALUE}")
  private char delimiter;

  @Option(
      names = "--header",
      description = "The first line names the columns; the new one is named as --date-name says.")
  private boolean header;

  @Option(
      names = "--date-name",
      paramLabel = "NAME",
      defaultValue = "date",
      description = "With --header, the new column's name. Default: ${DEFAULT-VALUE}")
  private String dateName;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (idColumn.number() == 0 && !header) {
      throw new ParameterException(
          spec.commandLine(), "a column by name needs --header: column=" + idColumn.name());
    }
    try (Almanac almanac = Almanac.open(file)) {
      new RowJoiner(almanac, delimiter, idColumn, header ? dateName : null)
          .join(new FileInputStream(FileDescriptor.in), StandardOutput.stream());
    }
    return ExitStatus.DONE;
  }
}
