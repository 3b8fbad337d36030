package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.generated.BuildCase.DateType;
import dev.almanac.generated.BuildCase.Giver;
import dev.almanac.generated.BuildCase.IdType;
import dev.almanac.generated.BuildCase.ObjectRow;
import dev.almanac.generated.BuildCase.Packing;
import java.io.ByteArrayOutputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Draws a case from a seed. Small cases are many and large ones few; what has an edge is drawn near
 * its edge.
 */
public final class CaseGenerator {
  /** Date counts around which a code or a packed code needs another width. */
  private static final int[] DATE_COUNTS = {
    1, 1, 2, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 63, 64, 127, 128, 254, 255, 256, 256, 257, 257,
    290, 300, 511, 512, 1023, 1024
  };

  private static final int MOST_INPUTS = 5;

  /** What a build may be told; direct pages of numbers far apart would take gigabytes. */
  private static final List<Layout> LAYOUTS =
      Arrays.stream(Layout.values())
          .filter(layout -> layout != Layout.AUTO && layout != Layout.DIRECT)
          .toList();

  private static final int[] MANY_DATE_COUNTS = {4095, 4096, 65_534, 65_535, 65_536, 65_537};

  private final Draw draw;
  private final long seed;

  private final DuplicatePolicy duplicates;
  private final boolean skips;
  private final int badPercent;
  private final DateStyle style;
  private final List<DateStyle> styles;
  private final @Nullable List<String> nullDates;
  private final int timePercent;
  private final int rowCount;
  private final int dateCount;

  /** Whether a text comes after many numbers, most of which have several dates. */
  private final boolean lateText;

  private final boolean usesAllDates;
  private IdKind kind = IdKind.AUTO;

  private CaseGenerator(long seed) {
    this.seed = seed;
    draw = new Draw(IdShape.mix(seed) ^ seed);
    duplicates =
        draw.oneOf(
            DuplicatePolicy.LAST,
            DuplicatePolicy.LAST,
            DuplicatePolicy.FIRST,
            DuplicatePolicy.FAIL);
    skips = draw.chance(45);
    badPercent = skips ? (draw.chance(70) ? draw.oneOf(1, 3, 10, 40) : 0) : draw.chance(8) ? 1 : 0;
    style = draw.chance(50) ? DateStyle.ISO : draw.oneOf(DateStyle.values());
    timePercent = draw.oneOf(0, 0, 0, 5, 90);
    styles = draw.chance(85) ? List.of(style) : styles();
    nullDates = draw.chance(40) ? nullDates() : null;
    int size = draw.below(1000);
    lateText = draw.chance(8);
    rowCount =
        lateText
            ? draw.between(50, 1_500)
            : size < 15
                ? draw.below(3)
                : size < 880
                    ? draw.magnitude(300)
                    : size < 990 ? draw.between(300, 3_000) : draw.between(3_000, 12_000);
    dateCount =
        size == 999
            ? MANY_DATE_COUNTS[draw.below(MANY_DATE_COUNTS.length)]
            : DATE_COUNTS[draw.below(DATE_COUNTS.length)];
    usesAllDates = dateCount > 1_024 || dateCount <= 300 && draw.chance(70);
  }

  /** The case of a seed. */
  public static BuildCase draw(long seed) {
    return new CaseGenerator(seed).draw();
  }

  private BuildCase draw() {
    List<Fields> rows = rows();
    BuildCase.Rows given = draw.chance(66) ? text(rows) : objects(rows);
    BuildCase.Options options =
        new BuildCase.Options(
            kind,
            duplicates,
            skips
                ? new BuildCase.BadRows(Long.MAX_VALUE, 0, draw.chance(60))
                : BuildCase.BadRows.FAIL,
            new BuildCase.Dates(styles, draw.chance(25), nullDates, century()),
            draw.chance(40) ? 0 : 1,
            lateText ? draw.oneOf(2, 4, 8) : draw.oneOf(1, 2, 2, 3, 4, 8),
            draw.chance(38) ? Layout.AUTO : draw.oneOf(LAYOUTS),
            0,
            null);
    BuildCase drawn = new BuildCase(seed, options, given);
    boolean based = draw.chance(25);
    if (based) {
      drawn = withBase(drawn);
    }
    if (skips && draw.chance(55)) {
      drawn = withLimit(drawn);
    }
    if (draw.chance(15)) {
      drawn = withMinIds(drawn);
    }
    if (based) {
      drawn = withChangeLimit(drawn);
    } else if (draw.chance(32)) {
      drawn = withReplaced(drawn);
    }
    return draw.chance(30) ? withHeap(drawn) : drawn;
  }

