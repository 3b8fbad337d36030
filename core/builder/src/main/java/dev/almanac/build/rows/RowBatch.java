package dev.almanac.build.rows;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import dev.almanac.format.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that came one by one, kept until they are given to a sink as one split. */
final class RowBatch {
  private static final int MAX_ROWS = 4096;
  private static final int MAX_BYTES = 1 << 18;

  /** The number of the split, from 0, and of its first row. */
  long number;

  long firstRow;

  private byte[] bytes = new byte[1 << 16];
  private int byteCount;

  /** For each row where its ID begins, where that ends and the date begins, and where that ends. */
  private final int[] offsets = new int[3 * MAX_ROWS];

  private final long[] ids = new long[MAX_ROWS];
  private final Kind[] kinds = new Kind[MAX_ROWS];
  private final List<Bad> bad = new ArrayList<>();
  private int count;

  /** The row that the sink is being given. */
  private int current;

  private enum Kind {
    TEXT_ID,
    NUMBER_ID,
    TEXT_ID_NO_DATE,
    NUMBER_ID_NO_DATE,
    BAD
  }

  private record Bad(BadRowReason reason, String found, String row) {}

  int count() {
    return count;
  }

  boolean isFull() {
    return count == MAX_ROWS || byteCount >= MAX_BYTES;
  }

  void clear() {
    count = 0;
    byteCount = 0;
    bad.clear();
  }

  /** An ID that is null makes the row a bad one. */
  void add(@Nullable String id, @Nullable String date) {
    if (id == null) {
      addBad(BadRowReason.EMPTY_ID, "id=null", "null|" + date);
      return;
    }
    int from = byteCount;
    offsets[3 * count] = from;
    boolean valid = append(id);
    offsets[3 * count + 1] = byteCount;
    valid &= date == null || append(date);
    end(valid, from, date == null ? Kind.TEXT_ID_NO_DATE : Kind.TEXT_ID, id, date);
  }

  void add(long id, @Nullable String date) {
    int from = byteCount;
    offsets[3 * count + 1] = from;
    ids[count] = id;
    boolean valid = date == null || append(date);
    end(
        valid,
        from,
        date == null ? Kind.NUMBER_ID_NO_DATE : Kind.NUMBER_ID,
        Long.toString(id),
        date);
  }

  private void end(boolean valid, int from, Kind kind, String id, @Nullable String date) {
    if (valid) {
      offsets[3 * count + 2] = byteCount;
      kinds[count++] = kind;
    } else {
      byteCount = from;
      addBad(BadRowReason.INVALID_UTF8, "found=half of a surrogate pair", id + "|" + date);
    }
  }

  void addBad(BadRowReason reason, String found, String row) {
    bad.add(new Bad(reason, found, RowText.of(row)));
    kinds[count++] = Kind.BAD;
  }

  /** The text of the row that the sink is being given. */
  String rowText() {
    int idFrom = offsets[3 * current];
    int dateFrom = offsets[3 * current + 1];
    Kind kind = kinds[current];
    String id =
        kind == Kind.NUMBER_ID || kind == Kind.NUMBER_ID_NO_DATE
            ? Long.toString(ids[current])
            : RowText.of(bytes, idFrom, dateFrom);
    String date =
        kind == Kind.TEXT_ID_NO_DATE || kind == Kind.NUMBER_ID_NO_DATE
            ? "null"
            : RowText.of(bytes, dateFrom, offsets[3 * current + 2]);
    return id + "|" + date;
  }

  void giveTo(RowSink sink) throws IOException {
    int badCount = 0;
    for (int row = 0; row < count; row++) {
      current = row;
      int idFrom = offsets[3 * row];
      int dateFrom = offsets[3 * row + 1];
      int dateTo = offsets[3 * row + 2];
      switch (kinds[row]) {
        case TEXT_ID:
          sink.row(row, bytes, idFrom, dateFrom, dateFrom, dateTo);
          break;
        case NUMBER_ID:
          sink.row(row, ids[row], bytes, dateFrom, dateTo);
          break;
        case TEXT_ID_NO_DATE:
          sink.noDate(row, bytes, idFrom, dateFrom);
          break;
        case NUMBER_ID_NO_DATE:
          sink.noDate(row, ids[row]);
          break;
        default:
          Bad each = bad.get(badCount++);
          sink.bad(row, each.reason(), each.found(), each.row());
          break;
      }
    }
  }

  /**
   * Appends the text as UTF-8; false if UTF-8 cannot encode it, unlike {@code String.getBytes},
   * which puts question marks instead.
   */
  private boolean append(String text) {
    // A char takes 3 bytes at most.
    long wanted = byteCount + 3L * text.length();
    if (bytes.length < wanted) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(2L * bytes.length, wanted)));
    }
    int added = Utf8.encode(text, bytes, byteCount, bytes.length - byteCount);
    byteCount += Math.max(0, added);
    return added >= 0;
  }
}
