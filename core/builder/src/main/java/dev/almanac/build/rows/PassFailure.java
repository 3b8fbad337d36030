package dev.almanac.build.rows;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What ended a pass over rows, for all threads that take part in it: whoever asks for more meets
 * the first failure again, and never takes the rows that it left out for read. The very same one,
 * so that it comes out of a build whichever thread is heard first.
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
