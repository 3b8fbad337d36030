package dev.almanac.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The files that a command looks at, one after the other. */
final class FileArguments {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files that build made.")
  private List<Path> paths;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** What a command does with a file; returns its exit status. */
  @FunctionalInterface
  interface Action {
    int on(Path path) throws IOException;
  }

  /**
   * Does it to every file. A file that cannot be read is reported, and the next has its turn.
   *
   * @return the highest exit status
   */
  int forEach(Action action) throws IOException {
    int highest = ExitStatus.DONE;
    for (Path path : paths) {
      int status;
      try {
        status = action.on(path);
      } catch (ClosedOutputException e) {
        throw e;
      } catch (IOException | UncheckedIOException e) {
        status = AlmanacCommand.fail(e, command.commandLine());
      }
      highest = Math.max(highest, status);
    }
    return highest;
  }
}
