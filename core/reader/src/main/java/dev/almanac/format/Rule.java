package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import java.nio.file.Path;

/**
 * A rule that a file breaks, as a message: with {@code %s} for each thing found, which unlike
 * {@code %d} writes the same digits in every locale.
 */
public final class Rule {
  private Rule() {}

  /** The exception that names the rule, what was found, and the file. */
  public static CorruptAlmanacException broken(String rule, Path path, Object... found) {
    return new CorruptAlmanacException(text(rule, found), path);
  }

  /** The rule with what was found. */
  @SuppressWarnings("AnnotateFormatMethod") // Its annotation would be a dependency.
  public static String text(String rule, Object... found) {
    return rule.formatted(found);
  }
}
