package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FooterTest {
  private static final Path PATH = Path.of("a.almanac");
  private static final long FILE_BYTES = 8512;

  private static Footer footer(IdKind kind) {
    StoreGeometry geometry = new StoreGeometry(2, 192, 64, 320, 256, 8, 3, 64, 192, 9, 4);
    return new Footer(
        geometry,
        4096,
        70,
        0,
        0x11111111,
        0x22222222,
        kind,
        PageLayout.entries(3),
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
    return FooterBytes.decode(bytes, FILE_BYTES, PATH);
  }

  /** As whoever forges a footer would: with a checksum that matches. */
  private static ByteBuffer withMatchingChecksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(296));
    crc.update(bytes.duplicate().limit(312).position(300));
    return bytes.putInt(296, (int) crc.getValue());
  }

  @ParameterizedTest
  @CsvSource({"LONG", "TEXT"})
  void aFooterComesBackAsItWas(IdKind kind) throws IOException {
    Footer footer = footer(kind);
    ByteBuffer bytes = FooterBytes.encode(footer);
    assertEquals(Footer.BYTES, bytes.remaining());
    assertEquals(footer, decode(bytes));
    assertEquals(bytes, withMatchingChecksum(FooterBytes.encode(footer)));
  }

  @Test
  void theBytesBeforeTheEditionDoNotDependOnIt() {
    ByteBuffer sealed = FooterBytes.encode(footer(IdKind.LONG)).limit(Footer.EDITION_OFFSET);
    ByteBuffer unsealed =
        FooterBytes.encode(footer(IdKind.LONG).withEdition(Footer.NO_EDITION))
            .limit(Footer.EDITION_OFFSET);
    assertEquals(sealed, unsealed);
  }

  @Test
  void theSectionsFollowEachOther() {
    Footer footer = footer(IdKind.LONG);
    assertEquals(4166, footer.contentBytes());
    assertEquals(8200, footer.footerOffset());
    assertEquals(FILE_BYTES, footer.fileBytes());
  }

  @Test
  void aVersionThatDoesNotFitIsRefused() throws IOException {
    assertEquals(
        "the version must fit 24 bytes: version=" + "x".repeat(25),
        assertThrows(
                IllegalArgumentException.class,
                () -> FooterBytes.encode(withVersion("x".repeat(25))))
            .getMessage());
    Footer longest = withVersion("x".repeat(24));
    assertEquals(longest, decode(FooterBytes.encode(longest)));
  }

  @Test
  void aFileHasOneLayout() {
    Footer footer = pages(Layout.AUTO);
    assertEquals(
        "a file must have one layout",
        assertThrows(IllegalArgumentException.class, () -> FooterBytes.encode(footer))
            .getMessage());
  }

  private static Footer withVersion(String chronicleVersion) {
    Footer f = footer(IdKind.LONG);
    return new Footer(
        f.geometry(),
        f.dictionaryOffset(),
        f.dictionaryBytes(),
        f.shapeBytes(),
        f.dictionaryCrc(),
        f.checksumsCrc(),
        f.idKind(),
        f.pages(),
        f.dateCount(),
        f.idCount(),
        f.entryCount(),
        f.lowestId(),
        f.highestId(),
        f.longestIdBytes(),
        f.longestProbe(),
        chronicleVersion,
        f.edition());
  }

  @Test
  void aFileWithoutTheSealIsRefused() {
    ByteBuffer bytes = ByteBuffer.allocate(Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(
        "a sealed file must end in the seal, path=a.almanac",
        assertThrows(CorruptAlmanacException.class, () -> decode(bytes)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "-1"})
  void anotherVersionIsRefusedAndNamed(int version) {
    // Of another version not even the checksum's place is known.
    ByteBuffer bytes = FooterBytes.encode(footer(IdKind.LONG)).putInt(300, version);
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
        ByteBuffer bytes = FooterBytes.encode(footer(IdKind.LONG));
        bytes.put(at, (byte) (bytes.get(at) ^ 1 << bit));
        IOException refused = assertThrows(IOException.class, () -> decode(bytes));
        assertEquals(
            at >= 300 && at < 304
                ? UnsupportedFormatException.class
                : CorruptAlmanacException.class,
            refused.getClass());
      }
    }
    ByteBuffer bytes = FooterBytes.encode(footer(IdKind.LONG));
    int crc = bytes.getInt(296);
    assertEquals(
        String.format(
            "the footer's checksum must match: found=%08x computed=%08x, path=a.almanac",
            ~crc, crc),
        assertThrows(CorruptAlmanacException.class, () -> decode(bytes.putInt(296, ~crc)))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "304; 8; 0; a sealed file must end in the seal",
        "0; 8; 7; the footer must begin with the magic: found=7 expected=3143414e414d4c41",
        "52; 4; 0; the kind of the IDs must be 1 or 2: idKind=0",
        "52; 4; 3; the kind of the IDs must be 1 or 2: idKind=3",
        "8; 8; 0; the dictionary must begin at a page in the file: dictionaryOffset=0",
        "8; 8; -4096; the dictionary must begin at a page in the file: dictionaryOffset=-4096",
        "8; 8; 4104; the dictionary must begin at a page in the file: dictionaryOffset=4104",
        "8; 8; 4432; the dictionary must begin at a page in the file: dictionaryOffset=4432",
        "8; 8; 12288; the dictionary must begin at a page in the file: dictionaryOffset=12288",
        "112; 4; 0; the number of segments must be from 1 to 536870912: segmentCount=0",
        "116; 4; 72; the tiers must follow the segment headers: tiersOffset=320 expected=336",
        "120; 8; 200; the tiers must follow the segment headers: tiersOffset=320 expected=328",
        "128; 8; 833; the dictionary must follow the data store: storeBytes=833 geometry=832"
            + " dictionaryOffset=4096",
        "136; 8; 384; the tiers must follow the segment headers: tiersOffset=384 expected=320",
        "144; 8; 2048; the tiers must lie in the data store: storeBytes=4416 storeLimit=4096",
        "152; 4; 7; the number of slots must be a power of two up to 1048576: slotCount=7",
        "156; 4; 32; the key bits of a slot must be from 1 to 31: keyBits=32",
        "160; 4; 0; the counters must follow the slots in the tier: countersOffset=0",
        "164; 4; 64; the chunks must lie in the tier after the free list: entrySpaceOffset=64 "
            + "chunkBytes=9 chunkCount=4 tierBytes=256",
        "168; 4; 0; chunks must have a size and a number: chunkBytes=0 chunkCount=4",
        "172; 4; 0; chunks must have a size and a number: chunkBytes=9 chunkCount=0",
        "64; 4; -1; the number of dates must be from 0 to 2^28: dateCount=-1",
        "64; 4; 268435457; the number of dates must be from 0 to 2^28: dateCount=268435457",
        "64; 4; 268435456; the dictionary must lie in the file: dictionaryOffset=4096"
            + " dictionaryBytes=70 dateCount=268435456",
        "16; 8; 4097; the checksums must follow the content: checksumsOffset=8192 checksumsBytes=4",
        "16; 8; 4416; the checksums must follow the content: checksumsOffset=8192 checksumsBytes=4",
        "16; 8; 39; the dictionary must lie in the file: dictionaryOffset=4096 dictionaryBytes=39"
            + " dateCount=3",
        "16; 8; 4417; the dictionary must lie in the file: dictionaryOffset=4096"
            + " dictionaryBytes=4417 dateCount=3",
        "16; 8; -1; the dictionary must lie in the file: dictionaryOffset=4096 dictionaryBytes=-1"
            + " dateCount=3",
        "68; 4; -6; texts in pages must have a shape of at most 1045504 bytes, and other IDs no"
            + " shape: shapeBytes=-6",
        "48; 4; 32768; a block must take 65536 bytes: blockBytes=32768",
        "24; 8; 8200; the checksums must follow the content: checksumsOffset=8200 checksumsBytes=4",
        "32; 8; 8; the checksums must follow the content: checksumsOffset=8192 checksumsBytes=8",
        "56; 4; 0; the layout must be from 1 to 4: layout=0",
        "56; 4; 5; the layout must be from 1 to 4: layout=5",
        "168; 4; 10; a chunk must hold one entry: chunkBytes=10 expected=9",
        "80; 8; -1; each ID must have an entry of the data store: entryCount=-1 idCount=5",
        "80; 8; 4; each ID must have an entry of the data store: entryCount=4 idCount=5",
        "72; 8; 6; each ID must have an entry of the data store: entryCount=5 idCount=6",
        "64; 4; 0; a file with IDs must have dates: idCount=5 dateCount=0",
        "176; 4; -1; a lookup must inspect at most 1024 slots: longestProbe=-1 slotCount=8",
        "176; 4; 9; a lookup must inspect at most 1024 slots: longestProbe=9 slotCount=8"
      })
  void aForgedFieldIsNamed(int offset, int width, long value, String fault) {
    assertRefused(IdKind.LONG, offset, width, value, fault);
  }

  @Test
  void entriesAreAsManyAsChunksAtMost() throws IOException {
    for (long count : new long[] {-1, 8, 9}) {
      ByteBuffer bytes = with(IdKind.LONG, new long[] {72, 8, count}, new long[] {80, 8, count});
      if (count == 8) {
        assertEquals(8, decode(bytes).idCount());
      } else {
        assertRefused(
            bytes,
            FILE_BYTES,
            "each ID must have an entry of the data store: entryCount=%s idCount=%s"
                .formatted(count, count));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "104; 4; 1025; a text ID must take at most 1024 bytes: longestIdBytes=1025",
        "104; 4; -1; a text ID must take at most 1024 bytes: longestIdBytes=-1"
      })
  void aForgedFieldOfATextFileIsNamed(int offset, int width, long value, String fault) {
    assertRefused(IdKind.TEXT, offset, width, value, fault);
  }

  private static void assertRefused(IdKind kind, int offset, int width, long value, String fault) {
    ByteBuffer bytes = FooterBytes.encode(footer(kind));
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

  /** Fields as {@code offset, width, value}. */
  private static ByteBuffer with(IdKind kind, long[]... fields) {
    ByteBuffer bytes = FooterBytes.encode(footer(kind));
    for (long[] field : fields) {
      if (field[1] == 8) {
        bytes.putLong((int) field[0], field[2]);
      } else {
        bytes.putInt((int) field[0], (int) field[2]);
      }
    }
    return withMatchingChecksum(bytes);
  }

  private static void assertRefused(ByteBuffer bytes, long fileBytes, String fault) {
    assertEquals(
        fault + ", path=a.almanac",
        assertThrows(
                CorruptAlmanacException.class, () -> FooterBytes.decode(bytes, fileBytes, PATH))
            .getMessage());
  }

  @Test
  void aFileOfEntriesHasNothingOfPages() throws IOException {
    for (long[] field :
        new long[][] {
          {60, 4, 16}, {108, 4, 1}, {180, 4, 3}, {184, 8, 1}, {192, 8, 1}, {200, 4, 1}, {204, 4, 1}
        }) {
      assertTrue(
          assertThrows(CorruptAlmanacException.class, () -> decode(with(IdKind.LONG, field)))
              .getMessage()
              .startsWith("a file of entries must not have pages: "));
    }
  }

  /** One page, of 512 direct codes or of two buckets of 16 slots, for keys from 100 on. */
  private static Footer pages(Layout layout) {
    boolean direct = layout == Layout.DIRECT;
    return new Footer(
        new StoreGeometry(1, 192, 64, 256, 384, 8, 3, 64, 192, 192, 1),
        4096,
        70,
        0,
        1,
        2,
        IdKind.LONG,
        direct
            ? new PageLayout(layout, 100, 9, 0, 2, 9, 0, 0)
            : new PageLayout(layout, 100, 9, 0, 2, 1, 3, 0),
        3,
        20,
        1,
        103,
        611,
        8,
        1,
        "2026.1",
        "0123456789abcdef".repeat(4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // layout; idCount; lowestId; highestId; keyBits; longestProbe
        "DIRECT; 20; 103; 611; 9; 1;",
        "DIRECT; 512; 100; 611; 9; 1;",
        "DIRECT; 1; 100; 100; 9; 1;",
        "DIRECT; 0; 7; 3; 9; 1;",
        "HASHED; 32; 100; 611; 9; 7;",
        "HASHED; 20; 103; 1123; 10; 1;",
        "DIRECT; 513; 103; 611; 9; 1; the IDs must fit the pages: idCount=513 entryCount=1",
        "HASHED; 33; 103; 611; 9; 1; the IDs must fit the pages: idCount=33 entryCount=1",
        "DIRECT; -1; 103; 611; 9; 1; the IDs must fit the pages: idCount=-1 entryCount=1",
        "DIRECT; 20; 99; 611; 9; 1; the range of the IDs must fit the keys: lowestId=99"
            + " highestId=611 firstKey=100 keyBits=9",
        "DIRECT; 20; 301; 300; 9; 1; the range of the IDs must fit the keys: lowestId=301"
            + " highestId=300 firstKey=100 keyBits=9",
        "HASHED; 20; 103; 612; 9; 1; the range of the IDs must fit the keys: lowestId=103"
            + " highestId=612 firstKey=100 keyBits=9",
        "DIRECT; 20; 103; 612; 10; 1; the range of the IDs must fit the keys: lowestId=103"
            + " highestId=612 firstKey=100 keyBits=10",
        "DIRECT; 20; 103; 611; 9; 2; a lookup must inspect at most 7 buckets: longestProbe=2",
        "DIRECT; 20; 103; 611; 9; 0; a lookup must inspect at most 7 buckets: longestProbe=0",
        "HASHED; 20; 103; 611; 9; 8; a lookup must inspect at most 7 buckets: longestProbe=8"
      })
  void theIdsOfPagesFitThem(
      Layout layout,
      long idCount,
      long lowestId,
      long highestId,
      int keyBits,
      int longestProbe,
      String fault)
      throws IOException {
    ByteBuffer bytes =
        withMatchingChecksum(
            FooterBytes.encode(pages(layout))
                .putLong(72, idCount)
                .putLong(88, lowestId)
                .putLong(96, highestId)
                .putInt(176, longestProbe)
                .putInt(200, keyBits));
    if (fault == null) {
      assertEquals(idCount, decode(bytes).idCount());
    } else {
      assertRefused(bytes, FILE_BYTES, fault);
    }
  }

  @Test
  void aFileOfEntriesHasNothingOfADirectory() {
    for (long[] field :
        new long[][] {
          {232, 4, 1}, {236, 4, 1}, {240, 4, 1}, {244, 4, 1}, {248, 4, 1}, {252, 4, 1}, {256, 8, 1}
        }) {
      String message =
          assertThrows(CorruptAlmanacException.class, () -> decode(with(IdKind.LONG, field)))
              .getMessage();
      assertTrue(
          message.startsWith("blocks must have a directory, and other layouts no directory: ")
              || message.startsWith("the dictionary must follow the data store: "),
          message);
    }
  }

  /** A file of two tiers of this size, of which nothing but the footer is there. */
  @Test
  void aTierOfEntriesTakesAtMost2To30Bytes() throws IOException {
    for (long tierBytes : new long[] {1L << 30, (1L << 30) + 64}) {
      long storeBytes = 320 + 2 * tierBytes;
      long dictionaryOffset = StoreGeometry.align(storeBytes, 4_096);
      long contentBytes = dictionaryOffset + 70;
      long checksumsBytes = (contentBytes + 65_535) / 65_536 * 4;
      long checksumsOffset = StoreGeometry.align(contentBytes, 4_096);
      ByteBuffer bytes =
          with(
              IdKind.LONG,
              new long[] {144, 8, tierBytes},
              new long[] {128, 8, storeBytes},
              new long[] {8, 8, dictionaryOffset},
              new long[] {24, 8, checksumsOffset},
              new long[] {32, 8, checksumsBytes});
      long fileBytes = StoreGeometry.align(checksumsOffset + checksumsBytes, 8) + Footer.BYTES;
      if (tierBytes == 1L << 30) {
        assertEquals(tierBytes, FooterBytes.decode(bytes, fileBytes, PATH).geometry().tierBytes());
      } else {
        assertRefused(
            bytes,
            fileBytes,
            "a tier of entries must take at most 2^30 bytes: tierBytes=" + tierBytes);
      }
    }
  }

  @Test
  void aNumberAtItsLimitIsTaken() throws IOException {
    for (long longest : new long[] {0, Footer.MAX_ID_BYTES}) {
      assertEquals(
          longest, decode(with(IdKind.TEXT, new long[] {104, 4, longest})).longestIdBytes());
    }
    for (long count : new long[] {0, 8}) {
      Footer footer =
          decode(with(IdKind.LONG, new long[] {72, 8, count}, new long[] {80, 8, count}));
      assertEquals(count, footer.entryCount());
    }
    for (long bytes : new long[] {40, 4096}) {
      assertEquals(bytes, decode(with(IdKind.LONG, new long[] {16, 8, bytes})).dictionaryBytes());
    }
    for (long probe : new long[] {0, 8}) {
      assertEquals(probe, decode(with(IdKind.LONG, new long[] {176, 4, probe})).longestProbe());
    }
    assertEquals(
        0,
        decode(
                with(
                    IdKind.LONG,
                    new long[] {64, 4, 0},
                    new long[] {72, 8, 0},
                    new long[] {80, 8, 0}))
            .dateCount());
  }

  @Test
  void theDictionaryMustFollowTheStore() {
    assertRefused(
        with(IdKind.LONG, new long[] {8, 8, 8192}),
        9000,
        "the dictionary must follow the data store: storeBytes=832 geometry=832"
            + " dictionaryOffset=8192");
  }

  @Test
  void aDictionaryOutsideTheFileIsRefused() {
    assertRefused(
        FooterBytes.encode(footer(IdKind.LONG)),
        4096,
        "the dictionary must begin at a page in the file: dictionaryOffset=4096");
  }

  @Test
  void aDictionaryMustFitABuffer() {
    assertRefused(
        with(IdKind.LONG, new long[] {16, 8, 1L << 31}),
        1L << 40,
        "the dictionary must lie in the file: dictionaryOffset=4096 dictionaryBytes=2147483648"
            + " dateCount=3");
    assertRefused(
        with(IdKind.LONG, new long[] {16, 8, (1L << 31) - 1}),
        1L << 40,
        "the checksums must follow the content: checksumsOffset=8192 checksumsBytes=4");
  }

  @Test
  void whatFollowsTheStoreMustFitABuffer() {
    assertRefused(
        with(
            IdKind.LONG,
            new long[] {16, 8, (1L << 31) - 8},
            new long[] {24, 8, 2_147_487_744L},
            new long[] {32, 8, 131_076}),
        2_147_619_136L,
        "what follows the data store must take less than 2 GiB: bytes=2147615040");
  }

  /** However many slots there are, and whatever the file says. */
  @Test
  void aLookupInspectsABoundedNumberOfSlots() throws IOException {
    long[][] manySlots = {
      {152, 4, 2048},
      {160, 4, 8192},
      {164, 4, 8320},
      {144, 8, 8384},
      {128, 8, 17_088},
      {8, 8, 20_480},
      {24, 8, 24_576},
      {176, 4, 1024}
    };
    long fileBytes = 24_584 + Footer.BYTES;
    assertEquals(
        Footer.MAX_LONGEST_PROBE,
        FooterBytes.decode(with(IdKind.LONG, manySlots), fileBytes, PATH).longestProbe());
    manySlots[7][2] = 1025;
    assertRefused(
        with(IdKind.LONG, manySlots),
        fileBytes,
        "a lookup must inspect at most 1024 slots: longestProbe=1025 slotCount=2048");
  }

  @Test
  void anOffsetIsAlignedUpwards() {
    assertEquals(8192, Footer.checksumsOffset(4097));
    assertEquals(8192, Footer.checksumsOffset(8192));
    assertEquals(0, StoreGeometry.align(0, 8));
    assertEquals(8, StoreGeometry.align(1, 8));
    assertEquals(8, StoreGeometry.align(8, 8));
    assertEquals(16, StoreGeometry.align(9, 8));
    assertEquals(1L << 40, StoreGeometry.align((1L << 40) - 4095, 4096));
  }

  @Test
  void whatIsKnownLaterIsPutIn() {
    Footer footer = footer(IdKind.LONG);
    Footer unsealed = footer.sealed(9, 7, Footer.NO_EDITION);
    assertEquals(9, unsealed.longestProbe());
    assertEquals(7, unsealed.checksumsCrc());
    assertEquals(Footer.NO_EDITION, unsealed.edition());
    assertEquals(
        footer, unsealed.sealed(footer.longestProbe(), footer.checksumsCrc(), footer.edition()));
  }

  @Test
  void aFileOfAnotherLengthIsRefused() {
    ByteBuffer bytes = FooterBytes.encode(footer(IdKind.LONG));
    for (long fileBytes : new long[] {FILE_BYTES + 8, FILE_BYTES - 8}) {
      assertEquals(
          "the file must be as long as its footer says: found="
              + fileBytes
              + " expected=8512, path=a.almanac",
          assertThrows(
                  CorruptAlmanacException.class, () -> FooterBytes.decode(bytes, fileBytes, PATH))
              .getMessage());
    }
  }

  @Test
  void aMessageHasTheSameDigitsInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      ByteBuffer bytes =
          withMatchingChecksum(FooterBytes.encode(footer(IdKind.LONG)).putInt(52, 7));
      assertRefused(bytes, FILE_BYTES, "the kind of the IDs must be 1 or 2: idKind=7");
    } finally {
      Locale.setDefault(before);
    }
  }
}
