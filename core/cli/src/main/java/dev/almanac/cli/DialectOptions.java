package dev.almanac.cli;

import dev.almanac.build.DelimitedRows;
import dev.almanac.build.rows.Dialect;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * How the rows are written that a command reads, and where their ID is: {@code build} and {@code
 * join}.
 */
final class DialectOptions {
  @Option(
      names = "--delimiter",
      paramLabel = "C",
      defaultValue = "|",
      converter = Delimiter.class,
      description = "What separates columns: one character, or tab. Default: ${DEFAULT-VALUE}")
  private char delimiter;

  @Option(names = "--header", description = "The first line of each input names the columns.")
  private boolean header;

  @Option(names = "--quoted", description = "Fields may stand in double quotes (CSV, RFC 4180).")
  private boolean quoted;

  @Option(
      names = "--max-quoted-lines",
      paramLabel = "N",
      description = "A quoted field that spans more lines is a bad row. Default: 20")
  private @Nullable Integer maxQuotedLines;

  @Option(
      names = "--escaped",
      description = "A backslash escapes the next character, as in MySQL's exports.")
  private boolean escaped;

  @Option(
      names = "--trim",
      description = "Take blanks off both ends of IDs and dates, no-break ones too.")
  private boolean trim;

  @Option(
      names = "--skip-lines",
      paramLabel = "N",
      defaultValue = "0",
      description = "Lines in front of each input to pass over, before the header. Default: 0")
  private int skipLines;

  @Option(
      names = "--id-column",
      paramLabel = "N|NAME|row",
      defaultValue = "1",
      converter = Column.Converter.class,
      description =
          "The ID's column, counted from 1 or by header name; row: the row's number, counted from"
              + " 0. Default: ${DEFAULT-VALUE}")
  private Column idColumn;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  char delimiter() {
    return delimiter;
  }

  boolean header() {
    return header;
  }

  Column idColumn() {
    return idColumn;
  }

  boolean quoted() {
    return quoted;
  }

  /** How the rows are written and where their ID is, for a reader that wants no date. */
  Dialect dialect() {
    if (idColumn.isNamed()) {
      requireHeaderFor(idColumn);
    }
    Dialect written =
        Dialect.DEFAULT
            .withDelimiter(delimiter)
            .withHeader(header)
            .withQuoted(quoted)
            .withEscaped(escaped)
            .withTrimmed(trim)
            .withSkippedLines(skipLines)
            .withId(
                idColumn.isNamed()
                    ? Dialect.Column.of(idColumn.name())
                    : Dialect.Column.of(idColumn.number()));
    return maxQuotedLines == null ? written : written.withMaxQuotedLines(maxQuotedLines);
  }

  /** Tells the rows how they are written and where their ID is. */
  DelimitedRows applyTo(DelimitedRows rows) {
    if (idColumn.isNamed()) {
      requireHeaderFor(idColumn);
    }
    DelimitedRows written =
        rows.delimiter(delimiter)
            .header(header)
            .quoted(quoted)
            .escaped(escaped)
            .trim(trim)
            .skipLines(skipLines);
    if (maxQuotedLines != null) {
      written = written.maxQuotedLines(maxQuotedLines);
    }
    if (idColumn.isRowNumber()) {
      return written.idIsRowNumber();
    }
    return idColumn.isNamed()
        ? written.idColumn(idColumn.name())
        : written.idColumn(idColumn.number());
  }

  /** Refuses a column that no header can give. */
  void requireHeaderFor(Column column) {
    if (!header) {
      throw new ParameterException(
          command.commandLine(), "a column by name needs --header: column=" + column.name());
    }
  }
}
