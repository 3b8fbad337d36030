package dev.almanac.cli;

import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DateFormat;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.DuplicatePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code almanac build}. */
@Command(
    name = "build",
    description = {
      "Builds a file from delimited rows.",
      "The file appears under its name when it is whole and checked, never before."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac build orders.txt --date-column 3 -o orders.almanac",
      "  almanac build a.csv b.csv --delimiter , --header --id-column order \\",
      "      --date-column shipped -o orders.almanac",
      "  zcat orders.gz | almanac build - --date-column 3 -o orders.almanac"
    })
final class BuildCommand implements Callable<Integer> {
  private static final int MAX_THREADS = 1_024;

  /** A day that every format of whole dates can write and read back. */
  private static final ZonedDateTime SAMPLE_DATE =
      LocalDate.of(2024, 2, 29).atStartOfDay(ZoneOffset.UTC);

  /** What {@code --on-bad-row} takes. */
  enum BadRows {
    FAIL,
    SKIP
  }

  @Parameters(
      arity = "1..*",
      paramLabel = "INPUT",
      description =
          "Files of rows, UTF-8, one row a line; read in this order. - is standard input.")
  private List<Path> inputs;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description =
          "The file to publish. One that is there is replaced; its readers keep the old one.")
  private Path output;

  @Mixin private RowOptions rowOptions;

  @Option(
      names = "--id-column",
      paramLabel = "N|NAME|row",
      defaultValue = "1",
      converter = Column.Converter.class,
      description =
          "The ID's column, counted from 1 or by header name; row: the row's number, counted from"
              + " 0. Default: ${DEFAULT-VALUE}")
  private Column idColumn;

  @Option(
      names = "--date-column",
      paramLabel = "N|NAME",
      defaultValue = "2",
      converter = Column.Converter.class,
      description = "The date's column. Default: ${DEFAULT-VALUE}")
  private Column dateColumn;

  @Option(
      names = "--date-format",
      paramLabel = "FORMAT",
      defaultValue = "iso",
      description =
          "iso (2024-02-29), basic (20240229), or a pattern such as dd.MM.uuuu. Default:"
              + " ${DEFAULT-VALUE}")
  private String dateFormat;

  @Option(
      names = "--ids",
      paramLabel = "KIND",
      defaultValue = "auto",
      description =
          "auto, long (64-bit numbers) or text. auto takes numbers when every ID is one."
              + " Default: ${DEFAULT-VALUE}")
  private IdKind ids;

  @Option(
      names = "--on-duplicate",
      paramLabel = "POLICY",
      defaultValue = "last",
      description =
          "When an ID comes twice: last wins, first wins, or fail. Default: ${DEFAULT-VALUE}")
  private DuplicatePolicy onDuplicate;

  @Option(
      names = "--on-bad-row",
      paramLabel = "POLICY",
      defaultValue = "fail",
      description = "When a row cannot be used: fail or skip. Default: ${DEFAULT-VALUE}")
  private BadRows onBadRow;

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description =
          "Write each skipped row there: file, line, reason, row. Needs --on-bad-row skip.")
  private @Nullable Path rejects;

  @Option(names = "--quoted", description = "Fields may stand in double quotes (CSV, RFC 4180).")
  private boolean quoted;

  @Option(
      names = "--page-bits",
      paramLabel = "N",
      description =
          "IDs per page, as a power of two from 0 to 12. Default: what makes the smallest file.")
  private @Nullable Integer pageBits;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that work. Default: one a processor.")
  private @Nullable Integer threads;

  @Option(
      names = "--temp",
      paramLabel = "DIR",
      description = "Where temporary files go. Default: the folder of the output.")
  private @Nullable Path temporary;

  @Mixin private JsonOption json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    AlmanacBuilder builder = Arguments.accepted(spec, this::builder);
    DelimitedRows rows = Arguments.accepted(spec, this::rows);
    if (Files.exists(output) && !Files.isRegularFile(output) && !Files.isDirectory(output)) {
      // Publishing replaces a name: the superuser would replace /dev/null.
      throw new IOException("the target must be a regular file: target=" + output);
    }
    BuildReport report;
    try (ProgressLine progress = new ProgressLine()) {
      report = builder.onProgress(progress).build(rows, output);
    }
    StandardOutput.print(
        json.chosen() ? BuildReports.json(report) + "\n" : BuildReports.table(report));
    return ExitStatus.DONE;
  }

  private AlmanacBuilder builder() {
    if (rejects != null && onBadRow != BadRows.SKIP) {
      throw new IllegalArgumentException("--rejects needs --on-bad-row skip");
    }
    requireSeparateFiles();
    if (threads != null && threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "the number of threads must be at most 1,024: threads=" + threads);
    }
    AlmanacBuilder builder =
        AlmanacBuilder.create()
            .onDuplicate(onDuplicate)
            .onBadRow(
                onBadRow == BadRows.FAIL
                    ? BadRowPolicy.fail()
                    : rejects == null ? BadRowPolicy.skip() : BadRowPolicy.skip(rejects))
            .ids(ids)
            .dateFormat(format());
    if (pageBits != null) {
      builder.pageBits(pageBits);
    }
    if (threads != null) {
      builder.threads(threads);
    }
    if (temporary != null) {
      builder.temporaryDirectory(temporary);
    }
    return builder;
  }

  /** Refuses what would overwrite the rows, or one result with another. */
  private void requireSeparateFiles() {
    if (StandardOutput.isDash(output)) {
      throw new IllegalArgumentException(
          "a file is published under its name, not to standard output: output=-");
    }
    if (rejects != null && isSameFile(rejects, output)) {
      throw new IllegalArgumentException("the rejects must not be the output: rejects=" + rejects);
    }
    for (Path input : inputs) {
      if (isSameFile(input, output)) {
        throw new IllegalArgumentException("the output must not be an input: output=" + output);
      }
      if (rejects != null && isSameFile(input, rejects)) {
        throw new IllegalArgumentException("the rejects must not be an input: rejects=" + rejects);
      }
    }
  }

  private static boolean isSameFile(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      // One of them is not there yet, or cannot be looked at.
      return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }
  }

  private DateFormat format() {
    DateFormat format = formatOrPattern();
    // Many a pattern is one that no row could match.
    if (format != DateFormat.iso() && format != DateFormat.basic()) {
      try {
        format.parse(DateTimeFormatter.ofPattern(dateFormat, Locale.ROOT).format(SAMPLE_DATE));
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            "a date format must name a day, its year as uuuu (yyyy would need an era): format="
                + dateFormat,
            e);
      }
    }
    return format;
  }

  private DateFormat formatOrPattern() {
    try {
      return DateFormat.of(dateFormat);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a date format must be iso, basic or a pattern: format="
              + dateFormat
              + " reason="
              + e.getMessage(),
          e);
    }
  }

  private DelimitedRows rows() {
    if (idColumn.isNamed()) {
      rowOptions.requireHeaderFor(idColumn);
    }
    if (dateColumn.number() == 0) {
      rowOptions.requireHeaderFor(dateColumn);
    }
    boolean standardInput = inputs.stream().anyMatch(StandardOutput::isDash);
    if (standardInput && inputs.size() > 1) {
      throw new IllegalArgumentException("standard input must be the only input: inputs=" + inputs);
    }
    DelimitedRows rows =
        standardInput
            ? DelimitedRows.of(StandardInput.stream(), StandardInput.NAME)
            : DelimitedRows.of(inputs);
    rows = rows.delimiter(rowOptions.delimiter()).header(rowOptions.header()).quoted(quoted);
    if (idColumn.isRowNumber()) {
      rows = rows.idIsRowNumber();
    } else if (idColumn.isNamed()) {
      rows = rows.idColumn(idColumn.name());
    } else {
      rows = rows.idColumn(idColumn.number());
    }
    return dateColumn.number() == 0
        ? rows.dateColumn(dateColumn.name())
        : rows.dateColumn(dateColumn.number());
  }
}
