package dev.almanac.build;

import dev.almanac.build.rows.DelimitedSplits;
import dev.almanac.build.rows.Dialect;
import dev.almanac.build.rows.Dialect.Column;
import dev.almanac.build.rows.Input;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Rows of delimited text in UTF-8, from files or a stream:
 *
 * <pre>{@code
 * DelimitedRows.of(Path.of("orders.txt"))                                      // 1234567|2024-02-29
 * DelimitedRows.of(file).delimiter(',').quoted(true).idColumn("order").dateColumn("due")
 * DelimitedRows.of(System.in, "standard input").delimiter('\t').idIsRowNumber().dateColumn(3)
 * }</pre>
 *
 * <p>Defaults: the delimiter is {@code |}, the ID is in column 1, the date in column 2, there is no
 * header, and a quotation mark has no special meaning. Columns count from 1.
 *
 * <p><b>Lines</b> end in LF or CR LF, or, in an input without LF, in CR; the last line may have no
 * line break. A byte order mark in front is skipped. Nothing is trimmed, see {@link #trim}. An
 * empty line is a bad row ({@link BadRowReason#TOO_FEW_COLUMNS}), but one at the end of an input is
 * ignored. A row of more than {@link #MAX_ROW_BYTES} without its line break is a bad row too
 * ({@link BadRowReason#ROW_TOO_LONG}) and takes no more memory than that.
 *
 * <p><b>Compressed</b> input is recognised by its first bytes: gzip, of any number of members, and
 * zstd, which needs {@code com.github.luben:zstd-jni} on the class path. Archives, workbooks,
 * Parquet, UTF-16 and other inputs that are not rows of UTF-8 text are recognised too, and refused
 * with a command that makes rows of them.
 *
 * <p>Immutable: each option returns a new instance. Safe for any number of threads; rows of files
 * serve any number of builds. Reading takes about 1 MiB of heap for each thread, and 1 MiB more.
 */
public final class DelimitedRows implements RowSource {
  /** The longest row that is read, in bytes, without its line break. */
  public static final int MAX_ROW_BYTES = Dialect.MAX_ROW_BYTES;

  private final List<Input> inputs;
  private final Dialect dialect;

  private DelimitedRows(List<Input> inputs, Dialect dialect) {
    this.inputs = inputs;
    this.dialect = dialect;
  }

  /**
   * The rows of a file, or of something else with a path that can be read from front to back, such
   * as a named pipe.
   */
  public static DelimitedRows of(Path file) {
    return of(List.of(file));
  }

  /**
   * The rows of several files as if they were one, in this order. With {@link #header} each file
   * has a header, and a column that is given by name is looked up in each.
   *
   * @throws IllegalArgumentException if there is no file
   */
  public static DelimitedRows of(List<Path> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("rows must come from at least one file: files=0");
    }
    return new DelimitedRows(files.stream().map(Input::of).toList(), Dialect.DEFAULT);
  }

  /**
   * The rows of a stream, which is read once and not closed. The stream needs no buffer. A build
   * notices an interrupt between two reads of the stream; it cannot interrupt a read that waits.
   *
   * @param name what messages call it
   */
  public static DelimitedRows of(InputStream input, String name) {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(name, "name");
    return new DelimitedRows(List.of(Input.of(input, name)), Dialect.DEFAULT);
  }

  /** The same rows, followed by the rows of another file. */
  public DelimitedRows and(Path file) {
    return and(Input.of(file));
  }

  /**
   * The same rows, followed by the rows of a stream, which is read once and not closed.
   *
   * @param name what messages call it
   */
  public DelimitedRows and(InputStream input, String name) {
    return and(
        Input.of(Objects.requireNonNull(input, "input"), Objects.requireNonNull(name, "name")));
  }

  private DelimitedRows and(Input next) {
    List<Input> all = new ArrayList<>(inputs);
    all.add(next);
    return new DelimitedRows(List.copyOf(all), dialect);
  }

  /**
   * The character between two columns. Default {@code |}.
   *
   * @throws IllegalArgumentException if it is not ASCII, or CR or LF, or the quotation mark where
   *     fields are {@link #quoted}
   */
  public DelimitedRows delimiter(char delimiter) {
    return with(dialect.withDelimiter(delimiter));
  }

  /**
   * Whether each input begins with a line of column names, which is then not a row. Default: false.
   * A header that lacks a wanted column stops the build whatever the policy. So does an empty file,
   * and a first line that holds an ID and a date if the columns are given by number.
   *
   * <p>An input after the first can lack the header, as the parts of a split file do: if its first
   * line is no header and has an ID and a date in the columns of the header before it, it is a row.
   * {@link BuildReport#remarks} then says so. Where lines are skipped, see {@link #skipLines}, each
   * input must have a header. Columns given by number must have the same names in each header.
   *
   * @throws IllegalStateException if {@code header} is false and a column was given by name
   */
  public DelimitedRows header(boolean header) {
    return with(dialect.withHeader(header));
  }

  /**
   * Whether fields can be in quotation marks and then hold delimiters, line breaks and doubled
   * quotation marks, as in RFC 4180. Default: false. Parsing a row takes several times as long.
   *
   * <p>A quoted field that is not closed within {@link #maxQuotedLines} makes a bad row ({@link
   * BadRowReason#BAD_QUOTES}), which ends with the line.
   *
   * @throws IllegalArgumentException if the delimiter is the quotation mark
   */
  public DelimitedRows quoted(boolean quoted) {
    return with(dialect.withQuoted(quoted));
  }

  /**
   * The most lines that a quoted field can span, whatever the lines are. Default: 20, and a row
   * with a line that is a row by itself is a bad row ({@link BadRowReason#ROW_WITHIN_ROW}). Without
   * that, two stray quotation marks, such as inches, would make one field of the rows between them.
   * {@link BuildReport#remarks} says how many rows have several lines.
   *
   * @throws IllegalArgumentException if {@code lines} is not positive
   */
  public DelimitedRows maxQuotedLines(int lines) {
    return with(dialect.withMaxQuotedLines(lines));
  }

  /**
   * Whether a backslash escapes the next character, as in the exports of MySQL: {@code \"}, {@code
   * \\}, {@code \|} and a backslash at the end of a line that goes on; {@code \t}, {@code \n},
   * {@code \r}, {@code \b}, {@code \0}, {@code \Z}. The field {@code \N} stays as it is, see {@link
   * AlmanacBuilder#nullDates}. Default: false.
   *
   * @throws IllegalArgumentException if the delimiter is the backslash
   */
  public DelimitedRows escaped(boolean escaped) {
    return with(dialect.withEscaped(escaped));
  }

  /**
   * Whether to remove blanks at both ends of an ID or a date, no-break and zero-width ones too, and
   * blanks around quotation marks. Default: false. Blanks then belong to the field, and {@link
   * BuildReport#remarks} says how many IDs have some.
   */
  public DelimitedRows trim(boolean trim) {
    return with(dialect.withTrimmed(trim));
  }

  /**
   * The number of lines to skip in front of each input, such as a title, or Excel's {@code sep=;}.
   * Default: 0. A header comes after them.
   *
   * @throws IllegalArgumentException if {@code lines} is negative
   */
  public DelimitedRows skipLines(int lines) {
    return with(dialect.withSkippedLines(lines));
  }

  /**
   * The ID's column, from 1. Default 1.
   *
   * @throws IllegalArgumentException if {@code column} is not positive
   */
  public DelimitedRows idColumn(int column) {
    return with(dialect.withId(Column.of(column)));
  }

  /**
   * The ID's column by its exact name in the header; means {@link #header header(true)}.
   *
   * @throws IllegalArgumentException if {@code name} is empty
   */
  public DelimitedRows idColumn(String name) {
    return with(dialect.withId(Column.of(name)));
  }

  /**
   * Uses the number of the row as its ID. The first row of all files has number 0. Headers are not
   * counted; bad rows are, so that leaving one out does not change the other IDs.
   */
  public DelimitedRows idIsRowNumber() {
    return with(dialect.withId(Column.ROW_NUMBER));
  }

  /**
   * The date's column, from 1. Default 2.
   *
   * @throws IllegalArgumentException if {@code column} is not positive
   */
  public DelimitedRows dateColumn(int column) {
    return with(dialect.withDate(Column.of(column)));
  }

  /**
   * The date's column by its exact name in the header; means {@link #header header(true)}.
   *
   * @throws IllegalArgumentException if {@code name} is empty
   */
  public DelimitedRows dateColumn(String name) {
    return with(dialect.withDate(Column.of(name)));
  }

  private DelimitedRows with(Dialect dialect) {
    return new DelimitedRows(inputs, dialect);
  }

  /**
   * Opens the files, or takes the stream.
   *
   * @throws java.nio.file.NoSuchFileException if a file does not exist
   * @throws java.nio.file.FileSystemException if a file is a folder
   * @throws java.nio.file.AccessDeniedException if a file may not be read
   * @throws IOException if the stream was taken before
   * @throws IllegalStateException if the ID and the date are to come from one column
   */
  @Override
  public Splits open() throws IOException {
    Dialect.requireTwoColumns(dialect.id(), dialect.date());
    return DelimitedSplits.open(inputs, dialect);
  }

  @Override
  public List<Path> files() {
    return inputs.stream()
        .flatMap(input -> input instanceof Input.OfFile file ? Stream.of(file.file()) : null)
        .toList();
  }
}
