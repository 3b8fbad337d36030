package dev.almanac.build;

import java.io.IOException;

/**
 * The rows are something that a build cannot make a file of: a row that a policy refuses ({@link
 * RefusedRowException}), more distinct dates than fit, IDs that were chosen so that they fall
 * together. The message begins with the rule. Nothing was published; the same rows will be refused
 * again.
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
