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
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last {@value #BYTES} bytes of a sealed file. A file that does not end in {@link #SEAL} is not
 * sealed.
 *
 * <pre>
 *   0  magic "ALMANAC1"                    136  tiersOffset            i64
 *   8  dictionaryOffset       i64         144  tierBytes              i64
 *  16  dictionaryBytes        i64         152  slotCount              i32
 *  24  checksumsOffset        i64         156  keyBits of a Chronicle slot  i32
 *  32  checksumsBytes         i64         160  countersOffset         i32
 *  40  dictionary CRC32C      u32         164  entrySpaceOffset       i32
 *  44  checksums CRC32C       u32         168  chunkBytes             i32
 *  48  blockBytes             i32         172  chunkCount             i32
 *  52  idKind (1 long 2 text) i32         176  longestProbe           i32
 *  56  layout (1 entries,     i32         180  slotBytes of a bucket  i32
 *      2 direct, 3 hashed,                184  firstKey               i64
 *      4 blocks)                          192  seed                   i64
 *  60  codeBits               i32         200  keyBits of the IDs     i32
 *  64  dateCount              i32         204  lowKeyBits of the IDs  i32
 *  68  shapeBytes             i32         208  Chronicle Map version, 24 bytes, ASCII, zero-padded
 *  72  idCount                i64         232  blockBits              i32
 *  80  entryCount             i64         236  blockCount             i32
 *  88  lowestId               i64         240  directoryPageCount     i32
 *  96  highestId              i64         244  directoryPageBits      i32
 * 104  longestIdBytes         i32         248  directorySlotBytes     i32
 * 108  pageBits               i32         252  directoryLongestProbe  i32
 * 112  segmentCount           i32         256  directorySeed          i64
 * 116  segmentHeaderBytes     i32         264  edition, 32 bytes: SHA-256 of every byte before this field
 * 120  segmentHeadersOffset   i64         296  CRC32C of the other bytes of the footer, in their order, u32
 * 128  storeBytes             i64         300  format version         i32
 *                                         304  seal: the magic's bytes, each inverted
 *                                         312
 * </pre>
 *
 * <p>The fields from blockBits to directorySeed are 0 in files of other layouts than BLOCKS.
 *
 * <p>The version stands right before the seal so that a reader of any age finds it, however the
 * rest has grown.
 *
 * @param geometry the Chronicle Map data store at the start of the file
 * @param dictionaryOffset offset of the {@link DictionarySection}
 * @param dictionaryBytes its size
 * @param shapeBytes size of the {@link IdShape} of packed texts, which follows the dictionary at
 *     the next multiple of 8; 0 unless the IDs are texts that lie in pages as numbers
 * @param dictionaryCrc CRC32C of the dictionary and, where there is one, of the shape, with the
 *     zeros between
 * @param checksumsOffset offset of the {@link BlockChecksums}
 * @param checksumsBytes their size
 * @param checksumsCrc their CRC32C
 * @param idKind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param pages how the codes lie in the data store
 * @param dateCount distinct dates
 * @param idCount distinct IDs
 * @param entryCount entries of the Chronicle Map: IDs, or pages
 * @param lowestId lowest numeric ID, or lowest key of a narrow shape; 0 for other text IDs and for
 *     a file without IDs
 * @param highestId highest numeric ID or key; 0 likewise
 * @param longestIdBytes size of the longest text ID; 8 for numeric IDs
 * @param longestProbe most slots (of a file of entries) or buckets (of hashed pages) that a lookup
 *     of an ID of this file inspects, and so the most that a lookup of any ID needs to; 1 for other
 *     pages
 * @param chronicleVersion version of Chronicle Map that created the store
 * @param edition SHA-256 of everything before it, 64 hexadecimal digits
 */
public record Footer(
    StoreGeometry geometry,
    long dictionaryOffset,
    long dictionaryBytes,
    int shapeBytes,
    int dictionaryCrc,
    long checksumsOffset,
    long checksumsBytes,
    int checksumsCrc,
    IdKind idKind,
    PageLayout pages,
    int dateCount,
    long idCount,
    long entryCount,
    long lowestId,
    long highestId,
    int longestIdBytes,
    int longestProbe,
    String chronicleVersion,
    String edition) {

  /** Size of the footer. */
  public static final int BYTES = 312;

  /** The format version that this library writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** The last eight bytes of every sealed file, as a little-endian number. */
  public static final long SEAL;

  /** Where sections after the store begin: a multiple of this, the size of a memory page. */
  public static final int PAGE_BYTES = 4096;

  /** The longest text ID, in bytes. */
  public static final int MAX_ID_BYTES = 1024;

  /**
   * The most slots that a lookup of an ID may inspect, whatever the file says, so that no file
   * makes a lookup long. Rows that come by chance stay far below; the build refuses those that were
   * chosen to fall together.
   */
  public static final int MAX_LONGEST_PROBE = 1024;

  /** Bytes of the footer before the edition, and so in it. */
  public static final int EDITION_OFFSET = 264;

  /** Stands in for the edition until it is known. */
  public static final String NO_EDITION = "00".repeat(32);

  private static final int EDITION_BYTES = 32;
  private static final int VERSION_TEXT_OFFSET = 208;
  private static final int DIRECTORY_OFFSET = 232;
  private static final int VERSION_TEXT_BYTES = DIRECTORY_OFFSET - VERSION_TEXT_OFFSET;
  private static final int CRC_OFFSET = EDITION_OFFSET + EDITION_BYTES;
  private static final int FORMAT_VERSION_OFFSET = CRC_OFFSET + 4;
  private static final int SEAL_OFFSET = FORMAT_VERSION_OFFSET + 4;
  private static final long MAGIC =
      ByteBuffer.wrap("ALMANAC1".getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();

  static {
    SEAL = ~MAGIC;
  }

  /** Size of the whole file. */
  public long fileBytes() {
    return footerOffset() + BYTES;
  }

  /** Where the footer begins. */
  public long footerOffset() {
    return StoreGeometry.align(checksumsOffset + checksumsBytes, Long.BYTES);
  }

  /** Bytes that the block checksums cover: up to the end of the dictionary, or of the shape. */
  public long contentBytes() {
    return contentBytes(dictionaryOffset + dictionaryBytes, shapeBytes);
  }

  /** Likewise, of a file whose dictionary ends at {@code dictionaryEnd}. */
  public static long contentBytes(long dictionaryEnd, int shapeBytes) {
    return shapeBytes == 0 ? dictionaryEnd : shapeOffset(dictionaryEnd) + shapeBytes;
  }

  /** Where the shape begins, if there is one. */
  public long shapeOffset() {
    return shapeOffset(dictionaryOffset + dictionaryBytes);
  }

  private static long shapeOffset(long dictionaryEnd) {
    return StoreGeometry.align(dictionaryEnd, Long.BYTES);
  }

  /** Where the directory of blocks begins, if there is one. */
  public long directoryOffset() {
    return directoryOffset(geometry.storeBytes());
  }

  /** Likewise, after a data store of so many bytes. */
  public static long directoryOffset(long storeBytes) {
    return StoreGeometry.align(storeBytes, PAGE_BYTES);
  }

  /** Where the data store ends and, where there is one, the directory. */
  public long pagesEnd() {
    Directory directory = pages.directory();
    return directory == null ? geometry.storeBytes() : directoryOffset() + directory.bytes();
  }

  /** Where the dictionary begins after a data store and, where there is one, a directory. */
  public static long dictionaryOffset(long storeBytes, PageLayout pages) {
    Directory directory = pages.directory();
    return directory == null
        ? directoryOffset(storeBytes)
        : StoreGeometry.align(directoryOffset(storeBytes) + directory.bytes(), PAGE_BYTES);
  }

  /** Whether the IDs are texts that lie in pages as numbers. */
  public boolean isPacked() {
    return shapeBytes > 0;
  }

  /** Bytes of the code of an entry, where {@link #pages} are entries. */
  public int codeBytes() {
    return DictionarySection.codeBytes(dateCount);
  }

  /**
   * Where the checksums begin: at the start of a page, so that the seal is in no page that lookups
   * read. When a file is cut short, it loses whole pages in one step, but the rest of the page with
   * the cut turns to zeros from front to back, the seal last.
   */
  public static long checksumsOffset(long contentBytes) {
    return StoreGeometry.align(contentBytes, PAGE_BYTES);
  }

  /** The same footer with its edition. */
  public Footer withEdition(String sha256) {
    return sealed(longestProbe, checksumsCrc, sha256);
  }

  /** The same footer with the checksum of the checksums. */
  public Footer withChecksumsCrc(int crc) {
    return sealed(longestProbe, crc, edition);
  }

  /** The same footer with the longest probe. */
  public Footer withLongestProbe(int probe) {
    return sealed(probe, checksumsCrc, edition);
  }

  private Footer sealed(int probe, int crc, String sha256) {
    return new Footer(
        geometry,
        dictionaryOffset,
        dictionaryBytes,
        shapeBytes,
        dictionaryCrc,
        checksumsOffset,
        checksumsBytes,
        crc,
        idKind,
        pages,
        dateCount,
        idCount,
        entryCount,
        lowestId,
        highestId,
        longestIdBytes,
        probe,
        chronicleVersion,
        sha256);
  }

  private static int number(Layout layout) {
    return switch (layout) {
      case ENTRIES -> 1;
      case DIRECT -> 2;
      case HASHED -> 3;
      case BLOCKS -> 4;
      case AUTO -> throw new IllegalArgumentException("a file must have one layout");
    };
  }

  /** The footer's bytes. Those before {@link #EDITION_OFFSET} do not depend on the edition. */
  public ByteBuffer encode() {
    ByteBuffer b = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    StoreGeometry g = geometry;
    b.putLong(MAGIC)
        .putLong(dictionaryOffset)
        .putLong(dictionaryBytes)
        .putLong(checksumsOffset)
        .putLong(checksumsBytes)
        .putInt(dictionaryCrc)
        .putInt(checksumsCrc)
        .putInt(BlockChecksums.BLOCK_BYTES)
        .putInt(idKind == IdKind.LONG ? 1 : 2)
        .putInt(number(pages.layout()))
        .putInt(pages.codeBits())
        .putInt(dateCount)
        .putInt(shapeBytes)
        .putLong(idCount)
        .putLong(entryCount)
        .putLong(lowestId)
        .putLong(highestId)
        .putInt(longestIdBytes)
        .putInt(pages.pageBits())
        .putInt(g.segmentCount())
        .putInt(g.segmentHeaderBytes())
        .putLong(g.segmentHeadersOffset())
        .putLong(g.storeBytes())
        .putLong(g.tiersOffset())
        .putLong(g.tierBytes())
        .putInt(g.slotCount())
        .putInt(g.keyBits())
        .putInt(g.countersOffset())
        .putInt(g.entrySpaceOffset())
        .putInt(g.chunkBytes())
        .putInt(g.chunkCount())
        .putInt(longestProbe)
        .putInt(pages.slotBytes())
        .putLong(pages.firstKey())
        .putLong(pages.seed())
        .putInt(pages.keyBits())
        .putInt(pages.lowKeyBits());
    byte[] version = chronicleVersion.getBytes(StandardCharsets.US_ASCII);
    if (version.length > VERSION_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "the version must fit " + VERSION_TEXT_BYTES + " bytes: version=" + chronicleVersion);
    }
    b.put(version);
    Directory d = pages.directory();
    if (d != null) {
      b.position(DIRECTORY_OFFSET)
          .putInt(d.blockBits())
          .putInt(d.blockCount())
          .putInt(d.pageCount())
          .putInt(d.pages().pageBits())
          .putInt(d.pages().slotBytes())
          .putInt(d.longestProbe())
          .putLong(d.pages().seed());
    }
    b.position(EDITION_OFFSET).put(HexFormat.of().parseHex(edition));
    b.putInt(FORMAT_VERSION_OFFSET, FORMAT_VERSION).putLong(SEAL_OFFSET, SEAL);
    b.putInt(CRC_OFFSET, crc(b));
    return b.clear();
  }

  /** Whether the last {@value #BYTES} bytes of a file, little-endian, end in the seal. */
  public static boolean isSealed(ByteBuffer b) {
    return b.getLong(SEAL_OFFSET) == SEAL;
  }

  /**
   * Reads a footer and checks all that it says against itself and the size of the file, so that
   * whoever follows it stays in the file.
   *
   * @param b the last {@value #BYTES} bytes of the file, little-endian
   * @throws CorruptAlmanacException if it is no footer, or one that was altered or contradicts
   *     itself
   * @throws UnsupportedFormatException if it is of another version
   */
  public static Footer decode(ByteBuffer b, long fileBytes, Path path) throws IOException {
    if (!isSealed(b)) {
      throw new CorruptAlmanacException("a sealed file must end in the seal", path);
    }
    int version = b.getInt(FORMAT_VERSION_OFFSET);
    if (version != FORMAT_VERSION) {
      throw new UnsupportedFormatException(version, FORMAT_VERSION, path);
    }
    int crc = crc(b);
    check(
        b.getInt(CRC_OFFSET) == crc,
        "the footer's checksum must match: found=%08x computed=%08x",
        path,
        b.getInt(CRC_OFFSET),
        crc);
    check(
        b.getLong(0) == MAGIC,
        "the footer must begin with the magic: found=%x expected=%x",
        path,
        b.getLong(0),
        MAGIC);
    StoreGeometry g =
        new StoreGeometry(
            b.getInt(112),
            b.getLong(120),
            b.getInt(116),
            b.getLong(136),
            b.getLong(144),
            b.getInt(152),
            b.getInt(156),
            b.getInt(160),
            b.getInt(164),
            b.getInt(168),
            b.getInt(172));
    byte[] text = new byte[VERSION_TEXT_BYTES];
    b.get(VERSION_TEXT_OFFSET, text);
    byte[] edition = new byte[EDITION_BYTES];
    b.get(EDITION_OFFSET, edition);
    int kind = b.getInt(52);
    check(kind == 1 || kind == 2, "the kind of the IDs must be 1 or 2: idKind=%d", path, kind);
    int number = b.getInt(56);
    Layout layout =
        switch (number) {
          case 1 -> Layout.ENTRIES;
          case 2 -> Layout.DIRECT;
          case 3 -> Layout.HASHED;
          case 4 -> Layout.BLOCKS;
          default -> Layout.AUTO;
        };
    check(layout != Layout.AUTO, "the layout must be from 1 to 4: layout=%d", path, number);
    PageLayout pages =
        new PageLayout(
            layout,
            b.getLong(184),
            b.getInt(200),
            b.getInt(204),
            b.getInt(60),
            b.getInt(108),
            b.getInt(180),
            b.getLong(192),
            directory(b));
    Footer f =
        new Footer(
            g,
            b.getLong(8),
            b.getLong(16),
            b.getInt(68),
            b.getInt(40),
            b.getLong(24),
            b.getLong(32),
            b.getInt(44),
            kind == 1 ? IdKind.LONG : IdKind.TEXT,
            pages,
            b.getInt(64),
            b.getLong(72),
            b.getLong(80),
            b.getLong(88),
            b.getLong(96),
            b.getInt(104),
            b.getInt(176),
            new String(text, StandardCharsets.US_ASCII).replace("\0", ""),
            HexFormat.of().formatHex(edition));
    f.check(b.getLong(128), b.getInt(48), fileBytes, path);
    return f;
  }

  /** The directory that the fields describe, null where they are all 0. */
  private static @Nullable Directory directory(ByteBuffer b) {
    ByteBuffer fields =
        b.slice(DIRECTORY_OFFSET, EDITION_OFFSET - DIRECTORY_OFFSET).order(b.order());
    int blockBits = fields.getInt();
    int blockCount = fields.getInt();
    int pageCount = fields.getInt();
    int pageBits = fields.getInt();
    int slotBytes = fields.getInt();
    int longestProbe = fields.getInt();
    long seed = fields.getLong();
    if ((blockBits | blockCount | pageCount | pageBits | slotBytes | longestProbe | seed) == 0) {
      return null;
    }
    return new Directory(
        blockBits,
        blockCount,
        Directory.pages(b.getInt(200), blockBits, blockCount, pageBits, slotBytes, seed),
        pageCount,
        longestProbe);
  }

  private void check(long storeBytes, int blockBytes, long fileBytes, Path path)
      throws CorruptAlmanacException {
    check(
        dictionaryOffset > 0 && dictionaryOffset % PAGE_BYTES == 0 && dictionaryOffset < fileBytes,
        "the dictionary must begin at a page in the file: dictionaryOffset=%d",
        path,
        dictionaryOffset);
    String fault = geometry.fault(dictionaryOffset);
    if (fault != null) {
      throw new CorruptAlmanacException(fault, path);
    }
    check(
        storeBytes == geometry.storeBytes()
            && dictionaryOffset(storeBytes, pages) == dictionaryOffset,
        "the dictionary must follow the data store: storeBytes=%d geometry=%d dictionaryOffset=%d",
        path,
        storeBytes,
        geometry.storeBytes(),
        dictionaryOffset);
    check(
        dateCount >= 0 && dateCount <= DictionarySection.MAX_DATE_COUNT,
        "the number of dates must be from 0 to 2^28: dateCount=%d",
        path,
        dateCount);
    check(
        dictionaryBytes >= DictionarySection.textsOffset(dateCount)
            && dictionaryBytes <= Integer.MAX_VALUE
            && dictionaryBytes <= fileBytes - dictionaryOffset,
        "the dictionary must lie in the file: dictionaryOffset=%d dictionaryBytes=%d dateCount=%d",
        path,
        dictionaryOffset,
        dictionaryBytes,
        dateCount);
    check(
        shapeBytes >= 0
            && shapeBytes <= IdShape.MAX_SECTION_BYTES
            && shapeBytes > 0 == (idKind == IdKind.TEXT && pages.hasPages()),
        "texts in pages must have a shape of at most %d bytes, and other IDs no shape:"
            + " shapeBytes=%d",
        path,
        IdShape.MAX_SECTION_BYTES,
        shapeBytes);
    check(
        blockBytes == BlockChecksums.BLOCK_BYTES,
        "a block must take 65536 bytes: blockBytes=%d",
        path,
        blockBytes);
    check(
        checksumsOffset == checksumsOffset(contentBytes())
            && checksumsBytes == BlockChecksums.sectionBytes(contentBytes()),
        "the checksums must follow the content: checksumsOffset=%d checksumsBytes=%d",
        path,
        checksumsOffset,
        checksumsBytes);
    check(
        fileBytes() == fileBytes,
        "the file must be as long as its footer says: found=%d expected=%d",
        path,
        fileBytes,
        fileBytes());
    check(
        fileBytes - dictionaryOffset <= Integer.MAX_VALUE,
        "what follows the data store must take less than 2 GiB: bytes=%d",
        path,
        fileBytes - dictionaryOffset);
    fault = pages.fault(geometry, dateCount, entryCount);
    if (fault != null) {
      throw new CorruptAlmanacException(fault, path);
    }
    checkIds(path);
    check(
        idKind == IdKind.LONG || longestIdBytes >= 0 && longestIdBytes <= MAX_ID_BYTES,
        "a text ID must take at most 1024 bytes: longestIdBytes=%d",
        path,
        longestIdBytes);
    check(
        idCount == 0 || dateCount > 0,
        "a file with IDs must have dates: idCount=%d dateCount=%d",
        path,
        idCount,
        dateCount);
  }

  private void checkIds(Path path) throws CorruptAlmanacException {
    if (!pages.hasPages()) {
      check(
          geometry.tierBytes() <= StoreGeometry.MAX_TIER_BYTES,
          "a tier of entries must take at most 2^30 bytes: tierBytes=%d",
          path,
          geometry.tierBytes());
      check(
          idKind == IdKind.TEXT || geometry.chunkBytes() == Long.BYTES + codeBytes(),
          "a chunk must hold one entry: chunkBytes=%d expected=%d",
          path,
          geometry.chunkBytes(),
          Long.BYTES + codeBytes());
      check(
          idCount >= 0
              && idCount == entryCount
              && idCount <= (long) geometry.segmentCount() * geometry.chunkCount(),
          "each ID must have an entry of the data store: entryCount=%d idCount=%d",
          path,
          entryCount,
          idCount);
      check(
          longestProbe >= 0
              && longestProbe <= geometry.slotCount()
              && longestProbe <= MAX_LONGEST_PROBE,
          "a lookup must inspect at most 1024 slots: longestProbe=%d slotCount=%d",
          path,
          longestProbe,
          geometry.slotCount());
      return;
    }
    check(
        pages.lowKeyBits() == 0
            || isPacked() && pages.firstKey() == 0 && lowestId == 0 && highestId == 0,
        "keys of more than 64 bits must be those of texts, and have no range: lowKeyBits=%d"
            + " firstKey=%d lowestId=%d highestId=%d",
        path,
        pages.lowKeyBits(),
        pages.firstKey(),
        lowestId,
        highestId);
    long placeCount =
        pages.isHashed()
            ? (entryCount << pages.pageBits()) * HashedPages.slotCount(pages.slotBytes())
            : entryCount << pages.pageBits();
    Directory directory = pages.directory();
    check(
        idCount >= (directory == null ? 0 : directory.blockCount()) && idCount <= placeCount,
        "the IDs must fit the pages: idCount=%d entryCount=%d",
        path,
        idCount,
        entryCount);
    // As unsigned numbers from the first key on, so that the range may be that of all numbers.
    long highest = highestId - pages.firstKey();
    check(
        idCount == 0
            || lowestId >= pages.firstKey()
                && highestId >= lowestId
                && PageLayout.bits(highest) <= pages.keyBits()
                && (pages.layout() != Layout.DIRECT || highest >>> pages.pageBits() < entryCount),
        "the range of the IDs must fit the keys: lowestId=%d highestId=%d firstKey=%d keyBits=%d",
        path,
        lowestId,
        highestId,
        pages.firstKey(),
        pages.keyBits());
    check(
        longestProbe >= 1 && longestProbe <= (pages.isHashed() ? HashedPages.MAX_DISTANCE + 1 : 1),
        "a lookup must inspect at most 7 buckets: longestProbe=%d",
        path,
        longestProbe);
  }

  /** Checks what this says of the IDs against their shape. */
  public void check(IdShape shape, Path path) throws CorruptAlmanacException {
    boolean fits =
        shape.isWide()
            ? pages.keyBits() == shape.keyBits() && pages.lowKeyBits() == shape.lowKeyBits()
            : pages.lowKeyBits() == 0 && (idCount == 0 || highestId <= shape.highestKey());
    check(
        fits && longestIdBytes == shape.longestIdBytes(),
        "keys must be numbers of the texts of the shape: keyBits=%d lowKeyBits=%d lowestId=%d"
            + " highestId=%d longestIdBytes=%d, of the shape keyBits=%d lowKeyBits=%d highestKey=%d"
            + " longestIdBytes=%d",
        path,
        pages.keyBits(),
        pages.lowKeyBits(),
        lowestId,
        highestId,
        longestIdBytes,
        shape.keyBits(),
        shape.lowKeyBits(),
        shape.highestKey(),
        shape.longestIdBytes());
  }

  private static void check(boolean holds, String ruleAndFindings, Path path, Object... found)
      throws CorruptAlmanacException {
    if (!holds) {
      throw new CorruptAlmanacException(String.format(ruleAndFindings, found), path);
    }
  }

  private static int crc(ByteBuffer footer) {
    CRC32C crc = new CRC32C();
    crc.update(footer.duplicate().position(0).limit(CRC_OFFSET));
    crc.update(footer.duplicate().limit(BYTES).position(CRC_OFFSET + 4));
    return (int) crc.getValue();
  }
}
