package dev.almanac.benchmarks.stores;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A mapped array of codes, two bytes for each dense ID: the limit of what dense IDs can have. */
final class MappedArrayStore implements Store {
  private static final String FILE_NAME = "codes";

  @Override
  public boolean takes(Ids ids) {
    return ids == Ids.DENSE;
  }

  @Override
  public void build(Rows rows, Path directory) throws IOException {
    try (DataOutputStream output =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(directory.resolve(FILE_NAME))))) {
      for (int id = 0; id < rows.count(); id++) {
        output.writeShort(Short.reverseBytes(Rows.code(id)));
      }
    }
  }

  @Override
  public Table open(Rows rows, Path directory) throws IOException {
    return new MappedArrayTable(Mappings.map(directory.resolve(FILE_NAME)));
  }

  private static final class MappedArrayTable implements Table {
    private final MappedByteBuffer mapping;
    private final int count;

    MappedArrayTable(MappedByteBuffer mapping) {
      this.mapping = mapping;
      count = mapping.capacity() / 2;
    }

    @Override
    public int code(long id) {
      return id >= 0 && id < count ? mapping.getShort((int) id * 2) : ABSENT;
    }

    @Override
    public long sumOfAll() {
      long sum = 0;
      for (int id = 0; id < count; id++) {
        sum += mapping.getShort(id * 2);
      }
      return sum;
    }

    @Override
    public void close() {}
  }
}
