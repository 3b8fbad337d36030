package dev.almanac.workers;

import java.io.IOException;

/**
 * A worker ended early, did not keep to the protocol, or took too long. The message names it and
 * ends with what it printed.
 */
public final class WorkerFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  WorkerFailedException(String message) {
    super(message);
  }
}
