package dev.almanac.cli;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The file that a command reads. */
final class FileArgument {
  @Parameters(index = "0", paramLabel = "FILE", description = "A file that build made.")
  private Path path;

  Path path() {
    return path;
  }
}
