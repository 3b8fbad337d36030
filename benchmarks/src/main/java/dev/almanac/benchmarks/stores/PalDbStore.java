package dev.almanac.benchmarks.stores;

import com.linkedin.paldb.api.Configuration;
import com.linkedin.paldb.api.PalDB;
import com.linkedin.paldb.api.StoreReader;
import com.linkedin.paldb.api.StoreWriter;
import java.io.File;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * PalDB, a write-once store, mapped, its cache off as it is by default. One reader for each thread.
 */
final class PalDbStore implements Store {
  private static final String FILE_NAME = "table.paldb";

  /** Kept, since a logger that nobody keeps forgets its level. */
  private static final Logger LOGGER = Logger.getLogger("com.linkedin.paldb");

  static {
    LOGGER.setLevel(Level.OFF);
  }

  @Override
  public void build(Rows rows, Path directory) {
    StoreWriter writer =
        PalDB.createWriter(directory.resolve(FILE_NAME).toFile(), new Configuration());
    for (int i = 0; i < rows.count(); i++) {
      if (rows.ids().isText()) {
        writer.put(rows.text(i), (int) Rows.code(i));
      } else {
        long id = rows.id(i);
        writer.put(id, (int) Rows.code(id));
      }
    }
    writer.close();
  }

  @Override
  public Table open(Rows rows, Path directory) {
    return new PalDbTable(directory.resolve(FILE_NAME).toFile());
  }

  private static final class PalDbTable implements Table {
    private final File file;
    private final StoreReader reader;

    PalDbTable(File file) {
      this.file = file;
      reader = PalDB.createReader(file, new Configuration());
    }

    @Override
    public int code(long id) {
      return reader.getInt(id, ABSENT);
    }

    @Override
    public int code(String id) {
      return reader.getInt(id, ABSENT);
    }

    @Override
    public Table forThread() {
      return new PalDbTable(file);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
