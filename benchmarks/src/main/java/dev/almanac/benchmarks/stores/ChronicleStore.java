package dev.almanac.benchmarks.stores;

import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** Stock Chronicle Map, ID to a code of two bytes, read with {@code getUsing} into an array of the reader's own. */
final class ChronicleStore implements Store {
  private static final String FILE_NAME = "table.chm";

  @Override
  public boolean takes(Ids ids) {
    return true;
  }

  @Override
  public void build(Rows rows, Path directory) throws IOException {
    if (rows.ids() == Ids.TEXT) {
      try (ChronicleMap<CharSequence, byte[]> map = texts(rows, directory)) {
        for (int i = 0; i < rows.count(); i++) {
          map.put(rows.text(i), Keys.value(Rows.code(i)));
        }
      }
    } else {
      try (ChronicleMap<Long, byte[]> map = numbers(rows, directory)) {
        // Dense IDs too come in random order, as they do to a program that does not know about segments.
        int stride = Accesses.stride(rows.count());
        for (long i = 0, at = 0; i < rows.count(); i++, at = (at + stride) % rows.count()) {
          long id = rows.id(at);
          map.put(id, Keys.value(Rows.code(id)));
        }
      }
    }
  }

  private static ChronicleMap<Long, byte[]> numbers(Rows rows, Path directory) throws IOException {
    return ChronicleMapBuilder.of(Long.class, byte[].class)
        .constantValueSizeBySample(new byte[2])
        .entries(rows.count())
        .checksumEntries(false)
        .createPersistedTo(directory.resolve(FILE_NAME).toFile());
  }

  private static ChronicleMap<CharSequence, byte[]> texts(Rows rows, Path directory) throws IOException {
    return ChronicleMapBuilder.of(CharSequence.class, byte[].class)
        .constantKeySizeBySample(rows.text(0))
        .constantValueSizeBySample(new byte[2])
        .entries(rows.count())
        .checksumEntries(false)
        .createPersistedTo(directory.resolve(FILE_NAME).toFile());
  }

  @Override
  public Table open(Rows rows, Path directory) throws IOException {
    return rows.ids() == Ids.TEXT
        ? new TextTable(texts(rows, directory))
        : new NumberTable(numbers(rows, directory));
  }

  private static final class NumberTable implements Table {
    private final ChronicleMap<Long, byte[]> map;
    private final byte[] value = new byte[2];

    NumberTable(ChronicleMap<Long, byte[]> map) {
      this.map = map;
    }

    @Override
    public int code(long id) {
      return Keys.code(map.getUsing(id, value));
    }

    @Override
    public long sumOfAll() {
      long[] sum = new long[1];
      map.forEach((id, bytes) -> sum[0] += Keys.code(bytes));
      return sum[0];
    }

    @Override
    public Table forThread() {
      return new NumberTable(map);
    }

    @Override
    public void close() {
      map.close();
    }
  }

  private static final class TextTable implements Table {
    private final ChronicleMap<CharSequence, byte[]> map;
    private final byte[] value = new byte[2];

    TextTable(ChronicleMap<CharSequence, byte[]> map) {
      this.map = map;
    }

    @Override
    public int code(long id) {
      throw new UnsupportedOperationException("No numeric IDs here.");
    }

    @Override
    public int code(String id) {
      return Keys.code(map.getUsing(id, value));
    }

    @Override
    public long sumOfAll() {
      long[] sum = new long[1];
      map.forEach((id, bytes) -> sum[0] += Keys.code(bytes));
      return sum[0];
    }

    @Override
    public Table forThread() {
      return new TextTable(map);
    }

    @Override
    public void close() {
      map.close();
    }
  }
}
