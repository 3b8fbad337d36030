package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.DuplicatePolicy;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One generated build: all that decides what comes of it.
 *
 * @param seed what it was drawn from
 * @param options what the builder is told
 * @param rows what it reads
 */
public record BuildCase(long seed, Options options, Rows rows) {
  /** What stands for "as the builder chooses". */
  static final int DEFAULT = -1;

  /**
   * What the builder is told.
   *
   * @param badRows what becomes of bad rows
   * @param dates how dates are read and kept
   * @param minIds the fewest IDs that are published; 0 where that may be none
   * @param layout how a numeric file holds its codes
   * @param heapBytes the heap that the steps share, or 0 for that of this JVM
   * @param replaced an almanac that was there before, or null
   */
  public record Options(
      IdKind kind,
      DuplicatePolicy duplicates,
      BadRows badRows,
      Dates dates,
      long minIds,
      int threads,
      Layout layout,
      long heapBytes,
      @Nullable Replaced replaced) {
    Options withKind(IdKind other) {
      return new Options(
          other, duplicates, badRows, dates, minIds, threads, layout, heapBytes, replaced);
    }

    Options withDuplicates(DuplicatePolicy other) {
      return new Options(kind, other, badRows, dates, minIds, threads, layout, heapBytes, replaced);
    }

    Options withDates(Dates other) {
      return new Options(
          kind, duplicates, badRows, other, minIds, threads, layout, heapBytes, replaced);
    }

    Options withBadRows(BadRows other) {
      return new Options(
          kind, duplicates, other, dates, minIds, threads, layout, heapBytes, replaced);
    }

    Options withMinIds(long count) {
      return new Options(
          kind, duplicates, badRows, dates, count, threads, layout, heapBytes, replaced);
    }

    Options withThreads(int count) {
      return new Options(
          kind, duplicates, badRows, dates, minIds, count, layout, heapBytes, replaced);
    }

    Options withLayout(Layout other) {
      return new Options(
          kind, duplicates, badRows, dates, minIds, threads, other, heapBytes, replaced);
    }

    Options withHeap(long bytes) {
      return new Options(
          kind, duplicates, badRows, dates, minIds, threads, layout, bytes, replaced);
    }

    /** The dates of the almanac that the build begins with, by ID; empty if there is none. */
    Map<String, LocalDate> base() {
      return replaced != null && replaced.isBase() ? replaced.dates() : Map.of();
    }

    Options withReplaced(@Nullable Replaced other) {
      return new Options(
          kind, duplicates, badRows, dates, minIds, threads, layout, heapBytes, other);
    }
  }

  /**
   * What becomes of bad rows.
   *
   * @param limit how many are left out; -1 for the policy that fails at the first, and {@link
   *     Long#MAX_VALUE} for no limit
   * @param percent what part of all rows may be bad where that is more; 0 where the limit is a
   *     number alone
   * @param toFile whether they are written to a file
   */
  record BadRows(long limit, double percent, boolean toFile) {
    static final BadRows FAIL = new BadRows(DEFAULT, 0, false);

    boolean skipped() {
      return limit >= 0;
    }

    /** Whether the limit of bad rows is known only when all rows are. */
    boolean isRelative() {
      return percent > 0;
    }

    /** The most bad rows, of a given number of rows, that the build accepts. */
    long tolerated(long rowCount) {
      return Math.max(part(rowCount, percent), Math.max(0, limit));
    }
  }

  /** The largest whole number within a part of a count. */
  static long part(long count, double percent) {
    return BigDecimal.valueOf(percent)
        .multiply(BigDecimal.valueOf(count))
        .movePointLeft(2)
        .longValue();
  }

  /**
   * How dates are read and kept.
   *
   * @param styles how they are written, tried in turn
   * @param keepText whether they are kept as they are written
   * @param nulls texts that mean "no date", or null where nothing does
   * @param century the first of the hundred years that years of two digits are of
   */
  record Dates(
      List<DateStyle> styles, boolean keepText, @Nullable List<String> nulls, int century) {
    /** Whether a year can have two digits. */
    boolean hasShortYears() {
      return styles.stream().anyMatch(DateStyle::hasShortYear);
    }

    /** The languages of the names of months. */
    Set<String> languages() {
      Set<String> languages = new TreeSet<>();
      for (DateStyle style : styles) {
        if (style.language() != null) {
          languages.add(style.language());
        }
      }
      return languages;
    }
  }

