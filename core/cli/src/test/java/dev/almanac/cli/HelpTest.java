package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What holds for the help of every command. */
class HelpTest {
  private final Map<String, CommandLine> commands =
      AlmanacCommand.commandLine(Streams.standard()).getSubcommands();

  @Test
  void noHelpShowsOnlyAnotherCommandsExamples() {
    List<String> foreign = new ArrayList<>();
    commands.forEach(
        (name, command) -> {
          String help = command.getUsageMessage();
          if (help.contains("Examples:") && !help.contains("  almanac " + name + " ")) {
            foreign.add(name);
          }
        });
    assertEquals(List.of(), foreign);
  }

  /** A day of numbers alone must not change what callers may call. */
  @Test
  void everyExampleThatBuildsSaysWhatTheIdsAre() throws IOException {
    StringBuilder examples = new StringBuilder();
    commands.values().forEach(command -> examples.append(command.getUsageMessage()));
    examples.append(AlmanacCommand.commandLine(Streams.standard()).getUsageMessage());
    try (Stream<Path> pages = Files.walk(Path.of("../../docs"))) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        examples.append(Files.readString(page));
      }
    }
    examples.append(Files.readString(Path.of("../../README.md")));
    List<String> builds =
        Pattern.compile("^.*almanac build .*$", Pattern.MULTILINE)
            .matcher(examples.toString().replaceAll("\\\\\\R\\s*", ""))
            .results()
            .map(MatchResult::group)
            .filter(line -> line.contains(" -o ") && !line.startsWith("|") && !line.contains("`"))
            .toList();
    assertTrue(builds.size() > 8, builds::toString);
    assertEquals(List.of(), builds.stream().filter(line -> !line.contains(" --ids ")).toList());
  }

  @Test
  void everyOptionSaysWhatItIsWithoutIt() {
    List<String> silent = new ArrayList<>();
    commands.forEach(
        (name, command) -> {
          for (OptionSpec option : command.getCommandSpec().options()) {
            boolean said = option.arity().max() == 0 || option.required() || option.hidden();
            if (!said && !String.join(" ", option.description()).contains("Default: ")) {
              silent.add(name + " " + option.longestName());
            }
          }
        });
    assertEquals(List.of(), silent);
  }

  /** The completion script has one variable for each label of a command. */
  @Test
  void noTwoChoicesOfACommandShareALabel() {
    commands.forEach(
        (name, command) -> {
          Set<String> labels = new HashSet<>();
          for (OptionSpec option : command.getCommandSpec().options()) {
            if (option.completionCandidates() != null) {
              assertTrue(labels.add(option.paramLabel()), name + " " + option.longestName());
            }
          }
        });
  }

  @Test
  void choicesAreInLowerCase() {
    List<String> all = new ArrayList<>();
    for (CommandLine command : commands.values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (option.completionCandidates() != null) {
          option.completionCandidates().forEach(all::add);
        }
      }
    }
    assertTrue(all.contains("last") && all.contains("skip"), all::toString);
    assertTrue(
        all.stream().allMatch(choice -> choice.equals(choice.toLowerCase(Locale.ROOT))),
        all::toString);
  }
}
