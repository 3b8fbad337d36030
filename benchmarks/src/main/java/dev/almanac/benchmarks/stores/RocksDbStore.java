package dev.almanac.benchmarks.stores;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;
import org.rocksdb.Status;

/**
 * RocksDB, read-only: one sorted table file, not compressed, mapped, so blocks are read where they lie and no block cache copies
 * them; Bloom filter, hash index in small data blocks, checksums of blocks not verified on a read. Direct buffers used again.
 */
final class RocksDbStore implements Store {
  private static final int BLOCK_BYTES = 1 << 10;
  private static final int BLOOM_BITS_PER_KEY = 10;

  static {
    RocksDB.loadLibrary();
  }

  @Override
  public boolean takes(Ids ids) {
    return true;
  }

  private static Options options() {
    return new Options()
        .setCreateIfMissing(true)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setAllowMmapReads(true)
        .setMaxOpenFiles(-1)
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setNoBlockCache(true)
                .setBlockSize(BLOCK_BYTES)
                .setFilterPolicy(new BloomFilter(BLOOM_BITS_PER_KEY, false))
                .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                .setDataBlockHashTableUtilRatio(0.75));
  }

  @Override
  public void build(Rows rows, Path directory) throws Exception {
    Path sorted = directory.resolve("sorted.sst");
    try (Options options = options();
        EnvOptions environment = new EnvOptions();
        SstFileWriter writer = new SstFileWriter(environment, options)) {
      writer.open(sorted.toString());
      byte[] key = new byte[8];
      long[] ids = rows.ids() == Ids.TEXT ? null : rows.unsignedSortedIds();
      for (int i = 0; i < rows.count(); i++) {
        if (ids == null) {
          writer.put(rows.text(i).getBytes(ISO_8859_1), Keys.value(Rows.code(i)));
        } else {
          Keys.put(key, ids[i]);
          writer.put(key, Keys.value(Rows.code(ids[i])));
        }
      }
      writer.finish();
      try (RocksDB database = RocksDB.open(options, directory.toString());
          IngestExternalFileOptions ingest = new IngestExternalFileOptions().setMoveFiles(true)) {
        database.ingestExternalFile(List.of(sorted.toString()), ingest);
      }
    }
    Files.deleteIfExists(sorted);
  }

  @Override
  public Table open(Rows rows, Path directory) throws RocksDBException {
    Options options = options();
    return new RocksDbTable(options, RocksDB.openReadOnly(options, directory.toString()), true);
  }

  private static final class RocksDbTable implements Table {
    private static final int KEY_BYTES = 16;
    private static final int BATCH = 64;

    private final Options options;
    private final RocksDB database;
    private final boolean owner;
    private final ReadOptions readOptions = new ReadOptions().setVerifyChecksums(false);
    private final ByteBuffer key = ByteBuffer.allocateDirect(KEY_BYTES).order(ByteOrder.BIG_ENDIAN);
    private final ByteBuffer value = ByteBuffer.allocateDirect(2).order(ByteOrder.LITTLE_ENDIAN);
    private final List<ByteBuffer> keys = buffers(KEY_BYTES, ByteOrder.BIG_ENDIAN);
    private final List<ByteBuffer> values = buffers(2, ByteOrder.LITTLE_ENDIAN);

    RocksDbTable(Options options, RocksDB database, boolean owner) {
      this.options = options;
      this.database = database;
      this.owner = owner;
    }

    private static List<ByteBuffer> buffers(int bytes, ByteOrder order) {
      List<ByteBuffer> buffers = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        buffers.add(ByteBuffer.allocateDirect(bytes).order(order));
      }
      return buffers;
    }

    @Override
    public int code(long id) {
      key.clear().putLong(id).flip();
      return code();
    }

    @Override
    public int code(String id) {
      key.clear().put(id.getBytes(ISO_8859_1)).flip();
      return code();
    }

    private int code() {
      try {
        value.clear();
        return database.get(readOptions, key, value) == RocksDB.NOT_FOUND ? ABSENT : value.getShort(0) & 0xFFFF;
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void codes(long[] ids, int from, int[] codes, int length) {
      for (int done = 0; done < length; done += BATCH) {
        int batch = Math.min(BATCH, length - done);
        for (int i = 0; i < batch; i++) {
          keys.get(i).clear().putLong(ids[from + done + i]).flip();
        }
        get(batch, codes, done);
      }
    }

    @Override
    public void codes(String[] ids, int[] codes) {
      for (int done = 0; done < ids.length; done += BATCH) {
        int batch = Math.min(BATCH, ids.length - done);
        for (int i = 0; i < batch; i++) {
          keys.get(i).clear().put(ids[done + i].getBytes(ISO_8859_1)).flip();
        }
        get(batch, codes, done);
      }
    }

    private void get(int batch, int[] codes, int codesFrom) {
      try {
        for (int i = 0; i < batch; i++) {
          values.get(i).clear();
        }
        List<ByteBufferGetStatus> found =
            database.multiGetByteBuffers(readOptions, keys.subList(0, batch), values.subList(0, batch));
        for (int i = 0; i < batch; i++) {
          boolean hit = found.get(i).status.getCode() == Status.Code.Ok;
          codes[codesFrom + i] = hit ? values.get(i).getShort(0) & 0xFFFF : ABSENT;
        }
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Table forThread() {
      return new RocksDbTable(options, database, false);
    }

    @Override
    public void close() {
      readOptions.close();
      if (owner) {
        database.close();
        options.close();
      }
    }
  }
}
