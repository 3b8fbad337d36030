package dev.almanac.benchmarks.stores;

import dev.almanac.Layout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The stores by name. A store's class is loaded when it is asked for, and none of the others. */
public final class Stores {
  private static final Map<String, Supplier<Store>> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put("almanac", () -> new AlmanacStore(null));
    BY_NAME.put("almanac-entries", () -> new AlmanacStore(Layout.ENTRIES));
    BY_NAME.put("chronicle-map", () -> new ChronicleStore());
    BY_NAME.put("sparkey", () -> new SparkeyStore());
    BY_NAME.put("paldb", () -> new PalDbStore());
    BY_NAME.put("lmdb", () -> new LmdbStore());
    BY_NAME.put("rocksdb", () -> new RocksDbStore());
    BY_NAME.put("mapdb", () -> new MapDbStore());
    BY_NAME.put("mvstore", () -> new MvStoreStore());
    BY_NAME.put("fastutil", () -> new FastutilStore());
    BY_NAME.put("hashmap", () -> new HashMapStore());
    BY_NAME.put("limit", () -> new LimitStore(1));
    BY_NAME.put("limit-two-lines", () -> new LimitStore(2));
    BY_NAME.put("mapped-array", () -> new MappedArrayStore());
  }

  private Stores() {}

  /** Every name, in the order of the tables. */
  public static Set<String> names() {
    return BY_NAME.keySet();
  }

  /** The store of a name. */
  public static Store named(String name) {
    Supplier<Store> store = BY_NAME.get(name);
    if (store == null) {
      throw new IllegalArgumentException(
          "A store goes by one of the names " + names() + "; name=" + name);
    }
    return store.get();
  }
}
