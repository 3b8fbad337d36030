package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.rows.Dialect.Column;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Inputs with and without headers, after lines that are skipped, against lists of strings. */
class GeneratedHeadersTest {
  private static final int CASES = 3_000;
  private static final int MAX_ROW_BYTES = 30;
  private static final List<String> NAMES = List.of("id", "date", "x");
  private static final List<String> CELLS = List.of("id", "date", "x", "7", "8", "d1", " d2 ", "");
  private static final List<String> LINE_ENDS = List.of("\n", "\n", "\r\n", "\r");

  private static boolean isRow(String id, String date) {
    return List.of("0", "7", "8").contains(id) && List.of("d1", "d2").contains(date);
  }

  private record Case(Dialect dialect, List<String> inputs) {}

  /** What the inputs give: rows, bad rows and remarks, or a refusal alone. */
  private record Outcome(
      List<String> rows, List<String> bad, List<String> remarks, @Nullable String refusal) {
    static Outcome refused(String message) {
      return new Outcome(List.of(), List.of(), List.of(), message);
    }
  }

  private static <T> T draw(SplittableRandom random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** Often a header, or a row in one of the orders that headers name. */
  private static String line(SplittableRandom random, boolean header) {
    List<String> cells = new ArrayList<>(NAMES);
    if (!header) {
      cells = new ArrayList<>(List.of("7", "d1", draw(random, CELLS)));
    }
    if (random.nextInt(3) == 0) {
      cells.add(0, cells.remove(1));
    }
    while (random.nextInt(7) == 0 && !cells.isEmpty()) {
      cells.remove(random.nextInt(cells.size()));
    }
    while (random.nextInt(8) == 0) {
      cells.add(random.nextInt(1 + cells.size()), draw(random, CELLS));
    }
    if (random.nextInt(20) == 0) {
      cells.add("y".repeat(MAX_ROW_BYTES - 8 + random.nextInt(16)));
    }
    return String.join("|", cells);
  }

  private static String input(SplittableRandom random, int number, int skipped) {
    String lineEnd = draw(random, LINE_ENDS);
    int lineCount = Math.max(0, skipped - random.nextInt(6) / 5) + random.nextInt(5);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < lineCount; i++) {
      lines.add(
          random.nextInt(12) == 0
              ? ""
              : line(random, i == skipped && random.nextInt(10) > 3 * number));
    }
    return (random.nextInt(8) == 0 ? "\ufeff" : "")
        + String.join(lineEnd, lines)
        + (random.nextBoolean() ? lineEnd : "");
  }

  private static Column column(SplittableRandom random, String name, int number) {
    return random.nextBoolean()
        ? Column.of(random.nextInt(8) == 0 ? "x" : name)
        : Column.of(random.nextInt(8) == 0 ? 3 : number);
  }

