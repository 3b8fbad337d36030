package dev.almanac.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table in Markdown: a column of names, and columns of numbers, which stand on the right. Padded,
 * so that the source reads too.
 */
final class Markdown {
  /** Stands where a table has no results. */
  static final String NOT_MEASURED = "*Not measured yet.*\n";

  private final List<List<String>> rows = new ArrayList<>();
  private final String first;

  Markdown(String first) {
    this.first = first;
  }

  /** The headings of the numbers. */
  Markdown numbers(List<String> headings) {
    return row(first, headings);
  }

  Markdown row(String name, List<String> cells) {
    List<String> row = new ArrayList<>();
    row.add(name);
    row.addAll(cells);
    rows.add(row);
    return this;
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    int[] widths =
        IntStream.range(0, columns)
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .map(width -> Math.max(3, width))
            .toArray();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      List<String> row = rows.get(i);
      text.append(
          IntStream.range(0, columns)
              .mapToObj(column -> pad(row.get(column), widths[column], column > 0))
              .collect(Collectors.joining(" | ", "| ", " |\n")));
      if (i == 0) {
        text.append(
            IntStream.range(0, columns)
                .mapToObj(
                    column ->
                        "-".repeat(widths[column] - (column > 0 ? 1 : 0)) + (column > 0 ? ":" : ""))
                .collect(Collectors.joining(" | ", "| ", " |\n")));
      }
    }
    return text.toString();
  }

  private static String pad(String cell, int width, boolean right) {
    String space = " ".repeat(width - cell.length());
    return right ? space + cell : cell + space;
  }
}
