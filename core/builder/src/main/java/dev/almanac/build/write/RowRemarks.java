package dev.almanac.build.write;

import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildRemark.Kind;
import dev.almanac.build.rows.Blanks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one thread noticed about the IDs and the lines of its rows: how often, and the first of each
 * kind.
 */
final class RowRemarks {
  private static final Kind[] KINDS = Kind.values();

  private final long[] counts = new long[KINDS.length];
  private final long[] firstPositions = new long[KINDS.length];
  private final String[] firstTexts = new String[KINDS.length];

  /** The most lines that a row spans. */
  private int maxLineCount;

  /** Looks at a text ID that was taken. */
  void id(byte[] bytes, int from, int to, long position) {
    Kind kind = kindOf(bytes, from, to);
    if (kind != null) {
      add(kind, bytes, from, to, position);
    }
  }

  /** Notes an ID. */
  void add(Kind kind, byte[] bytes, int from, int to, long position) {
    if (counts[kind.ordinal()]++ == 0) {
      firstPositions[kind.ordinal()] = position;
      firstTexts[kind.ordinal()] = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
  }

  /** Notes a row of several lines. */
  void severalLines(int lineCount, long position) {
    int kind = Kind.ROW_OF_SEVERAL_LINES.ordinal();
    counts[kind]++;
    if (lineCount > maxLineCount) {
      maxLineCount = lineCount;
      firstPositions[kind] = position;
      firstTexts[kind] = "";
    }
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
    int points = 0;
    int digits = 0;
    for (int i = signed ? from + 1 : from; i < to; i++) {
      byte value = bytes[i];
      if (value >= '0' && value <= '9') {
        digits++;
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
    return digits > 0 && (other || negativeZero);
  }

  /** The remarks of all threads together, in the order of their kinds. */
  static List<BuildRemark> of(List<RowRemarks> threads, InputLedger ledger, long rowCount) {
    List<BuildRemark> remarks = new ArrayList<>();
    for (Kind kind : KINDS) {
      long count = 0;
      RowRemarks first = null;
      for (RowRemarks each : threads) {
        if (each.counts[kind.ordinal()] > 0) {
          count += each.counts[kind.ordinal()];
          first = first == null || each.comesBefore(first, kind) ? each : first;
        }
      }
      if (first != null && (kind != Kind.TEXT_AMONG_NUMBERS || count < rowCount)) {
        remarks.add(first.remark(kind, count, rowCount, ledger));
      }
    }
    return remarks;
  }

  private boolean comesBefore(RowRemarks other, Kind kind) {
    int longer = maxLineCount - other.maxLineCount;
    return kind == Kind.ROW_OF_SEVERAL_LINES && longer != 0
        ? longer > 0
        : firstPositions[kind.ordinal()] < other.firstPositions[kind.ordinal()];
  }

  private BuildRemark remark(Kind kind, long count, long rowCount, InputLedger ledger) {
    long position = firstPositions[kind.ordinal()];
    String place = " file=" + ledger.source(position) + " line=" + ledger.line(position);
    return new BuildRemark(
        kind,
        count,
        count
            + (kind == Kind.TEXT_AMONG_NUMBERS ? " of " + rowCount + " " : " ")
            + kind.sentence()
            + (kind == Kind.ROW_OF_SEVERAL_LINES
                ? ", the longest lines=" + maxLineCount
                : ", the first id=" + firstTexts[kind.ordinal()])
            + place);
  }
}