  private static Case draw(SplittableRandom random) {
    int skipped = Math.max(0, random.nextInt(5) - 2);
    Dialect dialect =
        Dialect.DEFAULT
            .withSkippedLines(skipped)
            .withQuoted(random.nextBoolean())
            .withTrimmed(random.nextBoolean())
            .withHeader(true)
            .withId(random.nextInt(6) == 0 ? Column.ROW_NUMBER : column(random, "id", 1))
            .withDate(column(random, "date", 2));
    if (random.nextInt(6) == 0 && dialect.id().name() == null && dialect.date().name() == null) {
      dialect = dialect.withHeader(false);
    }
    List<String> inputs = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      inputs.add(input(random, inputs.size(), skipped));
    }
    return new Case(dialect, inputs);
  }

  /** Reads a case line by line. */
  private static final class Naive {
    private final Dialect dialect;
    private final List<String> rows = new ArrayList<>();
    private final List<String> bad = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private @Nullable List<String> firstHeader;
    private int id;
    private int date;
    private int rowNumber;

    Naive(Dialect dialect) {
      this.dialect = dialect;
      id = dialect.id().number() - 1;
      date = dialect.date().number() - 1;
    }

    Outcome read(List<String> inputs) {
      for (int i = 0; i < inputs.size(); i++) {
        String refusal = read(name(i), inputs.get(i));
        if (refusal != null) {
          return Outcome.refused(refusal);
        }
      }
      return new Outcome(rows, shortened(bad), remarks, null);
    }

    /** Adds the rows of an input, or gives its refusal. */
    private @Nullable String read(String name, String input) {
      String text = input.startsWith("\ufeff") ? input.substring(1) : input;
      text = text.contains("\n") ? text : text.replace('\r', '\n');
      int firstLine = 1;
      while (firstLine <= dialect.skippedLines() && text.contains("\n")) {
        text = text.substring(text.indexOf('\n') + 1);
        firstLine++;
      }
      if (firstLine <= dialect.skippedLines()) {
        text = ""; // It had fewer lines.
      }
      List<String> lines = new ArrayList<>(Arrays.asList(text.split("\r?\n", -1)));
      if (lines.get(lines.size() - 1).isEmpty()) {
        lines.remove(lines.size() - 1);
      }
      int next = 0;
      if (dialect.header()) {
        List<String> first = lines.isEmpty() ? List.of() : fields(lines.get(0));
        if (!lines.isEmpty() && lines.get(0).length() > MAX_ROW_BYTES) {
          String rule = BadRowReason.ROW_TOO_LONG.rule();
          return rule + ": found=header, file=" + name + " line=" + firstLine;
        }
        boolean row = firstHeader != null && isFirstRow(first);
        if (row && dialect.skippedLines() > 0) {
          return "where lines are skipped, each input must have a header: skipLines="
              + dialect.skippedLines()
              + found(first)
              + ", file="
              + name
              + " line="
              + firstLine;
        } else if (row) {
          remarks.add(name + " has no header; its first line is a row");
        } else {
          String fault = fault(first);
          if (fault != null) {
            return fault + ", file=" + name + " line=" + firstLine;
          }
          next = 1;
        }
      }
      for (int l = next; l < lines.size(); l++) {
        if (!lines.get(l).isEmpty() || l < lines.size() - 1) {
          row(name + ":" + (firstLine + l) + " ", lines.get(l));
        }
      }
      return null;
    }

    private static List<String> fields(String line) {
      return Arrays.asList(line.split("\\|", -1));
    }

    private String field(List<String> fields, int column) {
      return dialect.fields().trimmed() ? fields.get(column).trim() : fields.get(column);
    }

    private boolean hasRow(List<String> fields) {
      return fields.size() > Math.max(id, date)
          && isRow(id < 0 ? "0" : field(fields, id), field(fields, date));
    }

    private boolean isFirstRow(List<String> first) {
      List<String> wanted = new ArrayList<>();
      for (Column column : List.of(dialect.id(), dialect.date())) {
        if (column.name() != null) {
          wanted.add(column.name());
        }
      }
      boolean named = !wanted.isEmpty() && first.containsAll(wanted);
      return !first.equals(firstHeader) && !named && hasRow(first);
    }

    private static String found(List<String> header) {
      return " columns=" + header.size() + " found=[" + String.join(", ", header) + "]";
    }

    private @Nullable String fault(List<String> header) {
      String found = found(header);
      String rule = dialect.id().isRowNumber() ? null : columnFault(dialect.id(), header);
      rule = rule == null ? columnFault(dialect.date(), header) : rule;
      if (rule != null) {
        return rule + found;
      }
      id = dialect.id().isRowNumber() ? -1 : index(dialect.id(), header);
      date = index(dialect.date(), header);
      if (id == date) {
        return "the ID and the date must be in different columns: idColumn="
            + dialect.id()
            + " dateColumn="
            + dialect.date()
            + found;
      }
      boolean numbers = dialect.id().name() == null && dialect.date().name() == null;
      if (firstHeader == null && numbers && hasRow(header)) {
        return "the first line holds an ID and a date, so it is not a header; leave header(),"
            + " --header out:"
            + found.substring(found.indexOf(" found"));
      }
      firstHeader = firstHeader == null ? header : firstHeader;
      return null;
    }

    private static int index(Column column, List<String> header) {
      return column.name() != null ? header.indexOf(column.name()) : column.number() - 1;
    }

    private @Nullable String columnFault(Column column, List<String> header) {
      String name = column.name();
      if (name != null) {
        long count = header.stream().filter(name::equals).count();
        return count == 0
            ? "a header must name the wanted column: column=" + name
            : count == 1 ? null : "a header must name a wanted column only once: column=" + name;
      }
      int number = column.number();
      if (number > header.size()) {
        return "a header must have the wanted column: column=" + number;
      }
      return firstHeader == null || firstHeader.get(number - 1).equals(header.get(number - 1))
          ? null
          : "the first line of a later input must repeat the first header, or hold an ID and a"
              + " date: column="
              + number
              + " name="
              + firstHeader.get(number - 1);
    }

    private void row(String at, String line) {
      List<String> fields = fields(line);
      int found = line.isEmpty() ? 0 : fields.size();
      int expected = Math.max(id, date) + 1;
      String option = date >= id ? "--date-column, dateColumn" : "--id-column, idColumn";
      if (line.length() > MAX_ROW_BYTES) {
        bad.add(
            at
                + "ROW_TOO_LONG bytes="
                + line.length()
                + " expectedAtMost="
                + MAX_ROW_BYTES
                + " ["
                + line);
      } else if (found < expected) {
        bad.add(
            String.format(
                "%sTOO_FEW_COLUMNS columns=%s expected=%s (%s) [%s]",
                at, found, expected, option, line));
      } else {
        rows.add(at + (id < 0 ? "#" + rowNumber : field(fields, id)) + "=" + field(fields, date));
      }
      rowNumber++;
    }
  }

  /** How much of a row that is too long is kept depends on the cuts. */
  private static List<String> shortened(List<String> bad) {
    return bad.stream()
        .map(
            each -> {
              int row = each.indexOf(" [");
              return each.contains(" ROW_TOO_LONG ")
                  ? each.substring(0, row + MAX_ROW_BYTES / 2)
                  : each;
            })
        .toList();
  }

  private static String name(int input) {
    return "in" + (input + 1);
  }

  private static Outcome actual(Case drawn, int splitBytes, int threads) throws IOException {
    List<Input> inputs = new ArrayList<>();
    for (String text : drawn.inputs) {
      inputs.add(Input.of(new ByteArrayInputStream(text.getBytes(UTF_8)), name(inputs.size())));
    }
    try (DelimitedSplits splits =
        new DelimitedSplits(inputs, drawn.dialect, splitBytes, MAX_ROW_BYTES)) {
      RecordedRows recorded = RecordedRows.of(splits, threads, GeneratedHeadersTest::isRow);
      return new Outcome(recorded.rows, shortened(recorded.bad), splits.remarks(), null);
    } catch (RefusedRowException e) {
      return Outcome.refused(e.getMessage());
    }
  }

  /** What a case came to, without what differs from case to case. */
  private static String kind(Outcome outcome) {
    String refusal = outcome.refusal;
    if (refusal != null) {
      return refusal.substring(0, refusal.indexOf(':'));
    }
    return outcome.remarks.isEmpty() ? "read" : "a first line is a row";
  }

  @Test
  void everyInputIsReadAsByLists() throws IOException {
    SplittableRandom random = new SplittableRandom(16);
    Map<String, Integer> kinds = new TreeMap<>();
    for (int i = 0; i < CASES; i++) {
      Case drawn = draw(random);
      Outcome expected = new Naive(drawn.dialect).read(drawn.inputs);
      int splitBytes = random.nextBoolean() ? 1 + random.nextInt(MAX_ROW_BYTES) : 500;
      int threads = random.nextInt(8) == 0 ? 2 : 1;
      assertEquals(expected, actual(drawn, splitBytes, threads), drawn::toString);
      kinds.merge(kind(expected), 1, Integer::sum);
    }
    assertEquals(10, kinds.size(), kinds::toString);
    assertTrue(kinds.values().stream().allMatch(count -> count >= 20), kinds::toString);
  }
}
