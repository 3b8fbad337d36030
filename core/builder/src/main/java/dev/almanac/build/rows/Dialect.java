package dev.almanac.build.rows;

import org.jspecify.annotations.Nullable;

/**
 * How delimited text is written and which columns are wanted.
 *
 * @param skippedLines lines in front of each input that are not looked at
 * @param header whether each input then begins with a row of column names
 * @param fields how a row is written
 */
public record Dialect(int skippedLines, boolean header, Fields fields, Column id, Column date) {
  /** A longer row is a bad row; a build holds a row in memory. */
  public static final int MAX_ROW_BYTES = 1 << 20;

  /** What applies when nothing is said. */
  public static final Dialect DEFAULT =
      new Dialect(0, false, Fields.DEFAULT, Column.of(1), Column.of(2));

  /**
   * How a row is written.
   *
   * @param delimiter an ASCII character
   * @param quoted whether fields may be quoted, as RFC 4180 has it
   * @param escaped whether a backslash takes the next character's meaning away, or gives it one
   * @param maxQuotedLines lines that a quoted field may span, whatever they are; 0 for the default
   *     of 20, if no line in a row is a row by itself
   * @param trimmed whether blanks at both ends of an ID or a date are left out
   */
  public record Fields(
      char delimiter, boolean quoted, boolean escaped, int maxQuotedLines, boolean trimmed) {
    private static final int QUOTED_LINES = 20;

    /** Neither quotes nor escapes. */
    public static final Fields DEFAULT = new Fields('|', false, false, 0, false);

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException if the delimiter is not one
     */
    public Fields {
      if (delimiter > 0x7f
          || delimiter == '\n'
          || delimiter == '\r'
          || (quoted && delimiter == '"')
          || (escaped && delimiter == '\\')) {
        throw new IllegalArgumentException(
            String.format(
                "a delimiter must be an ASCII character, no line break, and no quote or backslash"
                    + " where fields are quoted or escaped: delimiter=%s quoted=%s escaped=%s",
                delimiter == '"' || delimiter == '\\'
                    ? "'" + delimiter + "'"
                    : String.format("U+%04X", (int) delimiter),
                quoted,
                escaped));
      }
    }

    /** How many lines a quoted field may span. */
    int quotedLines() {
      return maxQuotedLines == 0 ? QUOTED_LINES : maxQuotedLines;
    }

    /** Whether a line feed always ends a row, and a delimiter always a field. */
    boolean plain() {
      return !quoted && !escaped;
    }
  }

  /**
   * A column by number, counted from 1, or by name. The row number takes the place of an ID's
   * column: number 0, no name.
   *
   * @param name null where the column goes by number
   */
  public record Column(int number, @Nullable String name) {
    /** Not a column of the text, but the number of the row. */
    public static final Column ROW_NUMBER = new Column(0, null);

    /**
     * A column by number.
     *
     * @throws IllegalArgumentException if {@code number} is not positive
     */
    public static Column of(int number) {
      if (number < 1) {
        throw new IllegalArgumentException("columns must be counted from 1: column=" + number);
      }
      return new Column(number, null);
    }

    /**
     * A column by name.
     *
     * @throws IllegalArgumentException if {@code name} is empty
     */
    public static Column of(String name) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a column's name must not be empty");
      }
      return new Column(0, name);
    }

    /** Whether it is the row number. */
    public boolean isRowNumber() {
      return number == 0 && name == null;
    }

    @Override
    public String toString() {
      return name != null ? name : isRowNumber() ? "row" : Integer.toString(number);
    }
  }

  /**
   * Checks that the parts fit.
   *
   * @throws IllegalArgumentException if the number of lines is negative
   * @throws IllegalStateException if a column goes by name and there is no header
   */
  public Dialect {
    if (skippedLines < 0) {
      throw new IllegalArgumentException(
          "the number of skipped lines must not be negative: skipLines=" + skippedLines);
    }
    if (!header && (id.name() != null || date.name() != null)) {
      throw new IllegalStateException(
          String.format(
              "a column given by name needs the header: header=false idColumn=%s dateColumn=%s",
              id, date));
    }
  }

  /**
   * Refuses to take the ID and the date from one column, which is a slip.
   *
   * @throws IllegalStateException if it is so
   */
  public static void requireTwoColumns(Column id, Column date) {
    if (id.equals(date)) {
      throw new IllegalStateException(
          String.format(
              "the ID and the date must be in different columns: idColumn=%s dateColumn=%s",
              id, date));
    }
  }

  public Dialect withSkippedLines(int count) {
    return new Dialect(count, header, fields, id, date);
  }

  public Dialect withHeader(boolean header) {
    return new Dialect(skippedLines, header, fields, id, date);
  }

  public Dialect withDelimiter(char delimiter) {
    return withFields(
        new Fields(
            delimiter, fields.quoted, fields.escaped, fields.maxQuotedLines, fields.trimmed));
  }

  public Dialect withQuoted(boolean quoted) {
    return withFields(
        new Fields(
            fields.delimiter, quoted, fields.escaped, fields.maxQuotedLines, fields.trimmed));
  }

  public Dialect withEscaped(boolean escaped) {
    return withFields(
        new Fields(
            fields.delimiter, fields.quoted, escaped, fields.maxQuotedLines, fields.trimmed));
  }

  /** Allows quoted fields of several lines, whatever the lines are. */
  public Dialect withMaxQuotedLines(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "a quoted field must be allowed a line: maxQuotedLines=" + count);
    }
    return withFields(
        new Fields(fields.delimiter, fields.quoted, fields.escaped, count, fields.trimmed));
  }

  public Dialect withTrimmed(boolean trimmed) {
    return withFields(
        new Fields(
            fields.delimiter, fields.quoted, fields.escaped, fields.maxQuotedLines, trimmed));
  }

  private Dialect withFields(Fields fields) {
    return new Dialect(skippedLines, header, fields, id, date);
  }

  /** A column given by name brings the header with it. */
  public Dialect withId(Column id) {
    return new Dialect(skippedLines, header || id.name() != null, fields, id, date);
  }

  /** A column given by name brings the header with it. */
  public Dialect withDate(Column date) {
    return new Dialect(skippedLines, header || date.name() != null, fields, id, date);
  }
}
