package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The last {@value #BYTES} bytes of a sealed file. A file that does not end in {@link #SEAL} is not
 * sealed.
 *
 * <pre>
 *   0  magic "ALMANAC1"                    136  tiersOffset            i64
 *   8  dictionaryOffset       i64         144  tierBytes              i64
 *  16  dictionaryBytes        i64         152  slotCount              i32
 *  24  checksumsOffset        i64         156  keyBits                i32
 *  32  checksumsBytes         i64         160  countersOffset         i32
 *  40  dictionary CRC32C      u32         164  entrySpaceOffset       i32
 *  44  checksums CRC32C       u32         168  chunkBytes             i32
 *  48  blockBytes             i32         172  chunkCount             i32
 *  52  idKind (1 long 2 text) i32         176  longestProbe           i32
 *  56  pageBits               i32         180  0
 *  60  codeBytes              i32         184  Chronicle Map version, 24 bytes, ASCII, zero-padded
 *  64  dateCount              i32         208  edition, 32 bytes: SHA-256 of every byte before this field
 *  68  page index's bytes     i32         240  CRC32C of the footer but these 4 bytes, u32
 *  72  idCount                i64         244  format version         i32
 *  80  entryCount             i64         248  seal: the magic's bytes, each inverted
 *  88  lowest ID              i64         256
 *  96  highest ID             i64
 * 104  longest ID in bytes    i32
 * 108  0
 * 112  segmentCount           i32
 * 116  segmentHeaderBytes     i32
 * 120  segmentHeadersOffset   i64
 * 128  storeBytes             i64
 * </pre>
 *
 * <p>The version stands right before the seal so that a reader of any age finds it, however the
 * rest has grown.
 *
 * @param geometry the Chronicle Map data store at the start of the file
 * @param dictionaryOffset offset of the {@link DictionarySection}
 * @param dictionaryBytes its size
 * @param dictionaryCrc its CRC32C
 * @param pageIndexBytes size of the {@link PageIndex} behind the dictionary, or 0 if there is none
 * @param checksumsOffset offset of the {@link BlockChecksums}
 * @param checksumsBytes their size
 * @param checksumsCrc their CRC32C
 * @param idKind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param pageBits IDs per page, as a power of two
 * @param codeBytes bytes of a code
 * @param dateCount distinct dates
 * @param idCount distinct IDs
 * @param entryCount entries of the Chronicle Map
 * @param lowestId lowest numeric ID; 0 for text IDs and for a file without IDs
 * @param highestId highest numeric ID; 0 likewise
 * @param longestIdBytes size of the longest text ID; 8 for numeric IDs
 * @param longestProbe most slots that a lookup of an ID of this file inspects, and so the most that
 *     a lookup of any ID needs to
 * @param chronicleVersion version of Chronicle Map that created the store
 * @param edition SHA-256 of everything before it, 64 hexadecimal digits
 */
public record Footer(
    StoreGeometry geometry,
    long dictionaryOffset,
    long dictionaryBytes,
    int dictionaryCrc,
    int pageIndexBytes,
    long checksumsOffset,
    long checksumsBytes,
    int checksumsCrc,
    IdKind idKind,
    int pageBits,
    int codeBytes,
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
  public static final int BYTES = 256;

  /** The format version that this library writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** The last eight bytes of every sealed file, as a little-endian number. */
  public static final long SEAL;

  /**
   * The highest {@code pageBits}: a page of 4,096 codes fills one or two memory pages, and longer
   * ones gain nothing.
   */
  public static final int MAX_PAGE_BITS = 12;

  /** Where sections behind the store begin: a multiple of this, the size of a memory page. */
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
  public static final int EDITION_OFFSET = 208;

  /** Stands in for the edition until it is known. */
  public static final String NO_EDITION = "00".repeat(32);

  private static final int EDITION_BYTES = 32;
  private static final int VERSION_TEXT_OFFSET = 184;
  private static final int VERSION_TEXT_BYTES = EDITION_OFFSET - VERSION_TEXT_OFFSET;
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
    return align(checksumsOffset + checksumsBytes, Long.BYTES);
  }

  /** Where the page index begins, if there is one. */
  public long pageIndexOffset() {
    return align(dictionaryOffset + dictionaryBytes, PageIndex.PLACE_BYTES);
  }

  /** Bytes that the block checksums cover. */
  public long contentBytes() {
    return pageIndexBytes == 0
        ? dictionaryOffset + dictionaryBytes
        : pageIndexOffset() + pageIndexBytes;
  }

  /**
   * Where the checksums begin: at a page of their own, and so the seal shares none with what
   * lookups read. A file that is cut short loses its whole pages at once, but the rest of the page
   * with the cut turns to zeros from front to back, the seal last.
   */
  public static long checksumsOffset(long contentBytes) {
    return align(contentBytes, PAGE_BYTES);
  }

  /** The next multiple of {@code alignment}, a power of two. */
  public static long align(long offset, int alignment) {
    return (offset + alignment - 1) & -(long) alignment;
  }

  /** The same footer with its edition. */
  public Footer withEdition(String sha256) {
    return sealed(checksumsCrc, sha256);
  }

  /** The same footer with the checksum of the checksums. */
  public Footer withChecksumsCrc(int crc) {
    return sealed(crc, edition);
  }

  private Footer sealed(int crc, String sha256) {
    return new Footer(
        geometry,
        dictionaryOffset,
        dictionaryBytes,
        dictionaryCrc,
        pageIndexBytes,
        checksumsOffset,
        checksumsBytes,
        crc,
        idKind,
        pageBits,
        codeBytes,
        dateCount,
        idCount,
        entryCount,
        lowestId,
        highestId,
        longestIdBytes,
        longestProbe,
        chronicleVersion,
        sha256);
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
        .putInt(pageBits)
        .putInt(codeBytes)
        .putInt(dateCount)
        .putInt(pageIndexBytes)
        .putLong(idCount)
        .putLong(entryCount)
        .putLong(lowestId)
        .putLong(highestId)
        .putInt(longestIdBytes)
        .putInt(0)
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
        .putInt(0);
    byte[] version = chronicleVersion.getBytes(StandardCharsets.US_ASCII);
    if (version.length > VERSION_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "the version must fit " + VERSION_TEXT_BYTES + " bytes: version=" + chronicleVersion);
    }
    b.put(version);
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
    Footer f =
        new Footer(
            g,
            b.getLong(8),
            b.getLong(16),
            b.getInt(40),
            b.getInt(68),
            b.getLong(24),
            b.getLong(32),
            b.getInt(44),
            kind == 1 ? IdKind.LONG : IdKind.TEXT,
            b.getInt(56),
            b.getInt(60),
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
        storeBytes == geometry.storeBytes() && align(storeBytes, PAGE_BYTES) == dictionaryOffset,
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
        blockBytes == BlockChecksums.BLOCK_BYTES,
        "a block must take 65536 bytes: blockBytes=%d",
        path,
        blockBytes);
    check(
        pageIndexBytes == 0
            || pageBits > 0
                && pageIndexBytes > 0
                && pageIndexBytes <= PageIndex.MAX_BYTES
                && pageIndexBytes % PageIndex.PLACE_BYTES == 0
                && pageIndexBytes / PageIndex.PLACE_BYTES
                    == PageIndex.pageCount(pageBits, lowestId, highestId),
        "a page index must have a place for each page from the lowest ID to the highest:"
            + " pageIndexBytes=%d pageBits=%d lowestId=%d highestId=%d",
        path,
        pageIndexBytes,
        pageBits,
        lowestId,
        highestId);
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
    check(
        codeBytes == DictionarySection.codeBytes(dateCount),
        "the code width must fit the dictionary: codeBytes=%d dateCount=%d",
        path,
        codeBytes,
        dateCount);
    check(
        pageBits >= 0 && pageBits <= (idKind == IdKind.LONG ? MAX_PAGE_BITS : 0),
        "the page bits must be from 0 to 12, and 0 for text IDs: pageBits=%d",
        path,
        pageBits);
    check(
        idKind == IdKind.TEXT || geometry.chunkBytes() == Long.BYTES + (codeBytes << pageBits),
        "a chunk must hold one page: chunkBytes=%d expected=%d",
        path,
        geometry.chunkBytes(),
        Long.BYTES + (codeBytes << pageBits));
    check(
        idKind == IdKind.LONG || longestIdBytes >= 0 && longestIdBytes <= MAX_ID_BYTES,
        "a text ID must take at most 1024 bytes: longestIdBytes=%d",
        path,
        longestIdBytes);
    check(
        entryCount >= 0
            && entryCount <= (long) geometry.segmentCount() * geometry.chunkCount()
            && idCount >= entryCount
            && idCount >> pageBits <= entryCount,
        "the counts must fit the data store: entryCount=%d idCount=%d",
        path,
        entryCount,
        idCount);
    check(
        idCount == 0 || dateCount > 0,
        "a file with IDs must have dates: idCount=%d dateCount=%d",
        path,
        idCount,
        dateCount);
    check(
        longestProbe >= 0 && longestProbe <= geometry.slotCount(),
        "the longest probe must be within the slots: longestProbe=%d",
        path,
        longestProbe);
    check(
        longestProbe <= MAX_LONGEST_PROBE,
        "a lookup must inspect at most 1024 slots: longestProbe=%d",
        path,
        longestProbe);
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