  /** About as many IDs as are wanted, or half of them. */
  private BuildCase withMinIds(BuildCase drawn) {
    int idCount = NaiveBuild.of(drawn, names()).codes.size();
    int wanted = draw.chance(30) ? idCount + draw.between(-1, 1) : idCount / 2;
    return drawn.with(drawn.options().withMinIds(Math.max(1, wanted)));
  }

  /** A target with about the IDs of the rows. */
  private BuildCase withReplaced(BuildCase drawn) {
    Map<String, LocalDate> before = before(drawn);
    return withChangeLimit(
        drawn.with(
            drawn
                .options()
                .withReplaced(
                    new BuildCase.Replaced(
                        BuildCase.Role.REPLACED,
                        before,
                        new BuildCase.Form(IdKind.AUTO, draw.oneOf(LAYOUTS), draw.chance(30)),
                        BuildCase.DEFAULT,
                        0))));
  }

  /** Begins with an almanac that has about the IDs of the rows, which then often are few. */
  private BuildCase withBase(BuildCase drawn) {
    BuildCase.Replaced base =
        new BuildCase.Replaced(
            draw.oneOf(BuildCase.Role.BASE, BuildCase.Role.BASE_AT_TARGET),
            before(drawn),
            form(drawn.options()),
            BuildCase.DEFAULT,
            0);
    BuildCase.Rows rows = drawn.rows();
    int pieces = rows.pieceCount();
    // A base is changed in place, or merged, where its IDs are four times the rows.
    boolean few = draw.chance(60);
    int kept = few ? Math.min(pieces, 1 + pieces / draw.between(5, 40)) : pieces;
    int from = draw.below(pieces - kept + 1);
    BuildCase.Rows some = rows.without(from + kept, pieces).without(0, from);
    return drawn.with(some).with(drawn.options().withReplaced(base));
  }

  /** Mostly that of the build, since pages are changed in place in that form alone. */
  private BuildCase.Form form(BuildCase.Options options) {
    IdKind other = options.kind() == IdKind.AUTO ? IdKind.TEXT : IdKind.AUTO;
    return new BuildCase.Form(
        draw.chance(85) ? options.kind() : other,
        draw.chance(75) ? options.layout() : draw.oneOf(LAYOUTS),
        !options.dates().keepText() && draw.chance(40));
  }

  /** The dates of an almanac with most of the IDs and some more. */
  private Map<String, LocalDate> before(BuildCase drawn) {
    NaiveBuild naive = NaiveBuild.of(drawn, names());
    Map<String, LocalDate> before = new LinkedHashMap<>();
    int keptPercent = draw.oneOf(0, 40, 90, 100);
    // A year of two digits must be able to write it, where its text is kept.
    BuildCase.Dates dates = drawn.options().dates();
    int year = dates.hasShortYears() ? dates.century() + draw.below(100) : 2001;
    LocalDate another = LocalDate.of(year, 2, 1 + draw.below(28));
    for (String id : naive.codes.keySet()) {
      if (draw.chance(Math.max(keptPercent, 10))) {
        LocalDate date = draw.chance(keptPercent) ? naive.date(id) : another;
        boolean written =
            !dates.keepText() || NaiveBuild.keptText(drawn.options(), date).isPresent();
        before.put(id, written ? date : another);
      }
    }
    for (int i = draw.oneOf(0, 0, 1, 5, 2 * before.size() + 1); i > 0; i--) {
      before.put(Integer.toString(700_000 + i), another);
    }
    return before;
  }

