package dev.almanac.cli;

import com.google.gson.JsonObject;
import dev.almanac.report.Json;
import java.io.IOException;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command prints its report. */
final class OutputOptions {
  @Option(names = "--json", description = "Print the report as one JSON object.")
  private boolean json;

  @Option(names = "--quiet", description = "Print errors alone: no report, with --json too.")
  private boolean quiet;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  /** Prints the report as it was asked for. */
  void print(Supplier<String> text, Supplier<JsonObject> object) throws IOException {
    if (!quiet) {
      Streams.of(command).print(json ? Json.line(object.get()) : text.get());
    }
  }
}
