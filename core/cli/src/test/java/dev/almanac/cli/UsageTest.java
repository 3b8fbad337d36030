package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Arguments are refused before anything else happens, so this needs no process. */
class UsageTest {
  private static final List<String> COMMANDS =
      List.of("build", "get", "join", "dump", "info", "verify", "workers", "demo", "generate");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "\"\"; a command is missing; almanac",
        "frobnicate; there is no such command: frobnicate; almanac",
        "inf; did you mean 'info'?; almanac",
        "info file --jsn; did you mean '--json'?; almanac info",
        "build; Missing required options and parameters: '--output=FILE', 'INPUT'; almanac build",
        "build rows; Missing required option: '--output=FILE'; almanac build",
        "build -o x; Missing required parameter: 'INPUT'; almanac build",
        "build rows -o x --delimiter ab; delimiter=ab; almanac build",
        "build rows -o x --id-column 0; columns count from 1: column=0; almanac build",
        "build rows -o x --id-column -1; columns count from 1: column=-1; almanac build",
        "build rows -o x --id-column 99999999999; columns count from 1: column=99999999999; almanac"
            + " build",
        "build rows -o x --date-column shipped; a column by name needs --header: column=shipped;"
            + " almanac build",
        "build rows -o x --id-column order; a column by name needs --header: column=order; almanac"
            + " build",
        "build rows -o x --date-format bogus; a date format must be iso, basic or a pattern:"
            + " format=bogus; almanac build",
        "build rows -o x --date-format yyyy-MM-dd; but yyyy is the year of an era:"
            + " format=yyyy-MM-dd meant=uuuu-MM-dd; almanac build",
        "build rows -o x --date-format dd.MM; a date format must name one day; almanac build",
        "build rows -o x --ids maybe; expected one of [AUTO, LONG, TEXT]; almanac build",
        "build rows -o x --on-duplicate best; expected one of [LAST, FIRST, FAIL]; almanac build",
        "build rows -o x --on-bad-row cry; expected one of [FAIL, SKIP]; almanac build",
        "build rows -o x --rejects y; --rejects needs --on-bad-row skip; almanac build",
        "build rows -o -; not to standard output: output=-; almanac build",
        "build a rows -o ./rows; the output must not be an input: output=./rows; almanac build",
        "build rows -o x --on-bad-row skip --rejects rows; the rejects must not be an input:"
            + " rejects=rows; almanac build",
        "build rows -o x --on-bad-row skip --rejects x; the rejects must not be the output:"
            + " rejects=x; almanac build",
        "build rows -o x --page-bits 17; pageBits=17; almanac build",
        "build rows -o x --threads 0; threads=0; almanac build",
        "build rows -o x --threads 1025; threads=1025; almanac build",
        "build - rows -o x; standard input must be the only input; almanac build",
        "get; Missing required parameters: 'FILE', 'ID'; almanac get",
        "get file; Missing required parameter: 'ID'; almanac get",
        "get file 1 --what; there is no such option: --what; almanac get",
        "get file -x; there is no such option: -x; almanac get",
        "join; Missing required parameter: 'FILE'; almanac join",
        "join file --id-column name; a column by name needs --header: column=name; almanac join",
        "dump; Missing required parameter: 'FILE'; almanac dump",
        "dump file --delimiter é; a delimiter must be one ASCII character; almanac dump",
        "info; Missing required parameter: 'FILE'; almanac info",
        "info --jsn; did you mean '--json'?; almanac info",
        "info  --json; a path must not be empty; almanac info",
        "info a b; there is an argument too many: b; almanac info",
        "verify; Missing required parameter: 'FILE'; almanac verify",
        "workers; Missing required parameter: 'FILE'; almanac workers",
        "workers file --processes 0; processes=0; almanac workers",
        "workers file --processes 1001; processes=1001; almanac workers",
        "workers file --lookups -1; lookups=-1; almanac workers",
        "workers file --order backwards; expected one of [SEQUENTIAL, RANDOM]; almanac workers",
        "demo --rows -1; rows=-1; almanac demo",
        "demo --processes 0; processes=0; almanac demo",
        "demo --processes 1001; processes=1001; almanac demo",
        "help nope; Unknown subcommand 'nope'; almanac",
        "demo extra; there is an argument too many: extra; almanac demo",
        "generate --rows many; a number must be whole, in plain digits: found=many; almanac"
            + " generate",
        "workers file --processes 3.5; a number must be whole, in plain digits: found=3.5; almanac"
            + " workers",
        "build rows -o x --threads two; a number must be whole, in plain digits: found=two; almanac"
            + " build",
        "generate --dates 0; dates=0; almanac generate",
        "generate --rows 0 --duplicates 1; duplicates=1 rows=0; almanac generate",
        "generate --ids round; expected one of [DENSE, GAPS, SPARSE, TEXT]; almanac generate"
      })
  void wrongArgumentsAreRefusedInOneLineThatNamesTheHelp(
      String arguments, String message, String command) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    String refusal = refusal(words);
    assertTrue(refusal.contains(message), refusal);
    assertTrue(refusal.endsWith("; see '" + command + " --help'"), refusal);
  }

  @Test
  void helpListsEveryCommandWithin80Columns() {
    String help = help("--help");
    for (String command : COMMANDS) {
      assertTrue(help.contains("\n  " + command + "  "), help);
    }
    check(help);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"build", "get", "join", "dump", "info", "verify", "workers", "demo", "generate"})
  void helpOfEachCommandHasAnExample(String command) {
    String help = help(command, "--help");
    assertTrue(help.startsWith("Usage: almanac " + command), help);
    assertTrue(help.matches("(?s).*\nExamples?:\n  .*almanac " + command + " .*"), help);
    // One that is wrapped no longer works as it is shown.
    for (String line : usage(command).footer()) {
      assertTrue(help.contains("\n" + line + "\n"), line);
    }
    assertEquals(help, help("help", command));
    check(help);
  }

  private static UsageMessageSpec usage(String command) {
    CommandLine commandLine = AlmanacCommand.commandLine().getSubcommands().get(command);
    return commandLine.getCommandSpec().usageMessage();
  }

  private static void check(String help) {
    help.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertFalse(help.contains("\u001b"), "colours belong on a terminal");
  }

  private static String refusal(String... arguments) {
    StringWriter error = new StringWriter();
    CommandLine commandLine = AlmanacCommand.commandLine().setErr(new PrintWriter(error));
    assertEquals(ExitStatus.USAGE, commandLine.execute(arguments), error.toString());
    assertEquals(1, error.toString().lines().count(), error.toString());
    assertTrue(error.toString().startsWith("almanac: "), error.toString());
    return error.toString().strip().substring("almanac: ".length());
  }

  private static String help(String... arguments) {
    StringWriter output = new StringWriter();
    assertEquals(
        ExitStatus.DONE,
        AlmanacCommand.commandLine().setOut(new PrintWriter(output)).execute(arguments));
    return output.toString();
  }
}
