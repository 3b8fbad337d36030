package dev.almanac.benchmarks.stores;

import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * MVStore of H2, read-only, not compressed, with a page cache of 1 GiB on the heap. The build
 * appends sorted keys.
 */
final class MvStoreStore extends SortedStore {
  private static final String FILE_NAME = "table.mv";
  private static final String MAP_NAME = "codes";
  private static final int CACHE_MEBIBYTES = 1_024;

  MvStoreStore() {
    super(Rows::sortedIds);
  }

  @Override
  public void build(Rows rows, Path directory) {
    try (MVStore store =
        new MVStore.Builder().fileName(directory.resolve(FILE_NAME).toString()).open()) {
      if (rows.ids().isText()) {
        MVMap<String, Long> map = texts(store);
        for (int i = 0; i < rows.count(); i++) {
          map.append(rows.text(i), (long) Rows.code(i));
        }
      } else {
        MVMap<Long, Long> map = numbers(store);
        for (long id : sorted) {
          map.append(id, (long) Rows.code(id));
        }
      }
    }
  }

  private static MVMap<Long, Long> numbers(MVStore store) {
    return map(store, LongDataType.INSTANCE);
  }

  private static MVMap<String, Long> texts(MVStore store) {
    return map(store, StringDataType.INSTANCE);
  }

  private static <K> MVMap<K, Long> map(MVStore store, DataType<K> keys) {
    return store.openMap(
        MAP_NAME, new MVMap.Builder<K, Long>().keyType(keys).valueType(LongDataType.INSTANCE));
  }

  @Override
  public Table open(Rows rows, Path directory) {
    MVStore store =
        new MVStore.Builder()
            .fileName(directory.resolve(FILE_NAME).toString())
            .readOnly()
            .cacheSize(CACHE_MEBIBYTES)
            .open();
    return new MapTable(rows.ids().isText() ? texts(store) : numbers(store), store::close);
  }
}
