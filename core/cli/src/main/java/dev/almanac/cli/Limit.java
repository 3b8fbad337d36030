package dev.almanac.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A limit as the command line gives it.
 *
 * @param number a count, or a percentage
 */
record Limit(double number, boolean isPercent) {
  long count() {
    return (long) number; // Exact: a count has 15 digits at most.
  }

  /** Reads {@code N} or {@code N%}. */
  static final class Converter implements ITypeConverter<Limit> {
    @Override
    public Limit convert(String text) {
      if (text.matches("[0-9]{1,15}")) {
        return new Limit(Long.parseLong(text), false);
      }
      if (text.matches("[0-9]{1,3}(\\.[0-9]{1,6})?%")) {
        double percent = Double.parseDouble(text.substring(0, text.length() - 1));
        if (percent <= 100) {
          return new Limit(percent, true);
        }
      }
      throw new TypeConversionException(
          "a limit must be a number, or a percentage such as 0.5%: found=" + text);
    }
  }
}
