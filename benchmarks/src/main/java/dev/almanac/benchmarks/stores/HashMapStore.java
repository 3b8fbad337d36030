package dev.almanac.benchmarks.stores;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** {@link HashMap}, on the heap: every process has its own. The codes are shared objects. */
final class HashMapStore implements Store {
  private static final Runnable NOTHING = () -> {};

  @Override
  public boolean takes(Ids ids) {
    return true;
  }

  @Override
  public Table open(Rows rows, Path directory) {
    Short[] codes = new Short[Rows.DATE_COUNT];
    for (int code = 0; code < codes.length; code++) {
      codes[code] = (short) code;
    }
    int capacity = (int) (rows.count() / 0.75) + 1;
    if (rows.ids().isText()) {
      Map<String, Short> map = new HashMap<>(capacity);
      for (int i = 0; i < rows.count(); i++) {
        map.put(rows.text(i), codes[Rows.code(i)]);
      }
      return new MapTable(map, NOTHING);
    }
    Map<Long, Short> map = new HashMap<>(capacity);
    for (int i = 0; i < rows.count(); i++) {
      long id = rows.id(i);
      map.put(id, codes[Rows.code(id)]);
    }
    return new MapTable(map, NOTHING);
  }
}
