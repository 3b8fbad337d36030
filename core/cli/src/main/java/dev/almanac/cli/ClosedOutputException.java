package dev.almanac.cli;

import java.io.IOException;

/**
 * Whoever read standard output has gone, as in {@code almanac dump FILE | head}: the command ends
 * quietly.
 */
final class ClosedOutputException extends IOException {
  private static final long serialVersionUID = 1L;

  ClosedOutputException(IOException cause) {
    super("standard output is closed", cause);
  }
}
