package dev.almanac.benchmarks.stores;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * LMDB through lmdbjava: read-only, no lock file, one long read transaction for each thread, direct
 * buffers used again, numbers as LMDB's own integer keys, the binding's argument checks off. The
 * build appends sorted keys.
 */
final class LmdbStore extends SortedStore {
  private static final int ROWS_PER_TRANSACTION = 1 << 20;

  static {
    System.setProperty(Env.DISABLE_CHECKS_PROP, "true");
  }

  LmdbStore() {
    super(Rows::unsignedSortedIds);
  }

  @Override
  public void build(Rows rows, Path directory) {
    try (Env<ByteBuffer> environment = environment(rows, directory, EnvFlags.MDB_NOSYNC)) {
      Dbi<ByteBuffer> table = environment.openDbi((String) null, flags(rows));
      ByteBuffer key = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
      ByteBuffer value = ByteBuffer.allocateDirect(2).order(ByteOrder.LITTLE_ENDIAN);
      for (int from = 0; from < rows.count(); from += ROWS_PER_TRANSACTION) {
        try (Txn<ByteBuffer> transaction = environment.txnWrite()) {
          int to = Math.min(rows.count(), from + ROWS_PER_TRANSACTION);
          for (int i = from; i < to; i++) {
            if (sorted == null) {
              key.clear().put(rows.text(i).getBytes(ISO_8859_1)).flip();
            } else {
              key.clear().putLong(sorted[i]).flip();
            }
            value.putShort(0, Rows.code(sorted == null ? i : sorted[i]));
            table.put(transaction, key, value, PutFlags.MDB_APPEND);
          }
          transaction.commit();
        }
      }
      environment.sync(true);
    }
  }

  private static Env<ByteBuffer> environment(Rows rows, Path directory, EnvFlags... flags) {
    return Env.create()
        .setMapSize(128L * rows.count() + (1 << 24))
        .setMaxDbs(1)
        .open(directory.toFile(), flags);
  }

  private static DbiFlags[] flags(Rows rows) {
    return rows.ids().isText() ? new DbiFlags[0] : new DbiFlags[] {DbiFlags.MDB_INTEGERKEY};
  }

  @Override
  public Table open(Rows rows, Path directory) {
    // A read-only environment ignores a map size that is too small.
    Env<ByteBuffer> environment =
        environment(
            rows, directory, EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOLOCK, EnvFlags.MDB_NORDAHEAD);
    return new LmdbTable(environment, environment.openDbi((String) null, flags(rows)), true);
  }

  private static final class LmdbTable implements Table {
    private final Env<ByteBuffer> environment;
    private final Dbi<ByteBuffer> table;
    private final Txn<ByteBuffer> transaction;
    private final boolean owner;
    private final ByteBuffer key = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());

    LmdbTable(Env<ByteBuffer> environment, Dbi<ByteBuffer> table, boolean owner) {
      this.environment = environment;
      this.table = table;
      this.owner = owner;
      transaction = environment.txnRead();
    }

    @Override
    public int code(long id) {
      return code(key.clear().putLong(id).flip());
    }

    @Override
    public int code(String id) {
      return code(key.clear().put(id.getBytes(ISO_8859_1)).flip());
    }

    private int code(ByteBuffer bytes) {
      ByteBuffer value = table.get(transaction, bytes);
      return value == null ? ABSENT : value.get(0) & 0xFF | (value.get(1) & 0xFF) << 8;
    }

    @Override
    public Table forThread() {
      return new LmdbTable(environment, table, false);
    }

    @Override
    public void close() {
      transaction.close();
      if (owner) {
        environment.close();
      }
    }
  }
}
