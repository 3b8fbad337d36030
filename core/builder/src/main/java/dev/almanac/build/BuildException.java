package dev.almanac.build;

import java.io.IOException;

/**
 * The build cannot make a file of these rows: a policy refuses a row ({@link RefusedRowException}),
 * a limit refuses the result, there are too many distinct dates, or the IDs were chosen against the
 * hash function. Nothing was published, and the target stays as it was. The same rows would be
 * refused again.
 */
public class BuildException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param ruleAndFindings the rule, then {@code name=value} for what was found
   */
  public BuildException(String ruleAndFindings) {
    super(ruleAndFindings);
  }
}
