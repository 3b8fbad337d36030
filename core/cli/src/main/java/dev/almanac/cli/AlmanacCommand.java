package dev.almanac.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code almanac}, and the entry point of the jar. */
@Command(
    name = "almanac",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = AlmanacCommand.Version.class,
    description = "Dates by ID: printed once into one file, read by many processes at once.",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BuildCommand.class,
      GetCommand.class,
      JoinCommand.class,
      DumpCommand.class,
      InfoCommand.class,
      VerifyCommand.class,
      WorkersCommand.class,
      DemoCommand.class,
      GenerateCommand.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac demo",
      "  almanac build orders.txt --date-column 3 -o orders.almanac",
      "  almanac get orders.almanac 1234567",
      "",
      "Here, almanac stands for java -jar almanac.jar. For completion in bash or zsh:",
      "  alias almanac='java -jar /path/to/almanac.jar'",
      "  source <(almanac generate-completion)",
      "",
      "Exit status: 0 done, 1 no (an absent ID, a damaged file), 2 wrong arguments,",
      "3 bad input or an I/O error."
    })
public final class AlmanacCommand implements Runnable {
  @Option(names = "--stacktrace", hidden = true, scope = ScopeType.INHERIT)
  private boolean stackTrace;

  @Spec private CommandSpec spec;

  /** Runs a command and ends the JVM with its exit status. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    AlmanacCommand command = new AlmanacCommand();
    CommandLine commandLine = new CommandLine(command);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpWidth(80);
    commandLine.registerConverter(long.class, text -> number(text, Long::parseLong));
    commandLine.registerConverter(int.class, text -> number(text, Integer::parseInt));
    commandLine.registerConverter(Integer.class, text -> number(text, Integer::parseInt));
    commandLine.registerConverter(Path.class, AlmanacCommand::path);
    commandLine.setExecutionStrategy(AlmanacCommand::run);
    commandLine.setParameterExceptionHandler(AlmanacCommand::refuse);
    commandLine.setExecutionExceptionHandler(command::fail);
    return commandLine;
  }

  private static <T> T number(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("a number must be whole, in plain digits: found=" + text);
    }
  }

  /** An unset variable of a script, most often, which the JDK would take for this folder. */
  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("a path must not be empty: path=");
    }
    return Path.of(text);
  }

  /** Runs the command; an error of the JVM, which picocli lets pass, fails it as others do. */
  private static int run(ParseResult result) {
    try {
      return new CommandLine.RunLast().execute(result);
    } catch (Error e) {
      throw new ExecutionException(result.commandSpec().commandLine(), e.toString(), e);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int refuse(ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    print(
        commandLine.getErr(),
        FailureText.oneLine(refusal(e))
            + "; see '"
            + commandLine.getCommandSpec().qualifiedName()
            + " --help'");
    return ExitStatus.USAGE;
  }

  /** What is wrong; of what is there and should not be, without picocli's way of counting. */
  private static String refusal(ParameterException e) {
    ParameterException reason = e;
    List<String> unknown = e.getCommandLine().getUnmatchedArguments();
    if (e instanceof MissingParameterException && !unknown.isEmpty()) {
      // What is missing may be what was mistyped.
      reason = new UnmatchedArgumentException(e.getCommandLine(), unknown);
    }
    if (!(reason instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
    }
    String argument = unmatched.getUnmatched().get(0);
    String rule;
    if (unmatched.isUnknownOption()) {
      rule = "there is no such option: ";
    } else if (e.getCommandLine().getParent() == null) {
      rule = "there is no such command: ";
    } else {
      rule = "there is an argument too many: ";
    }
    String nearest =
        unmatched.getSuggestions().stream()
            .findFirst()
            .map(suggestion -> "; did you mean '" + suggestion + "'?")
            .orElse("");
    return rule + argument + nearest;
  }

  private int fail(Exception e, CommandLine commandLine, ParseResult result) {
    if (stackTrace) {
      e.printStackTrace(commandLine.getErr());
    }
    if (!FailureText.isClosedOutput(e)) {
      print(commandLine.getErr(), FailureText.of(e));
    }
    return ExitStatus.FAILED;
  }

  private static void print(PrintWriter errors, String message) {
    errors.println("almanac: " + message);
    errors.flush();
  }

  /** The version, from the build. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      try (InputStream resource = AlmanacCommand.class.getResourceAsStream("version.txt")) {
        byte[] version = Objects.requireNonNull(resource, "version.txt").readAllBytes();
        return new String[] {new String(version, StandardCharsets.UTF_8).strip()};
      }
    }
  }
}