  /** About as many changes are allowed as there are. */
  private BuildCase withChangeLimit(BuildCase drawn) {
    BuildCase.Replaced old = Objects.requireNonNull(drawn.options().replaced());
    Map<String, LocalDate> before = old.dates();
    long changes = NaiveBuild.of(drawn, names()).changes(old).count();
    long limit = draw.chance(40) ? Math.max(0, changes + draw.between(-2, 3)) : -1;
    double percent = 0;
    if (limit < 0 && draw.chance(85)) {
      long exact = before.isEmpty() ? 100 : changes * 10_000 / before.size();
      percent = Math.min(10_000, Math.max(1, exact + draw.between(-1, 100))) / 100.0;
    }
    return drawn.with(drawn.options().withReplaced(old.withLimit(limit, percent)));
  }

  /** A heap in which the dates have room, and not much else. */
  private BuildCase withHeap(BuildCase drawn) {
    // Threads may read on behind the row that is refused.
    BuildCase toTheEnd = limited(drawn, Long.MAX_VALUE, 0);
    long dateBytes = 0;
    for (NaiveBuild.Day day : NaiveBuild.of(toTheEnd, names()).allDays()) {
      dateBytes += 128 + 5L * IdShape.byteCount(day.text());
    }
    // Half of the heap is for dates, and dates of bad rows may be looked at too.
    long heapBytes = draw.oneOf(1L << 16, 1L << 18, 1L << 22, 1L << 26);
    return drawn.with(drawn.options().withHeap(Math.max(heapBytes, 4 * dateBytes + 1_024)));
  }

  /** Some names of inputs. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < MOST_INPUTS; i++) {
      names.add("input " + i);
    }
    return names;
  }

  /** A limit that the bad rows just reach, or just exceed: a number, or a part of the rows. */
  private BuildCase withLimit(BuildCase drawn) {
    NaiveBuild naive = NaiveBuild.of(drawn, names());
    long badCount = naive.rejects.values().stream().mapToLong(Long::longValue).sum();
    switch (draw.below(5)) {
      case 0:
        // What applies when nothing is said.
        return limited(drawn, 10, 1);
      case 1:
      case 2:
        // In hundredths of a per cent, so that the limit is seldom a round number.
        long exact = naive.rowCount == 0 ? 0 : badCount * 10_000 / naive.rowCount;
        long percent = Math.min(10_000, Math.max(1, exact + draw.between(-1, 1)));
        boolean whole = draw.chance(50);
        return limited(drawn, 0, whole ? (percent + 99) / 100 : percent / 100.0);
      default:
        return limited(drawn, Math.max(0, badCount + draw.between(-2, 1)), 0);
    }
  }

  private static BuildCase limited(BuildCase drawn, long limit, double percent) {
    BuildCase.BadRows badRows = drawn.options().badRows();
    return drawn.with(
        drawn.options().withBadRows(new BuildCase.BadRows(limit, percent, badRows.toFile())));
  }

  /** The style of the rows, and others before or behind it. */
  private List<DateStyle> styles() {
    List<DateStyle> all = new ArrayList<>(List.of(DateStyle.values()));
    draw.shuffle(all);
    List<DateStyle> some = new ArrayList<>(all.subList(0, draw.between(1, 3)));
    some.remove(style);
    some.add(draw.below(some.size() + 1), style);
    return some;
  }

  /** The years of the rows, or others. */
  private int century() {
    return draw.chance(70) ? draw.oneOf(1900, 1950, 1970, 2000) : draw.oneOf(1, 99, 1582, 9900);
  }

  private List<String> nullDates() {
    List<String> all = new ArrayList<>(List.of("", "NULL", "\\N", "0000-00-00", "never", "é"));
    draw.shuffle(all);
    return List.copyOf(all.subList(0, draw.below(4)));
  }

  // Rows

