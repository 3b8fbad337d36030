package dev.almanac.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
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
    description = "Builds a read-only lookup file from ID/date rows, and looks dates up in it.",
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
      DiffCommand.class,
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
      "  almanac build orders.txt --date-column 3 --ids long -o orders.almanac",
      "  almanac get orders.almanac 1234567",
      "",
      "Here, almanac stands for java -jar almanac.jar. For completion in bash or zsh:",
      "  alias almanac='java -jar /path/to/almanac.jar'",
      "  source <(almanac generate-completion)",
      "",
      "Exit status: 0 done; 1 not found, different or damaged; 2 wrong arguments;",
      "3 bad input or an I/O error. With --stacktrace, errors show where they arose."
    })
public final class AlmanacCommand implements Runnable, Streams.Owner {
  @Option(names = "--stacktrace", hidden = true, scope = ScopeType.INHERIT)
  private boolean stackTrace;

  @Spec private CommandSpec spec;

  private final Streams streams;

  private AlmanacCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Streams streams() {
    return streams;
  }

  /** Runs a command and ends the JVM with its exit status. */
  public static void main(String[] args) {
    CommandLine commandLine = commandLine(Streams.standard());
    String undecoded = ArgumentBytes.undecoded(args);
    if (undecoded != null) {
      print(commandLine.getErr(), undecoded);
      System.exit(ExitStatus.USAGE);
    }
    commandLine.setUsageHelpAutoWidth(true);
    System.exit(commandLine.execute(args));
  }

  static CommandLine commandLine(Streams streams) {
    CommandLine commandLine = new CommandLine(new AlmanacCommand(streams));
    commandLine.setErr(new PrintWriter(streams.err(), true, StandardCharsets.UTF_8));
    commandLine.setUsageHelpWidth(80);
    commandLine.registerConverter(long.class, text -> number(text, Long::parseLong));
    commandLine.registerConverter(int.class, text -> number(text, Integer::parseInt));
    commandLine.registerConverter(Integer.class, text -> number(text, Integer::parseInt));
    commandLine.registerConverter(Path.class, AlmanacCommand::path);
    commandLine.registerConverter(LocalDate.class, AlmanacCommand::date);
    for (CommandLine command : commandLine.getSubcommands().values()) {
      LowerCaseEnums.apply(command.getCommandSpec());
      if (command.getCommandSpec().userObject().getClass().getName().startsWith("picocli")) {
        // Ready-made commands would show the examples above as theirs.
        command.getCommandSpec().usageMessage().footerHeading("").footer();
      }
    }
    commandLine.setExecutionStrategy(AlmanacCommand::run);
    commandLine.setParameterExceptionHandler(AlmanacCommand::refuse);
    commandLine.setExecutionExceptionHandler((e, command, result) -> fail(e, command));
    return commandLine;
  }

  private static <T> T number(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("not a whole number in plain digits: found=" + text);
    }
  }

  private static Path path(String text) {
    if (text.isEmpty()) {
      // An unset variable of a script, most often, which the JDK would take for this folder.
      throw new TypeConversionException("the path is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "not a path that this platform can name: reason=" + e.getReason() + " path=" + text);
    }
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("not a date such as 2024-02-29: found=" + text);
    }
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
    throw new ParameterException(spec.commandLine(), "no command given");
  }

  private static int refuse(ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    print(
        commandLine.getErr(),
        FailureText.visible(refusal(e))
            + "; see '"
            + commandLine.getCommandSpec().qualifiedName()
            + " --help'");
    return ExitStatus.USAGE;
  }

  /** The reason of the refusal. Picocli's numbering of surplus arguments is left out. */
  private static String refusal(ParameterException e) {
    ParameterException reason = e;
    List<String> unknown = e.getCommandLine().getUnmatchedArguments();
    if (e instanceof MissingParameterException && !unknown.isEmpty()) {
      // What is missing may be what was mistyped.
      reason = new UnmatchedArgumentException(e.getCommandLine(), unknown);
    }
    if (!(reason instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(e.getMessage())
          .replaceFirst("\\.$", "")
          .replaceFirst("positional parameter at index \\S+ \\((\\S+)\\)", "$1");
    }
    String argument = "'" + unmatched.getUnmatched().get(0) + "'";
    String sentence;
    if (unmatched.isUnknownOption()) {
      sentence = "no such option: ";
    } else if (e.getCommandLine().getParent() == null) {
      sentence = "no such command: ";
    } else {
      sentence = "unexpected argument ";
    }
    String nearest =
        unmatched.getSuggestions().stream()
            .findFirst()
            .map(suggestion -> "; did you mean '" + suggestion + "'?")
            .orElse("");
    return sentence + argument + nearest;
  }

  /** Reports a failure, and returns the exit status that it ends with. */
  static int fail(Exception e, CommandLine commandLine) {
    CommandSpec spec = commandLine.getCommandSpec();
    if (((AlmanacCommand) spec.root().userObject()).stackTrace) {
      e.printStackTrace(commandLine.getErr());
    }
    if (FailureText.isClosedOutput(e)) {
      return ExitStatus.DONE;
    }
    print(commandLine.getErr(), FailureText.of(e, spec));
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
