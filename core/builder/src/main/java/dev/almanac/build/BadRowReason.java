package dev.almanac.build;

import dev.almanac.build.rows.Dialect;

/** Why a row cannot be used. */
public enum BadRowReason {
  /** The row ends before the ID's or the date's column, or is an empty line, or null. */
  TOO_FEW_COLUMNS("a row has too few columns"),
  /** The ID's field is empty, or null. */
  EMPTY_ID("an ID must not be empty"),
  /** The ID takes more than 1,024 bytes of UTF-8. */
  ID_TOO_LONG("an ID must take at most 1,024 bytes"),
  /**
   * The ID or the date is not valid UTF-8, or is a text with half of a surrogate pair, which UTF-8
   * cannot encode.
   */
  INVALID_UTF8("a field must be valid UTF-8"),
  /** The ID has a control character, such as NUL, a tab or a line break. */
  CONTROL_CHARACTER("an ID must not have control characters"),
  /** The build takes numeric IDs alone, and the ID is not a canonical signed 64-bit decimal. */
  NOT_A_NUMBER("an ID must be a canonical signed 64-bit decimal"),
  /** The date does not parse by the build's {@link DateFormat}, or is null. */
  BAD_DATE("a date must be written in the format"),
  /** The row is longer than {@link DelimitedRows#MAX_ROW_BYTES}. */
  ROW_TOO_LONG("a row must take at most " + Dialect.MAX_ROW_BYTES + " bytes"),
  /**
   * A quoted field is not closed within {@link DelimitedRows#maxQuotedLines}, {@link
   * DelimitedRows#MAX_ROW_BYTES} and its input, or text follows its closing quote. The row then
   * ends with the line; what follows is read.
   */
  BAD_QUOTES("a quoted field must be closed"),
  /**
   * The row holds a line that is a row by itself: two stray quotation marks, or a lone CR among
   * lines that end in LF, have made one row of several. See {@link DelimitedRows#maxQuotedLines}.
   */
  ROW_WITHIN_ROW("a row must not hold another row");

  private final String rule;

  BadRowReason(String rule) {
    this.rule = rule;
  }

  /** The rule that the row breaks, as messages begin with it. */
  public String rule() {
    return rule;
  }
}