  /** What an almanac that was there before is for a build. */
  enum Role {
    /** It lies at the target, and the rows have nothing to do with it. */
    REPLACED,
    /** It lies at the target, and the build begins with it. */
    BASE_AT_TARGET,
    /** It lies beside the target, and the build begins with it. */
    BASE
  }

  /**
   * How an almanac that was there before was built.
   *
   * @param kind one in which its IDs can be
   * @param layout not always that of the new one
   * @param ownTexts whether it keeps texts of dates, several of one day, as no row writes them
   */
  record Form(IdKind kind, Layout layout, boolean ownTexts) {}

  /**
   * An almanac that the build replaces, or begins with.
   *
   * @param dates its dates by ID, numbers as decimals
   * @param form how it was built
   * @param limit how many IDs may change; -1 for no limit
   * @param percent what part of its IDs may change where that is the limit; otherwise 0
   */
  record Replaced(Role role, Map<String, LocalDate> dates, Form form, long limit, double percent) {
    boolean isBase() {
      return role != Role.REPLACED;
    }

    boolean isLimited() {
      return limit >= 0 || percent > 0;
    }

    Replaced withLimit(long count, double part) {
      return new Replaced(role, dates, form, count, part);
    }

    /** How many IDs may change. */
    long tolerated() {
      return Math.max(Math.max(0, limit), part(dates.size(), percent));
    }

    @Override
    public String toString() {
      return role
          + " ids="
          + dates.size()
          + " "
          + form
          + " limit="
          + limit
          + " percent="
          + percent
          + (dates.size() > 20 ? "" : " " + dates);
    }
  }

  /** What the builder reads. */
  public sealed interface Rows permits Text, Objects {
    /** Name of the source in the table of what was reached. */
    String source();

    /** How many pieces {@link Shrinker} may take away. */
    int pieceCount();

    /** Without pieces {@code from} to {@code to - 1}. */
    Rows without(int from, int to);

    /** The same rows in a simpler form, simplest last; empty if there is no simpler one. */
    List<Rows> simpler();
  }

  /** How the bytes of an input are stored. */
  enum Packing {
    PLAIN,
    GZIP,
    ZSTD
  }

