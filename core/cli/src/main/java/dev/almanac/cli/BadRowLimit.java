package dev.almanac.cli;

import dev.almanac.build.BadRowPolicy;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How many bad rows are tolerated.
 *
 * @param number so many, or so many percent of all rows
 */
record BadRowLimit(double number, boolean percent) {
  BadRowPolicy applyTo(BadRowPolicy policy) {
    return percent ? policy.atMostPercent(number) : policy.atMost((long) number);
  }

  /** Reads {@code N} or {@code N%}. */
  static final class Converter implements ITypeConverter<BadRowLimit> {
    @Override
    public BadRowLimit convert(String text) {
      if (text.matches("[0-9]{1,15}")) {
        return new BadRowLimit(Long.parseLong(text), false);
      }
      if (text.matches("[0-9]{1,3}(\\.[0-9]{1,6})?%")) {
        double percent = Double.parseDouble(text.substring(0, text.length() - 1));
        if (percent <= 100) {
          return new BadRowLimit(percent, true);
        }
      }
      throw new TypeConversionException(
          "the limit of bad rows must be a number, or a percentage such as 0.5%: found=" + text);
    }
  }
}
