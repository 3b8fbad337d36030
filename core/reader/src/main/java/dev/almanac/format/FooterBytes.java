package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link Footer}. Each number of the list is where the field of this name begins; it
 * ends where the next one begins. Fields of 4 bytes are i32, or u32 for a CRC32C; those of 8 bytes
 * are i64.
 */
public final class FooterBytes {
  private static final int MAGIC = 0;
  private static final int DICTIONARY_OFFSET = 8;
  private static final int DICTIONARY_BYTES = 16;
  private static final int CHECKSUMS_OFFSET = 24;
  private static final int CHECKSUMS_BYTES = 32;
  private static final int DICTIONARY_CRC = 40;
  private static final int CHECKSUMS_CRC = 44;
  private static final int BLOCK_BYTES = 48;
  private static final int ID_KIND = 52; // 1 numbers, 2 texts
  private static final int LAYOUT = 56; // see LAYOUTS
  private static final int CODE_BITS = 60;
  private static final int DATE_COUNT = 64;
  private static final int SHAPE_BYTES = 68;
  private static final int ID_COUNT = 72;
  private static final int ENTRY_COUNT = 80;
  private static final int LOWEST_ID = 88;
  private static final int HIGHEST_ID = 96;
  private static final int LONGEST_ID_BYTES = 104;
  private static final int PAGE_BITS = 108;
  private static final int SEGMENT_COUNT = 112;
  private static final int SEGMENT_HEADER_BYTES = 116;
  private static final int SEGMENT_HEADERS_OFFSET = 120;
  private static final int STORE_BYTES = 128;
  private static final int TIERS_OFFSET = 136;
  private static final int TIER_BYTES = 144;
  private static final int SLOT_COUNT = 152;
  private static final int SLOT_KEY_BITS = 156;
  private static final int COUNTERS_OFFSET = 160;
  private static final int ENTRY_SPACE_OFFSET = 164;
  private static final int CHUNK_BYTES = 168;
  private static final int CHUNK_COUNT = 172;
  private static final int LONGEST_PROBE = 176;
  private static final int SLOT_BYTES = 180; // of a bucket
  private static final int FIRST_KEY = 184;
  private static final int SEED = 192;
  private static final int KEY_BITS = 200; // of the IDs, as the next one
  private static final int LOW_KEY_BITS = 204;
  private static final int CHRONICLE_VERSION = 208; // ASCII, then zeros
  // Of the directory; all 0 unless the layout is BLOCKS.
  private static final int DIRECTORY_BLOCK_BITS = 232;
  private static final int DIRECTORY_BLOCK_COUNT = 236;
  private static final int DIRECTORY_PAGE_COUNT = 240;
  private static final int DIRECTORY_PAGE_BITS = 244;
  private static final int DIRECTORY_SLOT_BYTES = 248;
  private static final int DIRECTORY_LONGEST_PROBE = 252;
  private static final int DIRECTORY_SEED = 256;
  private static final int EDITION = Footer.EDITION_OFFSET; // SHA-256 of every byte before
  private static final int FOOTER_CRC = 296; // of the other bytes of the footer, in their order
  // Right before the seal, so that a reader of any age finds it, however the rest has grown.
  private static final int FORMAT_VERSION = 300;
  private static final int SEAL = Footer.BYTES - Long.BYTES; // the magic's bytes, each inverted

  /** By the number that stands for each; no file has 0. */
  private static final Layout[] LAYOUTS = {
    Layout.AUTO, Layout.ENTRIES, Layout.DIRECT, Layout.HASHED, Layout.BLOCKS
  };

  private FooterBytes() {}

