package dev.almanac.cli;

import picocli.CommandLine.Option;

/** Whether a command prints what it has to say for programs. */
final class JsonOption {
  @Option(names = "--json", description = "Print one JSON object.")
  private boolean chosen;

  boolean chosen() {
    return chosen;
  }
}
