package com.example.stock;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * Reads a lookup file with Chronicle Map itself: the file that {@link Layout#ENTRIES} asks for is a
 * map from ID to date code. Chronicle Map writes to each file that it opens, so it gets a copy.
 */
public final class StockDates implements AutoCloseable {
  private final ChronicleMap<Long, byte[]> codes;
  private final Almanac dictionary;

  private StockDates(ChronicleMap<Long, byte[]> codes, Almanac dictionary) {
    this.codes = codes;
    this.dictionary = dictionary;
  }

  /** Builds a file of numeric IDs with one entry for each. */
  public static void build(RowSource rows, Path target) throws IOException {
    AlmanacBuilder.create().layout(Layout.ENTRIES).build(rows, target);
  }

  /** Copies the map of a sealed file to {@code copy}, and opens it there. */
  public static StockDates open(Path sealed, Path copy) throws IOException {
    Files.copy(sealed, copy);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    return new StockDates(
        ChronicleMapBuilder.of(Long.class, byte[].class).createPersistedTo(copy.toFile()),
        Almanac.open(sealed));
  }

  /** The date of an ID, or null. */
  public LocalDate date(long id) {
    byte[] value = codes.get(id);
    return value == null ? null : dictionary.dictionary().date(code(value));
  }

  /** A code is a little-endian number of 1, 2 or 4 bytes. */
  private static int code(byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    return switch (value.length) {
      case 1 -> bytes.get() & 0xFF;
      case 2 -> bytes.getShort() & 0xFFFF;
      default -> bytes.getInt();
    };
  }

  /** How many entries the map has. */
  public long size() {
    return codes.longSize();
  }

  @Override
  public void close() {
    codes.close();
    dictionary.close();
  }

  /** Takes a sealed file, a name for the copy, and IDs. */
  public static void main(String[] args) throws IOException {
    try (StockDates dates = open(Path.of(args[0]), Path.of(args[1]))) {
      for (int i = 2; i < args.length; i++) {
        System.out.println(args[i] + "\t" + dates.date(Long.parseLong(args[i])));
      }
    }
  }
}