  /** The two fields of a row as they are wanted; a bad one is marked. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Fields(String id, String date, boolean bad) {}

  private List<Fields> rows() {
    List<String> ids =
        lateText
            ? numbers(Math.max(1, rowCount / 4))
            : ids(Math.max(1, draw.chance(50) ? rowCount : draw.magnitude(rowCount + 1)));
    List<String> dates = dates();
    List<Fields> rows = new ArrayList<>();
    int conflictPercent =
        duplicates == DuplicatePolicy.FAIL
            ? draw.chance(70) ? 0 : draw.oneOf(1, 30)
            : lateText ? draw.oneOf(60, 100) : draw.oneOf(0, 10, 60, 100);
    int count =
        usesAllDates && rowCount > 10 ? Math.max(rowCount, dateCount + draw.below(50)) : rowCount;
    boolean inOrder = lateText || draw.chance(40);
    for (int i = 0; i < count; i++) {
      int n = i < ids.size() || inOrder ? i % ids.size() : draw.below(ids.size());
      boolean other = draw.chance(conflictPercent);
      // Without a conflict, the date follows from the ID; every date is used while there are rows.
      int date = i < dates.size() && usesAllDates ? i : other ? draw.below(dates.size()) : n;
      rows.add(
          new Fields(
              ids.get(n), written(dates.get(date % dates.size())), draw.below(100) < badPercent));
    }
    if (lateText) {
      rows.add(
          new Fields(draw.oneOf(IdShape.of(false)).ids(draw, 1).get(0), rows.get(0).date, false));
    } else if (draw.chance(30)) {
      draw.shuffle(rows);
    } else if (draw.chance(25)) {
      Comparator<Fields> byId =
          rows.stream().allMatch(row -> NaiveBuild.isNumber(row.id))
              ? Comparator.comparingLong(row -> Long.parseLong(row.id))
              : Comparator.comparing(row -> row.id.getBytes(UTF_8), Arrays::compareUnsigned);
      rows.sort(draw.chance(50) ? byId : byId.reversed());
    }
    return rows;
  }

  /** The date as a row has it: now and then with a time, or a text in its place. */
  private String written(String date) {
    if (nullDates != null && !nullDates.isEmpty() && draw.chance(15)) {
      return draw.oneOf(nullDates);
    }
    // Not all of these are times, so that some rows are bad.
    return style == DateStyle.ISO && timePercent > 0 && draw.chance(timePercent)
        ? date + DateStyle.time(draw.below(skips ? DateStyle.timeCount() : 4))
        : date;
  }

  private List<String> numbers(int count) {
    kind = IdKind.AUTO;
    return draw.oneOf(IdShape.of(true)).ids(draw, count);
  }

  private List<String> ids(int count) {
    switch (draw.below(12)) {
      case 0:
      case 1:
      case 2:
        kind = draw.oneOf(IdKind.AUTO, IdKind.LONG, IdKind.TEXT);
        return draw.oneOf(IdShape.of(true)).ids(draw, count);
      case 3:
      case 4:
        kind = draw.oneOf(IdKind.AUTO, IdKind.TEXT);
        return draw.oneOf(IdShape.LONG_KEYS).ids(draw, count);
      case 5:
      case 6:
        kind = draw.oneOf(IdKind.AUTO, IdKind.TEXT);
        return draw.oneOf(IdShape.COUNTED).ids(draw, count);
      case 7:
        kind = draw.oneOf(IdKind.AUTO, IdKind.TEXT);
        return draw.oneOf(IdShape.of(false)).ids(draw, count);
      default:
        return mixture(count);
    }
  }

  /** Numbers and texts; most often numbers first, so that the builder changes its mind late. */
  private List<String> mixture(int count) {
    kind = draw.chance(skips ? 60 : 90) ? IdKind.AUTO : draw.oneOf(IdKind.LONG, IdKind.TEXT);
    List<String> ids = draw.oneOf(IdShape.of(true)).ids(draw, count);
    int textCount = draw.chance(40) ? 1 : 1 + draw.below(count);
    List<String> texts = draw.oneOf(IdShape.of(false)).ids(draw, textCount);
    switch (draw.below(4)) {
      case 0:
        texts.addAll(ids);
        return distinct(texts);
      case 1:
        ids.addAll(texts);
        draw.shuffle(ids);
        return distinct(ids);
      default:
        ids.addAll(texts);
        return distinct(ids);
    }
  }

