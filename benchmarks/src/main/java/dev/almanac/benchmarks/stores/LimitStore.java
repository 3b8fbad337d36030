package dev.almanac.benchmarks.stores;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;

/**
 * No store but the limit of any: reads one or two random cache lines of a mapping that is as large
 * as this library's file of the same rows. What it answers has no meaning.
 */
final class LimitStore implements Store {
  private static final String FILE_NAME = "noise";

  private final int lineCount;

  LimitStore(int lineCount) {
    this.lineCount = lineCount;
  }

  @Override
  public boolean takes(Ids ids) {
    return !ids.isText();
  }

  @Override
  public boolean answers() {
    return false;
  }

  @Override
  public void build(Rows rows, Path directory) throws Exception {
    Mappings.writeNoise(
        directory.resolve(FILE_NAME), Tables.fileBytes(Tables.built("almanac", rows)));
  }

  @Override
  public Table open(Rows rows, Path directory) throws IOException {
    MappedByteBuffer mapping = Mappings.map(directory.resolve(FILE_NAME));
    return lineCount == 1 ? new OneLine(mapping) : new TwoLines(mapping);
  }

  /** Offset of a line, by the high half of a number's product. */
  private static int offset(long number, long lines) {
    return (int) ((number >>> 32) * lines >>> 32) << 6;
  }

  private static final class OneLine implements Table {
    private final MappedByteBuffer mapping;
    private final long lines;

    OneLine(MappedByteBuffer mapping) {
      this.mapping = mapping;
      lines = mapping.capacity() >> 6;
    }

    @Override
    public int code(long id) {
      return mapping.getInt(offset(id * 0x9E3779B97F4A7C15L, lines));
    }

    @Override
    public long sumOfAll() {
      long sum = 0;
      for (int offset = 0; offset <= mapping.capacity() - Long.BYTES; offset += Long.BYTES) {
        sum += mapping.getLong(offset);
      }
      return sum;
    }

    @Override
    public void close() {}
  }

  private static final class TwoLines implements Table {
    private final MappedByteBuffer mapping;
    private final long lines;

    TwoLines(MappedByteBuffer mapping) {
      this.mapping = mapping;
      lines = mapping.capacity() >> 6;
    }

    @Override
    public int code(long id) {
      return mapping.getInt(offset(id * 0x9E3779B97F4A7C15L, lines))
          + mapping.getInt(offset(id * 0xD1B54A32D192ED03L, lines));
    }

    @Override
    public void close() {}
  }
}
