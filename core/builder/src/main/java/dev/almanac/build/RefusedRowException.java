package dev.almanac.build;

/**
 * A row or a duplicate that the policy of the build refuses. The message says what is wrong, what
 * was found, the file and the line.
 */
public final class RefusedRowException extends BuildException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final long line;

  /**
   * @param ruleAndFindings the rule, then {@code name=value} for what was found
   * @param source the name of the file or other source
   * @param line the line in it, counted from 1
   */
  public RefusedRowException(String ruleAndFindings, String source, long line) {
    super(ruleAndFindings + ", file=" + source + " line=" + line);
    this.source = source;
    this.line = line;
  }

  /** The name of the file or other source of the row. */
  public String source() {
    return source;
  }

  /**
   * The line of the row, counted from 1; for a source without lines, the row's number counted from
   * 1.
   */
  public long line() {
    return line;
  }
}