  private static List<String> distinct(List<String> ids) {
    return new ArrayList<>(new java.util.LinkedHashSet<>(ids));
  }

  private List<String> dates() {
    LocalDate first =
        draw.oneOf(
            LocalDate.of(2024, 1, 1),
            LocalDate.of(1999, 12, 30),
            LocalDate.of(1, 1, 1),
            LocalDate.of(1970, 1, 1),
            LocalDate.of(1900, 2, 27));
    if (style == DateStyle.ISO && draw.chance(15)) {
      first = draw.oneOf(LocalDate.MIN, LocalDate.MAX.minusDays(70_000), LocalDate.of(-1, 6, 1));
    }
    List<String> dates = new ArrayList<>();
    int step = dateCount > 2_000 ? 1 : draw.oneOf(1, 1, 7, 400);
    for (int i = 0; i < dateCount; i++) {
      int days = first.equals(LocalDate.MIN) || first.getYear() > 9999 ? i : i * step;
      dates.add(style.write(first.plusDays(days), draw.below(4)));
    }
    if (draw.chance(40)) {
      draw.shuffle(dates);
    }
    return dates;
  }

  // Delimited text

  private BuildCase.Text text(List<Fields> rows) {
    boolean quoted = draw.chance(35);
    boolean escaped = draw.chance(36);
    int quotedLines = quoted && draw.chance(40) ? draw.oneOf(1, 2, 3, 20, 1_000) : 0;
    boolean header = draw.chance(30);
    boolean rowNumbers = draw.chance(9);
    char delimiter = draw.oneOf('|', '|', ',', ';', '\t', '\1', ':', '~', '#', ' ');
    boolean small = draw.chance(75);
    // A header has to be shorter too, or the build is refused.
    int maxRowBytes =
        small && !header && draw.chance(15) ? draw.between(20, 200) : NaiveRows.MAX_ROW_BYTES;
    boolean trimmed = draw.chance(20);
    int skippedLines = draw.chance(85) ? 0 : draw.between(1, 3);
    LineWriter layout = new LineWriter(quoted, escaped, delimiter, rowNumbers);
    layout.pads = trimmed;
    int inputCount = draw.chance(70) ? 1 : draw.between(2, MOST_INPUTS);
    int streamBytes = inputCount == 1 && draw.chance(60) ? draw.oneOf(1, 7, 100, 5_000) : 0;
    String idName = header && !rowNumbers && draw.chance(50) ? layout.idName : null;
    String dateName = header && (idName != null || draw.chance(30)) ? "due" : null;
    List<BuildCase.Input> inputs = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < inputCount; i++) {
      int to = i == inputCount - 1 ? rows.size() : from + draw.below(rows.size() - from + 1);
      // A column that goes by its name may be another one in the next file.
      LineWriter moved =
          idName != null && dateName != null
              ? new LineWriter(quoted, escaped, delimiter, false)
              : layout;
      moved.pads = trimmed;
      BuildCase.Input input = input(rows.subList(from, to), moved, header);
      inputs.add(skippedLines == 0 ? input : behindLines(input, skippedLines));
      from = to;
    }
    return new BuildCase.Text(
        delimiter,
        quoted,
        escaped,
        quotedLines,
        trimmed,
        skippedLines,
        header,
        rowNumbers ? 0 : layout.idColumn,
        idName,
        layout.dateColumn,
        dateName,
        streamBytes,
        small ? splitBytes() : BuildCase.DEFAULT,
        maxRowBytes,
        inputs);
  }

  /** The same behind lines that are not looked at, and now and then with fewer of them. */
  private BuildCase.Input behindLines(BuildCase.Input input, int count) {
    StringBuilder lines = new StringBuilder();
    // One less would make a row of the header's place.
    for (int i = input.front() == null && draw.chance(5) ? 1 : 0; i < count; i++) {
      lines.append(draw.oneOf("", "sep=;", "\"", "1|2024-01-01", "\r", "a title")).append('\n');
    }
    byte[] header = input.front() == null ? new byte[0] : input.front();
    byte[] front = Arrays.copyOf(lines.toString().getBytes(UTF_8), lines.length() + header.length);
    System.arraycopy(header, 0, front, lines.length(), header.length);
    return new BuildCase.Input(input.mark(), front, input.lines(), input.packing(), input.cuts());
  }

  private int splitBytes() {
    return draw.oneOf(16, 40, 100, 300, 1_000, 1_000, 4_000, 16_000, 65_536);
  }

  /** Where the columns are, and how lines end. */
  private final class LineWriter {
    final boolean quoted;
    final boolean escaped;
    final char delimiter;
    final int columnCount = draw.between(2, 5);
    final int idColumn = draw.chance(60) ? 1 : draw.between(1, columnCount);
    final int dateColumn;
    final String idName = draw.oneOf("id", "the number", "ID");
    final int lineEnds = draw.below(3);
    final boolean alwaysQuotes = draw.chance(20);
    final boolean rowNumbers;

    /** Whether there are blanks around fields, which the builder leaves out. */
    boolean pads;

    LineWriter(boolean quoted, boolean escaped, char delimiter, boolean rowNumbers) {
      this.quoted = quoted;
      this.escaped = escaped;
      this.delimiter = delimiter;
      this.rowNumbers = rowNumbers;
      int date = draw.between(1, columnCount - 1);
      dateColumn = date >= idColumn ? date + 1 : date;
    }

    byte[] line(String id, String date, boolean last) {
      return (fields(id, date) + end(last)).getBytes(UTF_8);
    }

    private String fields(String id, String date) {
      StringBuilder line = new StringBuilder();
      for (int column = 1; column <= columnCount; column++) {
        String field = column == idColumn ? id : column == dateColumn ? date : filler();
        line.append(column > 1 ? String.valueOf(delimiter) : "").append(field(field));
      }
      return line.toString();
    }

    /** What stands in a column that nobody wants: now and then several lines. */
    private String filler() {
      return (quoted || escaped) && draw.chance(2)
          ? draw.oneOf("several\nlines", "\r\n", "a\n\nb\r")
          : draw.oneOf("", "x", "12", "2024-01-01", "é");
    }

    /**
     * A line with an open quote, so that one of its fields holds the lines after it. One of these
     * is a row, or looks like one.
     */
    byte[] linesWithin(String id, String date, boolean last) {
      String within = fields(id, date) + draw.oneOf("\n", "\r\n", "\r", "");
      String text = draw.oneOf("x\n", "\n", "x\r", "12,\n") + within + draw.oneOf("", "y");
      String field = field(text);
      // Behind the wanted columns, or in front, where the columns do not count on.
      return (draw.chance(70)
              ? fields(id, date) + delimiter + field + end(last)
              : field + delimiter + fields(id, date) + end(last))
          .getBytes(UTF_8);
    }

    private String field(String plain) {
      String text = escaped ? escapes(plain) : plain;
      boolean needsQuotes =
          text.indexOf(delimiter) >= 0
              || text.indexOf('\n') >= 0
              || text.indexOf('\r') >= 0
              || text.startsWith("\"");
      String written = pads ? blanks() + text + blanks() : text;
      return quoted && (needsQuotes || alwaysQuotes || draw.chance(3))
          ? (pads ? blanks() : "")
              + '"'
              + (escaped
                  ? written.replaceAll("(?<!\\\\)\"", "\"\"")
                  : written.replace("\"", "\"\""))
              + '"'
              + (pads ? blanks() : "")
          : written;
    }

    /** Escapes what has to be, and now and then what need not. */
    private String escapes(String text) {
      // MySQL's null is written without one.
      if (text.equals("\\N") && draw.chance(70)) {
        return text;
      }
      StringBuilder written = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        int letter = "\0\b\n\r\t\32".indexOf(c);
        if (letter >= 0 && draw.chance(50)) {
          written.append('\\').append("0bnrtZ".charAt(letter));
        } else if (c == '\\' || c == delimiter || c == '\n' || c == '"' && draw.chance(50)) {
          written.append('\\').append(c);
        } else {
          written.append(c);
        }
      }
      return written.toString();
    }

    private String blanks() {
      String blanks =
          draw.chance(70) ? "" : draw.oneOf(" ", "   ", "\t", "\u00a0", " \u200b", "\ufeff");
      return blanks.indexOf(delimiter) >= 0 ? "" : blanks;
    }

    String end(boolean last) {
      if (last && draw.chance(40)) {
        return "";
      }
      return lineEnds == 0 ? "\n" : lineEnds == 1 ? "\r\n" : draw.oneOf("\n", "\r\n");
    }
  }

  private BuildCase.Input input(List<Fields> rows, LineWriter layout, boolean header) {
    List<byte[]> lines = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Fields row = rows.get(i);
      boolean last = i == rows.size() - 1;
      String id = row.id;
      if ((layout.quoted || layout.escaped) && draw.chance(3) && !NaiveBuild.isNumber(id)) {
        id =
            id
                + draw.oneOf(
                    "\n", "\"", "\r\n", String.valueOf(layout.delimiter), "\"\"x", "\\", "\\n");
      }
      lines.add(row.bad ? badLine(row, layout, last) : layout.line(id, row.date, last));
    }
    // Behind a quote that is not closed it would be part of the row.
    if (draw.chance(10) && (!layout.quoted || badPercent == 0)) {
      lines.add(draw.oneOf("\n", "\r\n", "\r", "\n\n").getBytes(UTF_8));
    }
    byte[] headerLine = null;
    if (header) {
      boolean pads = layout.pads;
      layout.pads = false; // Blanks belong to the name of a column.
      // A first line that holds a date would be a row, where a part has no header.
      headerLine =
          new String(layout.line(layout.idName, "due", false), UTF_8)
              .replace("2024-01-01", "on")
              .getBytes(UTF_8);
      layout.pads = pads;
    }
    Packing packing = draw.chance(70) ? Packing.PLAIN : draw.oneOf(Packing.GZIP, Packing.ZSTD);
    return new BuildCase.Input(
        draw.chance(15), headerLine, lines, packing, draw.oneOf(0, 0, 1, 2, 5));
  }

  private byte[] badLine(Fields row, LineWriter layout, boolean last) {
    switch (draw.below(15)) {
      case 12:
      case 13:
        return layout.linesWithin(row.id, row.date, last);
      case 14:
        // Two stray quotation marks with a row between them, or an escape that ends a line.
        return (layout.fields(row.id, row.date)
                + layout.delimiter
                + (layout.quoted ? "\"12" : "\\")
                + "\n"
                + layout.fields(row.id, row.date)
                + (layout.quoted && draw.chance(80) ? layout.delimiter + "13\"" : "")
                + layout.end(last))
            .getBytes(UTF_8);
      case 0:
        return layout.end(false).getBytes(UTF_8);
      case 1:
        return (row.id + layout.end(last)).getBytes(UTF_8);
      case 2:
        return layout.line("", row.date, last);
      case 3:
        return layout.line("y".repeat(draw.oneOf(1_025, 1_200, 3_000)), row.date, last);
      case 4:
        // The zone in brackets behind a timestamp is not read.
        return row.date.contains("[")
            ? layout.line(row.id, "[", last)
            : damaged(layout.line(row.id, row.date, last));
      case 5:
        return layout.line(row.id, "", last);
      case 6:
        return layout.line(row.id, "1" + "0".repeat(draw.oneOf(255, 256, 300)), last);
      case 7:
        return layout.line(row.id, "2023-02-29", last);
      case 8:
        return layout.quoted
            ? (draw.oneOf("\"a\"b", "a\"b\"", "\"\"\"x\"y", "\"q\" ")
                    + layout.delimiter
                    + row.date
                    + layout.end(last))
                .getBytes(UTF_8)
            : layout.line(row.id + "\t\\", "nothing\t\\x", last);
      case 9:
        return last && layout.quoted && draw.chance(50)
            ? ("\"never closed" + layout.delimiter + row.date + layout.end(true)).getBytes(UTF_8)
            : layout.line(row.id, row.date + "0", last);
      default:
        return layout.line(
            row.id, draw.oneOf("no date", "32", "0000-00-00", "é", " ", "NULL"), last);
    }
  }

  /** A byte that no UTF-8 has, somewhere before the line end. */
  private byte[] damaged(byte[] line) {
    int to = line.length;
    while (to > 0 && (line[to - 1] == '\n' || line[to - 1] == '\r')) {
      to--;
    }
    int at = draw.below(to + 1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(line, 0, at);
    bytes.write(draw.oneOf(0xFF, 0xC0, 0x80, 0xED));
    bytes.write(line, at, line.length - at);
    return bytes.toByteArray();
  }

  // Rows that are no text

  private BuildCase.Objects objects(List<Fields> rows) {
    boolean allNumbers = rows.stream().allMatch(row -> NaiveBuild.isNumber(row.id));
    Giver giver =
        draw.chance(allNumbers ? 70 : 25)
            ? draw.oneOf(Giver.RESULT_SET, Giver.QUERY)
            : draw.oneOf(Giver.ITERATOR, Giver.SUPPLIER, Giver.OWN);
    boolean database = giver == Giver.RESULT_SET || giver == Giver.QUERY;
    IdType idType = IdType.TEXT;
    if (allNumbers && (database || giver == Giver.OWN) && draw.chance(80)) {
      idType = database && draw.chance(50) ? IdType.DECIMAL : IdType.NUMBER;
    }
    DateType dateType = DateType.TEXT;
    boolean plainYears =
        rows.stream()
            .allMatch(
                row ->
                    row.date.matches("[0-9]{4}-[0-9-]{5}")
                        && DateStyle.ISO.epochDay(row.date, 1).isPresent());
    if (database && style == DateStyle.ISO && plainYears && draw.chance(60)) {
      dateType = draw.oneOf(DateType.DATE, DateType.TIMESTAMP);
    }
    List<@Nullable ObjectRow> given = new ArrayList<>();
    for (Fields row : rows) {
      given.add(
          row.bad ? badObject(row, giver, idType, dateType) : new ObjectRow(row.id, row.date));
    }
    return new BuildCase.Objects(
        giver,
        idType,
        dateType,
        draw.oneOf(1, 2, 7, 50, 1_000),
        draw.oneOf(0, 0, 1, 5),
        draw.oneOf(1, 3, 1_000),
        given);
  }

  private @Nullable ObjectRow badObject(Fields row, Giver giver, IdType idType, DateType dateType) {
    boolean iterated = giver == Giver.ITERATOR || giver == Giver.SUPPLIER;
    boolean own = giver == Giver.OWN;
    switch (draw.below(8)) {
      case 0:
        return iterated || own ? null : new ObjectRow(null, row.date);
      case 1:
        return own ? null : new ObjectRow(null, row.date);
      case 2:
        return own ? null : new ObjectRow(row.id, null);
      case 3:
        return iterated
            ? draw.oneOf(
                new ObjectRow(row.id + "\uD800", row.date), new ObjectRow(row.id, "\uDC00"))
            : own ? null : new ObjectRow(row.id, null);
      case 4:
        return idType == IdType.TEXT
            ? new ObjectRow(draw.oneOf("", "z".repeat(1_025)), row.date)
            : own ? null : new ObjectRow(null, row.date);
      case 5:
        return dateType == DateType.TIMESTAMP
            ? new ObjectRow(row.id, row.date + "T12:30")
            : dateType == DateType.TEXT
                ? new ObjectRow(row.id, row.date + "x")
                : new ObjectRow(row.id, null);
      default:
        return dateType == DateType.TEXT
            ? new ObjectRow(row.id, draw.oneOf("", "no date", "1".repeat(257)))
            : new ObjectRow(null, row.date);
    }
  }
}
