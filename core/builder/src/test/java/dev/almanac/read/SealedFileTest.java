package dev.almanac.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.Layout;
import dev.almanac.format.Footer;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedFileTest {
  @TempDir private Path folder;

  private HandmadeFile file(int segmentCount, long tierBytes) throws IOException {
    return HandmadeFile.ofNumbers(
        folder.resolve("handmade.almanac"), 3, segmentCount, 16, 8, tierBytes);
  }

  @Test
  void whatIsOpenedSaysWhatItIs() throws IOException {
    try (HandmadeFile file = file(2, 0)) {
      file.put(5, 1);
      Footer footer = file.seal();
      assertEquals(footer.edition(), SealedFile.lookAt(file.path).edition());
      SealedFile sealed = SealedFile.open(file.path);
      assertEquals(footer, sealed.footer());
      assertSame(file.path, sealed.path());
      assertEquals(SealedFile.lookAt(file.path), sealed.look());
      assertNull(sealed.onlyWindow(), "only pages lie in windows");
      assertFalse(sealed.isClosed());
    }
  }

  @Test
  void onlyARegularFileIsOpened() {
    Path none = folder.resolve("none");
    assertEquals(
        none + ": there is no such file",
        assertThrows(NoSuchFileException.class, () -> SealedFile.open(none)).getMessage());
    assertEquals(
        "an almanac must be a file, not a directory: path=" + folder,
        assertThrows(IOException.class, () -> SealedFile.open(folder)).getMessage());
    Path device = Path.of("/dev/null");
    assertEquals(
        "an almanac must be a regular file: path=/dev/null",
        assertThrows(IOException.class, () -> SealedFile.lookAt(device)).getMessage());
  }

  @Test
  void aFileOfAnotherKindIsNoAlmanac() throws IOException {
    Path file = folder.resolve("short");
    Files.write(file, new byte[279]);
    assertEquals(
        "not an almanac file, path=" + file,
        assertThrows(CorruptAlmanacException.class, () -> SealedFile.open(file)).getMessage());
    Files.write(file, new byte[312]);
    assertEquals(
        "not an almanac file, path=" + file,
        assertThrows(CorruptAlmanacException.class, () -> SealedFile.open(file)).getMessage());
  }

  @Test
  void aFileThatLostItsEndOrItsBeginningSaysSo() throws IOException {
    Path lost = folder.resolve("lost");
    Files.write(lost, new byte[0]);
    assertRefused("the file is empty, path=" + lost, lost);
    try (HandmadeFile file = file(1, 0)) {
      file.seal();
      byte[] whole = Files.readAllBytes(file.path);
      byte[] header = "an old net.openhft.chronicle.map.VanillaChronicleMap".getBytes(UTF_8);
      System.arraycopy(header, 0, whole, 0, header.length);
      Files.write(lost, Arrays.copyOf(whole, whole.length - 1));
      assertRefused(
          "the file has no seal at its end, it was cut short or overwritten: fileBytes="
              + (whole.length - 1)
              + ", path="
              + lost,
          lost);
      // A footer alone is one, of a file that is longer.
      Files.write(lost, Arrays.copyOfRange(whole, whole.length - Footer.BYTES, whole.length));
      String message =
          assertThrows(CorruptAlmanacException.class, () -> SealedFile.open(lost)).getMessage();
      assertFalse(message.contains("not an almanac file"), message);
    }
  }

  private static void assertRefused(String message, Path path) {
    assertEquals(
        message,
        assertThrows(CorruptAlmanacException.class, () -> SealedFile.open(path)).getMessage());
  }

  @Test
  void aReadThatMeetsTheEndSaysWhere() throws IOException {
    try (HandmadeFile file = file(1, 0)) {
      file.seal();
      long size = file.channel.size();
      assertEquals(
          "the file must not end here: offset=" + size + ", path=" + file.path,
          assertThrows(
                  CorruptAlmanacException.class,
                  () ->
                      SealedChannel.readFully(
                          file.channel, ByteBuffer.allocate(10), size - 6, file.path))
              .getMessage());
    }
  }

  @Test
  void aSegmentHasAtMostAsManyEntriesAsChunks() throws IOException {
    try (HandmadeFile file = file(3, 0)) {
      long header = file.g.segmentHeaderOffset(1) + 8;
      for (int count : new int[] {0, 7, 16}) {
        file.putInt(header, count);
        assertEquals(count, file.open().entryCount(1));
      }
      for (int count : new int[] {-1, 17, Integer.MIN_VALUE}) {
        file.putInt(header, count);
        SealedFile sealed = file.open();
        assertEquals(0, sealed.entryCount(2));
        assertThrows(IndexOutOfBoundsException.class, () -> sealed.entryCount(3));
        assertEquals(
            "a segment must not have more entries than chunks: segment=1 entryCount="
                + count
                + " chunkCount=16, path="
                + file.path,
            assertThrows(UncheckedIOException.class, () -> sealed.entryCount(1))
                .getCause()
                .getMessage());
      }
    }
  }

  @Test
  void theDictionaryIsGivenOnlyIfItsChecksumMatches() throws IOException {
    try (HandmadeFile file = file(1, 0)) {
      ByteBuffer section = file.open().dictionary();
      assertEquals(file.dictionaryBytes, section.capacity());
      assertEquals(0, section.position());
      assertEquals(ByteOrder.LITTLE_ENDIAN, section.order());
      assertEquals(2, section.getLong(16), "the day of code 2");
      int crc = file.seal().dictionaryCrc();
      file.wrongDictionaryBits = 1;
      assertEquals(
          String.format(
              "the dictionary's checksum must match: found=%08x computed=%08x, path=%s",
              crc ^ 1, crc, file.path),
          assertThrows(CorruptAlmanacException.class, file::open).getMessage());
    }
  }

  @Test
  void aSharedFileIsClosedByEachForItself() throws IOException {
    try (HandmadeFile file = file(2, 0)) {
      file.put(5, 2);
      SealedFile first = file.open();
      SealedFile second = first.share();
      assertEquals(first.footer(), second.footer());
      assertSame(first.path(), second.path());
      assertSame(first.mapped(), second.mapped());
      assertEquals(first.regionShift(), second.regionShift());
      first.close();
      assertTrue(first.isClosed());
      assertFalse(second.isClosed());
      LongTable table = LongTable.of(second);
      assertEquals(2, table.code(5));
      assertEquals(-1, table.code(6));
      assertTrue(table.cursor().next());
      file.takeSeal();
      assertThrows(UncheckedIOException.class, () -> table.code(5));
    }
  }

  @Test
  void aFileIsMappedOnceForAllWhoOpenIt() throws IOException {
    try (HandmadeFile file = file(2, 0)) {
      file.put(5, 2);
      SealedFile first = file.open();
      SealedFile second = SealedFile.open(file.path);
      assertSame(first.mapped(), second.mapped());
      Path copy = Files.copy(file.path, folder.resolve("copy"));
      assertNotSame(
          first.mapped(), SealedFile.open(copy).mapped(), "another file of the same edition");
      first.close();
      first.close();
      assertEquals(2, LongTable.of(second).code(5), "closing twice ends one use");
      second.close();
      assertEquals(Runtime.version().feature() >= 22, Mapping.UNMAPS, "ForeignArenas is there");
      assertEquals(Mapping.UNMAPS, second.mapped().mapping.users.get() < 0);
      assertEquals(!Mapping.UNMAPS, second.mapped().mapping.users.get() == 0);
      SealedFile third = SealedFile.open(file.path);
      assertEquals(2, LongTable.of(third).code(5));
      assertEquals(
          !Mapping.UNMAPS, first.mapped() == third.mapped(), "what is still mapped is used again");
      assertThrows(IllegalStateException.class, second::share);
    }
  }

  @Test
  void anErrorOfTheHotPathIsExplained() throws IOException {
    try (HandmadeFile file = file(1, 0)) {
      SealedFile sealed = file.open();
      IndexOutOfBoundsException cause = new IndexOutOfBoundsException("far outside");
      UncheckedIOException damaged = (UncheckedIOException) sealed.explain(cause);
      assertEquals(
          "what a sealed file refers to must lie in it: far outside, path=" + file.path,
          damaged.getCause().getMessage());
      assertSame(cause, damaged.getCause().getCause());
      sealed.close();
      assertEquals("the almanac is closed: path=" + file.path, sealed.explain(cause).getMessage());
      assertEquals(1, sealed.one(), "what the compiler must not know stays what it is");
    }
  }

  /** The last piece of a region is a whole one. */
  @Test
  void whatIsLoadedIsReportedOnceForEachPiece() throws IOException {
    long tierBytes = 64L << 20;
    try (HandmadeFile file = file(1, tierBytes)) {
      List<Long> progress = new ArrayList<>();
      file.open().load(progress::add);
      assertEquals(List.of(tierBytes, Files.size(file.path)), progress);
    }
  }

  @Test
  void packedTextsHaveTheirShape() throws IOException {
    IdShape shape = PackedFileTest.digits(4);
    PageLayout pages = new PageLayout(Layout.DIRECT, Long.MIN_VALUE, 14, 0, 2, 9, 0, 0);
    try (HandmadeFile file =
        HandmadeFile.ofPackedTexts(folder.resolve("packed"), shape, pages, 3, 32)) {
      file.putPacked("0007", 1);
      assertEquals(shape.pattern(), file.open().shape().pattern());
    }
  }

  @Test
  void pagesThatFitOneWindowHaveTheSealInIt() throws IOException {
    PageLayout pages = new PageLayout(Layout.DIRECT, 0, 9, 0, 2, 9, 0, 0);
    try (HandmadeFile file = HandmadeFile.ofPages(folder.resolve("pages"), pages, 3, 1)) {
      file.putDirect(7, 1);
      SealedFile sealed = file.open();
      MappedByteBuffer window = sealed.onlyWindow();
      assertSame(sealed.regions()[0], window);
      assertEquals(Footer.SEAL, window.getLong(window.capacity() - Long.BYTES));
      assertEquals(1, LongTable.of(sealed).code(7));
    }
  }

  @Test
  void onlyTheExpectedEditionIsOpened() throws IOException {
    try (HandmadeFile file = file(1, 0)) {
      file.put(5, 2);
      String edition = file.seal().edition();
      String other = "0".repeat(64);
      SealedFile.open(file.path, edition.toUpperCase(Locale.ROOT)).close();
      assertEquals(2, LongTable.of(SealedFile.openVerified(file.path, edition)).code(5));
      assertEquals(2, LongTable.of(SealedFile.openVerified(file.path, null)).code(5));
      String message =
          "the file must be the expected edition: found="
              + edition
              + " expected="
              + other
              + ", path="
              + file.path;
      assertEquals(
          message,
          assertThrows(CorruptAlmanacException.class, () -> SealedFile.open(file.path, other))
              .getMessage());
      assertEquals(
          message,
          assertThrows(
                  CorruptAlmanacException.class, () -> SealedFile.openVerified(file.path, other))
              .getMessage());
    }
  }

  @Test
  void onlyAWholeFileIsOpenedVerified() throws IOException {
    try (HandmadeFile file = file(1, 0)) {
      file.put(5, 2);
      file.seal();
      // The counters, which no lookup reads.
      file.putByte(file.g.tiersOffset() + file.g.countersOffset(), 1);
      SealedFile.open(file.path).close();
      String message =
          assertThrows(
                  CorruptAlmanacException.class, () -> SealedFile.openVerified(file.path, null))
              .getMessage();
      assertTrue(
          message.startsWith("an edition must be whole to come into service: [block 0 of 1"),
          message);
    }
  }

  @Test
  void nothingIsLoadedNorCountedAfterClose() throws IOException {
    try (HandmadeFile file = file(1, 0)) {
      SealedFile sealed = file.open();
      sealed.close();
      assertThrows(IllegalStateException.class, () -> sealed.load(bytes -> {}));
      assertThrows(IllegalStateException.class, sealed::residentBytes);
      assertThrows(IllegalStateException.class, sealed::requireOpen);
    }
  }

  @Test
  void preloadingBringsEveryTierIntoMemory() throws IOException {
    // The last of the windows that are counted is a short one.
    long tierBytes = (72L << 20) + 64;
    try (HandmadeFile file = file(1, tierBytes)) {
      file.put(5, 1);
      SealedFile sealed = file.open();
      long before = sealed.residentBytes();
      assertTrue(before < tierBytes, "of a file with holes little is in memory: bytes=" + before);
      List<Long> progress = new ArrayList<>();
      sealed.load(progress::add);
      assertEquals(tierBytes, sealed.residentBytes());
      assertEquals(List.of(64L << 20, tierBytes, Files.size(file.path)), progress);
    }
  }
}
