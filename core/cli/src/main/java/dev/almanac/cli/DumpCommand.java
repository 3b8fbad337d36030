package dev.almanac.cli;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code almanac dump}. */
@Command(
    name = "dump",
    description = {
      "Writes every entry as a row, ID|date.",
      "The order is that of the file. build reads the rows back."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac dump orders.almanac | sort -n | head",
      "  almanac dump orders.almanac | almanac build - -o again.almanac"
    })
final class DumpCommand implements Callable<Integer> {
  @Mixin private FileArgument file;

  @Option(
      names = "--delimiter",
      paramLabel = "C",
      defaultValue = "|",
      converter = Delimiter.class,
      description = "What separates ID and date: one character, or tab. Default: ${DEFAULT-VALUE}")
  private char delimiter;

  @Override
  public Integer call() throws Exception {
    try (Almanac almanac = Almanac.open(file.path())) {
      ByteOutput output = new ByteOutput(StandardOutput.stream());
      DateTexts dates = new DateTexts(almanac.dictionary());
      if (almanac.idKind() == IdKind.LONG) {
        almanac.forEach(
            (id, code) -> {
              try {
                output.put(id);
                putDate(output, dates.bytes(code));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      } else {
        almanac.forEachText(
            (id, code) -> {
              try {
                output.put(id.getBytes(StandardCharsets.UTF_8));
                putDate(output, dates.bytes(code));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
      output.flush();
    }
    return ExitStatus.DONE;
  }

  private void putDate(ByteOutput output, byte[] date) throws IOException {
    output.put((byte) delimiter);
    output.put(date);
    output.put((byte) '\n');
  }
}
