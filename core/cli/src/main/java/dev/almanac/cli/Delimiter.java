package dev.almanac.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a delimiter: one ASCII character, or {@code tab}. */
final class Delimiter implements ITypeConverter<Character> {
  @Override
  public Character convert(String text) {
    if (text.equals("tab") || text.equals("\\t")) {
      return '\t';
    }
    if (text.length() != 1
        || text.charAt(0) > 0x7e
        || text.charAt(0) == '\n'
        || text.charAt(0) == '\r') {
      throw new TypeConversionException(
          "a delimiter must be one ASCII character, or \"tab\": delimiter=" + text);
    }
    return text.charAt(0);
  }
}
