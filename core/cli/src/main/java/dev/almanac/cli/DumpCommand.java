package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.Entries;
import dev.almanac.IdKind;
import java.io.IOException;
import java.io.UncheckedIOException;
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
      "  almanac dump orders.almanac | almanac build - changes.txt --ids long \\",
      "      -o today.almanac"
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
    private final DateTexts dates;
    private final ByteOutput output = new ByteOutput(Streams.of(spec).out());
    private final FieldWriter fields = new FieldWriter(output, delimiter, quoted);

    Dump(Almanac almanac) {
      this.almanac = almanac;
      dates = new DateTexts(almanac.dictionary());
    }

    void run() throws IOException {
      DateDictionary dictionary = almanac.dictionary();
      int firstCode = first == null ? 0 : dictionary.ceiling(first);
      int lastCode = last == null ? dictionary.size() - 1 : dictionary.floor(last);
      if (firstCode == Almanac.ABSENT) {
        firstCode = dictionary.size();
      }
      for (int code = firstCode; code <= lastCode; code++) {
        fields.check(dates.bytes(code), "date");
      }
      if (header) {
        putRow("id".getBytes(US_ASCII), "date".getBytes(US_ASCII));
      }
      Entries entries = almanac.entries().codes(firstCode, lastCode);
      if (almanac.idKind() == IdKind.LONG) {
        entries.forEach(this::putNumber);
      } else {
        entries.forEachUtf8(this::putText);
      }
      output.flush();
    }

    private void putNumber(long id, int code) {
      try {
        if (delimiter == '-' || (delimiter >= '0' && delimiter <= '9')) {
          putRow(Long.toString(id).getBytes(US_ASCII), dates.bytes(code));
        } else {
          output.put(id);
          putDate(dates.bytes(code));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void putText(byte[] utf8, int from, int to, int code) {
      try {
        fields.put(utf8, from, to, "id");
        putDate(dates.bytes(code));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void putRow(byte[] id, byte[] date) throws IOException {
      fields.put(id, 0, id.length, "id");
      putDate(date);
    }

    private void putDate(byte[] date) throws IOException {
      output.put((byte) delimiter); // ASCII, see Delimiter.
      fields.put(date, 0, date.length, "date");
      output.put((byte) '\n');
    }
  }
}
