package dev.almanac.benchmarks.stores;

import com.spotify.sparkey.CompressionType;
import com.spotify.sparkey.Sparkey;
import com.spotify.sparkey.SparkeyReader;
import com.spotify.sparkey.SparkeyWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Sparkey, a log and a hash index, both mapped. Not compressed, one reader for each thread. */
final class SparkeyStore implements Store {
  private static final String FILE_NAME = "table.spi";

  @Override
  public void build(Rows rows, Path directory) throws IOException {
    byte[] key = new byte[8];
    try (SparkeyWriter writer =
        Sparkey.createNew(directory.resolve(FILE_NAME).toFile(), CompressionType.NONE, 0)) {
      for (int i = 0; i < rows.count(); i++) {
        if (rows.ids().isText()) {
          writer.put(rows.text(i).getBytes(StandardCharsets.UTF_8), Keys.value(Rows.code(i)));
        } else {
          long id = rows.id(i);
          Keys.put(key, id);
          writer.put(key, Keys.value(Rows.code(id)));
        }
      }
      writer.writeHash();
    }
  }

  @Override
  public Table open(Rows rows, Path directory) throws IOException {
    return new SparkeyTable(directory.resolve(FILE_NAME).toFile());
  }

  private static final class SparkeyTable implements Table {
    private final File file;
    private final SparkeyReader reader;
    private final byte[] key = new byte[8];

    SparkeyTable(File file) throws IOException {
      this.file = file;
      reader = Sparkey.openSingleThreadedReader(file);
    }

    @Override
    public int code(long id) {
      Keys.put(key, id);
      return code(key);
    }

    @Override
    public int code(String id) {
      return code(id.getBytes(StandardCharsets.UTF_8));
    }

    private int code(byte[] bytes) {
      try {
        return Keys.code(reader.getAsByteArray(bytes));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Table forThread() {
      // Not a duplicate of the reader: closing one fails on JDK 9 and later, which refuse to unmap
      // a duplicated buffer.
      try {
        return new SparkeyTable(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
