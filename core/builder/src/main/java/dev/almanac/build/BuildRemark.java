package dev.almanac.build;

/**
 * Something that a build noticed about its rows, or its result, that is right by the rules but may
 * not be what was meant.
 *
 * @param kind what was noticed
 * @param count how often
 * @param text the sentence for people, with the first place where it was noticed
 */
public record BuildRemark(Kind kind, long count, String text) {
  /** What a build notices. */
  public enum Kind {
    /** IDs are texts because of some rows, while the others would be numbers. */
    TEXT_AMONG_NUMBERS("an ID that is not a number, so all IDs are texts"),
    /** The file has less than half of the IDs of the file that it replaces. */
    FEWER_IDS(""),
    /** An ID begins or ends with blanks. */
    ID_WITH_BLANKS("an ID with blanks at an end; --trim, trim(true) takes them off"),
    /** An ID begins or ends with no-break, wide or zero-width blanks. */
    ID_WITH_WIDE_BLANKS(
        "an ID with no-break or zero-width blanks at an end; --trim, trim(true) takes"
            + " them off"),
    /** An ID stands in quotation marks, which belong to it. */
    ID_IN_QUOTES("an ID in quotation marks; --quoted, quoted(true) takes them off"),
    /** An ID is written as spreadsheets keep leading zeros: {@code ="001"}. */
    ID_AS_FORMULA("an ID that is a spreadsheet formula"),
    /** An ID is a number, but not written as one: {@code 1.0}, {@code 1E5}, {@code +5}. */
    ID_LIKE_A_NUMBER("an ID like 1.0, 1E5 or +5, which is a text"),
    /** Texts cannot be stored as numbers because of a few IDs that are unlike all others. */
    ID_UNLIKE_OTHERS(
        "an ID unlike the others; without such rows, the IDs would be stored as numbers"),
    /** A row spans several lines. */
    ROW_OF_SEVERAL_LINES("several lines"),
    /** Something that the source noticed. */
    SOURCE("");

    private final String found;

    Kind(String found) {
      this.found = found;
    }

    /** What the rows have that the remark counts; empty where it counts no rows. */
    public String found() {
      return found;
    }
  }

  /** Whether it belongs on the terminal even where the report goes elsewhere. */
  public boolean isWarning() {
    return kind == Kind.TEXT_AMONG_NUMBERS || kind == Kind.FEWER_IDS;
  }

  @Override
  public String toString() {
    return text;
  }
}
