package dev.almanac.benchmarks.stores;

import it.unimi.dsi.fastutil.longs.Long2ShortOpenHashMap;
import it.unimi.dsi.fastutil.objects.Object2ShortOpenHashMap;
import it.unimi.dsi.fastutil.shorts.ShortIterator;
import java.nio.file.Path;

/** fastutil's open hash maps, on the heap: every process has its own. */
final class FastutilStore implements Store {
  @Override
  public Table open(Rows rows, Path directory) {
    if (rows.ids().isText()) {
      Object2ShortOpenHashMap<String> map = new Object2ShortOpenHashMap<>(rows.count());
      map.defaultReturnValue((short) Table.ABSENT);
      for (int i = 0; i < rows.count(); i++) {
        map.put(rows.text(i), Rows.code(i));
      }
      return new TextTable(map);
    }
    Long2ShortOpenHashMap map = new Long2ShortOpenHashMap(rows.count());
    map.defaultReturnValue((short) Table.ABSENT);
    for (int i = 0; i < rows.count(); i++) {
      long id = rows.id(i);
      map.put(id, Rows.code(id));
    }
    return new NumberTable(map);
  }

  private static long sum(ShortIterator codes) {
    long sum = 0;
    while (codes.hasNext()) {
      sum += codes.nextShort();
    }
    return sum;
  }

  private static final class NumberTable implements Table {
    private final Long2ShortOpenHashMap map;

    NumberTable(Long2ShortOpenHashMap map) {
      this.map = map;
    }

    @Override
    public int code(long id) {
      return map.get(id);
    }

    @Override
    public long sumOfAll() {
      return sum(map.values().iterator());
    }

    @Override
    public void close() {}
  }

  private static final class TextTable implements Table {
    private final Object2ShortOpenHashMap<String> map;

    TextTable(Object2ShortOpenHashMap<String> map) {
      this.map = map;
    }

    @Override
    public int code(String id) {
      return map.getShort(id);
    }

    @Override
    public long sumOfAll() {
      return sum(map.values().iterator());
    }

    @Override
    public void close() {}
  }
}
