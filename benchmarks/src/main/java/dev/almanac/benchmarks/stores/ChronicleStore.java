package dev.almanac.benchmarks.stores;

import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.core.values.LongValue;
import net.openhft.chronicle.core.values.ShortValue;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.values.Values;

/**
 * Stock Chronicle Map, ID to a code of two bytes, in the quickest of five ways that were tried:
 * value interfaces for key and value, read with {@code getUsing} into an object of the reader's
 * own. Byte arrays or boxed numbers took half as long again.
 */
final class ChronicleStore implements Store {
  private static final String FILE_NAME = "table.chm";

  @Override
  public boolean takes(Ids ids) {
    return true;
  }

  @Override
  public void build(Rows rows, Path directory) throws IOException {
    ShortValue value = Values.newHeapInstance(ShortValue.class);
    if (rows.ids().isText()) {
      try (ChronicleMap<CharSequence, ShortValue> map = texts(rows, directory)) {
        for (int i = 0; i < rows.count(); i++) {
          value.setValue(Rows.code(i));
          map.put(rows.text(i), value);
        }
      }
    } else {
      LongValue key = Values.newHeapInstance(LongValue.class);
      try (ChronicleMap<LongValue, ShortValue> map = numbers(rows, directory)) {
        for (int i = 0; i < rows.count(); i++) {
          key.setValue(rows.id(i));
          value.setValue(Rows.code(key.getValue()));
          map.put(key, value);
        }
      }
    }
  }

  private static ChronicleMap<LongValue, ShortValue> numbers(Rows rows, Path directory)
      throws IOException {
    return ChronicleMapBuilder.of(LongValue.class, ShortValue.class)
        .entries(rows.count())
        .checksumEntries(false)
        .createPersistedTo(directory.resolve(FILE_NAME).toFile());
  }

  private static ChronicleMap<CharSequence, ShortValue> texts(Rows rows, Path directory)
      throws IOException {
    ChronicleMapBuilder<CharSequence, ShortValue> builder =
        ChronicleMapBuilder.of(CharSequence.class, ShortValue.class);
    // Addresses are of several lengths.
    builder =
        switch (rows.ids()) {
          case ADDRESSES -> builder.averageKeySize(36);
          case EMAILS -> builder.averageKeySize(38);
          default -> builder.constantKeySizeBySample(rows.text(0));
        };
    return builder
        .entries(rows.count())
        .checksumEntries(false)
        .createPersistedTo(directory.resolve(FILE_NAME).toFile());
  }

  @Override
  public Table open(Rows rows, Path directory) throws IOException {
    return rows.ids().isText()
        ? new TextTable(texts(rows, directory))
        : new NumberTable(numbers(rows, directory));
  }

  private static int code(ShortValue value) {
    return value == null ? Table.ABSENT : value.getValue();
  }

  private static <K> long sumOfAll(ChronicleMap<K, ShortValue> map) {
    long[] sum = new long[1];
    map.forEach((id, code) -> sum[0] += code.getValue());
    return sum[0];
  }

  private static final class NumberTable implements Table {
    private final ChronicleMap<LongValue, ShortValue> map;
    private final LongValue key = Values.newHeapInstance(LongValue.class);
    private final ShortValue value = Values.newHeapInstance(ShortValue.class);

    NumberTable(ChronicleMap<LongValue, ShortValue> map) {
      this.map = map;
    }

    @Override
    public int code(long id) {
      key.setValue(id);
      return ChronicleStore.code(map.getUsing(key, value));
    }

    @Override
    public long sumOfAll() {
      return ChronicleStore.sumOfAll(map);
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
    private final ChronicleMap<CharSequence, ShortValue> map;
    private final ShortValue value = Values.newHeapInstance(ShortValue.class);

    TextTable(ChronicleMap<CharSequence, ShortValue> map) {
      this.map = map;
    }

    @Override
    public int code(String id) {
      return ChronicleStore.code(map.getUsing(id, value));
    }

    @Override
    public long sumOfAll() {
      return ChronicleStore.sumOfAll(map);
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
