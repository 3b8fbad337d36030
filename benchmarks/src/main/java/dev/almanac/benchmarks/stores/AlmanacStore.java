package dev.almanac.benchmarks.stores;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.AlmanacBuilder;
import java.io.IOException;
import java.nio.file.Path;

/** This library. */
final class AlmanacStore implements Store {
  static final String FILE_NAME = "table.almanac";

  /** The layout that it is made to take, or null for the smallest. */
  private final Layout layout;

  AlmanacStore(Layout layout) {
    this.layout = layout;
  }

  /** An entry for each ID is of interest where a build would choose pages. */
  @Override
  public boolean takes(Ids ids) {
    return layout == null || ids == Ids.ADDRESSES;
  }

  @Override
  public void build(Rows rows, Path directory) throws IOException {
    AlmanacBuilder builder = AlmanacBuilder.create();
    if (layout != null) {
      builder.layout(layout);
    }
    int dates = builder.build(rows.source(), directory.resolve(FILE_NAME)).dateCount();
    if (dates != Rows.DATE_COUNT) {
      // The other stores hold codes of the full list; with a date missing the codes here would
      // differ.
      throw new IllegalArgumentException(
          "There are enough rows for every date to occur; rows=%d, dates=%d, expected=%d"
              .formatted(rows.count(), dates, Rows.DATE_COUNT));
    }
  }

  @Override
  public Table open(Rows rows, Path directory) throws IOException {
    return new AlmanacTable(Almanac.open(directory.resolve(FILE_NAME)));
  }

  private static final class AlmanacTable implements Table {
    private final Almanac dates;

    AlmanacTable(Almanac dates) {
      this.dates = dates;
    }

    @Override
    public int code(long id) {
      return dates.code(id);
    }

    @Override
    public int code(String id) {
      return dates.code(id);
    }

    @Override
    public void codes(long[] ids, int from, int[] codes, int length) {
      dates.codes(ids, from, codes, 0, length);
    }

    @Override
    public void codes(String[] ids, int[] codes) {
      dates.codes(ids, codes);
    }

    @Override
    public long sumOfAll() {
      long[] sum = new long[1];
      if (dates.idKind() == IdKind.TEXT) {
        dates.forEachText((id, code) -> sum[0] += code);
      } else {
        dates.forEach((id, code) -> sum[0] += code);
      }
      return sum[0];
    }

    @Override
    public void close() {
      dates.close();
    }
  }
}
