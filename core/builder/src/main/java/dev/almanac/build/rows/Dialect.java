package dev.almanac.build.rows;

import org.jspecify.annotations.Nullable;

/**
 * How delimited text is written and which columns are wanted.
 *
 * @param delimiter an ASCII character
 * @param header whether each input begins with a row of column names
 * @param quoted whether fields may be quoted, as RFC 4180 has it
 */
public record Dialect(char delimiter, boolean header, boolean quoted, Column id, Column date) {
  /** What applies when nothing is said. */
  public static final Dialect DEFAULT = new Dialect('|', false, false, Column.of(1), Column.of(2));

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

    boolean isRowNumber() {
      return number == 0 && name == null;
    }
  }

  /**
   * Checks that the parts fit.
   *
   * @throws IllegalArgumentException if the delimiter is none
   * @throws IllegalStateException if a column goes by name and there is no header
   */
  public Dialect {
    if (delimiter > 0x7f
        || delimiter == '\n'
        || delimiter == '\r'
        || (quoted && delimiter == '"')) {
      throw new IllegalArgumentException(
          "a delimiter must be an ASCII character, no line break, and no quote where fields are"
              + " quoted: delimiter="
              + (delimiter > ' ' && delimiter < 0x7f
                  ? "'" + delimiter + "'"
                  : String.format("U+%04X", (int) delimiter))
              + " quoted="
              + quoted);
    }
    if (!header && (id.name() != null || date.name() != null)) {
      throw new IllegalStateException(
          "a column given by name needs the header: header=false idColumn="
              + id.name()
              + " dateColumn="
              + date.name());
    }
  }

  public Dialect withDelimiter(char delimiter) {
    return new Dialect(delimiter, header, quoted, id, date);
  }

  public Dialect withHeader(boolean header) {
    return new Dialect(delimiter, header, quoted, id, date);
  }

  public Dialect withQuoted(boolean quoted) {
    return new Dialect(delimiter, header, quoted, id, date);
  }

  /** A column given by name brings the header with it. */
  public Dialect withId(Column id) {
    return new Dialect(delimiter, header || id.name() != null, quoted, id, date);
  }

  /** A column given by name brings the header with it. */
  public Dialect withDate(Column date) {
    return new Dialect(delimiter, header || date.name() != null, quoted, id, date);
  }
}
