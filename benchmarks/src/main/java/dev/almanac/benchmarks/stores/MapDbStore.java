package dev.almanac.benchmarks.stores;

import java.nio.file.Path;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.serializer.GroupSerializer;
import org.mapdb.volume.MappedFileVol;
import org.mapdb.volume.Volume;

/** MapDB's read-only form, a sorted table, mapped. */
final class MapDbStore extends SortedStore {
  private static final String FILE_NAME = "table.mapdb";

  MapDbStore() {
    super(Rows::sortedIds);
  }

  @Override
  public void build(Rows rows, Path directory) {
    Volume volume = volume(directory, false);
    if (rows.ids().isText()) {
      SortedTableMap.Sink<String, Short> sink =
          SortedTableMap.create(volume, Serializer.STRING_ASCII, shorts()).createFromSink();
      for (int i = 0; i < rows.count(); i++) {
        sink.put(rows.text(i), Rows.code(i));
      }
      sink.create();
    } else {
      SortedTableMap.Sink<Long, Short> sink =
          SortedTableMap.create(volume, Serializer.LONG, shorts()).createFromSink();
      for (long id : sorted) {
        sink.put(id, Rows.code(id));
      }
      sink.create();
    }
    volume.close();
  }

  private static Volume volume(Path directory, boolean readOnly) {
    return MappedFileVol.FACTORY.makeVolume(directory.resolve(FILE_NAME).toString(), readOnly);
  }

  private static GroupSerializer<Short> shorts() {
    return Serializer.SHORT;
  }

  @Override
  public Table open(Rows rows, Path directory) {
    Volume volume = volume(directory, true);
    SortedTableMap<?, Short> map =
        rows.ids().isText()
            ? SortedTableMap.open(volume, Serializer.STRING_ASCII, shorts())
            : SortedTableMap.open(volume, Serializer.LONG, shorts());
    return new MapTable(
        map,
        () -> {
          map.close();
          volume.close();
        });
  }
}
