package dev.almanac.cli;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code almanac dump}. */
@Command(
    name = "dump",
    description = {
      "Writes every entry as a row, ID|date.",
      "The order is that of the file. build reads the rows back, given the same options: what it"
          + " would read as something else is refused, or quoted with --quoted."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac dump orders.almanac | sort -n | head",
      "  almanac dump orders.almanac --from 2024-02-01 --to 2024-02-29",
      "  almanac dump orders.almanac | almanac build - changes.txt -o today.almanac"
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

  @Option(names = "--header", description = "Write a first line that names the columns, id|date.")
  private boolean header;

  @Option(
      names = "--quoted",
      description = "Put fields in double quotes that need it (CSV, RFC 4180).")
  private boolean quoted;

  @Option(
      names = "--from",
      paramLabel = "DATE",
      description = "Only IDs of this day and later, such as 2024-02-29. Default: the first date")
  private @Nullable LocalDate first;

  @Option(
      names = "--to",
      paramLabel = "DATE",
      description = "Only IDs of this day and earlier. Default: the last date")
  private @Nullable LocalDate last;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (first != null && last != null && first.isAfter(last)) {
      throw new ParameterException(
          spec.commandLine(), "--from is later than --to: from=" + first + " to=" + last);
    }
    if (quoted && delimiter == '"') {
      throw new ParameterException(
          spec.commandLine(), "with --quoted, the delimiter must not be the quotation mark");
    }
    try (Almanac almanac = Almanac.open(file.path())) {
      new Dump(almanac).run();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return ExitStatus.DONE;
  }

  /** The rows of one file. */
  private final class Dump {
    private final Almanac almanac;
    private final ByteOutput output = new ByteOutput(Streams.of(spec).out());
    private final FieldWriter fields = new FieldWriter(output, delimiter, quoted);
    private final int firstCode;
    private final int lastCode;

    Dump(Almanac almanac) {
      this.almanac = almanac;
      DateDictionary dates = almanac.dictionary();
      int ceiling = first == null ? 0 : dates.ceiling(first);
      firstCode = ceiling == Almanac.ABSENT ? dates.size() : ceiling;
      lastCode = last == null ? dates.size() - 1 : dates.floor(last);
    }

    void run() throws IOException {
      DateTexts dates = new DateTexts(almanac.dictionary());
      for (int code = firstCode; code <= lastCode; code++) {
        fields.check(dates.bytes(code), "date");
      }
      if (header) {
        fields.put("id".getBytes(StandardCharsets.US_ASCII), "header");
        output.put((byte) delimiter);
        fields.put("date".getBytes(StandardCharsets.US_ASCII), "header");
        output.put((byte) '\n');
      }
      if (almanac.idKind() == IdKind.LONG) {
        boolean plain = delimiter != '-' && (delimiter < '0' || delimiter > '9');
        almanac.forEach(
            (id, code) -> {
              if (code >= firstCode && code <= lastCode) {
                try {
                  if (plain) {
                    output.put(id);
                  } else {
                    fields.put(Long.toString(id).getBytes(StandardCharsets.US_ASCII), "id");
                  }
                  putDate(dates.bytes(code));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
      } else {
        almanac.forEachText(
            (id, code) -> {
              if (code >= firstCode && code <= lastCode) {
                try {
                  fields.put(id.getBytes(StandardCharsets.UTF_8), "id");
                  putDate(dates.bytes(code));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
      }
      output.flush();
    }

    private void putDate(byte[] date) throws IOException {
      output.put((byte) delimiter);
      fields.put(date, "date");
      output.put((byte) '\n');
    }
  }
}
