package dev.almanac.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Choices are written in lower case: in arguments, in completions and in what is refused. */
final class LowerCaseEnums {
  private LowerCaseEnums() {}

  /** Gives each option that takes a constant its converter and its completions. */
  static void apply(CommandSpec command) {
    // In their order, which the help keeps.
    for (OptionSpec option : List.copyOf(command.options())) {
      command.remove(option);
      command.addOption(option.type().isEnum() ? withChoices(option) : option);
    }
  }

  private static OptionSpec withChoices(OptionSpec option) {
    List<String> names = new ArrayList<>();
    Stream.of(option.type().getEnumConstants()).map(LowerCaseEnums::name).forEach(names::add);
    ITypeConverter<Object> converter =
        text ->
            Stream.of(option.type().getEnumConstants())
                .filter(constant -> name(constant).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                    () ->
                        new TypeConversionException(
                            "expected " + String.join(", ", names) + ": found=" + text));
    return OptionSpec.builder(option).converters(converter).completionCandidates(names).build();
  }

  private static String name(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
  }
}
