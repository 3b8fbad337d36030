package dev.almanac.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** x. */
@Command(name = "almanac")
public final class AlmanacCommand {
  public static void main(String[] args) {
    System.out.println(new CommandLine(new AlmanacCommand()).getCommandName());
  }
}
