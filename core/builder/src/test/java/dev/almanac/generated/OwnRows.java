package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A row source as an application writes one: several named sources, splits of some rows, lines that
 * are not rows between them.
 */
final class OwnRows implements RowSource {
  /** The line of a source's first row. */
  private static final int FIRST_LINE = 3;

  private final BuildCase.Objects objects;

  OwnRows(BuildCase.Objects objects) {
    this.objects = objects;
  }

  static String source(BuildCase.Objects objects, int row) {
    return "part " + row / objects.splitRows() / objects.splitsPerSource();
  }

  /** The line of a row in its source. */
  static long line(BuildCase.Objects objects, int row) {
    int rowsPerSource = objects.splitRows() * objects.splitsPerSource();
    return FIRST_LINE + (row % rowsPerSource) * (1L + objects.lineGap());
  }

  @Override
  public Splits open() {
    AtomicInteger next = new AtomicInteger();
    int splitCount = (objects.rows().size() + objects.splitRows() - 1) / objects.splitRows();
    return new Splits() {
      @Override
      public boolean next(RowSink sink) throws IOException {
        int split = next.getAndIncrement();
        if (split >= splitCount) {
          return false;
        }
        give(split, sink);
        return true;
      }

      @Override
      public long done() {
        return Math.min(next.get(), splitCount);
      }

      @Override
      public void close() {}
    };
  }

  private void give(int split, RowSink sink) throws IOException {
    int from = split * objects.splitRows();
    int to = Math.min(from + objects.splitRows(), objects.rows().size());
    boolean first = split % objects.splitsPerSource() == 0;
    List<BuildCase.@Nullable ObjectRow> rows = objects.rows().subList(from, to);
    Given given = new Given();
    sink.begin(split, source(objects, from), first ? FIRST_LINE : 0, () -> given.text);
    int line = 0;
    for (BuildCase.ObjectRow row : rows) {
      given.give(row, line, sink);
      line += 1 + objects.lineGap();
    }
    sink.end(line);
  }

  /** The row that the sink is being given. */
  private final class Given {
    private String text = "";

    void give(BuildCase.@Nullable ObjectRow row, int line, RowSink sink) throws IOException {
      if (row == null) {
        sink.bad(line, BadRowReason.TOO_FEW_COLUMNS, "row=null", "null");
        return;
      }
      // An ID is not null here, and neither text holds half of a surrogate pair.
      byte[] id = String.valueOf(row.id()).getBytes(UTF_8);
      byte[] date = row.date() == null ? new byte[0] : row.date().getBytes(UTF_8);
      text =
          NaiveRows.shortened(id) + "|" + (row.date() == null ? "null" : NaiveRows.shortened(date));
      byte[] both = new byte[id.length + date.length + 8];
      System.arraycopy(id, 0, both, 0, id.length);
      System.arraycopy(date, 0, both, id.length, date.length);
      int end = id.length + date.length;
      boolean number = objects.idType() == BuildCase.IdType.NUMBER;
      if (row.date() == null && number) {
        sink.noDate(line, Long.parseLong(String.valueOf(row.id())));
      } else if (row.date() == null) {
        sink.noDate(line, both, 0, id.length);
      } else if (number) {
        sink.row(line, Long.parseLong(String.valueOf(row.id())), both, id.length, end);
      } else {
        sink.row(line, both, 0, id.length, id.length, end);
      }
    }
  }
}
