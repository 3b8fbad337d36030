package dev.almanac.cli;

import com.google.gson.JsonObject;
import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.rows.Dialect;
import dev.almanac.build.rows.RowReader;
import dev.almanac.report.Figures;
import dev.almanac.report.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code almanac join}. */
@Command(
    name = "join",
    description = {
      "Appends to each row the date of its ID.",
      "Copies delimited rows from standard input to standard output, and reads them as build does,"
          + " compressed ones too. The date becomes the last column, empty if the file does not"
          + " hold the ID. Answers row by row, and counts matched and unmatched rows on standard"
          + " error."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac join orders.almanac --id-column 2 < invoices.txt > dated.txt",
      "  almanac join orders.almanac --delimiter , --quoted --header \\",
      "      --id-column order < parcels.csv > dated.csv",
      "",
      "Exit status 1 if no row matched."
    })
final class JoinCommand implements Callable<Integer> {
  @Mixin private FileArgument file;

  @Mixin private DialectOptions dialect;

  @Option(
      names = "--date-name",
      paramLabel = "NAME",
      defaultValue = "date",
      description = "With --header, the new column's name. Default: ${DEFAULT-VALUE}")
  private String dateName;

  @Option(names = "--json", description = "Print the counts as one JSON object.")
  private boolean json;

  @Option(names = "--quiet", description = "Print errors alone: no counts, with --json too.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (dialect.idColumn().isRowNumber()) {
      throw new ParameterException(
          spec.commandLine(), "join needs a column for the ID: --id-column=row");
    }
    Dialect written = Arguments.accepted(spec, dialect::dialect);
    Streams streams = Streams.of(spec);
    try (Almanac almanac = Almanac.open(file.path());
        RowReader rows =
            RowReader.open(
                streams.in(), StandardInput.NAME, written, DelimitedRows.MAX_ROW_BYTES)) {
      RowJoiner joiner =
          new RowJoiner(almanac, rows, dialect.delimiter(), dialect.quoted(), streams.out());
      joiner.join(dialect.header() ? dateName : null);
      if (!quiet) {
        report(joiner, streams);
      }
      if (joiner.matchedCount() > 0 || joiner.firstUnmatched() == null) {
        return ExitStatus.DONE;
      }
      streams.say(
          "WARNING: NO ROW MATCHED; do --delimiter and --id-column fit these rows? firstId="
              + FailureText.visible(joiner.firstUnmatched())
              + (almanac.idKind() == IdKind.LONG ? ", the file's IDs are numbers" : ""));
      return ExitStatus.NO;
    }
  }

  private void report(RowJoiner joiner, Streams streams) {
    if (json) {
      JsonObject counts = new JsonObject();
      counts.addProperty("matched", joiner.matchedCount());
      counts.addProperty("unmatched", joiner.unmatchedCount());
      streams.err().print(Json.line(counts));
    } else {
      streams.say(
          Figures.count(joiner.matchedCount())
              + " of "
              + Figures.count(joiner.matchedCount() + joiner.unmatchedCount(), "row", "rows")
              + " matched");
    }
  }
}
