package dev.almanac.report;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;

/** A table of names and figures for people, at most 80 columns wide. Not thread-safe. */
public final class TextTable {
  private static final int WIDTH_COLUMNS = 80;
  private static final int INDENT_COLUMNS = 2;

  private final List<String[]> rows = new ArrayList<>();

  /**
   * One line: a name, and what it is. A value too long for its line goes on below, broken at
   * spaces.
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
    int nameColumns =
        INDENT_COLUMNS
            + rows.stream()
                .filter(row -> row.length == 2)
                .mapToInt(row -> row[0].length())
                .max()
                .orElse(0);
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      if (row.length == 1) {
        text.append(text.length() == 0 ? "" : "\n").append(row[0]).append('\n');
      } else {
        Help.TextTable line =
            Help.TextTable.forColumns(
                Help.defaultColorScheme(Ansi.OFF),
                new Column(nameColumns, INDENT_COLUMNS, Overflow.TRUNCATE),
                new Column(WIDTH_COLUMNS - nameColumns, INDENT_COLUMNS, Overflow.WRAP));
        line.addRowValues(row);
        line.toString(text);
      }
    }
    return text.toString();
  }
}
