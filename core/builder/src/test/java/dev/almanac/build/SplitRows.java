package dev.almanac.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A source over lines {@code ID|date} in memory that hands them out in splits of a few rows, so
 * that threads take turns as often as a test wants. The source of row {@code i} is {@code "rows"}
 * and its line {@code i + 1}.
 */
public final class SplitRows implements RowSource {
  private final List<String> lines;
  private final int splitRows;

  public SplitRows(List<String> lines, int splitRows) {
    this.lines = lines;
    this.splitRows = splitRows;
  }

  @Override
  public Splits open() {
    AtomicInteger next = new AtomicInteger();
    return new Splits() {
      @Override
      public boolean next(RowSink sink) throws IOException {
        int split = next.getAndIncrement();
        int from = split * splitRows;
        if (from >= lines.size()) {
          return false;
        }
        int to = Math.min(lines.size(), from + splitRows);
        sink.begin(split, "rows", from + 1L, () -> "");
        for (int i = from; i < to; i++) {
          byte[] bytes = lines.get(i).getBytes(StandardCharsets.UTF_8);
          int bar = lines.get(i).indexOf('|');
          sink.row(i - from, bytes, 0, bar, bar + 1, bytes.length);
        }
        sink.end(to - from);
        return true;
      }

      @Override
      public void close() {}
    };
  }
}