  /**
   * Delimited text.
   *
   * @param escaped whether a backslash escapes the next character
   * @param quotedLines how many lines a quoted field may span; 0 for what the product allows
   * @param skippedLines lines in front of each input that are not looked at
   * @param trimmed whether blanks around IDs and dates are left out
   * @param idColumn from 1, or 0 where the row's number is the ID
   * @param idName the name by which the column is given, or null
   * @param streamBytes how many bytes a stream gives at a time, or 0 for files
   * @param splitBytes size of a split, or -1 for the product's own
   * @param maxRowBytes the longest row; the product's own limit with its own splits
   */
  record Text(
      char delimiter,
      boolean quoted,
      boolean escaped,
      int quotedLines,
      boolean trimmed,
      int skippedLines,
      boolean header,
      int idColumn,
      @Nullable String idName,
      int dateColumn,
      @Nullable String dateName,
      int streamBytes,
      int splitBytes,
      int maxRowBytes,
      List<Input> inputs)
      implements Rows {
    @Override
    public String source() {
      if (idColumn == 0) {
        return "row number";
      }
      return (streamBytes > 0 ? "stream" : "file")
          + (quoted ? " quoted" : "")
          + (escaped ? " escaped" : "")
          + (quoted || escaped ? "" : " plain");
    }

    @Override
    public int pieceCount() {
      return inputs.stream().mapToInt(input -> input.lines.size()).sum();
    }

    @Override
    public Text without(int from, int to) {
      List<Input> fewer = new ArrayList<>();
      int first = 0;
      for (Input input : inputs) {
        List<byte[]> kept = new ArrayList<>();
        for (int i = 0; i < input.lines.size(); i++) {
          if (first + i < from || first + i >= to) {
            kept.add(input.lines.get(i));
          }
        }
        first += input.lines.size();
        fewer.add(new Input(input.mark, input.front, kept, input.packing, input.cuts));
      }
      return with(fewer, streamBytes, splitBytes);
    }

    Text with(List<Input> otherInputs, int otherStreamBytes, int otherSplitBytes) {
      return new Text(
          delimiter,
          quoted,
          escaped,
          quotedLines,
          trimmed,
          skippedLines,
          header,
          idColumn,
          idName,
          dateColumn,
          dateName,
          otherStreamBytes,
          otherSplitBytes,
          otherSplitBytes < 0 ? NaiveRows.MAX_ROW_BYTES : maxRowBytes,
          otherInputs);
    }

    /** The same without quotes and escapes. */
    Text plain() {
      return new Text(
          delimiter,
          false,
          false,
          0,
          trimmed,
          skippedLines,
          header,
          idColumn,
          idName,
          dateColumn,
          dateName,
          streamBytes,
          splitBytes,
          maxRowBytes,
          inputs);
    }

    @Override
    public List<Rows> simpler() {
      List<Rows> simpler = new ArrayList<>();
      List<Input> plain = new ArrayList<>();
      List<Input> filled = new ArrayList<>();
      for (Input input : inputs) {
        plain.add(new Input(false, input.front, input.lines, Packing.PLAIN, 0));
        if (!input.lines.isEmpty()) {
          filled.add(input);
        }
      }
      if (inputs.stream().anyMatch(input -> input.mark || input.packing != Packing.PLAIN)) {
        simpler.add(with(plain, streamBytes, splitBytes));
      }
      if (!filled.isEmpty() && filled.size() < inputs.size()) {
        simpler.add(with(filled, streamBytes, splitBytes));
      }
      if (streamBytes > 0 && inputs.size() == 1) {
        simpler.add(with(inputs, 0, splitBytes));
      }
      if (splitBytes > 0 && maxRowBytes == NaiveRows.MAX_ROW_BYTES) {
        simpler.add(with(inputs, streamBytes, DEFAULT));
      }
      return simpler;
    }
  }

  /**
   * One input of delimited text.
   *
   * @param mark whether it begins with a byte order mark
   * @param front skipped lines and the header, with their line ends; or null
   * @param lines rows with their line ends, not always one each
   * @param cuts into how many more members or frames it is cut
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Input(
      boolean mark, byte @Nullable [] front, List<byte[]> lines, Packing packing, int cuts) {
    byte[] bytes() {
      int count = (mark ? 3 : 0) + (front == null ? 0 : front.length);
      for (byte[] line : lines) {
        count += line.length;
      }
      byte[] bytes = new byte[count];
      int at = 0;
      if (mark) {
        bytes[at++] = (byte) 0xEF;
        bytes[at++] = (byte) 0xBB;
        bytes[at++] = (byte) 0xBF;
      }
      if (front != null) {
        System.arraycopy(front, 0, bytes, at, front.length);
        at += front.length;
      }
      for (byte[] line : lines) {
        System.arraycopy(line, 0, bytes, at, line.length);
        at += line.length;
      }
      return bytes;
    }
  }

  /** Who hands out rows that are no text. */
  enum Giver {
    ITERATOR,
    SUPPLIER,
    RESULT_SET,
    QUERY,
    OWN
  }

  /** Of what type the column of an ID is; only databases and own sources have another than TEXT. */
  enum IdType {
    TEXT,
    NUMBER,
    DECIMAL
  }

  /** Of what type the column of a date is. */
  enum DateType {
    TEXT,
    DATE,
    TIMESTAMP
  }

  /** A row that is no text; null where a row as a whole is missing. */
  record ObjectRow(@Nullable String id, @Nullable String date) {}

