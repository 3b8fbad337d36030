package dev.almanac.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Arguments that only the library can judge. */
final class Arguments {
  private Arguments() {}

  /** What {@code settings} makes of the arguments; what it refuses is wrong usage. */
  static <T> T accepted(CommandSpec command, Supplier<T> settings) {
    try {
      return settings.get();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
