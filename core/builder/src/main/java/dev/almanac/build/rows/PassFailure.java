package dev.almanac.build.rows;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The first failure of a pass over rows. Each thread of the pass that asks for more rows gets the
 * same exception, so that no thread takes the input for read, and the build fails with this
 * exception whichever thread reports first.
 */
final class PassFailure {
  private @Nullable Throwable first;

  /** Remembers a failure, if it is the first. */
  void met(Throwable failure) {
    if (first == null) {
      first = failure;
    }
  }

  /** Throws the failure that was met, if any. */
  void throwIfMet() throws IOException {
    if (first instanceof IOException e) {
      throw e;
    }
    if (first instanceof RuntimeException e) {
      throw e;
    }
    if (first instanceof Error e) {
      throw e;
    }
  }
}
