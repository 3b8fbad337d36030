package dev.almanac.build.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That what the build writes into the tiers is what stock Chronicle Map would have written, to the
 * last byte.
 */
class StockBytesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "ENTRIES,1",
    "ENTRIES,500",
    "ENTRIES,9000",
    "ENTRIES,30000",
    "HASHED,2000",
    "HASHED,40000"
  })
  void aNumericStoreIsTheOneThatStockFills(Layout layout, int idCount) throws IOException {
    SampleRows rows = SampleRows.sparse(idCount, 300);
    assertStockWritesTheSame(
        rows.build(folder, layout), layout == Layout.ENTRIES && idCount >= 30_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2_000, 90_000})
  void aStoreOfDirectPagesIsTheOneThatStockFills(int idCount) throws IOException {
    assertStockWritesTheSame(SampleRows.dense(0, idCount, 300).build(folder, Layout.DIRECT), false);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 500, 9_000, 30_000})
  void aTextStoreIsTheOneThatStockFills(int idCount) throws IOException {
    SampleRows rows =
        SampleRows.texts(idCount, 300)
            .add("e".repeat(1024), "2024-02-29")
            .add("e".repeat(128), "2024-02-29");
    assertStockWritesTheSame(rows.build(folder, Layout.AUTO), idCount >= 30_000);
  }

  private record Entry(long number, byte[] text, byte[] value) {}

  private void assertStockWritesTheSame(Path target, boolean severalSegments) throws IOException {
    ByteBuffer sealed = map(target);
    Footer footer = FooterBytes.decode(tail(sealed), sealed.capacity(), target);
    StoreGeometry g = footer.geometry();
    assertEquals(severalSegments, g.segmentCount() > 1);
    boolean text = footer.idKind() == IdKind.TEXT;
    int fullest = 1;
    for (int segment = 0; segment < g.segmentCount(); segment++) {
      fullest = Math.max(fullest, sealed.getInt((int) g.segmentHeaderOffset(segment) + 8));
    }
    Path store = folder.resolve("stock.dat");
    StorePlan plan =
        new StorePlan(
            g.segmentCount(),
            fullest,
            g.chunkCount(),
            g.chunkBytes(),
            valueBytes(footer),
            text,
            footer.entryCount());
    assertEquals(g, ChronicleStore.create(plan, store).geometry());
    List<Entry> entries = entries(sealed, footer);
    assertEquals(footer.entryCount(), entries.size());
    if (text) {
      try (ChronicleMap<byte[], byte[]> map =
          ChronicleMapBuilder.of(byte[].class, byte[].class).createPersistedTo(store.toFile())) {
        entries.forEach(entry -> map.put(entry.text(), entry.value()));
      }
    } else {
      try (ChronicleMap<Long, byte[]> map =
          ChronicleMapBuilder.of(Long.class, byte[].class).createPersistedTo(store.toFile())) {
        entries.forEach(entry -> map.put(entry.number(), entry.value()));
      }
    }
    ByteBuffer stock = map(store);
    int at =
        stock
            .duplicate()
            .limit((int) g.storeBytes())
            .mismatch(sealed.duplicate().limit((int) g.storeBytes()));
    assertEquals(
        -1,
        at,
        () ->
            "the first byte that differs is "
                + where(g, at)
                + ": found="
                + sealed.get(at)
                + " stock="
                + stock.get(at));
  }

  private static int valueBytes(Footer footer) {
    return footer.pages().hasPages()
        ? footer.geometry().chunkBytes() - Long.BYTES
        : footer.codeBytes();
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static ByteBuffer tail(ByteBuffer file) {
    return file.slice(file.capacity() - Footer.BYTES, Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The entries as they lie, segment by segment, chunk by chunk. */
  private static List<Entry> entries(ByteBuffer file, Footer footer) {
    StoreGeometry g = footer.geometry();
    List<Entry> entries = new ArrayList<>();
    for (int segment = 0; segment < g.segmentCount(); segment++) {
      int at = (int) g.tierOffset(segment) + g.entrySpaceOffset();
      int count = file.getInt((int) g.segmentHeaderOffset(segment) + 8);
      for (int i = 0; i < count; i++) {
        int from = at;
        long number = 0;
        byte[] text = null;
        if (footer.idKind() == IdKind.LONG) {
          number = file.getLong(at);
          at += Long.BYTES;
        } else {
          int length = file.get(at++);
          if (length < 0) {
            length = length & 0x7F | file.get(at++) << 7;
          }
          text = new byte[length];
          file.get(at, text);
          at += length;
        }
        byte[] value = new byte[valueBytes(footer)];
        file.get(at, value);
        at += value.length;
        entries.add(new Entry(number, text, value));
        at = from + (at - from + g.chunkBytes() - 1) / g.chunkBytes() * g.chunkBytes();
      }
    }
    return entries;
  }

  private static String where(StoreGeometry g, int at) {
    if (at < g.segmentHeadersOffset()) {
      return "byte " + at + " of Chronicle's header";
    }
    if (at < g.tiersOffset()) {
      long inHeaders = at - g.segmentHeadersOffset();
      return "byte "
          + inHeaders % g.segmentHeaderBytes()
          + " of the header of segment "
          + inHeaders / g.segmentHeaderBytes();
    }
    long inTiers = at - g.tiersOffset();
    return "byte "
        + inTiers % g.tierBytes()
        + " of the tier of segment "
        + inTiers / g.tierBytes()
        + " (counters at "
        + g.countersOffset()
        + ", entries at "
        + g.entrySpaceOffset()
        + ")";
  }
}