  /** The footer's bytes. Those before the edition do not depend on it. */
  public static ByteBuffer encode(Footer f) {
    ByteBuffer b =
        ByteBuffer.allocate(Footer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(MAGIC, Footer.MAGIC)
            .putLong(DICTIONARY_OFFSET, f.dictionaryOffset())
            .putLong(DICTIONARY_BYTES, f.dictionaryBytes())
            .putLong(CHECKSUMS_OFFSET, f.checksumsOffset())
            .putLong(CHECKSUMS_BYTES, f.checksumsBytes())
            .putInt(DICTIONARY_CRC, f.dictionaryCrc())
            .putInt(CHECKSUMS_CRC, f.checksumsCrc())
            .putInt(BLOCK_BYTES, BlockChecksums.BLOCK_BYTES)
            .putInt(ID_KIND, f.idKind() == IdKind.LONG ? 1 : 2)
            .putInt(DATE_COUNT, f.dateCount())
            .putInt(SHAPE_BYTES, f.shapeBytes())
            .putLong(ID_COUNT, f.idCount())
            .putLong(ENTRY_COUNT, f.entryCount())
            .putLong(LOWEST_ID, f.lowestId())
            .putLong(HIGHEST_ID, f.highestId())
            .putInt(LONGEST_ID_BYTES, f.longestIdBytes())
            .putInt(LONGEST_PROBE, f.longestProbe())
            .putInt(FORMAT_VERSION, Footer.FORMAT_VERSION)
            .putLong(SEAL, Footer.SEAL);
    put(b, f.geometry());
    put(b, f.pages());
    byte[] version = f.chronicleVersion().getBytes(StandardCharsets.US_ASCII);
    int most = DIRECTORY_BLOCK_BITS - CHRONICLE_VERSION;
    if (version.length > most) {
      throw new IllegalArgumentException(
          "the version must fit " + most + " bytes: version=" + f.chronicleVersion());
    }
    b.put(CHRONICLE_VERSION, version).put(EDITION, HexFormat.of().parseHex(f.edition()));
    return b.putInt(FOOTER_CRC, crc(b));
  }

  private static void put(ByteBuffer b, StoreGeometry g) {
    b.putInt(SEGMENT_COUNT, g.segmentCount())
        .putInt(SEGMENT_HEADER_BYTES, g.segmentHeaderBytes())
        .putLong(SEGMENT_HEADERS_OFFSET, g.segmentHeadersOffset())
        .putLong(STORE_BYTES, g.storeBytes())
        .putLong(TIERS_OFFSET, g.tiersOffset())
        .putLong(TIER_BYTES, g.tierBytes())
        .putInt(SLOT_COUNT, g.slotCount())
        .putInt(SLOT_KEY_BITS, g.keyBits())
        .putInt(COUNTERS_OFFSET, g.countersOffset())
        .putInt(ENTRY_SPACE_OFFSET, g.entrySpaceOffset())
        .putInt(CHUNK_BYTES, g.chunkBytes())
        .putInt(CHUNK_COUNT, g.chunkCount());
  }

  private static void put(ByteBuffer b, PageLayout pages) {
    if (pages.layout() == Layout.AUTO) {
      throw new IllegalArgumentException("a file must have one layout");
    }
    b.putInt(LAYOUT, Arrays.asList(LAYOUTS).indexOf(pages.layout()))
        .putInt(CODE_BITS, pages.codeBits())
        .putInt(PAGE_BITS, pages.pageBits())
        .putInt(SLOT_BYTES, pages.slotBytes())
        .putLong(FIRST_KEY, pages.firstKey())
        .putLong(SEED, pages.seed())
        .putInt(KEY_BITS, pages.keyBits())
        .putInt(LOW_KEY_BITS, pages.lowKeyBits());
    Directory d = pages.directory();
    if (d != null) {
      b.putInt(DIRECTORY_BLOCK_BITS, d.blockBits())
          .putInt(DIRECTORY_BLOCK_COUNT, d.blockCount())
          .putInt(DIRECTORY_PAGE_COUNT, d.pageCount())
          .putInt(DIRECTORY_PAGE_BITS, d.pages().pageBits())
          .putInt(DIRECTORY_SLOT_BYTES, d.pages().slotBytes())
          .putInt(DIRECTORY_LONGEST_PROBE, d.longestProbe())
          .putLong(DIRECTORY_SEED, d.pages().seed());
    }
  }

  /** Whether the last bytes of a file, little-endian, end in the seal. */
  public static boolean isSealed(ByteBuffer b) {
    return b.getLong(SEAL) == Footer.SEAL;
  }

  /**
   * Reads a footer and checks it, see {@link FooterCheck}.
   *
   * @param b the last {@link Footer#BYTES} bytes of the file, little-endian
   * @throws CorruptAlmanacException if it is no footer, or one that was altered or contradicts
   *     itself or the size of the file
   * @throws UnsupportedFormatException if it is of another version
   */
  public static Footer decode(ByteBuffer b, long fileBytes, Path path) throws IOException {
    if (!isSealed(b)) {
      throw new CorruptAlmanacException("a sealed file must end in the seal", path);
    }
    int version = b.getInt(FORMAT_VERSION);
    if (version != Footer.FORMAT_VERSION) {
      throw new UnsupportedFormatException(version, Footer.FORMAT_VERSION, path);
    }
    int crc = crc(b);
    if (b.getInt(FOOTER_CRC) != crc) {
      throw Rule.broken(
          "the footer's checksum must match: found=%08x computed=%08x",
          path, b.getInt(FOOTER_CRC), crc);
    }
    if (b.getLong(MAGIC) != Footer.MAGIC) {
      throw Rule.broken(
          "the footer must begin with the magic: found=%x expected=%x",
          path, b.getLong(MAGIC), Footer.MAGIC);
    }
    int kind = b.getInt(ID_KIND);
    if (kind != 1 && kind != 2) {
      throw Rule.broken("the kind of the IDs must be 1 or 2: idKind=%s", path, kind);
    }
    int layout = b.getInt(LAYOUT);
    if (layout < 1 || layout >= LAYOUTS.length) {
      throw Rule.broken("the layout must be from 1 to 4: layout=%s", path, layout);
    }
    byte[] chronicleVersion = new byte[DIRECTORY_BLOCK_BITS - CHRONICLE_VERSION];
    b.get(CHRONICLE_VERSION, chronicleVersion);
    byte[] edition = new byte[FOOTER_CRC - EDITION];
    b.get(EDITION, edition);
    Footer f =
        new Footer(
            geometry(b),
            b.getLong(DICTIONARY_OFFSET),
            b.getLong(DICTIONARY_BYTES),
            b.getInt(SHAPE_BYTES),
            b.getInt(DICTIONARY_CRC),
            b.getInt(CHECKSUMS_CRC),
            kind == 1 ? IdKind.LONG : IdKind.TEXT,
            pages(b, LAYOUTS[layout]),
            b.getInt(DATE_COUNT),
            b.getLong(ID_COUNT),
            b.getLong(ENTRY_COUNT),
            b.getLong(LOWEST_ID),
            b.getLong(HIGHEST_ID),
            b.getInt(LONGEST_ID_BYTES),
            b.getInt(LONGEST_PROBE),
            new String(chronicleVersion, StandardCharsets.US_ASCII).replace("\0", ""),
            HexFormat.of().formatHex(edition));
    new FooterCheck(f, path)
        .run(
            fileBytes,
            b.getLong(STORE_BYTES),
            b.getInt(BLOCK_BYTES),
            b.getLong(CHECKSUMS_OFFSET),
            b.getLong(CHECKSUMS_BYTES));
    return f;
  }

  private static StoreGeometry geometry(ByteBuffer b) {
    return new StoreGeometry(
        b.getInt(SEGMENT_COUNT),
        b.getLong(SEGMENT_HEADERS_OFFSET),
        b.getInt(SEGMENT_HEADER_BYTES),
        b.getLong(TIERS_OFFSET),
        b.getLong(TIER_BYTES),
        b.getInt(SLOT_COUNT),
        b.getInt(SLOT_KEY_BITS),
        b.getInt(COUNTERS_OFFSET),
        b.getInt(ENTRY_SPACE_OFFSET),
        b.getInt(CHUNK_BYTES),
        b.getInt(CHUNK_COUNT));
  }

  private static PageLayout pages(ByteBuffer b, Layout layout) {
    return new PageLayout(
        layout,
        b.getLong(FIRST_KEY),
        b.getInt(KEY_BITS),
        b.getInt(LOW_KEY_BITS),
        b.getInt(CODE_BITS),
        b.getInt(PAGE_BITS),
        b.getInt(SLOT_BYTES),
        b.getLong(SEED),
        directory(b));
  }

  /** The directory that the fields describe, null where they are all 0. */
  private static @Nullable Directory directory(ByteBuffer b) {
    long anyBit = 0;
    for (int at = DIRECTORY_BLOCK_BITS; at < EDITION; at += Long.BYTES) {
      anyBit |= b.getLong(at);
    }
    if (anyBit == 0) {
      return null;
    }
    int blockBits = b.getInt(DIRECTORY_BLOCK_BITS);
    int blockCount = b.getInt(DIRECTORY_BLOCK_COUNT);
    return new Directory(
        blockBits,
        blockCount,
        Directory.pages(
            b.getInt(KEY_BITS),
            blockBits,
            blockCount,
            b.getInt(DIRECTORY_PAGE_BITS),
            b.getInt(DIRECTORY_SLOT_BYTES),
            b.getLong(DIRECTORY_SEED)),
        b.getInt(DIRECTORY_PAGE_COUNT),
        b.getInt(DIRECTORY_LONGEST_PROBE));
  }

  private static int crc(ByteBuffer footer) {
    CRC32C crc = new CRC32C();
    crc.update(footer.duplicate().position(0).limit(FOOTER_CRC));
    crc.update(footer.duplicate().limit(Footer.BYTES).position(FORMAT_VERSION));
    return (int) crc.getValue();
  }
}
