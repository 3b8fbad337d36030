package dev.almanac.build.choice;

import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildRemark.Kind;
import dev.almanac.build.rows.Blanks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one thread noticed about the IDs and the lines of its rows: how often, and the first of each
 * kind.
 */
public final class RowRemarks {
  /** What was noticed of one kind. */
  private static final class Noticed {
    long count;
    long firstPosition;
    String firstText = "";

    /** Of rows of several lines, how many the longest spans, which then stands for the first. */
    int maxLineCount;

    boolean comesBefore(Noticed other) {
      return maxLineCount == other.maxLineCount
          ? firstPosition < other.firstPosition
          : maxLineCount > other.maxLineCount;
    }
  }

  /** A double has no longer one; hexadecimal digests do. */
  private static final int MAX_EXPONENT_DIGITS = 3;

  /** Fewer than this part of the texts are like numbers by chance, as hexadecimal digests are. */
  private static final int CHANCE_PART = 1_000;

  private final Map<Kind, Noticed> noticed = new EnumMap<>(Kind.class);

  /** Looks at a text ID that was taken. */
  void id(byte[] bytes, int from, int to, long position) {
    Kind kind = kindOf(bytes, from, to);
    if (kind != null) {
      add(kind, bytes, from, to, position);
    }
  }

  /** Notes an ID. */
  void add(Kind kind, byte[] bytes, int from, int to, long position) {
    Noticed of = of(kind);
    if (of.count++ == 0) {
      of.firstPosition = position;
      of.firstText = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
  }

  /** Notes a row of several lines. */
  void severalLines(int lineCount, long position) {
    Noticed of = of(Kind.ROW_OF_SEVERAL_LINES);
    of.count++;
    if (lineCount > of.maxLineCount) {
      of.maxLineCount = lineCount;
      of.firstPosition = position;
    }
  }

  private Noticed of(Kind kind) {
    Noticed of = noticed.get(kind);
    if (of == null) {
      of = new Noticed();
      noticed.put(kind, of);
    }
    return of;
  }

  private static @Nullable Kind kindOf(byte[] bytes, int from, int to) {
    byte first = bytes[from];
    byte last = bytes[to - 1];
    if (first == ' ' || last == ' ') {
      return Kind.ID_WITH_BLANKS;
    }
    if (to - from >= 2 && first == last && (first == '"' || first == '\'')) {
      return Kind.ID_IN_QUOTES;
    }
    if (to - from >= 3 && first == '=' && bytes[from + 1] == '"' && last == '"') {
      return Kind.ID_AS_FORMULA;
    }
    if (first < 0 && Blanks.wideLengthAt(bytes, from, to) > 0
        || last < 0
            && (to - from >= 2 && Blanks.wideLengthAt(bytes, to - 2, to) == 2
                || to - from >= 3 && Blanks.wideLengthAt(bytes, to - 3, to) == 3)) {
      return Kind.ID_WITH_WIDE_BLANKS;
    }
    return isLikeNumber(bytes, from, to) ? Kind.ID_LIKE_A_NUMBER : null;
  }

  /**
   * Whether it is a number in another spelling than that of an ID: with a sign, a fraction, groups
   * of digits, an exponent. Leading zeros are none of these: codes have them.
   */
  private static boolean isLikeNumber(byte[] bytes, int from, int to) {
    boolean signed = bytes[from] == '+' || bytes[from] == '-';
    boolean other = bytes[from] == '+';
    boolean exponent = false;
    int exponentDigits = 0;
    int points = 0;
    int digits = 0;
    for (int i = signed ? from + 1 : from; i < to; i++) {
      byte value = bytes[i];
      if (value >= '0' && value <= '9') {
        digits++;
        exponentDigits += exponent ? 1 : 0;
      } else if (value == '.' && points++ == 0 && !exponent
          || value == ',' && digits > 0 && points == 0 && !exponent && to - i >= 4) {
        other = true;
      } else if ((value == 'e' || value == 'E') && digits > 0 && !exponent && i + 1 < to) {
        exponent = true;
        other = true;
        if (i + 2 < to && (bytes[i + 1] == '+' || bytes[i + 1] == '-')) {
          i++;
        }
      } else {
        return false;
      }
    }
    boolean negativeZero = signed && digits == 1 && to - from == 2 && bytes[to - 1] == '0';
    return digits > 0 && exponentDigits <= MAX_EXPONENT_DIGITS && (other || negativeZero);
  }

  /** The remarks of all threads together, in the order of their kinds. */
  public static List<BuildRemark> of(List<RowRemarks> threads, InputLedger ledger, long rowCount) {
    List<BuildRemark> remarks = new ArrayList<>();
    long textsAmongNumbers = 0;
    for (Kind kind : Kind.values()) {
      long count = 0;
      Noticed first = null;
      for (RowRemarks each : threads) {
        Noticed of = each.noticed.get(kind);
        if (of != null) {
          count += of.count;
          first = first == null || of.comesBefore(first) ? of : first;
        }
      }
      textsAmongNumbers = kind == Kind.TEXT_AMONG_NUMBERS ? count : textsAmongNumbers;
      boolean normal =
          kind == Kind.TEXT_AMONG_NUMBERS && count >= rowCount
              || kind == Kind.ID_LIKE_A_NUMBER && count < textsAmongNumbers / CHANCE_PART;
      if (first != null && !normal) {
        remarks.add(remark(kind, count, first, rowCount, ledger));
      }
    }
    return remarks;
  }

  private static BuildRemark remark(
      Kind kind, long count, Noticed first, long rowCount, InputLedger ledger) {
    return remark(
        kind,
        count,
        kind == Kind.TEXT_AMONG_NUMBERS ? "of " + rowCount + " rows" : count == 1 ? "row" : "rows",
        kind == Kind.ROW_OF_SEVERAL_LINES
            ? "longest lines=" + first.maxLineCount
            : "first id=" + shown(first.firstText),
        ledger.source(first.firstPosition) + " line=" + ledger.line(first.firstPosition));
  }

  /** The remark that says how many rows there are, and which is the first and where. */
  static BuildRemark remark(Kind kind, long count, String rows, String first, String place) {
    String text =
        String.format(
            "%s %s %s %s, the %s file=%s",
            count, rows, count == 1 ? "has" : "have", kind.found(), first, place);
    return new BuildRemark(kind, count, text);
  }

  /** An ID for a message: blanks at an end are seen in quotation marks alone. */
  static String shown(String id) {
    boolean blank = !id.isEmpty() && (isBlank(id.charAt(0)) || isBlank(id.charAt(id.length() - 1)));
    return blank ? "'" + id + "'" : id;
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
