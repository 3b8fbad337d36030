package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectoryTest {
  private static final Path PATH = Path.of("a.almanac");

  /** Five blocks of 16 numbers, in one page of 512 codes of two bits. */
  private static Footer footer() {
    PageLayout directory = Directory.pages(20, 4, 5, 1, 3, 7);
    PageLayout pages =
        new PageLayout(Layout.BLOCKS, 0, 20, 0, 2, 9, 0, 0, new Directory(4, 5, directory, 1, 2));
    return new Footer(
        new StoreGeometry(1, 192, 64, 256, 384, 8, 3, 64, 192, 192, 1),
        8192,
        70,
        0,
        1,
        2,
        IdKind.LONG,
        pages,
        3,
        40,
        1,
        3,
        1_048_575,
        8,
        1,
        "2026.1",
        "0123456789abcdef".repeat(4));
  }

  private static Footer decode(ByteBuffer bytes) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(296));
    crc.update(bytes.duplicate().limit(312).position(300));
    bytes.putInt(296, (int) crc.getValue());
    return FooterBytes.decode(bytes, footer().fileBytes(), PATH);
  }

  @Test
  void aDirectoryComesBackAsItWas() throws IOException {
    Footer footer = footer();
    assertEquals(4096, footer.directoryOffset());
    assertEquals(192, footer.pages().directory().bytes());
    assertEquals(footer, decode(FooterBytes.encode(footer)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "232; 3; a block must have 2^4 to 2^16 numbers, and fewer than there are: blockBits=3"
            + " keyBits=20",
        "232; 17; a block must have 2^4 to 2^16 numbers, and fewer than there are: blockBits=17"
            + " keyBits=20",
        "200; 4; a block must have 2^4 to 2^16 numbers, and fewer than there are: blockBits=4"
            + " keyBits=4",
        "232; 7; the pages must hold the codes of all blocks: blockCount=5 blockBits=7 pageBits=9"
            + " entryCount=1",
        "236; 0; the pages must hold the codes of all blocks: blockCount=0 blockBits=4 pageBits=9"
            + " entryCount=1",
        "236; -5; the pages must hold the codes of all blocks: blockCount=-5 blockBits=4 pageBits=9"
            + " entryCount=1",
        "236; 33; the pages must hold the codes of all blocks: blockCount=33 blockBits=4"
            + " pageBits=9 entryCount=1",
        "240; 0; the dictionary must follow the data store: storeBytes=640 geometry=640"
            + " dictionaryOffset=8192",
        "240; 22; the dictionary must follow the data store: storeBytes=640 geometry=640"
            + " dictionaryOffset=8192",
        "244; 0; there must be fewer buckets than keys, and an even number: bucketCount=1"
            + " keyBits=16",
        "244; 6; the dictionary must follow the data store: storeBytes=640 geometry=640"
            + " dictionaryOffset=8192",
        "244; -58; the dictionary must follow the data store: storeBytes=640 geometry=640"
            + " dictionaryOffset=8192",
        "244; -63; a directory must take at most 2^30 bytes: directoryPageBits=-63"
            + " directoryPageCount=1",
        "248; 4; a slot must be as wide as rest and code need: slotBytes=4 expected=3 most=8",
        "252; 0; a lookup must inspect at most 7 buckets of the directory: directoryLongestProbe=0",
        "252; 8; a lookup must inspect at most 7 buckets of the directory: directoryLongestProbe=8",
        "176; 2; a lookup must inspect at most 7 buckets: longestProbe=2",
        "72; 4; the IDs must fit the pages: idCount=4 entryCount=1",
        "80; 0; the pages must hold the codes of all blocks: blockCount=5 blockBits=4 pageBits=9"
            + " entryCount=0"
      })
  void aForgedFieldIsNamed(int offset, int value, String fault) {
    ByteBuffer bytes = FooterBytes.encode(footer()).putInt(offset, value);
    assertEquals(
        fault + ", path=a.almanac",
        assertThrows(CorruptAlmanacException.class, () -> decode(bytes)).getMessage());
  }

  @Test
  void aSeedIsTakenAsItIs() throws IOException {
    Footer footer = decode(FooterBytes.encode(footer()).putLong(256, Long.MIN_VALUE));
    assertEquals(Long.MIN_VALUE, footer.pages().directory().pages().seed());
  }

  @Test
  void blocksAloneHaveADirectory() {
    PageLayout blocks = footer().pages();
    PageLayout direct = new PageLayout(Layout.DIRECT, 0, 20, 0, 2, 9, 0, 0, blocks.directory());
    PageLayout without = new PageLayout(Layout.BLOCKS, 0, 20, 0, 2, 9, 0, 0);
    for (PageLayout pages : new PageLayout[] {direct, without}) {
      assertEquals(
          "blocks must have a directory, and other layouts no directory: " + pages,
          pages.fault(footer().geometry(), 3, 1));
    }
  }
}
