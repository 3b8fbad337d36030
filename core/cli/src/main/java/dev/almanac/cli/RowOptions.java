package dev.almanac.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the rows are written that a command reads. */
final class RowOptions {
  @Option(
      names = "--delimiter",
      paramLabel = "C",
      defaultValue = "|",
      converter = Delimiter.class,
      description = "What separates columns: one character, or tab. Default: ${DEFAULT-VALUE}")
  private char delimiter;

  @Option(names = "--header", description = "The first line of each input names the columns.")
  private boolean header;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  char delimiter() {
    return delimiter;
  }

  boolean header() {
    return header;
  }

  /** Refuses a column that no header can give. */
  void requireHeaderFor(Column column) {
    if (!header) {
      throw new ParameterException(
          command.commandLine(), "a column by name needs --header: column=" + column.name());
    }
  }
}
