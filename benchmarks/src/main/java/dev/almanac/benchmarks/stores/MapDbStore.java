package dev.almanac.benchmarks.stores;

import java.nio.file.Path;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.serializer.GroupSerializer;
import org.mapdb.volume.MappedFileVol;
import org.mapdb.volume.Volume;

/** MapDB's read-only form, a sorted table, mapped. */
final class MapDbStore implements Store {
  private static final String FILE_NAME = "table.mapdb";

  private long[] sorted;

  @Override
  public void prepare(Rows rows) {
    sorted = rows.ids() == Ids.TEXT ? null : rows.sortedIds();
  }

  @Override
  public boolean takes(Ids ids) {
    return true;
  }

  @Override
  public void build(Rows rows, Path directory) {
    Volume volume = volume(directory, false);
    if (rows.ids() == Ids.TEXT) {
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
    return rows.ids() == Ids.TEXT
        ? new TextTable(SortedTableMap.open(volume, Serializer.STRING_ASCII, shorts()), volume)
        : new NumberTable(SortedTableMap.open(volume, Serializer.LONG, shorts()), volume);
  }

  private static final class NumberTable implements Table {
    private final SortedTableMap<Long, Short> map;
    private final Volume volume;

    NumberTable(SortedTableMap<Long, Short> map, Volume volume) {
      this.map = map;
      this.volume = volume;
    }

    @Override
    public int code(long id) {
      Short code = map.get(id);
      return code == null ? ABSENT : code;
    }

    @Override
    public void close() {
      map.close();
      volume.close();
    }
  }

  private static final class TextTable implements Table {
    private final SortedTableMap<String, Short> map;
    private final Volume volume;

    TextTable(SortedTableMap<String, Short> map, Volume volume) {
      this.map = map;
      this.volume = volume;
    }

    @Override
    public int code(String id) {
      Short code = map.get(id);
      return code == null ? ABSENT : code;
    }

    @Override
    public void close() {
      map.close();
      volume.close();
    }
  }
}
