package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
      List.of(
          "build", "get", "join", "dump", "diff", "info", "verify", "workers", "demo", "generate");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "\"\"; no command given; almanac",
        "frobnicate; no such command: 'frobnicate'; almanac",
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
        "build rows -o x --ids maybe; expected auto, long, text: found=maybe; almanac build",
        "build rows -o x --on-duplicate best; expected last, first, fail: found=best; almanac"
            + " build",
        "build rows -o x --on-bad-row cry; expected fail, skip: found=cry; almanac build",
        "build rows -o x --rejects y; --rejects needs --on-bad-row skip; almanac build",
        "build rows -o -; not to standard output: output=-; almanac build",
        "build a rows -o ./rows; the output must not be an input: output=./rows; almanac build",
        "build rows -o x --on-bad-row skip --rejects rows; the rejects must not be an input:"
            + " rejects=rows; almanac build",
        "build rows -o x --on-bad-row skip --rejects x; the rejects must not be the output:"
            + " rejects=x; almanac build",
        "build rows -o x --layout pages; expected auto, entries, direct, hashed, blocks:"
            + " found=pages; almanac build",
        "build rows -o x --threads 0; threads=0; almanac build",
        "build rows -o x --threads 1025; threads=1025; almanac build",
        "build - - -o x; standard input can be read only once; almanac build",
        "get; Missing required parameters: 'FILE', 'ID'; almanac get",
        "get file; Missing required parameter: 'ID'; almanac get",
        "get file 1 --what; no such option: '--what'; almanac get",
        "get file -x; no such option: '-x'; almanac get",
        "join; Missing required parameter: 'FILE'; almanac join",
        "join file --id-column name; a column by name needs --header: column=name; almanac join",
        "dump; Missing required parameter: 'FILE'; almanac dump",
        "dump file --delimiter é; a delimiter must be one ASCII character; almanac dump",
        "info; Missing required parameter: 'FILE'; almanac info",
        "info --jsn; did you mean '--json'?; almanac info",
        "info  --json; Invalid value for FILE: the path is empty; almanac info",
        "diff a b c; unexpected argument 'c'; almanac diff",
        "diff a; Missing required parameter: 'NEW'; almanac diff",
        "diff a b --limit -1; --limit must not be negative: limit=-1; almanac diff",
        "dump a --from 2024-02-30; not a date such as 2024-02-29: found=2024-02-30; almanac dump",
        "dump a --from 2024-02-02 --to 2024-02-01; --from is later than --to; almanac dump",
        "dump a --quoted --delimiter \"; the delimiter must not be the quotation mark; almanac"
            + " dump",
        "verify; Missing required parameter: 'FILE'; almanac verify",
        "workers; Missing required parameter: 'FILE'; almanac workers",
        "workers file --processes 0; processes=0; almanac workers",
        "workers file --processes 1001; processes=1001; almanac workers",
        "workers file --lookups -1; lookups=-1; almanac workers",
        "workers file --order backwards; expected sequential, random: found=backwards; almanac"
            + " workers",
        "demo --rows -1; rows=-1; almanac demo",
        "demo --processes 0; processes=0; almanac demo",
        "demo --processes 1001; processes=1001; almanac demo",
        "help nope; Unknown subcommand 'nope'; almanac",
        "demo extra; unexpected argument 'extra'; almanac demo",
        "generate --rows many; not a whole number in plain digits: found=many; almanac generate",
        "workers file --processes 3.5; not a whole number in plain digits: found=3.5; almanac"
            + " workers",
        "build rows -o x --threads two; not a whole number in plain digits: found=two; almanac"
            + " build",
        "generate --dates 0; dates=0; almanac generate",
        "generate --rows 0 --duplicates 1; duplicates=1 rows=0; almanac generate",
        "generate --ids round; expected dense, gaps, sparse, text: found=round; almanac generate"
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
      strings = {
        "build",
        "get",
        "join",
        "dump",
        "diff",
        "info",
        "verify",
        "workers",
        "demo",
        "generate"
      })
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
    CommandLine commandLine =
        AlmanacCommand.commandLine(Streams.standard()).getSubcommands().get(command);
    return commandLine.getCommandSpec().usageMessage();
  }

  private static void check(String help) {
    help.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertFalse(help.contains("\u001b"), "colours belong on a terminal");
  }

  private static String refusal(String... arguments) {
    return InProcess.run((Object[]) arguments).refusal(ExitStatus.USAGE);
  }

  private static String help(String... arguments) {
    return InProcess.run((Object[]) arguments).done().output();
  }
}
