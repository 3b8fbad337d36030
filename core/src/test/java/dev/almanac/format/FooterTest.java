package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FooterTest {
  private static final Path PATH = Path.of("a.almanac");
  private static final long FILE_BYTES = 4432;

  private static Footer footer(IdKind kind) {
    StoreGeometry geometry = new StoreGeometry(2, 192, 64, 320, 256, 8, 3, 64, 192, 9, 4);
    return new Footer(
        geometry,
        4096,
        70,
        0x11111111,
        4168,
        4,
        0x22222222,
        kind,
        0,
        1,
        3,
        5,
        5,
        kind == IdKind.LONG ? -9 : 0,
        kind == IdKind.LONG ? 90 : 0,
        8,
        2,
        "2026.1",
        "0123456789abcdef".repeat(4));
  }

  private static Footer decode(ByteBuffer bytes) throws IOException {
    return Footer.decode(bytes, FILE_BYTES, PATH);
  }

  /** As whoever forges a footer would: with a checksum that matches. */
  private static ByteBuffer withMatchingChecksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(240));
    crc.update(bytes.duplicate().limit(256).position(244));
    return bytes.putInt(240, (int) crc.getValue());
  }

  @ParameterizedTest
  @CsvSource({"LONG", "TEXT"})
  void aFooterComesBackAsItWas(IdKind kind) throws IOException {
    Footer footer = footer(kind);
    ByteBuffer bytes = footer.encode();
    assertEquals(Footer.BYTES, bytes.remaining());
    assertEquals(footer, decode(bytes));
    assertEquals(bytes, withMatchingChecksum(footer.encode()));
  }

  @Test
  void theBytesBeforeTheEditionDoNotDependOnIt() {
    ByteBuffer sealed = footer(IdKind.LONG).encode().limit(Footer.EDITION_OFFSET);
    ByteBuffer unsealed =
        footer(IdKind.LONG).withEdition(Footer.NO_EDITION).encode().limit(Footer.EDITION_OFFSET);
    assertEquals(sealed, unsealed);
  }

  @Test
  void theSectionsFollowEachOther() {
    Footer footer = footer(IdKind.LONG);
    assertEquals(4166, footer.contentBytes());
    assertEquals(4176, footer.footerOffset());
    assertEquals(FILE_BYTES, footer.fileBytes());
  }

  @Test
  void aVersionThatDoesNotFitIsRefused() {
    Footer f = footer(IdKind.LONG);
    Footer wordy =
        new Footer(
            f.geometry(),
            f.dictionaryOffset(),
            f.dictionaryBytes(),
            0,
            f.checksumsOffset(),
            f.checksumsBytes(),
            0,
            f.idKind(),
            0,
            1,
            3,
            5,
            5,
            0,
            0,
            8,
            2,
            "x".repeat(25),
            f.edition());
    assertEquals(
        "the version must fit 24 bytes: version=" + "x".repeat(25),
        assertThrows(IllegalArgumentException.class, wordy::encode).getMessage());
  }

  @Test
  void aFileWithoutTheSealIsRefused() {
    ByteBuffer bytes = ByteBuffer.allocate(Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(
        "a sealed file must end in the seal: found=0 expected="
            + Long.toHexString(Footer.SEAL)
            + ", path=a.almanac",
        assertThrows(CorruptAlmanacException.class, () -> decode(bytes)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "-1"})
  void anotherVersionIsRefusedAndNamed(int version) {
    // Of another version not even the checksum's place is known.
    ByteBuffer bytes = footer(IdKind.LONG).encode().putInt(244, version);
    UnsupportedFormatException refused =
        assertThrows(UnsupportedFormatException.class, () -> decode(bytes));
    assertEquals(
        "the format version must be one that this library reads: formatVersion="
            + version
            + " supported=1, path=a.almanac",
        refused.getMessage());
    assertEquals(version, refused.foundVersion());
  }

  @Test
  void everyAlteredByteIsFound() {
    for (int at = 0; at < Footer.BYTES; at++) {
      for (int bit = 0; bit < 8; bit++) {
        ByteBuffer bytes = footer(IdKind.LONG).encode();
        bytes.put(at, (byte) (bytes.get(at) ^ 1 << bit));
        IOException refused = assertThrows(IOException.class, () -> decode(bytes));
        assertEquals(
            at >= 244 && at < 248
                ? UnsupportedFormatException.class
                : CorruptAlmanacException.class,
            refused.getClass());
      }
    }
    ByteBuffer bytes = footer(IdKind.LONG).encode();
    int crc = bytes.getInt(240);
    assertEquals(
        String.format(
            "the footer's checksum must match: found=%08x computed=%08x, path=a.almanac",
            ~crc, crc),
        assertThrows(CorruptAlmanacException.class, () -> decode(bytes.putInt(240, ~crc)))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0; 8; 7; the footer must begin with the magic: found=7 expected=3143414e414d4c41",
        "52; 4; 0; the kind of the IDs must be 1 or 2: idKind=0",
        "52; 4; 3; the kind of the IDs must be 1 or 2: idKind=3",
        "8; 8; 0; the dictionary must begin at a page in the file: dictionaryOffset=0",
        "8; 8; -4096; the dictionary must begin at a page in the file: dictionaryOffset=-4096",
        "8; 8; 4104; the dictionary must begin at a page in the file: dictionaryOffset=4104",
        "8; 8; 8192; the dictionary must begin at a page in the file: dictionaryOffset=8192",
        "112; 4; 0; the number of segments must be from 1 to 536870912: segmentCount=0",
        "116; 4; 72; the tiers must follow the segment headers: tiersOffset=320 expected=336",
        "120; 8; 200; the tiers must follow the segment headers: tiersOffset=320 expected=328",
        "128; 8; 833; the dictionary must follow the data store: storeBytes=833 geometry=832 dictionaryOffset=4096",
        "136; 8; 384; the tiers must follow the segment headers: tiersOffset=384 expected=320",
        "144; 8; 2048; the tiers must lie in the data store: storeBytes=4416 storeLimit=4096",
        "152; 4; 7; the number of slots must be a power of two up to 1048576: slotCount=7",
        "156; 4; 32; the key bits of a slot must be from 1 to 31: keyBits=32",
        "160; 4; 0; the counters must follow the slots in the tier: countersOffset=0",
        "164; 4; 64; the chunks must lie in the tier behind the free list: entrySpaceOffset=64 "
            + "chunkBytes=9 chunkCount=4 tierBytes=256",
        "168; 4; 0; chunks must have a size and a number: chunkBytes=0 chunkCount=4",
        "172; 4; 0; chunks must have a size and a number: chunkBytes=9 chunkCount=0",
        "64; 4; -1; the number of dates must be from 0 to 2^28: dateCount=-1",
        "64; 4; 268435457; the number of dates must be from 0 to 2^28: dateCount=268435457",
        "16; 8; 39; the dictionary must lie in the file: dictionaryOffset=4096 dictionaryBytes=39 dateCount=3",
        "16; 8; 337; the dictionary must lie in the file: dictionaryOffset=4096 dictionaryBytes=337 dateCount=3",
        "16; 8; -1; the dictionary must lie in the file: dictionaryOffset=4096 dictionaryBytes=-1 dateCount=3",
        "48; 4; 32768; a block must take 65536 bytes: blockBytes=32768",
        "24; 8; 4176; the checksums must follow the dictionary: checksumsOffset=4176 checksumsBytes=4",
        "32; 8; 8; the checksums must follow the dictionary: checksumsOffset=4168 checksumsBytes=8",
        "60; 4; 2; the code width must fit the dictionary: codeBytes=2 dateCount=3",
        "56; 4; -1; the page bits must be from 0 to 12, and 0 for text IDs: pageBits=-1",
        "56; 4; 13; the page bits must be from 0 to 12, and 0 for text IDs: pageBits=13",
        "56; 4; 1; a chunk must hold one page: chunkBytes=9 expected=10",
        "168; 4; 10; a chunk must hold one page: chunkBytes=10 expected=9",
        "80; 8; -1; the counts must fit the data store: entryCount=-1 idCount=5",
        "80; 8; 9; the counts must fit the data store: entryCount=9 idCount=5",
        "80; 8; 4; the counts must fit the data store: entryCount=4 idCount=5",
        "72; 8; 4; the counts must fit the data store: entryCount=5 idCount=4",
        "72; 8; 6; the counts must fit the data store: entryCount=5 idCount=6",
        "64; 4; 0; a file with IDs must have dates: idCount=5 dateCount=0",
        "176; 4; -1; the longest probe must be within the slots: longestProbe=-1",
        "176; 4; 9; the longest probe must be within the slots: longestProbe=9"
      })
  void aForgedFieldIsNamed(int offset, int width, long value, String fault) {
    assertRefused(IdKind.LONG, offset, width, value, fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "56; 4; 1; the page bits must be from 0 to 12, and 0 for text IDs: pageBits=1",
        "104; 4; 1025; a text ID must take at most 1024 bytes: longestIdBytes=1025",
        "104; 4; -1; a text ID must take at most 1024 bytes: longestIdBytes=-1"
      })
  void aForgedFieldOfATextFileIsNamed(int offset, int width, long value, String fault) {
    assertRefused(IdKind.TEXT, offset, width, value, fault);
  }

  private static void assertRefused(IdKind kind, int offset, int width, long value, String fault) {
    ByteBuffer bytes = footer(kind).encode();
    if (width == 8) {
      bytes.putLong(offset, value);
    } else {
      bytes.putInt(offset, (int) value);
    }
    withMatchingChecksum(bytes);
    assertEquals(
        fault + ", path=a.almanac",
        assertThrows(CorruptAlmanacException.class, () -> decode(bytes)).getMessage());
  }

  @Test
  void aFileOfAnotherLengthIsRefused() {
    ByteBuffer bytes = footer(IdKind.LONG).encode();
    for (long fileBytes : new long[] {FILE_BYTES + 8, FILE_BYTES - 8}) {
      assertEquals(
          "the file must be as long as its footer says: found="
              + fileBytes
              + " expected=4432, path=a.almanac",
          assertThrows(CorruptAlmanacException.class, () -> Footer.decode(bytes, fileBytes, PATH))
              .getMessage());
    }
  }
}
