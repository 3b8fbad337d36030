package dev.almanac;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The file is not a whole sealed almanac: not sealed, cut short, altered, or built to mislead. The
 * message gives the rule that was broken, what was found, and the path. A lookup, which throws no
 * checked exception, wraps it in an {@link java.io.UncheckedIOException}.
 */
public final class CorruptAlmanacException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A message of the form {@code rule: found=value expected=value, path=path}. */
  public CorruptAlmanacException(String ruleAndFindings, Path path) {
    super(ruleAndFindings + ", path=" + path);
  }

  /** As above, with the error that revealed it. */
  public CorruptAlmanacException(String ruleAndFindings, Path path, Throwable cause) {
    super(ruleAndFindings + ", path=" + path, cause);
  }
}
