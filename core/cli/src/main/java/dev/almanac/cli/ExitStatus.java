package dev.almanac.cli;

/** What the process ends with. */
final class ExitStatus {
  /** Done. */
  static final int DONE = 0;

  /** The answer is no: an ID is absent, a file is damaged, workers disagree. */
  static final int NO = 1;

  /** The arguments are wrong. */
  static final int USAGE = 2;

  /** The input is bad, or reading or writing failed. */
  static final int FAILED = 3;

  private ExitStatus() {}
}