  /**
   * Rows from an iterator, a database or a source of an application's own.
   *
   * @param splitRows rows of a split, for an own source
   * @param lineGap lines between two rows, for an own source
   * @param splitsPerSource after how many splits another source begins, for an own source
   */
  record Objects(
      Giver giver,
      IdType idType,
      DateType dateType,
      int splitRows,
      int lineGap,
      int splitsPerSource,
      List<@Nullable ObjectRow> rows)
      implements Rows {
    @Override
    public String source() {
      switch (giver) {
        case RESULT_SET:
        case QUERY:
          return "database " + idType.name().toLowerCase(java.util.Locale.ROOT);
        case OWN:
          return "own source";
        default:
          return giver.name().toLowerCase(java.util.Locale.ROOT);
      }
    }

    @Override
    public int pieceCount() {
      return rows.size();
    }

    @Override
    public Objects without(int from, int to) {
      List<@Nullable ObjectRow> kept = new ArrayList<>(rows.subList(0, from));
      kept.addAll(rows.subList(to, rows.size()));
      return new Objects(giver, idType, dateType, splitRows, lineGap, splitsPerSource, kept);
    }

    @Override
    public List<Rows> simpler() {
      if (giver == Giver.OWN && lineGap > 0) {
        return List.of(new Objects(giver, idType, dateType, splitRows, 0, splitsPerSource, rows));
      }
      if (giver == Giver.QUERY) {
        return List.of(
            new Objects(
                Giver.RESULT_SET, idType, dateType, splitRows, lineGap, splitsPerSource, rows));
      }
      return List.of();
    }
  }

  BuildCase with(Options otherOptions) {
    return new BuildCase(seed, otherOptions, rows);
  }

  BuildCase with(Rows otherRows) {
    return new BuildCase(seed, options, otherRows);
  }

  /** The case as a person reads it, rows beyond {@code maxLines} left out. */
  String describe(int maxLines) {
    StringBuilder text = new StringBuilder("seed=").append(seed).append('\n');
    text.append(options).append('\n');
    if (rows instanceof Text lines) {
      text.append("delimiter='").append(shown(String.valueOf(lines.delimiter)));
      text.append("' quoted=").append(lines.quoted).append(" escaped=").append(lines.escaped);
      text.append(" quotedLines=").append(lines.quotedLines);
      text.append(" trimmed=").append(lines.trimmed);
      text.append(" skippedLines=").append(lines.skippedLines);
      text.append(" header=").append(lines.header);
      text.append(" id=").append(lines.idName != null ? lines.idName : lines.idColumn);
      text.append(" date=").append(lines.dateName != null ? lines.dateName : lines.dateColumn);
      text.append(" streamBytes=").append(lines.streamBytes);
      text.append(" splitBytes=").append(lines.splitBytes);
      text.append(" maxRowBytes=").append(lines.maxRowBytes).append('\n');
      for (Input input : lines.inputs) {
        text.append("input ").append(input.packing).append(" cuts=").append(input.cuts);
        text.append(" mark=").append(input.mark).append(" lines=").append(input.lines.size());
        text.append('\n');
        if (input.front != null) {
          text.append("  front \"").append(shown(input.front)).append("\"\n");
        }
        for (int i = 0; i < input.lines.size() && i < maxLines; i++) {
          text.append("  \"").append(shown(input.lines.get(i))).append("\"\n");
        }
      }
    } else if (rows instanceof Objects objects) {
      text.append(objects.giver).append(" idType=").append(objects.idType);
      text.append(" dateType=").append(objects.dateType);
      text.append(" splitRows=").append(objects.splitRows);
      text.append(" lineGap=").append(objects.lineGap);
      text.append(" splitsPerSource=").append(objects.splitsPerSource);
      text.append(" rows=").append(objects.rows.size()).append('\n');
      for (int i = 0; i < objects.rows.size() && i < maxLines; i++) {
        ObjectRow row = objects.rows.get(i);
        text.append("  ");
        text.append(row == null ? "null" : shown(row.id) + " = " + shown(row.date)).append('\n');
      }
    }
    return text.toString();
  }

  private static String shown(byte[] bytes) {
    return shown(new String(bytes, ISO_8859_1));
  }

  /** Every character that is not plain ASCII as an escape. */
  static String shown(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < 200; i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        shown.append("\\\\");
      } else if (c == '\n') {
        shown.append("\\n");
      } else if (c == '\r') {
        shown.append("\\r");
      } else if (c < ' ' || c > '~') {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return text.length() > 200 ? shown + "... of " + text.length() : shown.toString();
  }
}
