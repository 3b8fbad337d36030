package dev.almanac.cli;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DateFormat;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.DuplicatePolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code almanac build}. */
@Command(
    name = "build",
    description = {
      "Builds a file from delimited rows.",
      "The file gets its name when it is complete and checked."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac build orders.txt --date-column 3 --ids long -o orders.almanac",
      "  almanac build a.csv b.csv --delimiter , --header --id-column order \\",
      "      --date-column shipped --ids long -o orders.almanac",
      "  zcat orders.gz | almanac build - --date-column 3 --ids long -o orders.almanac",
      "  almanac build changes.txt --base orders.almanac --null NULL --ids long \\",
      "      -o orders.almanac"
    })
final class BuildCommand implements Callable<Integer> {
  /** What {@code --on-bad-row} takes. */
  enum BadRows {
    FAIL,
    SKIP
  }

  @Parameters(
      arity = "1..*",
      paramLabel = "INPUT",
      description =
          "Files of rows, UTF-8, one row a line; read in this order. - is standard input, also"
              + " beside files.")
  private List<Path> inputs;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description =
          "The file to publish. It replaces an existing file; readers of that file keep it.")
  private Path output;

  @Option(
      names = "--base",
      paramLabel = "FILE",
      description =
          "Begin with the entries of this file, which may be the output, and let the rows change"
              + " them: add IDs, change dates, and with --null remove IDs."
              + " Default: the rows alone")
  private @Nullable Path base;

  @Option(
      names = "--max-changes",
      paramLabel = "N|N%",
      converter = Limit.Converter.class,
      description =
          "Refuse a file that adds, removes and changes more IDs than this, compared with the base"
              + " or else with the file that it replaces. Default: no limit")
  private @Nullable Limit maxChanges;

  @Mixin private DialectOptions dialect;

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
      description =
          "iso (2024-02-29, also with a time), basic (20240229), or a pattern such as dd.MM.uuuu."
              + " Given several times: tried in turn. Default: iso")
  private List<String> dateFormats = List.of();

  @Option(
      names = "--locale",
      paramLabel = "TAG",
      description = "The language of names of months, such as de. Default: English")
  private @Nullable String locale;

  @Option(
      names = "--century-from",
      paramLabel = "YEAR",
      description =
          "A year of two digits (uu) is in the hundred years that begin with this one. With 1950,"
              + " 49 is 2049. Default: a year of two digits is refused")
  private @Nullable Integer centuryFrom;

  @Option(
      names = "--keep-date-text",
      description =
          "Keep dates as they are written, a distinct date for each text. Default: by day, as ISO.")
  private boolean keepDateText;

  @Option(
      names = "--null",
      paramLabel = "TEXT",
      description =
          "A date field that means no date: the ID is left out. Can be given several times, and can"
              + " be empty. Default: no text")
  private List<String> nullDates = List.of();

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
          "If an ID occurs more than once: last wins, first wins, or fail. Default:"
              + " ${DEFAULT-VALUE}")
  private DuplicatePolicy onDuplicate;

  @Option(
      names = "--on-bad-row",
      paramLabel = "ACTION",
      defaultValue = "fail",
      description = "When a row cannot be used: fail or skip. Default: ${DEFAULT-VALUE}")
  private BadRows onBadRow;

  @Option(
      names = "--max-bad-rows",
      paramLabel = "N|N%",
      converter = Limit.Converter.class,
      description =
          "With --on-bad-row skip: more bad rows stop the build. Default: 1%% of the rows, at least"
              + " 10")
  private @Nullable Limit maxBadRows;

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description =
          "Write each skipped row there: file, line, reason, row. Needs --on-bad-row skip."
              + " Default: nowhere")
  private @Nullable Path rejects;

  @Option(
      names = "--min-ids",
      paramLabel = "N",
      description = "Refuse a file with fewer IDs. Default: 1")
  private @Nullable Long minIds;

  @Option(
      names = "--allow-empty",
      description = "Publish a file without IDs too. Default: it is refused")
  private boolean allowEmpty;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description =
          "How the file holds numeric IDs: auto (the smallest file), or entries (one Chronicle Map"
              + " entry for each ID). Default: auto")
  private Layout layout = Layout.AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the build. Default: one for each processor")
  private @Nullable Integer threads;

  @Option(
      names = "--temp",
      paramLabel = "DIR",
      description = "Where temporary files go. Default: the folder of the output.")
  private @Nullable Path temporary;

  @Mixin private OutputOptions reportOptions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    AlmanacBuilder builder = Arguments.accepted(spec, this::builder);
    DelimitedRows rows = Arguments.accepted(spec, this::rows);
    BuildReport report = run(builder, rows);
    for (BuildRemark remark : report.remarks()) {
      if (remark.isWarning() && !reportOptions.quiet()) {
        Streams.of(spec).say(FailureText.visible(remark.toString()));
      }
    }
    reportOptions.print(() -> BuildReports.table(report), () -> BuildReports.json(report));
    return ExitStatus.DONE;
  }

  private BuildReport run(AlmanacBuilder builder, DelimitedRows rows) throws IOException {
    try (ProgressLine progress = ProgressLine.on(Streams.of(spec).err(), reportOptions.quiet())) {
      return builder.onProgress(progress).build(rows, output);
    } catch (IllegalArgumentException e) {
      // Of the files that were given, one is another.
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private AlmanacBuilder builder() {
    if (rejects != null && onBadRow != BadRows.SKIP) {
      throw new IllegalArgumentException("--rejects needs --on-bad-row skip");
    }
    if (maxBadRows != null && onBadRow != BadRows.SKIP) {
      throw new IllegalArgumentException("--max-bad-rows needs --on-bad-row skip");
    }
    if (allowEmpty && minIds != null) {
      throw new IllegalArgumentException("--min-ids and --allow-empty exclude each other");
    }
    if (StandardOutput.isDash(output)) {
      throw new IllegalArgumentException(
          "a file is published under its name, not to standard output: output=-");
    }
    AlmanacBuilder builder =
        AlmanacBuilder.create()
            .onDuplicate(onDuplicate)
            .onBadRow(badRowPolicy())
            .ids(ids)
            .layout(layout)
            .dateFormat(formats());
    if (base != null) {
      builder.base(base);
    }
    if (maxChanges != null) {
      if (maxChanges.isPercent()) {
        builder.maxChangesPercent(maxChanges.number());
      } else {
        builder.maxChanges(maxChanges.count());
      }
    }
    if (keepDateText) {
      builder.keepDateText();
    }
    if (!nullDates.isEmpty()) {
      builder.nullDates(nullDates.toArray(String[]::new));
    }
    if (allowEmpty) {
      builder.allowEmpty();
    }
    if (minIds != null) {
      builder.minIds(minIds);
    }
    if (threads != null) {
      builder.threads(threads);
    }
    if (temporary != null) {
      builder.temporaryDirectory(temporary);
    }
    return builder;
  }

  private BadRowPolicy badRowPolicy() {
    if (onBadRow == BadRows.FAIL) {
      return BadRowPolicy.fail();
    }
    BadRowPolicy policy = rejects == null ? BadRowPolicy.skip() : BadRowPolicy.skip(rejects);
    if (maxBadRows == null) {
      return policy;
    }
    return maxBadRows.isPercent()
        ? policy.atMostPercent(maxBadRows.number())
        : policy.atMost(maxBadRows.count());
  }

  private DateFormat[] formats() {
    List<String> names = dateFormats.isEmpty() ? List.of("iso") : dateFormats;
    return names.stream().map(this::format).toArray(DateFormat[]::new);
  }

  private DateFormat format(String name) {
    DateFormat format = DateFormat.of(name);
    if (locale != null) {
      format = format.locale(language(locale));
    }
    return centuryFrom == null ? format : format.centuryFrom(centuryFrom);
  }

  private static Locale language(String tag) {
    try {
      return new Locale.Builder().setLanguageTag(tag).build();
    } catch (IllformedLocaleException e) {
      throw new IllegalArgumentException(
          "a locale must be a language tag, such as de or pt-BR: locale=" + tag, e);
    }
  }

  private DelimitedRows rows() {
    if (dateColumn.number() == 0) {
      dialect.requireHeaderFor(dateColumn);
    }
    if (dialect.idColumn().equals(dateColumn)) {
      throw new IllegalArgumentException(
          "the ID and the date must be in different columns: --id-column="
              + dateColumn
              + " --date-column="
              + dateColumn);
    }
    if (inputs.stream().filter(StandardOutput::isDash).count() > 1) {
      throw new IllegalArgumentException("standard input can be read only once: inputs=" + inputs);
    }
    DelimitedRows rows = with(null, inputs.get(0));
    for (Path input : inputs.subList(1, inputs.size())) {
      rows = with(rows, input);
    }
    rows = dialect.applyTo(rows);
    return dateColumn.number() == 0
        ? rows.dateColumn(dateColumn.name())
        : rows.dateColumn(dateColumn.number());
  }

  /** The rows, and after them those of another input. */
  private DelimitedRows with(@Nullable DelimitedRows rows, Path input) {
    boolean standardInput = StandardOutput.isDash(input);
    if (rows == null) {
      return standardInput
          ? DelimitedRows.of(Streams.of(spec).in(), StandardInput.NAME)
          : DelimitedRows.of(input);
    }
    return standardInput ? rows.and(Streams.of(spec).in(), StandardInput.NAME) : rows.and(input);
  }
}
