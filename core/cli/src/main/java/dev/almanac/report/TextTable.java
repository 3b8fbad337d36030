package dev.almanac.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of names and figures for people, at most 80 columns wide where the values allow it. Not
 * thread-safe.
 */
public final class TextTable {
  private static final int WIDTH_COLUMNS = 80;

  private final List<String[]> rows = new ArrayList<>();

  /**
   * One line: a name, and what it is. A value too long for its line goes on, indented, on the next,
   * broken at spaces.
   */
  public TextTable row(String name, String value) {
    rows.add(new String[] {name, value});
    return this;
  }

  /** A headline above the rows that follow; an empty line before it, unless it is the first. */
  public TextTable section(String headline) {
    rows.add(new String[] {headline});
    return this;
  }

  /** The table, each line ending in a line break. */
  @Override
  public String toString() {
    int nameColumns = 0;
    for (String[] row : rows) {
      if (row.length == 2) {
        nameColumns = Math.max(nameColumns, row[0].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      if (row.length == 1) {
        text.append(text.length() == 0 ? "" : "\n").append(row[0]).append('\n');
        continue;
      }
      String name = row[0] + " ".repeat(nameColumns - row[0].length());
      for (String line : broken(row[1], WIDTH_COLUMNS - nameColumns - 4)) {
        text.append(("  " + name + "  " + line).stripTrailing()).append('\n');
        name = " ".repeat(nameColumns);
      }
    }
    return text.toString();
  }

  private static List<String> broken(String value, int columns) {
    List<String> lines = new ArrayList<>();
    String rest = value;
    while (rest.length() > columns) {
      int space = rest.lastIndexOf(' ', columns);
      if (space <= 0) {
        break; // One long word, such as a path: a reader wants to copy it whole.
      }
      lines.add(rest.substring(0, space));
      rest = rest.substring(space + 1);
    }
    lines.add(rest);
    return lines;
  }
}
