package dev.almanac;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The file is not a complete Almanac file: another kind of file, or one that was cut short, altered
 * or forged. The message says what is wrong, what was found, and the path. Lookups throw no checked
 * exceptions, so they wrap it in an {@link java.io.UncheckedIOException}.
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
