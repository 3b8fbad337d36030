package dev.almanac.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A column as the command line names it.
 *
 * @param number counted from 1, or 0 if it goes by name
 * @param name its name in the header line, {@link #ROW}, or empty
 */
record Column(int number, String name) {
  /** The word for the row number in place of an ID column. */
  static final String ROW = "row";

  boolean isRowNumber() {
    return ROW.equals(name);
  }

  /** A column that needs a header line to be found. */
  boolean isNamed() {
    return number == 0 && !isRowNumber();
  }

  @Override
  public String toString() {
    return number == 0 ? name : Integer.toString(number);
  }

  /** Reads {@code N} or {@code NAME}. */
  static final class Converter implements ITypeConverter<Column> {
    @Override
    public Column convert(String text) {
      if (text.isEmpty()) {
        throw new TypeConversionException("a column must be a number or a name: column=");
      }
      if (!text.matches("-?[0-9]+")) {
        return new Column(0, text);
      }
      try {
        int number = Integer.parseInt(text);
        if (number >= 1) {
          return new Column(number, "");
        }
      } catch (NumberFormatException e) {
        // Refused below.
      }
      throw new TypeConversionException("columns count from 1: column=" + text);
    }
  }
}
