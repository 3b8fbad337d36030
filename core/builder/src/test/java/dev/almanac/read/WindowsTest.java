package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which bytes of a file of pages the windows show. */
class WindowsTest extends TableTest {
  private HandmadeFile small(Layout layout) throws IOException {
    Path path = folder.resolve("small");
    if (layout == Layout.DIRECT) {
      return HandmadeFile.ofPages(path, new PageLayout(layout, 0, 11, 0, 2, 9, 0, 0), 3, 4);
    }
    if (layout == Layout.HASHED) {
      int slotBytes = HashedPages.slotBytes(30, 0, 2, 16);
      return HandmadeFile.ofPages(path, new PageLayout(layout, 0, 30, 0, 2, 2, slotBytes, 0), 3, 4);
    }
    HandmadeFile file =
        HandmadeFile.ofBlocks(path, BlocksTest.layout(0, 40, 4, 2, 9, 3), 3, Set.of(0L, 18L));
    file.putInBlock(5, 1);
    file.putInBlock(18 * 16 + 7, 2);
    return file;
  }

  /** So that a lookup has codes, directory and seal in one buffer. */
  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"DIRECT", "HASHED", "BLOCKS"})
  void oneWindowGoesOnToTheSeal(Layout layout) throws IOException {
    try (HandmadeFile file = small(layout)) {
      SealedFile sealed = file.open();
      Footer footer = sealed.footer();
      MappedByteBuffer[] windows = sealed.regions();
      assertEquals(1, windows.length);
      assertSame(windows[0], sealed.onlyWindow());
      long from = file.dataOffset(0);
      int length = (int) (footer.fileBytes() - from);
      assertEquals(file.read(from, length), windows[0].duplicate().position(0));
      assertEquals(Footer.SEAL, windows[0].getLong(Windows.sealOffset(footer, windows)));
      if (layout == Layout.BLOCKS) {
        assertEquals(footer.directoryOffset() - from, Windows.directoryOffset(footer, windows));
      }
    }
  }

  @Test
  void entriesHaveNoWindow() throws IOException {
    try (HandmadeFile file = HandmadeFile.ofNumbers(folder.resolve("e"), 3, 1, 64, 12)) {
      file.put(5, 1);
      assertNull(file.open().onlyWindow());
    }
  }

  /** A window shows its GiB and the cache line after it, the last one what is left and as much. */
  @Test
  void severalWindowsOverlapByACacheLine() throws IOException {
    PageLayout layout = new PageLayout(Layout.DIRECT, 0, 31, 0, 12, 20, 0, 0);
    int pageCount = 700;
    try (HandmadeFile file =
        HandmadeFile.ofUnfilledPages(folder.resolve("large"), layout, 4_000, pageCount)) {
      long boundary = file.dataOffset(0) + Windows.BYTES;
      for (int at = -64; at < 128; at++) {
        file.putByte(boundary + at, at);
      }
      SealedFile sealed = file.open();
      MappedByteBuffer[] windows = sealed.regions();
      assertEquals(2, windows.length);
      assertNull(sealed.onlyWindow());
      long bytes = pageCount * layout.entryBytes();
      assertTrue(bytes > Windows.BYTES);
      assertEquals(Windows.BYTES + Windows.OVERLAP_BYTES, windows[0].capacity());
      assertEquals(bytes - Windows.BYTES + Windows.OVERLAP_BYTES, windows[1].capacity());
      ByteBuffer end = windows[0].slice((int) Windows.BYTES - 64, 128);
      assertEquals(file.read(boundary - 64, 128), end);
      assertEquals(file.read(boundary, 128), windows[1].slice(0, 128));
    }
  }

  /** Pages of just below 1 GiB and a directory of as much are too long for one window. */
  @Test
  void aLongDirectoryHasAWindowAlone() throws IOException {
    int pageBits = 20;
    int pageCount = 2_730;
    int blockBits = 16;
    int blockCount = pageCount << pageBits - blockBits;
    long buckets = 4_095L << 12;
    PageLayout inDirectory =
        Directory.pages(
            64,
            blockBits,
            blockCount,
            12,
            HashedPages.slotBytes(64 - blockBits, 0, PageLayout.codeBits(blockCount), buckets),
            1);
    Directory directory = new Directory(blockBits, blockCount, inDirectory, 4_095, 1);
    PageLayout layout =
        new PageLayout(Layout.BLOCKS, Long.MIN_VALUE, 64, 0, 3, pageBits, 0, 0, directory);
    try (HandmadeFile file =
        HandmadeFile.ofUnfilledPages(folder.resolve("large"), layout, 4, pageCount)) {
      long block = 12_345;
      long id = Long.MIN_VALUE + (block << blockBits) + 17;
      file.clearBucket(file.home(block));
      file.putBlock(block, blockCount - 1);
      file.putInBlock(id, 3);
      // As many as blocks at least, or an opening refuses the file.
      file.idCount = blockCount;
      SealedFile sealed = file.open();
      assertTrue(pageCount * layout.entryBytes() <= Windows.BYTES);
      MappedByteBuffer[] windows = sealed.regions();
      assertEquals(2, windows.length);
      assertNull(sealed.onlyWindow());
      assertEquals(0, Windows.directoryOffset(sealed.footer(), windows));
      assertEquals(directory.bytes(), windows[1].capacity());
      LongTable table = LongTable.of(sealed);
      assertEquals(3, table.code(id));
      assertEquals(3, inBatch(table, id));
      // What is a hole has the code 0.
      assertEquals(0, table.code(id - 1));
    }
  }
}
